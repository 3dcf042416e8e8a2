import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api } from "@/api/client";
import { pages, rowsOf } from "@/api/list";
import { useScope } from "@/app/scope";
import { sourceName, sourceOf } from "@/lib/origin";
import { Failed, Skeleton } from "@/ui/feedback";
import { More } from "@/ui/more";
import { Time } from "@/ui/time";
import type { AssetDocument } from "./read";

/** Who or what last set each value of an asset and of its columns. */
export function Blame({ asset }: { asset: AssetDocument }) {
  const { schema_id, at } = useScope();
  const list = useInfiniteQuery({
    ...pages(["blame", schema_id, at, asset.id], (cursor, signal) =>
      api.GET("/api/v1/assets/{id}/blame", {
        params: { path: { id: asset.id }, query: { schema_id, at, limit: 200, cursor } },
        signal,
      }),
    ),
    placeholderData: undefined,
  });
  if (list.isError) return <Failed error={list.error} what="Who set what" retry={list.refetch} />;
  if (list.isPending) return <Skeleton rows={6} />;
  const rows = rowsOf(list.data.pages);
  return (
    <>
      <table className="table fold">
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Value</th>
            <th scope="col">Set by</th>
            <th scope="col">Since</th>
            <th scope="col">File</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((r) => {
            const a = r.attributes;
            const field = [a.column, a.field].filter(Boolean).join(" · ") || "it exists";
            return (
              <tr key={r.id}>
                <td className="any w5">{field.replaceAll("_", " ")}</td>
                <td className="any" style={{ maxWidth: 260 }}>
                  {a.value === null ? <span className="t3">–</span> : cut(a.value)}
                  {a.previous !== null && (
                    <div className="s t3">
                      before: <del>{cut(a.previous)}</del>
                    </div>
                  )}
                </td>
                <td>
                  {a.cause?.kind === "edit" ? (
                    <span className="prov user">{a.actor_ref?.name ?? "somebody"}</span>
                  ) : (
                    <>
                      <span className="prov dbt">{a.origin ? sourceName(sourceOf(a.origin)) : ""}</span>
                      {a.import && (
                        <Link to="/imports/$id" params={{ id: a.import }}>
                          {a.import}
                        </Link>
                      )}
                    </>
                  )}
                </td>
                <td className="nowrap t2">
                  v{a.version}, <Time at={a.at} />
                </td>
                <td className="mono t3 any hidenarrow">{a.file}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <More shown={rows.length} total={list.data.pages[0]?.meta.total} noun="values" more={list} />
    </>
  );
}

function cut(text: string): string {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
