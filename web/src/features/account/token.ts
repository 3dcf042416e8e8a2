import { useEffect, useState } from "react";

/** The secret of a one-time link: it is behind the #, which browsers do not send, and leaves the address at once. */
export function useToken(): string {
  const [token] = useState(() => location.hash.slice(1));
  useEffect(() => {
    if (token) history.replaceState(history.state, "", location.pathname + location.search);
  }, [token]);
  return token;
}
