import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Schemas } from "@/api/client";
import { Tell } from "@/features/asset/impact";
import type { AssetDocument } from "@/features/asset/read";
import { number } from "@/lib/count";
import { csv, save } from "@/lib/csv";
import { AssetLink } from "@/ui/assetlink";
import { ColumnLink } from "@/ui/columnlink";
import { Failed, Skeleton } from "@/ui/feedback";
import { Icon } from "@/ui/icon";
import { Kind } from "@/ui/kind";
import css from "./page.module.css";

const drawn = 100;

/** What a change of a column reaches: columns, then what uses their tables, and whom to tell. */
export function Reaches({
  impact,
  self,
  table,
}: {
  impact: UseQueryResult<Schemas["Impact"]>;
  self: string;
  table: AssetDocument;
}) {
  if (impact.isError) return <Failed error={impact.error} what="What a change reaches" retry={impact.refetch} />;
  if (!impact.data) return <Skeleton rows={6} />;
  const { data: d, meta } = impact.data;
  const things = [d.tables, d.exposures, d.metrics, d.others].flatMap((l) => l ?? []);
  const inColumns = new Set((d.columns ?? []).map((c) => c.attributes.asset));
  const users = things.filter((x) => !inColumns.has(x.id));
  const unread = users.filter((x) => x.attributes.reason === "unread");
  const saveAll = () =>
    save(
      `${table.attributes.name}.${self}.csv`,
      csv([
        ["kind", "name", "column", "steps", "reason", "owners"],
        ...(d.columns ?? []).map((c) => [
          c.attributes.kind ?? "",
          c.attributes.asset_name,
          c.attributes.column,
          String(c.attributes.depth),
          "column",
          "",
        ]),
        ...things.map((x) => [
          x.attributes.kind,
          x.attributes.name,
          "",
          String(x.attributes.depth),
          x.attributes.reason,
          x.attributes.owners.join("; "),
        ]),
      ]),
    );
  return (
    <section aria-label="What a change reaches">
      <header className="row" style={{ marginBottom: 4 }}>
        <h2>What a change reaches</h2>
        {things.length + (d.columns?.length ?? 0) > 0 && (
          <button type="button" className="btn sm end" onClick={saveAll}>
            <Icon name="download" size={12} />
            CSV
          </button>
        )}
      </header>
      {things.length + (d.columns?.length ?? 0) === 0 && (
        <p className="t3">No column or table is known to be made of it.</p>
      )}
      {(d.columns?.length ?? 0) > 0 && (
        <table className={`table fixed ${css.reaches}`}>
          <thead>
            <tr>
              <th scope="col">Table</th>
              <th scope="col">Column</th>
              <th scope="col" className={`num ${css.steps}`}>
                Steps
              </th>
            </tr>
          </thead>
          <tbody>
            {d.columns.slice(0, drawn).map((c) => (
              <tr key={c.id}>
                <td>
                  <span className="row gap3">
                    <Kind kind={c.attributes.kind ?? "table"} size={13} />
                    {c.attributes.asset ? (
                      <AssetLink id={c.attributes.asset} name={c.attributes.asset_name} className="plain" />
                    ) : (
                      c.attributes.asset_name
                    )}
                  </span>
                </td>
                <td className="any">
                  {c.attributes.asset ? (
                    <ColumnLink id={c.attributes.asset} column={c.attributes.column} className="name mono" />
                  ) : (
                    <span className="mono">{c.attributes.column}</span>
                  )}
                </td>
                <td className="num">{c.attributes.depth}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {meta.total_columns > Math.min(drawn, d.columns?.length ?? 0) && (
        <p className="s t3">
          {Math.min(drawn, d.columns?.length ?? 0)} of {number(meta.total_columns)} columns.
        </p>
      )}
      {users.length > 0 && (
        <>
          <h3 style={{ margin: "18px 0 2px" }}>Things that use those</h3>
          <ul className="list">
            {users.slice(0, drawn).map((x) => (
              <li key={x.id}>
                <Link to="/n/$id" params={{ id: x.id }} style={{ minHeight: 28 }}>
                  <Kind kind={x.attributes.kind} size={13} />
                  <span className="cut">{x.attributes.name}</span>
                  <span className="t3 s end cut">
                    {x.attributes.reason === "unread"
                      ? "code not read"
                      : [
                          x.attributes.depth === 1 ? "uses it" : `${x.attributes.depth} steps`,
                          x.attributes.owners.join(", "),
                        ]
                          .filter(Boolean)
                          .join(" · ")}
                  </span>
                </Link>
              </li>
            ))}
          </ul>
        </>
      )}
      <Tell owners={d.owners} />
      {unread.length > 0 && (
        <p className="s t3" style={{ marginTop: 10 }}>
          The code of {unread.map((u) => u.attributes.name).join(", ")} is not read, so nothing is ruled out.
        </p>
      )}
      {meta.truncated && <p className="s t3">There is more than is shown.</p>}
    </section>
  );
}
