import type { APIRequestContext, Page } from "@playwright/test";
import { accessible, expect, open, test } from "./fixtures";

const orders = "/n/model.shop.fct_orders";
const inSchema = "schema_id=SCH-101";

// Texts are edited and a hostile project is imported here.
test.use({ own: "assets" });

async function data(request: APIRequestContext, path: string) {
  const reply = await request.get(`/api/v1${path}${path.includes("?") ? "&" : "?"}${inSchema}`);
  expect(reply.ok(), path).toBe(true);
  return (await reply.json()).data;
}

/** The page of an asset is there when its name and its first tab are. */
async function shown(page: Page, name: string) {
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
}

test("the head and the columns say what the artifact says", async ({ page, request }) => {
  const asset = (await data(request, "/assets/model.shop.fct_orders")).attributes;
  const columns = await data(request, "/assets/model.shop.fct_orders/columns");
  await open(page, orders);
  await shown(page, asset.name);
  await expect(page.getByText("shop.marts.fct_orders", { exact: true })).toBeVisible();
  await expect(page.getByText(`${asset.tests.pass} of ${asset.tests.pass} tests pass`)).toBeVisible();
  const table = page.getByRole("table");
  for (const column of columns) {
    const row = table
      .getByRole("row")
      .filter({ has: page.getByRole("link", { name: column.attributes.name, exact: true }) });
    await expect(row).toContainText(column.attributes.native_type);
    for (const t of column.attributes.tests) await expect(row).toContainText(t.name);
    if (column.attributes.description.value) await expect(table).toContainText(column.attributes.description.value);
  }
  const net = table.getByRole("row").filter({ hasText: "net_amount" }).first();
  await expect(net).toContainText("lines.gross_amount - orders.discount_amount");
  await expect(net.getByRole("img", { name: "computed" })).toBeVisible();
  const uses = (await data(request, "/assets/model.shop.fct_orders/column_lineage?uses=true")).attributes.uses;
  const used = uses.find((u: { column: string }) => u.column === "net_amount");
  await expect(net.getByRole("cell").last()).toContainText(String(used.columns + used.tables));
  const flow = page.getByRole("complementary", { name: "Flow and facts" });
  await expect(flow).toContainText(`comes from ${asset.upstream}`);
  await expect(flow).toContainText(`goes to ${asset.downstream}`);
  await expect(flow.getByRole("img", { name: "a test fails" })).toBeVisible(); // fct_refunds
});

test("columns are filtered, and the filter is in the address", async ({ page }) => {
  await open(page, orders);
  await page.getByRole("textbox", { name: "Filter columns" }).fill("amount");
  await expect(page).toHaveURL(/cq=amount/);
  await expect(page.getByRole("link", { name: "order_id", exact: true })).toBeHidden();
  await expect(page.getByRole("link", { name: "net_amount", exact: true })).toBeVisible();
  await page.getByRole("textbox", { name: "Filter columns" }).fill("zzz");
  await expect(page.getByText("No column matches.")).toBeVisible();
  await page.getByRole("button", { name: "Clear" }).click();
  await page.getByRole("button", { name: /^Undescribed/ }).click();
  await expect(page).toHaveURL(/undescribed=1/);
  await expect(page.getByRole("link", { name: "order_id", exact: true })).toBeHidden();
});

test("tabs are addresses, and keys go through them", async ({ page }) => {
  await open(page, orders);
  await shown(page, "fct_orders");
  const current = page.getByRole("navigation", { name: "fct_orders" }).locator('[aria-current="page"]');
  await expect(current).toHaveCount(1);
  await page.keyboard.press("]");
  await expect(page).toHaveURL(/tab=lineage/);
  await expect(current).toContainText("Lineage");
  await expect(current).toHaveCount(1);
  await page.keyboard.press("[");
  await expect(page).not.toHaveURL(/tab=/);
  await page.keyboard.press("[");
  await expect(page).toHaveURL(/tab=docs/);
  await expect(page.getByRole("heading", { name: "Docs blocks" })).toBeVisible();
});

