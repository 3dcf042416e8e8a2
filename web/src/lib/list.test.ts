import { describe, expect, it } from "vitest";
import { csv } from "./csv";
import { rowWindow } from "./window";

describe("rowWindow", () => {
  it.each([
    ["the top", 200_000, 120],
    ["the middle", 200_000, -3_400_000],
    ["the end", 200_000, -34 * 199_980],
    ["past the end", 200_000, -34 * 300_000],
    ["a short list", 3, 120],
    ["an empty list", 0, 120],
  ])("draws what is on the screen at %s, and few rows more", (_, count, top) => {
    const w = rowWindow(count, 34, top, 800);
    expect(w.above + (w.end - w.start) * 34 + w.below).toBe(count * 34);
    expect(w.end - w.start).toBeLessThan(80);
    const first = Math.max(0, Math.floor(-top / 34));
    for (let i = first; i < Math.min(count, Math.floor((800 - top) / 34)); i++)
      expect(i >= w.start && i < w.end).toBe(true);
  });
});

describe("csv", () => {
  it("quotes what needs it and keeps formulas from running", () => {
    expect(
      csv([
        ["a", 1, null],
        ['say "x"', "b,c", "=1+1"],
        ["@sum", -3, "two\nlines"],
      ]),
    ).toBe('a,1,\r\n"say ""x""","b,c",\'=1+1\r\n\'@sum,-3,"two\nlines"\r\n');
  });
});
