import { useIsFetching } from "@tanstack/react-query";
import { Link, type LinkProps, Outlet, useLocation, useNavigate } from "@tanstack/react-router";
import { Suspense, useEffect, useRef, useState } from "react";
import { Icon, type IconName } from "@/ui/icon";
import { Account, SignedOut } from "./account";
import { AsOf, PastBanner } from "./asof";
import { useCounts } from "./counts";
import { CrumbsProvider, useCrumbs } from "./crumbs";
import { Help } from "./help";
import { useKeys } from "./keys";
import { Palette } from "./palette";
import { ScopeMenu } from "./scopemenu";

interface Target {
  to: LinkProps["to"];
  name: string;
  icon: IconName;
  key?: string;
  search?: Record<string, string>;
  params?: Record<string, string>;
  count?: "assets" | "failing" | "stale" | "metrics" | "exposures";
  bad?: boolean;
}

const groups: Target[][] = [
  [
    { to: "/", name: "Today", icon: "today", key: "h" },
    { to: "/search", name: "Search", icon: "search", key: "s" },
    { to: "/assets", name: "Assets", icon: "assets", key: "a", count: "assets" },
    { to: "/map", name: "Map", icon: "map", key: "m" },
    { to: "/lineage", name: "Lineage", icon: "lineage", key: "l" },
  ],
  [
    { to: "/tests", name: "Tests", icon: "tests", key: "t", count: "failing", bad: true },
    { to: "/freshness", name: "Freshness", icon: "clock", key: "f", count: "stale", bad: true },
    { to: "/runs", name: "Runs", icon: "runs", key: "r" },
    { to: "/changes", name: "Changes", icon: "changes", key: "c" },
    { to: "/problems", name: "Problems", icon: "problems", key: "p" },
    { to: "/coverage", name: "Coverage", icon: "eye" },
  ],
  [
    { to: "/assets", search: { kind: "metric" }, name: "Metrics", icon: "metrics", count: "metrics" },
    { to: "/assets", search: { kind: "exposure" }, name: "Exposures", icon: "exposures", count: "exposures" },
    { to: "/owners", name: "Owners", icon: "owners", key: "o" },
    { to: "/tags", name: "Tags", icon: "tags" },
  ],
  [
    { to: "/imports", name: "Imports", icon: "imports", key: "i" },
    { to: "/integrations", name: "Integrations", icon: "integrations" },
    { to: "/schemas", name: "Schemas", icon: "schemas" },
    { to: "/settings/$tab", params: { tab: "tokens" }, name: "Settings", icon: "settings" },
  ],
];

const canvasPages = ["/lineage", "/map"];
const barePages = ["/sign-in", "/setup", "/invitation"];

/** The frame of every page: sidebar, top bar, keys and dialogs. */
export function Frame() {
  const { pathname } = useLocation();
  if (barePages.includes(pathname)) {
    return (
      <Suspense fallback={null}>
        <Outlet />
      </Suspense>
    );
  }
  return (
    <CrumbsProvider>
      <Shell canvas={canvasPages.includes(pathname)} />
    </CrumbsProvider>
  );
}

function Shell({ canvas }: { canvas: boolean }) {
  const [open, setOpen] = useState<"" | "palette" | "help">("");
  const navigate = useNavigate();
  useKeys({
    "mod+k": { does: "Search and commands", group: "Anywhere", run: () => setOpen("palette") },
    "/": { does: "Search", group: "Anywhere", run: () => setOpen("palette") },
    "?": { does: "This list", group: "Anywhere", run: () => setOpen("help") },
    ...Object.fromEntries(
      groups.flat().flatMap((t) =>
        t.key
          ? [
              [
                `g ${t.key}`,
                {
                  does: `Go to ${t.name}`,
                  group: "Go to",
                  run: () => navigate({ to: t.to, params: t.params as never, search: t.search as never }),
                },
              ],
            ]
          : [],
      ),
    ),
  });
  const { pathname } = useLocation();
  const main = useRef<HTMLDivElement>(null);
  const first = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the page that is shown decides
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    // Screen readers and the keyboard go on at the new page.
    main.current?.querySelector<HTMLElement>("#main")?.focus({ preventScroll: true });
  }, [pathname]);
  return (
    <>
      <a className="vh skip" href="#main">
        Skip to content
      </a>
      <LoadBar />
      <div className={canvas ? "shell mini" : "shell"}>
        <Side help={() => setOpen("help")} />
        <header className="topbar">
          <Crumbs />
          <AsOf />
          <button type="button" className="find" aria-keyshortcuts="Control+K" onClick={() => setOpen("palette")}>
            <span style={{ flex: "none", display: "flex" }}>
              <Icon name="search" size={14} />
            </span>
            <span>Search or jump</span>
            <span className="keys" aria-hidden="true">
              <kbd>⌘</kbd>
              <kbd>K</kbd>
            </span>
          </button>
        </header>
        <div ref={main} className="content">
          <PastBanner />
          <Suspense fallback={<main id="main" className="page" tabIndex={-1} />}>
            <Outlet />
          </Suspense>
        </div>
        <TabBar more={() => setOpen("palette")} />
      </div>
      {open === "palette" && <Palette onClose={() => setOpen("")} />}
      {open === "help" && <Help onClose={() => setOpen("")} />}
      <SignedOut />
    </>
  );
}

