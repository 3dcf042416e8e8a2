import type { components } from "./schema";

type Body = components["schemas"]["Problem"];
type Candidate = components["schemas"]["Candidate"];
type FieldError = components["schemas"]["FieldError"];

/** An error reply of the API (problem+json), or a server that cannot be reached (status 0). */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail?: string;
  readonly requestId?: string;
  readonly errors: FieldError[];
  readonly candidates: Candidate[];

  constructor(body: Pick<Body, "status" | "code" | "title"> & Partial<Body>) {
    super(body.detail || body.title);
    this.name = "Problem";
    this.status = body.status;
    this.code = body.code;
    this.title = body.title;
    this.detail = body.detail;
    this.requestId = body.request_id;
    this.errors = body.errors ?? (body.field ? [{ field: body.field, detail: body.detail ?? body.title }] : []);
    this.candidates = body.candidates ?? [];
  }

  /** The problem that a reply carries. A reply of something else, such as a proxy, becomes one by its status. */
  static of(response: Response, body: unknown): Problem {
    const carried = typeof body === "object" && body !== null && "code" in body ? (body as Body) : undefined;
    if (carried) return new Problem({ ...carried, status: response.status });
    return new Problem({
      status: response.status,
      code: `http-${response.status}`,
      title: `The server answered ${response.status}`,
      request_id: response.headers.get("X-Request-Id") ?? undefined,
    });
  }

  /** The server could not be reached. */
  static unreachable(): Problem {
    return new Problem({
      status: 0,
      code: "unreachable",
      title: "The server cannot be reached",
      detail: "It may be restarting, or the connection is down.",
    });
  }

  /** Reports whether the session has ended or there is none. */
  get signedOut(): boolean {
    return this.status === 401;
  }

  /** Reports whether trying again later may help. */
  get temporary(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 502;
  }

  /** The message for a field of a form, if the server refused it. */
  field(name: string): string | undefined {
    return this.errors.find((e) => e.field === name)?.detail;
  }
}
