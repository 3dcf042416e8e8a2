import { memo } from "react";
import { classes } from "@/lib/classes";
import css from "./graph.module.css";
import { arrow, headOf, pathOf, shortened } from "./paths";
import type { Line, Scene } from "./scene";

/** The lines of a graph: at rest below, the path on top. */
export const Lines = memo(function Lines({ scene }: { scene: Scene }) {
  const order = [...scene.lines].sort((a, b) => Number(a.on) - Number(b.on));
  return (
    <svg className={classes("edges", css.lines)} width={scene.width} height={scene.height} aria-hidden="true">
      {order.map((l) => (
        <LineView key={l.key} line={l} />
      ))}
    </svg>
  );
});

/** A line with its arrowhead; one between columns ends at the dot of its column. */
function LineView({ line }: { line: Line }) {
  const { points } = line;
  const trimmed = line.columns ? shortened(points, 3, 2) : shortened(points, 0, arrow);
  return (
    <>
      <path
        className={classes(
          "edge",
          line.on && "on",
          line.dim && "dim",
          line.style === "rows" && "rows",
          (line.style === "guess" || line.style === "fold") && "guess",
        )}
        d={pathOf(trimmed)}
        style={line.width ? { strokeWidth: line.width } : undefined}
      />
      {!line.columns && <path className={classes("ah", line.on && "on")} d={headOf(points)} />}
    </>
  );
}
