import { Link, useNavigate } from "@tanstack/react-router";
import { useStars } from "@/app/me";
import { useScope } from "@/app/scope";
import { age, duration, when } from "@/lib/time";
import { Copy, copy } from "@/ui/copy";
import { Icon } from "@/ui/icon";
import { Kind } from "@/ui/kind";
import { safeHref } from "@/ui/markdown";
import { Item, Menu } from "@/ui/menu";
import { State, StateMark, stateOf } from "@/ui/state";
import { useToast } from "@/ui/toast";
import css from "./page.module.css";
import { type AssetDocument, inGraph, selectorOf, useSources, worst } from "./read";

/** The head of an asset's page: what, where, is it well, whose. It is the same in every tab. */
export function Head({ asset }: { asset: AssetDocument; etag: string | null }) {
  const a = asset.attributes;
  const name = relationName(asset);
  return (
    <div className="page-head" style={{ marginBottom: 0 }}>
      <div className="grow">
        <div className="row wrap" style={{ gap: "4px 9px" }}>
          <Kind kind={a.kind} materialized={a.materialized} size={22} />
          <h1 className="any">{a.name}</h1>
          {badges(asset).map((b) => (
            <span key={b.text} className={b.bad ? "tag warn" : "tag"}>
              {b.text}
            </span>
          ))}
        </div>
        <div className={`row s t3 ${css.relation}`}>
          <span className="mono any">{name}</span>
          <Copy text={name} label="Copy the name" />
        </div>
        <StateLine asset={asset} />
      </div>
      <Actions asset={asset} />
    </div>
  );
}

function relationName(asset: AssetDocument): string {
  const { relation, dbt } = asset.attributes;
  if (!relation) return dbt?.unique_id ?? asset.id;
  return [relation.database, relation.schema, relation.identifier].filter(Boolean).join(".");
}

function badges(asset: AssetDocument): { text: string; bad?: boolean }[] {
  const a = asset.attributes;
  const details = (a.details ?? {}) as { type?: unknown; maturity?: unknown };
  const out: { text: string; bad?: boolean }[] = [];
  const add = (text: unknown, bad?: boolean) => {
    if (typeof text === "string" && text && !out.some((b) => b.text === text)) out.push({ text, bad });
  };
  if (!a.present) add("removed", true);
  if (a.materialized !== a.kind) add(a.materialized);
  add(a.dbt?.access);
  if (["metric", "exposure"].includes(a.kind)) add(details.type);
  if (typeof details.maturity === "string") add(`${details.maturity} maturity`);
  if (a.dbt?.contract) add("contract");
  if (a.dbt?.version) add(`version ${a.dbt.version}`);
  if (a.dbt?.deprecation_date) add(`deprecated ${when(a.dbt.deprecation_date)}`, true);
  if (a.dbt?.language && a.dbt.language !== "sql") add(a.dbt.language);
  return out;
}

/** One line: the last run, tests, freshness and owners. */
function StateLine({ asset }: { asset: AssetDocument }) {
  const a = asset.attributes;
  return (
    <div className="stateline">
      <LastRun asset={asset} />
      {asset.type === "table" && <TestState asset={asset} />}
      <Fresh asset={asset} />
      {a.kind !== "doc" && a.kind !== "macro" && (
        <span>
          <Icon name="owners" size={14} />
          <span className="vh">Owners: </span>
          {a.owners.length === 0 ? (
            <span className="t3">no owner</span>
          ) : (
            <span>
              {a.owners.map((o, i) => (
                <span key={o}>
                  {i > 0 && ", "}
                  <Link className="plain" to="/owners/$owner" params={{ owner: o }}>
                    {o}
                  </Link>
                </span>
              ))}
            </span>
          )}
        </span>
      )}
    </div>
  );
}

function LastRun({ asset }: { asset: AssetDocument }) {
  const { last_run: run, kind } = asset.attributes;
  if (!run || run.status === "no-op") {
    const runs = ["model", "snapshot", "seed", "unit_test"].includes(kind);
    return runs && !run ? <State state="none">Never run: no results were sent</State> : null;
  }
  const state = stateOf(run.status);
  return (
    <Link className="plain" to="/runs/$id" params={{ id: run.run }}>
      <span className={`st st-${state}`}>
        <StateMark state={state} label="" />
        {state === "pass" ? (kind === "unit_test" ? "Passed" : "Ran") : `Last run: ${run.status}`}{" "}
        <b className="w5">{when(run.completed_at)}</b>
      </span>
      <span className="t3">in {duration(run.execution_time)}</span>
    </Link>
  );
}

