import type { Schemas } from "@/api/client";
import { howOf, isIndirect } from "@/lib/how";
import { isNamed, termsOf } from "@/lib/selector";
import type { Point } from "./paths";
import { type Item, reflow } from "./reflow";

type Reply = Schemas["Lineage"];
type Node = Schemas["ResourceLineageNode"];
type Fold = Schemas["LineageFold"];
type Trace = Schemas["ColumnLineage"];

/** A traced column inside a box. */
export interface Row {
  name: string;
  y: number; // of its middle, from the top of the box
  comes: boolean; // an edge leads to it
  goes: boolean; // an edge leads from it
  how: string; // glyph before it; "" for none
}

/** What is drawn as a box: an asset, or several in a fold. */
export interface Box {
  id: string;
  name: string;
  title: string; // without a prefix that its lane shows
  kind: string;
  materialized: string | null;
  uniqueId: string | null;
  x: number;
  y: number;
  width: number;
  height: number;
  lane: number;
  depth: number;
  up: number;
  down: number;
  upDrawn: number;
  downDrawn: number;
  foot: boolean;
  status: string | null;
  rows: Row[];
  more: number | undefined; // further columns; undefined if none is traced
  fold?: Fold;
  focus: boolean;
  on: boolean; // on the path
  dim: boolean; // there is a path, without it
}

/** A line between boxes, or between columns inside them. */
export interface Line {
  key: string;
  from: string;
  to: string;
  points: Point[];
  on: boolean;
  dim: boolean;
  columns: boolean;
  style: "" | "rows" | "guess" | "fold";
  label: string;
  width?: number; // px
}

/** The label above a lane. */
export interface Lane {
  x: number;
  width: number;
  text: string;
  mono?: string;
}

/** Everything that a graph draws. */
export interface Scene {
  boxes: Box[];
  lines: Line[];
  lanes: Lane[];
  glyphs: { key: string; x: number; y: number; how: string }[];
  focus: Box | undefined;
  width: number;
  height: number;
  steps: number; // column edges
  stepsLeftOut: number;
  total: number;
  folded: number;
  byId: Map<string, Box>;
}

/** The traced columns, and what of them is to be drawn. */
export interface Traced {
  replies: Trace[];
  rows: boolean;
}

const head = 30;
const rowTall = 21;
const anchor = 15;
const mostRows = 20;
const mostSteps = 400;

/** What a graph draws for a reply with layout, with columns inside boxes and a path. */
export function sceneOf(reply: Reply, select: string, traced: Traced, selected: string | undefined): Scene {
  const boxes = boxesOf(reply, select);
  const byId = new Map(boxes.map((b) => [b.id, b]));
  const edges = columnEdges(traced.replies, byId);
  addRows(byId, traced.replies, edges.drawn);
  const { knots, rise } = place(boxes, reply);
  const lines = tableLines(reply, byId, knots, rise);
  const scene: Scene = {
    boxes,
    lines,
    lanes: [],
    glyphs: [],
    focus: boxes.find((b) => b.focus),
    width: 0,
    height: 0,
    steps: edges.drawn.length,
    stepsLeftOut: edges.leftOut,
    total: reply.meta.total_nodes,
    folded: reply.meta.folded ?? 0,
    byId,
  };
  if (traced.replies.length > 0) markTrace(scene, traced, edges.drawn);
  else if (selected) markPath(scene, selected);
  scene.lanes = lanesOf(scene);
  scene.width = Math.max(0, ...boxes.map((b) => b.x + b.width)) + 24;
  scene.height = Math.max(0, ...boxes.map((b) => b.y + b.height)) + 24;
  return scene;
}

