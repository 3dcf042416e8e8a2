import { accessible, expect, open, test } from "./fixtures";

test("keys open pages, the palette and the list of keys", async ({ page }) => {
  await open(page, "/");
  await expect(page.getByRole("navigation", { name: "Main", exact: true })).toBeVisible();
  await page.keyboard.press("g");
  await page.keyboard.press("t");
  await expect(page).toHaveURL(/\/tests/);
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  const box = page.getByRole("combobox", { name: "Search and commands" });
  await expect(box).toBeFocused();
  await box.fill("net amount");
  const first = page.getByRole("option").first();
  await expect(first).toContainText("net_amount");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/n\/TBL-\d+\/c\/net_amount/);
});

test("single-letter keys can be switched off", async ({ page }) => {
  await open(page, "/");
  await page.keyboard.press("?");
  await page.getByRole("switch", { name: "Single-letter keys" }).click();
  await page.keyboard.press("Escape");
  await page.keyboard.press("g");
  await page.keyboard.press("t");
  await expect(page).toHaveURL(/\/(\?.*)?$/);
});

test("an earlier version is in the address, and there is a way back", async ({ page }) => {
  await open(page, "/assets");
  await page.getByRole("button", { name: /^Now/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: /^v1 / }).click();
  await expect(page).toHaveURL(/at=1/);
  await expect(page.getByText("You look at version 1")).toBeVisible();
  await page.getByRole("button", { name: "Back to now" }).first().click();
  await expect(page).not.toHaveURL(/at=/);
});

test("an address without a page says so; the API's stay JSON", async ({ page, request }) => {
  await open(page, "/nothing/here");
  await expect(page.getByRole("heading", { name: "There is no page at this address" })).toBeVisible();
  await accessible(page);
  const reply = await request.get("/api/v1/nothing");
  expect(reply.status()).toBe(404);
  expect(reply.headers()["content-type"]).toContain("problem+json");
});

test("the palette is accessible", async ({ page }) => {
  await open(page, "/");
  await page.keyboard.press("/");
  await page.getByRole("combobox").fill("orders");
  await expect(page.getByRole("option").first()).toBeVisible();
  await accessible(page);
});
