import { useEffect, useId, useRef, useState } from "react";
import { Problem } from "@/api/problem";
import { useSchema } from "@/app/scope";
import { Markdown } from "@/ui/markdown";
import { StateMark } from "@/ui/state";
import { drafts } from "./edit";
import css from "./page.module.css";

interface Props {
  label: string;
  /** The name of the draft. */
  draft: string;
  text: string;
  rule: "description" | "column_description";
  saving: boolean;
  error: Error | null;
  onSave: (text: string) => void;
  onClose: () => void;
  rows?: number;
}

/** Writes a description: Markdown with a preview. What is typed stays until it is saved or given up. */
export function Editor({ label, draft, text, rule, saving, error, onSave, onClose, rows = 5 }: Props) {
  const [value, setValue] = useState(() => drafts.read(draft) ?? text);
  const [preview, setPreview] = useState(false);
  const box = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  const policy = useSchema()?.attributes.policy;
  useEffect(() => box.current?.focus(), []);
  const type = (next: string) => {
    setValue(next);
    drafts.write(draft, next);
  };
  const close = () => {
    drafts.write(draft, null);
    onClose();
  };
  const problem = error instanceof Problem ? error : undefined;
  return (
    <form
      className={css.editor}
      onSubmit={(e) => {
        e.preventDefault();
        onSave(value);
      }}
      onKeyDown={(e) => {
        if (e.key === "Enter" && (e.metaKey || e.ctrlKey)) {
          e.preventDefault();
          onSave(value);
        }
        if (e.key === "Escape") close();
      }}
    >
      {preview ? (
        <div style={{ minHeight: rows * 22 }}>
          {value.trim() ? <Markdown text={value} /> : <p className="t3">Nothing to show.</p>}
        </div>
      ) : (
        <textarea
          ref={box}
          className="input"
          aria-label={label}
          aria-describedby={`${id}hint`}
          aria-invalid={problem?.field("description") ? true : undefined}
          rows={rows}
          value={value}
          onChange={(e) => type(e.target.value)}
        />
      )}
      {error && <Refused error={error} theirs={text} />}
      <div className="row wrap" style={{ marginTop: 8 }}>
        <button type="submit" className="btn pri sm" disabled={saving}>
          {saving ? "Saving…" : problem?.status === 412 ? "Save mine over it" : "Save"}{" "}
          <span className="keys" aria-hidden="true">
            <kbd>⌘</kbd>
            <kbd>↵</kbd>
          </span>
        </button>
        <button type="button" className="btn quiet sm" onClick={close}>
          Cancel
        </button>
        <button type="button" className="btn quiet sm" aria-pressed={preview} onClick={() => setPreview(!preview)}>
          {preview ? "Write" : "Preview"}
        </button>
        <span className="end s t3" id={`${id}hint`}>
          Markdown. {policy && effect(policy[rule])}
        </span>
      </div>
    </form>
  );
}

function effect(rule: string): string {
  if (rule === "always") return "dbt’s text stays shown while it has one.";
  return "Your text hides dbt’s until you withdraw it.";
}

function Refused({ error, theirs }: { error: Error; theirs: string }) {
  const problem = error instanceof Problem ? error : undefined;
  if (problem?.status === 412) {
    return (
      <div className="note warn" role="alert" style={{ marginTop: 8 }}>
        <StateMark state="warn" label="" />
        <div className="grow">
          <p>
            <strong>Not saved: it changed since you began.</strong> Your text is still above. Now it reads:
          </p>
          <blockquote className="any">{theirs || "nothing"}</blockquote>
        </div>
      </div>
    );
  }
  return (
    <p className="err" role="alert">
      <StateMark state="fail" label="" />
      <span>
        {problem?.signedOut
          ? "Not saved: you are signed out. Your text is kept in this browser."
          : `Not saved. ${problem?.field("description") ?? error.message}`}
        {problem?.requestId && !problem.signedOut && <span className="t3"> {problem.requestId}</span>}
      </span>
    </p>
  );
}
