import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api, read, type Schemas } from "@/api/client";
import { pages, rowsOf } from "@/api/list";
import { usePage } from "@/app/crumbs";
import { count } from "@/lib/count";
import { when } from "@/lib/time";
import { Confirm } from "@/ui/confirm";
import { Empty, Failed, Note, Skeleton } from "@/ui/feedback";
import { FilterInput } from "@/ui/filterinput";
import { Icon } from "@/ui/icon";
import { More } from "@/ui/more";
import { State, stateOf } from "@/ui/state";
import { Time } from "@/ui/time";
import { useToast } from "@/ui/toast";
import { kindNamed } from "./kinds";

type Integration = Schemas["ResourceIntegration"];

/** Where Thalweg reads from: each integration with its last and its next sync. */
export default function Integrations() {
  usePage("Integrations");
  const queries = useQueryClient();
  const toast = useToast();
  const list = useInfiniteQuery({
    ...pages(["integrations"], (cursor, signal) =>
      api.GET("/api/v1/integrations", { params: { query: { cursor, limit: 100 } }, signal }),
    ),
    refetchInterval: (q) =>
      rowsOf<Integration>(q.state.data?.pages).some((i) =>
        ["pending", "running"].includes(i.attributes.last_sync?.status ?? ""),
      )
        ? 1500
        : 30_000,
  });
  const [chosen, setChosen] = useState<string[]>([]);
  const [text, setText] = useState("");
  const [removing, setRemoving] = useState(false);
  const all = rowsOf<Integration>(list.data?.pages);
  const rows = all.filter(
    (i) =>
      !text || `${i.attributes.name} ${i.attributes.kind} ${sourceOf(i)}`.toLowerCase().includes(text.toLowerCase()),
  );
  const picked = all.filter((i) => chosen.includes(i.id));
  const run = useMutation({
    mutationFn: () =>
      Promise.all(
        picked.map((i) => read(api.POST("/api/v1/integrations/{id}/syncs", { params: { path: { id: i.id } } }))),
      ),
    onSuccess: () => {
      toast(`${count(picked.length, "sync", "syncs")} begun.`);
      setChosen([]);
    },
    onError: (err) => toast(err.message),
    onSettled: () => queries.invalidateQueries({ queryKey: ["integrations"] }),
  });
  const failing = all.filter((i) => i.attributes.enabled && i.attributes.last_sync?.status === "failed");
  return (
    <main id="main" className="page" tabIndex={-1}>
      <div className="page-head">
        <div>
          <h1>Integrations</h1>
          <p>Where Thalweg reads from. dbt adds to the tables of a warehouse; either may come first.</p>
        </div>
        <div className="acts">
          <Link className="btn pri" to="/integrations/new">
            <Icon name="plus" size={14} />
            New integration
          </Link>
        </div>
      </div>
      {failing.map((i) => (
        <Note
          key={i.id}
          tone="warn"
          actions={
            <Link className="btn sm" to="/integrations/$id/$tab" params={{ id: i.id, tab: "syncs" }}>
              See the log
            </Link>
          }
        >
          <strong>The last sync of {i.attributes.name} failed.</strong> What was read before stays as it is.
        </Note>
      ))}
      {all.length > 0 && (
        <div className="filterbar integrations-filter">
          <FilterInput label="Filter integrations" value={text} onChange={setText} />
          {picked.length > 0 && (
            <>
              <span className="s t2">{count(picked.length, "integration")} chosen</span>
              <button type="button" className="btn sm" disabled={run.isPending} onClick={() => run.mutate()}>
                Run sync
              </button>
              <button type="button" className="btn sm bad" onClick={() => setRemoving(true)}>
                Delete…
              </button>
            </>
          )}
        </div>
      )}
      {list.isError && <Failed error={list.error} what="The integrations" retry={list.refetch} />}
      {list.isPending && !list.isError && <Skeleton rows={4} />}
      {list.data && all.length === 0 && (
        <Empty
          title="No integration yet"
          actions={
            <Link className="btn pri" to="/integrations/new">
              New integration
            </Link>
          }
        >
          Connect a bucket with the artifacts of dbt Core, or a warehouse.
        </Empty>
      )}
      {all.length > 0 && rows.length === 0 && <Empty title="Nothing matches this filter" />}
      {rows.length > 0 && (
        <table className="table fold">
          <thead>
            <tr>
              <th scope="col">
                <input
                  type="checkbox"
                  aria-label="Choose all"
                  checked={rows.every((r) => chosen.includes(r.id))}
                  onChange={(e) => setChosen(e.target.checked ? rows.map((r) => r.id) : [])}
                />
              </th>
              <th scope="col">Integration</th>
              <th scope="col">Schema ID</th>
              <th scope="col">Last sync</th>
              <th scope="col">Next sync</th>
              <th scope="col">Schedule</th>
              <th scope="col">On</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((i) => (
              <Row
                key={i.id}
                item={i}
                chosen={chosen.includes(i.id)}
                onChoose={() => setChosen(chosen.includes(i.id) ? chosen.filter((c) => c !== i.id) : [...chosen, i.id])}
              />
            ))}
          </tbody>
        </table>
      )}
      {all.length > 0 && (
        <More shown={all.length} total={list.data?.pages[0]?.meta.total} noun="integrations" more={list} />
      )}
      {removing && (
        <DeleteIntegrations items={picked} onClose={() => setRemoving(false)} onDone={() => setChosen([])} />
      )}
    </main>
  );
}

