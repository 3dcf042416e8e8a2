import { madeOf } from "@/lib/how";

/** The glyph of how a column gets its value by the kinds of its edges, of one width, so that what follows lines up. */
export function HowMark({ edges, renamed }: { edges: string[][]; renamed?: boolean }) {
  const how = madeOf(edges, renamed);
  return (
    <span className={how.calc ? "how calc" : "how"} role="img" aria-label={how.name} title={how.name}>
      {how.glyph}
    </span>
  );
}
