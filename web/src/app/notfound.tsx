import { Link, useLocation } from "@tanstack/react-router";
import { Empty } from "@/ui/feedback";

/** The page of an address that no page has. */
export function NotFound() {
  const { pathname } = useLocation();
  return (
    <main id="main" className="page" tabIndex={-1}>
      <Empty
        title="There is no page at this address"
        actions={
          <>
            <Link className="btn pri" to="/">
              Today
            </Link>
            <Link
              className="btn"
              to="/search"
              search={{ q: pathname.split("/").filter(Boolean).at(-1) ?? "" } as never}
            >
              Search for it
            </Link>
          </>
        }
      >
        <code className="any">{pathname}</code>
      </Empty>
    </main>
  );
}
