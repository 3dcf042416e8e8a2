import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { api, read, type Schemas } from "@/api/client";
import { pages, rowsOf } from "@/api/list";
import { usePage } from "@/app/crumbs";
import { useRowKeys } from "@/app/rowkeys";
import { usePatch, useScope } from "@/app/scope";
import { one } from "@/app/search";
import { classes } from "@/lib/classes";
import { count, number } from "@/lib/count";
import { csv, save } from "@/lib/csv";
import { duration } from "@/lib/time";
import { AssetLink, kindOf, nameOf } from "@/ui/assetlink";
import { Choice } from "@/ui/choice";
import { Empty, Failed, Skeleton } from "@/ui/feedback";
import { Icon } from "@/ui/icon";
import { More } from "@/ui/more";
import { StateMark, type StateName, stateOf } from "@/ui/state";
import { Time } from "@/ui/time";

type Status = "pass" | "warn" | "fail" | "error" | "skipped" | "unknown";
type Test = Schemas["ResourceTest"];

const figures: [status: Status, state: StateName, words: string][] = [
  ["fail", "fail", "failing"],
  ["error", "error", "in error"],
  ["warn", "warn", "warning"],
  ["pass", "pass", "passing"],
  ["unknown", "none", "never executed"],
];

/** All data tests with their latest results, the worst first. */
export default function Tests() {
  usePage("Tests");
  const scope = useScope();
  const search = useSearch({ strict: false }) as Record<string, unknown>;
  const patch = usePatch();
  const navigate = useNavigate();
  const status = one(search.status) as Status | undefined;
  const enabled = scope.schema_id !== "";
  const list = useInfiniteQuery({
    ...pages(["tests", scope, status], (cursor, signal) =>
      api.GET("/api/v1/tests", { params: { query: { ...scope, status, sort: "status", cursor, limit: 100 } }, signal }),
    ),
    enabled,
  });
  const coverage = useQuery({
    queryKey: ["coverage", scope],
    enabled,
    queryFn: ({ signal }) => read(api.GET("/api/v1/coverage", { params: { query: scope }, signal })),
  });
  const rows = rowsOf<Test>(list.data?.pages);
  const meta = list.data?.pages[0]?.meta;
  const [selected] = useRowKeys(rows.length, (i) => {
    const asset = rows[i]?.attributes.asset;
    if (asset) navigate({ to: "/n/$id", params: { id: asset }, search: { tab: "tests" } as never });
  });
  const tables = coverage.data?.data.attributes.tables;
  return (
    <main id="main" className="page" tabIndex={-1}>
      <div className="page-head">
        <div>
          <h1>Tests</h1>
          <p>
            {meta?.total != null && !status && `${count(meta.total, "test")}. `}
            {tables && `${number(tables.tested)} of ${count(tables.total, "table")} have one.`}
          </p>
        </div>
        <div className="acts headacts">
          <button type="button" className="btn" disabled={rows.length === 0} onClick={() => exportTests(rows)}>
            <Icon name="download" size={14} />
            CSV
          </button>
        </div>
      </div>
      <Figures
        chosen={status}
        onChange={(s) => patch({ status: s })}
        untested={tables && tables.total - tables.tested}
      />
      <div className="filterbar tests-filter">
        <Choice
          name="State"
          value={status}
          values={figures.map(([value, , label]) => ({ value, label }))}
          onChange={(s) => patch({ status: s })}
        />
        <span className="t3 s">failing first</span>
      </div>
      {list.isError && <Failed error={list.error} what="The tests" retry={list.refetch} />}
      {list.isPending && !list.isError && <Skeleton />}
      {list.data && rows.length === 0 && (
        <Empty
          title={status ? "No test is in this state" : "No tests yet"}
          actions={
            status && (
              <button type="button" className="btn" onClick={() => patch({ status: undefined })}>
                All tests
              </button>
            )
          }
        >
          {status ? undefined : "A manifest brings the tests, a run_results.json their results."}
        </Empty>
      )}
      {rows.length > 0 && (
        <table className="table fold">
          <thead>
            <tr>
              <th scope="col" aria-label="State" />
              <th scope="col">Test</th>
              <th scope="col">On</th>
              <th scope="col">Column</th>
              <th scope="col">Severity</th>
              <th scope="col" className="num">
                Rows
              </th>
              <th scope="col">Last run</th>
              <th scope="col" className="num">
                Took
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((test, i) => (
              <Row key={test.id} test={test} index={i} selected={i === selected} />
            ))}
          </tbody>
        </table>
      )}
      {rows.length > 0 && (
        <More shown={rows.length} total={meta?.total} atLeast={meta?.at_least} noun="tests" more={list} />
      )}
    </main>
  );
}

