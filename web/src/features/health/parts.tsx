import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api, read, type Schemas } from "@/api/client";
import { pages, rowsOf } from "@/api/list";
import { useScope } from "@/app/scope";
import { number } from "@/lib/count";
import { AssetLink } from "@/ui/assetlink";
import { Failed } from "@/ui/feedback";
import { More } from "@/ui/more";

type Values = Schemas["HealthAspects"];

/** The aspects of health, in the order in which they are listed. */
const aspects: [keyof Values, string][] = [
  ["documentation", "described"],
  ["ownership", "owned"],
  ["tests", "tested"],
  ["test_results", "tests pass"],
  ["run", "runs"],
  ["freshness", "fresh"],
];

/** The health score of the schema, and what it is made of. */
export function Score() {
  const scope = useScope();
  const { data, error, refetch } = useQuery({
    queryKey: ["health", scope],
    enabled: scope.schema_id !== "",
    queryFn: ({ signal }) => read(api.GET("/api/v1/health", { params: { query: scope }, signal })),
  });
  if (error) return <Failed error={error} what="The health score" retry={refetch} />;
  const h = data?.data.attributes;
  if (!h) return null;
  return (
    <section className="sect">
      <header>
        <h2>Health score</h2>
        <span className="s t3">
          {number(h.scored)} of {number(h.tables)} tables
        </span>
      </header>
      <p className="score">
        <b>{h.score == null ? "–" : Math.round(h.score)}</b> <span className="t3">of 100</span>
      </p>
      <Aspects of={h.aspects} weights={h.weights} />
    </section>
  );
}

/** How much there is of each aspect that counts, with its weight. */
export function Aspects({ of, weights }: { of: Values; weights?: Schemas["HealthWeights"] }) {
  return (
    <dl className="kv">
      {aspects.map(([key, name]) => (
        <div key={key} className="row kvrow">
          <dt>{name}</dt>
          <dd className="end num">
            {of[key] == null ? "–" : `${Math.round(100 * (of[key] ?? 0))} %`}
            {weights && <span className="t3"> × {weights[key]}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** The scores of the folders. */
export function Folders() {
  const scope = useScope();
  const list = useInfiniteQuery({
    ...pages(["health", "folders", scope], (cursor, signal) =>
      api.GET("/api/v1/health/folders", { params: { query: { ...scope, cursor, limit: 50 } }, signal }),
    ),
    enabled: scope.schema_id !== "",
  });
  const rows = rowsOf<Schemas["ResourceFolderHealth"]>(list.data?.pages);
  if (list.isError) return <Failed error={list.error} what="The folders" retry={list.refetch} />;
  if (rows.length === 0) return null;
  return (
    <section className="sect">
      <header>
        <h2>By folder</h2>
      </header>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Folder</th>
            <th scope="col" className="num">
              Tables
            </th>
            <th scope="col" className="num">
              Score
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ id, attributes: a }) => (
            <tr key={id}>
              <td className="mono any">
                <Link className="plain" to="/health" search={{ folder: a.folder } as never}>
                  {a.folder || "without a file"}
                </Link>
              </td>
              <td className="num t2">{number(a.tables)}</td>
              <td className="num w5">{a.score == null ? "–" : Math.round(a.score)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {list.hasNextPage && (
        <More shown={rows.length} total={list.data?.pages[0]?.meta.total} noun="folders" more={list} />
      )}
    </section>
  );
}

/** The tables with the lowest scores, and what each lacks. */
export function WorstTables({ folder, limit = 8, all }: { folder?: string; limit?: number; all?: boolean }) {
  const scope = useScope();
  const list = useInfiniteQuery({
    ...pages(["health", "tables", scope, folder, limit], (cursor, signal) =>
      api.GET("/api/v1/health/tables", {
        params: { query: { ...scope, folder, sort: "score", cursor, limit } },
        signal,
      }),
    ),
    enabled: scope.schema_id !== "",
  });
  const rows = rowsOf<Schemas["ResourceTableHealth"]>(list.data?.pages);
  if (list.isError) return <Failed error={list.error} what="The tables" retry={list.refetch} />;
  if (rows.length === 0) return null;
  return (
    <section className="sect">
      <header>
        <h2>{all ? "Tables" : "Mend first"}</h2>
        <span className="s t3">lowest scores first</span>
        {!all && (
          <Link className="end" to="/health">
            All tables
          </Link>
        )}
      </header>
      <table className="table fold">
        <thead>
          <tr>
            <th scope="col">Table</th>
            <th scope="col">What is missing</th>
            <th scope="col" className="num">
              Score
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ id, attributes: a }) => (
            <tr key={id}>
              <td>
                <AssetLink id={id} name={a.name} kind={a.kind} />
              </td>
              <td className="t2">{lacks(a.aspects).join(", ") || "nothing"}</td>
              <td className="num w5">{a.score == null ? "–" : Math.round(a.score)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {all && <More shown={rows.length} total={list.data?.pages[0]?.meta.total} noun="tables" more={list} />}
    </section>
  );
}

function lacks(a: Values): string[] {
  const out: string[] = [];
  if (a.documentation != null && a.documentation < 1)
    out.push(a.documentation === 0 ? "every description" : "descriptions");
  if (a.ownership === 0) out.push("an owner");
  if (a.tests === 0) out.push("a test");
  if (a.test_results != null && a.test_results < 1) out.push("passing tests");
  if (a.run != null && a.run < 1) out.push("a good run");
  if (a.freshness != null && a.freshness < 1) out.push("fresh rows");
  return out;
}
