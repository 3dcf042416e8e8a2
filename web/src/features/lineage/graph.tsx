import { type ReactNode, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useKeys } from "@/app/keys";
import { classes } from "@/lib/classes";
import { count, number } from "@/lib/count";
import { Icon } from "@/ui/icon";
import { type Actions, BoxView } from "./box";
import css from "./graph.module.css";
import { Hints } from "./hints";
import { Lines } from "./lines";
import { nearest, type Side } from "./nearest";
import type { Box, Scene } from "./scene";
import { fit, openAt, useViewport, type Viewport } from "./viewport";

interface Props {
  scene: Scene;
  label: string;
  selected: string | undefined;
  actions: Actions;
  /** Changes when the scene is about something else: the view opens anew. */
  about: string;
  legend?: boolean;
  peek?: ReactNode;
  wheelPans?: boolean;
  counted: ReactNode;
  /** Draws a box instead of an asset's. */
  renderBox?: (box: Box, current: boolean) => ReactNode;
}

const bigStep = 120; // px per press of a key with shift

/** A graph that one pans, zooms and walks through: boxes as buttons above lines. Its words are the outline's, too. */
export function Graph(props: Props) {
  const { scene, label, selected, actions, about, legend, peek, wheelPans = true, counted, renderBox } = props;
  const port = useViewport(wheelPans);
  const [current, setCurrent] = useState("");
  const at = scene.byId.has(current) ? current : (selected ?? scene.focus?.id ?? scene.boxes[0]?.id ?? "");
  const acted = useRef("");
  useOpening(port, scene, about, acted);
  const { pane } = port;
  const goTo = useCallback(
    (id: string) => {
      setCurrent(id);
      pane.current?.querySelector<HTMLElement>(`[data-head="${CSS.escape(id)}"]`)?.focus({ preventScroll: true });
    },
    [pane],
  );
  const reveal = (box: Box) => keepInView(port, box);
  const walk = (side: Side) => {
    const from = scene.byId.get(at);
    const to = from && nearest(scene.boxes, from, side);
    const target = document.activeElement?.closest("[data-box]") ? to : from;
    if (!target) return;
    goTo(target.id);
    reveal(target);
  };
  const arrow = (side: Side) => ({ run: () => walk(side) });
  useKeys({
    ArrowLeft: { ...arrow("left"), does: "Nearest box to the left", group: "Graph" },
    ArrowRight: { ...arrow("right"), does: "To the right", group: "Graph" },
    ArrowUp: { ...arrow("above"), does: "Above", group: "Graph" },
    ArrowDown: { ...arrow("below"), does: "Below", group: "Graph" },
    "+": { does: "Zoom in", group: "Graph", run: () => port.zoomBy(1.25) },
    "=": { run: () => port.zoomBy(1.25) },
    "-": { does: "Zoom out", group: "Graph", run: () => port.zoomBy(0.8) },
    f: { does: "Fit everything", group: "Graph", run: () => fitAll(port, scene) },
    ".": { does: "Centre on what the graph is about", group: "Graph", run: () => centre(port, scene.byId.get(at)) },
  });
  const act: Actions = {
    ...actions,
    select: (b) => {
      setCurrent(b.id);
      actions.select(b);
    },
    step: (b, side) => {
      acted.current = b.id;
      setCurrent(b.id);
      actions.step(b, side);
    },
    unfold: (b) => {
      acted.current = b.fold?.of ?? "";
      actions.unfold(b);
    },
  };
  const stable = useStable(act);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would be one of a form
    <div
      ref={pane}
      className={classes("graph", css.graph)}
      role="group"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: keys move inside it
      tabIndex={0}
      onKeyDown={(e) => {
        if (!e.shiftKey || !e.key.startsWith("Arrow")) return;
        e.preventDefault();
        const by = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[e.key] ?? [0, 0];
        port.panBy((by[0] ?? 0) * bigStep, (by[1] ?? 0) * bigStep);
      }}
    >
      <div ref={port.world} className={css.world} data-level={port.level}>
        <Lines key={scene.lines.length + scene.boxes.length} scene={scene} />
        {scene.lanes.map((l) => (
          <span
            key={l.x}
            className={classes("lane", css.lane)}
            style={{ left: l.x, width: l.width, top: topOf(scene) }}
          >
            {l.mono && <span>{l.mono} </span>}
            {l.text}
          </span>
        ))}
        {port.level === "groups" ? <Bands scene={scene} /> : null}
        {scene.boxes.map((b) =>
          renderBox ? (
            renderBox(b, b.id === at)
          ) : (
            <BoxView key={b.id} box={b} current={b.id === at} selected={b.id === selected} actions={stable} />
          ),
        )}
        {scene.glyphs.map((g) => (
          <span
            key={g.key}
            className={classes("eglyph", css.glyph)}
            style={{ left: g.x - 8.5, top: g.y - 8.5 }}
            aria-hidden="true"
          >
            {g.how}
          </span>
        ))}
      </div>
      <Hints port={port} scene={scene} />
      <div className={css.corner} data-still="">
        {peek}
        <div className="gcount">
          <span role="status">{counted}</span>
          {legend && <Legend />}
        </div>
      </div>
      <Controls port={port} scene={scene} at={scene.byId.get(at)} />
    </div>
  );
}

