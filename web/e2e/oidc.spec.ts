import { createServer } from "node:net";
import { test as base, expect } from "@playwright/test";
import { accessible, watch } from "./fixtures";
import { client, type Provider, provide } from "./oidc";
import { type Server, start } from "./server";

// A server with single sign-on, at an address that is known before it starts: the provider leads back to it.
const test = base.extend<object, { single: Server & { provider: Provider } }>({
  single: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the pattern
    async ({}, use) => {
      const provider = await provide({ email: "cleo@example.com", name: "Cleo" });
      const listen = `127.0.0.1:${await freePort()}`;
      const server = await start(
        ["serve"],
        {
          THALWEG_PUBLIC_URL: `http://${listen}`,
          THALWEG_OIDC_ISSUER: provider.issuer,
          THALWEG_OIDC_CLIENT_ID: client.id,
          THALWEG_OIDC_CLIENT_SECRET: client.secret,
          THALWEG_OIDC_ROLE: "viewer",
        },
        listen,
      );
      await use({ ...server, provider });
      await server.stop();
      await provider.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  baseURL: async ({ single }, use) => use(single.base),
});

test("single sign-on leads to the page that was wanted, and out again", async ({ page, single }) => {
  const seen = await watch(page, single.base);
  await page.goto("/runs?command=build");
  const button = page.getByRole("link", { name: "Sign in with single sign-on" });
  await expect(button).toBeVisible();
  await accessible(page);
  await button.focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/runs\?command=build/);
  await expect(page.getByRole("button", { name: "Account of Cleo" })).toBeVisible();
  expect(single.provider.exchanged()).toBe(1);
  // The browser went to the provider by a link, and no page asked it for anything.
  expect(seen.elsewhere.filter((u) => !u.startsWith(`${single.provider.issuer}/auth?`))).toEqual([]);
  expect({ csp: seen.csp, errors: seen.errors }).toEqual({ csp: [], errors: [] });
  const me = (await (await page.request.get("/api/v1/me")).json()) as { data: { attributes: { role: string } } };
  expect(me.data.attributes.role).toBe("viewer");
  await page.getByRole("button", { name: "Account of Cleo" }).click();
  await page.getByRole("menuitem", { name: "Sign out", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await page.goto(`/sign-in?next=${encodeURIComponent("//evil.example/")}`);
  await page.getByRole("link", { name: "Sign in with single sign-on" }).click();
  await expect(page.getByRole("button", { name: "Account of Cleo" })).toBeVisible();
  expect(new URL(page.url()).origin).toBe(single.base);
});

function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once("error", failed);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => done(typeof address === "object" && address ? address.port : 0));
    });
  });
}
