import { useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { usePage } from "@/app/crumbs";
import { useScope } from "@/app/scope";
import { one } from "@/app/search";
import { Code } from "@/features/integrations/guides";
import { Failed, Skeleton } from "@/ui/feedback";
import { Field } from "@/ui/field";
import { FilterInput } from "@/ui/filterinput";
import { Markdown } from "@/ui/markdown";
import { addressOf, byTag, type Document, type Entry, type Schema, typeOf } from "./document";
import styles from "./page.module.css";

/** The reference of the API, drawn from the document that the server gives, with a way to try each read. */
export default function Reference() {
  usePage("API");
  const op = one((useSearch({ strict: false }) as Record<string, unknown>).op);
  const [text, setText] = useState("");
  const doc = useQuery({
    queryKey: ["openapi"],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) => {
      const reply = await fetch("/api/v1/openapi.json", { signal });
      if (!reply.ok) throw new Error(`The server answered ${reply.status}.`);
      return (await reply.json()) as Document;
    },
  });
  const groups = doc.data ? [...byTag(doc.data)] : [];
  const all = groups.flatMap(([, entries]) => entries);
  const chosen = all.find((e) => e.operation.operationId === op) ?? all[0];
  const matches = (e: Entry) =>
    `${e.method} ${e.path} ${e.operation.summary ?? ""}`.toLowerCase().includes(text.toLowerCase());
  return (
    <main id="main" className="page" tabIndex={-1}>
      <div className="page-head">
        <div>
          <h1>API</h1>
          <p>
            Every route of this server, from its own <a href="/api/v1/openapi.json">OpenAPI document</a>. Scripts send a
            key as <code>Authorization: Bearer</code>; here your session is used.
          </p>
        </div>
      </div>
      {doc.isError && <Failed error={doc.error} what="The OpenAPI document" retry={doc.refetch} />}
      {doc.isPending && !doc.isError && <Skeleton />}
      {doc.data && (
        <div className={`cols ${styles.cols}`}>
          <nav aria-label="Routes">
            <FilterInput label="Filter routes" value={text} onChange={setText} />
            {groups.map(([tag, entries]) => {
              const shown = entries.filter(matches);
              if (shown.length === 0) return null;
              return (
                <section key={tag} className={styles.group}>
                  <h2>{tag.replaceAll("_", " ")}</h2>
                  <ul>
                    {shown.map((e) => (
                      <li key={e.operation.operationId}>
                        <Link
                          className="plain row"
                          to="/docs"
                          search={{ op: e.operation.operationId } as never}
                          aria-current={e === chosen ? "page" : undefined}
                          resetScroll
                        >
                          <span className={styles.method}>{e.method.toUpperCase()}</span>
                          <span className="cut">{e.operation.summary ?? e.path}</span>
                        </Link>
                      </li>
                    ))}
                  </ul>
                </section>
              );
            })}
          </nav>
          {chosen && <Route key={chosen.operation.operationId} entry={chosen} doc={doc.data} />}
        </div>
      )}
    </main>
  );
}

