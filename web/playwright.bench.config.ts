import base from "./playwright.config";

// `make bench-ui`: figures of the web UI on a generated project, in a real browser.
export default { ...base, testMatch: "**/*.bench.ts", workers: 1, timeout: 600_000, retries: 0 };