test("code has colours of the lexer, and tables and columns as links", async ({ page, request }) => {
  const code = (await data(request, "/assets/model.shop.fct_orders/code")).attributes;
  await open(page, `${orders}?tab=code`);
  const compiled = page.getByRole("region", { name: "Compiled code" });
  await expect(compiled.locator("li")).toHaveCount(code.compiled.split("\n").length);
  expect(await compiled.locator("li").allInnerTexts()).toEqual(
    code.compiled.split("\n").map((l: string) => (l === "" ? expect.stringMatching(/^\s*$/) : l)),
  );
  await expect(compiled.locator(".sk", { hasText: /^select$/ }).first()).toBeVisible();
  await expect(compiled.getByRole("link", { name: '"shop"."staging"."stg_orders"' })).toHaveAttribute(
    "href",
    /\/n\/TBL-/,
  );
  await expect(compiled.getByRole("link", { name: "orders.customer_id" }).first()).toHaveAttribute(
    "href",
    /\/c\/customer_id/,
  );
  await page.getByRole("button", { name: "net_amount" }).click();
  await expect(page).toHaveURL(/trace=net_amount/);
  await expect(compiled.locator("li.on")).toContainText("lines.gross_amount - orders.discount_amount");
  await page.getByRole("button", { name: "Raw", exact: true }).click();
  await page.getByRole("region", { name: "Raw code" }).getByRole("link", { name: '{{ ref("stg_orders") }}' }).click();
  await shown(page, "stg_orders");
});

test("a column: where it comes from, what decides rows, what a change reaches", async ({ page, request }) => {
  await open(page, orders);
  await page.getByRole("link", { name: "net_amount", exact: true }).click();
  await expect(page).toHaveURL(/\/c\/net_amount/);
  await expect(page.getByRole("heading", { level: 1, name: "net_amount" })).toBeVisible();
  const from = page.getByRole("region", { name: "Where it comes from" });
  for (const text of ["cast(unit_price_pence / 100.0 as decimal(12, 2))", "lines.quantity * lines.unit_price"]) {
    await expect(from.getByText(text)).toBeVisible();
  }
  await expect(from).toContainText("stg_orders.ordered_at");
  const impact = await (
    await request.get(`/api/v1/impact?${inSchema}&asset=model.shop.fct_orders&column=net_amount`)
  ).json();
  const reaches = page.getByRole("region", { name: "What a change reaches" });
  for (const c of impact.data.columns) await expect(reaches).toContainText(c.attributes.column);
  for (const x of [...impact.data.exposures, ...impact.data.metrics])
    await expect(reaches).toContainText(x.attributes.name);
  for (const o of impact.data.owners) await expect(reaches).toContainText(o.name);
  const saved = page.waitForEvent("download");
  await reaches.getByRole("button", { name: "CSV" }).click();
  expect((await saved).suggestedFilename()).toBe("fct_orders.net_amount.csv");
  await accessible(page);
});

test("a text by people is edited, hidden by the policy, shown and withdrawn, by keys", async ({ page, request }) => {
  await open(page, "/n/model.shop.fct_daily_revenue");
  await shown(page, "fct_daily_revenue");
  await page.keyboard.press("e");
  const box = page.getByRole("textbox", { name: "Description" });
  await expect(box).toBeFocused();
  await box.fill("Revenue **by day**, ours.");
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.locator("form strong", { hasText: "by day" })).toBeVisible();
  await page.getByRole("button", { name: "Write" }).click();
  await box.focus();
  await page.keyboard.press("Control+Enter");
  // The policy of the demo's schema is "always": dbt's text stays.
  await expect(page.getByText("A text by people is saved, but not shown.")).toBeVisible();
  await page.getByText("Show my text").click();
  await expect(page.locator("details strong", { hasText: "by day" })).toBeVisible();
  expect((await data(request, "/assets/model.shop.fct_daily_revenue")).attributes.description.own).toBe(
    "Revenue **by day**, ours.",
  );
  await accessible(page);
  await page.getByRole("button", { name: "Withdraw mine" }).first().click();
  await expect(page.getByText("A text by people is saved, but not shown.")).toBeHidden();
  expect((await data(request, "/assets/model.shop.fct_daily_revenue")).attributes.description.own).toBeNull();
});

