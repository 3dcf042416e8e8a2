import type { Schemas } from "@/api/client";

/** A step on the way to a column: the column, how it is made, and what joins it there. */
export interface Step {
  id: string;
  node: Schemas["ColumnNode"];
  /** The kinds of each edge into it. */
  kinds: string[][];
  renamed: boolean;
  /** Columns of sources that it reads: they are not steps of their own. */
  reads: Schemas["ColumnNode"][];
  /** How many columns it is made of. */
  from: number;
  /** The branch that it is on: 0 is the main one. */
  branch: number;
  /** The step into which it flows; absent for the column itself. */
  into?: string;
}

interface Lineage {
  nodes: { id: string; attributes: Schemas["ColumnNode"] }[];
  edges: { from: string; to: string; kinds: string[] }[];
}

/**
 * The steps from where a column's data begins to the column, in the order in which they are read: a column comes after
 * everything it is made of. The longest way is the main branch; others join it where columns are combined.
 */
export function stepsTo(self: string, lineage: Lineage): Step[] {
  const nodes = new Map(lineage.nodes.map((n) => [n.id, n.attributes]));
  const into = new Map<string, { from: string; kinds: string[] }[]>();
  for (const e of lineage.edges) {
    if (nodes.get(e.to)?.direction === "downstream" || e.from === e.to) continue;
    into.set(e.to, [...(into.get(e.to) ?? []), e]);
  }
  const length = new Map<string, number>();
  const measure = (id: string, above: Set<string>): number => {
    const known = length.get(id);
    if (known !== undefined) return known;
    if (above.has(id)) return 0; // a cycle
    above.add(id);
    const n = 1 + Math.max(0, ...(into.get(id) ?? []).map((e) => measure(e.from, above)));
    above.delete(id);
    length.set(id, n);
    return n;
  };
  measure(self, new Set());
  const isStep = (id: string) => id === self || (into.get(id) ?? []).length > 0;
  const steps: Step[] = [];
  const done = new Set<string>();
  const visit = (id: string, branch: number): void => {
    if (done.has(id)) return;
    done.add(id);
    const node = nodes.get(id);
    if (!node) return;
    const edges = [...(into.get(id) ?? [])].sort((a, b) => (length.get(b.from) ?? 0) - (length.get(a.from) ?? 0));
    const above = edges.filter((e) => isStep(e.from) && !done.has(e.from));
    above.forEach((e, i) => {
      visit(e.from, i === 0 ? branch : branch + 1);
    });
    const first = edges[0];
    steps.push({
      id,
      node,
      kinds: edges.map((e) => e.kinds),
      renamed: edges.length === 1 && nodes.get(first?.from ?? "")?.column.toLowerCase() !== node.column.toLowerCase(),
      reads: edges.filter((e) => !isStep(e.from)).flatMap((e) => nodes.get(e.from) ?? []),
      from: edges.length,
      branch: Math.min(branch, 2),
    });
  };
  visit(self, 0);
  const at = new Map(steps.map((s, i) => [s.id, i]));
  for (const step of steps) {
    const below = [...into].filter(([to, edges]) => to !== step.id && edges.some((e) => e.from === step.id));
    const later = below.map(([to]) => at.get(to) ?? -1).filter((i) => i > (at.get(step.id) ?? 0));
    if (later.length > 0) step.into = steps[Math.min(...later)]?.id;
  }
  return steps;
}
