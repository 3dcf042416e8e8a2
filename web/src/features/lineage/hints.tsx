import { classes } from "@/lib/classes";
import { count, number } from "@/lib/count";
import css from "./graph.module.css";
import type { Scene } from "./scene";
import type { Viewport } from "./viewport";

const sides = [
  { side: "left", arrow: "←", words: "to the left", by: [1, 0] },
  { side: "right", arrow: "→", words: "to the right", by: [-1, 0] },
  { side: "above", arrow: "↑", words: "above", by: [0, 1] },
  { side: "below", arrow: "↓", words: "below", by: [0, -1] },
] as const;

/** How many boxes are beyond each edge of the window; a click pans there. */
export function Hints({ port, scene }: { port: Viewport; scene: Pick<Scene, "boxes"> }) {
  const size = port.pane.current?.getBoundingClientRect();
  if (!size || port.settled === 0) return null;
  const v = port.view();
  const beyond = { left: 0, right: 0, above: 0, below: 0 };
  for (const b of scene.boxes) {
    const x = b.x * v.k + v.x;
    const y = b.y * v.k + v.y;
    if (x + b.width * v.k < 8) beyond.left++;
    else if (x > size.width - 8) beyond.right++;
    else if (y + b.height * v.k < 8) beyond.above++;
    else if (y > size.height - 8) beyond.below++;
  }
  return sides.map(
    ({ side, arrow, words, by }) =>
      beyond[side] > 0 && (
        <button
          key={side}
          type="button"
          data-still=""
          className={classes(css.hint, css[side])}
          aria-label={`${count(beyond[side], "box", "boxes")} ${words}: show`}
          onClick={() => port.panBy(by[0] * size.width * 0.7, by[1] * size.height * 0.7)}
        >
          {side === "right" ? `${number(beyond[side])} ${arrow}` : `${arrow} ${number(beyond[side])}`}
        </button>
      ),
  );
}
