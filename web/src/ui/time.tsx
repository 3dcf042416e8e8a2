import { inFull, when } from "@/lib/time";

/** A time with its day; in full on hover. */
export function Time({ at }: { at: string | null | undefined }) {
  if (!at) return <span className="t3">–</span>;
  return (
    <time dateTime={at} title={inFull(at)}>
      {when(at)}
    </time>
  );
}
