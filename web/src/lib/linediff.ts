/** A line of a comparison: in both texts, only in the new one, or only in the old one. */
export interface DiffLine {
  kind: "same" | "added" | "removed";
  text: string;
  line: number; // in the new text; of a removed line, in the old one; from 1
}

const mostLines = 3000; // of each text, beyond what both begin and end with

/** Compares two texts line by line, by their longest common subsequence. */
export function lineDiff(old: string, next: string): DiffLine[] {
  const a = old.split("\n");
  const b = next.split("\n");
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const from = a.slice(head, a.length - tail);
  const to = b.slice(head, b.length - tail);
  const out: DiffLine[] = b.slice(0, head).map((text, i) => ({ kind: "same", text, line: i + 1 }));
  out.push(...middle(from, to, head));
  for (let i = b.length - tail; i < b.length; i++) out.push({ kind: "same", text: b[i] ?? "", line: i + 1 });
  return out;
}

function middle(a: string[], b: string[], offset: number): DiffLine[] {
  const removed = (i: number): DiffLine => ({ kind: "removed", text: a[i] ?? "", line: offset + i + 1 });
  const added = (j: number): DiffLine => ({ kind: "added", text: b[j] ?? "", line: offset + j + 1 });
  if (a.length > mostLines || b.length > mostLines)
    return [...a.map((_, i) => removed(i)), ...b.map((_, j) => added(j))];
  const width = b.length + 1;
  const longest = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number) => longest[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--)
      longest[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  }
  const out: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      out.push({ kind: "same", text: b[j] ?? "", line: offset + j + 1 });
      i++;
      j++;
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) out.push(removed(i++));
    else out.push(added(j++));
  }
  return out;
}

/** The changed lines with some around them; null between two parts. */
export function hunks(lines: DiffLine[], around = 2): (DiffLine | null)[] {
  const near = lines.map(() => false);
  lines.forEach((l, i) => {
    if (l.kind !== "same") near.fill(true, Math.max(0, i - around), i + around + 1);
  });
  const out: (DiffLine | null)[] = [];
  lines.forEach((l, i) => {
    if (near[i]) out.push(l);
    else if (out.length > 0 && out.at(-1) !== null) out.push(null);
  });
  if (out.at(-1) === null) out.pop();
  return out;
}
