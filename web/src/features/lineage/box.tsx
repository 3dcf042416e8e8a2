import { memo } from "react";
import { classes } from "@/lib/classes";
import { count } from "@/lib/count";
import { fitted } from "@/lib/measure";
import { Icon } from "@/ui/icon";
import { Kind, kindName } from "@/ui/kind";
import { StateMark, type StateName, stateOf } from "@/ui/state";
import css from "./graph.module.css";
import type { Box } from "./scene";

const font = "500 12px system-ui, sans-serif";
const smallFont = "11px system-ui, sans-serif";
const mono = "11.5px ui-monospace, monospace";

/** What boxes do. */
export interface Actions {
  select: (box: Box) => void;
  open: (box: Box) => void;
  step: (box: Box, side: "up" | "down") => void;
  unfold: (box: Box) => void;
  trace: (box: Box) => void;
}

interface Props {
  box: Box;
  current: boolean; // where the keyboard is
  selected: boolean;
  actions: Actions;
}

/** One box of a graph. A fold is one for several assets. */
export const BoxView = memo(function BoxView({ box, current, selected, actions }: Props) {
  const tab = current ? 0 : -1;
  return (
    <div
      className={classes(
        "node",
        css.node,
        box.focus && "self",
        box.on && "on",
        box.dim && !selected && "dim",
        box.fold && "fold grp",
        selected && css.selected,
      )}
      style={{
        transform: `translate(${box.x}px, ${box.y}px)`,
        width: box.width,
        height: box.height,
      }}
      data-box={box.id}
    >
      {box.fold ? (
        <FoldHead box={box} tab={tab} actions={actions} />
      ) : (
        <Head box={box} tab={tab} selected={selected} actions={actions} />
      )}
      {box.rows.length > 0 && <Rows box={box} tab={tab} actions={actions} />}
      {box.foot && <Foot box={box} tab={tab} actions={actions} />}
    </div>
  );
});

function Head({ box, tab, selected, actions }: { box: Box; tab: number; selected: boolean; actions: Actions }) {
  const room = box.width - 16 - 22 - (badge(box) ? 18 : 0);
  const title = fitted(box.title, font, room);
  return (
    <button
      type="button"
      className={classes("hd", css.head)}
      tabIndex={tab}
      aria-label={nameOf(box)}
      aria-pressed={selected}
      title={box.name}
      data-head={box.id}
      onClick={() => actions.select(box)}
      onDoubleClick={() => actions.open(box)}
    >
      <Kind kind={box.kind} materialized={box.materialized} />
      <span className={classes("nowrap", css.title)}>{title}</span>
      <Badge box={box} />
    </button>
  );
}

function FoldHead({ box, tab, actions }: { box: Box; tab: number; actions: Actions }) {
  const folder = box.fold?.folder?.split("/") ?? [];
  const where = folder.length > 1 ? `…/${folder.at(-1)}` : folder[0];
  return (
    <button
      type="button"
      className={classes("hd", css.head)}
      tabIndex={tab}
      aria-label={`${count(box.fold?.count ?? 0, "more box", "more boxes")}${box.fold?.folder ? ` in ${box.fold.folder}` : ""}: draw them`}
      title={box.fold?.assets.map((a) => a.name).join(", ")}
      data-head={box.id}
      onClick={() => actions.unfold(box)}
    >
      <b className="nowrap">{box.title}</b>
      {where && <span className={classes("nowrap", css.title)}>{fitted(`in ${where}`, font, box.width - 90)}</span>}
      <span className="end">
        <Icon name="right" size={12} />
      </span>
    </button>
  );
}

function Rows({ box, tab, actions }: { box: Box; tab: number; actions: Actions }) {
  return (
    <ul className={classes("cl", css.detail)}>
      {box.rows.map((r) => (
        <li key={r.name} className={classes("on", !r.comes && "first", !r.goes && "last")} title={r.name}>
          <span className="nowrap">{fitted(r.name, mono, box.width - 16)}</span>
        </li>
      ))}
      {box.more !== 0 && (
        <li className="more">
          <button type="button" className={css.more} tabIndex={tab} onClick={() => actions.trace(box)}>
            {box.more === undefined ? "+ more columns" : `+ ${count(box.more, "column")}`}
            <span className="vh"> of {box.name}</span>
          </button>
        </li>
      )}
    </ul>
  );
}

function Foot({ box, tab, actions }: { box: Box; tab: number; actions: Actions }) {
  return (
    <div className={classes("ft", css.detail)}>
      <Side box={box} side="up" drawn={box.upDrawn} of={box.up} tab={tab} actions={actions} />
      <Side box={box} side="down" drawn={box.downDrawn} of={box.down} tab={tab} actions={actions} />
    </div>
  );
}

interface SideProps {
  box: Box;
  side: "up" | "down";
  drawn: number;
  of: number;
  tab: number;
  actions: Actions;
}

function Side({ box, side, drawn, of, tab, actions }: SideProps) {
  const stream = `${side}stream`;
  if (drawn >= of) {
    return (
      <span className={css.all}>
        {box.focus && of > 0 ? (
          <>
            {of} {side}
          </>
        ) : null}
      </span>
    );
  }
  const text = drawn === 0 ? `+${of} ${side}` : `${drawn} of ${of} ${side}`;
  return (
    <button
      type="button"
      tabIndex={tab}
      title={`Draw ${count(of - drawn, `more ${stream}`, `more ${stream}`)}`}
      aria-label={`${text}stream of ${box.name}: draw ${of - drawn} more`}
      onClick={() => actions.step(box, side)}
    >
      {fitted(text, smallFont, box.width / 2)}
    </button>
  );
}

function badge(box: Box): boolean {
  return ["warn", "fail", "error", "stale"].includes(stateOf(box.status));
}

function Badge({ box }: { box: Box }) {
  return badge(box) ? <StateMark state={stateOf(box.status)} label="" /> : null;
}

/** What a screen reader reads for a box: "orders, model, 3 upstream, 2 downstream, a test fails". */
const words: Partial<Record<StateName, string>> = {
  fail: "a test fails",
  error: "in error",
  warn: "a test warns",
  stale: "late",
};

function nameOf(box: Box): string {
  return [
    box.name,
    kindName(box.kind === "model" && box.materialized === "ephemeral" ? "ephemeral" : box.kind),
    `${box.up} upstream`,
    `${box.down} downstream`,
    badge(box) && words[stateOf(box.status)],
    box.rows.length > 0 && `columns ${box.rows.map((r) => r.name).join(", ")}`,
  ]
    .filter(Boolean)
    .join(", ");
}
