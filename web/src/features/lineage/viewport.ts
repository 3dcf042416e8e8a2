import { type RefObject, useCallback, useEffect, useMemo, useRef, useState } from "react";

/** Where the drawing is: its offset in the window on it, and its zoom. */
export interface View {
  x: number;
  y: number;
  k: number;
}

export type Level = "all" | "name" | "groups";

/** How much of boxes a zoom shows: everything from 0.6, mark and name from 0.15, else groups. */
export function levelOf(k: number): Level {
  return k >= 0.6 ? "all" : k >= 0.15 ? "name" : "groups";
}

const least = 0.03;
const most = 2;
// The least zoom on open; a narrow window is panned rather than read at a distance.
const opening = (pane: Size) => (pane.width < 600 ? 0.9 : 0.6);

interface Size {
  width: number;
  height: number;
}

/** The view that shows a whole drawing in a window, in its middle, at a zoom of at most 1 and at least some other. */
export function fit(drawing: Size, pane: Size, smallest = least): View {
  const k = Math.min(1, Math.max(smallest, Math.min(pane.width / drawing.width, pane.height / drawing.height)));
  return {
    k,
    x: Math.max((pane.width - drawing.width * k) / 2, Math.min(0, pane.width - drawing.width * k)),
    y: clamp((pane.height - drawing.height * k) / 2, 6, 40),
  };
}

/** The view on open: everything if it can be read, else what the drawing is about in the middle. */
export function openAt(drawing: Size, pane: Size, focus: { x: number; y: number } | undefined): View {
  const whole = fit(drawing, pane, opening(pane));
  const overflowsX = drawing.width * whole.k > pane.width;
  const overflowsY = drawing.height * whole.k > pane.height;
  const at = focus ?? { x: 0, y: 0 };
  const x = focus ? pane.width / 2 - at.x * whole.k : 0;
  const y = focus ? pane.height / 2 - at.y * whole.k : 0;
  return {
    k: whole.k,
    x: overflowsX ? clamp(x, pane.width - drawing.width * whole.k, 0) : whole.x,
    y: overflowsY ? clamp(y, pane.height - drawing.height * whole.k, 10) : whole.y,
  };
}

function clamp(n: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, n));
}

/** A view zoomed by a factor around a point of the window. */
export function zoomed(view: View, by: number, at: { x: number; y: number }): View {
  const k = clamp(view.k * by, least, most);
  return { k, x: at.x - ((at.x - view.x) * k) / view.k, y: at.y - ((at.y - view.y) * k) / view.k };
}

export interface Viewport {
  pane: RefObject<HTMLDivElement | null>;
  world: RefObject<HTMLDivElement | null>;
  /** The zoom and level that are shown; the exact view is in `view`, which changes without drawing again. */
  zoom: number;
  level: Level;
  settled: number;
  view: () => View;
  set: (view: View, smooth?: boolean) => void;
  zoomBy: (factor: number) => void;
  panBy: (dx: number, dy: number) => void;
}

/**
 * Pan and zoom. A frame only changes the transform of the world, outside of React; React draws again when the level
 * changes, and once the view rests.
 */
export function useViewport(wheelPans = true): Viewport {
  const pane = useRef<HTMLDivElement>(null);
  const world = useRef<HTMLDivElement>(null);
  const view = useRef<View>({ x: 0, y: 0, k: 1 });
  const [shown, setShown] = useState({ zoom: 1, level: "all" as Level, settled: 0 });
  const rest = useRef<ReturnType<typeof setTimeout>>(undefined);
  const set = useCallback((next: View, smooth = false) => {
    const before = levelOf(view.current.k);
    view.current = next;
    const el = world.current;
    if (el) {
      el.dataset.moving = "";
      el.style.transition = smooth ? "transform var(--d-3) var(--ease)" : "none";
      el.style.transform = `translate(${next.x}px, ${next.y}px) scale(${next.k})`;
    }
    // Names are set to the size of the screen, and boxes are drawn sharply, when the view rests.
    const settle = () => {
      el?.style.setProperty("--zoom", String(next.k));
      if (el) delete el.dataset.moving;
      setShown((s) => ({ zoom: next.k, level: levelOf(next.k), settled: s.settled + 1 }));
    };
    clearTimeout(rest.current);
    if (levelOf(next.k) !== before) settle();
    else rest.current = setTimeout(settle, smooth ? 260 : 80);
  }, []);
  useEffect(() => () => clearTimeout(rest.current), []);
  const middle = useCallback(() => {
    const r = pane.current?.getBoundingClientRect();
    return { x: (r?.width ?? 0) / 2, y: (r?.height ?? 0) / 2 };
  }, []);
  const zoomBy = useCallback((by: number) => set(zoomed(view.current, by, middle()), true), [set, middle]);
  const panBy = useCallback(
    (dx: number, dy: number) => set({ ...view.current, x: view.current.x + dx, y: view.current.y + dy }, true),
    [set],
  );
  usePointers(pane, view, set, wheelPans);
  return useMemo(
    () => ({ pane, world, ...shown, view: () => view.current, set, zoomBy, panBy }),
    [shown, set, zoomBy, panBy],
  );
}

