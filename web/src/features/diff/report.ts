import type { Schemas } from "@/api/client";

type Row = Schemas["ResourceAssetDiff"];
type Change = Schemas["FieldDiff"];

/** The name of what a change is of: a column's field, or a field of the asset. */
export function whatOf(c: Change): string {
  const field = c.field?.replaceAll("_", " ");
  return [c.column, field].filter(Boolean).join(", ");
}

/** The changes that can break what reads the tables: gone tables and columns, and other types. */
export function breaking(rows: Row[]): string[] {
  const out: string[] = [];
  for (const { attributes: a } of rows) {
    if (a.state === "removed") out.push(`${a.name} is gone`);
    for (const c of a.changes ?? []) {
      if (c.column && !c.field && c.kind === "removed") out.push(`${a.name} has no column ${c.column} any more`);
      if (c.column && c.field === "type" && c.kind === "updated")
        out.push(`${a.name}.${c.column} is ${c.head}, was ${c.base}`);
    }
  }
  return out;
}

/** The differences as Markdown, for a review. */
export function markdownOf(base: string, head: string, rows: Row[]): string {
  const lines = [`### ${base} → ${head}`, ""];
  for (const b of breaking(rows)) lines.push(`- ⚠️ ${escaped(b)}`);
  for (const { attributes: a } of rows) {
    lines.push(
      `- **${escaped(a.name)}** (${a.kind}): ${a.state}${a.downstream > 0 ? `, ${a.downstream} downstream` : ""}`,
    );
    for (const c of a.changes ?? [])
      lines.push(
        `  - ${escaped(whatOf(c) || c.kind)}: ${c.kind}${c.base || c.head ? `: ${code(c.base)} → ${code(c.head)}` : ""}`,
      );
  }
  return `${lines.join("\n")}\n`;
}

function escaped(text: string): string {
  return text.replace(/[\\`*_[\]<>|#]/g, "\\$&");
}

function code(value: string | null): string {
  if (value == null) return "–";
  const oneLine = value.replace(/\s+/g, " ").slice(0, 200);
  return oneLine.includes("`") ? escaped(oneLine) : `\`${oneLine}\``;
}
