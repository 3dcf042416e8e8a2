import { type KeyboardEvent, useRef } from "react";

interface Props<V extends string> {
  label: string;
  values: { value: V; label: string }[];
  value: V;
  onChange: (value: V) => void;
}

/** One of a few exclusive values, as a row of segments: a radio group with the arrow keys. */
export function Segments<V extends string>({ label, values, value, onChange }: Props<V>) {
  const group = useRef<HTMLDivElement>(null);
  const onKeyDown = (e: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[e.key];
    if (!step) return;
    e.preventDefault();
    const i = values.findIndex((v) => v.value === value);
    const next = values[(i + step + values.length) % values.length];
    if (!next) return;
    onChange(next.value);
    group.current?.querySelectorAll("button")[values.indexOf(next)]?.focus();
  };
  return (
    <div className="seg" role="radiogroup" aria-label={label} ref={group} onKeyDown={onKeyDown}>
      {values.map((v) => (
        // biome-ignore lint/a11y/useSemanticElements: segments are drawn as buttons
        <button
          key={v.value}
          type="button"
          role="radio"
          aria-checked={v.value === value}
          tabIndex={v.value === value ? 0 : -1}
          onClick={() => onChange(v.value)}
        >
          {v.label}
        </button>
      ))}
    </div>
  );
}
