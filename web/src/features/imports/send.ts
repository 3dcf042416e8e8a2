import type { Schemas } from "@/api/client";
import { Problem } from "@/api/problem";
import type { Project } from "@/lib/artifacts";

/** Sends the artifacts of a project as one import, and reports the bytes sent. XMLHttpRequest is what reports them. */
export function send(
  schema: string,
  project: Project,
  onProgress: (sent: number, total: number) => void,
  signal: AbortSignal,
): Promise<Schemas["ImportDocument"]> {
  const form = new FormData();
  form.append("schema_id", schema);
  for (const { part, file } of project.files) form.append(part, file, file.name);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/api/v1/dbt_imports");
    request.setRequestHeader("Idempotency-Key", crypto.randomUUID());
    request.responseType = "text";
    request.upload.onprogress = (e) => e.lengthComputable && onProgress(e.loaded, e.total);
    request.onerror = () => reject(Problem.unreachable());
    request.onabort = () => reject(new DOMException("canceled", "AbortError"));
    request.onload = () => {
      const body = parsed(request.responseText);
      if (request.status >= 200 && request.status < 300) resolve(body as Schemas["ImportDocument"]);
      else reject(Problem.of(new Response(null, { status: request.status }), body));
    };
    signal.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
