import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { api, read, readReply, type Schemas } from "@/api/client";
import { pages, rowsOf } from "@/api/list";
import { Problem } from "@/api/problem";
import { usePage } from "@/app/crumbs";
import { RevertDialog } from "@/features/import/page";
import { DeleteSchema } from "@/features/schemas/delete";
import { count } from "@/lib/count";
import { Copy } from "@/ui/copy";
import { Failed, Skeleton } from "@/ui/feedback";
import { Field } from "@/ui/field";
import { Kind } from "@/ui/kind";
import { More } from "@/ui/more";
import { StateMark } from "@/ui/state";
import { Time } from "@/ui/time";
import { useToast } from "@/ui/toast";
import styles from "./page.module.css";
import { type Policy, PolicyTable } from "./policy";

/** A schema: what waits for somebody, its settings, its versions. */
export default function SchemaPage() {
  const { id = "" } = useParams({ strict: false }) as { id?: string };
  const [removing, setRemoving] = useState(false);
  const schema = useQuery({
    queryKey: ["schema", id],
    queryFn: ({ signal }) => readReply(api.GET("/api/v1/schemas/{id}", { params: { path: { id } }, signal })),
  });
  const doc = schema.data?.document.data;
  usePage(doc?.attributes.name ?? id, [{ name: "Schemas", link: { to: "/schemas" } }]);
  if (schema.isError)
    return (
      <main id="main" className="page" tabIndex={-1}>
        <Failed error={schema.error} what={`Schema ${id}`} retry={schema.refetch} />
      </main>
    );
  if (!doc)
    return (
      <main id="main" className="page" tabIndex={-1}>
        <Skeleton />
      </main>
    );
  return (
    <main id="main" className="page" tabIndex={-1}>
      <div className="page-head">
        <div>
          <div className="row">
            <h1>{doc.attributes.name}</h1>
            <code>{doc.id}</code>
            <Copy text={doc.id} label={`Copy ${doc.id}`} />
          </div>
          <p>
            {count(doc.attributes.tables, "table")}, version {doc.attributes.version}, since{" "}
            <Time at={doc.attributes.created_at} />
          </p>
        </div>
        <div className="acts">
          <Link className="btn" to="/imports" search={{ in: doc.id } as never}>
            Imports
          </Link>
          <button type="button" className="btn bad" onClick={() => setRemoving(true)}>
            Delete…
          </button>
        </div>
      </div>
      <Waiting schema={doc.id} />
      <div className={`cols ${styles.cols}`}>
        <Settings key={schema.data?.etag} schema={doc} etag={schema.data?.etag ?? null} />
        <aside>
          <Versions schema={doc.id} />
        </aside>
      </div>
      {removing && <DeleteSchema schema={doc} onClose={() => setRemoving(false)} />}
    </main>
  );
}

function Waiting({ schema }: { schema: string }) {
  const queries = useQueryClient();
  const toast = useToast();
  const list = useInfiniteQuery(
    pages(["removals", schema], (cursor, signal) =>
      api.GET("/api/v1/schemas/{id}/removals", {
        params: { path: { id: schema }, query: { cursor, limit: 50 } },
        signal,
      }),
    ),
  );
  const decide = useMutation({
    mutationFn: (way: "confirm" | "dismiss") =>
      read(
        way === "confirm"
          ? api.POST("/api/v1/schemas/{id}/removals/confirm", { params: { path: { id: schema } } })
          : api.POST("/api/v1/schemas/{id}/removals/dismiss", { params: { path: { id: schema } } }),
      ),
    onSuccess: (doc, way) => {
      const { removed, imports } = doc.data.attributes;
      toast(
        way === "confirm"
          ? [removed > 0 && `${count(removed, "asset")} removed`, imports?.length && `${imports.join(", ")} applied`]
              .filter(Boolean)
              .join("; ") || "Confirmed."
          : "Dismissed: what is served stays.",
      );
      queries.invalidateQueries();
    },
  });
  const rows = rowsOf<Schemas["ResourceRemoval"]>(list.data?.pages);
  if (list.isError) return <Failed error={list.error} what="What waits" retry={list.refetch} />;
  if (rows.length === 0) return null;
  const moved = rows.filter((r) => r.attributes.reason === "target_moved");
  const gone = rows.filter((r) => r.attributes.reason === "removed");
  const total = list.data?.pages[0]?.meta.total;
  return (
    <section className={`note warn ${styles.waiting}`} aria-label="What waits for somebody">
      <StateMark state="warn" label="" />
      <div className="grow">
        {gone.length > 0 && (
          <p>
            <strong>{count(total ?? gone.length, "asset")} missing in the newest manifest.</strong> They are kept and
            shown until somebody decides. Confirm if they are really gone; dismiss if the manifest was of a part of the
            project.
          </p>
        )}
        {moved.length > 0 && (
          <p>
            <strong>A manifest of another target.</strong> Its tables lie elsewhere, and nothing was changed. Confirm,
            and this schema follows that target.
          </p>
        )}
        <details>
          <summary>
            {rows.length}
            {total ? ` of ${total}` : ""}
          </summary>
          <ul className={styles.removals}>
            {rows.map((r) => (
              <li key={r.id} className="row gap3">
                <Kind kind={r.attributes.kind} size={13} />
                <Link className="plain" to="/n/$id" params={{ id: r.id }} search={{ schema }}>
                  {r.attributes.name}
                </Link>
                <span className="s t3">
                  since {r.attributes.import}, <Time at={r.attributes.since} />
                </span>
              </li>
            ))}
          </ul>
          <More shown={rows.length} total={total} noun="wait" more={list} />
        </details>
        {decide.isError && <Failed error={decide.error} what="The decision" />}
      </div>
      <div className="row">
        <button
          type="button"
          className="btn quiet sm"
          disabled={decide.isPending}
          onClick={() => decide.mutate("dismiss")}
        >
          Dismiss
        </button>
        <button type="button" className="btn sm" disabled={decide.isPending} onClick={() => decide.mutate("confirm")}>
          Confirm
        </button>
      </div>
    </section>
  );
}