// A thin bar from 150 ms on; base.css draws it.
function LoadBar() {
  const busy = useIsFetching() > 0;
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!busy) {
      setLate(false);
      return;
    }
    const timer = setTimeout(() => setLate(true), 150);
    return () => clearTimeout(timer);
  }, [busy]);
  return late ? <div className="loadbar" /> : null;
}

function Side({ help }: { help: () => void }) {
  const counts = useCounts();
  return (
    <aside className="side" aria-label="Sidebar">
      <Link className="brand" to="/">
        <svg width="20" height="20" viewBox="0 0 20 20" fill="none" aria-hidden="true" stroke="currentColor">
          <path d="M3 1.5c0 6 9.5 5.5 9.5 9.500S7 15 7 18.5" strokeWidth="1.3" opacity=".38" />
          <path d="M10 1.5c0 3.5 7.5 4.5 7.500 9.500S13 16 13 18.5" strokeWidth="1.3" opacity=".38" />
          <path d="M6.5 1.5C6.5 7 15 6.5 15 11s-5 4-5 7.500" strokeWidth="2.4" strokeLinecap="round" />
        </svg>
        Thalweg
      </Link>
      <ScopeMenu />
      <nav aria-label="Main">
        {groups.map((group) => (
          <div className="nav" key={group[0]?.name}>
            {group.map((t) => (
              <NavLink key={t.name} target={t} count={t.count && counts[t.count]} />
            ))}
          </div>
        ))}
      </nav>
      <div className="side-foot">
        <Account />
        <button
          type="button"
          className="btn quiet icon sm end"
          aria-label="Keys and help"
          aria-keyshortcuts="?"
          onClick={help}
        >
          ?
        </button>
      </div>
    </aside>
  );
}

function NavLink({ target, count }: { target: Target; count?: number }) {
  const { pathname, search } = useLocation();
  const path = String(target.to).replace("$tab", "");
  const kind = (search as { kind?: string | string[] }).kind;
  const here =
    path === "/"
      ? pathname === "/"
      : pathname === path ||
        pathname.startsWith(path.endsWith("/") ? path : `${path}/`) ||
        (path === "/assets" && pathname.startsWith("/n/"));
  const current =
    here &&
    (path !== "/assets" || pathname.startsWith("/n/")
      ? !target.search
      : (target.search?.kind ?? undefined) ===
        (typeof kind === "string" && ["metric", "exposure"].includes(kind) ? kind : undefined));
  return (
    <Link
      to={target.to}
      params={target.params as never}
      search={target.search as never}
      aria-current={current ? "page" : undefined}
      title={target.name}
    >
      <Icon name={target.icon} />
      {target.name}
      {count !== undefined && (target.bad ? count > 0 : true) && (
        <span className={target.bad ? "n bad" : "n"}>
          {count}
          {target.bad && <span className="vh"> failing</span>}
        </span>
      )}
    </Link>
  );
}

function Crumbs() {
  const crumbs = useCrumbs();
  return (
    <nav className="crumbs" aria-label="Breadcrumb">
      <ol>
        {crumbs.map((c, i) => (
          <li key={`${i}${c.name}`}>
            {i === crumbs.length - 1 ? (
              <span aria-current="page">{c.name}</span>
            ) : c.link ? (
              <Link {...c.link} activeOptions={{ exact: true, includeSearch: true }}>
                {c.name}
              </Link>
            ) : (
              <span>{c.name}</span>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}

const narrow: Target[] = [
  { to: "/", name: "Today", icon: "today" },
  { to: "/search", name: "Search", icon: "search" },
  { to: "/assets", name: "Assets", icon: "assets" },
  { to: "/lineage", name: "Lineage", icon: "lineage" },
];

function TabBar({ more }: { more: () => void }) {
  const { pathname } = useLocation();
  return (
    <nav className="tabbar" aria-label="Main, narrow">
      {narrow.map((t) => (
        <Link key={t.name} to={t.to} aria-current={pathname === t.to ? "page" : undefined}>
          <Icon name={t.icon} />
          {t.name}
        </Link>
      ))}
      <button type="button" onClick={more}>
        <Icon name="menu" />
        More
      </button>
    </nav>
  );
}
