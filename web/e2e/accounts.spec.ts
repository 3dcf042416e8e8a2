import { resolve } from "node:path";
import { test as base, expect } from "@playwright/test";
import { accessible, open, watch } from "./fixtures";
import { type Server, start } from "./server";

const test = base.extend<object, { served: Server }>({
  served: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the pattern
    async ({}, use) => {
      const server = await start(["serve"]);
      await use(server);
      await server.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  baseURL: async ({ served }, use) => use(served.base),
});

const password = "correct horse battery staple";

test("from the setup link to an invited viewer, who may not administer", async ({ page, served, browser }) => {
  const seen = await watch(page, served.base);
  const link = served.output().match(/http:\/\/\S+\/setup#\S+/)?.[0];
  expect(link).toBeTruthy();
  const path = (link ?? "").replace(/^https?:\/\/[^/]+/, "");

  // Nobody is signed in: every page leads to the sign-in, and back afterwards.
  await page.goto("/assets?q=a");
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await expect(page).toHaveURL(/next=/);
  await accessible(page);

  await page.goto(path);
  await expect(page).not.toHaveURL(/#/);
  await accessible(page);
  await page.getByLabel("Name").fill("Ana");
  await page.getByLabel("E-mail").fill("ana@example.com");
  await page.getByLabel("Password").fill("short");
  await page.getByRole("button", { name: "Make the account" }).click();
  await expect(page.getByRole("alert").first()).toBeVisible();
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Make the account" }).click();
  await expect(page.getByRole("button", { name: "Account of Ana" })).toBeVisible();

  // An empty catalog begins with a drop zone, and is in use a moment later.
  await expect(page.getByRole("heading", { name: "Welcome" })).toBeVisible();
  await accessible(page);
  await page
    .getByTestId("files")
    .setInputFiles([resolve("../internal/dbt/dbttest/testdata/pair/upstream/artifacts/manifest.json.gz")]);
  await page.getByRole("button", { name: "Show the lineage" }).click();
  await expect(page).toHaveURL(/\/lineage/);
  const coach = page.getByRole("complementary", { name: "First steps" });
  await expect(coach).toContainText("1 of 3");
  await accessible(page);
  await coach.getByRole("button", { name: "Next" }).click();
  await coach.getByRole("button", { name: "Next" }).click();
  await coach.getByRole("button", { name: "Done" }).click();
  await expect(coach).toBeHidden();
  await page.reload();
  await expect(page.locator("[data-box]").first()).toBeVisible();
  await expect(coach).toBeHidden();
  await open(page, "/");
  await expect(page.getByRole("heading", { name: "Today" })).toBeVisible();

  // The link works once.
  await page.goto(path);
  await page.getByLabel("Name").fill("Eve");
  await page.getByLabel("E-mail").fill("eve@example.com");
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Make the account" }).click();
  await expect(page.getByRole("heading", { name: "This server is set up" })).toBeVisible();

  await open(page, "/settings/people");
  await page.getByRole("button", { name: "Invite a person" }).click();
  await page.getByLabel("Name").fill("Bo");
  await page.getByLabel("E-mail").fill("bo@example.com");
  await page.getByRole("button", { name: "Invite", exact: true }).click();
  const invitation = await page.getByLabel("The link").inputValue();
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("row", { name: /Bo/ })).toContainText("viewer");
  expect(seen).toEqual({ csp: [], elsewhere: [], errors: [] });

  const other = await browser.newContext({ baseURL: served.base });
  const bo = await other.newPage();
  await bo.goto(invitation.replace(/^https?:\/\/[^/]+/, ""));
  await bo.getByLabel("Password").fill(`${password} of bo`);
  await bo.getByRole("button", { name: "Sign in" }).click();
  await expect(bo.getByRole("button", { name: "Account of Bo" })).toBeVisible();
  await bo.goto("/settings/tokens");
  await expect(bo.getByText("The keys could not be loaded.")).toBeVisible();

  // Signing in again leads to the page that was wanted; another host's is not.
  await bo.getByRole("button", { name: "Account of Bo" }).click();
  await bo.getByRole("menuitem", { name: "Sign out", exact: true }).click();
  await expect(bo.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await bo.goto("/sign-in?next=//evil.example/");
  await bo.getByLabel("E-mail").fill("bo@example.com");
  await bo.getByLabel("Password").fill("wrong password here");
  await bo.getByRole("button", { name: "Sign in" }).click();
  await expect(bo.getByRole("alert")).toBeVisible();
  await bo.getByLabel("Password").fill(`${password} of bo`);
  await bo.getByRole("button", { name: "Sign in" }).click();
  await expect(bo.getByRole("button", { name: "Account of Bo" })).toBeVisible();
  expect(new URL(bo.url()).origin).toBe(served.base);
  await bo.goto("/settings/account");
  await expect(bo.getByText("this one")).toBeVisible();
  await accessible(bo);
  await other.close();
});
