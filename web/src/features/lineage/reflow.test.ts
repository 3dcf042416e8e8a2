import { expect, test } from "vitest";
import { type Item, reflow } from "./reflow";

const item = (wants: number, height: number, weight = 1): Item => ({ top: wants, height, wants, weight });

test("boxes that have room stay", () => {
  const lane = [item(0, 30), item(100, 55)];
  reflow(lane);
  expect(lane.map((i) => i.top)).toEqual([0, 100]);
});

test("grown boxes push each other apart, around where they were", () => {
  const lane = [item(0, 100), item(44, 100), item(400, 30)];
  reflow(lane);
  const [a, b, c] = lane.map((i) => i.top) as [number, number, number];
  expect(b - a).toBe(114);
  expect(a).toBeLessThan(0);
  expect(b).toBeGreaterThan(44);
  expect(c).toBe(400);
});

test("a heavy one stays nearer than a light one", () => {
  const lane = [item(0, 100, 100), item(10, 30)];
  reflow(lane);
  expect(lane[0]?.top).toBeGreaterThan(-3);
  expect(lane[1]?.top).toBeGreaterThan(110);
});
