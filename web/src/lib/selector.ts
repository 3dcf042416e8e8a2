/** One term of a dbt selector: what it names, and how many steps of parents and children; Infinity is all of them. */
export interface Term {
  core: string;
  up: number;
  down: number;
}

/** The terms of a selector that is a plain union; undefined if it has intersections or families. */
export function termsOf(select: string): Term[] | undefined {
  const terms: Term[] = [];
  for (const part of select.trim().split(/\s+/).filter(Boolean)) {
    const found = /^(?:(\d*)(\+))?(.+?)(?:(\+)(\d*))?$/.exec(part);
    if (!found?.[3] || /[,@+]/.test(found[3])) return undefined;
    terms.push({ core: found[3], up: steps(found[2], found[1]), down: steps(found[4], found[5]) });
  }
  return terms;
}

function steps(plus: string | undefined, number: string | undefined): number {
  if (!plus) return 0;
  return number ? Number(number) : Number.POSITIVE_INFINITY;
}

/** The text of terms: "2+fct_orders+1". */
export function selectorOf(terms: Term[]): string {
  return terms
    .map(({ core, up, down }) => `${up ? `${number(up)}+` : ""}${core}${down ? `+${number(down)}` : ""}`)
    .join(" ");
}

function number(steps: number): string {
  return Number.isFinite(steps) ? String(steps) : "";
}

/**
 * A selector with so many more steps from one of its names, or fewer. A name that it does not have is added; the first
 * one stays even without steps. Selectors that are no plain union get a further term, and lose none.
 */
export function stepped(select: string, core: string, side: "up" | "down", by: number): string {
  const terms = termsOf(select);
  if (!terms) return by > 0 ? `${select} ${selectorOf([{ core, up: 0, down: 0, [side]: by }])}` : select;
  const at = terms.findIndex((t) => t.core === core);
  if (at < 0) return by > 0 ? selectorOf([...terms, { core, up: 0, down: 0, [side]: by }]) : select;
  const changed = terms.map((t, i) => (i === at ? { ...t, [side]: Math.max(0, t[side] + by) } : t));
  return selectorOf(changed.filter((t, i) => i === 0 || t.up > 0 || t.down > 0));
}

interface Named {
  name: string;
  kind: string;
  unique_id: string | null;
}

const byMethod = ["exposure", "metric", "semantic_model", "saved_query", "unit_test"];

/** How a selector names a node, as `dbt ls --select` understands it. */
export function coreOf(node: Named): string {
  const parts = node.unique_id?.split(".") ?? [];
  const [type = "", , ...rest] = parts;
  if (type === "source" && rest.length >= 2) return `source:${rest[0]}.${rest.slice(1).join("?")}`;
  if (byMethod.includes(type)) return `${type}:${rest.at(-1) ?? node.name}`;
  return plain(rest.length > 0 ? rest.join(".") : node.name);
}

// What has a meaning in selectors stands for any letter.
function plain(name: string): string {
  return name.replace(/[\s,+@]/g, "?");
}

/** Reports whether a name in a selector is that of a node. */
export function isNamed(core: string, node: Named): boolean {
  return core === coreOf(node) || core === node.name || core === node.unique_id || core.endsWith(`.${node.name}`);
}