function boxesOf(reply: Reply, select: string): Box[] {
  const nodes = reply.data.nodes;
  const focus = focusOf(nodes, select);
  const short = sharedPrefixes(nodes.map((n) => n.attributes.name));
  return [
    ...nodes.map((n) => {
      const a = n.attributes;
      const isFocus = n.id === focus;
      return {
        ...blank(n.id, a),
        name: a.name,
        title: isFocus ? a.name : withoutPrefix(a.name, short),
        kind: a.kind,
        materialized: a.materialized,
        uniqueId: a.unique_id,
        depth: a.depth,
        up: a.upstream,
        down: a.downstream,
        upDrawn: a.upstream_drawn ?? 0,
        downDrawn: a.downstream_drawn ?? 0,
        foot: (a.height ?? head) > head,
        status: a.status ?? null,
        focus: isFocus,
      };
    }),
    ...(reply.data.folds ?? []).map((f) => ({
      ...blank(f.id, f),
      name: `${f.count} more${f.folder ? ` in ${f.folder}` : ""}`,
      title: `+${f.count} more`,
      kind: "",
      fold: f,
    })),
  ];
}

interface Placed {
  x?: number;
  y?: number;
  width?: number;
  height?: number;
  lane?: number;
}

/** A box at its place, with nothing in it yet. */
export function blank(id: string, at: Placed): Box {
  return {
    id,
    name: "",
    title: "",
    kind: "",
    materialized: null,
    uniqueId: null,
    x: at.x ?? 0,
    y: at.y ?? 0,
    width: at.width ?? 160,
    height: at.height ?? head,
    lane: at.lane ?? 0,
    depth: 0,
    up: 0,
    down: 0,
    upDrawn: 0,
    downDrawn: 0,
    foot: false,
    status: null,
    rows: [],
    more: undefined,
    focus: false,
    on: false,
    dim: false,
  };
}

/** The node that a selector is about: what its first term names, if that is one node. */
export function focusOf(nodes: Node[], select: string): string | undefined {
  const first = termsOf(select)?.[0];
  const near = nodes.filter((n) => n.attributes.depth === 0);
  if (first) {
    const named = near.filter((n) => isNamed(first.core, n.attributes));
    const exact = named.find((n) => n.attributes.name === first.core) ?? named[0];
    if (exact) return exact.id;
  }
  return select.trim() !== "" && near.length === 1 ? near[0]?.id : undefined;
}

const long = 30; // letters
const alike = 3;

/** The prefixes up to "__" that several names have, of which one is long. */
export function sharedPrefixes(names: string[]): Set<string> {
  const counts = new Map<string, { count: number; long: boolean }>();
  for (const name of names) {
    const prefix = prefixOf(name);
    if (!prefix) continue;
    const seen = counts.get(prefix) ?? { count: 0, long: false };
    counts.set(prefix, { count: seen.count + 1, long: seen.long || name.length > long });
  }
  return new Set([...counts].filter(([, c]) => c.count >= alike && c.long).map(([prefix]) => prefix));
}

function prefixOf(name: string): string {
  const at = name.indexOf("__");
  return at > 0 && at + 2 < name.length ? name.slice(0, at + 2) : "";
}

function withoutPrefix(name: string, shared: Set<string>): string {
  const prefix = prefixOf(name);
  return prefix && shared.has(prefix) ? `…${name.slice(prefix.length)}` : name;
}

interface ColumnEdge {
  from: { box: string; column: string };
  to: { box: string; column: string };
  kinds: string[];
  confidence: string;
}

// The column edges between boxes that are drawn, of all traces, once each.
function columnEdges(replies: Trace[], byId: Map<string, Box>): { drawn: ColumnEdge[]; leftOut: number } {
  const seen = new Map<string, ColumnEdge>();
  for (const reply of replies) {
    const ends = new Map(
      reply.data.nodes.map((n) => [n.id, { box: n.attributes.asset ?? "", column: n.attributes.column }]),
    );
    for (const e of reply.data.edges) {
      const from = ends.get(e.from);
      const to = ends.get(e.to);
      if (from && to && byId.has(from.box) && byId.has(to.box) && from.box !== to.box)
        seen.set(`${e.from} ${e.to}`, { from, to, kinds: e.kinds, confidence: e.confidence });
    }
  }
  const all = [...seen.values()];
  return { drawn: all.slice(0, mostSteps), leftOut: Math.max(0, all.length - mostSteps) };
}

