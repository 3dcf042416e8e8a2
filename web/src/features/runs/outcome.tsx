import type { Schemas } from "@/api/client";
import type { StateName } from "@/ui/state";

type Counts = Schemas["RunCounts"];

/** The state of a run and its words: "1 failed, 1 warning". */
export function outcomeOf(run: { counts: Counts; outcome: string }): [StateName, string] {
  const { fail, error, warn, success, skipped } = run.counts;
  const parts = [
    error > 0 && `${error} ${error === 1 ? "error" : "errors"}`,
    fail > 0 && `${fail} failed`,
    warn > 0 && `${warn} ${warn === 1 ? "warning" : "warnings"}`,
  ].filter(Boolean);
  const state: StateName = error > 0 ? "error" : fail > 0 ? "fail" : warn > 0 ? "warn" : success > 0 ? "pass" : "skip";
  if (parts.length > 0) return [state, parts.join(", ")];
  if (success > 0) return [state, `${success} fine`];
  return [state, skipped > 0 ? `${skipped} skipped` : "no results"];
}

/** The results of a run as shares of a line. */
export function Meter({ counts }: { counts: Counts }) {
  const { success, warn, fail, error, skipped } = counts;
  return (
    <div
      className="meter"
      role="img"
      aria-label={`${success} fine, ${warn} with warnings, ${fail + error} failed, ${skipped} skipped`}
    >
      {success > 0 && <i className="p" style={{ flex: success }} />}
      {warn > 0 && <i className="w" style={{ flex: warn }} />}
      {fail + error > 0 && <i className="f" style={{ flex: fail + error }} />}
      {skipped > 0 && <i style={{ flex: skipped }} />}
    </div>
  );
}
