import { type ReactNode, useEffect, useState } from "react";
import { Copy } from "@/ui/copy";
import { Icon } from "@/ui/icon";
import { Item, Menu } from "@/ui/menu";
import css from "./page.module.css";
import type { Wish } from "./read";

type Patch = (patch: Record<string, string | string[] | undefined>, replace?: boolean) => void;

/** The selector, which is the query. It is applied by Enter. */
export function Selector({ select, onChange }: { select: string; onChange: (select: string) => void }) {
  const [text, setText] = useState(select);
  useEffect(() => setText(select), [select]);
  return (
    <form
      className="row gap2"
      onSubmit={(e) => {
        e.preventDefault();
        onChange(text.trim());
      }}
    >
      <label className="vh" htmlFor="selector">
        dbt selector
      </label>
      <input
        id="selector"
        className={`input ${css.selector}`}
        value={text}
        placeholder="1+orders+1, tag:nightly"
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        title={text}
        onChange={(e) => setText(e.target.value)}
      />
      <Copy text={select} label="Copy selector, s" />
    </form>
  );
}

/** One step more, up or down. */
export function Steps({ onStep }: { onStep: (side: "up" | "down") => void }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would be one of a form
    <div className={`seg ${css.steps}`} role="group" aria-label="Steps drawn">
      {(["up", "down"] as const).map((side) => (
        <button
          key={side}
          type="button"
          aria-label={`One step more ${side}`}
          aria-keyshortcuts={side.charAt(0)}
          title={`One step more ${side}, ${side.charAt(0)}; less: ${side.charAt(0).toUpperCase()}`}
          onClick={() => onStep(side)}
        >
          <Icon name="plus" size={12} />
          {side}
        </button>
      ))}
    </div>
  );
}

/** The traced columns, and the button that adds one. */
export function Traced({
  columns,
  nameOf,
  onRemove,
  onAdd,
}: {
  columns: string[];
  nameOf: (column: string) => string;
  onRemove: (column: string) => void;
  onAdd: (() => void) | undefined;
}) {
  return (
    <>
      {columns.map((c) => (
        <span key={c} className="chip on">
          {nameOf(c)}
          <button type="button" aria-label={`Stop tracing ${nameOf(c)}`} onClick={() => onRemove(c)}>
            <Icon name="close" size={11} />
          </button>
        </span>
      ))}
      {onAdd && (
        <button type="button" className="chip" aria-keyshortcuts="c" onClick={onAdd}>
          {columns.length === 0 ? "Trace a column" : "Another column"}
          <span className="keys" aria-hidden="true">
            <kbd>c</kbd>
          </span>
        </button>
      )}
    </>
  );
}

const boxKinds = [
  ["", "All kinds"],
  ["source,seed,model,snapshot,table,view", "Tables only"],
  ["model", "Models only"],
  ["source,seed,model,snapshot,table,view,exposure", "Tables and exposures"],
] as const;

const edgeKinds = [
  ["", "All"],
  ["value", "Values: all"],
  ["identity,rename", "Values passed on"],
  ["cast,transform,field,aggregate,window", "Values computed"],
  ["indirect", "Conditions and windows' keys"],
] as const;

const confidences = [
  ["", "All"],
  ["inferred", "Inferred or better"],
  ["single_source", "One source or better"],
  ["schema", "Checked against the schema"],
] as const;

/** The filters: kinds of boxes, kinds and confidence of column edges, and columns that decide rows. */
export function Filters({ wish, traced, onPatch }: { wish: Wish; traced: boolean; onPatch: Patch }) {
  return (
    <>
      <Choice
        name="Kinds"
        icon={<Icon name="filter" size={12} />}
        value={wish.kind ?? ""}
        options={boxKinds}
        onChange={(kind) => onPatch({ kind })}
      />
      {traced && (
        <>
          <Choice name="Edges" value={wish.kinds ?? ""} options={edgeKinds} onChange={(kinds) => onPatch({ kinds })} />
          <Choice
            name="Confidence"
            value={wish.confidence ?? ""}
            options={confidences}
            onChange={(confidence) => onPatch({ confidence })}
          />
          <button
            type="button"
            className={`chip ${wish.rows ? "on" : ""}`}
            aria-pressed={wish.rows}
            title="Columns that decide which rows there are: joins, filters, groups"
            onClick={() => onPatch({ rows: wish.rows ? undefined : "on" })}
          >
            Rows: {wish.rows ? "on" : "off"}
          </button>
        </>
      )}
    </>
  );
}

interface ChoiceProps {
  name: string;
  icon?: ReactNode;
  value: string;
  options: readonly (readonly [value: string, label: string])[];
  onChange: (value: string | undefined) => void;
}

function Choice({ name, icon, value, options, onChange }: ChoiceProps) {
  const chosen = options.find(([v]) => v === value)?.[1] ?? value;
  const shown = value === "" ? "all" : chosen.charAt(0).toLowerCase() + chosen.slice(1);
  return (
    <Menu
      label={`${name}: ${shown}`}
      className={`chip ${value ? "on" : ""}`}
      button={
        <>
          {icon}
          {name}: {shown}
        </>
      }
    >
      {options.map(([v, label]) => (
        <Item key={v} onAction={() => onChange(v || undefined)}>
          {v === value ? `${label} ✓` : label}
        </Item>
      ))}
    </Menu>
  );
}

interface ViewProps {
  name?: string;
  table: boolean;
  onChange: (table: boolean) => void;
}

/** Graph or table: the same edges. */
export function ViewSwitch({ name = "Graph", table, onChange }: ViewProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would be one of a form
    <div className="seg" role="group" aria-label="View">
      <button type="button" aria-pressed={!table} onClick={() => onChange(false)}>
        {name}
      </button>
      <button type="button" aria-pressed={table} onClick={() => onChange(true)}>
        Table
      </button>
    </div>
  );
}
