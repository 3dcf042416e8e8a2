import { expect, test } from "vitest";
import type { Schemas } from "@/api/client";
import { csvOf, escaped, svgOf } from "./export";
import { nearest } from "./nearest";
import { sceneOf, sharedPrefixes } from "./scene";
import { stepsOf } from "./steps";
import { treeOf, visible } from "./tree";
import { fit, levelOf, openAt, zoomed } from "./viewport";

type Reply = Schemas["Lineage"];

const node = (id: string, name: string, x: number, y: number, lane: number, depth: number) => ({
  id,
  type: "table",
  attributes: {
    name,
    kind: "model",
    relation: null,
    materialized: "table",
    tags: [],
    unique_id: `model.shop.${name}`,
    project: "shop",
    depth,
    upstream: 2,
    downstream: 1,
    upstream_drawn: 1,
    downstream_drawn: 1,
    status: name === "c" ? "fail" : null,
    x,
    y,
    width: 160,
    height: 55,
    lane,
  },
});

const edge = (from: string, to: string, points: { x: number; y: number }[]) => ({
  from,
  to,
  type: "derived",
  confidence: "high",
  source: "dbt_import",
  points,
});

// a → b → c, and a → c past b.
const reply = {
  data: {
    nodes: [node("TBL-2", "b", 206, 24, 1, 0), node("TBL-1", "a", 0, 24, 0, 1), node("TBL-3", "c", 412, 24, 2, 1)],
    edges: [
      edge("TBL-1", "TBL-2", [
        { x: 160, y: 39 },
        { x: 206, y: 39 },
      ]),
      edge("TBL-2", "TBL-3", [
        { x: 366, y: 39 },
        { x: 412, y: 39 },
      ]),
      edge("TBL-1", "TBL-3", [
        { x: 160, y: 39 },
        { x: 206, y: 90 },
        { x: 366, y: 90 },
        { x: 412, y: 39 },
      ]),
    ],
  },
  meta: { nodes: 3, total_nodes: 4, edges: 3, truncated: false, version: 1, boxes: 3, folded: 0 },
} as unknown as Reply;

const column = (asset: string, name: string, direction: string) => ({
  id: `${asset}.${name}`,
  type: "column",
  attributes: { asset, asset_name: asset, kind: "model", column: name, direction, depth: 0 },
});

const trace = {
  data: {
    nodes: [
      column("TBL-2", "x", "self"),
      column("TBL-1", "p", "upstream"),
      column("TBL-1", "q", "upstream"),
      column("TBL-9", "far", "upstream"),
    ],
    edges: [
      { from: "TBL-1.p", to: "TBL-2.x", kinds: ["aggregate"], confidence: "schema", masked: false },
      { from: "TBL-1.q", to: "TBL-2.x", kinds: ["conditional"], confidence: "schema", masked: false },
      { from: "TBL-9.far", to: "TBL-1.p", kinds: ["identity"], confidence: "inferred", masked: false },
    ],
    rows: [{ column: "TBL-1.p", asset: "TBL-2", asset_name: "b", kinds: ["join"], confidence: "schema" }],
  },
  meta: { nodes: 4, total_nodes: 4, edges: 3, truncated: false, version: 1 },
} as unknown as Schemas["ColumnLineage"];

test("a scene is about what its selector names", () => {
  const scene = sceneOf(reply, "1+b+1", { replies: [], rows: false }, undefined);
  expect(scene.focus?.name).toBe("b");
  expect(scene.lanes.map((l) => l.text)).toEqual(["1 up", "1 down"]);
  expect(scene.total).toBe(4);
  expect(scene.byId.get("TBL-3")?.status).toBe("fail");
});

