/** How a column gets its value, in one glyph: = same, → renamed, ƒ computed, Σ aggregated, ⊟ window; ? only depends on it. */
export type How = "=" | "→" | "ƒ" | "Σ" | "⊟" | "?";

const glyphs: [kind: string, how: How, name: string][] = [
  ["window", "⊟", "window"],
  ["aggregate", "Σ", "aggregated"],
  ["transform", "ƒ", "computed"],
  ["cast", "ƒ", "converted"],
  ["field", "ƒ", "a field of it"],
  ["rename", "→", "renamed"],
  ["identity", "=", "same"],
  ["conditional", "?", "decides by a condition"],
  ["window_key", "?", "orders or divides a window"],
];

/** The glyph of an edge's kinds: that of the one that changes most. */
export function howOf(kinds: readonly string[]): How {
  return glyphs.find(([kind]) => kinds.includes(kind))?.[1] ?? "ƒ";
}

/** The kinds in words: "aggregated, decides by a condition". */
export function howText(kinds: readonly string[]): string {
  return glyphs
    .filter(([kind]) => kinds.includes(kind))
    .map(([, , name]) => name)
    .join(", ");
}

/** Reports whether no value flows: the column only decides by a condition, or orders a window. */
export function isIndirect(kinds: readonly string[]): boolean {
  return howOf(kinds) === "?";
}
