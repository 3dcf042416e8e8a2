import { useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { usePatch } from "@/app/scope";
import { number } from "@/lib/count";
import { Empty, Failed, Skeleton } from "@/ui/feedback";
import { ColumnRow } from "./columnrow";
import css from "./page.module.css";
import { type AssetDocument, type Column, useColumns, useReading } from "./read";
import { useCode } from "./usecode";

const drawnAtOnce = 300;

/** The columns of a table: types, where each comes from, tests, and what uses it. */
export function ColumnsTab({ asset }: { asset: AssetDocument }) {
  const { cq: query = "", undescribed } = useSearch({ strict: false }) as { cq?: string; undescribed?: string };
  const patch = usePatch();
  const columns = useColumns(asset.id);
  const reading = useReading(asset.id);
  const traced = reading.data?.data.attributes;
  const code = useCode(
    asset.id,
    (traced?.outputs ?? []).some((o) => o.span),
  );
  const [all, setAll] = useState(false);
  if (columns.isError) return <Failed error={columns.error} what="The columns" retry={columns.refetch} />;
  if (columns.isPending) return <Skeleton rows={8} />;
  const present = columns.rows.filter((c) => c.attributes.present);
  const blank = present.filter((c) => !c.attributes.description.value);
  const found = (undescribed ? blank : present).filter((c) => matches(c, query));
  const shown = all ? found : found.slice(0, drawnAtOnce);
  const outputs = new Map((traced?.outputs ?? []).map((o) => [o.name.toLowerCase(), o]));
  const uses = new Map((traced?.uses ?? []).map((u) => [u.column.toLowerCase(), u]));
  if (present.length === 0) {
    return (
      <Empty title="No columns are known">
        {asset.attributes.kind === "source" || asset.attributes.kind === "model"
          ? "Send catalog.json of “dbt docs generate”, or describe them in YAML."
          : "The artifacts list none."}
      </Empty>
    );
  }
  return (
    <>
      <div className="row wrap" style={{ marginBottom: 4 }}>
        <h2>Columns</h2>
        <span className="t3 s">{summary(present, traced)}</span>
        <div className="row end">
          <input
            className={`input ${css.small}`}
            placeholder="Filter columns"
            aria-label="Filter columns"
            value={query}
            onChange={(e) => patch({ cq: e.target.value || undefined })}
          />
          {(blank.length > 0 || undescribed) && (
            <button
              type="button"
              className={undescribed ? "chip on" : "btn quiet sm"}
              aria-pressed={!!undescribed}
              onClick={() => patch({ undescribed: undescribed ? undefined : "1" })}
            >
              Undescribed {number(blank.length)}
            </button>
          )}
        </div>
      </div>
      {found.length === 0 ? (
        <p className="t3">
          No column matches.{" "}
          <button type="button" className="btn sm" onClick={() => patch({ cq: undefined, undescribed: undefined })}>
            Clear
          </button>
        </p>
      ) : (
        <table className={`table fold ${css.columns}`}>
          <thead>
            <tr>
              <th className="num" scope="col">
                #
              </th>
              <th scope="col">Name</th>
              <th scope="col">Type</th>
              <th scope="col">Comes from</th>
              <th scope="col">Tests</th>
              <th className="num" scope="col">
                Used by
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((c) => (
              <ColumnRow
                key={c.id}
                asset={asset}
                column={c}
                output={outputs.get(c.attributes.name.toLowerCase())}
                use={uses.get(c.attributes.name.toLowerCase())}
                code={code.data?.data.attributes}
                read={traced !== undefined}
              />
            ))}
          </tbody>
        </table>
      )}
      {shown.length < found.length && (
        <button type="button" className="btn sm" style={{ marginTop: 10 }} onClick={() => setAll(true)}>
          Show all {number(found.length)} columns
        </button>
      )}
      {columns.hasNextPage && (
        <button type="button" className="btn sm" style={{ marginTop: 10 }} onClick={() => columns.fetchNextPage()}>
          Load more of {number(columns.total ?? 0)}
        </button>
      )}
    </>
  );
}

function matches(column: Column, query: string): boolean {
  const a = column.attributes;
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((w) =>
      [a.name, a.native_type ?? a.data_type, a.description.value, ...a.tags].some((t) => t?.toLowerCase().includes(w)),
    );
}

function summary(
  columns: Column[],
  traced: { status: string; outputs: { from: unknown[]; incomplete: boolean }[] } | undefined,
): string {
  const of = (n: number, word: string) =>
    n === columns.length ? `all ${word}` : n === 0 ? `none ${word}` : `${n} ${word}`;
  const parts = [
    number(columns.length),
    of(columns.filter((c) => c.attributes.description.value).length, "described"),
    of(columns.filter((c) => c.attributes.tests.length > 0).length, "tested"),
  ];
  if (traced && traced.outputs.length > 0) {
    const n = traced.outputs.filter((o) => !o.incomplete).length;
    parts.push(n === columns.length ? `all ${n} traced` : `${n} traced`);
  }
  return parts.join(" · ");
}
