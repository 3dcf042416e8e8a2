import { accessible, expect, open, test } from "./fixtures";

interface List<T> {
  data: { id: string; attributes: T }[];
  meta: { total: number };
}

test("Today lists what needs somebody, as the API has it", async ({ page, request }) => {
  await open(page, "/");
  const needs = page.locator("section", { has: page.getByRole("heading", { name: "Needs somebody" }) });
  await expect(needs.getByRole("listitem")).toHaveCount(4);
  const failing = (await (await request.get("/api/v1/tests?schema_id=SCH-101&status=fail")).json()) as List<{
    column: string;
  }>;
  await expect(needs.getByRole("listitem").first()).toContainText(failing.data[0]?.attributes.column ?? "");
  await expect(page.getByRole("link", { name: "IMP-2" }).first()).toBeVisible();
  await accessible(page);
});

test("the table of assets filters, sorts and opens by mouse and by keys", async ({ page, request }) => {
  await open(page, "/assets");
  const all = (await (await request.get("/api/v1/assets?schema_id=SCH-101&limit=200")).json()) as List<{
    name: string;
    kind: string;
  }>;
  await expect(page.getByText(`${all.meta.total} assets`, { exact: true })).toBeVisible();
  await accessible(page);
  await page.getByRole("checkbox", { name: /^source/ }).click();
  await expect(page).toHaveURL(/kind=source/);
  const sources = (await (await request.get("/api/v1/assets?schema_id=SCH-101&kind=source")).json()) as List<unknown>;
  await expect(page.getByText(`${sources.meta.total} match`, { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Clear filters" }).click();
  await page.getByRole("searchbox", { name: "Filter by name" }).fill("fct_ref");
  await expect(page.locator("tbody tr")).toHaveCount(1);
  await expect(page).toHaveURL(/q=fct_ref/);
  await page.getByRole("searchbox", { name: "Filter by name" }).fill("no such thing");
  await expect(page.getByRole("heading", { name: "Nothing matches these filters" })).toBeVisible();
  await page.getByRole("button", { name: "Clear filters" }).last().click();
  await page.getByRole("columnheader", { name: "Name" }).getByRole("button").click();
  await expect(page).toHaveURL(/sort=name/);
  const sorted = (await (await request.get("/api/v1/assets?schema_id=SCH-101&sort=name&limit=2")).json()) as List<{
    name: string;
  }>;
  await expect(page.locator("[data-row='0']")).toContainText(sorted.data[0]?.attributes.name ?? "");
  await page
    .getByRole("heading", { name: "Assets" })
    .focus()
    .catch(() => {});
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/n/${sorted.data[1]?.id}`));
});

test("columns of the table are chosen, and the view is a link", async ({ page }) => {
  await open(page, "/assets");
  await page.getByRole("button", { name: "Columns", exact: true }).click();
  await page.getByRole("checkbox", { name: "Package" }).check();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("columnheader", { name: "Package" })).toBeVisible();
  const address = page.url();
  await open(page, address.replace(/^https?:\/\/[^/]+/, ""));
  await expect(page.getByRole("columnheader", { name: "Package" })).toBeVisible();
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "CSV" }).click();
  expect((await download).suggestedFilename()).toBe("assets.csv");
});

test("search marks the column that matches, and narrows by facet", async ({ page }) => {
  await open(page, "/search?q=net%20amount");
  const first = page.locator("[data-row='0']");
  await expect(first.getByRole("link", { name: "net_amount" })).toBeVisible();
  await expect(first.locator("mark").first()).toBeVisible();
  await accessible(page);
  await page.getByRole("checkbox", { name: /^model/ }).click();
  await expect(page).toHaveURL(/kind=model/);
  await first.getByRole("link", { name: "net_amount" }).click();
  await expect(page).toHaveURL(/\/c\/net_amount/);
});

test("tests are listed with the failing ones first", async ({ page, request }) => {
  await open(page, "/tests");
  const list = (await (await request.get("/api/v1/tests?schema_id=SCH-101&sort=status&limit=200")).json()) as List<{
    latest: { class: string; message: string };
  }>;
  await expect(page.getByText(`${list.meta.total} tests`).first()).toBeVisible();
  await expect(page.locator("[data-row='0']")).toContainText(list.data[0]?.attributes.latest.message ?? "");
  await accessible(page);
  await page.getByRole("button", { name: /^\d+ ?warning$/ }).click();
  await expect(page).toHaveURL(/status=warn/);
  await expect(page.locator("tbody tr")).toHaveCount(
    list.data.filter((t) => t.attributes.latest.class === "warn").length,
  );
});

test("freshness shows what is too old", async ({ page }) => {
  await open(page, "/freshness");
  const row = page.getByRole("row", { name: /erp\.stock_levels/ });
  await expect(row).toContainText("too old");
  await expect(row).toContainText("4 d");
  await accessible(page);
});

test("a run shows its critical path, results and failures", async ({ page, request }) => {
  await open(page, "/runs");
  await accessible(page);
  await page.getByRole("link", { name: "RUN-3" }).click();
  const path = (await (await request.get("/api/v1/runs/RUN-3/critical_path")).json()) as {
    data: { attributes: { steps: unknown[] } };
  };
  await expect(
    page.getByText(`${path.data.attributes.steps.length} of 80 nodes decide how long it takes`),
  ).toBeVisible();
  await expect(page.locator(".gantt li")).toHaveCount(80);
  await page.getByRole("button", { name: "Critical only" }).click();
  await expect(page.locator(".gantt li")).toHaveCount(path.data.attributes.steps.length);
  await accessible(page);
  await page.getByRole("link", { name: /^Failures/ }).click();
  await expect(page.getByText("Got 1 result, configured to fail if != 0")).toBeVisible();
  await page.getByRole("link", { name: /^Results/ }).click();
  await expect(page.getByRole("row")).toHaveCount(81);
});

test("changes lead to the difference of two versions, with the code line by line", async ({ page }) => {
  await open(page, "/changes");
  await expect(page.getByText("BIGINT").first()).toBeVisible();
  await accessible(page);
  await page.getByRole("link", { name: "Compare two points" }).click();
  await expect(page.getByText("dim_products.stock_on_hand is BIGINT, was INTEGER")).toBeVisible();
  await page.locator("section", { hasText: "fct_orders" }).getByText("Code", { exact: true }).first().click();
  await expect(page.locator(".diff .a", { hasText: "discount_share" })).toBeVisible();
  await accessible(page);
  await page.getByRole("button", { name: "Swap" }).click();
  await expect(page).toHaveURL(/SCH-101(@|%40)2\.\.\.SCH-101(@|%40)1/);
});

test("problems, coverage and health say what is missing", async ({ page, request }) => {
  await open(page, "/problems");
  await expect(page.getByRole("link", { name: "customer_segments" })).toBeVisible();
  await accessible(page);
  await page.getByRole("searchbox", { name: "Filter by table or code" }).fill("nothing like it");
  await expect(page.getByRole("heading", { name: "Nothing matches these filters" })).toBeVisible();
  const c = (await (await request.get("/api/v1/coverage?schema_id=SCH-101")).json()) as {
    data: { attributes: { tables: { described: number; total: number } } };
  };
  await open(page, "/coverage");
  await expect(page.getByRole("row", { name: /Tables described/ })).toContainText(
    `${c.data.attributes.tables.described} of ${c.data.attributes.tables.total}`,
  );
  await accessible(page);
  await page.getByRole("link", { name: "All tables" }).click();
  await expect(page.getByRole("heading", { name: "Health", exact: true })).toBeVisible();
  await expect(page.getByRole("row", { name: /stock_levels/ }).first()).toContainText("an owner");
  await accessible(page);
});

test("boards fit a telephone", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 800 });
  for (const path of [
    "/",
    "/assets",
    "/search?q=amount",
    "/tests",
    "/freshness",
    "/runs",
    "/runs/RUN-3",
    "/changes",
    "/problems",
    "/coverage",
  ]) {
    await open(page, path);
    await page.waitForLoadState("networkidle");
    expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(390);
  }
});
