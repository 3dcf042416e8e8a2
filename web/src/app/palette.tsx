import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, type ReactNode, useDeferredValue, useEffect, useId, useRef, useState } from "react";
import { api, read, type Schemas } from "@/api/client";
import { count } from "@/lib/count";
import { coreOf } from "@/lib/selector";
import { Icon, type IconName } from "@/ui/icon";
import { Kind, kindName } from "@/ui/kind";
import { Marked } from "@/ui/marked";
import { useScope } from "./scope";

interface Option {
  id: string;
  content: ReactNode;
  run: () => void;
  lineage?: () => void;
}

const pagesOf: [name: string, icon: IconName, to: string][] = [
  ["Today", "today", "/"],
  ["Assets", "assets", "/assets"],
  ["Map of the project", "map", "/map"],
  ["Lineage", "lineage", "/lineage"],
  ["Tests", "tests", "/tests"],
  ["Freshness", "clock", "/freshness"],
  ["Runs", "runs", "/runs"],
  ["Changes", "changes", "/changes"],
  ["Problems", "problems", "/problems"],
  ["Coverage", "eye", "/coverage"],
  ["Health", "metrics", "/health"],
  ["Owners", "owners", "/owners"],
  ["Tags", "tags", "/tags"],
  ["Imports", "imports", "/imports"],
  ["Integrations", "integrations", "/integrations"],
  ["Schemas", "schemas", "/schemas"],
  ["API keys", "lock", "/settings/tokens"],
  ["People", "owners", "/settings/people"],
  ["Notifications", "changes", "/settings/notifications"],
  ["Audit log", "eye", "/settings/audit"],
  ["API reference", "code", "/docs"],
];

/** Search and commands, over everything. Columns first if the query has two words. */
export function Palette({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState("");
  const [on, setOn] = useState(0);
  const query = useDeferredValue(text.trim());
  const { schema_id } = useScope();
  const navigate = useNavigate();
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const started = useRef(0);
  const found = useQuery({
    queryKey: ["palette", query],
    enabled: query !== "",
    staleTime: 60_000,
    queryFn: async ({ signal }) => {
      started.current = performance.now();
      const reply = await read(api.GET("/api/v1/search", { params: { query: { q: query, limit: 20 } }, signal }));
      return { hits: reply.data ?? [], total: reply.meta.total, ms: Math.round(performance.now() - started.current) };
    },
  });
  const go = (to: string, search?: Record<string, string>) => {
    onClose();
    navigate({ to: to as "/", search: search as never });
  };
  const hits = query ? (found.data?.hits ?? []) : [];
  const sections = layout(hits, query, { schema_id, go });
  const options = sections.flatMap((s) => s.options);
  const chosen = Math.min(on, Math.max(0, options.length - 1));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the first hit of another query is chosen
  useEffect(() => setOn(0), [query]);
  useEffect(() => {
    document.getElementById(`${id}${chosen}`)?.scrollIntoView({ block: "nearest" });
  }, [chosen, id]);
  const onKeyDown = (e: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step && options.length > 0) {
      e.preventDefault();
      setOn((chosen + step + options.length) % options.length);
    } else if (e.key === "Enter") {
      e.preventDefault();
      const option = options[chosen];
      if (e.shiftKey && option?.lineage) option.lineage();
      else if (option) option.run();
    }
  };
  let n = -1;
  return (
    <dialog ref={dialog} className="dialog palette" aria-label="Search and commands" onClose={onClose}>
      <div className="q">
        <span className="t3">
          <Icon name="search" />
        </span>
        <input
          value={text}
          onChange={(e) => setText(e.target.value)}
          onKeyDown={onKeyDown}
          aria-label="Search and commands"
          placeholder="Tables, columns, pages, kind:model tag:pii"
          role="combobox"
          aria-expanded={options.length > 0}
          aria-controls={`${id}list`}
          aria-activedescendant={options.length > 0 ? `${id}${chosen}` : undefined}
          autoComplete="off"
          spellCheck={false}
        />
        <span className="keys" aria-hidden="true">
          <kbd>esc</kbd>
        </span>
      </div>
      <div className="opts" id={`${id}list`} role="listbox" aria-label="Results">
        {sections.map((section) => (
          // biome-ignore lint/a11y/useSemanticElements: a group within a list box
          <div key={section.name} role="group" aria-label={section.name}>
            <div className="label" role="presentation">
              {section.name}
            </div>
            {section.options.map((option) => {
              n++;
              const index = n;
              return (
                // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the input's
                <div
                  key={option.id}
                  id={`${id}${index}`}
                  className={index === chosen ? "o on" : "o"}
                  role="option"
                  tabIndex={-1}
                  aria-selected={index === chosen}
                  onMouseMove={() => setOn(index)}
                  onClick={option.run}
                >
                  {option.content}
                </div>
              );
            })}
          </div>
        ))}
        {query && !found.isFetching && hits.length === 0 && (
          <p className="t3 s none">Nothing in the catalog matches “{query}”.</p>
        )}
      </div>
      <div className="pf">
        <span>
          <kbd>↑</kbd> <kbd>↓</kbd> move
        </span>
        <span>
          <kbd>↵</kbd> open
        </span>
        <span>
          <kbd>⇧</kbd> <kbd>↵</kbd> lineage
        </span>
        <span className="end" role="status">
          {query && found.data
            ? `${found.data.total != null ? `${count(found.data.total, "hit")}, ` : ""}${found.data.ms} ms`
            : ""}
        </span>
      </div>
    </dialog>
  );
}

