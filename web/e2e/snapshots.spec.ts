import type { Page } from "@playwright/test";
import { expect, open, test } from "./fixtures";

// Ten pages as they look. What depends on when the demo was imported is masked; a tolerance lets another patch of the
// browser draw letters a little differently. `npx playwright test e2e/snapshots.spec.ts -u` takes them again: look at
// them before they are committed. Fonts are those of fonts-dejavu-core, which scripts/setup.sh installs, whatever other
// ones a machine has.
const pages: [name: string, path: string, ready: (page: Page) => Promise<void>][] = [
  ["home", "/", (page) => shown(page, "Needs somebody")],
  ["search", "/search?q=amount", (page) => expect(page.getByText(/^\d+ assets, in/)).toBeVisible()],
  ["assets", "/assets", (page) => expect(page.locator("[data-row='10']")).toBeVisible()],
  ["asset", "/n/model.shop.fct_orders", (page) => expect(page.getByText("net_amount").first()).toBeVisible()],
  ["code", "/n/model.shop.fct_orders?tab=code", (page) => expect(page.locator(".code .sk").first()).toBeVisible()],
  ["column", "/n/model.shop.fct_orders/c/net_amount", (page) => shown(page, "What a change reaches")],
  [
    "lineage",
    "/lineage?select=2%2Bfct_orders%2B1&columns=net_amount",
    (page) => expect(page.locator("path.edge.on").first()).toBeAttached(),
  ],
  ["map", "/map", (page) => expect(page.locator("[data-box]").first()).toBeVisible()],
  ["tests", "/tests", (page) => expect(page.locator("[data-row='10']")).toBeVisible()],
  ["run", "/runs/RUN-3", (page) => shown(page, "Critical path")],
];

test.use({ own: "snapshots", timezoneId: "UTC", locale: "en-GB" });

for (const [name, path, ready] of pages) {
  test(`${name} looks as it did`, async ({ page }) => {
    await page.clock.setFixedTime(new Date("2026-11-09T12:00:00Z"));
    await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
    await open(page, path);
    await page.evaluate(() => {
      document.documentElement.style.setProperty("--sans", '"DejaVu Sans"');
      document.documentElement.style.setProperty("--mono", '"DejaVu Sans Mono"');
    });
    await ready(page);
    await page.waitForLoadState("networkidle");
    await page.evaluate(() => document.fonts.ready);
    await expect(page).toHaveScreenshot(`${name}.png`, {
      animations: "disabled",
      caret: "hide",
      mask: [page.locator("time"), page.getByText(/ in \d+ ms$/), page.locator(".asof")],
      maxDiffPixelRatio: 0.015,
      threshold: 0.25,
    });
  });
}

async function shown(page: Page, heading: string): Promise<void> {
  await expect(page.getByRole("heading", { name: heading })).toBeVisible();
}
