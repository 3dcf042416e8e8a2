import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api, read, type Schemas } from "@/api/client";
import { pages, rowsOf } from "@/api/list";
import { usePage } from "@/app/crumbs";
import { useSchema, useScope } from "@/app/scope";
import { Folders, Score, WorstTables } from "@/features/health/parts";
import { number, percent } from "@/lib/count";
import { Failed, Skeleton } from "@/ui/feedback";
import styles from "./page.module.css";

/** How much of the catalog is described, owned, tested and matched with the warehouse, over time. */
export default function Coverage() {
  usePage("Coverage", [{ name: "Today", link: { to: "/" } }]);
  const scope = useScope();
  const schema = useSchema();
  const enabled = scope.schema_id !== "";
  const now = useQuery({
    queryKey: ["coverage", scope],
    enabled,
    queryFn: ({ signal }) => read(api.GET("/api/v1/coverage", { params: { query: scope }, signal })),
  });
  const history = useInfiniteQuery({
    ...pages(["coverage", "history", scope], (cursor, signal) =>
      api.GET("/api/v1/coverage/history", { params: { query: { ...scope, cursor, limit: 50 } }, signal }),
    ),
    enabled,
  });
  const c = now.data?.data.attributes;
  const past = rowsOf<Schemas["ResourceCoverage"]>(history.data?.pages);
  const before = past[1]?.attributes;
  return (
    <main id="main" className="page" tabIndex={-1}>
      <div className="page-head">
        <div>
          <h1>Coverage</h1>
          <p>
            How much of {schema?.attributes.name ?? "the schema"} is described, owned, tested and matched with the
            warehouse.{c && ` Version ${c.version}.`}
          </p>
        </div>
      </div>
      {now.isError && <Failed error={now.error} what="The coverage" retry={now.refetch} />}
      {now.isPending && !now.isError && <Skeleton />}
      {c && (
        <div className={`cols ${styles.cols}`}>
          <div>
            <section className="sect">
              <header>
                <h2>Measures</h2>
                <span className="s t3">of tables and their columns</span>
              </header>
              <table className="table fold">
                <thead>
                  <tr>
                    <th scope="col">Measure</th>
                    <th scope="col" className="num">
                      Have it
                    </th>
                    <th scope="col" aria-label="Share, drawn" />
                    <th scope="col" className="num">
                      Share
                    </th>
                    <th scope="col" className="num">
                      Since v{before?.version ?? c.version}
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {measuresOf(c).map((m, i) => (
                    <Measure key={m.name} {...m} before={before && measuresOf(before)[i]?.have} />
                  ))}
                </tbody>
              </table>
            </section>
            <WorstTables />
          </div>
          <aside>
            <Score />
            <Folders />
          </aside>
        </div>
      )}
    </main>
  );
}

interface Measured {
  name: string;
  hint: string;
  have: number;
  of: number;
  link?: Record<string, string>; // the filter of those that do not have it
}

function measuresOf({ tables: t, columns: c }: Pick<Schemas["Coverage"], "tables" | "columns">): Measured[] {
  return [
    {
      name: "Tables described",
      hint: "has a description",
      have: t.described,
      of: t.total,
      link: { has_description: "false" },
    },
    { name: "Tables owned", hint: "has an owner", have: t.owned, of: t.total },
    { name: "Tables tested", hint: "has an enabled data test", have: t.tested, of: t.total },
    { name: "Tables matched", hint: "found in the warehouse's catalog", have: t.matched, of: t.total },
    { name: "Columns described", hint: "has a description", have: c.described, of: c.total },
    { name: "Columns tested", hint: "has a data test", have: c.tested, of: c.total },
    {
      name: "Columns matched",
      hint: c.unmatched > 0 ? `${number(c.unmatched)} documented, but not in the warehouse` : "found in the warehouse",
      have: c.matched,
      of: c.total,
    },
  ];
}

function Measure({ name, hint, have, of, before, link }: Measured & { before: number | undefined }) {
  const change = before === undefined ? 0 : have - before;
  return (
    <tr>
      <td className="full">
        <span className="w5">
          {link && have < of ? (
            <Link className="name" to="/assets" search={link as never}>
              {name}
            </Link>
          ) : (
            name
          )}
        </span>
        <span className="s t3 blockline">{hint}</span>
      </td>
      <td className="num">
        {number(have)} <span className="t3">of {number(of)}</span>
      </td>
      <td className={styles.bar}>
        <div className="bar" aria-hidden="true">
          <i style={{ width: `${of === 0 ? 0 : (100 * have) / of}%` }} />
        </div>
      </td>
      <td className="num w5">{percent(have, of)}</td>
      <td className="num t2">{change === 0 ? "–" : change > 0 ? `+${number(change)}` : `−${number(-change)}`}</td>
    </tr>
  );
}
