import type { Page } from "@playwright/test";
import { open } from "./fixtures";
import { expect, report, test } from "./project";

interface Watched {
  shift: number;
  long: { from: number; ms: number }[];
  seen: number;
}

/** Records what moves, what blocks, and when a selector is first painted. */
async function watchLoad(page: Page, selector: string): Promise<void> {
  await page.addInitScript((selector) => {
    const w = window as unknown as { watched: Watched };
    w.watched = { shift: 0, long: [], seen: 0 };
    new PerformanceObserver((list) => {
      for (const e of list.getEntries() as unknown as { value: number; hadRecentInput: boolean }[])
        if (!e.hadRecentInput) w.watched.shift += e.value;
    }).observe({ type: "layout-shift", buffered: true });
    new PerformanceObserver((list) => {
      for (const e of list.getEntries()) w.watched.long.push({ from: e.startTime, ms: e.duration });
    }).observe({ type: "longtask", buffered: true });
    const look = () => {
      if (document.querySelector(selector)) {
        requestAnimationFrame(() =>
          setTimeout(() => {
            w.watched.seen = performance.now();
          }),
        );
      } else requestAnimationFrame(look);
    };
    look();
  }, selector);
}

async function watched(page: Page): Promise<Watched> {
  await page.waitForFunction(() => (window as unknown as { watched: Watched }).watched.seen > 0);
  await page.waitForLoadState("networkidle");
  return page.evaluate(() => (window as unknown as { watched: Watched }).watched);
}

async function models(page: Page, schema: string): Promise<{ id: string; name: string }[]> {
  const reply = await page.request.get(`/api/v1/assets?schema_id=${schema}&kind=model&sort=-downstream&limit=40`);
  const { data } = (await reply.json()) as { data: { id: string; attributes: { name: string } }[] };
  return data.map((a) => ({ id: a.id, name: a.attributes.name }));
}

/** Runs something in the page and returns how long it takes until a selector, or a text of one, is painted. */
function until(page: Page, click: string, selector: string, text?: string): Promise<number> {
  return page.evaluate(
    ([click, selector, text]) =>
      new Promise<number>((done) => {
        const target = document.querySelector<HTMLElement>(click as string);
        const from = performance.now();
        target?.click();
        const look = () => {
          const found = [...document.querySelectorAll(selector as string)];
          if (found.some((e) => text === undefined || e.textContent === text))
            requestAnimationFrame(() => setTimeout(() => done(performance.now() - from)));
          else requestAnimationFrame(look);
        };
        look();
      }),
    [click, selector, text] as const,
  );
}

test("asset page: first useful paint, shift, long tasks, the next page by click", async ({ page, project }) => {
  const some = await models(page, project.schema);
  await watchLoad(page, 'main table a[href*="/c/"]');
  const paints: number[] = [];
  const shifts: number[] = [];
  const long: number[] = [0];
  for (const { id } of some.slice(0, 6)) {
    await page.goto(`/n/${id}?schema=${project.schema}`);
    const seen = await watched(page);
    paints.push(seen.seen);
    shifts.push(seen.shift);
    long.push(...seen.long.filter((l) => l.from > seen.seen).map((l) => l.ms));
  }
  report("asset page, first useful paint", paints.slice(1), 700);
  report(
    "asset page, layout shift in thousandths",
    shifts.map((s) => 1000 * s),
    20,
    0.99,
  );
  report("asset page, longest task after load", long, 100, 0.99);
  const clicks: number[] = [];
  for (let i = 0; i < 8; i++) {
    const link = page.locator('aside[aria-label="Flow and facts"] .flow a[href*="/n/TBL-"]').first();
    await link.hover(); // which is how a mouse gets there: the page's code is fetched then
    const name = (await link.textContent()) ?? "";
    clicks.push(await until(page, 'aside[aria-label="Flow and facts"] .flow a[href*="/n/TBL-"]', "h1", name));
    await page.waitForLoadState("networkidle");
  }
  report("next asset page by click", clicks.slice(1), 150);
});

test("search: keystroke to hits", async ({ page, project }) => {
  const [first] = await models(page, project.schema);
  await open(page, `/?schema=${project.schema}`);
  await page.keyboard.press("Control+K");
  await expect(page.getByRole("dialog")).toBeVisible();
  const strokes: number[] = [];
  const name = (first?.name ?? "").slice(0, 10);
  for (let n = 3; n <= name.length; n++) {
    strokes.push(
      await page.evaluate(
        (text) =>
          new Promise<number>((done) => {
            const input = document.querySelector<HTMLInputElement>("dialog input, [role=dialog] input");
            Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(input, text);
            const from = performance.now();
            input?.dispatchEvent(new Event("input", { bubbles: true }));
            // The hits are drawn in the frame after their reply.
            const look = () => {
              const replies = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
              const asked = (url: string) => new URL(url).searchParams.get("q") === text;
              if (replies.some((r) => r.name.includes("/api/v1/search?") && asked(r.name) && r.responseEnd > 0))
                requestAnimationFrame(() =>
                  requestAnimationFrame(() => setTimeout(() => done(performance.now() - from))),
                );
              else requestAnimationFrame(look);
            };
            look();
          }),
        name.slice(0, n).toLowerCase(),
      ),
    );
  }
  report("search, keystroke to hits", strokes.slice(1), 80);
});

test("table of assets: first rows and scroll", async ({ page, project }) => {
  const reply = await page.request.get(`/api/v1/assets?schema_id=${project.schema}&limit=1`);
  const { total } = ((await reply.json()) as { meta: { total: number } }).meta;
  const firsts: number[] = [];
  for (let i = 0; i < 4; i++) {
    await open(page, `/coverage?schema=${project.schema}`);
    await page.waitForLoadState("networkidle");
    firsts.push(await until(page, 'nav[aria-label="Main"] a[href^="/assets"]', '[data-row="0"]'));
  }
  report(`table of ${total} assets, first rows`, firsts, 300);
  // As fast as a hand turns a wheel; a frame is blank where no row is at the middle of the window.
  const blank = await page.evaluate(async () => {
    let blank = 0;
    for (let i = 0; i < 240; i++) {
      window.scrollBy(0, 120);
      await new Promise((r) => requestAnimationFrame(() => setTimeout(r)));
      const at = document.elementFromPoint(innerWidth / 2, innerHeight / 2);
      if (!at?.closest("[data-row]")) blank++;
    }
    return blank;
  });
  const read = Number(await page.locator("[data-row]").last().getAttribute("data-row"));
  console.log(`table of assets, scroll to row ${read}: ${blank} of 240 frames without rows, target 0`);
  expect.soft(blank).toBe(0);
  expect(read).toBeGreaterThan(500);
});