function Figures({
  chosen,
  onChange,
  untested,
}: {
  chosen: Status | undefined;
  onChange: (s: Status | undefined) => void;
  untested: number | undefined;
}) {
  return (
    <div className="figs">
      {figures.slice(0, 4).map(([status, state, words]) => (
        <Figure
          key={status}
          status={status}
          state={state}
          words={words}
          on={chosen === status}
          onClick={() => onChange(chosen === status ? undefined : status)}
        />
      ))}
      {untested !== undefined && (
        <Link to="/coverage">
          <b>
            <StateMark state="none" label="" />
            {number(untested)}
          </b>
          <small>{untested === 1 ? "table" : "tables"} without a test</small>
        </Link>
      )}
    </div>
  );
}

function Figure({
  status,
  state,
  words,
  on,
  onClick,
}: {
  status: Status;
  state: StateName;
  words: string;
  on: boolean;
  onClick: () => void;
}) {
  const scope = useScope();
  const { data } = useQuery({
    queryKey: ["tests", "count", scope, status],
    enabled: scope.schema_id !== "",
    queryFn: ({ signal }) =>
      read(api.GET("/api/v1/tests", { params: { query: { ...scope, status, limit: 1 } }, signal })),
  });
  const total = data?.meta.total ?? data?.meta.at_least;
  return (
    <button type="button" className="fig" aria-pressed={on} onClick={onClick}>
      <b>
        <StateMark state={state} label="" />
        {total === undefined ? "–" : number(total)}
      </b>
      <small>{words}</small>
    </button>
  );
}

function Row({ test, index, selected }: { test: Test; index: number; selected: boolean }) {
  const a = test.attributes;
  const parent = a.parents?.[0];
  const args = Object.entries(a.args ?? {})
    .filter(([name]) => !["column_name", "model"].includes(name))
    .map(([, value]) => argument(value));
  return (
    <tr data-row={index} className={classes(selected && "sel", !a.enabled && "off")}>
      <td className="statecell">
        <StateMark state={a.enabled ? stateOf(a.latest?.class) : "skip"} />
      </td>
      <td className="full">
        <span className="w5" title={a.unique_id}>
          {a.test ?? a.name}
        </span>{" "}
        {args.length > 0 && <span className="t3 s">{args.join(", ")}</span>}
        {a.latest?.message && stateOf(a.latest.class) !== "pass" && (
          <span className="s t2 blockline any">{a.latest.message}</span>
        )}
        {!a.enabled && <span className="s t3"> disabled</span>}
      </td>
      <td>
        {a.asset ? (
          <AssetLink
            id={a.asset}
            name={parent ? nameOf(parent) : a.asset}
            kind={parent && kindOf(parent)}
            size={13}
            className="plain"
          />
        ) : (
          <span className="t3">–</span>
        )}
      </td>
      <td className="mono any">{a.columns?.join(", ") || ""}</td>
      <td className="t2">{a.severity}</td>
      <td className="num">{a.latest?.failures ? number(a.latest.failures) : ""}</td>
      <td className="s t2">{a.latest ? <Time at={a.latest.completed_at} /> : <span className="t3">never</span>}</td>
      <td className="num t2">{a.latest ? duration(a.latest.execution_time) : ""}</td>
    </tr>
  );
}

// An argument is JSON; lists and texts are shown without its marks.
function argument(json: string): string {
  try {
    const value: unknown = JSON.parse(json);
    if (Array.isArray(value))
      return value.map((v) => (typeof v === "object" ? JSON.stringify(v) : String(v))).join(", ");
    return typeof value === "object" ? json : String(value);
  } catch {
    return json;
  }
}

function exportTests(rows: Test[]): void {
  save(
    "tests.csv",
    csv([
      [
        "id",
        "test",
        "state",
        "asset",
        "column",
        "severity",
        "failures",
        "completed_at",
        "execution_time",
        "message",
        "unique_id",
      ],
      ...rows.map(({ id, attributes: a }) => [
        id,
        a.test ?? a.name,
        a.latest?.class ?? "",
        a.asset,
        a.columns?.join(" "),
        a.severity,
        a.latest?.failures,
        a.latest?.completed_at,
        a.latest?.execution_time,
        a.latest?.message,
        a.unique_id,
      ]),
    ]),
  );
}
