import { useId } from "react";

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  hint?: string;
  error?: string;
  optional?: boolean;
  required?: boolean;
  type?: "text" | "password" | "email" | "number" | "url";
  mono?: boolean;
  rows?: number; // a text of several lines
  placeholder?: string;
  autoComplete?: string;
  readOnly?: boolean;
}

/** A field of a form with its label, hint and error. */
export function Field({
  label,
  value,
  onChange,
  hint,
  error,
  optional,
  required,
  type = "text",
  mono,
  rows,
  placeholder,
  autoComplete = "off",
  readOnly,
}: Props) {
  const id = useId();
  const described = [hint && `${id}hint`, error && `${id}error`].filter(Boolean).join(" ") || undefined;
  const common = {
    id,
    className: mono ? "input mono" : "input",
    value,
    required,
    placeholder,
    autoComplete,
    readOnly,
    "aria-invalid": error ? true : undefined,
    "aria-describedby": described,
  };
  return (
    <div className="field">
      <label className="lb" htmlFor={id}>
        {label} {optional && <span className="opt">optional</span>}
      </label>
      {rows ? (
        <textarea {...common} rows={rows} spellCheck={false} onChange={(e) => onChange(e.target.value)} />
      ) : (
        <input {...common} type={type} spellCheck={false} onChange={(e) => onChange(e.target.value)} />
      )}
      {hint && (
        <p className="hint" id={`${id}hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p className="err" id={`${id}error`} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}
