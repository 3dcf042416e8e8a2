import type { ReactNode } from "react";

const shapes = {
  pass: (
    <path
      d="M2 6.4 4.8 9.2 10 3.2"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.7"
      strokeLinecap="round"
      strokeLinejoin="round"
    />
  ),
  warn: (
    <>
      <path d="M6 .8 11.6 11H.4z" fill="currentColor" />
      <path d="M6 4.4v3M6 8.6v1" stroke="var(--bg)" strokeWidth="1.3" />
    </>
  ),
  fail: (
    <>
      <circle cx="6" cy="6" r="5.6" fill="currentColor" />
      <path d="m4 4 4 4m0-4-4 4" stroke="var(--bg)" strokeWidth="1.4" />
    </>
  ),
  error: (
    <>
      <path d="M3.6.4h4.8l3.2 3.2v4.8l-3.2 3.2H3.6L.4 8.4V3.6z" fill="currentColor" />
      <path d="M6 2.8v4M6 8.2v1.2" stroke="var(--bg)" strokeWidth="1.4" />
    </>
  ),
  stale: (
    <>
      <circle cx="6" cy="6" r="5" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M6 3v3.2l2 1.3" fill="none" stroke="currentColor" strokeWidth="1.4" />
    </>
  ),
  running: <path d="M6 1a5 5 0 1 1-5 5" fill="none" stroke="currentColor" strokeWidth="1.7" strokeLinecap="round" />,
  wait: <circle cx="6" cy="6" r="4.6" fill="none" stroke="currentColor" strokeWidth="1.3" />,
  skip: <path d="M2 6h8" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" />,
  none: <circle cx="6" cy="6" r="4.6" fill="none" stroke="currentColor" strokeWidth="1.2" strokeDasharray="1.6 1.9" />,
} satisfies Record<string, ReactNode>;

/** A state as it is drawn. */
export type StateName = keyof typeof shapes;

// The words of the API for what was drawn above: results of tests and runs, states of imports, syncs and sources.
const states: Record<string, StateName> = {
  pass: "pass",
  success: "pass",
  completed: "pass",
  applied: "pass",
  ok: "pass",
  fresh: "pass",
  warn: "warn",
  partial: "warn",
  fail: "fail",
  failed: "fail",
  error: "error",
  "runtime error": "error",
  stale: "stale",
  running: "running",
  processing: "running",
  pending: "wait",
  queued: "wait",
  waiting: "wait",
  skipped: "skip",
  "no-op": "skip",
  canceled: "skip",
  cancelled: "skip",
  superseded: "skip",
  unchanged: "skip",
};

/** The state that a word of the API means; "none" for an absent or unknown one. */
export function stateOf(word: string | null | undefined): StateName {
  return (word && states[word]) || "none";
}

/** The shape of a state alone, with its name for screen readers; "" if words beside it have it. */
export function StateMark({ state, label }: { state: StateName; label?: string }) {
  const named =
    label === ""
      ? ({ "aria-hidden": true } as const)
      : ({ role: "img", "aria-label": label ?? nameOf(state) } as const);
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: named has its name, or hides it
    <svg className={`sti st-${state}`} viewBox="0 0 12 12" {...named}>
      {shapes[state]}
    </svg>
  );
}

/** A state in shape and words. */
export function State({ state, children }: { state: StateName; children: ReactNode }) {
  return (
    <span className={`st st-${state}`}>
      <StateMark state={state} label="" />
      {children}
    </span>
  );
}

function nameOf(state: StateName): string {
  return state === "none" ? "unknown" : state === "wait" ? "waiting" : state === "skip" ? "skipped" : state;
}