interface Section {
  name: string;
  options: Option[];
}

function layout(
  hits: Schemas["SearchHit"][],
  query: string,
  to: { schema_id: string; go: (to: string, search?: Record<string, string>) => void },
): Section[] {
  const columns = hits.filter((h) => h.field === "column" && h.column);
  const others = hits.filter((h) => !(h.field === "column" && h.column));
  const found: Section[] = [
    { name: "Tables and the rest", options: others.map((h) => assetOption(h, query, to)) },
    { name: "Columns", options: columns.map((h) => columnOption(h, query, to)) },
  ];
  if (query.includes(" ")) found.reverse();
  const words = query.toLowerCase().split(" ");
  const pages = pagesOf
    .filter(([name]) => words.every((w) => name.toLowerCase().includes(w)))
    .slice(0, query ? 5 : undefined)
    .map(([name, icon, path]) => ({ id: path, run: () => to.go(path), content: commandOf(icon, name) }));
  const doing: Option[] = query
    ? [
        {
          id: "all",
          run: () => to.go("/search", { q: query }),
          content: commandOf("search", `All hits for “${query}”`),
        },
        {
          id: "draw",
          run: () => to.go("/lineage", { select: query }),
          content: commandOf("lineage", `Draw lineage of ${query}`),
        },
      ]
    : [];
  return [...found, { name: query ? "Do" : "Go to", options: [...pages, ...doing] }].filter(
    (s) => s.options.length > 0,
  );
}

function commandOf(icon: IconName, name: string): ReactNode {
  return (
    <>
      <Icon name={icon} />
      <span>{name}</span>
    </>
  );
}

function assetOption(
  h: Schemas["SearchHit"],
  query: string,
  { go }: { go: (to: string, search?: Record<string, string>) => void },
): Option {
  const a = h.asset.attributes;
  const schema = h.asset.relationships?.schema?.id ?? "";
  return {
    id: h.asset.id,
    run: () => go(`/n/${h.asset.id}`, { schema }),
    lineage: () => go("/lineage", { schema, select: `1+${coreOf(a)}+1` }),
    content: (
      <>
        <Kind kind={a.kind} materialized={a.materialized} />
        <span>
          <Marked name={a.name} query={query} />
        </span>
        <span className="w">
          {h.fragment && h.field !== "name"
            ? h.fragment
            : [kindName(a.kind), a.package_name].filter(Boolean).join(", ")}
        </span>
      </>
    ),
  };
}

function columnOption(
  h: Schemas["SearchHit"],
  query: string,
  { go }: { go: (to: string, search?: Record<string, string>) => void },
): Option {
  const column = h.column ?? "";
  const schema = h.asset.relationships?.schema?.id ?? "";
  return {
    id: `${h.asset.id}.${column}`,
    run: () => go(`/n/${h.asset.id}/c/${encodeURIComponent(column)}`, { schema }),
    lineage: () => go("/lineage", { schema, select: `1+${coreOf(h.asset.attributes)}+1`, columns: column }),
    content: (
      <>
        <Kind kind="column" />
        <span className="mono">
          <Marked name={column} query={query} />
        </span>
        <span className="t3">in</span>
        <span>
          <Marked name={h.asset.attributes.name} query={query} />
        </span>
      </>
    ),
  };
}
