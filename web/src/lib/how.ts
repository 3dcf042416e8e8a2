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

/** How a column is made as a whole, for a mark beside it. */
export interface Made {
  glyph: Exclude<How, "?">;
  name: string;
  calc: boolean;
}

const names: Record<Made["glyph"], string> = {
  "=": "same value",
  "→": "renamed",
  ƒ: "computed",
  Σ: "aggregated",
  "⊟": "window",
};

/**
 * How a column is made, by the kinds of the edges into it: aggregated or a window only if every edge is, else computed.
 * A value that only gets another name is renamed.
 */
export function madeOf(edges: readonly (readonly string[])[], renamed = false): Made {
  const of = new Set(edges.map((kinds) => glyphOf(kinds, renamed)));
  const [only = "ƒ"] = of;
  const glyph = of.size <= 1 ? only : [...of].every((g) => g === "=" || g === "→") ? "=" : "ƒ";
  return { glyph, name: names[glyph], calc: glyph !== "=" && glyph !== "→" };
}

function glyphOf(kinds: readonly string[], renamed: boolean): Made["glyph"] {
  const how = howOf(kinds);
  if (how === "?") return kinds.includes("window_key") ? "⊟" : "ƒ";
  return how === "=" && renamed ? "→" : how;
}
