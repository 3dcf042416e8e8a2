import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { api, type Schemas } from "@/api/client";
import { pages, rowsOf } from "@/api/list";
import { usePage } from "@/app/crumbs";
import { usePatch, useScope } from "@/app/scope";
import { one } from "@/app/search";
import { count } from "@/lib/count";
import { csv, save } from "@/lib/csv";
import { AssetLink, kindOf } from "@/ui/assetlink";
import { Choice } from "@/ui/choice";
import { Empty, Failed, Skeleton } from "@/ui/feedback";
import { FilterInput } from "@/ui/filterinput";
import { Icon } from "@/ui/icon";
import { More } from "@/ui/more";
import { StateMark } from "@/ui/state";
import { Time } from "@/ui/time";
import styles from "./page.module.css";

type Issue = Schemas["ResourceSchemaIssue"];
type Severity = "info" | "warning" | "error";

const order: Record<string, number> = { error: 0, warning: 1, info: 2 };

/** What imports and SQL could not make sense of, grouped by code, what needs somebody first. */
export default function Problems() {
  usePage("Problems");
  const scope = useScope();
  const search = useSearch({ strict: false }) as Record<string, unknown>;
  const patch = usePatch();
  const filters = {
    source: one(search.source) as "import" | "sql" | undefined,
    severity: one(search.severity) as Severity | undefined,
    code: one(search.code),
  };
  const text = (one(search.filter) ?? "").toLowerCase();
  const list = useInfiniteQuery({
    ...pages(["issues", scope, filters], (cursor, signal) =>
      api.GET("/api/v1/issues", { params: { query: { ...scope, ...filters, cursor, limit: 200 } }, signal }),
    ),
    enabled: scope.schema_id !== "",
  });
  const all = rowsOf<Issue>(list.data?.pages);
  const rows = all.filter(
    (i) =>
      !text || `${i.attributes.name ?? ""} ${i.attributes.code} ${i.attributes.message}`.toLowerCase().includes(text),
  );
  const groups = Map.groupBy(rows, (i) => i.attributes.code);
  const sorted = [...groups].sort(
    ([a, x], [b, y]) =>
      (order[x[0]?.attributes.severity ?? ""] ?? 3) - (order[y[0]?.attributes.severity ?? ""] ?? 3) ||
      y.length - x.length ||
      a.localeCompare(b),
  );
  const meta = list.data?.pages[0]?.meta;
  const filtered = Object.values(filters).some(Boolean) || text !== "";
  const clear = () => patch({ source: undefined, severity: undefined, code: undefined, filter: undefined });
  return (
    <main id="main" className="page" tabIndex={-1}>
      <div className="page-head">
        <div>
          <h1>Problems</h1>
          <p>
            What imports and SQL could not make sense of.{meta?.total != null && ` ${count(meta.total, "problem")}.`}
          </p>
        </div>
        <div className="acts headacts">
          <button type="button" className="btn" disabled={rows.length === 0} onClick={() => exportIssues(rows)}>
            <Icon name="download" size={14} />
            CSV
          </button>
        </div>
      </div>
      <div className="filterbar">
        <FilterInput
          label="Filter by table or code"
          value={one(search.filter) ?? ""}
          onChange={(filter) => patch({ filter })}
        />
        <Choice
          name="From"
          value={filters.source}
          values={[
            { value: "import", label: "imports" },
            { value: "sql", label: "SQL" },
          ]}
          onChange={(source) => patch({ source })}
        />
        <Choice
          name="Severity"
          value={filters.severity}
          values={["error", "warning", "info"].map((value) => ({ value, label: value }))}
          onChange={(severity) => patch({ severity })}
        />
        {filters.code && (
          <span className="chip on">
            {filters.code}{" "}
            <button type="button" aria-label={`Remove ${filters.code}`} onClick={() => patch({ code: undefined })}>
              ×
            </button>
          </span>
        )}
        <span className="t3 s">grouped by code, what needs somebody first</span>
      </div>
      {list.isError && <Failed error={list.error} what="The problems" retry={list.refetch} />}
      {list.isPending && !list.isError && <Skeleton />}
      {list.data && rows.length === 0 && (
        <Empty
          title={filtered ? "Nothing matches these filters" : "No problems"}
          actions={
            filtered && (
              <button type="button" className="btn" onClick={clear}>
                Clear filters
              </button>
            )
          }
        >
          {filtered ? undefined : "Every artifact and every statement was read as a whole."}
        </Empty>
      )}
      {sorted.map(([code, issues]) => (
        <Group key={code} code={code} issues={issues} />
      ))}
      {all.length > 0 && (
        <More shown={all.length} total={meta?.total} atLeast={meta?.at_least} noun="problems" more={list} />
      )}
    </main>
  );
}

function Group({ code, issues }: { code: string; issues: Issue[] }) {
  const first = issues[0]?.attributes;
  if (!first) return null;
  const state = first.severity === "error" ? "fail" : first.severity === "warning" ? "warn" : "none";
  return (
    <section className={styles.group}>
      <header className="row">
        <StateMark state={state} label={first.severity} />
        <h2>{title(code)}</h2>
        <code className="t3">{code}</code>
        <span className="s t3">{count(issues.length, "place")}</span>
        <span className="s t3 end">
          from {first.source === "sql" ? "SQL" : "imports"}
          {first.severity === "info" && ", good to know"}
        </span>
      </header>
      <ul>
        {issues.map(({ id, attributes: a }) => (
          <li key={id}>
            <div className="row wrap">
              {a.asset && a.name && (
                <AssetLink id={a.asset} name={a.name} kind={a.unique_id ? kindOf(a.unique_id) : undefined} size={13} />
              )}
              <span className="grow t2 any">
                {!a.asset && a.unique_id && <code>{a.unique_id} </code>}
                {a.message}
                {a.count > 1 && <span className="t3"> ({a.count} times)</span>}
              </span>
              {a.import && (
                <span className="s t3">
                  <Link to="/imports/$id" params={{ id: a.import }}>
                    {a.import}
                  </Link>
                  , <Time at={a.at} />
                </span>
              )}
            </div>
            {a.remedy && (
              <p className="s">
                <strong>Do:</strong> {a.remedy}
              </p>
            )}
            {(a.place || a.line) && (
              <p className="mono s t3 any">
                {a.place}
                {a.line ? `${a.place ? " · " : ""}line ${a.line}${a.column ? `, column ${a.column}` : ""}` : ""}
              </p>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

// The code in words: codes are words with dashes.
function title(code: string): string {
  const words = code.replace(/[-_]/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function exportIssues(rows: Issue[]): void {
  save(
    "problems.csv",
    csv([
      [
        "code",
        "severity",
        "source",
        "asset",
        "name",
        "unique_id",
        "message",
        "remedy",
        "place",
        "line",
        "count",
        "import",
      ],
      ...rows.map(({ attributes: a }) => [
        a.code,
        a.severity,
        a.source,
        a.asset,
        a.name,
        a.unique_id,
        a.message,
        a.remedy,
        a.place,
        a.line,
        a.count,
        a.import,
      ]),
    ]),
  );
}