// The newest of the actions, behind functions that stay the same, so that boxes that did not change are not drawn again.
function useStable(actions: Actions): Actions {
  const latest = useRef(actions);
  latest.current = actions;
  const [stable] = useState<Actions>(() => ({
    select: (b) => latest.current.select(b),
    open: (b) => latest.current.open(b),
    step: (b, side) => latest.current.step(b, side),
    unfold: (b) => latest.current.unfold(b),
    trace: (b) => latest.current.trace(b),
  }));
  return stable;
}

function topOf(scene: Scene): number {
  return Math.min(...scene.boxes.map((b) => b.y)) - 24;
}

// Opens the view when the scene is about something else. If it only changed, what was acted on stays where it is.
function useOpening(port: Viewport, scene: Scene, about: string, acted: React.RefObject<string>): void {
  const opened = useRef("");
  const places = useRef(new Map<string, { x: number; y: number }>());
  const { pane, set, view } = port;
  useLayoutEffect(() => {
    const size = pane.current?.getBoundingClientRect();
    if (!size || size.width === 0 || scene.boxes.length === 0) return;
    const { focus } = scene;
    if (opened.current !== about) {
      set(openAt(scene, size, focus && { x: focus.x + focus.width / 2, y: focus.y + focus.height / 2 }));
      opened.current = about;
    } else {
      const id = places.current.has(acted.current) && scene.byId.has(acted.current) ? acted.current : focus?.id;
      const before = places.current.get(id ?? "");
      const now = scene.byId.get(id ?? "");
      if (before && now && (before.x !== now.x || before.y !== now.y)) {
        const v = view();
        set({ ...v, x: v.x + (before.x - now.x) * v.k, y: v.y + (before.y - now.y) * v.k }, true);
      }
    }
    acted.current = "";
    places.current = new Map(scene.boxes.map((b) => [b.id, { x: b.x, y: b.y }]));
  }, [scene, about, pane, set, view, acted]);
  // A window that changes its size keeps what is in its middle.
  useEffect(() => {
    const el = pane.current;
    if (!el) return;
    let width = el.clientWidth;
    const watch = new ResizeObserver(() => {
      const v = view();
      if (el.clientWidth !== width && width > 0) set({ ...v, x: v.x + (el.clientWidth - width) / 2 });
      width = el.clientWidth;
    });
    watch.observe(el);
    return () => watch.disconnect();
  }, [pane, set, view]);
}

function fitAll(port: Viewport, scene: Scene): void {
  const size = port.pane.current?.getBoundingClientRect();
  if (size) port.set(fit(scene, size), true);
}

function centre(port: Viewport, box: Box | undefined): void {
  const size = port.pane.current?.getBoundingClientRect();
  if (!size || !box) return;
  const k = Math.max(port.view().k, 0.6);
  port.set(
    { k, x: size.width / 2 - (box.x + box.width / 2) * k, y: size.height / 2 - (box.y + box.height / 2) * k },
    true,
  );
}

