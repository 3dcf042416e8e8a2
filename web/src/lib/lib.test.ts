import { describe, expect, it } from "vitest";
import { bytes, count, number, percent } from "./count";
import { marked, shortened } from "./names";
import { age, duration, span, when } from "./time";

describe("times", () => {
  const now = new Date("2026-11-09T12:00:00");
  it.each([
    ["2026-11-09T06:01:00", "06:01 today"],
    ["2026-11-08T22:14:00", "8 Nov 22:14"],
    ["2025-05-29T03:00:00", "29 May 2025"],
    [null, "–"],
    ["never", "never"],
  ])("%s is %s", (iso, text) => expect(when(iso, now)).toBe(text));
  it.each([
    [0.352872, "0.35 s"],
    [6.02, "6.0 s"],
    [200, "3 min 20 s"],
    [7440, "2 h 4 min"],
    [null, "–"],
  ])("%s seconds last %s", (seconds, text) => expect(duration(seconds)).toBe(text));
  it.each([
    [-5, "0 s"],
    [59, "59 s"],
    [720, "12 min"],
    [18 * 3600, "18 h"],
    [4 * 86400, "4 d"],
  ])("%s seconds span %s", (seconds, text) => expect(span(seconds)).toBe(text));
  it("has ages", () => expect(age("2026-11-09T11:48:00", now)).toBe("12 min"));
});

describe("numbers", () => {
  it("groups thousands", () => expect(number(12550)).toBe("12,550"));
  it("counts", () =>
    expect([count(1, "table"), count(0, "table"), count(2, "match", "matches")]).toEqual([
      "1 table",
      "0 tables",
      "2 matches",
    ]));
  it("never rounds to all or none", () =>
    expect([percent(999, 1000), percent(1, 1000), percent(5, 5), percent(0, 5), percent(0, 0)]).toEqual([
      "99 %",
      "1 %",
      "100 %",
      "0 %",
      "–",
    ]));
  it("has bytes", () => expect([bytes(812), bytes(3400), bytes(170e6)]).toEqual(["812 B", "3.4 kB", "170 MB"]));
});

describe("names", () => {
  it("are cut in the middle, longer at the end", () => {
    expect(shortened("int_order_lines_priced", 15)).toBe("int_or…s_priced");
    expect(shortened("orders", 15)).toBe("orders");
    expect([...shortened("💧".repeat(40), 9)]).toHaveLength(9);
  });
  it("are marked where a query matches", () => {
    const hits = (name: string, query: string) =>
      marked(name, query)
        .filter((p) => p.hit)
        .map((p) => p.text);
    expect(hits("net_amount", "ord am")).toEqual(["am"]);
    expect(hits("Orders_by_order", "kind:model order")).toEqual(["Order", "order"]);
    expect(marked("a", "")).toEqual([{ text: "a", hit: false }]);
  });
});
