import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { api, read, type Schemas } from "@/api/client";
import { pages, rowsOf } from "@/api/list";
import { count, number } from "@/lib/count";
import { duration } from "@/lib/time";
import { Empty, Failed, Note, Skeleton } from "@/ui/feedback";
import { More } from "@/ui/more";
import { State, StateMark, stateOf } from "@/ui/state";
import { Time } from "@/ui/time";
import { useToast } from "@/ui/toast";
import styles from "./page.module.css";

type Sync = Schemas["ResourceSync"];

/** The syncs of an integration: the one that runs with its stages and log, and the history. */
export function Syncs({ id, kind }: { id: string; kind: string }) {
  const [open, setOpen] = useState<string>();
  const list = useInfiniteQuery({
    ...pages(["syncs", id], (cursor, signal) =>
      api.GET("/api/v1/integrations/{id}/syncs", { params: { path: { id }, query: { cursor, limit: 50 } }, signal }),
    ),
    refetchInterval: (q) => (rowsOf<Sync>(q.state.data?.pages).some(isRunning) ? 700 : 10_000),
  });
  const rows = rowsOf<Sync>(list.data?.pages);
  const running = rows.find(isRunning);
  const newest = `${rows[0]?.id} ${rows[0]?.attributes.status}`;
  const queries = useQueryClient();
  useEffect(() => {
    // The integration names its last sync, so its tag is another one now.
    if (newest) queries.invalidateQueries({ queryKey: ["integration", id] });
  }, [newest, id, queries]);
  const shown = running ?? rows.find((r) => r.id === open) ?? rows[0];
  if (list.isError) return <Failed error={list.error} what="The syncs" retry={list.refetch} />;
  if (!list.data) return <Skeleton />;
  if (rows.length === 0)
    return (
      <Empty title="No sync yet">
        {kind === "dbt_core"
          ? "Run one, send artifacts to it through the API, or wait for its schedule."
          : "Run one, or wait for its schedule."}
      </Empty>
    );
  return (
    <>
      {shown && <Live key={shown.id} integration={id} sync={shown} />}
      <section className="sect">
        <header>
          <h2>History</h2>
        </header>
        <table className="table fold">
          <thead>
            <tr>
              <th scope="col">Result</th>
              <th scope="col">Started</th>
              <th scope="col">By</th>
              <th scope="col">What happened</th>
              <th scope="col" className="num">
                Took
              </th>
              <th scope="col">
                <span className="vh">Open</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((s) => (
              <tr key={s.id} className={s.id === shown?.id ? "sel" : undefined}>
                <td>
                  <State
                    state={
                      s.attributes.status === "completed" && s.attributes.issues > 0
                        ? "warn"
                        : stateOf(s.attributes.status)
                    }
                  >
                    {s.attributes.status}
                  </State>
                </td>
                <td className="s">
                  <Time at={s.attributes.started_at ?? s.attributes.created_at} />
                </td>
                <td className="s t2">
                  {s.attributes.reason === "request"
                    ? (s.attributes.actor_ref?.name ?? "request")
                    : s.attributes.reason}
                </td>
                <td className="s any full">{happened(s.attributes)}</td>
                <td className="num s">{took(s.attributes)}</td>
                <td className="num">
                  <button
                    type="button"
                    className="btn quiet sm"
                    onClick={() => setOpen(s.id)}
                    aria-label={`Open the sync of ${s.attributes.created_at}`}
                  >
                    Open
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <More shown={rows.length} total={list.data.pages[0]?.meta.total} noun="syncs" more={list} />
      </section>
    </>
  );
}

function isRunning(s: Sync): boolean {
  return s.attributes.status === "pending" || s.attributes.status === "running";
}

function took(a: Schemas["Sync"]): string {
  if (!a.started_at || !a.ended_at) return "";
  return duration((new Date(a.ended_at).getTime() - new Date(a.started_at).getTime()) / 1000);
}

function happened(a: Schemas["Sync"]): string {
  if (a.error) return a.error.message;
  const parts = Object.entries(a.counts ?? {})
    .filter(([, n]) => n > 0)
    .slice(0, 5)
    .map(([name, n]) => `${number(n)} ${name.replaceAll("_", " ")}`);
  if (a.issues > 0) parts.push(count(a.issues, "problem"));
  return parts.join(", ") || (a.status === "completed" ? "nothing changed" : "");
}

function Live({ integration, sync }: { integration: string; sync: Sync }) {
  const a = sync.attributes;
  const queries = useQueryClient();
  const toast = useToast();
  const running = isRunning(sync);
  const path = { id: integration, sync: sync.id };
  const log = useQuery({
    queryKey: ["sync", sync.id, "log", a.status, running],
    placeholderData: undefined,
    queryFn: ({ signal }) =>
      read(api.GET("/api/v1/integrations/{id}/syncs/{sync}/log", { params: { path, query: { limit: 200 } }, signal })),
    refetchInterval: running ? 700 : false,
  });
  const act = useMutation({
    mutationFn: () =>
      read(
        running
          ? api.POST("/api/v1/integrations/{id}/syncs/{sync}/cancel", { params: { path } })
          : api.POST("/api/v1/integrations/{id}/syncs/{sync}/retry", { params: { path } }),
      ),
    onError: (err) => toast(err.message),
    onSettled: () => queries.invalidateQueries({ queryKey: ["syncs", integration] }),
  });
  return (
    <section className="box" aria-label={running ? "Syncing" : "Last sync"}>
      <header>
        <StateMark state={stateOf(a.status)} label="" />
        <strong role="status">{running ? "Syncing" : a.status}</strong>
        <span className="s t2">
          {a.started_at ? (
            <>
              started <Time at={a.started_at} /> by{" "}
              {a.reason === "request" ? (a.actor_ref?.name ?? "request") : a.reason} {took(a) && `· ${took(a)}`}
            </>
          ) : (
            "waits for its turn"
          )}
        </span>
        <span className="end">
          {running ? (
            <button type="button" className="btn sm bad" disabled={act.isPending} onClick={() => act.mutate()}>
              Cancel
            </button>
          ) : (
            a.status !== "completed" && (
              <button type="button" className="btn sm" disabled={act.isPending} onClick={() => act.mutate()}>
                Retry
              </button>
            )
          )}
        </span>
      </header>
      <div className={`in ${styles.live}`}>
        <div>
          <ol className="stages" aria-label="Stages">
            {(a.stages ?? []).map((s) => (
              <li key={s.name} className={{ running: "now", done: "done", failed: "failed" }[s.state] ?? "wait"}>
                <span className="pt" />
                <span className="nm">{s.name.charAt(0).toUpperCase() + s.name.slice(1)}</span>
                <span className="fig">
                  {s.total > 0 ? `${number(s.done)} of ${number(s.total)}` : s.done > 0 ? number(s.done) : ""}
                </span>
                <span className="ms">{s.state === "running" ? "" : `${Math.round(s.ms)} ms`}</span>
              </li>
            ))}
          </ol>
          {a.error && <Note tone="bad">{a.error.message}</Note>}
          {a.import_ids && a.import_ids.length > 0 && (
            <p className="s t2">
              Imports:{" "}
              {a.import_ids.map((i) => (
                <Link key={i} to="/imports/$id" params={{ id: i }}>
                  {i}{" "}
                </Link>
              ))}
            </p>
          )}
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: so that it scrolls by keyboard */}
        <section className={`code ${styles.log}`} tabIndex={0} aria-label="Log">
          {log.isError && <Failed error={log.error} what="The log" />}
          <pre>
            {log.data?.data?.map((l) => (
              <span key={l.id} className={styles.line}>
                <span className="t3">{l.attributes.at.slice(11, 23)}</span>{" "}
                {l.attributes.level !== "info" && (
                  <span className={l.attributes.level === "error" ? styles.bad : styles.warn}>
                    {l.attributes.level}{" "}
                  </span>
                )}
                {l.attributes.text}
                {"\n"}
              </span>
            ))}
          </pre>
        </section>
      </div>
    </section>
  );
}
