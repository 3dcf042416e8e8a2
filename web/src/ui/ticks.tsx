import { when } from "@/lib/time";
import type { StateName } from "./state";

const shapes: Partial<Record<StateName, string>> = { pass: "p", warn: "w", fail: "f", error: "f" };

/** Results over time as a row of bars, the oldest first; the API has the newest first. */
export function Ticks({ results }: { results: { state: StateName; at: string | null }[] }) {
  if (results.length === 0) return null;
  const of = (state: StateName) => results.filter((r) => r.state === state).length;
  const label = (["pass", "warn", "fail", "error", "skip"] as StateName[])
    .filter((s) => of(s) > 0)
    .map((s) => `${of(s)} ${s}`)
    .join(", ");
  return (
    <span className="ticks" role="img" aria-label={`Last ${results.length}: ${label}`}>
      {[...results].reverse().map((r, i) => (
        <i key={`${r.at}${i}`} className={shapes[r.state] ?? "z"} title={`${r.state}, ${when(r.at)}`} />
      ))}
    </span>
  );
}
