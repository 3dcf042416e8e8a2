import type { Box } from "./scene";

export type Side = "left" | "right" | "above" | "below";

/** The box that an arrow key leads to: the nearest one in its direction, rather straight ahead than aside. */
export function nearest<B extends Pick<Box, "id" | "x" | "y" | "width" | "height">>(
  boxes: B[],
  from: B,
  side: Side,
): B | undefined {
  const centre = (b: B) => ({ x: b.x + b.width / 2, y: b.y + 15 });
  const here = centre(from);
  let best: B | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const box of boxes) {
    if (box.id === from.id) continue;
    const there = centre(box);
    const dx = there.x - here.x;
    const dy = there.y - here.y;
    const [ahead, aside] =
      side === "left" ? [-dx, dy] : side === "right" ? [dx, dy] : side === "above" ? [-dy, dx] : [dy, dx];
    if (ahead <= 1) continue;
    const far = ahead + Math.abs(aside) * (side === "left" || side === "right" ? 1 : 4);
    if (far < least) {
      least = far;
      best = box;
    }
  }
  return best;
}
