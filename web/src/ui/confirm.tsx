import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Dialog } from "./dialog";
import { Failed } from "./feedback";

interface Props<T> {
  title: string;
  action: string; // the verb on the button that does it
  keep?: string; // the words on the button that does not
  run: () => Promise<T>;
  onDone: (result: T) => void;
  onClose: () => void;
  ready?: boolean; // whether what was asked for, such as a name, is there
  what: string; // such as "The deletion", of an error
  children: ReactNode;
}

/** Asks before something that is hard to undo, and closes once it is done. */
export function Confirm<T>({
  title,
  action,
  keep = "Keep",
  run,
  onDone,
  onClose,
  ready = true,
  what,
  children,
}: Props<T>) {
  const act = useMutation({
    mutationFn: run,
    onSuccess: (result) => {
      onDone(result);
      onClose();
    },
  });
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <button type="button" className="btn" onClick={onClose}>
            {keep}
          </button>
          <button type="button" className="btn bad" disabled={!ready || act.isPending} onClick={() => act.mutate()}>
            {action}
          </button>
        </>
      }
    >
      {children}
      {act.isError && <Failed error={act.error} what={what} />}
    </Dialog>
  );
}
