import { open, test } from "./fixtures";

const pages: [name: string, path: string][] = [
  ["home", "/"],
  ["search", "/search?q=ord%20am"],
  ["assets", "/assets"],
  ["asset", "/n/model.shop.fct_orders"],
  ["asset-lineage", "/n/model.shop.fct_orders?tab=lineage"],
  ["asset-code", "/n/model.shop.fct_orders?tab=code"],
  ["asset-tests", "/n/model.shop.fct_orders?tab=tests"],
  ["asset-runs", "/n/model.shop.fct_orders?tab=runs"],
  ["asset-changes", "/n/model.shop.fct_orders?tab=changes"],
  ["asset-docs", "/n/model.shop.fct_orders?tab=docs"],
  ["column", "/n/model.shop.fct_orders/c/net_amount"],
  ["lineage", "/lineage?select=2%2Bfct_orders%2B1&columns=net_amount"],
  ["map", "/map"],
  ["tests", "/tests"],
  ["freshness", "/freshness"],
  ["runs", "/runs"],
  ["run", "/runs/RUN-3"],
  ["changes", "/changes"],
  ["diff", "/diff/SCH-101@1...SCH-101@2"],
  ["problems", "/problems"],
  ["coverage", "/coverage"],
  ["health", "/health"],
  ["owners", "/owners"],
  ["owner", "/owners/@finance"],
  ["tags", "/tags"],
  ["tag", "/tags/marts"],
  ["group", "/groups/finance"],
  ["metric", "/n/metric.shop.revenue"],
  ["exposure", "/n/exposure.shop.weekly_trading"],
  ["imports", "/imports"],
  ["import", "/imports/IMP-2"],
  ["schemas", "/schemas"],
  ["schema", "/schemas/SCH-101"],
  ["integrations", "/integrations"],
  ["integrations-new", "/integrations/new"],
  ["integration-dbt", "/integrations/new/dbt_core"],
  ["keys", "/settings/tokens"],
  ["people", "/settings/people"],
  ["notifications", "/settings/notifications"],
  ["audit", "/settings/audit"],
  ["api-docs", "/docs"],
  ["unknown", "/n/model.shop.nothing"],
];

for (const theme of ["light", "dark"] as const) {
  for (const width of [1280, 390]) {
    test(`pictures, ${theme}, ${width} wide`, async ({ page }) => {
      test.setTimeout(300_000);
      await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
      await page.setViewportSize({ width, height: 800 });
      for (const [name, path] of pages) {
        await open(page, path);
        await page.waitForLoadState("networkidle");
        await page.screenshot({ path: `shots/${name}-${theme}-${width}.png` });
      }
    });
  }
}
