import { expect, it } from "vitest";
import { safeNext } from "./sheet";

it.each([
  ["/assets?q=a#b", "/assets?q=a#b"],
  [undefined, "/"],
  ["", "/"],
  ["//evil.example", "/"],
  ["/\\evil.example", "/"],
  ["https://evil.example/", "/"],
  ["javascript:alert(1)", "/"],
  ["/\t/evil.example", "/"],
  ["/a//b", "/a//b"],
])("after signing in, %j leads to %s", (next, path) => expect(safeNext(next)).toBe(path));
