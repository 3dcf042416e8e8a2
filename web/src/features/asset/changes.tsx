import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { api } from "@/api/client";
import { pages, rowsOf } from "@/api/list";
import { usePatch, useScope } from "@/app/scope";
import { count } from "@/lib/count";
import { Empty, Failed, Skeleton } from "@/ui/feedback";
import { More } from "@/ui/more";
import { Time } from "@/ui/time";
import { Blame } from "./blame";
import { ChangeLine } from "./changeline";
import css from "./page.module.css";
import type { AssetDocument, Change } from "./read";

/** What changed in an asset, version by version, and who or what last set each of its values. */
export default function ChangesTab({ asset }: { asset: AssetDocument }) {
  const { view } = useSearch({ strict: false }) as { view?: string };
  const patch = usePatch();
  const blame = view === "blame";
  return (
    <>
      <div className="row" style={{ marginBottom: 10 }}>
        <h2>Changes</h2>
        <fieldset className={`seg end ${css.seg}`} aria-label="View">
          <button type="button" aria-pressed={!blame} onClick={() => patch({ view: undefined })}>
            History
          </button>
          <button type="button" aria-pressed={blame} onClick={() => patch({ view: "blame" })}>
            Blame per field
          </button>
        </fieldset>
      </div>
      {blame ? <Blame asset={asset} /> : <History asset={asset} />}
    </>
  );
}

function History({ asset }: { asset: AssetDocument }) {
  const { schema_id } = useScope();
  const list = useInfiniteQuery({
    ...pages(["assetchanges", schema_id, asset.id], (cursor, signal) =>
      api.GET("/api/v1/assets/{id}/changes", {
        params: { path: { id: asset.id }, query: { schema_id, limit: 200, cursor } },
        signal,
      }),
    ),
    placeholderData: undefined,
  });
  if (list.isError) return <Failed error={list.error} what="The changes" retry={list.refetch} />;
  if (list.isPending) return <Skeleton rows={5} />;
  const rows = rowsOf(list.data.pages) as Change[];
  const versions = new Map<number, Change[]>();
  for (const row of rows) {
    versions.set(row.attributes.version, [...(versions.get(row.attributes.version) ?? []), row]);
  }
  if (versions.size === 0) return <Empty title="Nothing is recorded">Its history was deleted by retention.</Empty>;
  return (
    <>
      <p className="s t3" style={{ marginBottom: 8 }}>
        {count(versions.size, "version")} {versions.size === 1 ? "touches" : "touch"} this
        {list.hasNextPage ? ", and more" : ""}
      </p>
      <ol className="tl">
        {[...versions].map(([version, changes]) => {
          const a = changes[0]?.attributes;
          const person = a?.cause?.kind === "edit";
          return (
            <li key={version} className={person ? "user" : a?.kind === "removed" && !a.field ? "bad" : undefined}>
              <div className="row wrap">
                <span className="w5">Version {version}</span>
                {a?.import ? (
                  <Link to="/imports/$id" params={{ id: a.import }}>
                    {a.import}
                  </Link>
                ) : (
                  <span className="t2">
                    {person ? `edited by ${a?.actor_ref?.name ?? "somebody"}` : (a?.cause?.id ?? "")}
                  </span>
                )}
                <span className="t3">
                  <Time at={a?.at} />
                </span>
                {version > 1 && (
                  <Link
                    className="end s"
                    to="/diff/$points"
                    params={{ points: `${schema_id}@${version - 1}...${schema_id}@${version}` }}
                  >
                    Compare with v{version - 1}
                  </Link>
                )}
              </div>
              {changes.map((c) => (
                <ChangeLine key={c.id} change={c.attributes} asset={asset} />
              ))}
            </li>
          );
        })}
      </ol>
      {list.hasNextPage && (
        <More shown={rows.length} total={list.data.pages[0]?.meta.total} noun="changes" more={list} />
      )}
    </>
  );
}
