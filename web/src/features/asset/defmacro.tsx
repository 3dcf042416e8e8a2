import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api } from "@/api/client";
import { pages, rowsOf } from "@/api/list";
import { useScope } from "@/app/scope";
import { Empty, Failed, Skeleton } from "@/ui/feedback";
import { Kind } from "@/ui/kind";
import { More } from "@/ui/more";
import type { AssetDocument } from "./read";

interface Argument {
  name?: string;
  type?: string | null;
  description?: string;
  default_value?: unknown;
}

/** A macro or function: its arguments, and what calls it. */
export function MacroDefinition({ asset }: { asset: AssetDocument }) {
  const details = (asset.attributes.details ?? {}) as { arguments?: Argument[] };
  const all = details.arguments ?? [];
  return (
    <>
      {all.length > 0 && (
        <section className="sect">
          <header>
            <h2>Arguments</h2>
            <span className="s t3">{all.length}</span>
          </header>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Type</th>
                <th scope="col">Description</th>
              </tr>
            </thead>
            <tbody>
              {all.map((a, i) => (
                <tr key={`${i}${a.name}`}>
                  <td className="mono any">{a.name}</td>
                  <td className="mono t3">{(a as { data_type?: string }).data_type ?? a.type ?? "–"}</td>
                  <td className="t2 any">{a.description || <span className="t3">–</span>}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      <UsedBy asset={asset} />
    </>
  );
}

/** What calls a macro, or has a docs block in its description. */
export function UsedBy({ asset }: { asset: AssetDocument }) {
  const { schema_id, at } = useScope();
  const list = useInfiniteQuery({
    ...pages(["usedby", schema_id, at, asset.id, "pages"], (cursor, signal) =>
      api.GET("/api/v1/assets/{id}/used_by", {
        params: { path: { id: asset.id }, query: { schema_id, at, limit: 200, cursor } },
        signal,
      }),
    ),
    placeholderData: undefined,
  });
  if (list.isError) return <Failed error={list.error} what="What uses it" retry={list.refetch} />;
  if (list.isPending) return <Skeleton rows={4} />;
  const rows = rowsOf(list.data.pages);
  if (rows.length === 0) {
    return (
      <Empty title="Nothing uses it">
        {asset.attributes.kind === "doc"
          ? "dbt reports uses of docs blocks from 1.10 on."
          : "No node or macro calls it."}
      </Empty>
    );
  }
  return (
    <section className="sect">
      <header>
        <h2>Used by</h2>
      </header>
      <ul className="list">
        {rows.map((u) => (
          <li key={u.id + (u.attributes.column ?? "")}>
            {u.attributes.kind === "test" ? (
              <span className="li">
                <Kind kind="test" size={13} />
                <span className="cut">{u.attributes.name}</span>
              </span>
            ) : (
              <Link to="/n/$id" params={{ id: u.id }}>
                <Kind kind={u.attributes.kind} size={13} />
                <span className="cut">{u.attributes.name}</span>
                {u.attributes.column && <span className="mono t3">{u.attributes.column}</span>}
                <span className="end s t3 mono cut">{u.attributes.unique_id}</span>
              </Link>
            )}
          </li>
        ))}
      </ul>
      <More shown={rows.length} total={list.data.pages[0]?.meta.total} noun="uses" more={list} />
    </section>
  );
}
