import { useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import type { Schemas } from "@/api/client";
import { usePatch } from "@/app/scope";
import { lineAt, positions } from "@/lib/codelines";
import { count } from "@/lib/count";
import type { Named } from "@/lib/tables";
import { Code } from "@/ui/code";
import { Copy } from "@/ui/copy";
import { Empty, Failed, Skeleton } from "@/ui/feedback";
import { Icon } from "@/ui/icon";
import css from "./page.module.css";
import { type AssetDocument, inGraph, useNeighbours, useReading } from "./read";
import { useCode } from "./usecode";
import { why } from "./why";

type View = "raw" | "compiled" | "both";

/** The code of an asset, raw and compiled. A column that is traced marks the lines that make it. */
export default function CodeTab({ asset }: { asset: AssetDocument }) {
  const { view, trace } = useSearch({ strict: false }) as { view?: string; trace?: string };
  const patch = usePatch();
  const code = useCode(asset.id);
  const reading = useReading(asset.id, inGraph(asset) && asset.type === "table");
  const near = useNeighbours(asset);
  const tables = useMemo(() => named(asset, near.data?.up), [asset, near.data]);
  if (code.isError) return <Failed error={code.error} what="The code" retry={code.refetch} />;
  if (!code.data) return <Skeleton rows={10} />;
  const sql = code.data.data.attributes;
  const has: View[] = [sql.raw !== null && "raw", sql.compiled !== null && "compiled"].filter(
    (v): v is "raw" | "compiled" => v !== false,
  );
  if (has.length === 0) return <Empty title="No code is known">{empty(asset)}</Empty>;
  if (has.length === 2) has.push("both");
  const current: View = has.find((v) => v === view) ?? (has.includes("compiled") ? "compiled" : "raw");
  const read = reading.data?.data.attributes;
  return (
    <>
      <div className="row wrap" style={{ marginBottom: 10 }}>
        {has.length > 1 && (
          <fieldset className={`seg ${css.seg}`} aria-label="Which code">
            {has.map((v) => (
              <button
                key={v}
                type="button"
                aria-pressed={v === current}
                onClick={() => patch({ view: v === "compiled" ? undefined : v })}
              >
                {{ raw: "Raw", compiled: "Compiled", both: "Both" }[v]}
              </button>
            ))}
          </fieldset>
        )}
        <span className="t3 s">{facts(sql, current, read)}</span>
        <span className="end row">
          {trace && (
            <span className="chip on">
              <Icon name="lineage" size={12} />
              {trace}
              <button type="button" aria-label={`Stop tracing ${trace}`} onClick={() => patch({ trace: undefined })}>
                ×
              </button>
            </span>
          )}
          <Copy text={(current === "raw" ? sql.raw : sql.compiled) ?? ""} label="Copy the code" className="btn sm">
            Copy
          </Copy>
        </span>
      </div>
      {current !== "compiled" && sql.raw !== null && (
        <Code text={sql.raw} parts={sql.raw_parts} tables={tables} label="Raw code" />
      )}
      {current === "both" && <h3 style={{ margin: "14px 0 6px" }}>Compiled</h3>}
      {current !== "raw" && sql.compiled !== null && (
        <Compiled text={sql.compiled} sql={sql} tables={tables} read={read} trace={trace} />
      )}
      {sql.compiled === null && asset.type === "table" && read && <p className="s t3">{why(read.status)}</p>}
    </>
  );
}

function Compiled({
  text,
  sql,
  tables,
  read,
  trace,
}: {
  text: string;
  sql: Schemas["SQL"];
  tables: Named[];
  read?: Schemas["ModelLineage"];
  trace?: string;
}) {
  const patch = usePatch();
  const { columns, on, made } = useMemo(() => {
    const position = positions(text);
    const columns = (read?.outputs ?? []).flatMap((o) =>
      o.span
        ? o.from.flatMap((f) =>
            f.asset && o.span
              ? [{ start: position(o.span.start), end: position(o.span.end), asset: f.asset, column: f.column }]
              : [],
          )
        : [],
    );
    const traced = read?.outputs.find((o) => o.name === trace);
    const on = new Set<number>();
    if (traced?.span) {
      const from = lineAt(text, position(traced.span.start));
      const to = lineAt(text, position(traced.span.end) - 1);
      for (let l = from; l <= to; l++) on.add(l);
    }
    return { columns, on, made: traced };
  }, [text, read, trace]);
  const outputs = read?.outputs.filter((o) => o.span) ?? [];
  return (
    <>
      <Code
        text={text}
        parts={sql.compiled_parts}
        tables={tables}
        columns={columns}
        on={on.size > 0 ? on : undefined}
        label="Compiled code"
      />
      {outputs.length > 0 && (
        <section className="sect">
          <header>
            <h2>{made ? made.name : "Columns it makes"}</h2>
            <span className="s t3">
              {made
                ? `made on ${on.size > 1 ? "lines" : "line"} ${[...on].join(", ")}`
                : "choose one to mark its lines"}
            </span>
          </header>
          <div className="row wrap gap2">
            {outputs.slice(0, 200).map((o) => (
              <button
                key={o.name}
                type="button"
                className={o.name === trace ? "chip on" : "chip"}
                aria-pressed={o.name === trace}
                onClick={() => patch({ trace: o.name === trace ? undefined : o.name })}
              >
                <span className="mono">{o.name}</span>
              </button>
            ))}
          </div>
        </section>
      )}
    </>
  );
}

function named(asset: AssetDocument, up: { id: string; attributes: Schemas["LineageNode"] }[] | undefined): Named[] {
  return (up ?? [])
    .filter((n) => n.id !== asset.id)
    .map((n) => ({
      id: n.id,
      name: n.attributes.name,
      unique_id: n.attributes.unique_id,
      relation: n.attributes.relation,
    }));
}

function facts(sql: Schemas["SQL"], view: View, read?: Schemas["ModelLineage"]): string {
  const text = (view === "raw" ? sql.raw : sql.compiled) ?? "";
  return [
    read?.dialect || sql.language,
    count(text.split("\n").length, "line"),
    read && read.columns > 0 && `${read.resolved} of ${count(read.columns, "column")} traced`,
    sql.compiled_import && `compiled code of ${sql.compiled_import}`,
  ]
    .filter(Boolean)
    .join(" · ");
}

function empty(asset: AssetDocument): string {
  return asset.attributes.kind === "model"
    ? "The manifest has none for it."
    : `A ${asset.attributes.kind.replaceAll("_", " ")} has no code of its own.`;
}
