import { Link, useParams } from "@tanstack/react-router";
import type { ComponentType } from "react";
import { usePage } from "@/app/crumbs";
import { AccountPage } from "./account";
import { Appearance } from "./appearance";
import { Audit } from "./audit";
import { Keys } from "./keys";
import { Notifications } from "./notifications";
import { People } from "./people";
import { Projects } from "./projects";
import { Server } from "./server";

const tabs: [id: string, name: string, page: ComponentType][] = [
  ["account", "Account", AccountPage],
  ["people", "People", People],
  ["tokens", "API keys", Keys],
  ["projects", "Projects", Projects],
  ["notifications", "Notifications", Notifications],
  ["audit", "Audit log", Audit],
  ["appearance", "Appearance", Appearance],
  ["server", "Server", Server],
];

/** Administration, a tab per subject. */
export default function Settings() {
  const { tab } = useParams({ strict: false }) as { tab?: string };
  const [, name, Page] = tabs.find(([id]) => id === tab) ?? (["tokens", "API keys", Keys] as const);
  usePage(name, [{ name: "Settings" }]);
  return (
    <main id="main" className="page" tabIndex={-1}>
      <nav className="tabs tabrow" aria-label="Settings">
        {tabs.map(([id, title]) => (
          <Link key={id} to="/settings/$tab" params={{ tab: id }} aria-current={title === name ? "page" : undefined}>
            {title}
          </Link>
        ))}
      </nav>
      <Page />
    </main>
  );
}
