import { type KeyboardEvent, useMemo, useRef, useState } from "react";
import { fitted } from "@/lib/measure";
import { Kind } from "@/ui/kind";
import { StateMark, stateOf } from "@/ui/state";
import css from "./page.module.css";
import type { Box, Scene } from "./scene";
import { type Entry, treeOf, visible } from "./tree";

const font = "12px system-ui, sans-serif";

interface Props {
  scene: Scene;
  selected: string | undefined;
  onSelect: (id: string) => void;
  onOpen: (id: string) => void;
}

/** The same as the graph, as a tree for the keyboard and for screen readers. */
export function Outline({ scene, selected, onSelect, onOpen }: Props) {
  const entries = useMemo(() => treeOf(scene), [scene]);
  const [closed, setClosed] = useState<Set<string>>(new Set());
  const rows = visible(entries, closed);
  const [at, setAt] = useState("");
  const grid = useRef<HTMLDivElement>(null);
  const current = rows.find((r) => r.key === at) ?? rows.find((r) => r.box?.id === selected) ?? rows[0];
  const toggle = (key: string, open: boolean) =>
    setClosed((before) => {
      const next = new Set(before);
      if (open) next.delete(key);
      else next.add(key);
      return next;
    });
  const go = (row: Entry | undefined) => {
    if (!row) return;
    setAt(row.key);
    grid.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(row.key)}"]`)?.focus();
  };
  const onKey = (e: KeyboardEvent) => {
    if (!current) return;
    const i = rows.indexOf(current);
    const open = !closed.has(current.key);
    const parent = rows.slice(0, i).findLast((r) => r.level < current.level);
    const moves: Record<string, () => void> = {
      ArrowDown: () => go(rows[i + 1]),
      ArrowUp: () => go(rows[i - 1]),
      Home: () => go(rows[0]),
      End: () => go(rows.at(-1)),
      ArrowRight: () => (current.children && !open ? toggle(current.key, true) : go(rows[i + 1])),
      ArrowLeft: () => (current.children && open ? toggle(current.key, false) : go(parent)),
      Enter: () => current.box && (current.box.id === selected ? onOpen(current.box.id) : onSelect(current.box.id)),
      " ": () => current.box && onSelect(current.box.id),
    };
    const move = moves[e.key];
    if (!move || e.ctrlKey || e.metaKey || e.altKey) return;
    e.preventDefault();
    e.stopPropagation();
    move();
  };
  const drawn = scene.boxes.filter((b) => !b.fold).length;
  const hidden = Math.max(0, scene.total - drawn - scene.folded);
  return (
    <aside className={css.outline} aria-label="Outline">
      <div className="row">
        <h2>Outline</h2>
        <span className="end keys" aria-hidden="true">
          <kbd>t</kbd>
        </span>
      </div>
      <p className="s t3">
        {drawn} drawn{scene.folded > 0 && `, ${scene.folded} folded`}
        {hidden > 0 && `, ${hidden} hidden`}. Same address as the graph.
      </p>
      <div ref={grid} className="tree" role="treegrid" aria-label="Outline" onKeyDown={onKey}>
        {rows.map((row) => (
          <Row
            key={row.key}
            row={row}
            open={!closed.has(row.key)}
            current={row === current}
            selected={row.box !== undefined && row.box.id === selected}
            marked={row.box !== undefined && (selected ? row.box.id === selected : row.box.focus)}
            onClick={() => {
              setAt(row.key);
              if (row.box) onSelect(row.box.id);
              else if (row.children) toggle(row.key, closed.has(row.key));
            }}
            onToggle={() => toggle(row.key, closed.has(row.key))}
            onOpen={() => row.box && onOpen(row.box.id)}
          />
        ))}
      </div>
    </aside>
  );
}

interface RowProps {
  row: Entry;
  open: boolean;
  current: boolean;
  selected: boolean;
  marked: boolean;
  onClick: () => void;
  onToggle: () => void;
  onOpen: () => void;
}

function Row({ row, open, current, selected, marked, onClick, onToggle, onOpen }: RowProps) {
  const { box, level } = row;
  const room = 178 - level * 15 - (box ? 22 : 0);
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows of a treegrid are no table's
    // biome-ignore lint/a11y/useKeyWithClickEvents: the treegrid has its keys
    <div
      role="row"
      aria-level={level}
      aria-expanded={row.children ? open : undefined}
      aria-selected={selected}
      tabIndex={current ? 0 : -1}
      data-row={row.key}
      className={css.treerow}
      onClick={onClick}
      onDoubleClick={onOpen}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: see the row */}
      <div
        role="gridcell"
        tabIndex={-1}
        className={`tr ${marked ? "sel" : ""}`}
        style={{ "--lv": level - 1 } as React.CSSProperties}
      >
        <span
          className="tw"
          aria-hidden="true"
          onClick={(e) => {
            if (!row.children) return;
            e.stopPropagation();
            onToggle();
          }}
        >
          {row.children ? (open ? "▾" : "▸") : ""}
        </span>
        {box && <Kind kind={box.kind} materialized={box.materialized} size={13} />}
        <span className="nowrap" title={row.name}>
          <span aria-hidden="true">{fitted(row.title, font, room)}</span>
          <span className="vh">{row.name}</span>
        </span>
        {box && <Badge box={box} />}
        <span className="end t3">
          {row.note}
          {row.noteWords && <span className="vh">{row.noteWords}</span>}
        </span>
      </div>
    </div>
  );
}

function Badge({ box }: { box: Box }) {
  const state = stateOf(box.status);
  return ["warn", "fail", "error", "stale"].includes(state) ? <StateMark state={state} /> : null;
}
