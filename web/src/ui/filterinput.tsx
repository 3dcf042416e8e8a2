import { useEffect, useRef, useState } from "react";

/** A field that filters as one types: the address follows after a short pause, and the field follows the address. */
export function FilterInput({
  value,
  onChange,
  label,
  className = "input",
}: {
  value: string;
  onChange: (value: string) => void;
  label: string;
  className?: string;
}) {
  const [text, setText] = useState(value);
  const sent = useRef(value);
  const change = useRef(onChange);
  change.current = onChange;
  useEffect(() => {
    if (value !== sent.current) {
      sent.current = value;
      setText(value);
    }
  }, [value]);
  useEffect(() => {
    if (text === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = text;
      change.current(text);
    }, 120);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <input
      className={className}
      type="search"
      aria-label={label}
      placeholder={label}
      value={text}
      onChange={(e) => setText(e.target.value)}
      autoComplete="off"
      spellCheck={false}
    />
  );
}
