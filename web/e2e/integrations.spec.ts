import { resolve } from "node:path";
import { accessible, expect, open, test } from "./fixtures";

const artifacts = resolve("../internal/dbt/dbttest/testdata/pair/upstream/artifacts");

test.use({ own: "integrations" });

test("the gallery leads to the form of dbt Core with the seed's tabs", async ({ page }) => {
  await open(page, "/integrations");
  await accessible(page);
  await page.getByRole("link", { name: "New integration" }).first().click();
  await accessible(page);
  await page.getByRole("link", { name: /^dbt Core/ }).click();
  await expect(page).toHaveURL(/\/integrations\/new\/dbt_core/);
  for (const tab of ["Access Key", "Role", "Azure", "File Upload"]) {
    await page.getByRole("link", { name: tab, exact: true }).click();
    await expect(page.getByRole("link", { name: tab, exact: true })).toHaveAttribute("aria-current", "page");
    await accessible(page);
  }
});

test("the form of each way has the seed's fields", async ({ page }) => {
  await open(page, "/integrations/new/dbt_core");
  for (const label of ["Region", "Bucket Name", "Access Key ID", "Secret Access Key", "S3 Endpoint"])
    await expect(page.getByLabel(label)).toBeVisible();
  await page.getByLabel("Bucket Name").fill("shop-dbt-artifacts");
  await expect(page.getByText('"arn:aws:s3:::shop-dbt-artifacts/*"')).toBeVisible();
  await page.getByRole("link", { name: "Role", exact: true }).click();
  await expect(page.getByLabel("External ID", { exact: true })).not.toHaveValue("");
  await expect(page.getByLabel("Role ARN")).toBeVisible();
  await page.getByRole("link", { name: "Azure", exact: true }).click();
  await expect(page.getByLabel("Storage account name")).toBeVisible();
  await expect(page.getByLabel("Connection string")).toHaveAttribute("type", "password");
});

test("a connection that does not work says why, and makes nothing", async ({ page, request }) => {
  const before = ((await (await request.get("/api/v1/integrations")).json()) as { meta: { total: number } }).meta.total;
  await open(page, "/integrations/new/dbt_core");
  await page.getByLabel("Region").fill("eu-west-1");
  await page.getByLabel("Bucket Name").fill("shop");
  await page.getByLabel("Access Key ID").fill("AKIA");
  await page.getByLabel("Secret Access Key").fill("secret");
  await page.getByLabel("S3 Endpoint").fill("http://127.0.0.1:9");
  await page.getByRole("button", { name: "Test Connection" }).click();
  await expect(page.locator(".note.bad, .err").first()).toBeVisible();
  await accessible(page);
  const after = ((await (await request.get("/api/v1/integrations")).json()) as { meta: { total: number } }).meta.total;
  expect(after).toBe(before);
});

test("a blank integration: its initial sync fails on purpose, and its address has the ID", async ({
  page,
  request,
}) => {
  await open(page, "/integrations/new/dbt_core");
  await page.getByLabel("Name", { exact: false }).first().fill("Airflow uploads");
  await page.getByRole("button", { name: "Test Connection" }).click();
  await page.getByRole("button", { name: "Run initial sync" }).click();
  await expect(page).toHaveURL(/\/integrations\/[0-9a-f-]{36}\/syncs/);
  await expect(page.getByRole("status").filter({ hasText: "failed" })).toBeVisible();
  const id = page.url().match(/[0-9a-f-]{36}/)?.[0] ?? "";
  expect((await request.get(`/api/v1/integrations/${id}`)).status()).toBe(200);
  await accessible(page);
});

test("files that are chosen are synced, with stages, log and the import", async ({ page }) => {
  await open(page, "/schemas");
  await page.getByRole("button", { name: "New schema" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("Uploaded");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("link", { name: "Uploaded" })).toBeVisible();
  await open(page, "/integrations/new/dbt_core?tab=uploads");
  await page.getByLabel("Name", { exact: false }).first().fill("By hand");
  await page.getByLabel("Feeds schema").selectOption({
    label: (await page.getByLabel("Feeds schema").locator("option", { hasText: "Uploaded" }).textContent()) ?? "",
  });
  await page.locator("#artifacts").setInputFiles([`${artifacts}/manifest.json.gz`, `${artifacts}/run_results.json.gz`]);
  await page.getByRole("button", { name: "Test Connection" }).click();
  await page.getByRole("button", { name: "Run initial sync" }).click();
  await expect(page.getByRole("status").filter({ hasText: "completed" })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole("link", { name: /IMP-\d+/ }).first()).toBeVisible();
  await page.getByRole("link", { name: "Schedule", exact: true }).click();
  await page.getByRole("radio", { name: "Every few hours" }).check();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
  await accessible(page);
  await page.getByRole("link", { name: "Preferences", exact: true }).click();
  await expect(page.getByRole("radiogroup", { name: "Owners" })).toBeVisible();
  await accessible(page);
  await page.getByRole("switch", { name: "Mark it as removed" }).click();
  await expect(page.getByRole("switch", { name: "Mark it as removed" })).not.toBeChecked();
  await page.getByRole("link", { name: "Schemas", exact: true }).last().click();
  await expect(page.getByText("dbt reports which schemas its tables lie in")).toBeVisible();
  await page.getByRole("link", { name: "Connection", exact: true }).click();
  await expect(page.getByRole("textbox", { name: "Name" })).toHaveValue("By hand");
  await page.getByRole("switch", { name: "On" }).click();
  await expect(page.getByRole("switch", { name: "Off" })).toBeVisible();
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Delete integration…" }).click();
  await page.getByRole("radio", { name: /is flagged as removed/ }).check();
  await accessible(page);
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(page).toHaveURL(/\/integrations$|\/integrations\?/);
  await expect(page.getByRole("link", { name: "By hand" })).toHaveCount(0);
});
