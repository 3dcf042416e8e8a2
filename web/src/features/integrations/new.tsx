import { Link } from "@tanstack/react-router";
import { usePage } from "@/app/crumbs";
import { Icon } from "@/ui/icon";
import { kinds } from "./kinds";

/** What can be connected. */
export default function Gallery() {
  usePage("New", [{ name: "Integrations", link: { to: "/integrations" } }]);
  return (
    <main id="main" className="page" tabIndex={-1}>
      <div className="page-head">
        <div>
          <h1>New integration</h1>
          <p>Read-only, all of them: Thalweg never writes to what it reads.</p>
        </div>
      </div>
      <div className="tiles">
        {kinds.map((k) => (
          <Link key={k.kind} className="tile" to="/integrations/new/$kind" params={{ kind: k.kind }}>
            <span className="lg">
              <Icon name={k.icon} />
            </span>
            <span>
              <b>{k.name}</b>
              <small>{k.does}</small>
            </span>
          </Link>
        ))}
        <Link className="tile" to="/imports" search={{ new: "1" } as never}>
          <span className="lg">
            <Icon name="imports" />
          </span>
          <span>
            <b>Import artifacts once</b>
            <small>Drop a target folder, or send it from CI</small>
          </span>
        </Link>
        <Link className="tile" to="/settings/$tab" params={{ tab: "tokens" }}>
          <span className="lg">
            <Icon name="code" />
          </span>
          <span>
            <b>Through the API</b>
            <small>A key and one request at the end of a job</small>
          </span>
        </Link>
      </div>
    </main>
  );
}
