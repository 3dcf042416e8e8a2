import { accessible, expect, open, test } from "./fixtures";

test("the table of assets goes on page by page, and an error waits for the user", async ({ page, request }) => {
  const all = await (await request.get("/api/v1/assets?schema_id=SCH-101&limit=200")).json();
  // Pages as small as those of a large catalog are for it: the cursor of the first has to fit the second.
  let broken = true;
  let refused = 0;
  await page.route("**/api/v1/assets?**", async (route) => {
    const url = new URL(route.request().url());
    url.searchParams.set("limit", "20");
    if (url.searchParams.has("cursor") && broken) {
      refused++;
      await route.fulfill({ status: 503, json: { title: "Busy", status: 503, code: "busy" } });
    } else await route.continue({ url: url.toString() });
  });
  await open(page, "/assets");
  await expect(page.getByText(`20 of ${all.meta.total} assets`)).toBeVisible();
  await expect(page.getByRole("alert")).toContainText("could not be loaded");
  // The page tries a request again, but does not go on for ever.
  expect(refused).toBeLessThan(6);
  broken = false;
  await page.getByRole("button", { name: "Show more" }).click();
  await expect(page.getByText(`${all.meta.total} of ${all.meta.total} assets`)).toBeVisible();
  await expect(page.getByText("could not be loaded")).toBeHidden();
});

test("the table of assets is sorted by what is downstream, the most first", async ({ page, request }) => {
  const list = await (await request.get("/api/v1/assets?schema_id=SCH-101&sort=-downstream&limit=5")).json();
  await open(page, "/assets");
  await page.getByRole("button", { name: "Out", exact: true }).click();
  await expect(page).toHaveURL(/sort=-downstream/);
  await expect(page.getByRole("columnheader", { name: /^Out/ })).toHaveAttribute("aria-sort", "descending");
  await expect(page.locator("tbody tr[data-row='0'] a").first()).toHaveText(list.data[0].attributes.name);
  await page.getByRole("button", { name: /^Out/ }).click();
  await expect(page).toHaveURL(/sort=downstream/);
});

test("a hit lists every column that matches", async ({ page, request }) => {
  const found = await (await request.get("/api/v1/search?q=fct_orders%20amount&limit=1")).json();
  const [hit] = found.data;
  expect(hit.columns.length).toBeGreaterThan(3);
  await open(page, "/search?q=fct_orders%20amount");
  const columns = page.getByRole("list", { name: "Columns that match" }).first();
  await expect(columns.getByRole("link")).toHaveText(hit.columns.map((c: { name: string }) => c.name));
  await expect(columns).toContainText(hit.columns[0].type);
  await expect(columns.locator("mark").first()).toHaveText("amount");
  await accessible(page);
});

test("changes of lineage name tables", async ({ page }) => {
  for (const path of [
    "/changes",
    "/diff/SCH-101@1...SCH-101@2",
    "/imports/IMP-2",
    "/n/model.shop.fct_orders?tab=changes",
  ]) {
    await open(page, path);
    await expect(page.getByText(/stg_orders\.discount_amount \(transform\)/).first()).toBeVisible();
  }
});

test("no page is wider than a phone", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 800 });
  for (const path of [
    "/coverage",
    "/health",
    "/problems",
    "/imports/IMP-2",
    "/diff/SCH-101@1...SCH-101@2",
    "/n/exposure.shop.weekly_trading?tab=lineage",
    "/n/model.shop.fct_orders/c/net_amount",
    "/integrations/new/dbt_core",
  ]) {
    await open(page, path);
    await page.waitForLoadState("networkidle");
    expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(390);
  }
});
