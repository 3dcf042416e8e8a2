import { expect, it } from "vitest";
import { codeLines, lineAt, positions } from "./codelines";
import { madeOf } from "./how";
import { sourceName, sourceOf } from "./origin";
import { referredBy, tableOf } from "./tables";

it("names how a column gets its value", () => {
  expect(
    [
      madeOf([["identity"]]),
      madeOf([["identity"]], true),
      madeOf([["cast", "transform"]]),
      madeOf([["transform", "aggregate"]]),
      madeOf([["aggregate", "window"]]),
      madeOf([["window_key"]]),
      madeOf([["transform"], ["transform", "aggregate"]]),
      madeOf([["aggregate"], ["aggregate"]]),
      madeOf([]),
    ].map((h) => h.glyph),
  ).toEqual(["=", "→", "ƒ", "Σ", "⊟", "⊟", "ƒ", "Σ", "ƒ"]);
});

it("reads origins, of people with colons in their name too", () => {
  expect(["dbt:shop", "crawl:INT-1", "user:a:b"].map(sourceOf).map(sourceName)).toEqual(["dbt", "warehouse", "a:b"]);
});

it("turns bytes into positions of strings", () => {
  const text = "é🙂x";
  const at = positions(text);
  expect([at(0), at(2), at(6), at(7)]).toEqual([0, 1, 3, 4]);
});

it("cuts code into lines, through comments of several lines", () => {
  const none = { keywords: [], functions: [], names: [], strings: [], numbers: [], comments: [], templates: [] };
  const text = "select é\n/* a\nb */ x";
  const lines = codeLines(text, { ...none, keywords: [0, 6], names: [7, 9, 20, 21], comments: [10, 19] });
  expect(lines.map((l) => l.map((p) => [p.text, p.class]))).toEqual([
    [
      ["select", "sk"],
      [" ", undefined],
      ["é", "name"],
    ],
    [["/* a", "sc"]],
    [
      ["b */", "sc"],
      [" ", undefined],
      ["x", "name"],
    ],
  ]);
  expect(codeLines(text, null).map((l) => l.map((p) => p.text).join(""))).toEqual(text.split("\n"));
  expect([lineAt(text, 0), lineAt(text, 9), lineAt(text, 18)]).toEqual([1, 2, 3]);
});

it("finds the tables that code names", () => {
  const tables = [
    {
      id: "T1",
      name: "orders",
      unique_id: "source.shop.landing.orders",
      relation: { database: "shop", schema: "landing", identifier: "orders" },
    },
    {
      id: "T2",
      name: "orders",
      unique_id: "model.shop.orders",
      relation: { database: null, schema: "marts", identifier: "orders" },
    },
    { id: "T3", name: "priced", unique_id: "model.shop.priced", relation: null },
    { id: "T4", name: "customers.v2", unique_id: "model.shop.customers.v2", relation: null },
  ];
  expect(tableOf(['"shop"', '"landing"', '"orders"'], tables)?.id).toBe("T1");
  expect(tableOf(["x", "marts", "ORDERS"], tables)?.id).toBe("T2");
  expect(tableOf(["__dbt__cte__priced"], tables)?.id).toBe("T3");
  expect(tableOf(["nothing"], tables)).toBeUndefined();
  expect(referredBy('{{ source("landing", "orders") }}', tables)?.id).toBe("T1");
  expect(referredBy("{{ ref('shop', 'orders') }}", tables)?.id).toBe("T2");
  expect(referredBy("{{ ref('customers', v=2) }}", tables)?.id).toBe("T4");
  expect(referredBy("{{ ref('customers') }}", tables)?.id).toBe("T4");
  expect(referredBy("{{ config(x=1) }}", tables)).toBeUndefined();
});