function Settings({ schema, etag }: { schema: Schemas["ResourceSchema"]; etag: string | null }) {
  const a = schema.attributes;
  const [name, setName] = useState(a.name);
  const [environment, setEnvironment] = useState(a.environment ?? "");
  const [policy, setPolicy] = useState<Policy>(a.policy as Policy);
  const queries = useQueryClient();
  const toast = useToast();
  const save = useMutation({
    mutationFn: () =>
      read(
        api.PATCH("/api/v1/schemas/{id}", {
          params: { path: { id: schema.id }, header: etag ? { "If-Match": etag } : {} },
          body: { name, environment, policy },
        }),
      ),
    onSuccess: () => {
      toast("Saved.");
      queries.invalidateQueries();
    },
  });
  const problem = save.error instanceof Problem ? save.error : undefined;
  const changed =
    name !== a.name || environment !== (a.environment ?? "") || JSON.stringify(policy) !== JSON.stringify(a.policy);
  return (
    <form
      aria-label="Settings"
      onSubmit={(e) => {
        e.preventDefault();
        save.mutate();
      }}
    >
      <div className="pair">
        <Field label="Name" value={name} onChange={setName} error={problem?.field("name")} required />
        <Field
          label="Environment"
          optional
          value={environment}
          onChange={setEnvironment}
          error={problem?.field("environment")}
        />
      </div>
      <section className="sect">
        <h2>Feeding target</h2>
        {a.targets.length === 0 ? (
          <p className="t2">The first manifest decides it.</p>
        ) : (
          <ul className="list">
            {a.targets.map((t) => (
              <li key={t.project}>
                <div className="li">
                  <span className="w5">{t.name}</span>
                  <code className="end">{[t.database, t.schema].filter(Boolean).join(".")}</code>
                </div>
              </li>
            ))}
          </ul>
        )}
        <p className="hint">A manifest of another target waits above until somebody confirms it.</p>
      </section>
      <section className="sect">
        <h2>When dbt and a person disagree</h2>
        <PolicyTable policy={policy} onChange={setPolicy} />
      </section>
      {problem && problem.errors.length === 0 && (
        <Failed
          error={
            problem.status === 412
              ? new Problem({
                  status: 412,
                  code: problem.code,
                  title: "Changed meanwhile",
                  detail: "Somebody else has changed this schema; load the page again.",
                })
              : problem
          }
          what="The settings"
        />
      )}
      <div className="row formend">
        <button type="submit" className="btn pri" disabled={!changed || save.isPending}>
          Save
        </button>
        <button
          type="button"
          className="btn quiet"
          disabled={!changed}
          onClick={() => {
            setName(a.name);
            setEnvironment(a.environment ?? "");
            setPolicy(a.policy as Policy);
          }}
        >
          Discard
        </button>
      </div>
    </form>
  );
}

function Versions({ schema }: { schema: string }) {
  const list = useInfiniteQuery(
    pages(["versions", schema, "schema"], (cursor, signal) =>
      api.GET("/api/v1/schemas/{id}/versions", {
        params: { path: { id: schema }, query: { cursor, limit: 20 } },
        signal,
      }),
    ),
  );
  const [reverting, setReverting] = useState<{ id: string; version: number }>();
  const rows = rowsOf<Schemas["ResourceVersion"]>(list.data?.pages);
  return (
    <section>
      <header className="row">
        <h2>Versions</h2>
        <Link className="s end" to="/changes" search={{ schema }}>
          All changes
        </Link>
      </header>
      {list.isError && <Failed error={list.error} what="The versions" retry={list.refetch} />}
      {list.data && rows.length === 0 && <p className="t2">The first import makes version 1.</p>}
      <ol className={`tl ${styles.versions}`}>
        {rows.map(({ id, attributes: v }) => (
          <li key={id} className={v.cause?.kind === "edit" ? "user" : undefined}>
            <div className="row">
              <strong>{v.version}</strong>
              {v.import ? (
                <Link to="/imports/$id" params={{ id: v.import }}>
                  {v.import}
                </Link>
              ) : (
                <span>
                  {v.cause?.kind} {v.cause?.kind === "edit" ? `by ${v.actor_ref?.name}` : v.cause?.id}
                </span>
              )}
              <span className="s t3">
                <Time at={v.at} />
              </span>
              {v.import && (
                <button
                  type="button"
                  className="btn sm end"
                  onClick={() => setReverting({ id: v.import ?? "", version: v.version })}
                >
                  Revert…
                </button>
              )}
            </div>
            <p className={`s t3 ${styles.changed}`}>
              {v.changed.assets == null ? "" : `${count(v.changed.assets, "asset")} changed`}
            </p>
          </li>
        ))}
      </ol>
      {rows.length > 0 && (
        <More shown={rows.length} total={list.data?.pages[0]?.meta.total} noun="versions" more={list} />
      )}
      {reverting && (
        <RevertDialog id={reverting.id} version={reverting.version} onClose={() => setReverting(undefined)} />
      )}
    </section>
  );
}
