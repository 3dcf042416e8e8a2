import { accessible, expect, open, test } from "./fixtures";

test("the reference lists every route, describes one, and sends it", async ({ page, request }) => {
  await open(page, "/docs");
  const doc = (await (await request.get("/api/v1/openapi.json")).json()) as { paths: Record<string, object> };
  const routes = Object.values(doc.paths).flatMap((item) =>
    Object.keys(item).filter((m) => ["get", "post", "patch", "put", "delete"].includes(m)),
  ).length;
  await expect(page.getByRole("navigation", { name: "Routes" }).getByRole("link")).toHaveCount(routes);
  await accessible(page);
  await page.getByRole("searchbox", { name: "Filter routes" }).fill("read an asset");
  await page.getByRole("link", { name: /GET Read an asset/ }).click();
  await expect(page).toHaveURL(/op=get-asset/);
  await expect(page.getByRole("row", { name: /^schema_id/ })).toContainText("query");
  const form = page.getByRole("region", { name: "Try it" });
  await form.getByLabel("id", { exact: true }).fill("model.shop.fct_orders");
  await form.getByRole("button", { name: "Send" }).click();
  await expect(page.getByText(/^200 in \d+ ms$/)).toBeVisible();
  await expect(page.getByRole("region", { name: "reply", exact: true })).toContainText('"name": "fct_orders"');
  await accessible(page);
});
