import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from "react";

interface Toast {
  id: number;
  text: string;
  undo?: () => void;
}

const Show = createContext<(text: string, undo?: () => void) => void>(() => {});

/** Returns the function that says what happened, with an undo where there is one. */
export function useToast() {
  return useContext(Show);
}

const shownFor = 6000; // ms

/** Shows toasts at the bottom left, the newest last. One that has focus or the pointer stays. */
export function Toasts({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const next = useRef(0);
  const show = useCallback((text: string, undo?: () => void) => {
    next.current++;
    const id = next.current;
    setToasts((all) => [...all.slice(-2), { id, text, undo }]);
  }, []);
  const close = useCallback((id: number) => setToasts((all) => all.filter((t) => t.id !== id)), []);
  return (
    <Show value={show}>
      {children}
      <div className="toasts" aria-live="polite">
        {toasts.map((t) => (
          <Shown key={t.id} toast={t} close={close} />
        ))}
      </div>
    </Show>
  );
}

function Shown({ toast, close }: { toast: Toast; close: (id: number) => void }) {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(() => close(toast.id), shownFor);
    return () => clearTimeout(timer);
  }, [held, toast.id, close]);
  const hold = useMemo(
    () => ({
      onFocus: () => setHeld(true),
      onBlur: () => setHeld(false),
      onMouseEnter: () => setHeld(true),
      onMouseLeave: () => setHeld(false),
    }),
    [],
  );
  return (
    <div className="toast" {...hold}>
      <span className="grow">{toast.text}</span>
      {toast.undo && (
        <button
          type="button"
          className="btn sm"
          onClick={() => {
            toast.undo?.();
            close(toast.id);
          }}
        >
          Undo
        </button>
      )}
      <button type="button" className="btn quiet icon sm" aria-label="Close" onClick={() => close(toast.id)}>
        ×
      </button>
    </div>
  );
}
