/** A point of a line, in pixels of the drawing. */
export interface Point {
  x: number;
  y: number;
}

export const arrow = 7;

/** The path of a line: level between equally high points, else one curve that is level at both ends. */
export function pathOf(points: Point[]): string {
  const [first, ...rest] = points;
  if (!first) return "";
  let path = `M${first.x} ${first.y}`;
  let from = first;
  for (const to of rest) {
    if (from.y === to.y) {
      path += ` L${to.x} ${to.y}`;
    } else {
      const dx = to.x - from.x;
      const handle = Math.sign(dx || 1) * Math.min(Math.abs(dx) / 2, 90);
      path += ` C${from.x + handle} ${from.y} ${to.x - handle} ${to.y} ${to.x} ${to.y}`;
    }
    from = to;
  }
  return path;
}

/** Points with the last one moved so that an arrowhead fits between it and the box. */
export function shortened(points: Point[], start: number, end: number): Point[] {
  const out = points.map((p) => ({ ...p }));
  const first = out[0];
  const second = out[1];
  const last = out.at(-1);
  const before = out.at(-2);
  if (first && second) first.x += Math.sign(second.x - first.x || 1) * start;
  if (last && before) last.x -= Math.sign(last.x - before.x || 1) * end;
  return out;
}

/** The arrowhead at the end of a line. */
export function headOf(points: Point[]): string {
  const tip = points.at(-1);
  const before = points.at(-2);
  if (!tip || !before) return "";
  const back = tip.x - Math.sign(tip.x - before.x || 1) * arrow;
  return `M${back} ${tip.y - 3.5}L${tip.x} ${tip.y}L${back} ${tip.y + 3.5}z`;
}
