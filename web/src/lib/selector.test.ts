import { describe, expect, test } from "vitest";
import { coreOf, selectorOf, stepped, termsOf } from "./selector";

describe("selectors", () => {
  test("are read and written", () => {
    for (const text of ["2+fct_orders+1", "+orders", "orders+", "1+a b+2 source:raw.x", "tag:nightly"]) {
      expect(selectorOf(termsOf(text) ?? [])).toBe(text);
    }
    expect(termsOf("2+fct_orders+")).toEqual([{ core: "fct_orders", up: 2, down: Number.POSITIVE_INFINITY }]);
    expect(termsOf("a,b")).toBeUndefined();
    expect(termsOf("@a")).toBeUndefined();
    expect(termsOf("")).toEqual([]);
  });

  test("take steps", () => {
    expect(stepped("1+a+1", "a", "up", 1)).toBe("2+a+1");
    expect(stepped("1+a+1", "a", "down", -1)).toBe("1+a");
    expect(stepped("a", "a", "up", -1)).toBe("a");
    expect(stepped("1+a+1", "b", "down", 1)).toBe("1+a+1 b+1");
    expect(stepped("1+a+1 b+1", "b", "down", 1)).toBe("1+a+1 b+2");
    expect(stepped("1+a+1 b+1", "b", "down", -1)).toBe("1+a+1");
    expect(stepped("1+a+1", "c", "up", -1)).toBe("1+a+1");
    expect(stepped("a,b", "c", "up", 1)).toBe("a,b 1+c");
    expect(stepped("+a", "a", "up", 1)).toBe("+a");
  });

  test("name nodes as dbt does", () => {
    const node = (kind: string, name: string, unique_id: string | null) => coreOf({ kind, name, unique_id });
    expect(node("model", "orders", "model.shop.orders")).toBe("orders");
    expect(node("model", "dim", "model.shop.dim.v2")).toBe("dim.v2");
    expect(node("source", "orders", "source.shop.raw.orders")).toBe("source:raw.orders");
    expect(node("metric", "revenue", "metric.shop.revenue")).toBe("metric:revenue");
    expect(node("table", "a b", null)).toBe("a?b");
  });
});
