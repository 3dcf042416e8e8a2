/** Search parameters of addresses: every value is a text, or a list of texts where one is repeated. */
export type Query = Record<string, string | string[] | undefined>;

/** Reads a query string. Nothing is guessed: "5" stays a text. */
export function parseQuery(text: string): Query {
  const out: Query = {};
  for (const [key, value] of new URLSearchParams(text)) {
    const before = out[key];
    out[key] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
  }
  return out;
}

/** Writes a query string; absent and empty values are left out. */
export function writeQuery(query: Record<string, unknown>): string {
  const out = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== "") out.append(key, String(one));
    }
  }
  const text = out.toString();
  return text && `?${text}`;
}

/** The one value of a parameter; the first if it is repeated. */
export function one(value: unknown): string | undefined {
  const first = Array.isArray(value) ? value[0] : value;
  return typeof first === "string" && first !== "" ? first : undefined;
}

/** All values of a parameter. */
export function many(value: unknown): string[] | undefined {
  const all = (Array.isArray(value) ? value : [value]).filter((v): v is string => typeof v === "string" && v !== "");
  return all.length > 0 ? all : undefined;
}
