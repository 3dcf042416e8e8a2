import base from "./playwright.config";

// `make shots`: a picture of every page, light and dark, wide and narrow, in the folder shots.
export default { ...base, testMatch: "**/*.shots.ts" };
