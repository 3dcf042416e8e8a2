import type { Schemas } from "@/api/client";
import { bytes, count, number } from "@/lib/count";
import { Note } from "@/ui/feedback";
import { StateMark } from "@/ui/state";
import { Time } from "@/ui/time";

/** What a test of a connection found: what a sync would read, or why it would fail. */
export function TrialResult({ trial }: { trial: Schemas["Trial"] }) {
  if (!trial.ok)
    return (
      <div className="formend" role="alert">
        <Note tone="bad">
          <strong>The connection does not work.</strong> {trial.message} <code className="t3">{trial.code}</code>
        </Note>
      </div>
    );
  const objects = trial.objects ?? [];
  return (
    <section className="box formend" aria-label="Connection works">
      <header>
        <StateMark state="pass" label="" />
        <strong>Connection works</strong>
        <span className="s t2">{trial.message}</span>
      </header>
      <div className="in">
        <h3>A sync would look at {count(trial.total, "object")}</h3>
        {objects.length > 0 && (
          <table className="table">
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Is</th>
                <th scope="col" className="num">
                  Size
                </th>
                <th scope="col">Of</th>
              </tr>
            </thead>
            <tbody>
              {objects.slice(0, 20).map((o) => (
                <tr key={o.key}>
                  <td className="mono any">{o.key}</td>
                  <td className="s">{o.kind}</td>
                  <td className="num s">{bytes(o.size)}</td>
                  <td className="s t2">
                    <Time at={o.modified_at} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {trial.total > Math.min(20, objects.length) && (
          <p className="s t3">and {number(trial.total - Math.min(20, objects.length))} more</p>
        )}
      </div>
    </section>
  );
}
