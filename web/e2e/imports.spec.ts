import { copyFileSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { accessible, expect, open, test } from "./fixtures";

test.use({ own: "imports" });

test("an import shows stages, counters and changes, as the API has them", async ({ page, request }) => {
  await open(page, "/imports");
  await accessible(page);
  await page.getByRole("link", { name: "IMP-2" }).click();
  const doc = (await (await request.get("/api/v1/dbt_imports/IMP-2")).json()) as {
    data: { attributes: Record<string, number> };
  };
  await expect(page.locator(".figs > div", { hasText: "columns created" }).locator("b")).toHaveText(
    String(doc.data.attributes.columns_created),
  );
  await expect(page.getByRole("list", { name: "Stages" }).getByRole("listitem")).toHaveCount(5);
  await expect(page.getByText("stock_on_hand").first()).toBeVisible();
  await accessible(page);
});

test("files that are not artifacts are named, with what was expected", async ({ page }) => {
  const dir = mkdtempSync(join(tmpdir(), "dropped-"));
  const wrong = join(dir, "orders.sql");
  writeFileSync(wrong, "select 1");
  await open(page, "/imports?new=1");
  await page.getByTestId("files").setInputFiles([wrong]);
  await expect(page.getByText("There is no manifest.json among these files")).toBeVisible();
  await expect(page.getByText(/orders\.sql.*source/)).toBeVisible();
  await accessible(page);
});

test("a project that is dropped is imported, live, and leads to its lineage", async ({ page, request }) => {
  const dir = mkdtempSync(join(tmpdir(), "dropped-"));
  copyFileSync(
    resolve("../internal/dbt/dbttest/testdata/pair/upstream/artifacts/manifest.json.gz"),
    join(dir, "manifest.json.gz"),
  );
  await open(page, "/schemas");
  await page.getByRole("button", { name: "New schema" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("Dropped");
  await page.getByRole("button", { name: "Create" }).click();
  await expect(page.getByRole("link", { name: "Dropped" })).toBeVisible();
  await page.getByRole("link", { name: "Imports", exact: true }).click();
  await page.getByRole("button", { name: "Import artifacts" }).click();
  await page.getByTestId("files").setInputFiles([join(dir, "manifest.json.gz")]);
  await expect(page.getByRole("button", { name: "Show the lineage" })).toBeVisible();
  const imports = (await (await request.get("/api/v1/dbt_imports?limit=1")).json()) as {
    data: { relationships: { schema: { name: string } } }[];
  };
  expect(imports.data[0]?.relationships.schema.name).toBe("Dropped");
  await page.getByRole("button", { name: "Show the lineage" }).click();
  await expect(page).toHaveURL(/\/lineage\?.*select=1(%2B|\+)/);
});

test("schemas are made, renamed and deleted with confirmation", async ({ page }) => {
  await open(page, "/schemas");
  await accessible(page);
  await page.getByRole("button", { name: "New schema" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("Staging");
  await page.getByRole("textbox", { name: /Environment/ }).fill("staging");
  await accessible(page);
  await page.keyboard.press("Enter");
  const row = page.getByRole("row", { name: /Staging/ });
  await expect(row).toContainText(/SCH-\d+/);
  await row.getByRole("button", { name: "More for Staging" }).click();
  await page.getByRole("menuitem", { name: "Rename" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("Staging two");
  await page.keyboard.press("Enter");
  await page
    .getByRole("row", { name: /Staging two/ })
    .getByRole("button", { name: "More for Staging two" })
    .click();
  await page.getByRole("menuitem", { name: "Delete…" }).click();
  const confirm = page.getByRole("button", { name: /^Delete SCH-/ });
  await expect(confirm).toBeDisabled();
  await page.getByRole("textbox", { name: "Type Staging two to confirm" }).fill("Staging two");
  await confirm.click();
  await expect(page.getByRole("row", { name: /Staging two/ })).toHaveCount(0);
});

test("a schema's page saves its policy", async ({ page, request }) => {
  await open(page, "/schemas/SCH-101");
  await page
    .getByRole("radiogroup", { name: "Description", exact: true })
    .getByRole("radio", { name: "Smart" })
    .click();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
  const doc = (await (await request.get("/api/v1/schemas/SCH-101")).json()) as {
    data: { attributes: { policy: { description: string } } };
  };
  expect(doc.data.attributes.policy.description).toBe("smart");
  await accessible(page);
  await page
    .getByRole("radiogroup", { name: "Description", exact: true })
    .getByRole("radio", { name: "Always" })
    .click();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("button", { name: "Save" })).toBeDisabled();
});

test("a key is shown once, and revoked", async ({ page, request }) => {
  await open(page, "/settings/tokens");
  await accessible(page);
  await page.getByRole("button", { name: "New key" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("ci of a test");
  await page.getByRole("checkbox", { name: /read:catalog/ }).check();
  await accessible(page);
  await page.getByRole("button", { name: "Make the key" }).click();
  const secret = await page.getByRole("textbox", { name: "The key" }).inputValue();
  const reply = await request.get("/api/v1/assets?limit=1", { headers: { Authorization: `Bearer ${secret}` } });
  expect(reply.status()).toBe(200);
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByText(secret)).toHaveCount(0);
  await page.getByRole("button", { name: "Revoke ci of a test" }).click();
  await page.getByRole("button", { name: "Revoke", exact: true }).click();
  await expect(page.getByRole("row", { name: /ci of a test/ })).toContainText("revoked");
  expect(
    (await request.get("/api/v1/assets?limit=1", { headers: { Authorization: `Bearer ${secret}` } })).status(),
  ).toBe(401);
});

test("settings have a tab per subject, each accessible", async ({ page }) => {
  for (const [tab, heading] of [
    ["people", "People"],
    ["projects", "Projects"],
    ["notifications", "Notifications"],
    ["audit", "Audit log"],
    ["appearance", "Appearance"],
    ["server", "Server"],
  ] as const) {
    await open(page, `/settings/${tab}`);
    await expect(page.getByRole("heading", { name: heading, level: 1 })).toBeVisible();
    await page.waitForLoadState("networkidle");
    await accessible(page);
  }
});

test("appearance is kept, and set before the first paint", async ({ page }) => {
  await open(page, "/settings/appearance");
  await page.getByRole("radio", { name: "Dark" }).click();
  await page.getByRole("radio", { name: "Compact" }).click();
  await page.reload({ waitUntil: "commit" });
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(page.locator("html")).toHaveAttribute("data-density", "compact");
});