test("where a text comes from opens beside it", async ({ page }) => {
  await open(page, orders);
  await page.getByRole("button", { name: /^From dbt · IMP-2/ }).click();
  const sources = page.getByRole("dialog", { name: "Sources" });
  await expect(sources).toContainText("dbt, project shop");
  await expect(sources).toContainText("policy: always");
  await accessible(page);
  await page.keyboard.press("Escape");
  await expect(sources).toBeHidden();
});

test("an edit that somebody else's came before is not lost", async ({ page, request }) => {
  await open(page, "/n/model.shop.dim_products");
  await shown(page, "dim_products");
  await page.keyboard.press("e");
  const box = page.getByRole("textbox", { name: "Description" });
  await box.fill("Mine.");
  const other = await request.patch(`/api/v1/assets/model.shop.dim_products?${inSchema}`, {
    data: { description: "Theirs." },
  });
  expect(other.ok()).toBe(true);
  await page.getByRole("button", { name: /^Save/ }).click();
  await expect(page.getByRole("alert")).toContainText("Not saved: it changed since you began");
  await expect(page.getByRole("alert")).toContainText("Theirs.");
  await expect(box).toHaveValue("Mine.");
  await page.getByRole("button", { name: /^Save mine over it/ }).click();
  await expect(box).toBeHidden();
  expect((await data(request, "/assets/model.shop.dim_products")).attributes.description.own).toBe("Mine.");
});

test("what was typed survives the end of a session", async ({ page }) => {
  await open(page, "/n/model.shop.dim_cafés");
  await page.getByRole("button", { name: "Edit", exact: true }).first().click();
  const box = page.getByRole("textbox", { name: "Description" });
  await box.fill("Written for a long time.");
  await page.route("**/api/v1/assets/*", (route) =>
    route.request().method() === "PATCH"
      ? route.fulfill({
          status: 401,
          contentType: "application/problem+json",
          body: JSON.stringify({ type: "", title: "Unauthorized", status: 401, code: "unauthorized", request_id: "R" }),
        })
      : route.continue(),
  );
  await page.getByRole("button", { name: /^Save/ }).click();
  const dialog = page.getByRole("dialog", { name: /signed out/ });
  await expect(dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(box).toHaveValue("Written for a long time.");
  await page.unroute("**/api/v1/assets/*");
  await page.reload(); // as after signing in again
  await expect(page.getByRole("textbox", { name: "Description" })).toHaveValue("Written for a long time.");
  await page.getByRole("button", { name: /^Save/ }).click();
  await expect(page.getByRole("textbox", { name: "Description" })).toBeHidden();
});

test("tags of an asset and the text of a column are edited", async ({ page, request }) => {
  await open(page, "/n/model.shop.stg_products");
  await page.getByRole("button", { name: "Edit tags" }).click();
  await page.getByRole("textbox", { name: "tags, one a line" }).fill("staging\nours");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("link", { name: "ours", exact: true })).toBeVisible();
  expect((await data(request, "/assets/model.shop.stg_products")).attributes.tags).toContain("ours");
  const column = (await data(request, "/assets/model.shop.stg_products/columns")).find(
    (c: { attributes: { description: { value: string | null } } }) => !c.attributes.description.value,
  ).attributes.name;
  await page.getByRole("button", { name: `Describe ${column}` }).click();
  await page.getByRole("textbox", { name: `Description of ${column}` }).fill("What people say.");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText("What people say.")).toBeVisible();
});

test("the history of an asset: changes, code, and who set what", async ({ page }) => {
  await open(page, `${orders}?tab=changes`);
  await expect(page.getByText("Version 2")).toBeVisible();
  await page.getByText("Show what changed").click();
  await expect(page.getByRole("region", { name: "What changed in the code" })).toContainText("discount_share");
  await accessible(page);
  await page.getByRole("button", { name: "Blame per field" }).click();
  await expect(page).toHaveURL(/view=blame/);
  await expect(page.getByRole("row").filter({ hasText: "description" }).first()).toContainText("IMP-1");
});