test("traced columns are rows of boxes that have room for them, and lines meet them", () => {
  const scene = sceneOf(reply, "1+b+1", { replies: [trace], rows: true }, undefined);
  const a = scene.byId.get("TBL-1");
  const b = scene.byId.get("TBL-2");
  expect(a?.rows.map((r) => r.name)).toEqual(["p", "q"]);
  expect(b?.rows.map((r) => [r.name, r.comes, r.goes, r.how])).toEqual([["x", true, false, "Σ"]]);
  expect(a?.height).toBe(55 + 7 + 3 * 21);
  expect(scene.steps).toBe(2); // the third leads to a box that is not drawn
  expect(scene.byId.get("TBL-3")?.dim).toBe(true);
  const columns = scene.lines.filter((l) => l.columns);
  expect(columns.map((l) => l.style)).toEqual(["", "rows", "rows"]);
  expect(columns[0]?.points.at(-1)?.y).toBe((b?.y ?? 0) + (b?.rows[0]?.y ?? 0));
  // The line past b is below b, which has grown.
  const past = scene.lines.find((l) => l.key === "TBL-1 TBL-3");
  expect(past?.points[1]?.y).toBeGreaterThan((b?.y ?? 0) + (b?.height ?? 0));
});

test("a selected box shows its path", () => {
  const scene = sceneOf(reply, "1+b+1", { replies: [], rows: false }, "TBL-2");
  expect(scene.lines.filter((l) => l.on).map((l) => l.key)).toEqual(["TBL-1 TBL-2", "TBL-2 TBL-3"]);
  expect(scene.boxes.every((b) => b.on)).toBe(true);
});

test("the outline has every box once, and closed rows hide what is below them", () => {
  const scene = sceneOf(reply, "1+b+1", { replies: [], rows: false }, undefined);
  const tree = treeOf(scene);
  expect(tree.map((e) => [e.level, e.name, e.note])).toEqual([
    [1, "Upstream", "1"],
    [2, "a", "+1"],
    [1, "b", ""],
    [1, "Downstream", "1"],
    [2, "c", ""],
  ]);
  expect(visible(tree, new Set(["Upstream"])).map((e) => e.name)).toEqual(["Upstream", "b", "Downstream", "c"]);
});

test("arrow keys lead to the nearest box in their direction", () => {
  const { boxes, byId } = sceneOf(reply, "1+b+1", { replies: [], rows: false }, undefined);
  const b = byId.get("TBL-2");
  if (!b) throw new Error("b is missing");
  expect(nearest(boxes, b, "left")?.name).toBe("a");
  expect(nearest(boxes, b, "right")?.name).toBe("c");
  expect(nearest(boxes, b, "above")).toBeUndefined();
});

test("prefixes that several long names share are found", () => {
  const long = "service_category__emergency_department_institutional";
  expect([...sharedPrefixes([long, "service_category__a", "service_category__b", "x__y"])]).toEqual([
    "service_category__",
  ]);
  expect([...sharedPrefixes(["a__b", "a__c", "a__d"])]).toEqual([]);
});

test("steps of several traces are there once", () => {
  expect(stepsOf([trace, trace])).toHaveLength(3);
});

test("exports hold hostile names as text", () => {
  const hostile = {
    ...reply,
    data: { ...reply.data, nodes: [node("TBL-1", "<script>&\u0000", 0, 0, 0, 0)], edges: [] },
  };
  const svg = svgOf(sceneOf(hostile as unknown as Reply, "", { replies: [], rows: false }, undefined), "<b>");
  expect(svg).not.toContain("<script>");
  expect(new DOMParser().parseFromString(svg, "image/svg+xml").querySelector("parsererror")).toBeNull();
  expect(escaped("a\u0001b\ud800")).toBe("a\ufffdb\ufffd");
  expect(csvOf([["=1+1", 'a"b', "c,d", -1]])).toBe(`'=1+1,"a""b","c,d",'-1\r\n`);
});

test("views fit, open and zoom", () => {
  const pane = { width: 1000, height: 700 };
  expect(levelOf(fit({ width: 1000, height: 9000 }, pane).k)).toBe("groups");
  expect(openAt({ width: 5000, height: 300 }, pane, { x: 2500, y: 100 }).k).toBe(0.6);
  expect(openAt({ width: 5000, height: 300 }, pane, { x: 2500, y: 100 }).x).toBe(500 - 2500 * 0.6);
  expect(openAt({ width: 500, height: 300 }, pane, undefined).k).toBe(1);
  const view = zoomed({ x: 10, y: 20, k: 1 }, 2, { x: 110, y: 120 });
  expect((110 - view.x) / view.k).toBe(100);
});
