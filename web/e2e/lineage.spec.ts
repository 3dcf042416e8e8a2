import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { accessible, expect, open, test } from "./fixtures";

const about = "/lineage?select=1%2Bfct_orders%2B1";

interface Reply {
  data: {
    nodes: { id: string; attributes: { name: string; status: string | null } }[];
    edges: { from: string; to: string }[];
  };
  meta: { total_nodes: number };
}

async function graph(page: Page, select: string): Promise<Reply> {
  const reply = await page.request.get(
    `/api/v1/lineage?schema_id=SCH-101&layout=true&select=${encodeURIComponent(select)}`,
  );
  return (await reply.json()) as Reply;
}

function boxes(page: Page) {
  return page.locator("[data-box]");
}

function head(page: Page, name: string) {
  return page.getByRole("button", { name: new RegExp(`^${name}, `) });
}

test("the graph has the boxes and lines that the API has, and the outline the same", async ({ page }) => {
  await open(page, about);
  const { data } = await graph(page, "1+fct_orders+1");
  await expect(boxes(page)).toHaveCount(data.nodes.length);
  for (const n of data.nodes)
    await expect(page.locator(`[data-head="${n.id}"]`)).toHaveAttribute("title", n.attributes.name);
  await expect(page.locator("svg.edges path.edge")).toHaveCount(data.edges.length);
  const outline = page.getByRole("treegrid", { name: "Outline" });
  for (const n of data.nodes)
    await expect(outline.getByRole("row", { name: n.attributes.name }).first()).toBeAttached();
  const failing = data.nodes.filter((n) => ["error", "fail", "stale", "warn"].includes(n.attributes.status ?? ""));
  expect(failing.length).toBeGreaterThan(0);
  await expect(page.locator("[data-box] svg.sti")).toHaveCount(failing.length);
  await accessible(page);
});

test("steps are added and taken by button and by key, and the selector is in the address", async ({ page }) => {
  await open(page, about);
  await page.getByRole("button", { name: "One step more up" }).click();
  await expect(page).toHaveURL(/select=2%2Bfct_orders%2B1/);
  const two = await graph(page, "2+fct_orders+1");
  await expect(boxes(page)).toHaveCount(two.data.nodes.length);
  await page.keyboard.press("Shift+U");
  await expect(page).toHaveURL(/select=1%2Bfct_orders%2B1/);
  await page.keyboard.press("d");
  await expect(page).toHaveURL(/select=1%2Bfct_orders%2B2/);
  await page.keyboard.press("Shift+D");
  await expect(page).toHaveURL(/select=1%2Bfct_orders%2B1/);
  await page.getByRole("button", { name: /^\+1 upstream of stg_orders/ }).click();
  await expect(page).toHaveURL(/select=1%2Bfct_orders%2B1\+1%2Bstg_orders/);
  await expect(page.getByRole("textbox", { name: "dbt selector" })).toHaveValue("1+fct_orders+1 1+stg_orders");
  await page.goBack();
  await expect(page).toHaveURL(/select=1%2Bfct_orders%2B1(&|$)/);
});

test("a column is traced by keyboard alone, inside its boxes", async ({ page }) => {
  await open(page, about);
  await expect(boxes(page).first()).toBeVisible();
  await page.keyboard.press("c");
  const dialog = page.getByRole("dialog", { name: "Trace a column of fct_orders" });
  await expect(dialog.getByRole("textbox")).toBeFocused();
  await page.keyboard.type("net_am");
  await expect(dialog.getByRole("button", { name: /net_amount/ })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/columns=net_amount/);
  const row = page.locator("[data-box] li", { hasText: "line_amount" });
  await expect(row).toBeVisible();
  const reply = await page.request.get("/api/v1/assets/by-unique-id?schema_id=SCH-101&unique_id=model.shop.fct_orders");
  const { id } = ((await reply.json()) as { data: { id: string } }).data;
  const traced = (await (await page.request.get(`/api/v1/assets/${id}/columns/net_amount/lineage`)).json()) as {
    data: { edges: { from: string; to: string }[]; nodes: { attributes: { asset: string } }[] };
  };
  const drawn = new Set((await graph(page, "1+fct_orders+1")).data.nodes.map((n) => n.id));
  const steps = traced.data.edges.filter(
    (e) => drawn.has(e.from.split(".")[0] ?? "") && drawn.has(e.to.split(".")[0] ?? ""),
  );
  await expect(page.getByRole("status").filter({ hasText: "column steps" })).toContainText(
    `${steps.length} column steps`,
  );
  await accessible(page);
  await page.getByRole("button", { name: "Table" }).click();
  await expect(page.getByRole("row")).toHaveCount(traced.data.edges.length + 1);
  await accessible(page);
  await page.getByRole("button", { name: "Graph" }).click();
  await page.getByRole("button", { name: "Stop tracing net_amount" }).click();
  await expect(page).not.toHaveURL(/columns=/);
});

