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
import { duration } from "@/lib/time";
import { Choice } from "@/ui/choice";
import { Empty, Failed, Skeleton } from "@/ui/feedback";
import { More } from "@/ui/more";
import { State } from "@/ui/state";
import { Time } from "@/ui/time";
import { Meter, outcomeOf } from "./outcome";

type Run = Schemas["ResourceRun"];
type Outcome = "success" | "warned" | "failed" | "nothing";

const outcomes = [
  { value: "failed", label: "failed" },
  { value: "warned", label: "with warnings" },
  { value: "success", label: "fine" },
  { value: "nothing", label: "without results" },
];
const commands = ["build", "run", "test", "seed", "snapshot", "source freshness", "docs generate", "compile"].map(
  (c) => ({ value: c, label: c }),
);

/** The invocations of dbt, the newest first. They are only ever added. */
export default function Runs() {
  usePage("Runs");
  const scope = useScope();
  const search = useSearch({ strict: false }) as Record<string, unknown>;
  const patch = usePatch();
  const navigate = useNavigate();
  const filters = {
    project: one(search.project),
    command: one(search.command),
    outcome: one(search.outcome) as Outcome | undefined,
  };
  const list = useInfiniteQuery({
    ...pages(["runs", scope, filters], (cursor, signal) =>
      api.GET("/api/v1/runs", { params: { query: { ...scope, ...filters, cursor, limit: 100 } }, signal }),
    ),
    enabled: scope.schema_id !== "",
  });
  const projects = useQuery({
    queryKey: ["projects", scope.schema_id],
    enabled: scope.schema_id !== "",
    queryFn: ({ signal }) =>
      read(api.GET("/api/v1/projects", { params: { query: { schema_id: scope.schema_id, limit: 200 } }, signal })),
  });
  const names = (projects.data?.data ?? []).map((p) => ({ value: p.id, label: p.attributes.name }));
  const rows = rowsOf<Run>(list.data?.pages);
  const meta = list.data?.pages[0]?.meta;
  const [selected] = useRowKeys(rows.length, (i) => {
    const run = rows[i];
    if (run) navigate({ to: "/runs/$id", params: { id: run.id } });
  });
  const filtered = Object.values(filters).some(Boolean);
  const clear = () => patch({ project: undefined, command: undefined, outcome: undefined });
  return (
    <main id="main" className="page" tabIndex={-1}>
      <div className="page-head">
        <div>
          <h1>Runs</h1>
          <p>{meta?.total != null && `${count(meta.total, "invocation")} of dbt. `}Runs are never overwritten.</p>
        </div>
      </div>
      <div className="filterbar">
        {(names.length > 1 || filters.project) && (
          <Choice name="Project" value={filters.project} values={names} onChange={(project) => patch({ project })} />
        )}
        <Choice name="Result" value={filters.outcome} values={outcomes} onChange={(outcome) => patch({ outcome })} />
        <Choice name="Command" value={filters.command} values={commands} onChange={(command) => patch({ command })} />
        {filtered && (
          <button type="button" className="btn quiet sm" onClick={clear}>
            Clear filters
          </button>
        )}
      </div>
      {list.isError && <Failed error={list.error} what="The runs" retry={list.refetch} />}
      {list.isPending && !list.isError && <Skeleton />}
      {list.data && rows.length === 0 && (
        <Empty
          title={filtered ? "No run matches these filters" : "No runs yet"}
          actions={
            filtered && (
              <button type="button" className="btn" onClick={clear}>
                Clear filters
              </button>
            )
          }
        >
          {filtered ? undefined : "Send the run_results.json of dbt build, run or test."}
        </Empty>
      )}
      {rows.length > 0 && (
        <table className="table fold">
          <thead>
            <tr>
              <th scope="col">Result</th>
              <th scope="col">Run</th>
              <th scope="col">Command</th>
              <th scope="col">When</th>
              <th scope="col">Results</th>
              <th scope="col" className="num">
                Nodes
              </th>
              <th scope="col" className="num">
                Took
              </th>
              <th scope="col">dbt</th>
              <th scope="col">Came with</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((run, i) => (
              <Row key={run.id} run={run} index={i} selected={i === selected} />
            ))}
          </tbody>
        </table>
      )}
      {rows.length > 0 && (
        <More shown={rows.length} total={meta?.total} atLeast={meta?.at_least} noun="runs" more={list} />
      )}
    </main>
  );
}

function Row({ run, index, selected }: { run: Run; index: number; selected: boolean }) {
  const a = run.attributes;
  const [state, words] = outcomeOf(a);
  return (
    <tr data-row={index} className={classes(selected && "sel")}>
      <td>
        <State state={state}>{words}</State>
      </td>
      <td>
        <Link className="name" to="/runs/$id" params={{ id: run.id }}>
          {run.id}
        </Link>
      </td>
      <td className="mono nowrap">
        dbt {a.command}
        {a.partial && <span className="tag">part of the project</span>}
        {a.retry_of && <span className="tag">retry of {a.retry_of}</span>}
      </td>
      <td>
        <Time at={a.generated_at} />
      </td>
      <td className="hidenarrow">
        <Meter counts={a.counts} />
      </td>
      <td className="num">{number(a.nodes)}</td>
      <td className="num">{duration(a.elapsed)}</td>
      <td className="t2 hidenarrow">{a.dbt_version}</td>
      <td className="t2">
        {a.import && (
          <Link to="/imports/$id" params={{ id: a.import }}>
            {a.import}
          </Link>
        )}
      </td>
    </tr>
  );
}
