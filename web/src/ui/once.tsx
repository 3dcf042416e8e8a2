import type { ReactNode } from "react";
import { Copy } from "./copy";
import { Dialog } from "./dialog";

/** A secret that is shown this once, to be copied. */
export function Once({
  title,
  label,
  value,
  onClose,
  children,
}: {
  title: string;
  label: string;
  value: string;
  onClose: () => void;
  children: ReactNode;
}) {
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <button type="button" className="btn pri" onClick={onClose}>
          Done
        </button>
      }
    >
      <p>{children}</p>
      <div className="withbtn formend">
        <input className="input mono" readOnly value={value} aria-label={label} onFocus={(e) => e.target.select()} />
        <Copy className="btn" text={value} label={`Copy: ${label}`}>
          Copy
        </Copy>
      </div>
    </Dialog>
  );
}
