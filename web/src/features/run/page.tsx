import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { api, read, type Schemas } from "@/api/client";
import { cursorOf } from "@/api/list";
import { usePage } from "@/app/crumbs";
import { usePatch } from "@/app/scope";
import { one } from "@/app/search";
import { outcomeOf } from "@/features/runs/outcome";
import { count, number } from "@/lib/count";
import { duration } from "@/lib/time";
import { kindOf, nameOf } from "@/ui/assetlink";
import { Copy } from "@/ui/copy";
import { Empty, Failed, Note, Skeleton } from "@/ui/feedback";
import { Kind } from "@/ui/kind";
import { State, StateMark, stateOf } from "@/ui/state";
import { Tabs } from "@/ui/tabs";
import { Time } from "@/ui/time";
import { Gantt } from "./gantt";

type Result = Schemas["Result"];

const mostResults = 20_000; // of a run that one page reads

/** One invocation of dbt: when each node ran, what decided how long it took, and what failed. */
export default function RunPage() {
  const { id = "" } = useParams({ strict: false }) as { id?: string };
  usePage(id, [{ name: "Runs", link: { to: "/runs" } }]);
  const search = useSearch({ strict: false }) as Record<string, unknown>;
  const patch = usePatch();
  const tab = one(search.tab) ?? "timeline";
  const run = useInfiniteQuery({
    queryKey: ["run", id],
    queryFn: ({ pageParam, signal }) =>
      read(
        api.GET("/api/v1/runs/{id}", { params: { path: { id }, query: { limit: 200, cursor: pageParam } }, signal }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => cursorOf(last.links?.next ?? null),
  });
  const path = useQuery({
    queryKey: ["run", id, "critical_path"],
    queryFn: ({ signal }) => read(api.GET("/api/v1/runs/{id}/critical_path", { params: { path: { id } }, signal })),
  });
  const results = (run.data?.pages ?? []).flatMap((p) => p.data.attributes.results ?? []);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = run;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && results.length < mostResults) fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage, results.length]);
  const first = run.data?.pages[0];
  if (run.isError && !first)
    return (
      <main id="main" className="page" tabIndex={-1}>
        <Failed error={run.error} what={`Run ${id}`} retry={run.refetch} />
      </main>
    );
  if (!first)
    return (
      <main id="main" className="page" tabIndex={-1}>
        <Skeleton />
      </main>
    );
  const a = first.data.attributes;
  const failures = results.filter((r) => ["fail", "error"].includes(r.class));
  const [state, words] = outcomeOf(a);
  return (
    <main id="main" className="page" tabIndex={-1}>
      <div className="page-head">
        <div>
          <div className="row wrap">
            <h1>{first.data.id}</h1>
            <code>dbt {a.command}</code>
            {a.partial && <span className="tag">part of the project</span>}
          </div>
          <div className="stateline">
            <span>
              <State state={state}>{words}</State>
            </span>
            {a.counts.success > 0 && state !== "pass" && (
              <span>
                <State state="pass">{number(a.counts.success)} fine</State>
              </span>
            )}
            <span>
              <Time at={a.generated_at} />
            </span>
            <span>
              {duration(a.elapsed)}
              {a.usual && <span className="t3"> usually {duration(a.usual.median)}</span>}
            </span>
            <span>dbt {a.dbt_version}</span>
            {a.import && (
              <Link to="/imports/$id" params={{ id: a.import }}>
                {a.import}
              </Link>
            )}
            {a.retry_of && (
              <span>
                retry of{" "}
                <Link to="/runs/$id" params={{ id: a.retry_of }}>
                  {a.retry_of}
                </Link>
              </span>
            )}
            {a.retried_by && (
              <span>
                retried by{" "}
                <Link to="/runs/$id" params={{ id: a.retried_by }}>
                  {a.retried_by}
                </Link>
              </span>
            )}
            <span className="mono s t3 any invocation">
              {a.invocation_id}
              <Copy text={a.invocation_id} label="Copy the invocation id" />
            </span>
          </div>
        </div>
      </div>
      <Tabs
        label={id}
        current={tab}
        tabs={[
          { id: "timeline", name: "Timeline" },
          { id: "results", name: "Results", count: number(a.nodes) },
          {
            id: "failures",
            name: "Failures",
            count: a.counts.fail + a.counts.error > 0 ? number(a.counts.fail + a.counts.error) : undefined,
            bad: true,
          },
        ]}
      />
      {results.length < a.nodes && !hasNextPage && results.length > 0 && (
        <Note>{count(results.length, "result")} are kept of this run.</Note>
      )}
      {hasNextPage && results.length >= mostResults && (
        <Note tone="warn">
          {number(results.length)} of {number(a.nodes)} results are read. The API has the rest.
        </Note>
      )}
      {tab === "timeline" && (
        <Gantt
          results={results}
          elapsed={a.elapsed ?? 0}
          path={path.data?.data.attributes}
          search={search}
          patch={patch}
          total={a.nodes}
        />
      )}
      {tab === "results" && <Results results={results} />}
      {tab === "failures" &&
        (failures.length > 0 ? <Failures results={failures} /> : <Empty title="Nothing failed in this run" />)}
    </main>
  );
}

function Results({ results }: { results: Result[] }) {
  return (
    <table className="table fold">
      <thead>
        <tr>
          <th scope="col">State</th>
          <th scope="col">Node</th>
          <th scope="col">Message</th>
          <th scope="col" className="num">
            Rows
          </th>
          <th scope="col" className="num">
            Took
          </th>
          <th scope="col">Thread</th>
        </tr>
      </thead>
      <tbody>
        {results.map((r) => (
          <tr key={r.unique_id}>
            <td>
              <State state={stateOf(r.class)}>{r.status}</State>
            </td>
            <td>
              <NodeLink id={r.unique_id} />
            </td>
            <td className="t2 s any">{r.message}</td>
            <td className="num">
              {r.rows_affected == null ? (r.failures ? number(r.failures) : "") : number(r.rows_affected)}
            </td>
            <td className="num">{duration(r.execution_time)}</td>
            <td className="t3 s hidenarrow">{r.thread}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Failures({ results }: { results: Result[] }) {
  return (
    <ul className="list">
      {results.map((r) => (
        <li key={r.unique_id}>
          <div className="li row top">
            <StateMark state={stateOf(r.class)} />
            <div className="grow">
              <NodeLink id={r.unique_id} />
              <p className="t2 any">{r.message}</p>
              {r.failures ? <p className="s t3">{count(r.failures, "row")}</p> : null}
            </div>
            <span className="s t3">{duration(r.execution_time)}</span>
          </div>
        </li>
      ))}
    </ul>
  );
}

/** A link to the asset of a dbt node; a data test has none, its name is enough. */
export function NodeLink({ id }: { id: string }) {
  const kind = kindOf(id);
  return (
    <span className="row gap3" title={id}>
      <Kind kind={kind} size={13} />
      {kind === "test" || kind === "operation" ? (
        <span className="cut">{nameOf(id)}</span>
      ) : (
        <Link className="plain cut" to="/n/$id" params={{ id }}>
          {nameOf(id)}
        </Link>
      )}
    </span>
  );
}
