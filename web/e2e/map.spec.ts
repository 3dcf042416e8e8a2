import type { Page } from "@playwright/test";
import { accessible, expect, open, test } from "./fixtures";

interface Group {
  id: string;
  name: string | null;
  title: string;
  assets: number;
  asset: string | null;
}

interface Reply {
  data: { groups: Group[]; edges: { from: string; to: string; weight: number }[] };
  meta: { total_groups: number; total_assets: number };
}

async function map(page: Page, query: string): Promise<Reply> {
  return (await (await page.request.get(`/api/v1/map?schema_id=SCH-101&${query}`)).json()) as Reply;
}

const boxes = (page: Page) => page.locator("[data-box]");

test("the map has the groups and lines that the API has, by each grouping", async ({ page }) => {
  await open(page, "/map");
  for (const by of ["folder", "schema", "package", "tag", "owner"]) {
    if (by !== "folder")
      await page
        .getByRole("group", { name: "Group by" })
        .getByRole("button", { name: by.charAt(0).toUpperCase() + by.slice(1), exact: true })
        .click();
    const { data } = await map(page, `by=${by}`);
    await expect(boxes(page)).toHaveCount(data.groups.length);
    await expect(page.locator("svg.edges path.edge")).toHaveCount(data.edges.length);
    for (const g of data.groups.filter((g) => g.name))
      await expect(page.locator(`[data-head="${g.id}"]`)).toHaveAttribute("title", g.name ?? "");
  }
  await expect(page).toHaveURL(/by=owner/);
});

test("a group expands in place by keyboard, and collapses", async ({ page }) => {
  await open(page, "/map");
  const whole = await map(page, "by=folder");
  const staging = whole.data.groups.find((g) => g.name === "models/staging");
  if (!staging) throw new Error("the shop has no models/staging");
  await page.locator(`[data-head="${staging.id}"]`).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("group", { name: "Selected: staging" })).toContainText("9 models");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/expand=models%2Fstaging/);
  await expect(boxes(page)).toHaveCount(whole.data.groups.length - 1 + staging.assets);
  await expect(page.getByRole("button", { name: "stg_orders, model" })).toBeVisible();
  await accessible(page);
  await page.keyboard.press("Escape");
  await expect(page).not.toHaveURL(/expand=/);
  await expect(boxes(page)).toHaveCount(whole.data.groups.length);
});

test("a table is found on the map, and the table view has the same numbers", async ({ page }) => {
  await open(page, "/map");
  await expect(boxes(page).first()).toBeVisible();
  await page.getByRole("textbox", { name: "Find a table on the map" }).fill("stg_payments");
  await expect(page.getByRole("status").filter({ hasText: "1 match in 1 group" })).toBeVisible();
  await expect(page.locator(".node.on")).toHaveCount(1);
  await accessible(page);
  await page.getByRole("button", { name: "Table" }).click();
  const { data } = await map(page, "by=folder");
  await expect(page.getByRole("row")).toHaveCount(data.groups.length + 1);
  await accessible(page);
});

test("narrow: the map fits its window", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page, "/map");
  await expect(boxes(page).first()).toBeAttached();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await accessible(page);
});
