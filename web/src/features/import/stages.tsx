import type { Schemas } from "@/api/client";
import { number } from "@/lib/count";

const order = ["open", "read", "merge", "trace", "save"];

const titles: Record<string, string> = { open: "Open", read: "Read", merge: "Merge", trace: "Trace", save: "Save" };

/** The stages of an import on one line: what is done, where the work is, what waits. */
export function Stages({ report }: { report: Schemas["Report"] }) {
  const known = new Map((report.stages ?? []).map((s) => [s.name, s]));
  const names = [...order, ...[...known.keys()].filter((n) => !order.includes(n))];
  return (
    <>
      <ol className="stages" aria-label="Stages">
        {names.map((name) => {
          const s = known.get(name);
          return (
            <li key={name} className={s ? { running: "now", done: "done", failed: "failed" }[s.state] : "wait"}>
              <span className="pt" />
              <span className="nm">{titles[name] ?? name}</span>
              <span className="fig">{s && figure(name, s, report.counts)}</span>
              <span className="ms">
                {s && s.state !== "running" ? `${s.ms < 10 ? s.ms.toFixed(1) : Math.round(s.ms)} ms` : ""}
              </span>
            </li>
          );
        })}
      </ol>
      <p className="vh" role="status">
        {report.status}
      </p>
    </>
  );
}

function figure(name: string, stage: Schemas["Stage"], counts: Record<string, number>): string {
  if (stage.state === "running" && stage.total > 0) return `${number(stage.done)} of ${number(stage.total)}`;
  if (name === "read" && counts.nodes_read)
    return `${number(counts.nodes_read)} nodes, ${number(counts.nodes_changed ?? 0)} changed`;
  if (name === "trace" && counts.models_traced)
    return `${number(counts.models_traced)} models, ${number(counts.column_edges_traced ?? 0)} column edges`;
  if (name === "merge" && counts.catalog_tables) return `${number(counts.catalog_tables)} tables of the catalog`;
  return stage.total > 0 ? `${number(stage.done)} of ${number(stage.total)}` : "";
}
