/** Why the columns of an asset are not traced. */
export function why(status: string): string {
  const texts: Record<string, string> = {
    no_code: "No code produces it, so its columns come from outside.",
    not_compiled: "The manifest has no compiled code. Run “dbt compile” or “dbt build” and send manifest.json again.",
    not_sql: "Its code is not SQL. It is not read, so nothing is ruled out.",
    failed: "Its code could not be read.",
  };
  return texts[status] ?? "No columns were traced.";
}
