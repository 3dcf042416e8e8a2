import { useEffect, useState } from "react";
import { Dialog } from "@/ui/dialog";
import { onSignedOut } from "./signedout";

/** Who is signed in. */
export function Account() {
  return <span className="grow cut t3">demo</span>;
}

/** Asks to sign in again, on top of a page whose session has ended: what was typed stays. */
export function SignedOut() {
  const [ended, setEnded] = useState(false);
  useEffect(() => onSignedOut(() => setEnded(true)), []);
  if (!ended) return null;
  const next = location.pathname + location.search;
  return (
    <Dialog
      title="You are signed out"
      onClose={() => setEnded(false)}
      actions={
        <>
          <button type="button" className="btn" onClick={() => setEnded(false)}>
            Stay here
          </button>
          <a className="btn pri" href={`/sign-in?next=${encodeURIComponent(next)}`}>
            Sign in
          </a>
        </>
      }
    >
      <p>
        Your session has ended. What you have typed is still here; sign in in another tab to go on, or leave this page.
      </p>
    </Dialog>
  );
}
