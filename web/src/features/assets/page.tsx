import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { api, type Schemas } from "@/api/client";
import { pages, rowsOf } from "@/api/list";
import { usePage } from "@/app/crumbs";
import { useRowKeys } from "@/app/rowkeys";
import { usePatch, useScope } from "@/app/scope";
import { many, one } from "@/app/search";
import { number } from "@/lib/count";
import { csv, save } from "@/lib/csv";
import { Copy } from "@/ui/copy";
import { Dialog } from "@/ui/dialog";
import { Facet, facetValues, kindValues } from "@/ui/facets";
import { Empty, Failed, Skeleton } from "@/ui/feedback";
import { FilterInput } from "@/ui/filterinput";
import { Icon } from "@/ui/icon";
import { More } from "@/ui/more";
import { StateMark } from "@/ui/state";
import { type Column, columns, defaultColumns, type Sort } from "./columns";
import styles from "./page.module.css";
import { Table } from "./table";

const testStates = [
  { value: "fail", label: "failing", state: "fail" },
  { value: "error", label: "in error", state: "error" },
  { value: "warn", label: "warning", state: "warn" },
  { value: "pass", label: "passing", state: "pass" },
] as const;

/** Everything in the catalog as one table. Filters, order and columns are in the address, so a view is a link. */
export default function Assets() {
  usePage("Assets");
  const scope = useScope();
  const search = useSearch({ strict: false }) as Record<string, unknown>;
  const patch = usePatch();
  const navigate = useNavigate();
  const kinds = many(search.kind) ?? [];
  const filters = {
    kind: kinds.join(",") || undefined,
    tag: one(search.tag),
    owner: one(search.owner),
    package: one(search.package),
    project: one(search.project),
    group: one(search.group),
    materialized: one(search.materialized),
    test_status: one(search.test_status) as "fail" | undefined,
    has_description: one(search.has_description) as "true" | undefined,
    removed: one(search.removed) as "true" | undefined,
    q: one(search.q),
  };
  const sort = one(search.sort) as Sort | undefined;
  const list = useInfiniteQuery({
    ...pages(["assets", scope, filters, sort], (cursor, signal) =>
      api.GET("/api/v1/assets", {
        params: {
          query: {
            ...scope,
            ...filters,
            sort,
            cursor,
            limit: cursor ? 200 : 100,
            breakdown: cursor ? undefined : "kind,tag,owner,package,materialized",
          },
        },
        signal,
      }),
    ),
    enabled: scope.schema_id !== "",
  });
  const rows = rowsOf(list.data?.pages);
  const meta = list.data?.pages[0]?.meta;
  const open = (i: number) => {
    const row = rows[i];
    if (row) navigate({ to: "/n/$id", params: { id: row.id } });
  };
  const [selected] = useRowKeys(rows.length, open);
  const shown = chosenColumns(many(search.cols));
  const filtered = Object.values(filters).some(Boolean);
  const clear = () =>
    patch({
      kind: undefined,
      tag: undefined,
      owner: undefined,
      package: undefined,
      project: undefined,
      group: undefined,
      materialized: undefined,
      test_status: undefined,
      has_description: undefined,
      removed: undefined,
      q: undefined,
    });
  return (
    <main id="main" className="page" tabIndex={-1}>
      <h1 className="vh">Assets</h1>
      <div className={`cols ${styles.cols}`}>
        {meta ? (
          <Filters counts={meta.breakdown} search={search} kinds={kinds} patch={patch} />
        ) : (
          <aside className="facets nonarrow" aria-label="Filters" />
        )}
        <div>
          <div className="filterbar">
            <FilterInput label="Filter by name" value={filters.q ?? ""} onChange={(q) => patch({ q })} />
            <FilterSheet counts={meta?.breakdown} search={search} kinds={kinds} patch={patch} />
            <span className="t3 s" role="status">
              {meta && `${total(meta)} ${filtered ? "match" : "assets"}`}
            </span>
            {filtered && (
              <button type="button" className="btn quiet sm" onClick={clear}>
                Clear filters
              </button>
            )}
            <div className="row end nonarrow">
              <ColumnChooser shown={shown} onChange={(cols) => patch({ cols })} />
              <Copy className="btn sm" text={location.href} label="Copy the address of this view">
                Link
              </Copy>
              <button
                type="button"
                className="btn sm"
                onClick={() => exportRows(rows, shown)}
                disabled={rows.length === 0}
              >
                <Icon name="download" size={13} />
                CSV
              </button>
            </div>
          </div>
          {list.isError && <Failed error={list.error} what="The assets" retry={list.refetch} />}
          {list.isPending && !list.isError && <Skeleton rows={14} />}
          {list.data && rows.length === 0 && (
            <Empty
              title={filtered ? "Nothing matches these filters" : "This schema has no assets yet"}
              actions={
                filtered ? (
                  <button type="button" className="btn" onClick={clear}>
                    Clear filters
                  </button>
                ) : (
                  <a className="btn pri" href="/imports">
                    Import artifacts
                  </a>
                )
              }
            >
              {filtered ? undefined : "Send the artifacts of a dbt project, or connect a warehouse."}
            </Empty>
          )}
          {rows.length > 0 && (
            <>
              <Table
                rows={rows}
                columns={shown}
                sort={sort}
                onSort={(s) => patch({ sort: s })}
                selected={selected}
                more={list}
              />
              <More shown={rows.length} total={meta?.total} atLeast={meta?.at_least} noun="assets" more={list} />
            </>
          )}
        </div>
      </div>
    </main>
  );
}

