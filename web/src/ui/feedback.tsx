import type { ReactNode } from "react";
import { Problem } from "@/api/problem";
import { StateMark } from "./state";

/** What a page shows where there is nothing: why, and one thing to do. */
export function Empty({ title, children, actions }: { title: string; children?: ReactNode; actions?: ReactNode }) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {actions && <div className="acts">{actions}</div>}
    </div>
  );
}

/** What failed, with the server's code and request id, and a way to try again. The rest of the page stays. */
export function Failed({ error, what, retry }: { error: unknown; what: string; retry?: () => void }) {
  const problem = error instanceof Problem ? error : undefined;
  return (
    <div className="note bad" role="alert">
      <StateMark state="fail" label="" />
      <div className="grow">
        <p>
          <strong>{what} could not be loaded.</strong>{" "}
          {problem?.message ?? (error instanceof Error ? error.message : "")}
        </p>
        <p className="s t3">
          {problem && <code>{problem.code}</code>}
          {problem?.requestId && (
            <>
              {" · request "}
              <code className="any">{problem.requestId}</code>
            </>
          )}
        </p>
      </div>
      {retry && (
        <button type="button" className="btn sm" onClick={retry}>
          Retry
        </button>
      )}
    </div>
  );
}

const widths = [62, 44, 71, 38, 55, 66, 48, 59];

/** Lines in place of what loads at the first visit. Later the old page stays until the next one is there. */
export function Skeleton({ rows = 8 }: { rows?: number }) {
  return (
    <div role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, i) => (
        <span className="skel" key={i} style={{ width: `${widths[i % widths.length]}%`, margin: "14px 0" }} />
      ))}
    </div>
  );
}

/** A note of one paragraph: information, a warning, a failure or a success. */
export function Note({
  tone,
  children,
  actions,
}: {
  tone?: "warn" | "bad" | "good";
  children: ReactNode;
  actions?: ReactNode;
}) {
  const state = tone === "bad" ? "fail" : tone === "warn" ? "warn" : tone === "good" ? "pass" : "none";
  return (
    <div className={`note ${tone ?? ""}`}>
      <StateMark state={state} label="" />
      <div className="grow">{children}</div>
      {actions}
    </div>
  );
}
