import type { Schemas } from "@/api/client";
import { blank, type Line, type Scene } from "@/features/lineage/scene";
import { count } from "@/lib/count";
import { kindName } from "@/ui/kind";

type Reply = Schemas["Map"];
type Group = Schemas["MapGroup"];

/** The map as a scene of boxes: groups, and the assets of the one that is expanded. */
export function mapScene(reply: Reply, selected: string | undefined, found: Set<string>): Scene {
  const boxes = reply.data.groups.map((g) => ({
    ...blank(g.id, g),
    name: g.name ?? noneOf(reply.meta.by),
    title: g.title || noneOf(reply.meta.by),
    kind: mainKind(g),
    on: found.has(g.id),
  }));
  const byId = new Map(boxes.map((b) => [b.id, b]));
  const lines: Line[] = reply.data.edges.map((e) => ({
    key: `${e.from} ${e.to}`,
    from: e.from,
    to: e.to,
    points: e.points ?? [],
    on: e.from === selected || e.to === selected,
    dim: selected !== undefined && e.from !== selected && e.to !== selected,
    columns: false,
    style: "",
    label: count(e.weight, "edge"),
    width: widthOf(e.weight),
  }));
  return {
    boxes,
    lines,
    lanes: [],
    glyphs: [],
    focus: undefined,
    width: reply.meta.width ?? 0,
    height: reply.meta.height ?? 0,
    steps: 0,
    stepsLeftOut: 0,
    total: reply.meta.total_groups,
    folded: 0,
    byId,
  };
}

/** The width of a line for so many edges. */
function widthOf(edges: number): number {
  return Math.min(1 + edges / 5, 4.6);
}

/** What stands for the assets without a folder, tag, owner …. */
export function noneOf(by: string): string {
  return by === "folder" ? "(no folder)" : by === "owner" ? "No owner" : `(no ${by})`;
}

/** The most frequent kind of a group. */
function mainKind(g: Group): string {
  return Object.entries(g.kinds).sort(([a, n], [b, m]) => m - n || a.localeCompare(b))[0]?.[0] ?? "model";
}

/** What a group has: "12 models", "9 assets" if they are of several kinds. */
export function contents(g: Group): string {
  const kinds = Object.keys(g.kinds);
  const noun = kinds.length === 1 && kinds[0] ? kindName(kinds[0]) : "asset";
  return count(g.assets, noun, noun.endsWith("y") ? `${noun.slice(0, -1)}ies` : `${noun}s`);
}