function TestState({ asset }: { asset: AssetDocument }) {
  const t = asset.attributes.tests;
  const total = t.pass + t.warn + t.fail + t.error + t.skipped + t.unknown;
  if (total === 0) return <State state="none">No tests</State>;
  const state = worst(t);
  const parts = [
    t.fail > 0 && `${t.fail} ${t.fail === 1 ? "fails" : "fail"}`,
    t.error > 0 && `${t.error} could not run`,
    t.warn > 0 && `${t.warn} ${t.warn === 1 ? "warns" : "warn"}`,
  ].filter(Boolean);
  const text =
    parts.length > 0
      ? `${parts.join(", ")} of ${total} tests`
      : t.pass > 0
        ? `${t.pass} of ${total} tests pass`
        : `${total} tests, never run`;
  return (
    <Link
      className="plain"
      to="."
      search={((before: Record<string, unknown>) => ({ ...before, tab: "tests" })) as never}
      replace
    >
      <State state={state}>{text}</State>
    </Link>
  );
}

const rank = { pass: 0, warn: 1, error: 2 } as const;

function Fresh({ asset }: { asset: AssetDocument }) {
  const own = asset.attributes.freshness;
  const sources = useSources(asset);
  if (own) {
    const state = own.status === "pass" ? "pass" : own.status === "warn" ? "stale" : "error";
    return (
      <span>
        <State state={state}>{own.status === "pass" ? "Fresh" : "Late"}</State>
        <span className="t3">newest row {own.max_loaded_at ? `${age(own.max_loaded_at)} old` : "unknown"}</span>
      </span>
    );
  }
  const known = (sources.data ?? []).filter((s) => s.freshness?.status != null);
  const oldest = known.sort(
    (a, b) =>
      (rank[b.freshness?.status as keyof typeof rank] ?? 3) - (rank[a.freshness?.status as keyof typeof rank] ?? 3) ||
      (b.freshness?.lag_seconds ?? 0) - (a.freshness?.lag_seconds ?? 0),
  )[0];
  if (!oldest?.freshness) return null;
  const good = oldest.freshness.status === "pass";
  const lag = oldest.freshness.lag_seconds;
  return (
    <Link className="plain" to="/n/$id" params={{ id: oldest.node.id }}>
      <State state={good ? "pass" : "stale"}>{good ? "Fresh" : "Late source"}</State>
      <span className="t3">
        {good ? `${known.length === 1 ? "source" : "sources"} ` : `${oldest.node.attributes.name} `}
        {lag != null ? `${ago(lag)} old when checked` : ""}
      </span>
    </Link>
  );
}

function ago(seconds: number): string {
  return age(new Date(Date.now() - seconds * 1000).toISOString());
}

function Actions({ asset }: { asset: AssetDocument }) {
  const a = asset.attributes;
  const toast = useToast();
  const navigate = useNavigate();
  const { schema_id } = useScope();
  const { stars, canStar, toggle } = useStars();
  const starred = stars.includes(asset.id);
  const put = async (text: string) =>
    toast((await copy(text)) ? `Copied ${text}` : "The browser did not let it be copied");
  const url = safeHref(String((a.details as { url?: unknown } | undefined)?.url ?? ""));
  const unique = a.dbt?.unique_id ?? asset.id;
  return (
    <div className="acts headacts">
      {url && (
        <a className="btn" href={url} target="_blank" rel="noopener noreferrer nofollow">
          <Icon name="open" size={14} />
          Open {String((a.details as { type?: unknown }).type ?? "it")}
        </a>
      )}
      {canStar && (
        <button
          type="button"
          className="btn icon quiet"
          aria-label={starred ? "Remove the star" : "Star"}
          aria-pressed={starred}
          onClick={() => toggle(asset.id)}
        >
          <span className={starred ? css.starred : undefined}>
            <Icon name="star" />
          </span>
        </button>
      )}
      <button type="button" className="btn" onClick={() => put(unique)} aria-keyshortcuts="y">
        Copy{" "}
        <span className="keys" aria-hidden="true">
          <kbd>y</kbd>
        </span>
      </button>
      <Menu label="More actions" className="btn icon" button={<Icon name="more" />}>
        {inGraph(asset) && (
          <Item onAction={() => navigate({ to: "/lineage", search: { select: `1+${selectorOf(asset)}+1` } as never })}>
            Open lineage
          </Item>
        )}
        <Item onAction={() => put(location.href)}>Copy link</Item>
        {inGraph(asset) && <Item onAction={() => put(`1+${selectorOf(asset)}+1`)}>Copy selector</Item>}
        {a.relation && <Item onAction={() => put(a.relation?.text ?? "")}>Copy relation as dbt writes it</Item>}
        <Item onAction={() => put(`${location.origin}/api/v1/assets/${asset.id}?schema_id=${schema_id}`)}>
          Copy its address in the API
        </Item>
      </Menu>
    </div>
  );
}
