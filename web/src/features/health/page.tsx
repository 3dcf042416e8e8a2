import { useSearch } from "@tanstack/react-router";
import { usePage } from "@/app/crumbs";
import { usePatch } from "@/app/scope";
import { one } from "@/app/search";
import { Folders, Score, WorstTables } from "./parts";

/** The health of all tables or those of a folder, the worst first. */
export default function Health() {
  usePage("Health", [{ name: "Today", link: { to: "/" } }]);
  const search = useSearch({ strict: false }) as Record<string, unknown>;
  const patch = usePatch();
  const folder = one(search.folder);
  return (
    <main id="main" className="page" tabIndex={-1}>
      <div className="page-head">
        <div>
          <h1>Health</h1>
          <p>What each table has of six aspects, by the weights of the schema.</p>
        </div>
      </div>
      {folder && (
        <div className="filterbar">
          <span className="chip on">
            {folder}{" "}
            <button type="button" aria-label={`Remove ${folder}`} onClick={() => patch({ folder: undefined })}>
              ×
            </button>
          </span>
        </div>
      )}
      <div className="cols">
        <WorstTables folder={folder} limit={100} all />
        <aside>
          <Score />
          <Folders />
        </aside>
      </div>
    </main>
  );
}
