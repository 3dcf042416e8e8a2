import { useInfiniteQuery, useQueries, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useRef } from "react";
import { api, read, type Schemas } from "@/api/client";
import { pages, rowsOf } from "@/api/list";
import { usePage } from "@/app/crumbs";
import { useStars } from "@/app/me";
import { useSchema, useSchemas, useScope } from "@/app/scope";
import { ChangeLine } from "@/features/changes/line";
import { Meter, outcomeOf } from "@/features/runs/outcome";
import { count, number } from "@/lib/count";
import { duration, span } from "@/lib/time";
import { AssetLink, nameOf } from "@/ui/assetlink";
import { Empty, Failed, Skeleton } from "@/ui/feedback";
import { Icon } from "@/ui/icon";
import { State, StateMark, stateOf } from "@/ui/state";
import { Time } from "@/ui/time";
import { FirstRun } from "./firstrun";

const today = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", year: "numeric" });

/** Today: what needs somebody, what changed, how the last imports and runs went. An empty catalog begins here. */
export default function Home() {
  const schemas = useSchemas();
  const schema = useSchema();
  const all = schemas.data?.data;
  // The first run stays until one leaves it: the first import ends there, with the way to what it brought.
  const began = useRef(false);
  if (all?.every((s) => s.attributes.version === 0)) began.current = true;
  const first = began.current;
  usePage(first ? "Welcome" : "Today");
  if (schemas.isError)
    return (
      <main id="main" className="page" tabIndex={-1}>
        <Failed error={schemas.error} what="The catalog" retry={schemas.refetch} />
      </main>
    );
  if (first) return <FirstRun />;
  const empty = schema?.attributes.version === 0;
  return (
    <main id="main" className="page" tabIndex={-1}>
      <div className="page-head">
        <div>
          <h1>Today</h1>
          <p>{today.format(new Date())}.</p>
        </div>
        <div className="acts headacts">
          <Link className="btn" to="/imports" search={{ new: "1" } as never}>
            <Icon name="imports" size={14} />
            Import artifacts
          </Link>
        </div>
      </div>
      {empty && (
        <Empty
          title={`${schema.attributes.name} is empty`}
          actions={
            <Link className="btn pri" to="/imports" search={{ new: "1" } as never}>
              Import artifacts
            </Link>
          }
        >
          Send the artifacts of a dbt project, or connect a bucket or a warehouse.
        </Empty>
      )}
      {schema && !empty && (
        <div className="cols homecols">
          <div>
            <NeedsSomebody />
            <Changed />
          </div>
          <aside>
            <Imports />
            <LastRun />
            <Starred />
            <Described />
          </aside>
        </div>
      )}
    </main>
  );
}

function useTests(status: "fail" | "error" | "warn") {
  const scope = useScope();
  return useQuery({
    queryKey: ["home", "tests", scope, status],
    queryFn: ({ signal }) =>
      read(api.GET("/api/v1/tests", { params: { query: { ...scope, status, limit: 8 } }, signal })),
  });
}

function useSources(status: "error" | "warn" | "runtime error") {
  const scope = useScope();
  return useQuery({
    queryKey: ["home", "freshness", scope, status],
    queryFn: ({ signal }) =>
      read(api.GET("/api/v1/freshness", { params: { query: { ...scope, status, limit: 8 } }, signal })),
  });
}

function NeedsSomebody() {
  const tests = [useTests("error"), useTests("fail"), useTests("warn")];
  const sources = [useSources("runtime error"), useSources("error"), useSources("warn")];
  const failed = [...tests, ...sources].find((q) => q.isError);
  const loading = [...tests, ...sources].some((q) => q.isPending);
  const total = [...tests, ...sources].reduce((sum, q) => sum + (q.data?.meta.total ?? 0), 0);
  const shownTests = tests.flatMap((q) => q.data?.data ?? []);
  const shownSources = sources.flatMap((q) => q.data?.data ?? []);
  return (
    <section className="sect">
      <header>
        <h2>Needs somebody</h2>
        <span className="s t3">{!loading && number(total)}</span>
      </header>
      {failed && <Failed error={failed.error} what="What needs somebody" retry={failed.refetch} />}
      {loading && !failed && <Skeleton rows={4} />}
      {!loading && total === 0 && <p className="t2">Every test passes and every source is fresh.</p>}
      <ul className="list">
        {shownTests.slice(0, 10).map((t) => (
          <TestItem key={t.id} test={t} />
        ))}
        {shownSources.slice(0, 6).map((s) => (
          <SourceItem key={s.id} source={s} />
        ))}
      </ul>
      {total > Math.min(10, shownTests.length) + Math.min(6, shownSources.length) && (
        <p className="s t3">
          {number(total)} in all: <Link to="/tests">tests</Link> and <Link to="/freshness">freshness</Link>.
        </p>
      )}
    </section>
  );
}