function addRows(byId: Map<string, Box>, replies: Trace[], edges: ColumnEdge[]): void {
  const row = (id: string, column: string): Row | undefined => {
    const box = byId.get(id);
    if (!box) return undefined;
    let found = box.rows.find((r) => r.name === column);
    if (!found && box.rows.length < mostRows) {
      found = { name: column, y: 0, comes: false, goes: false, how: "" };
      box.rows.push(found);
    }
    return found;
  };
  for (const reply of replies) {
    for (const n of reply.data.nodes) {
      if (n.attributes.direction === "self" && n.attributes.asset) row(n.attributes.asset, n.attributes.column);
    }
  }
  const into = new Map<Row, string[]>();
  for (const e of edges) {
    const from = row(e.from.box, e.from.column);
    const to = row(e.to.box, e.to.column);
    if (from) from.goes = true;
    if (to) {
      to.comes = true;
      into.set(to, [...(into.get(to) ?? []), ...e.kinds]);
    }
  }
  for (const [to, kinds] of into) {
    const how = howOf(kinds);
    to.how = how === "=" ? "" : how;
  }
  for (const box of byId.values()) {
    if (box.rows.length === 0) {
      box.more = undefined;
      continue;
    }
    box.rows.forEach((r, i) => {
      r.y = head + 1 + 3 + i * rowTall + rowTall / 2;
    });
    if (box.more !== undefined) box.more = Math.max(0, box.more - box.rows.length);
    box.height += 7 + rowTall * (box.rows.length + (box.more === 0 ? 0 : 1));
  }
}

type Knots = Map<string, number>; // new heights of the points where lines pass lanes

interface Filled {
  x: number;
  width: number;
  items: Map<string, Item>;
  boxes: [Box, Item][];
}

function laneAt(box: Box): Filled {
  return { x: box.x, width: box.width, items: new Map(), boxes: [] };
}

// Makes room for the rows, lane by lane.
function place(boxes: Box[], reply: Reply): { knots: Knots; rise: number } {
  const knots: Knots = new Map();
  if (!boxes.some((b) => b.rows.length > 0)) return { knots, rise: raise(boxes) };
  const lanes = new Map<number, Filled>();
  for (const box of boxes) {
    const lane = lanes.get(box.lane) ?? laneAt(box);
    lanes.set(box.lane, lane);
    const item = { top: box.y, height: box.height, wants: box.y, weight: box.focus ? 12 : 1 };
    lane.items.set(box.id, item);
    lane.boxes.push([box, item]);
  }
  const byX = new Map([...lanes.values()].flatMap((l) => [[l.x, l] as const, [l.x + l.width, l] as const]));
  for (const edge of [...reply.data.edges, ...(reply.data.fold_edges ?? [])]) {
    for (const p of edge.points?.slice(1, -1) ?? []) {
      byX.get(p.x)?.items.set(`at ${p.y}`, { top: p.y, height: 0, wants: p.y, weight: 0.5 });
    }
  }
  for (const lane of lanes.values()) {
    reflow([...lane.items.values()].sort((a, b) => a.wants - b.wants));
    for (const [key, item] of lane.items) {
      if (!key.startsWith("at ")) continue;
      knots.set(`${lane.x} ${item.wants}`, item.top);
      knots.set(`${lane.x + lane.width} ${item.wants}`, item.top);
    }
    for (const [box, item] of lane.boxes) box.y = item.top;
  }
  return { knots, rise: raise(boxes) };
}

const top = 34; // of the highest box, below the labels of lanes

function raise(boxes: Box[]): number {
  const rise = top - Math.min(...boxes.map((b) => b.y));
  for (const box of boxes) box.y += rise;
  return rise;
}