test("filters of edges and rows are in the address", async ({ page }) => {
  await open(page, "/lineage?select=2%2Bfct_orders%2B1&columns=net_amount");
  await expect(page.locator("path.edge.on").first()).toBeAttached();
  await page.getByRole("button", { name: "Rows: off" }).click();
  await expect(page).toHaveURL(/rows=on/);
  await expect(page.locator("[class*=world] path.edge.rows").first()).toBeAttached();
  await page.getByRole("button", { name: "Edges: all" }).click();
  await page.getByRole("menuitem", { name: "Values passed on" }).click();
  await expect(page).toHaveURL(/kinds=identity/);
  await page.getByRole("button", { name: "Kinds: all" }).click();
  await page.getByRole("menuitem", { name: "Models only" }).click();
  await expect(page).toHaveURL(/kind=model/);
  await expect(page.getByRole("button", { name: /weekly_trading, exposure/ })).toHaveCount(0);
});

test("arrows walk through boxes, Enter shows the path, Escape leaves it", async ({ page }) => {
  await open(page, about);
  await expect(head(page, "fct_orders")).toBeVisible();
  await page.keyboard.press("ArrowRight");
  await expect(head(page, "fct_orders")).toBeFocused();
  await page.keyboard.press("ArrowRight");
  const at = await page.evaluate(() => document.activeElement?.getAttribute("title"));
  expect(["dim_customers", "orders", "fct_daily_revenue", "fct_refunds"]).toContain(at?.replace(".v2", ""));
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/box=/);
  await expect(page.locator("path.edge.on").first()).toBeAttached();
  await expect(page.getByRole("group", { name: /^Selected: / })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page).not.toHaveURL(/box=/);
});

test("the outline is walked by keys and opens what it names", async ({ page }) => {
  await open(page, about);
  const outline = page.getByRole("treegrid", { name: "Outline" });
  const rows = outline.getByRole("row");
  await expect(rows.first()).toBeVisible();
  await rows.first().focus();
  const before = await rows.count();
  await page.keyboard.press("ArrowLeft");
  await expect(rows.first()).toHaveAttribute("aria-expanded", "false");
  expect(await rows.count()).toBeLessThan(before);
  await page.keyboard.press("ArrowRight");
  await expect(rows).toHaveCount(before);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/box=TBL-/);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/n\/TBL-/);
});

test("the view pans by drag, zooms by button and key, and fits", async ({ page }) => {
  await open(page, about);
  await expect(boxes(page).first()).toBeVisible();
  const world = page.locator("[class*=world]");
  const transform = () => world.evaluate((el) => el.style.transform);
  const before = await transform();
  await page.mouse.move(700, 650);
  await page.mouse.down();
  await page.mouse.move(600, 600, { steps: 4 });
  await page.mouse.up();
  expect(await transform()).not.toBe(before);
  await page.getByRole("button", { name: "Zoom in" }).click();
  await expect(page.getByText(/^1\d\d %$/)).toBeVisible();
  for (let i = 0; i < 4; i++) await page.keyboard.press("-");
  await expect(world).toHaveAttribute("data-level", "name");
  for (let i = 0; i < 8; i++) await page.keyboard.press("-");
  await expect(world).toHaveAttribute("data-level", "groups");
  await page.keyboard.press("f");
  await expect(world).toHaveAttribute("data-level", "all");
});

