import type { Box, Scene } from "./scene";

/** A row of the outline. */
export interface Entry {
  key: string;
  level: number;
  name: string;
  title: string;
  box?: Box;
  children: boolean;
  note: string;
  noteWords: string;
}

/** The outline of a scene: what it is about, with what it is made from above and what is made from it below. */
export function treeOf(scene: Scene): Entry[] {
  const { focus } = scene;
  if (!focus) return flat(scene);
  const seen = new Set([focus.id]);
  const up = branch(scene, focus, "up", 2, seen);
  const down = branch(scene, focus, "down", 2, seen);
  const rest = scene.boxes.filter((b) => !seen.has(b.id));
  return [
    ...section("Upstream", up),
    entry(focus, 1, false, ""),
    ...section("Downstream", down),
    ...section(
      "Others",
      rest.map((b) => entry(b, 2, false, "")),
    ),
  ];
}

function flat(scene: Scene): Entry[] {
  return [...scene.boxes]
    .sort((a, b) => a.lane - b.lane || a.y - b.y)
    .flatMap((b) => (b.fold ? foldEntries(b, 1) : [entry(b, 1, false, "")]));
}

function section(name: string, rows: Entry[]): Entry[] {
  if (rows.length === 0) return [];
  const drawn = rows.filter((r) => r.box && !r.box.fold).length;
  const folded = rows.reduce((n, r) => n + (r.box?.fold?.count ?? 0), 0);
  return [
    {
      key: name,
      level: 1,
      name,
      title: name,
      children: true,
      note: folded > 0 ? `${drawn} of ${drawn + folded}` : String(drawn),
      noteWords: "",
    },
    ...rows,
  ];
}

// Each box once, below the nearest one that leads to it.
function branch(scene: Scene, from: Box, side: "up" | "down", level: number, seen: Set<string>): Entry[] {
  const [near, far] = side === "up" ? (["to", "from"] as const) : (["from", "to"] as const);
  const lines = new Map<string, string[]>();
  for (const l of scene.lines) {
    if (!l.columns) lines.set(l[near], [...(lines.get(l[near]) ?? []), l[far]]);
  }
  const children = new Map<string, Box[]>();
  const queue = [from];
  for (let box = queue.shift(); box; box = queue.shift()) {
    const next = (lines.get(box.id) ?? [])
      .flatMap((id) => (seen.has(id) ? [] : (scene.byId.get(id) ?? [])))
      .sort((a, b) => Number(!!a.fold) - Number(!!b.fold) || a.y - b.y);
    for (const b of next) {
      if (seen.has(b.id)) continue;
      seen.add(b.id);
      children.set(box.id, [...(children.get(box.id) ?? []), b]);
      queue.push(b);
    }
  }
  const list = (id: string, depth: number): Entry[] =>
    (children.get(id) ?? []).flatMap((b) =>
      b.fold ? foldEntries(b, depth) : [entry(b, depth, children.has(b.id), side), ...list(b.id, depth + 1)],
    );
  return list(from.id, level);
}

function entry(b: Box, level: number, children: boolean, side: "up" | "down" | ""): Entry {
  const hidden = side === "up" ? b.up - b.upDrawn : side === "down" ? b.down - b.downDrawn : 0;
  return {
    key: b.id,
    level,
    name: b.name,
    title: b.title,
    box: b,
    children,
    note: hidden > 0 ? `+${hidden}` : "",
    noteWords: hidden > 0 ? ` ${side}stream not drawn` : "",
  };
}

function foldEntries(b: Box, level: number): Entry[] {
  return [
    { ...entry(b, level, true, ""), title: b.name, box: b },
    ...(b.fold?.assets ?? []).map((a) => ({
      key: `${b.id} ${a.id}`,
      level: level + 1,
      name: a.name,
      title: a.name,
      children: false,
      note: "",
      noteWords: "",
    })),
  ];
}

/** The rows of a tree whose closed ones hide what is below them. */
export function visible(entries: Entry[], closed: Set<string>): Entry[] {
  const out: Entry[] = [];
  let hiddenBelow = Number.POSITIVE_INFINITY;
  for (const e of entries) {
    if (e.level > hiddenBelow) continue;
    hiddenBelow = e.children && closed.has(e.key) ? e.level : Number.POSITIVE_INFINITY;
    out.push(e);
  }
  return out;
}
