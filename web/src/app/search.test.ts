import { expect, it } from "vitest";
import { many, one, parseQuery, writeQuery } from "./search";

it("keeps every value a text", () => {
  expect(parseQuery("?at=5&kind=model&kind=source&q=a%20b")).toEqual({ at: "5", kind: ["model", "source"], q: "a b" });
});

it("writes what it reads, without empty values", () => {
  expect(writeQuery({ at: "5", kind: ["model", "source"], q: "a b", none: undefined, empty: "" })).toBe(
    "?at=5&kind=model&kind=source&q=a+b",
  );
  expect(writeQuery({ none: undefined })).toBe("");
});

it("reads one or many", () => {
  expect([one(["a", "b"]), one(""), one(3), many("a"), many(["a", ""]), many(undefined)]).toEqual([
    "a",
    undefined,
    undefined,
    ["a"],
    ["a"],
    undefined,
  ]);
});
