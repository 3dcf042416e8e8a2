import { Link, useSearch } from "@tanstack/react-router";
import { usePage } from "@/app/crumbs";
import { usePatch } from "@/app/scope";
import { count, number } from "@/lib/count";
import { Empty, Failed, Skeleton } from "@/ui/feedback";
import { useTags } from "./read";

/** All tags of a schema's assets. */
export default function Page() {
  usePage("Tags");
  const { q = "" } = useSearch({ strict: false }) as { q?: string };
  const patch = usePatch();
  const tags = useTags();
  const all = tags.data ?? [];
  const shown = all.filter((t) => t.name.toLowerCase().includes(q.toLowerCase()));
  const most = all[0]?.assets ?? 1;
  return (
    <main id="main" className="page" tabIndex={-1}>
      <div className="page-head">
        <div>
          <h1>Tags</h1>
          <p>{tags.data ? `${count(all.length, "tag")} of dbt and of people` : ""}</p>
        </div>
      </div>
      {tags.isError ? (
        <Failed error={tags.error} what="The tags" retry={tags.refetch} />
      ) : tags.isPending ? (
        <Skeleton />
      ) : all.length === 0 ? (
        <Empty title="No tags yet">Tag models in dbt, or an asset on its page.</Empty>
      ) : (
        <>
          <div className="filterbar">
            <input
              className="input"
              placeholder="Filter tags"
              aria-label="Filter tags"
              value={q}
              onChange={(e) => patch({ q: e.target.value || undefined })}
            />
            {shown.length === 0 && (
              <button type="button" className="btn sm" onClick={() => patch({ q: undefined })}>
                Clear
              </button>
            )}
            <span className="t3 s" role="status">
              {shown.length} of {all.length}
            </span>
          </div>
          <table className="table" style={{ maxWidth: 720 }}>
            <thead>
              <tr>
                <th scope="col">Tag</th>
                <th scope="col" className="num">
                  Assets
                </th>
                <th scope="col" style={{ width: "50%" }}>
                  <span className="vh">Share</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.slice(0, 1000).map((t) => (
                <tr key={t.name}>
                  <td>
                    <Link className="name any" to="/tags/$tag" params={{ tag: t.name }}>
                      {t.name}
                    </Link>
                  </td>
                  <td className="num">{number(t.assets)}</td>
                  <td>
                    <span className="bar" style={{ display: "block" }}>
                      <i style={{ width: `${(100 * t.assets) / most}%` }} />
                    </span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </main>
  );
}