test("a hub's further neighbours are one box, which opens", async ({ page }) => {
  await open(page, "/lineage?select=1%2Bfct_orders%2B1&fold=1");
  const fold = page.getByRole("button", { name: /more boxes.*: draw them$/ }).first();
  await expect(fold).toBeVisible();
  const before = await boxes(page).count();
  await fold.click();
  await expect(page).not.toHaveURL(/fold=1(&|$)/);
  await expect.poll(() => boxes(page).count()).toBeGreaterThan(before);
});

test("nothing selected, a selector that cannot be read, and a near name", async ({ page }) => {
  await open(page, "/lineage?select=fct_ordrs");
  await expect(page.getByRole("heading", { name: "Nothing is selected" })).toBeVisible();
  await expect(page.getByText(/near names.*fct_orders/)).toBeVisible();
  await accessible(page);
  await page.getByRole("button", { name: "Clear" }).click();
  await expect(boxes(page).first()).toBeVisible();
  const selector = page.getByRole("textbox", { name: "dbt selector" });
  await selector.fill("state:modified:x,(");
  await selector.press("Enter");
  await expect(page.getByRole("alert")).toContainText("The graph could not be loaded");
  await expect(selector).toHaveValue("state:modified:x,(");
});

test("pictures and edges are saved", async ({ page }) => {
  await open(page, "/lineage?select=1%2Bfct_orders%2B1&columns=net_amount");
  await expect(page.locator("path.edge.on").first()).toBeAttached();
  const save = async (item: string) => {
    await page.getByRole("button", { name: "Export" }).click();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("menuitem", { name: item }).click(),
    ]);
    return readFileSync(await download.path());
  };
  const svg = (await save("Picture, SVG")).toString();
  expect(svg).toContain("net_amount");
  expect(svg).toContain("<svg ");
  expect((await save("Picture, PNG")).subarray(1, 4).toString()).toBe("PNG");
  expect((await save("Edges, CSV")).toString()).toContain("fct_orders,net_amount");
});

test("narrow: the graph is a pane of its own, the outline comes by key", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page, "/lineage?select=2%2Bfct_orders%2B1&columns=net_amount");
  await expect(boxes(page).first()).toBeAttached();
  await expect(page.getByRole("treegrid", { name: "Outline" })).toHaveCount(0);
  await expect(page.getByRole("button", { name: /boxes? to the left: show/ })).toBeVisible();
  await accessible(page);
  await page.keyboard.press("t");
  await expect(page.getByRole("treegrid", { name: "Outline" })).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});

test("a screen reader hears the lineage page: what feeds the table, what uses it, and how it is", async ({ page }) => {
  await open(page, about);
  await expect(boxes(page).first()).toBeVisible();
  await expect(page.locator("#main")).toMatchAriaSnapshot(`
    - main:
      - heading "Lineage of fct_orders" [level=1]
      - textbox "dbt selector": 1+fct_orders+1
      - complementary "Outline":
        - heading "Outline" [level=2]
        - treegrid "Outline":
          - row /Upstream/ [expanded] [level=1]
          - row /int_order_lines_priced/ [level=2]
          - row /stg_orders/ [level=2]
          - row /fct_orders/
          - row /Downstream/ [expanded] [level=1]
          - row /dim_customers.v2/ [level=2]
          - row /fct_refunds.*/ [level=2]
  `);
  const { data } = await graph(page, "1+fct_orders+1");
  const name = (n: string) => data.nodes.find((of) => of.attributes.name === n);
  expect(name("fct_refunds")?.attributes.status).toBe("fail");
  await expect(page.getByRole("button", { name: /^fct_refunds, model, .*a test fails/ })).toBeVisible();
  await expect(page.getByRole("button", { name: /^fct_orders, model, 4 upstream, 5 downstream/ })).toBeVisible();
  await expect(page.locator("[data-box] svg").first()).not.toHaveRole("button");
  await expect(page.getByRole("status").filter({ hasText: `${data.nodes.length} boxes` })).toBeVisible();
});