function Route({ entry, doc }: { entry: Entry; doc: Document }) {
  const o = entry.operation;
  const replies = Object.entries(o.responses);
  const body = Object.entries(o.requestBody?.content ?? {});
  return (
    <article>
      <h2>{o.summary}</h2>
      <p className={`mono any ${styles.path}`}>
        <span className={styles.method}>{entry.method.toUpperCase()}</span> {entry.path}
      </p>
      {o.description && <Markdown text={o.description} />}
      {(o.parameters?.length ?? 0) > 0 && (
        <section className="sect">
          <h3>Parameters</h3>
          <table className="table fold">
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">In</th>
                <th scope="col">Type</th>
                <th scope="col">Means</th>
              </tr>
            </thead>
            <tbody>
              {o.parameters?.map((p) => (
                <tr key={`${p.in}${p.name}`}>
                  <td className="mono">
                    {p.name}
                    {p.required && <span className="t3"> required</span>}
                  </td>
                  <td className="s t2">{p.in}</td>
                  <td className="s t2 any">{typeOf(p.schema)}</td>
                  <td className="s any">{p.description}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {body.map(([media, content]) => (
        <section className="sect" key={media}>
          <header>
            <h3>Body</h3>
            <code className="t3">{media}</code>
          </header>
          <Fields schema={content.schema} doc={doc} />
          {content.example !== undefined && <Code text={pretty(content.example)} label="body" />}
        </section>
      ))}
      {replies.map(([status, reply]) => {
        const content = Object.entries(reply.content ?? {})[0];
        return (
          <section className="sect" key={status}>
            <header>
              <h3>{status === "default" ? "Errors" : status}</h3>
              <span className="s t2">{reply.description}</span>
              {content && <code className="t3">{content[0]}</code>}
            </header>
            {status !== "default" && content?.[1].example !== undefined && (
              <Code text={pretty(content[1].example)} label={`reply ${status}`} />
            )}
          </section>
        );
      })}
      {entry.method === "get" && <TryIt entry={entry} />}
    </article>
  );
}

function Fields({ schema, doc }: { schema: Schema | undefined; doc: Document }) {
  const name = schema?.$ref?.split("/").at(-1);
  const s = name ? doc.components.schemas[name] : schema;
  const fields = Object.entries(s?.properties ?? {});
  if (fields.length === 0) return null;
  return (
    <table className="table fold">
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">Type</th>
          <th scope="col">Means</th>
        </tr>
      </thead>
      <tbody>
        {fields.map(([field, of]) => (
          <tr key={field}>
            <td className="mono">
              {field}
              {s?.required?.includes(field) && <span className="t3"> required</span>}
            </td>
            <td className="s t2 any">{typeOf(of)}</td>
            <td className="s any">{of.description}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface Reply {
  status: number;
  ms: number;
  text: string;
}

const mostShown = 100_000; // characters of a reply

// Reads alone: they change nothing, whatever is entered.
function TryIt({ entry }: { entry: Entry }) {
  const { schema_id } = useScope();
  const parameters = (entry.operation.parameters ?? []).filter((p) => p.in === "path" || p.in === "query");
  const [values, setValues] = useState<Record<string, string>>(() =>
    Object.fromEntries(
      parameters
        .filter((p) => p.required || p.name === "schema_id")
        .map((p) => [p.name, p.name === "schema_id" ? schema_id : String(p.example ?? "")]),
    ),
  );
  const [reply, setReply] = useState<Reply>();
  const address = addressOf(entry, values);
  const send = async (e: FormEvent) => {
    e.preventDefault();
    const began = performance.now();
    try {
      const response = await fetch(address, { headers: { Accept: "application/json" } });
      const text = await response.text();
      setReply({ status: response.status, ms: Math.round(performance.now() - began), text: pretty(text) });
    } catch {
      setReply({ status: 0, ms: 0, text: "The server cannot be reached." });
    }
  };
  return (
    <section className="sect" aria-label="Try it">
      <header>
        <h3>Try it</h3>
      </header>
      <form onSubmit={send}>
        <div className={styles.try}>
          {parameters.map((p) => (
            <Field
              key={p.name}
              label={p.name}
              mono
              optional={!p.required}
              value={values[p.name] ?? ""}
              onChange={(v) => setValues((all) => ({ ...all, [p.name]: v }))}
            />
          ))}
        </div>
        <p className="mono s any formend">{address}</p>
        <button type="submit" className="btn pri formend">
          Send
        </button>
      </form>
      {reply && (
        <div className="formend" role="status">
          <p className="s t2">
            {reply.status} in {reply.ms} ms
          </p>
          <Code text={reply.text.slice(0, mostShown)} label="reply" />
          {reply.text.length > mostShown && <p className="s t3">Cut after {mostShown} characters.</p>}
        </div>
      )}
    </section>
  );
}

function pretty(value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value, null, 2);
  try {
    return JSON.stringify(JSON.parse(value), null, 2);
  } catch {
    return value;
  }
}
