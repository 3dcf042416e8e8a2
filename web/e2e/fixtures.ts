import AxeBuilder from "@axe-core/playwright";
import { test as base, expect, type Page } from "@playwright/test";
import { type Server, start } from "./server";

interface Violations {
  csp: string[];
  elsewhere: string[];
  errors: string[];
}

/**
 * Tests with the demo's server, one per worker. Every test fails at the end if a page broke its content security
 * policy, asked another host for something, or threw an error.
 */
export const test = base.extend<{ seen: Violations; themed: "light" | "dark" }, { own: string; demo: Server }>({
  // Files of tests that change the catalog name themselves here, and get a server of their own.
  own: ["", { scope: "worker", option: true }],
  demo: [
    async ({ own: _ }, use) => {
      const server = await start(["demo"]);
      await ready(server.base);
      await use(server);
      await server.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  baseURL: async ({ demo }, use) => use(demo.base),
  themed: ["light", { option: true }],
  seen: [
    async ({ page, baseURL }, use) => {
      const seen = await watch(page, baseURL ?? "");
      await use(seen);
      expect(seen).toEqual({ csp: [], elsewhere: [], errors: [] });
    },
    { auto: true },
  ],
});

export { expect };

/** Records what a page must never do. */
export async function watch(page: Page, base: string): Promise<Violations> {
  const seen: Violations = { csp: [], elsewhere: [], errors: [] };
  await page.exposeFunction("reportViolation", (text: string) => seen.csp.push(text));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (e) => {
      (window as unknown as { reportViolation: (text: string) => void }).reportViolation(
        `${e.violatedDirective} ${e.blockedURI} ${e.sample}`,
      );
    });
  });
  page.on("request", (r) => {
    if (!r.url().startsWith(base) && !r.url().startsWith("data:") && !r.url().startsWith("blob:"))
      seen.elsewhere.push(r.url());
  });
  page.on("pageerror", (e) => seen.errors.push(e.message));
  return seen;
}

// The demo imports two states of its shop after it listens.
async function ready(server: string): Promise<void> {
  const until = Date.now() + 60_000;
  while (Date.now() < until) {
    const reply = await fetch(`${server}/api/v1/schemas/SCH-101`);
    if (
      reply.ok &&
      ((await reply.json()) as { data: { attributes: { version: number } } }).data.attributes.version >= 2
    )
      return;
    await new Promise((r) => setTimeout(r, 100));
  }
  throw new Error("the demo's imports did not end");
}

/** Opens a page of the UI and waits until it is drawn: keys pressed before that are lost. */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await expect(page.locator("#main")).toBeAttached();
}

/** Fails on any violation of WCAG 2.2 A and AA, in both themes. */
export async function accessible(page: Page): Promise<void> {
  // Scrolled, the sticky bar would cover a part of a button.
  await page.evaluate(() => window.scrollTo(0, 0));
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const found = await new AxeBuilder({ page })
      .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
      .analyze();
    const readable = found.violations.map(
      (v) =>
        `${colorScheme} ${v.id}: ${v.nodes.map((n) => `${n.html.slice(0, 200)} ${n.any[0]?.message ?? ""}`).join("\n")}`,
    );
    expect(readable).toEqual([]);
  }
}
