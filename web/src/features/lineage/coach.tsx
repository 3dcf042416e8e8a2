import { useState } from "react";
import { dueCoach, endCoach } from "@/lib/coach";
import css from "./coach.module.css";

const marks = [
  [
    "A box is a table",
    "At its foot is how much of what feeds it and uses it is drawn. Click the number to draw the rest.",
  ],
  ["A column has its own line", "Press c, or choose one under “Trace a column”, to follow it through every box."],
  ["The same as a list", "Press t for the outline. The address keeps all that you see: send it to somebody."],
] as const;

/** Three marks at the first lineage after the first import, and never again. */
export function Coach() {
  const [step, setStep] = useState(() => (dueCoach() ? 0 : marks.length));
  const mark = marks[step];
  if (!mark) return null;
  const go = (to: number) => {
    if (to === marks.length) endCoach();
    setStep(to);
  };
  return (
    <aside className={css.coach} aria-label="First steps">
      <div role="status">
        <strong>{mark[0]}</strong>
        <p className="t2">{mark[1]}</p>
      </div>
      <div className="row">
        <span className="s t3">
          {step + 1} of {marks.length}
        </span>
        <button type="button" className="btn quiet sm end" onClick={() => go(marks.length)}>
          Skip
        </button>
        <button type="button" className="btn sm" onClick={() => go(step + 1)}>
          {step + 1 < marks.length ? "Next" : "Done"}
        </button>
      </div>
    </aside>
  );
}
