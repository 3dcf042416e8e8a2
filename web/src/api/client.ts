import createClient from "openapi-fetch";
import { Problem } from "./problem";
import type { components, paths } from "./schema";

/** The resources of the API, by the names of the OpenAPI document. */
export type Schemas = components["schemas"];

/** Routes of the server, typed by its OpenAPI document. Requests carry the session's cookie; those of pages elsewhere do not. */
export const api = createClient<paths>({ baseUrl: "", credentials: "same-origin" });

/** What a call of `api` resolves to. */
export interface Reply<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** Returns a reply's document, or throws a Problem. A server that cannot be reached is a Problem too, with status 0. */
export async function read<T>(call: Promise<Reply<T>>): Promise<T> {
  return (await readReply(call)).document;
}

/** A document with the tag that a later change of it sends as If-Match. */
export interface Tagged<T> {
  document: T;
  etag: string | null;
}

/** Like read, with the document's ETag. */
export async function readReply<T>(call: Promise<Reply<T>>): Promise<Tagged<T>> {
  let reply: Reply<T>;
  try {
    reply = await call;
  } catch (err) {
    if (err instanceof DOMException && err.name === "AbortError") throw err;
    throw Problem.unreachable();
  }
  if (!reply.response.ok) throw Problem.of(reply.response, reply.error);
  return { document: reply.data as T, etag: reply.response.headers.get("ETag") };
}