/** Where an integration reads, in one line. */
export function sourceOf(item: Integration): string {
  const { credentials: c, source, kind } = item.attributes;
  if (kind !== "dbt_core") {
    const shown = c as Record<string, unknown>;
    return [shown.host, shown.database].filter(Boolean).join("/");
  }
  if (source === "azure") return `Azure container ${c.container ?? ""}${c.search_path ? `/${c.search_path}` : ""}`;
  if (source === "uploads") return "blank, filled through the API and by uploads";
  return `s3://${c.bucket ?? ""}/${c.search_path ?? ""}`;
}

function Row({ item, chosen, onChoose }: { item: Integration; chosen: boolean; onChoose: () => void }) {
  const a = item.attributes;
  const kind = kindNamed(a.kind);
  const last = a.last_sync;
  return (
    <tr className={chosen ? "sel" : undefined}>
      <td>
        <input type="checkbox" aria-label={`Choose ${a.name}`} checked={chosen} onChange={onChoose} />
      </td>
      <td>
        <span className="row">
          <Icon name={kind.icon} />
          <span>
            <Link className="name" to="/integrations/$id/$tab" params={{ id: item.id, tab: "syncs" }}>
              {a.name}
            </Link>
            <span className="s t3 blockline any">
              {kind.name} · {sourceOf(item)}
            </span>
          </span>
        </span>
      </td>
      <td className="mono s">{a.schema_id}</td>
      <td>
        {last ? (
          <State state={stateOf(last.status)}>
            {last.status} <Time at={last.ended_at ?? last.started_at} />
          </State>
        ) : (
          <span className="t3">never</span>
        )}
      </td>
      <td className="s">{a.next_sync_at ? <Time at={a.next_sync_at} /> : <span className="t3">–</span>}</td>
      <td className="s t2">{scheduleText(a)}</td>
      <td>
        <State state={a.enabled ? "pass" : "skip"}>{a.enabled ? "on" : "off"}</State>
      </td>
    </tr>
  );
}

function scheduleText(a: Schemas["Integration"]): string {
  if (!a.enabled) return "off";
  const { cron, time_zone } = a.schedule;
  if (!cron) return "when a file arrives or somebody runs it";
  return `${cron}${time_zone ? `, ${time_zone}` : ""}${a.next_sync_at ? "" : `, since ${when(a.created_at)}`}`;
}

/** Asks what becomes of what integrations read, and deletes them. */
export function DeleteIntegrations({
  items,
  onClose,
  onDone,
}: {
  items: Integration[];
  onClose: () => void;
  onDone: () => void;
}) {
  const queries = useQueryClient();
  const toast = useToast();
  const [assets, setAssets] = useState<"keep" | "remove">("keep");
  const name = items.length === 1 ? (items[0]?.attributes.name ?? "") : count(items.length, "integration");
  return (
    <Confirm
      title={`Delete ${name}`}
      action="Delete"
      what="The deletion"
      run={() =>
        Promise.all(
          items.map((i) =>
            read(api.DELETE("/api/v1/integrations/{id}", { params: { path: { id: i.id }, query: { assets } } })),
          ),
        )
      }
      onDone={() => {
        toast(`${name} deleted; what was read ${assets === "keep" ? "stays" : "is flagged as removed"}.`);
        queries.invalidateQueries({ queryKey: ["integrations"] });
        onDone();
      }}
      onClose={onClose}
    >
      <p>Credentials, schedule and log are deleted at once.</p>
      <fieldset className="plainset formend">
        <legend className="lb">What was read</legend>
        <label className="check">
          <input type="radio" name="assets" checked={assets === "keep"} onChange={() => setAssets("keep")} />
          <span>
            stays as it is <span className="t3">with its history and what people wrote</span>
          </span>
        </label>
        <label className="check">
          <input type="radio" name="assets" checked={assets === "remove"} onChange={() => setAssets("remove")} />
          <span>
            is flagged as removed{" "}
            <span className="t3">unless something else reports it; it is kept, and comes back with the same id</span>
          </span>
        </label>
      </fieldset>
    </Confirm>
  );
}
