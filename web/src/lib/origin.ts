/** Who reported a value, in words for people. */
export interface Source {
  kind: "dbt" | "crawl" | "user";
  name: string;
}

/** Reads an origin of the API: `dbt:<project>`, `crawl:<integration>`, `user:<name>`. */
export function sourceOf(origin: string): Source {
  const at = origin.indexOf(":");
  const kind = origin.slice(0, at);
  const name = origin.slice(at + 1);
  if (kind === "user") return { kind: "user", name };
  if (kind === "crawl") return { kind: "crawl", name };
  return { kind: "dbt", name };
}

/** The short text of a source beside a value: "dbt", "warehouse", the person's name. */
export function sourceName(source: Source): string {
  return source.kind === "dbt" ? "dbt" : source.kind === "crawl" ? "warehouse" : source.name;
}
