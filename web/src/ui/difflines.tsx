import { hunks, lineDiff } from "@/lib/linediff";
import { Scroll } from "./scroll";

const tones = { same: undefined, added: "a", removed: "d" } as const;

/** Two texts compared line by line: what changed, with some lines around it. */
export function DiffLines({ old, next, label, file }: { old: string; next: string; label: string; file?: string }) {
  const lines = hunks(lineDiff(old, next));
  if (lines.length === 0) return <p className="s t3">No line differs.</p>;
  return (
    <Scroll className="code diff" label={label}>
      {file && <div className="h">{file}</div>}
      {lines.map((line, i) =>
        line === null ? (
          <div key={i} className="h">
            …
          </div>
        ) : (
          <div key={i} className={tones[line.kind]}>
            {line.kind !== "same" && <span className="vh">{line.kind}: </span>}
            {line.text || " "}
          </div>
        ),
      )}
    </Scroll>
  );
}