function keepInView(port: Viewport, box: Box): void {
  const size = port.pane.current?.getBoundingClientRect();
  if (!size) return;
  const v = port.view();
  const x = box.x * v.k + v.x;
  const y = box.y * v.k + v.y;
  const inX = x >= 0 && x + box.width * v.k <= size.width;
  const inY = y >= 0 && y + box.height * v.k <= size.height;
  if (!inX || !inY) centre(port, box);
}

// Far away a lane is one box with its number.
function Bands({ scene }: { scene: Scene }) {
  const lanes = new Map<number, Box[]>();
  for (const b of scene.boxes) lanes.set(b.lane, [...(lanes.get(b.lane) ?? []), b]);
  return [...lanes].map(([lane, boxes]) => {
    const top = Math.min(...boxes.map((b) => b.y));
    const bottom = Math.max(...boxes.map((b) => b.y + b.height));
    const first = boxes[0];
    return (
      <div
        key={lane}
        className={classes(css.band, boxes.some((b) => b.focus) && css.here)}
        style={{ left: first?.x, top, width: first?.width, height: bottom - top }}
        aria-hidden="true"
      >
        {number(boxes.length)}
      </div>
    );
  });
}

function Controls({ port, scene, at }: { port: Viewport; scene: Scene; at: Box | undefined }) {
  return (
    <div className={classes("gctl", css.controls)} data-still="">
      <button
        type="button"
        className="btn icon sm"
        aria-label="Zoom out"
        aria-keyshortcuts="-"
        onClick={() => port.zoomBy(0.8)}
      >
        <Icon name="minus" size={13} />
      </button>
      <span className={classes("s t2", css.percent)}>{Math.round(port.zoom * 100)} %</span>
      <button
        type="button"
        className="btn icon sm"
        aria-label="Zoom in"
        aria-keyshortcuts="+"
        onClick={() => port.zoomBy(1.25)}
      >
        <Icon name="plus" size={13} />
      </button>
      <button
        type="button"
        className="btn icon sm"
        aria-label="Fit"
        aria-keyshortcuts="f"
        title="Fit everything, f"
        onClick={() => fitAll(port, scene)}
      >
        <Icon name="fit" size={13} />
      </button>
      <button
        type="button"
        className="btn icon sm"
        aria-label={`Centre${at ? ` on ${at.name}` : ""}`}
        aria-keyshortcuts="."
        title="Centre, ."
        onClick={() => centre(port, at)}
      >
        <Icon name="centre" size={13} />
      </button>
    </div>
  );
}

function Legend() {
  return (
    <span className={classes("glegend", css.legend)}>
      <span>
        <Stroke className="edge on" />
        value
      </span>
      <span>
        <Stroke className="edge rows" />
        decides rows
      </span>
      <span>
        <Stroke className="edge guess" />
        inferred
      </span>
    </span>
  );
}

function Stroke({ className }: { className: string }) {
  return (
    <svg width="22" height="6" aria-hidden="true">
      <path className={className} d="M1 3h21" />
    </svg>
  );
}

/** What is drawn of what there is: "14 of 15 boxes · 8 column steps". */
export function Counted({ scene, columns }: { scene: Scene; columns: boolean }) {
  const drawn = scene.boxes.filter((b) => !b.fold).length;
  return (
    <>
      <b className="w5">{drawn === scene.total ? number(drawn) : `${number(drawn)} of ${number(scene.total)}`}</b>{" "}
      {scene.total === 1 ? "box" : "boxes"}
      {scene.folded > 0 && <> · {number(scene.folded)} folded</>}
      {columns && (
        <>
          {" "}
          · <b className="w5">{number(scene.steps)}</b> {scene.steps === 1 ? "column step" : "column steps"}
          {scene.stepsLeftOut > 0 && <>, {count(scene.stepsLeftOut, "more is", "more are")} in the table</>}
        </>
      )}
    </>
  );
}
