import { expect, it } from "vitest";
import { addressOf, byTag, type Document, typeOf } from "./document";

const doc: Document = {
  info: { title: "t", version: "1" },
  paths: {
    "/assets/{id}": {
      get: {
        operationId: "get-asset",
        tags: ["assets"],
        responses: {},
        parameters: [
          { name: "id", in: "path" },
          { name: "at", in: "query" },
        ],
      },
      patch: { operationId: "edit-asset", tags: ["assets"], responses: {} },
    },
    "/x": { post: { operationId: "x", responses: {} } },
  },
  components: { schemas: {} },
};

it("groups requests by their tags", () => {
  expect([...byTag(doc)].map(([tag, entries]) => [tag, entries.map((e) => `${e.method} ${e.path}`)])).toEqual([
    ["assets", ["get /assets/{id}", "patch /assets/{id}"]],
    ["other", ["post /x"]],
  ]);
});

it("fills parameters in, escaped", () => {
  const entry = byTag(doc).get("assets")?.[0];
  if (!entry) throw new Error("no entry");
  expect(addressOf(entry, { id: 'a/b "c"', at: "5" })).toBe("/assets/a%2Fb%20%22c%22?at=5");
  expect(addressOf(entry, {})).toBe("/assets/{id}");
});

it("names types in a word", () => {
  expect(typeOf({ items: { $ref: "#/components/schemas/Asset" } })).toBe("list of Asset");
  expect(typeOf({ anyOf: [{ type: "string", format: "date-time" }, { type: "null" }] })).toBe(
    "string (date-time) | null",
  );
  expect(typeOf({ enum: ["a", "b"] })).toBe("a | b");
});