const dragsFrom = 4; // px

// One pointer pans, two pinch; the wheel pans, with Ctrl (or a pinch on a touchpad) it zooms.
function usePointers(
  pane: RefObject<HTMLDivElement | null>,
  view: RefObject<View>,
  set: (view: View) => void,
  wheelPans: boolean,
): void {
  useEffect(() => {
    const el = pane.current;
    if (!el) return;
    const pointers = new Map<number, { x: number; y: number }>();
    let dragging = false;
    let moved = 0;
    const at = (e: { clientX: number; clientY: number }) => {
      const r = el.getBoundingClientRect();
      return { x: e.clientX - r.left, y: e.clientY - r.top };
    };
    const down = (e: PointerEvent) => {
      if (e.button !== 0 || (e.target as Element).closest("[data-still]")) return;
      pointers.set(e.pointerId, at(e));
      dragging = false;
      moved = 0;
    };
    const move = (e: PointerEvent) => {
      const before = pointers.get(e.pointerId);
      if (!before) return;
      const now = at(e);
      const other = [...pointers].find(([id]) => id !== e.pointerId)?.[1];
      pointers.set(e.pointerId, now);
      moved += Math.abs(now.x - before.x) + Math.abs(now.y - before.y);
      if (!dragging && moved < dragsFrom) return;
      if (!dragging) {
        dragging = true;
        el.setPointerCapture(e.pointerId);
        el.dataset.drag = "";
      }
      if (other) {
        const apart = (p: { x: number; y: number }) => Math.hypot(p.x - other.x, p.y - other.y) || 1;
        const centre = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
        set(zoomed(view.current, apart(now) / apart(before), centre));
      } else {
        set({ ...view.current, x: view.current.x + now.x - before.x, y: view.current.y + now.y - before.y });
      }
    };
    const up = (e: PointerEvent) => {
      pointers.delete(e.pointerId);
      delete el.dataset.drag;
    };
    // A click at the end of a drag is none.
    const click = (e: MouseEvent) => {
      if (!dragging) return;
      dragging = false;
      e.preventDefault();
      e.stopPropagation();
    };
    const wheel = (e: WheelEvent) => {
      const zooms = e.ctrlKey || e.metaKey;
      if ((!zooms && !wheelPans) || (e.target as Element).closest("[data-scroll]")) return;
      e.preventDefault();
      const unit = e.deltaMode === 1 ? 16 : 1;
      if (zooms) set(zoomed(view.current, Math.exp((-e.deltaY * unit) / 240), at(e)));
      else
        set({
          ...view.current,
          x: view.current.x - (e.shiftKey ? e.deltaY : e.deltaX) * unit,
          y: view.current.y - (e.shiftKey ? 0 : e.deltaY) * unit,
        });
    };
    el.addEventListener("pointerdown", down);
    el.addEventListener("pointermove", move);
    el.addEventListener("pointerup", up);
    el.addEventListener("pointercancel", up);
    el.addEventListener("click", click, true);
    el.addEventListener("wheel", wheel, { passive: false });
    return () => {
      el.removeEventListener("pointerdown", down);
      el.removeEventListener("pointermove", move);
      el.removeEventListener("pointerup", up);
      el.removeEventListener("pointercancel", up);
      el.removeEventListener("click", click, true);
      el.removeEventListener("wheel", wheel);
    };
  }, [pane, view, set, wheelPans]);
}