function TestItem({ test }: { test: Schemas["ResourceTest"] }) {
  const a = test.attributes;
  const parent = a.parents?.[0];
  return (
    <li>
      <Link to="/n/$id" params={{ id: a.asset ?? test.id }} search={{ tab: "tests" } as never} className="twoline">
        <StateMark state={stateOf(a.latest?.class)} />
        <span className="grow">
          <span className="w5">{a.column ?? a.test ?? a.name}</span>{" "}
          {parent && (
            <>
              in <span className="w5">{nameOf(parent)}</span>
            </>
          )}{" "}
          <span className="t2 any">{a.latest?.message}</span>
          <span className="s t3 blockline">
            {a.test ?? a.name}
            {a.latest && (
              <>
                {" · "}
                <Time at={a.latest.completed_at} />
              </>
            )}
          </span>
        </span>
      </Link>
    </li>
  );
}

function SourceItem({ source }: { source: Schemas["ResourceFreshness"] }) {
  const a = source.attributes;
  return (
    <li>
      <Link to="/n/$id" params={{ id: a.asset ?? a.unique_id }} className="twoline">
        <StateMark state={a.status === "warn" ? "stale" : "error"} label={a.status ?? undefined} />
        <span className="grow">
          <span className="w5">{a.unique_id.split(".").slice(2).join(".")}</span>{" "}
          <span className="t2 any">
            {a.error ?? (a.lag_seconds != null && `has not been loaded for ${span(a.lag_seconds)}`)}
          </span>
          <span className="s t3 blockline">
            {a.sla?.limit_seconds ? `allowed ${span(a.sla.limit_seconds)} · ` : ""}
            last row <Time at={a.max_loaded_at} />
          </span>
        </span>
      </Link>
    </li>
  );
}

