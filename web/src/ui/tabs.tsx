import { Link } from "@tanstack/react-router";

interface Tab {
  id: string;
  name: string;
  count?: string | number;
  bad?: boolean;
}

/** Tabs of a page: links, so that each has an address. The first is the page's own address. */
export function Tabs({ label, tabs, current }: { label: string; tabs: Tab[]; current: string }) {
  return (
    <nav className="tabs tabrow" aria-label={label}>
      {tabs.map((tab, i) => (
        <Link
          key={tab.id}
          to="."
          search={((before: Record<string, unknown>) => ({ ...before, tab: i === 0 ? undefined : tab.id })) as never}
          aria-current={tab.id === current ? "page" : undefined}
          activeOptions={{ exact: true, includeSearch: true, explicitUndefined: true }}
          resetScroll={false}
        >
          {tab.name}
          {tab.count !== undefined && <span className={tab.bad ? "n bad" : "n"}>{tab.count}</span>}
        </Link>
      ))}
    </nav>
  );
}
