// The session can end while somebody types: the page stays as it is, and the shell asks to sign in on top of it.
const listeners = new Set<() => void>();

/** Notifies the shell that a request was refused for want of a session. */
export function signedOut(): void {
  for (const l of listeners) l();
}

/** Calls a function when a request is refused for want of a session; returns how to stop that. */
export function onSignedOut(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