test("a removed asset says until when it was there; one that never was, what is near", async ({ page }) => {
  await open(page, "/n/model.shop.rpt_stock_cover");
  await expect(page.getByRole("heading", { name: "There is no rpt_stock_cover now" })).toBeVisible();
  await expect(page.getByText("IMP-2 no longer listed it")).toBeVisible();
  await expect(page.getByRole("heading", { name: "Near names" })).toBeVisible();
  await accessible(page);
  await page.getByRole("button", { name: "See it as of version 1" }).click();
  await shown(page, "rpt_stock_cover");
  await expect(page).toHaveURL(/at=1/);
  await expect(page.getByRole("button", { name: "Edit", exact: true })).toHaveCount(0); // the past is not edited
  await open(page, "/n/model.shop.fct_order");
  await expect(page.getByRole("heading", { name: "There is no fct_order" })).toBeVisible();
  await page.getByRole("link", { name: "fct_orders" }).first().click();
  await shown(page, "fct_orders");
});

for (const [id, name, own] of [
  ["metric.shop.revenue", "revenue", "How it is made"],
  ["exposure.shop.weekly_trading", "weekly_trading", "Where its data begins"],
  ["semantic_model.shop.orders", "orders", "Measures"],
  ["saved_query.shop.revenue_by_channel", "revenue_by_channel", "Asks for"],
  ["unit_test.shop.int_sessions.a_pause_starts_a_session", "a_pause_starts_a_session", "Expects"],
  ["group.shop.finance", "finance", "fct_refunds"],
  ["doc.shop.orders", "orders", "Used by"],
  ["source.shop.landing.orders", "orders", "Columns"],
  ["macro.shop.cents_to_pounds", "cents_to_pounds", "Copy"],
] as const) {
  test(`${id} has what is its own`, async ({ page }) => {
    await open(page, `/n/${id}`);
    await shown(page, name);
    await expect(page.getByRole("main").getByText(own, { exact: true }).first()).toBeVisible();
    await page.waitForLoadState("networkidle");
    await accessible(page);
  });
}

test("a macro has its code, a source its freshness", async ({ page }) => {
  await open(page, "/n/macro.shop.cents_to_pounds");
  await expect(page.getByRole("region", { name: "Raw code" })).toContainText("macro cents_to_pounds");
  await open(page, "/n/source.shop.landing.orders?tab=runs");
  await expect(page.getByText("warns after 12 hours, fails after 48 hours")).toBeVisible();
});

test("a name that several projects have leads to a choice", async ({ page, request }) => {
  for (const project of ["one", "two"]) {
    const manifest = {
      metadata: {
        dbt_schema_version: "https://schemas.getdbt.com/dbt/manifest/v12.json",
        project_name: project,
        adapter_type: "duckdb",
        generated_at: "2026-11-10T06:00:00Z",
        invocation_id: `twin-${project}`,
      },
      nodes: {
        "model.twin.same": {
          unique_id: "model.twin.same",
          resource_type: "model",
          name: "same",
          package_name: "twin",
          database: "shop",
          schema: `twin_${project}`,
          alias: "same",
          relation_name: `"shop"."twin_${project}"."same"`,
          path: "same.sql",
          original_file_path: "models/same.sql",
          config: { materialized: "table" },
          columns: {},
          depends_on: { nodes: [], macros: [] },
        },
      },
      sources: {},
      parent_map: {},
      child_map: {},
    };
    const reply = await request.post("/api/v1/dbt_imports?wait=60", {
      multipart: {
        schema_id: "SCH-101",
        manifest: {
          name: "manifest.json",
          mimeType: "application/json",
          buffer: Buffer.from(JSON.stringify(manifest)),
        },
      },
    });
    expect(reply.ok(), await reply.text()).toBe(true);
  }
  await open(page, "/n/model.twin.same?schema=SCH-101");
  await expect(page.getByRole("heading", { name: "model.twin.same means several things" })).toBeVisible();
  await accessible(page);
  await page.getByRole("main").getByRole("link").filter({ hasText: "twin_two" }).click();
  await shown(page, "same");
  await expect(page.getByText("shop.twin_two.same")).toBeVisible();
});

