import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { api, type Schemas } from "@/api/client";
import { pages, rowsOf } from "@/api/list";
import { usePage } from "@/app/crumbs";
import { useRowKeys } from "@/app/rowkeys";
import { usePatch, useScope } from "@/app/scope";
import { one } from "@/app/search";
import { classes } from "@/lib/classes";
import { count } from "@/lib/count";
import { span } from "@/lib/time";
import { AssetLink } from "@/ui/assetlink";
import { Choice } from "@/ui/choice";
import { Empty, Failed, Skeleton } from "@/ui/feedback";
import { More } from "@/ui/more";
import { State, type StateName } from "@/ui/state";
import { Time } from "@/ui/time";
import styles from "./page.module.css";

type Status = "pass" | "warn" | "error" | "runtime error";
type Freshness = Schemas["ResourceFreshness"];

const states: Record<Status, [StateName, string]> = {
  pass: ["pass", "fresh"],
  warn: ["stale", "late"],
  error: ["error", "too old"],
  "runtime error": ["fail", "could not be checked"],
};

const worst: Status[] = ["error", "runtime error", "warn", "pass"];

function rank(row: Freshness): number {
  return worst.indexOf(row.attributes.status as Status);
}

/** The latest check of each source against what it allows. */
export default function FreshnessPage() {
  usePage("Freshness");
  const scope = useScope();
  const search = useSearch({ strict: false }) as Record<string, unknown>;
  const patch = usePatch();
  const navigate = useNavigate();
  const status = one(search.status) as Status | undefined;
  const list = useInfiniteQuery({
    ...pages(["freshness", scope, status], (cursor, signal) =>
      api.GET("/api/v1/freshness", { params: { query: { ...scope, status, cursor, limit: 100 } }, signal }),
    ),
    enabled: scope.schema_id !== "",
  });
  // All are here, so the worst come first; a part of them stays in its order while one reads on.
  const read = rowsOf<Freshness>(list.data?.pages);
  const rows = list.hasNextPage ? read : read.toSorted((a, b) => rank(a) - rank(b));
  const meta = list.data?.pages[0]?.meta;
  const [selected] = useRowKeys(rows.length, (i) => {
    const asset = rows[i]?.attributes.asset;
    if (asset) navigate({ to: "/n/$id", params: { id: asset } });
  });
  const newest = rows
    .map((r) => r.attributes)
    .sort((a, b) => (b.snapshotted_at ?? "").localeCompare(a.snapshotted_at ?? ""))[0];
  return (
    <main id="main" className="page" tabIndex={-1}>
      <div className="page-head">
        <div>
          <h1>Freshness</h1>
          <p>
            {meta?.total != null && `${count(meta.total, "source")}. `}
            {newest?.snapshotted_at && newest.run && (
              <>
                Last checked <Time at={newest.snapshotted_at} /> by{" "}
                <Link to="/runs/$id" params={{ id: newest.run }}>
                  {newest.run}
                </Link>
                .
              </>
            )}
          </p>
        </div>
      </div>
      <div className="filterbar">
        <Choice
          name="State"
          value={status}
          values={Object.entries(states).map(([value, [, label]]) => ({ value, label }))}
          onChange={(s) => patch({ status: s })}
        />
      </div>
      {list.isError && <Failed error={list.error} what="The freshness of the sources" retry={list.refetch} />}
      {list.isPending && !list.isError && <Skeleton />}
      {list.data && rows.length === 0 && (
        <Empty
          title={status ? "No source is in this state" : "No source has been checked yet"}
          actions={
            status && (
              <button type="button" className="btn" onClick={() => patch({ status: undefined })}>
                All sources
              </button>
            )
          }
        >
          {status ? undefined : "Send the sources.json of dbt source freshness."}
        </Empty>
      )}
      {rows.length > 0 && (
        <table className="table fold">
          <thead>
            <tr>
              <th scope="col">State</th>
              <th scope="col">Source</th>
              <th scope="col" className="num">
                Age
              </th>
              <th scope="col">Warn and error after</th>
              <th scope="col">Newest row</th>
              <th scope="col">Checked</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, i) => (
              <Row key={row.id} row={row} index={i} selected={i === selected} />
            ))}
          </tbody>
        </table>
      )}
      {rows.length > 0 && <More shown={rows.length} total={meta?.total} noun="sources" more={list} />}
    </main>
  );
}

function Row({ row, index, selected }: { row: Freshness; index: number; selected: boolean }) {
  const a = row.attributes;
  const [state, word] = states[a.status as Status] ?? ["none", a.status];
  return (
    <tr data-row={index} className={classes(selected && "sel")}>
      <td>
        <State state={state}>{word}</State>
      </td>
      <td>
        {a.asset ? (
          <AssetLink id={a.asset} name={a.unique_id.split(".").slice(2).join(".")} kind="source" />
        ) : (
          <span className="mono">{a.unique_id}</span>
        )}
      </td>
      <td className="num">{a.lag_seconds == null ? "–" : span(a.lag_seconds)}</td>
      <td className="full">{a.error ? <span className="s t2 any">{a.error}</span> : <Lag of={a} state={state} />}</td>
      <td className="s">
        <Time at={a.max_loaded_at} />
      </td>
      <td className="s t2">
        {a.run && (
          <Link to="/runs/$id" params={{ id: a.run }}>
            {a.run}
          </Link>
        )}
      </td>
    </tr>
  );
}

const seconds: Record<string, number> = { minute: 60, hour: 3600, day: 86_400 };

function limit(of: { count: number | null; period: string | null } | null | undefined): number | undefined {
  if (!of?.count || !of.period) return undefined;
  const each = seconds[of.period];
  return each && of.count * each;
}

// How old the newest row is, on a line with what is allowed.
function Lag({ of, state }: { of: Freshness["attributes"]; state: StateName }) {
  const warn = limit(of.warn_after);
  const error = limit(of.error_after);
  const end = Math.max(error ?? 0, warn ?? 0) * 1.15;
  if (end === 0 || of.lag_seconds == null) return <span className="s t3">no limit</span>;
  const at = (s: number) => `${Math.min(100, (100 * s) / end)}%`;
  return (
    <span className="row">
      <span className={styles.lag} aria-hidden="true">
        <i className={styles[state]} style={{ width: at(of.lag_seconds) }} />
        {warn && <b style={{ left: at(warn) }} />}
        {error && <b style={{ left: at(error) }} />}
      </span>
      <span className="s t2">
        {warn ? span(warn) : "–"} / {error ? span(error) : "–"}
      </span>
    </span>
  );
}
