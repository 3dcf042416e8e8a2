import { useState } from "react";

/** Edits a set of labels: one a line, which is easy to paste. */
export function LabelForm({
  one,
  values,
  saving,
  error,
  onSave,
  onClose,
}: {
  one: string;
  values: string[];
  saving: boolean;
  error: Error | null;
  onSave: (next: string[] | null) => void;
  onClose: () => void;
}) {
  const [text, setText] = useState(values.join("\n"));
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        onSave([
          ...new Set(
            text
              .split("\n")
              .map((t) => t.trim())
              .filter(Boolean),
          ),
        ]);
      }}
      onKeyDown={(e) => e.key === "Escape" && onClose()}
    >
      <textarea
        className="input"
        // biome-ignore lint/a11y/noAutofocus: it opens where the button was
        autoFocus
        rows={Math.min(6, values.length + 2)}
        aria-label={`${one}s, one a line`}
        value={text}
        onChange={(e) => setText(e.target.value)}
      />
      <div className="hint">One {one} a line.</div>
      {error && (
        <p className="err" role="alert">
          {error.message}
        </p>
      )}
      <div className="row" style={{ marginTop: 4 }}>
        <button type="submit" className="btn pri sm" disabled={saving}>
          Save
        </button>
        <button type="button" className="btn quiet sm" onClick={onClose}>
          Cancel
        </button>
        <button type="button" className="btn quiet sm" onClick={() => onSave(null)} title="As dbt has them">
          Reset
        </button>
      </div>
    </form>
  );
}
