import { execFileSync } from "node:child_process";
import { test as base, expect } from "@playwright/test";
import { type Server, start } from "./server";

export { expect };

/** Tests with the generated project of THALWEG_BENCH_PROJECT (scripts/benchui.sh makes it) in a schema of its own. */
export const test = base.extend<object, { project: Server & { schema: string } }>({
  project: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the pattern
    async ({}, use) => {
      const server = await start(["demo"]);
      const created = await fetch(`${server.base}/api/v1/schemas`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ name: "generated" }),
      });
      const schema = ((await created.json()) as { data: { id: string } }).data.id;
      const folder = process.env.THALWEG_BENCH_PROJECT ?? "";
      const parts = ["manifest", "catalog", "run_results"].flatMap((kind) => ["-F", `${kind}=@${folder}/${kind}.json`]);
      execFileSync("curl", [
        "-fsS",
        "-F",
        `schema_id=${schema}`,
        ...parts,
        `${server.base}/api/v1/dbt_imports?wait=300`,
      ]);
      await use({ ...server, schema });
      await server.stop();
    },
    { scope: "worker", timeout: 600_000 },
  ],
  baseURL: async ({ project }, use) => use(project.base),
});

// Figures are printed; THALWEG_BENCH_SLACK widens the targets on a machine that is busy.
const slack = Number(process.env.THALWEG_BENCH_SLACK ?? "1");

/** Prints the median of some figures, or another share of them, and compares it with its target. */
export function report(what: string, figures: number[], target: number, share = 0.5): number {
  const sorted = [...figures].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  console.log(
    `${what}: ${value.toFixed(1)}, target ${target} (${figures.length} times, at most ${sorted.at(-1)?.toFixed(1)})`,
  );
  expect.soft(value, what).toBeLessThanOrEqual(target * slack);
  return value;
}
