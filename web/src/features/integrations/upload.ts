import { Problem } from "@/api/problem";
import type { Project } from "@/lib/artifacts";

/** Sends the artifacts of a project to an integration. Its next sync imports them. */
export async function upload(id: string, project: Project): Promise<void> {
  const form = new FormData();
  for (const { part, file } of project.files) form.append(part, file, file.name);
  let response: Response;
  try {
    response = await fetch(`/api/v1/integration/dbt/${encodeURIComponent(id)}/upload_artifacts`, {
      method: "POST",
      body: form,
    });
  } catch {
    throw Problem.unreachable();
  }
  if (!response.ok) throw Problem.of(response, await response.json().catch(() => undefined));
}
