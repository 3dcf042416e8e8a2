import { expect, it } from "vitest";
import { stepsTo } from "./steps";

const node = (id: string, direction = "upstream") => ({
  id,
  attributes: {
    asset: id.split(".")[0] ?? "",
    asset_name: id.split(".")[0] ?? "",
    kind: "model",
    column: id.split(".")[1] ?? "",
    direction,
    depth: 1,
    masked: false,
    incomplete: false,
    span: null,
    expression: null,
  },
});
const edge = (from: string, to: string, kinds = ["identity"]) => ({ from, to, kinds });

it("orders the steps of a column, and joins branches where columns are combined", () => {
  const steps = stepsTo("o.net", {
    nodes: ["o.net", "p.line", "l.price", "l.quantity", "s.discount", "src.pence", "src.quantity", "src.discount"]
      .map((id) => node(id))
      .concat(node("r.revenue", "downstream")) as never,
    edges: [
      edge("src.pence", "l.price", ["transform"]),
      edge("src.quantity", "l.quantity"),
      edge("l.price", "p.line", ["transform"]),
      edge("l.quantity", "p.line", ["transform"]),
      edge("p.line", "o.net", ["aggregate"]),
      edge("src.discount", "s.discount", ["cast"]),
      edge("s.discount", "o.net", ["transform"]),
      edge("o.net", "r.revenue", ["aggregate"]),
    ],
  });
  expect(steps.map((s) => [s.id, s.branch, s.into])).toEqual([
    ["l.price", 0, "p.line"],
    ["l.quantity", 1, "p.line"],
    ["p.line", 0, "o.net"],
    ["s.discount", 1, "o.net"],
    ["o.net", 0, undefined],
  ]);
  expect(steps[0]?.reads.map((r) => r.column)).toEqual(["pence"]);
  expect(steps.at(-1)?.kinds).toEqual([["aggregate"], ["transform"]]);
});

it("ends in cycles, and has the column itself where nothing comes in", () => {
  expect(stepsTo("a.x", { nodes: [node("a.x", "self")] as never, edges: [] }).map((s) => s.id)).toEqual(["a.x"]);
  const cyclic = stepsTo("a.x", {
    nodes: [node("a.x"), node("b.x")] as never,
    edges: [edge("a.x", "b.x"), edge("b.x", "a.x")],
  });
  expect(cyclic.map((s) => s.id)).toEqual(["b.x", "a.x"]);
});
