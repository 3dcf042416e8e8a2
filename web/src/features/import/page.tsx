import { useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { api, read, type Schemas } from "@/api/client";
import { pages, rowsOf } from "@/api/list";
import { usePage } from "@/app/crumbs";
import { ChangeLine } from "@/features/changes/line";
import { bytes, count, number } from "@/lib/count";
import { nameOf } from "@/ui/assetlink";
import { Confirm } from "@/ui/confirm";
import { Failed, Note, Skeleton } from "@/ui/feedback";
import { More } from "@/ui/more";
import { State, StateMark, stateOf } from "@/ui/state";
import { Time } from "@/ui/time";
import { useToast } from "@/ui/toast";
import { useReport } from "./live";
import styles from "./page.module.css";
import { Stages } from "./stages";

/** One import: its stages as they happen, what it counted and changed, and what it could not make sense of. */
export default function ImportPage() {
  const { id = "" } = useParams({ strict: false }) as { id?: string };
  usePage(id, [{ name: "Imports", link: { to: "/imports" } }]);
  const report = useReport(id);
  const status = report.data?.data.attributes.status;
  const doc = useQuery({
    queryKey: ["import", id, status],
    queryFn: ({ signal }) => read(api.GET("/api/v1/dbt_imports/{id}", { params: { path: { id } }, signal })),
  });
  if (report.isError)
    return (
      <main id="main" className="page" tabIndex={-1}>
        <Failed error={report.error} what={`Import ${id}`} retry={report.refetch} />
      </main>
    );
  const r = report.data?.data.attributes;
  const a = doc.data?.data.attributes;
  const schema = report.data?.data.relationships?.schema;
  return (
    <main id="main" className="page" tabIndex={-1}>
      <div className="page-head">
        <div>
          <div className="row">
            <h1>{id}</h1>
            {r && <State state={stateOf(r.status)}>{r.status}</State>}
            {r?.outcome && r.outcome !== "applied" && <span className="tag">{r.outcome}</span>}
          </div>
          <div className="stateline">
            {schema && (
              <Link className="plain mono" to="/schemas/$id" params={{ id: schema.id ?? "" }}>
                {schema.id}
              </Link>
            )}
            {schema && <span>{schema.name}</span>}
            {a && (
              <span>
                <Time at={a.completed_at ?? a.created_at} />
              </span>
            )}
            {r?.version != null && <span>version {r.version}</span>}
          </div>
        </div>
        <div className="acts">
          <Actions id={id} report={r} schema={schema?.id ?? ""} />
        </div>
      </div>
      {!r && <Skeleton />}
      {r?.outcome === "superseded" && (
        <Note>Newer artifacts are shown, so these changed nothing. Their run results are kept.</Note>
      )}
      {r?.error_message && (
        <Note tone="bad">
          {r.error_message} <span className="t3">{r.error_code}. Nothing was changed.</span>
        </Note>
      )}
      {(r?.counts?.removals_pending ?? 0) > 0 && (
        <Note
          tone="warn"
          actions={
            <Link className="btn sm" to="/schemas/$id" params={{ id: schema?.id ?? "" }}>
              Decide
            </Link>
          }
        >
          {count(r?.counts?.removals_pending ?? 0, "asset")} are missing or lie elsewhere. They are kept until somebody
          decides.
        </Note>
      )}
      {r && (
        <div className={`cols ${styles.cols}`}>
          <section>
            <h2 className={styles.head}>Stages</h2>
            <Stages report={r} />
            {r.attempts > 1 && <p className="s t3">{count(r.attempts, "attempt")}: earlier ones were interrupted.</p>}
            <Files id={id} />
          </section>
          <div>
            {a && <Figures counters={a} />}
            <Issues report={r} />
            {r.status === "completed" && <Changes id={id} />}
          </div>
        </div>
      )}
    </main>
  );
}

function Figures({ counters }: { counters: Schemas["ImportAttributes"] }) {
  const figures: [number | null, string][] = [
    [counters.tables_created, "tables created"],
    [counters.tables_updated, "tables updated"],
    [counters.columns_created, "columns created"],
    [counters.columns_updated, "columns updated"],
    [counters.lineages_created, "lineages created"],
    [counters.lineages_updated, "lineages updated"],
  ];
  return (
    <div className={`figs ${styles.figs}`}>
      {figures.map(([n, name]) => (
        <div key={name}>
          <b>{n == null ? "–" : number(n)}</b>
          <small>{name}</small>
        </div>
      ))}
    </div>
  );
}

function Files({ id }: { id: string }) {
  const { data, isError } = useQuery({
    queryKey: ["import", id, "artifacts"],
    queryFn: ({ signal }) => read(api.GET("/api/v1/dbt_imports/{id}/artifacts", { params: { path: { id } }, signal })),
    retry: false,
  });
  // Raw files are for administrators: others see the rest of the page.
  if (isError || !data?.data?.length) return null;
  return (
    <>
      <h2 className={styles.head}>Files</h2>
      <ul className="list s">
        {data.data.map((f) => (
          <li key={f.attributes.sha256}>
            <div className="li">
              {f.attributes.available ? (
                <a className="mono" href={f.attributes.address} download={`${f.attributes.name}.json`}>
                  {f.attributes.name}.json
                </a>
              ) : (
                <span className="mono t3">{f.attributes.name}.json, no longer kept</span>
              )}
              <span className="t3 end">{bytes(f.attributes.size)}</span>
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}

function Issues({ report }: { report: Schemas["Report"] }) {
  const issues = report.issues ?? [];
  return (
    <section>
      <header className="row">
        <h2>Issues</h2>
        <span className="s t3">
          {report.issues_total === 0
            ? "none"
            : `${count(report.issues_total, "place")}, ${count(issues.length, "kind")}`}
        </span>
      </header>
      <ul>
        {issues.map((i) => (
          <li key={`${i.code}${i.unique_id}${i.message}`} className={styles.issue}>
            <StateMark
              state={i.severity === "error" ? "fail" : i.severity === "warning" ? "warn" : "none"}
              label={i.severity}
            />
            <div className="grow">
              <div className="any">
                {i.unique_id && (
                  <Link className="w5 plain" to="/n/$id" params={{ id: i.unique_id }}>
                    {nameOf(i.unique_id)}{" "}
                  </Link>
                )}
                <span className="t2">{i.message}</span>
                {i.count > 1 && <span className="t3"> ({i.count} times)</span>}
              </div>
              <div className="s">
                {i.remedy && (
                  <>
                    <strong>Do:</strong> {i.remedy}{" "}
                  </>
                )}
                <span className="t3">{i.code}</span>
              </div>
              {i.place && <div className="mono t3 any s">{i.place}</div>}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Changes({ id }: { id: string }) {
  const list = useInfiniteQuery(
    pages(["import", id, "changes"], (cursor, signal) =>
      api.GET("/api/v1/dbt_imports/{id}/changes", { params: { path: { id }, query: { cursor, limit: 50 } }, signal }),
    ),
  );
  const rows = rowsOf<Schemas["ChangeRow"]>(list.data?.pages);
  const meta = list.data?.pages[0]?.meta;
  return (
    <section className="sect">
      <header>
        <h2>Changes</h2>
        <span className="s t3">{list.data && rows.length === 0 ? "none" : ""}</span>
      </header>
      {list.isError && <Failed error={list.error} what="The changes" retry={list.refetch} />}
      <ul className={styles.changes}>
        {rows.map((c) => (
          <li key={c.id}>
            <ChangeLine change={c} />
          </li>
        ))}
      </ul>
      {rows.length > 0 && (
        <More shown={rows.length} total={meta?.total} atLeast={meta?.at_least} noun="changes" more={list} />
      )}
    </section>
  );
}

function Actions({ id, report, schema }: { id: string; report: Schemas["Report"] | undefined; schema: string }) {
  const [reverting, setReverting] = useState(false);
  const cancel = useMutation({
    mutationFn: () => read(api.POST("/api/v1/dbt_imports/{id}/cancel", { params: { path: { id } } })),
  });
  if (!report) return null;
  if (report.status === "pending" || report.status === "processing")
    return (
      <button type="button" className="btn" disabled={cancel.isPending} onClick={() => cancel.mutate()}>
        Cancel
      </button>
    );
  if (report.version == null) return null;
  return (
    <>
      {report.version > 1 && (
        <Link
          className="btn"
          to="/diff/$points"
          params={{ points: `${schema}@${report.version - 1}...${schema}@${report.version}` }}
        >
          What it changed
        </Link>
      )}
      <button type="button" className="btn" onClick={() => setReverting(true)}>
        Revert…
      </button>
      {reverting && <RevertDialog id={id} version={report.version} onClose={() => setReverting(false)} />}
    </>
  );
}

/** Asks before an import is reverted, and says what that did. */
export function RevertDialog({ id, version, onClose }: { id: string; version: number; onClose: () => void }) {
  const [force, setForce] = useState(false);
  const toast = useToast();
  return (
    <Confirm
      title={`Revert ${id}`}
      action="Revert"
      keep="Keep it"
      what="The revert"
      run={() =>
        read(
          api.POST("/api/v1/dbt_imports/{id}/revert", {
            params: { path: { id }, query: { force: force || undefined } },
          }),
        )
      }
      onDone={({ data: { attributes: r } }) =>
        toast(
          r.version == null
            ? "Nothing was different."
            : `${count(r.restored, "node")} as before, version ${r.version}.`,
        )
      }
      onClose={onClose}
    >
      <p>
        What {id} changed in version {version} becomes as it was before, as a new version. What people wrote stays, and
        run results stay. An undo is to send the artifacts again.
      </p>
      <label className="check">
        <input type="checkbox" checked={force} onChange={(e) => setForce(e.target.checked)} />
        Revert even if later imports built on it
      </label>
    </Confirm>
  );
}
