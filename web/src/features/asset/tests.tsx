import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api, read, type Schemas } from "@/api/client";
import { pages, rowsOf } from "@/api/list";
import { useScope } from "@/app/scope";
import { count } from "@/lib/count";
import { duration } from "@/lib/time";
import { ColumnLink } from "@/ui/columnlink";
import { Empty, Failed, Skeleton } from "@/ui/feedback";
import { More } from "@/ui/more";
import { StateMark, stateOf } from "@/ui/state";
import { Ticks } from "@/ui/ticks";
import { Time } from "@/ui/time";
import { type AssetDocument, useColumns, useNeighbours, useTrouble } from "./read";

type Test = Schemas["ResourceTest"];

// The history of so many tests is read; of the others the latest result is shown.
const withHistory = 40;
const results = 14;

/** The data tests of a table, with their latest results, and what has none. */
export default function TestsTab({ asset }: { asset: AssetDocument }) {
  const { schema_id, at } = useScope();
  const list = useInfiniteQuery({
    ...pages(["assettests", schema_id, at, asset.id], (cursor, signal) =>
      api.GET("/api/v1/assets/{id}/tests", {
        params: { path: { id: asset.id }, query: { schema_id, at, limit: 500, cursor } },
        signal,
      }),
    ),
    placeholderData: undefined,
  });
  if (list.isError) return <Failed error={list.error} what="The tests" retry={list.refetch} />;
  if (list.isPending) return <Skeleton rows={5} />;
  const tests = rowsOf(list.data.pages) as Test[];
  const total = list.data.pages[0]?.meta.total;
  const columns = new Set(tests.map((t) => t.attributes.column).filter(Boolean));
  return (
    <>
      {tests.length === 0 ? (
        <Empty title="No tests">Add data tests to its YAML, and send manifest.json and run_results.json.</Empty>
      ) : (
        <section className="sect">
          <header>
            <h2>Tests</h2>
            <span className="s t3">
              {total ?? tests.length} on {columns.size} of {count(asset.attributes.columns, "column")}
            </span>
          </header>
          <table className="table fold v-top">
            <thead>
              <tr>
                <th scope="col">
                  <span className="vh">Result</span>
                </th>
                <th scope="col">Test</th>
                <th scope="col">Column</th>
                <th scope="col">If it fails</th>
                <th scope="col">Last {results} runs</th>
                <th scope="col" className="num">
                  Took
                </th>
                <th scope="col" className="num">
                  When
                </th>
              </tr>
            </thead>
            <tbody>
              {tests.map((t, i) => (
                <Row key={t.id} test={t} asset={asset} history={i < withHistory} />
              ))}
            </tbody>
          </table>
          {list.hasNextPage && <More shown={tests.length} total={total} noun="tests" more={list} />}
        </section>
      )}
      <Downstream asset={asset} />
      <Untested asset={asset} tested={columns} />
    </>
  );
}

function Row({ test, asset, history }: { test: Test; asset: AssetDocument; history: boolean }) {
  const a = test.attributes;
  const latest = a.latest;
  const state = latest ? stateOf(latest.class) : "none";
  const bad = state === "fail" || state === "error" || state === "warn";
  return (
    <tr>
      <td className="statecell">
        <StateMark state={state} />
      </td>
      <td className="any">
        <Link className="name" to="/tests" search={{ q: a.name } as never} title={a.unique_id}>
          {a.test ?? a.name}
        </Link>
        <div className="s t2">{a.description || meaning(a)}</div>
        {bad && latest?.message && <div className={`s st-${state}`}>{latest.message}</div>}
        {!a.enabled && <span className="tag">disabled</span>}
      </td>
      <td>{a.column && <ColumnLink id={asset.id} column={a.column} />}</td>
      <td className="t2 hidenarrow">{a.severity ?? "error"}</td>
      <td>{history ? <History id={test.id} /> : null}</td>
      <td className="num">{duration(latest?.execution_time)}</td>
      <td className="num t2">
        {latest ? (
          <Link className="plain" to="/runs/$id" params={{ id: latest.run }}>
            <Time at={latest.completed_at} />
          </Link>
        ) : (
          <span className="t3">never ran</span>
        )}
      </td>
    </tr>
  );
}

function History({ id }: { id: string }) {
  const { schema_id, at } = useScope();
  const { data } = useQuery({
    queryKey: ["testhistory", schema_id, at, id],
    staleTime: 60_000,
    placeholderData: undefined,
    queryFn: ({ signal }) =>
      read(
        api.GET("/api/v1/tests/{id}/history", {
          params: { path: { id }, query: { schema_id, at, limit: results } },
          signal,
        }),
      ),
  });
  return (
    <Ticks
      results={(data?.data ?? []).map((r) => ({ state: stateOf(r.attributes.class), at: r.attributes.completed_at }))}
    />
  );
}

/** What a generic test demands, in words, as far as dbt's own tests go. */
function meaning(a: Schemas["Test"]): string {
  const column = a.column ?? "it";
  const args = a.args as Record<string, unknown>;
  const text = (v: unknown) => (typeof v === "string" ? v.replace(/^"|"$/g, "") : JSON.stringify(v));
  switch (a.test) {
    case "unique":
      return a.column ? `Each ${column} occurs once.` : "No two rows are the same.";
    case "not_null":
      return `${column} is never empty.`;
    case "relationships":
      return `Every ${column} is found in ${text(args.to)}, ${text(args.field)}.`;
    case "accepted_values":
      return `${column} is one of ${text(args.values)}.`;
    default: {
      const given = Object.entries(args).map(([k, v]) => `${k}: ${text(v)}`);
      return given.length > 0 ? given.join(", ") : a.kind === "singular" ? a.name : "";
    }
  }
}

function Downstream({ asset }: { asset: AssetDocument }) {
  const near = useNeighbours(asset);
  const trouble = useTrouble().data;
  const failing = (near.data?.down ?? []).filter((n) => ["fail", "error"].includes(trouble?.get(n.id) ?? ""));
  if (failing.length === 0) return null;
  return (
    <section className="sect">
      <header>
        <h2>One step downstream, failing</h2>
        <span className="s t3">{failing.length}</span>
      </header>
      <ul className="list">
        {failing.map((n) => (
          <li key={n.id}>
            <Link to="/n/$id" params={{ id: n.id }} search={{ tab: "tests" } as never}>
              <StateMark state={trouble?.get(n.id) === "error" ? "error" : "fail"} />
              <span className="w5">{n.attributes.name}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Untested({ asset, tested }: { asset: AssetDocument; tested: Set<string | null> }) {
  const columns = useColumns(asset.id);
  const without = columns.rows.filter((c) => c.attributes.present && !tested.has(c.attributes.name));
  if (without.length === 0) return null;
  return (
    <section className="sect">
      <header>
        <h2>Columns without a test</h2>
        <span className="s t3">{without.length}</span>
      </header>
      <p className="mono t2 any" style={{ lineHeight: 1.9 }}>
        {without.slice(0, 200).map((c, i) => (
          <span key={c.id}>
            {i > 0 && ", "}
            <ColumnLink id={asset.id} column={c.attributes.name} />
          </span>
        ))}
        {without.length > 200 && ` and ${without.length - 200} more`}
      </p>
    </section>
  );
}
