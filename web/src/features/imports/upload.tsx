import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type DragEvent, useRef, useState } from "react";
import { api, read } from "@/api/client";
import { Problem } from "@/api/problem";
import { useScope } from "@/app/scope";
import { useReport } from "@/features/import/live";
import { Stages } from "@/features/import/stages";
import { chosenFiles, type Dropped, droppedFiles, type OtherFile, type Project, sortFiles } from "@/lib/artifacts";
import { beginCoach } from "@/lib/coach";
import { bytes, count } from "@/lib/count";
import { Note } from "@/ui/feedback";
import { Icon } from "@/ui/icon";
import { StateMark } from "@/ui/state";
import styles from "./page.module.css";
import { send } from "./send";

interface Sending {
  project: Project;
  sent: number;
  total: number;
  id?: string;
  error?: unknown;
}

/**
 * The place to drop the target folder of one project or of several. It sends one import for each, shows its stages
 * as they happen, and leads to the most connected model at the end.
 */
export function Upload({ large }: { large?: boolean }) {
  const { schema_id } = useScope();
  const queries = useQueryClient();
  const [over, setOver] = useState(false);
  const [others, setOthers] = useState<OtherFile[]>([]);
  const [sendings, setSendings] = useState<Sending[]>([]);
  const [problem, setProblem] = useState<string>();
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const change = (i: number, patch: Partial<Sending>) =>
    setSendings((all) => all.map((s, j) => (j === i ? { ...s, ...patch } : s)));

  const take = async (dropped: Dropped[]) => {
    setProblem(undefined);
    const { projects, others: left } = await sortFiles(dropped);
    setOthers(left);
    if (projects.length === 0) {
      setProblem(
        left.length > 0
          ? "There is no manifest.json among these files, so nothing was sent."
          : "There is no artifact among these files.",
      );
      return;
    }
    const first = sendings.length;
    setSendings((all) => [...all, ...projects.map((project) => ({ project, sent: 0, total: 0 }))]);
    const schema = schema_id || (await newSchema());
    for (const [i, project] of projects.entries()) {
      try {
        const doc = await send(
          schema,
          project,
          (sent, total) => change(first + i, { sent, total }),
          new AbortController().signal,
        );
        change(first + i, { id: doc.data.id });
        queries.invalidateQueries({ queryKey: ["imports"] });
      } catch (error) {
        change(first + i, { error });
      }
    }
  };
  const onDrop = async (e: DragEvent) => {
    e.preventDefault();
    setOver(false);
    await take(await droppedFiles(e.dataTransfer.items));
  };
  return (
    <section aria-label="Import artifacts">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the buttons in it do the same by keyboard */}
      <div
        className={over ? "drop over" : "drop"}
        onDragOver={(e) => {
          e.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={onDrop}
      >
        <h2>
          Drop your <code>target/</code> here
        </h2>
        <p className="t2">
          manifest.json alone is enough; catalog.json, run_results.json, sources.json and semantic_manifest.json make it
          better. Several projects at once are fine.
        </p>
        <div className={`row ${styles.choose}`}>
          <button type="button" className={large ? "btn pri" : "btn"} onClick={() => folder.current?.click()}>
            Choose a folder
          </button>
          <button type="button" className="btn" onClick={() => files.current?.click()}>
            Choose files
          </button>
        </div>
        <input
          ref={files}
          type="file"
          multiple
          hidden
          data-testid="files"
          onChange={(e) => e.target.files && take(chosenFiles(e.target.files))}
        />
        <input
          ref={(el) => {
            folder.current = el;
            el?.setAttribute("webkitdirectory", "");
          }}
          type="file"
          multiple
          hidden
          data-testid="folder"
          onChange={(e) => e.target.files && take(chosenFiles(e.target.files))}
        />
      </div>
      {problem && (
        <div className={styles.after} role="alert">
          <Note tone="bad">{problem}</Note>
        </div>
      )}
      {others.length > 0 && (
        <div className={styles.after}>
          <Note>
            <strong>{count(others.length, "file")} not sent.</strong>
            <ul>
              {others.slice(0, 10).map((o) => (
                <li key={o.name} className="any">
                  <code>{o.name}</code>: {o.why}
                </li>
              ))}
            </ul>
            {others.length > 10 && <p className="s t3">and {count(others.length - 10, "other")}</p>}
          </Note>
        </div>
      )}
      {sendings.map((s, i) => (
        <SendingItem key={i} sending={s} lead={sendings.length === 1} first={large} />
      ))}
    </section>
  );
}

// The first import of an empty workspace makes its schema.
async function newSchema(): Promise<string> {
  const doc = await read(api.POST("/api/v1/schemas", { body: { name: "Analytics" } }));
  return doc.data.id;
}

function SendingItem({ sending, lead, first }: { sending: Sending; lead: boolean; first?: boolean }) {
  const report = useReport(sending.id ?? "");
  const navigate = useNavigate();
  const name = sending.project.folder.replace(/\/?target$/, "") || "Project";
  const a = report.data?.data.attributes;
  return (
    <div className={`box ${styles.after}`}>
      <header>
        <StateMark
          state={sending.error || a?.status === "failed" ? "fail" : a?.status === "completed" ? "pass" : "running"}
        />
        <strong>{name}</strong>
        <span className="s t3">{sending.project.files.map((f) => f.file.name).join(", ")}</span>
        {sending.id && (
          <Link className="end" to="/imports/$id" params={{ id: sending.id }}>
            {sending.id}
          </Link>
        )}
      </header>
      <div className="in">
        {sending.error !== undefined && (
          <Note tone="bad">
            {sending.error instanceof Problem
              ? `${sending.error.title}: ${sending.error.message}`
              : "It could not be sent."}
          </Note>
        )}
        {!sending.id && sending.error === undefined && (
          <>
            <div className="bar">
              <i style={{ width: `${sending.total ? (100 * sending.sent) / sending.total : 0}%` }} />
            </div>
            <p className="s t3" role="status">
              sending, {bytes(sending.sent)} of {bytes(sending.total)}
            </p>
          </>
        )}
        {a && <Stages report={a} />}
        {a?.error_message && <Note tone="bad">{a.error_message}</Note>}
        {a?.status === "completed" && (
          <div className={`row ${styles.after}`}>
            <button
              type="button"
              className="btn pri"
              onClick={async () => {
                if (first) beginCoach();
                await openBusiest(report.data?.data.relationships?.schema?.id ?? "", navigate);
              }}
            >
              <Icon name="lineage" size={14} />
              {lead ? "Show the lineage" : "Lineage"}
            </button>
            <Link className="btn" to="/assets" search={{ schema: report.data?.data.relationships?.schema?.id }}>
              All assets
            </Link>
            <Link className="btn" to="/">
              Today
            </Link>
          </div>
        )}
      </div>
    </div>
  );
}

// The model with most neighbours, of those that the list of assets begins with, is where there is most to see.
async function openBusiest(schema: string, navigate: ReturnType<typeof useNavigate>): Promise<void> {
  const list = await read(
    api.GET("/api/v1/assets", { params: { query: { schema_id: schema, kind: "model", limit: 200 } } }),
  );
  const busiest = (list.data ?? []).toSorted(
    (x, y) =>
      (y.attributes.upstream ?? 0) +
      (y.attributes.downstream ?? 0) -
      (x.attributes.upstream ?? 0) -
      (x.attributes.downstream ?? 0),
  )[0];
  if (busiest)
    navigate({
      to: "/lineage",
      search: {
        schema,
        select: `1+${busiest.attributes.dbt?.unique_id.split(".").slice(2).join(".") ?? busiest.id}+1`,
      } as never,
    });
  else navigate({ to: "/assets", search: { schema } });
}
