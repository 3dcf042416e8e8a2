/** A table that code may name. */
export interface Named {
  id: string;
  name: string;
  unique_id?: string | null;
  relation?: { database: string | null; schema: string | null; identifier: string } | null;
}

const plain = (name: string) => name.replace(/^["'`[]|["'`\]]$/g, "").toLowerCase();

/**
 * Finds the table that a dotted name in compiled code means, among those that the code reads: by its last part, and by
 * those before it as far as they are written. An ephemeral model is there as the CTE that dbt makes of it.
 */
export function tableOf(dotted: string[], tables: Named[]): Named | undefined {
  const parts = dotted.map(plain);
  const last = parts.at(-1) ?? "";
  return tables.find((t) => {
    if (parts.length === 1 && last === `__dbt__cte__${t.name}`.toLowerCase()) return true;
    if (!t.relation || t.relation.identifier.toLowerCase() !== last) return false;
    const whole = [t.relation.database, t.relation.schema, t.relation.identifier];
    return parts.every((p, i) => {
      const other = whole[whole.length - parts.length + i];
      return other == null || other.toLowerCase() === p;
    });
  });
}

/** Finds the table that Jinja refers to: `{{ ref("orders") }}`, `{{ source("landing", "orders") }}`. */
export function referredBy(template: string, tables: Named[]): Named | undefined {
  const source = /\bsource\(\s*["']([^"']+)["']\s*,\s*["']([^"']+)["']/.exec(template);
  if (source) {
    return tables.find((t) => t.unique_id?.startsWith("source.") && t.unique_id.endsWith(`.${source[1]}.${source[2]}`));
  }
  const ref = /\bref\(\s*["']([^"']+)["']\s*(?:,\s*["']([^"']+)["'])?/.exec(template);
  if (!ref) return undefined;
  const name = ref[2] ?? ref[1] ?? "";
  const version = /\bv(?:ersion)?\s*=\s*["']?([\w.]+)/.exec(template)?.[1];
  const fits = (t: Named) => {
    const rest = t.unique_id?.split(".").slice(2).join(".");
    return (
      t.unique_id && !t.unique_id.startsWith("source.") && (version ? rest === `${name}.v${version}` : rest === name)
    );
  };
  return tables.find(fits) ?? tables.find((t) => !version && t.unique_id?.split(".")[2] === name);
}
