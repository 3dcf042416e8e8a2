import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api, type Schemas } from "@/api/client";
import { pages, rowsOf } from "@/api/list";
import { useScope } from "@/app/scope";
import { count } from "@/lib/count";
import { duration, span } from "@/lib/time";
import { Empty, Failed, Skeleton } from "@/ui/feedback";
import { More } from "@/ui/more";
import { State, stateOf } from "@/ui/state";
import { Time } from "@/ui/time";
import { DurationChart } from "./chart";
import type { AssetDocument } from "./read";

/** The results of an asset over time; of a source its freshness. */
export default function RunsTab({ asset }: { asset: AssetDocument }) {
  return asset.attributes.kind === "source" ? <Freshness asset={asset} /> : <Runs asset={asset} />;
}

function Runs({ asset }: { asset: AssetDocument }) {
  const { schema_id, at } = useScope();
  const list = useInfiniteQuery({
    ...pages(["assetruns", schema_id, at, asset.id], (cursor, signal) =>
      api.GET("/api/v1/assets/{id}/runs", {
        params: { path: { id: asset.id }, query: { schema_id, at, limit: 60, cursor } },
        signal,
      }),
    ),
    placeholderData: undefined,
  });
  if (list.isError) return <Failed error={list.error} what="The runs" retry={list.refetch} />;
  if (list.isPending) return <Skeleton rows={5} />;
  const runs = rowsOf(list.data.pages) as { id: string; attributes: Schemas["Result"] }[];
  if (runs.length === 0) {
    return (
      <Empty title="No results yet">
        Send <code>run_results.json</code> after each “dbt build”.
      </Empty>
    );
  }
  const timed = runs.filter((r) => r.attributes.execution_time != null && r.attributes.completed_at);
  return (
    <>
      {timed.length > 1 && (
        <section className="sect">
          <header>
            <h2>Duration</h2>
            <span className="s t3">{figures(timed.map((r) => r.attributes.execution_time ?? 0))}</span>
          </header>
          <DurationChart
            points={timed
              .map((r) => ({
                at: r.attributes.completed_at ?? "",
                seconds: r.attributes.execution_time ?? 0,
                bad: ["fail", "error"].includes(stateOf(r.attributes.class)),
                run: r.attributes.run,
              }))
              .reverse()}
          />
        </section>
      )}
      <section className="sect">
        <header>
          <h2>Runs</h2>
          <Link className="end" to="/runs">
            All runs
          </Link>
        </header>
        <table className="table fold">
          <thead>
            <tr>
              <th scope="col">Result</th>
              <th scope="col">Run</th>
              <th scope="col">When</th>
              <th scope="col">Command</th>
              <th scope="col" className="num">
                Took
              </th>
              <th scope="col" className="num">
                Against before
              </th>
              <th scope="col">Thread</th>
              <th scope="col">Invocation</th>
            </tr>
          </thead>
          <tbody>
            {runs.map((r, i) => (
              <tr key={r.id}>
                <td>
                  <State state={stateOf(r.attributes.class)}>{r.attributes.status}</State>
                </td>
                <td>
                  <Link className="name" to="/runs/$id" params={{ id: r.attributes.run }}>
                    {r.attributes.run}
                  </Link>
                </td>
                <td>
                  <Time at={r.attributes.completed_at} />
                </td>
                <td className="t2">{r.attributes.command ?? "–"}</td>
                <td className="num">{duration(r.attributes.execution_time)}</td>
                <td className="num t3">
                  {against(r.attributes.execution_time, runs[i + 1]?.attributes.execution_time)}
                </td>
                <td className="t3 hidenarrow nowrap">{r.attributes.thread?.replace(" (worker)", "")}</td>
                <td className="mono t3 hidenarrow" title={r.attributes.invocation_id ?? undefined}>
                  {r.attributes.invocation_id?.slice(0, 8)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <More shown={runs.length} total={list.data.pages[0]?.meta.total} noun="runs" more={list} />
      </section>
    </>
  );
}

function Freshness({ asset }: { asset: AssetDocument }) {
  const { schema_id, at } = useScope();
  const list = useInfiniteQuery({
    ...pages(["assetfreshness", schema_id, at, asset.id], (cursor, signal) =>
      api.GET("/api/v1/assets/{id}/freshness", {
        params: { path: { id: asset.id }, query: { schema_id, at, limit: 60, cursor } },
        signal,
      }),
    ),
    placeholderData: undefined,
  });
  if (list.isError) return <Failed error={list.error} what="The freshness" retry={list.refetch} />;
  if (list.isPending) return <Skeleton rows={4} />;
  const rows = rowsOf(list.data.pages);
  if (rows.length === 0) {
    return (
      <Empty title="Freshness is not known">
        Send <code>sources.json</code> of “dbt source freshness”.
      </Empty>
    );
  }
  return (
    <section className="sect">
      <header>
        <h2>Freshness</h2>
        <span className="s t3">{demanded(rows[0]?.attributes)}</span>
      </header>
      <table className="table fold">
        <thead>
          <tr>
            <th scope="col">State</th>
            <th scope="col">Checked</th>
            <th scope="col">Newest row</th>
            <th scope="col" className="num">
              Age
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((r) => (
            <tr key={r.id}>
              <td>
                <State state={r.attributes.status === "warn" ? "stale" : stateOf(r.attributes.status)}>
                  {r.attributes.error ?? r.attributes.status}
                </State>
              </td>
              <td>
                <Time at={r.attributes.snapshotted_at} />
              </td>
              <td>
                <Time at={r.attributes.max_loaded_at} />
              </td>
              <td className="num">{r.attributes.lag_seconds == null ? "–" : span(r.attributes.lag_seconds)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <More shown={rows.length} total={list.data.pages[0]?.meta.total} noun="checks" more={list} />
    </section>
  );
}

interface Limit {
  count?: number | null;
  period?: string | null;
}

function demanded(a: { warn_after?: Limit | null; error_after?: Limit | null } | undefined): string {
  const of = (l: Limit | null | undefined) => (l?.count && l.period ? count(l.count, l.period) : undefined);
  const warn = of(a?.warn_after);
  const error = of(a?.error_after);
  return [warn && `warns after ${warn}`, error && `fails after ${error}`].filter(Boolean).join(", ");
}

function figures(seconds: number[]): string {
  const sorted = [...seconds].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
  return `${count(sorted.length, "run")} · median ${duration(at(0.5))} · p95 ${duration(at(0.95))}`;
}

function against(now: number | null, before: number | null | undefined): string {
  if (now == null || !before) return "";
  const p = Math.round((100 * (now - before)) / before);
  return p === 0 ? "same" : `${p > 0 ? "+" : "−"}${Math.abs(p)} %`;
}