function total(meta: Schemas["ListMeta"]): string {
  return meta.total != null ? number(meta.total) : `more than ${number(meta.at_least ?? 0)}`;
}

function chosenColumns(names: string[] | undefined): Column[] {
  const wanted = names ?? defaultColumns;
  return columns.filter((c) => c.name === "name" || wanted.includes(c.name));
}

interface FilterProps {
  counts: Record<string, Record<string, number>> | undefined;
  search: Record<string, unknown>;
  kinds: string[];
  patch: (change: Record<string, string | string[] | undefined>) => void;
}

function Filters(props: FilterProps) {
  return (
    <aside className="facets nonarrow" aria-label="Filters">
      <FilterFields {...props} />
    </aside>
  );
}

// Counts are of the whole filtered list. The kinds keep those of the widest list seen, so that a second one can be chosen.
function FilterFields({ counts, search, kinds, patch }: FilterProps) {
  const widest = useRef(counts?.kind);
  useEffect(() => {
    if (kinds.length === 0 && counts) widest.current = counts.kind;
  }, [kinds.length, counts]);
  const single = (name: string) => many(search[name])?.slice(0, 1) ?? [];
  return (
    <>
      <Facet
        name="Kind"
        several
        chosen={kinds}
        onChange={(kind) => patch({ kind })}
        values={kindValues(kinds.length > 0 ? (widest.current ?? counts?.kind) : counts?.kind)}
      />
      <Facet
        name="Tests"
        chosen={single("test_status")}
        onChange={(c) => patch({ test_status: c.at(-1) })}
        values={testStates.map((t) => ({
          value: t.value,
          label: (
            <>
              <StateMark state={t.state} label="" />
              <span className="cut">{t.label}</span>
            </>
          ),
        }))}
      />
      <Facet
        name="Owner"
        chosen={single("owner")}
        onChange={(c) => patch({ owner: c.at(-1) })}
        values={facetValues(counts?.owner)}
      />
      <Facet
        name="Tag"
        chosen={single("tag")}
        onChange={(c) => patch({ tag: c.at(-1) })}
        values={facetValues(counts?.tag)}
      />
      <Facet
        name="Materialized"
        chosen={single("materialized")}
        onChange={(c) => patch({ materialized: c.at(-1) })}
        values={facetValues(counts?.materialized)}
      />
      <Facet
        name="Package"
        chosen={single("package")}
        onChange={(c) => patch({ package: c.at(-1) })}
        values={facetValues(counts?.package)}
      />
      <Facet
        name="Description"
        chosen={single("has_description")}
        onChange={(c) => patch({ has_description: c.at(-1) })}
        values={[
          { value: "true", label: <span className="cut">described</span> },
          { value: "false", label: <span className="cut">not described</span> },
        ]}
      />
      <Facet
        name="Removed"
        chosen={single("removed")}
        onChange={(c) => patch({ removed: c.at(-1) })}
        values={[{ value: "true", label: <span className="cut">removed ones too</span> }]}
      />
    </>
  );
}

// Under 760 px the facets move into a sheet.
function FilterSheet(props: FilterProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="chip onlynarrow" onClick={() => setOpen(true)}>
        <Icon name="filter" size={13} />
        Filters
      </button>
      {open && (
        <Dialog
          title="Filters"
          onClose={() => setOpen(false)}
          actions={
            <button type="button" className="btn pri" onClick={() => setOpen(false)}>
              Show
            </button>
          }
        >
          <div className="facets">
            <FilterFields {...props} />
          </div>
        </Dialog>
      )}
    </>
  );
}

function ColumnChooser({ shown, onChange }: { shown: Column[]; onChange: (cols: string[]) => void }) {
  const [open, setOpen] = useState(false);
  const names = shown.map((c) => c.name);
  return (
    <>
      <button type="button" className="btn sm" onClick={() => setOpen(true)}>
        Columns
      </button>
      {open && (
        <Dialog title="Columns" onClose={() => setOpen(false)}>
          {columns
            .filter((c) => c.name !== "name")
            .map((c) => (
              <label className="check" key={c.name}>
                <input
                  type="checkbox"
                  checked={names.includes(c.name)}
                  onChange={() =>
                    onChange(names.includes(c.name) ? names.filter((n) => n !== c.name) : [...names, c.name])
                  }
                />
                {c.title}
              </label>
            ))}
        </Dialog>
      )}
    </>
  );
}

function exportRows(rows: Schemas["ResourceAsset"][], shown: Column[]): void {
  save(
    "assets.csv",
    csv([
      ["id", "kind", ...shown.map((c) => c.title)],
      ...rows.map((r) => [r.id, r.attributes.kind, ...shown.map((c) => c.text(r))]),
    ]),
  );
}