function tableLines(reply: Reply, byId: Map<string, Box>, knots: Knots, rise: number): Line[] {
  const tops = new Map<string, number>();
  for (const n of reply.data.nodes) tops.set(n.id, n.attributes.y ?? 0);
  for (const f of reply.data.folds ?? []) tops.set(f.id, f.y ?? 0);
  const line = (
    e: { from: string; to: string; points?: Point[]; back?: boolean },
    style: Line["style"],
    label: string,
  ): Line[] => {
    const from = byId.get(e.from);
    const to = byId.get(e.to);
    const points = e.points?.map((p) => ({ ...p }));
    if (!from || !to || !points || points.length < 2) return [];
    const last = points.length - 1;
    const moved = from.y - (tops.get(e.from) ?? 0);
    for (const [i, p] of points.entries()) {
      if (i === 0) p.y = from.y + anchor;
      else if (i === last) p.y = to.y + anchor;
      else p.y = e.from === e.to ? p.y + moved : (knots.get(`${p.x} ${p.y}`) ?? p.y) + rise;
    }
    return [
      { key: `${e.from} ${e.to}`, from: e.from, to: e.to, points, on: false, dim: false, columns: false, style, label },
    ];
  };
  return [
    ...reply.data.edges.flatMap((e) => line(e, e.confidence === "low" ? "guess" : "", e.type)),
    ...(reply.data.fold_edges ?? []).flatMap((e) => line(e, "fold", `${e.edges} edges`)),
  ];
}

// Column edges are drawn on top, along the lines of their tables; boxes that they touch are on the path.
function markTrace(scene: Scene, traced: Traced, edges: ColumnEdge[]): void {
  const { byId } = scene;
  const along = new Map(scene.lines.map((l) => [l.key, l]));
  const onPath = new Set(scene.boxes.filter((b) => b.rows.length > 0).map((b) => b.id));
  for (const l of scene.lines) {
    l.dim = true;
  }
  // What has no columns, such as an exposure, is on the path if it uses a table that is.
  const reached = new Set([...traced.replies.flatMap((r) => downstreamOf(r))]);
  for (const l of scene.lines) {
    const to = byId.get(l.to);
    if (to && !to.fold && to.rows.length === 0 && hasNoColumns(to.kind) && reached.has(l.from)) {
      onPath.add(l.to);
      l.on = true;
      l.dim = false;
    }
  }
  for (const b of scene.boxes) {
    b.on = onPath.has(b.id);
    b.dim = !b.on;
  }
  const drawn: Line[] = [];
  for (const e of edges) {
    const from = byId.get(e.from.box);
    const to = byId.get(e.to.box);
    if (!from || !to) continue;
    const a = from.rows.find((r) => r.name === e.from.column);
    const b = to.rows.find((r) => r.name === e.to.column);
    const start = { x: from.x + from.width, y: from.y + (a?.y ?? anchor) };
    const end = { x: to.x, y: to.y + (b?.y ?? anchor) };
    const middle = along.get(`${e.from.box} ${e.to.box}`)?.points.slice(1, -1) ?? [];
    drawn.push({
      key: `${e.from.box}.${e.from.column} ${e.to.box}.${e.to.column}`,
      from: e.from.box,
      to: e.to.box,
      points: [start, ...middle, end],
      on: true,
      dim: false,
      columns: true,
      style: isIndirect(e.kinds) ? "rows" : isGuess(e.confidence) ? "guess" : "",
      label: e.kinds.join(", "),
    });
  }
  if (traced.rows) drawn.push(...rowLines(scene, traced.replies, along));
  scene.lines.push(...drawn);
  for (const box of scene.boxes) {
    for (const r of box.rows) {
      if (r.how) scene.glyphs.push({ key: `${box.id} ${r.name}`, x: box.x - 16.5, y: box.y + r.y, how: r.how });
    }
  }
}

