import { memo } from "react";
import type { Schemas } from "@/api/client";
import css from "@/features/lineage/graph.module.css";
import type { Box } from "@/features/lineage/scene";
import { classes } from "@/lib/classes";
import { fitted } from "@/lib/measure";
import { Kind } from "@/ui/kind";
import { contents } from "./scene";

const font = "500 12px system-ui, sans-serif";

interface Props {
  box: Box;
  group: Schemas["MapGroup"];
  current: boolean;
  selected: boolean;
  onSelect: () => void;
  onOpen: () => void;
}

/** A group of the map, or an asset of the one that is expanded. */
export const GroupBox = memo(function GroupBox({ box, group, current, selected, onSelect, onOpen }: Props) {
  const single = group.asset !== null;
  const inside = group.inside > 0 ? `${group.inside} inside` : "";
  return (
    <div
      className={classes("node", css.node, !single && "grp", (selected || box.on) && "on", selected && css.selected)}
      style={{ transform: `translate(${box.x}px, ${box.y}px)`, width: box.width, height: box.height }}
      data-box={box.id}
    >
      <button
        type="button"
        className={classes("hd", css.head)}
        tabIndex={current ? 0 : -1}
        aria-pressed={selected}
        aria-label={
          single
            ? `${box.name}, ${box.kind.replaceAll("_", " ")}`
            : `${box.name}, ${contents(group)}${inside && `, ${inside}`}`
        }
        title={box.name}
        data-head={box.id}
        onClick={onSelect}
        onDoubleClick={onOpen}
      >
        {single && <Kind kind={box.kind} />}
        <span className={classes("nowrap", css.title)}>{fitted(box.title, font, box.width - (single ? 40 : 16))}</span>
      </button>
      {!single && (
        <div className={classes("ft", css.detail)}>
          <span className={classes("row gap3", css.all)}>
            <Kind kind={box.kind} size={13} />
            {contents(group)}
          </span>
          <span className={css.all}>{inside}</span>
        </div>
      )}
    </div>
  );
});