test("owners lead to their assets", async ({ page, request }) => {
  const owners = await data(request, "/owners");
  await open(page, "/owners");
  for (const o of owners) await expect(page.getByRole("link", { name: o.attributes.name, exact: true })).toBeVisible();
  await accessible(page);
  await page.getByRole("link", { name: "@platform", exact: true }).click();
  await expect(page.getByText("5 of 5 assets, trouble first")).toBeVisible();
  await accessible(page);
});

test("tags and groups lead to their assets, trouble first", async ({ page }) => {
  await open(page, "/tags");
  await accessible(page);
  await page.getByRole("main").getByRole("link", { name: "daily", exact: true }).click();
  await expect(page.getByRole("row").nth(1)).toContainText("fct_refunds"); // its test fails
  await accessible(page);
  await open(page, "/groups/finance");
  await expect(page.getByText("Owned by")).toBeVisible();
  await accessible(page);
});

for (const tab of ["columns", "lineage", "code", "tests", "runs", "docs"]) {
  test(`the tab ${tab} is accessible, wide and narrow`, async ({ page }) => {
    await open(page, `${orders}?tab=${tab}`);
    await shown(page, "fct_orders");
    await page.waitForLoadState("networkidle");
    await accessible(page);
    await page.setViewportSize({ width: 390, height: 800 });
    await accessible(page);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBeLessThanOrEqual(390);
  });
}

test("hostile names and texts are text, and every column has an address", async ({ page, request }) => {
  const nasty = `<img src=x onerror="document.title='hit'">`;
  const column = `a/b %41 ?c#d <b>`;
  const manifest = {
    metadata: {
      dbt_schema_version: "https://schemas.getdbt.com/dbt/manifest/v12.json",
      project_name: "nasty",
      adapter_type: "duckdb",
      generated_at: "2026-11-10T06:00:00Z",
      invocation_id: "nasty",
    },
    nodes: {
      "model.nasty.m": {
        unique_id: "model.nasty.m",
        resource_type: "model",
        name: "m",
        package_name: "nasty",
        database: "shop",
        schema: "nasty",
        alias: "m",
        relation_name: '"shop"."nasty"."m"',
        path: `${nasty}/m.sql`,
        original_file_path: `models/${nasty}/m.sql`,
        description: `${nasty} [run](javascript:alert(1)) ![pixel](https://elsewhere.example/p.png)`,
        tags: [nasty],
        meta: { owner: nasty, link: "javascript:alert(1)", [nasty]: nasty },
        raw_code: `select '${nasty}' as x -- ${nasty}`,
        compiled_code: `select '${nasty}' as x -- ${nasty}`,
        compiled: true,
        language: "sql",
        config: { materialized: "table" },
        columns: { [column]: { name: column, description: nasty } },
        depends_on: { nodes: [], macros: [] },
      },
    },
    sources: {},
    parent_map: {},
    child_map: {},
  };
  const reply = await request.post("/api/v1/dbt_imports?wait=60", {
    multipart: {
      schema_id: "SCH-101",
      manifest: { name: "manifest.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(manifest)) },
    },
  });
  expect(reply.ok(), await reply.text()).toBe(true);
  for (const tab of ["", "?tab=code", "?tab=docs", "?tab=changes", "?tab=changes&view=blame", "?tab=lineage"]) {
    await open(page, `/n/model.nasty.m${tab}`);
    await shown(page, "m");
    await page.waitForLoadState("networkidle");
    expect(await page.locator('img, [href^="javascript:"]').count()).toBe(0);
    expect(await page.title()).toBe("m · Thalweg");
  }
  await open(page, "/n/model.nasty.m");
  await expect(page.getByText(nasty).first()).toBeVisible();
  await page.getByRole("link", { name: column, exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: column })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("heading", { level: 1, name: column })).toBeVisible();
  await open(page, "/tags");
  await page.getByRole("main").getByRole("link", { name: nasty }).click();
  await expect(page.getByRole("heading", { level: 1, name: nasty })).toBeVisible();
  await expect(page.getByRole("link", { name: "m", exact: true })).toBeVisible();
});