function isGuess(confidence: string): boolean {
  return confidence === "inferred" || confidence === "ambiguous";
}

function hasNoColumns(kind: string): boolean {
  return ["exposure", "metric", "semantic_model", "saved_query"].includes(kind);
}

function downstreamOf(reply: Trace): string[] {
  return reply.data.nodes.flatMap((n) => (n.attributes.direction !== "upstream" && n.attributes.asset) || []);
}

// Columns that decide which rows a table has: dotted, to the head of its box.
function rowLines(scene: Scene, replies: Trace[], along: Map<string, Line>): Line[] {
  const lines = new Map<string, Line>();
  for (const reply of replies) {
    for (const edge of reply.data.rows) {
      const dot = edge.column.indexOf(".");
      const from = scene.byId.get(edge.column.slice(0, dot));
      const to = scene.byId.get(edge.asset);
      if (!from || !to || from === to) continue;
      const row = from.rows.find((r) => r.name === edge.column.slice(dot + 1));
      const middle = along.get(`${from.id} ${to.id}`)?.points.slice(1, -1) ?? [];
      const key = `rows ${from.id} ${row?.name ?? ""} ${to.id}`;
      lines.set(key, {
        key,
        from: from.id,
        to: to.id,
        points: [{ x: from.x + from.width, y: from.y + (row?.y ?? anchor) }, ...middle, { x: to.x, y: to.y + anchor }],
        on: false,
        dim: false,
        columns: true,
        style: "rows",
        label: edge.kinds.join(", "),
      });
      from.dim = false;
      to.dim = false;
    }
  }
  return [...lines.values()];
}

// The path of a selected box: all that it is made from and all that is made from it, of what is drawn.
function markPath(scene: Scene, selected: string): void {
  if (!scene.byId.has(selected)) return;
  const onLines = new Set<Line>();
  const onBoxes = new Set([selected]);
  for (const [near, far] of [
    ["from", "to"],
    ["to", "from"],
  ] as const) {
    const lines = new Map<string, Line[]>();
    for (const l of scene.lines) lines.set(l[near], [...(lines.get(l[near]) ?? []), l]);
    const queue = [selected];
    const seen = new Set(queue);
    for (let id = queue.shift(); id; id = queue.shift()) {
      for (const l of lines.get(id) ?? []) {
        onLines.add(l);
        onBoxes.add(l[far]);
        if (!seen.has(l[far])) {
          seen.add(l[far]);
          queue.push(l[far]);
        }
      }
    }
  }
  for (const l of scene.lines) {
    l.on = onLines.has(l);
    l.dim = !l.on;
  }
  for (const b of scene.boxes) {
    b.on = onBoxes.has(b.id);
    b.dim = !b.on;
  }
}

// Lanes are labelled by their steps from the focus, and by the prefix that the names of their boxes share.
function lanesOf(scene: Scene): Lane[] {
  const { focus } = scene;
  const lanes = new Map<number, Box[]>();
  for (const b of scene.boxes) lanes.set(b.lane, [...(lanes.get(b.lane) ?? []), b]);
  const out: Lane[] = [];
  for (const [lane, boxes] of lanes) {
    const [first] = boxes;
    if (!first) continue;
    const at = { x: first.x, width: first.width };
    const cut = boxes.find((b) => b.title !== b.name && b.title.startsWith("…") && !b.fold);
    const fold = boxes.find((b) => b.fold)?.fold;
    const steps = focus ? lane - focus.lane : 0;
    let text = steps === 0 ? "" : steps < 0 ? `${-steps} up` : `${steps} down`;
    if (fold) {
      const drawn = boxes.filter((b) => !b.fold).length;
      text = `${drawn} of ${drawn + boxes.reduce((n, b) => n + (b.fold?.count ?? 0), 0)}`;
    }
    if (text || cut) out.push({ ...at, text, mono: cut && `${prefixOf(cut.name)}…` });
  }
  return out;
}
