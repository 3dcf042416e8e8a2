import { describe, expect, it } from "vitest";
import { hunks, lineDiff } from "./linediff";

const marks = { same: " ", added: "+", removed: "-" };
const drawn = (a: string, b: string) => lineDiff(a, b).map((l) => marks[l.kind] + l.text);

describe("lineDiff", () => {
  it.each([
    ["a\nb\nc", "a\nx\nc", [" a", "-b", "+x", " c"]],
    ["a\nb", "a\nb", [" a", " b"]],
    ["", "a", ["-", "+a"]],
    ["a\nb\nc\nd", "b\nd\ne", ["-a", " b", "-c", " d", "+e"]],
  ])("%j to %j", (a, b, want) => expect(drawn(a, b)).toEqual(want));

  it("gives both texts back", () => {
    const a = Array.from({ length: 200 }, (_, i) => `line ${(i * 7) % 31}`).join("\n");
    const b = Array.from({ length: 180 }, (_, i) => `line ${(i * 5) % 29}`).join("\n");
    const lines = lineDiff(a, b);
    expect(
      lines
        .filter((l) => l.kind !== "added")
        .map((l) => l.text)
        .join("\n"),
    ).toBe(a);
    expect(
      lines
        .filter((l) => l.kind !== "removed")
        .map((l) => l.text)
        .join("\n"),
    ).toBe(b);
  });

  it("does not compare texts that are too long line by line", () => {
    const long = (mark: string) => Array.from({ length: 5000 }, (_, i) => `${mark}${i}`).join("\n");
    expect(lineDiff(long("a"), long("b"))).toHaveLength(10_000);
  });

  it("numbers lines", () => expect(lineDiff("a\nb", "a\nx\nb").map((l) => l.line)).toEqual([1, 2, 3]));
});

it("leaves out what is far from a change", () => {
  const text = Array.from({ length: 30 }, (_, i) => `${i}`);
  const changed = text.with(5, "five").with(20, "twenty");
  const parts = hunks(lineDiff(text.join("\n"), changed.join("\n")), 1);
  expect(parts.map((l) => (l ? marks[l.kind] + l.text : "…"))).toEqual([
    " 4",
    "-5",
    "+five",
    " 6",
    "…",
    " 19",
    "-20",
    "+twenty",
    " 21",
  ]);
});
