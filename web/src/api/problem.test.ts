import { expect, it } from "vitest";
import { cursorOf, rowsOf } from "./list";
import { Problem } from "./problem";

it("carries the server's code, request and fields", () => {
  const p = Problem.of(new Response(null, { status: 422 }), {
    code: "invalid",
    title: "Invalid",
    detail: "name is empty",
    status: 422,
    request_id: "R1",
    type: "",
    errors: [{ field: "name", detail: "is empty" }],
  });
  expect([p.status, p.code, p.message, p.requestId, p.field("name"), p.field("other")]).toEqual([
    422,
    "invalid",
    "name is empty",
    "R1",
    "is empty",
    undefined,
  ]);
});

it("becomes one of a proxy's page by its status", () => {
  const p = Problem.of(new Response("<html>", { status: 502, headers: { "X-Request-Id": "R2" } }), "<html>");
  expect([p.code, p.requestId, p.temporary, p.signedOut]).toEqual(["http-502", "R2", true, false]);
});

it("finds the cursor of the next page", () => {
  expect(cursorOf("/api/v1/assets?cursor=a-b&limit=2")).toBe("a-b");
  expect(cursorOf(null)).toBeUndefined();
  expect(rowsOf([{ data: [1, 2] }, { data: null }, { data: [3] }])).toEqual([1, 2, 3]);
});
