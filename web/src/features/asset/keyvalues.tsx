import { SafeLink, safeHref } from "@/ui/markdown";

/** Values that artifacts have under names of their own. Empty ones are left out. */
export function KeyValues({ title, note, values }: { title: string; note?: string; values: Record<string, unknown> }) {
  const all = Object.entries(values).filter(([, v]) => !blank(v));
  if (all.length === 0) return null;
  return (
    <section className="sect">
      <header>
        <h2>{title}</h2>
        {note && <span className="s t3">{note}</span>}
      </header>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Key</th>
            <th scope="col">Value</th>
          </tr>
        </thead>
        <tbody>
          {all.map(([key, value]) => (
            <tr key={key}>
              <td className="mono any" style={{ width: "26%" }}>
                {key}
              </td>
              <td className="mono any">
                <Value value={value} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Value({ value }: { value: unknown }) {
  if (typeof value === "string") {
    return safeHref(value) && !value.startsWith("#") ? <SafeLink href={value}>{value}</SafeLink> : value;
  }
  const text = JSON.stringify(value, null, 1);
  if (text.length < 80) return JSON.stringify(value);
  return (
    <details>
      <summary>
        {Array.isArray(value) ? `${value.length} values` : `${Object.keys(value as object).length} keys`}
      </summary>
      <pre className="any" style={{ whiteSpace: "pre-wrap" }}>
        {text}
      </pre>
    </details>
  );
}

function blank(v: unknown): boolean {
  return (
    v === null ||
    v === undefined ||
    v === "" ||
    (Array.isArray(v) && v.length === 0) ||
    (typeof v === "object" && !Array.isArray(v) && Object.keys(v as object).length === 0)
  );
}
