/** The part of an OpenAPI document that the reference shows. */
export interface Document {
  info: { title: string; version: string; description?: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

/** A request of the API. */
export interface Operation {
  operationId: string;
  summary?: string;
  description?: string;
  tags?: string[];
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema?: Schema; example?: unknown }> };
  responses: Record<string, { description?: string; content?: Record<string, { schema?: Schema; example?: unknown }> }>;
  security?: Record<string, string[]>[];
}

/** A parameter of a request. */
export interface Parameter {
  name: string;
  in: "query" | "path" | "header" | "cookie";
  required?: boolean;
  description?: string;
  example?: unknown;
  schema?: Schema;
}

/** A JSON Schema, as far as it is shown. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  format?: string;
  default?: unknown;
}

/** A request with its method and path. */
export interface Entry {
  method: string;
  path: string;
  operation: Operation;
}

const methods = ["get", "post", "patch", "put", "delete"];

/** The requests of a document by their tags, each in the order of the document. */
export function byTag(doc: Document): Map<string, Entry[]> {
  const out = new Map<string, Entry[]>();
  for (const [path, item] of Object.entries(doc.paths)) {
    for (const method of methods) {
      const operation = item[method];
      if (!operation) continue;
      const tag = operation.tags?.[0] ?? "other";
      out.set(tag, [...(out.get(tag) ?? []), { method, path, operation }]);
    }
  }
  return out;
}

/** A schema in a word: "string", "list of Asset", "model | source". */
export function typeOf(s: Schema | undefined): string {
  if (!s) return "";
  if (s.$ref) return s.$ref.split("/").at(-1) ?? "";
  if (s.enum) return s.enum.map(String).join(" | ");
  if (s.anyOf) return s.anyOf.map(typeOf).join(" | ");
  if (s.items) return `list of ${typeOf(s.items)}`;
  const types = Array.isArray(s.type) ? s.type.join(" | ") : (s.type ?? "");
  return s.format && s.format !== "int64" && s.format !== "double" ? `${types} (${s.format})` : types;
}

/** The address of a request with its parameters filled in; parameters of the path that are empty stay as they are. */
export function addressOf(entry: Entry, values: Record<string, string>): string {
  let path = entry.path;
  const query = new URLSearchParams();
  for (const p of entry.operation.parameters ?? []) {
    const value = values[p.name] ?? "";
    if (value === "") continue;
    if (p.in === "path") path = path.replace(`{${p.name}}`, encodeURIComponent(value));
    if (p.in === "query") query.set(p.name, value);
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}
