import { type ReactNode, useEffect, useRef } from "react";
import { classes } from "@/lib/classes";

interface Props {
  title: string;
  onClose: () => void;
  children: ReactNode;
  actions?: ReactNode;
  className?: string;
}

/**
 * A modal dialog with one form or question. It is the browser's own: focus stays inside and returns to where it was,
 * and Escape closes it.
 */
export function Dialog({ title, onClose, children, actions, className }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    if (dialog && !dialog.open) dialog.showModal();
    return () => dialog?.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click outside is a second way; Escape is the key
    <dialog
      ref={ref}
      className={classes("dialog", className)}
      aria-label={title}
      onCancel={(e) => {
        e.preventDefault();
        onClose();
      }}
      onClick={(e) => e.target === ref.current && onClose()}
    >
      <div className="dh">
        <h2>{title}</h2>
      </div>
      <div className="in">{children}</div>
      {actions && <div className="df">{actions}</div>}
    </dialog>
  );
}
