import { defineConfig } from "@playwright/test";

// Journeys against the real server, in Debian's Chromium: no browser is downloaded. `STORE=postgres` runs them on
// PostgreSQL.
export default defineConfig({
  testDir: "e2e",
  testMatch: "**/*.spec.ts",
  outputDir: "test-results",
  workers: 2,
  fullyParallel: false,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    launchOptions: { executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium-headless-shell" },
    viewport: { width: 1280, height: 800 },
    trace: "off",
  },
});
