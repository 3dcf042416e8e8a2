import type { Schemas } from "@/api/client";
import { one } from "@/app/search";
import { classes } from "@/lib/classes";
import { count } from "@/lib/count";
import { duration } from "@/lib/time";
import { kindOf } from "@/ui/assetlink";
import { Empty } from "@/ui/feedback";
import { NodeLink } from "./page";

type Result = Schemas["Result"];

interface Props {
  results: Result[];
  elapsed: number;
  path: Schemas["CriticalPath"] | undefined;
  search: Record<string, unknown>;
  patch: (change: Record<string, string | undefined>) => void;
  total: number;
}

const mostRows = 400;
const builds = new Set(["model", "seed", "snapshot", "source", "function"]);

/** When each node ran, in the order of their beginnings; those that decide how long the run takes are marked. */
export function Gantt({ results, elapsed, path, search, patch, total }: Props) {
  const modelsOnly = one(search.models) === "true";
  const criticalOnly = one(search.critical) === "true";
  const critical = new Set(path?.steps?.map((s) => s.unique_id));
  const timed = results.filter((r) => r.offset != null && (r.execution_time ?? 0) >= 0);
  const chosen = timed
    .filter(
      (r) =>
        (!modelsOnly || builds.has(kindOf(r.unique_id)) || critical.has(r.unique_id)) &&
        (!criticalOnly || critical.has(r.unique_id)),
    )
    .sort((a, b) => (a.offset ?? 0) - (b.offset ?? 0));
  if (timed.length === 0) return <Empty title="This run has no times">dbt wrote no times of its nodes.</Empty>;
  const rows = chosen.slice(0, mostRows);
  const end = Math.max(elapsed, ...timed.map((r) => (r.offset ?? 0) + (r.execution_time ?? 0)));
  const step = niceStep(end);
  const ticks = Array.from({ length: Math.floor(end / step) + 1 }, (_, i) => i * step);
  const percent = (s: number) => `${(100 * s) / end}%`;
  return (
    <section>
      <div className="row wrap gantt-head">
        <h2>Critical path</h2>
        {path && (path.steps?.length ?? 0) > 0 && (
          <span className="s t2">
            {path.steps?.length} of {count(total, "node")} decide how long it takes: {duration(path.executing)} of work
            and {duration(path.waiting)} of waiting for a thread, of {duration(path.elapsed)}.
          </span>
        )}
        <span className="row end">
          <label className="switch">
            <input
              type="checkbox"
              role="switch"
              aria-checked={modelsOnly}
              checked={modelsOnly}
              onChange={() => patch({ models: modelsOnly ? undefined : "true" })}
            />
            Models only
          </label>
          <button
            type="button"
            className="btn sm"
            aria-pressed={criticalOnly}
            onClick={() => patch({ critical: criticalOnly ? undefined : "true" })}
          >
            Critical only
          </button>
        </span>
      </div>
      <div className="gantt" style={{ "--n": end / step } as React.CSSProperties}>
        <div className="gr ax" aria-hidden="true">
          <span />
          <span className="tk">
            {ticks.map((t) => (
              <span key={t} style={{ left: percent(t) }}>
                {t < 1 && t > 0 ? `${Math.round(t * 1000)} ms` : `${t} s`}
              </span>
            ))}
          </span>
        </div>
        <ul>
          {rows.map((r) => (
            <li key={r.unique_id} className={classes("gr", critical.has(r.unique_id) && "crit")}>
              <span className="nm">
                <NodeLink id={r.unique_id} />
                {critical.has(r.unique_id) && <span className="vh">, on the critical path</span>}
              </span>
              <span className="tk">
                <span
                  className={classes("bx", ["fail", "error"].includes(r.class) && "f", r.class === "warn" && "w")}
                  style={{ left: percent(r.offset ?? 0), width: percent(r.execution_time ?? 0) }}
                />
                <span
                  className="ms"
                  style={
                    (r.offset ?? 0) + (r.execution_time ?? 0) > end * 0.9
                      ? { right: percent(end - (r.offset ?? 0)) }
                      : { left: percent((r.offset ?? 0) + (r.execution_time ?? 0)) }
                  }
                >
                  {duration(r.execution_time)}
                </span>
              </span>
            </li>
          ))}
        </ul>
      </div>
      {chosen.length > rows.length && (
        <p className="s t3">
          {rows.length} of {chosen.length} nodes are drawn, those that began first. Results lists all.
        </p>
      )}
    </section>
  );
}

// Steps of 1, 2 or 5 and zeros, so that there are four to eight of them.
function niceStep(end: number): number {
  const rough = Math.max(end, 0.001) / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 5].find((m) => m * power >= rough) ?? 10) * power;
}