function Changed() {
  const { schema_id } = useScope();
  const schema = useSchema();
  const version = schema?.attributes.version ?? 0;
  const list = useInfiniteQuery({
    ...pages(["home", "changes", schema_id, version], (cursor, signal) =>
      api.GET("/api/v1/changes", {
        params: {
          query: { schema_id, from: String(Math.max(0, version - 1)), to: String(version), cursor, limit: 12 },
        },
        signal,
      }),
    ),
    enabled: version > 1,
  });
  if (version <= 1) return null;
  const rows = rowsOf<Schemas["ChangeRow"]>(list.data?.pages);
  return (
    <section className="sect">
      <header>
        <h2>Changed last</h2>
        <span className="s t3">
          version {version - 1} → {version}
        </span>
        <Link className="end" to="/changes">
          All changes
        </Link>
      </header>
      {list.isError && <Failed error={list.error} what="The changes" retry={list.refetch} />}
      {list.isPending && !list.isError && <Skeleton rows={4} />}
      <ul className="list">
        {rows.map((c) => (
          <li key={c.id}>
            <div className="li">
              <ChangeLine change={c} />
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Imports() {
  const { schema_id } = useScope();
  const projects = useQuery({
    queryKey: ["projects", schema_id],
    queryFn: ({ signal }) => read(api.GET("/api/v1/projects", { params: { query: { schema_id, limit: 8 } }, signal })),
  });
  const imports = useQuery({
    queryKey: ["home", "imports", schema_id],
    queryFn: ({ signal }) =>
      read(api.GET("/api/v1/dbt_imports", { params: { query: { schema_id, limit: 3 } }, signal })),
  });
  return (
    <section>
      <header className="row">
        <h2>Imports</h2>
        <Link className="s end" to="/imports">
          All
        </Link>
      </header>
      {imports.isError && <Failed error={imports.error} what="The imports" retry={imports.refetch} />}
      <ul className="list">
        {imports.data?.data?.map((i) => (
          <li key={i.id}>
            <Link to="/imports/$id" params={{ id: i.id }} className="twoline">
              <span className="grow w5">{i.id}</span>
              <span className="num s">
                <State state={stateOf(i.attributes.status)}>{i.attributes.status}</State>
                <span className="t3 blockline">
                  <Time at={i.attributes.completed_at ?? i.attributes.created_at} />
                </span>
              </span>
            </Link>
          </li>
        ))}
        {projects.data?.data?.map((p) => (
          <li key={p.id}>
            <Link to="/assets" search={{ project: p.id } as never} className="twoline">
              <span className="grow">
                <span className="w5">{p.attributes.name}</span>
                <span className="s t3 blockline">
                  {count(p.attributes.counts.model ?? 0, "model")}, dbt {p.attributes.dbt_version}
                </span>
              </span>
              <span className="num s t3">
                manifest of
                <span className="blockline">
                  <Time at={p.attributes.last_manifest_at} />
                </span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

function LastRun() {
  const scope = useScope();
  const { data } = useQuery({
    queryKey: ["home", "runs", scope],
    queryFn: ({ signal }) =>
      read(api.GET("/api/v1/runs", { params: { query: { ...scope, artifact: "run_results", limit: 1 } }, signal })),
  });
  const run = data?.data?.[0];
  if (!run) return null;
  const [state, words] = outcomeOf(run.attributes);
  return (
    <section className="sect">
      <header>
        <h2>Last run</h2>
        <Link className="end" to="/runs/$id" params={{ id: run.id }}>
          {run.id}
        </Link>
      </header>
      <Meter counts={run.attributes.counts} />
      <p className="s t2">
        <State state={state}>{words}</State> dbt {run.attributes.command}, {duration(run.attributes.elapsed)},{" "}
        <Time at={run.attributes.generated_at} />
      </p>
    </section>
  );
}

function Starred() {
  const { stars } = useStars();
  const shown = stars.slice(0, 12);
  const assets = useQueries({
    queries: shown.map((id) => ({
      queryKey: ["starred", id],
      staleTime: 60_000,
      retry: false,
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        read(api.GET("/api/v1/assets/{id}", { params: { path: { id } }, signal })),
    })),
  });
  if (shown.length === 0) return null;
  return (
    <section className="sect">
      <header>
        <h2>Starred</h2>
        {stars.length > shown.length && (
          <span className="s t3">
            {shown.length} of {stars.length}
          </span>
        )}
      </header>
      <ul className="list">
        {assets.map((q, i) => {
          const a = q.data?.data;
          if (!a) return null;
          return (
            <li key={shown[i]}>
              <div className="li">
                <AssetLink
                  id={a.id}
                  name={a.attributes.name}
                  kind={a.attributes.kind}
                  materialized={a.attributes.materialized}
                  size={13}
                />
              </div>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Described() {
  const scope = useScope();
  const { data } = useQuery({
    queryKey: ["coverage", scope],
    queryFn: ({ signal }) => read(api.GET("/api/v1/coverage", { params: { query: scope }, signal })),
  });
  const c = data?.data.attributes;
  if (!c) return null;
  const rows: [string, number, number][] = [
    ["Tables described", c.tables.described, c.tables.total],
    ["Columns described", c.columns.described, c.columns.total],
    ["Tables with a test", c.tables.tested, c.tables.total],
    ["Tables with an owner", c.tables.owned, c.tables.total],
  ];
  return (
    <section className="sect">
      <header>
        <h2>Described and tested</h2>
        <Link className="end" to="/coverage">
          Coverage
        </Link>
      </header>
      <dl className="kv">
        {rows.map(([name, have, of]) => (
          <div key={name} className="row kvrow">
            <dt>{name}</dt>
            <dd className="end num">
              {number(have)} of {number(of)}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
