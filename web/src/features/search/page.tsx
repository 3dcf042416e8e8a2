import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { api, type Schemas } from "@/api/client";
import { pages, rowsOf } from "@/api/list";
import { usePage } from "@/app/crumbs";
import { useRowKeys } from "@/app/rowkeys";
import { usePatch, useSchemas } from "@/app/scope";
import { one } from "@/app/search";
import { classes } from "@/lib/classes";
import { count } from "@/lib/count";
import { Facet, facetValues, kindValues } from "@/ui/facets";
import { Empty, Failed, Note } from "@/ui/feedback";
import { FilterInput } from "@/ui/filterinput";
import { Kind } from "@/ui/kind";
import { Marked } from "@/ui/marked";
import { More } from "@/ui/more";
import styles from "./page.module.css";

type Hit = Schemas["SearchHit"];

/** Hits of a query over all schemas or one, each asset with the columns of it that match. Search is always of now. */
export default function Search() {
  usePage("Search");
  const search = useSearch({ strict: false }) as Record<string, unknown>;
  const patch = usePatch();
  const navigate = useNavigate();
  const q = one(search.q) ?? "";
  const kind = one(search.kind);
  const schema = one(search.in);
  const { data: schemas } = useSchemas();
  const list = useInfiniteQuery({
    ...pages(["search", q, kind, schema], async (cursor, signal) => {
      const began = performance.now();
      const reply = await api.GET("/api/v1/search", {
        params: { query: { q, kind, schema_id: schema, cursor, limit: 50 } },
        signal,
      });
      return { ...reply, data: reply.data && { ...reply.data, ms: Math.round(performance.now() - began) } };
    }),
    enabled: q.trim() !== "",
  });
  const hits = rowsOf<Hit>(list.data?.pages);
  const meta = list.data?.pages[0]?.meta;
  const open = (i: number) => {
    const hit = hits[i];
    if (hit)
      navigate({ to: "/n/$id", params: { id: hit.asset.id }, search: { schema: hit.asset.relationships?.schema?.id } });
  };
  const [selected] = useRowKeys(hits.length, open);
  const names = useMemo(() => new Map(schemas?.data?.map((s) => [s.id, s.attributes.name])), [schemas]);
  const narrow = (term: string) => patch({ q: `${q} ${term}`.trim() });
  return (
    <main id="main" className="page" tabIndex={-1}>
      <h1 className="vh">Search</h1>
      <div className={`cols ${styles.cols}`}>
        <aside className="facets nonarrow" aria-label="Filters">
          <Facet
            name="Kind"
            chosen={kind ? [kind] : []}
            onChange={(c) => patch({ kind: c.at(-1) })}
            values={kindValues(meta?.facets?.kind)}
          />
          <Facet
            name="Tag"
            chosen={[]}
            onChange={(c) => narrow(`tag:${quoted(c[0] ?? "")}`)}
            values={facetValues(meta?.facets?.tag)}
          />
          <Facet
            name="Owner"
            chosen={[]}
            onChange={(c) => narrow(`owner:${quoted(c[0] ?? "")}`)}
            values={facetValues(meta?.facets?.owner)}
          />
          <Facet
            name="Package"
            chosen={[]}
            onChange={(c) => narrow(`package:${quoted(c[0] ?? "")}`)}
            values={facetValues(meta?.facets?.package)}
          />
          <Facet
            name="Schema"
            chosen={schema ? [schema] : []}
            onChange={(c) => patch({ in: c.at(-1) })}
            values={facetValues(meta?.facets?.schema).map((v) => ({
              ...v,
              label: <span className="cut">{names.get(v.value) ?? v.value}</span>,
            }))}
          />
        </aside>
        <div>
          <FilterInput
            label="Tables, columns, descriptions, code: kind:model tag:pii owner:finance column:email"
            className={`input ${styles.box}`}
            value={q}
            onChange={(text) => patch({ q: text })}
          />
          <p className="s t3" role="status">
            {meta && q.trim()
              ? `${count(meta.total, "asset")}, in ${list.data?.pages[0]?.ms} ms`
              : "Words in any order; keys narrow: kind: tag: owner: package: schema: column: has:"}
          </p>
          {(meta?.warnings ?? []).map((w) => (
            <Note key={w.message} tone="warn">
              {w.message}
            </Note>
          ))}
          {list.isError && <Failed error={list.error} what="The hits" retry={list.refetch} />}
          {list.data && q.trim() !== "" && hits.length === 0 && (
            <Empty
              title={`Nothing matches “${q}”`}
              actions={
                (kind || schema) && (
                  <button type="button" className="btn" onClick={() => patch({ kind: undefined, in: undefined })}>
                    Clear filters
                  </button>
                )
              }
            >
              Names of tables allow for a slip of the keyboard; try fewer words, or a part of the name.
            </Empty>
          )}
          <ul className={styles.hits}>
            {hits.map((hit, i) => (
              <HitRow key={`${hit.asset.id}`} hit={hit} query={q} index={i} selected={i === selected} />
            ))}
          </ul>
          {hits.length > 0 && <More shown={hits.length} total={meta?.total} noun="assets" more={list} />}
        </div>
      </div>
    </main>
  );
}

function quoted(value: string): string {
  return /\s/.test(value) ? `"${value}"` : value;
}

const fields: Record<string, string> = {
  name: "name",
  column: "column",
  description: "description",
  tag: "tag",
  owner: "owner",
  meta: "meta",
  property: "property",
  sql: "code",
  code: "code",
  unique_id: "unique id",
  relation: "relation",
};

function HitRow({ hit, query, index, selected }: { hit: Hit; query: string; index: number; selected: boolean }) {
  const a = hit.asset.attributes;
  const schema = hit.asset.relationships?.schema;
  return (
    <li data-row={index} className={classes(selected && styles.selected)}>
      <div className="row">
        <Kind kind={a.kind} materialized={a.materialized} />
        <Link className="name" to="/n/$id" params={{ id: hit.asset.id }} search={{ schema: schema?.id }}>
          <Marked name={a.name} query={query} />
        </Link>
        <span className="s t3 end cut">
          {[schema?.name, a.package_name, a.relation?.schema].filter(Boolean).join(" / ")}
        </span>
      </div>
      {hit.columns.length > 0 ? (
        <ul className={styles.columns} aria-label="Columns that match">
          {hit.columns.map((c) => (
            <li key={c.name} className={styles.column}>
              <Kind kind="column" size={13} />
              <Link
                className="mono plain"
                to="/n/$id/c/$column"
                params={{ id: hit.asset.id, column: c.name }}
                search={{ schema: schema?.id }}
              >
                <Marked name={c.name} query={query} />
              </Link>
              {c.type && <span className="mono t3 s nowrap">{c.type}</span>}
              {c.field !== "column" && (
                <span className="t2 cut">
                  <Marked name={c.fragment} query={query} />
                </span>
              )}
            </li>
          ))}
          {hit.columns_total > hit.columns.length && (
            <li className={`${styles.column} s t3`}>
              and {count(hit.columns_total - hit.columns.length, "more column", "more columns")}
            </li>
          )}
        </ul>
      ) : (
        hit.field !== "name" &&
        hit.fragment && (
          <div className={styles.column}>
            <span className="s t3">{(hit.field && fields[hit.field]) ?? hit.field}</span>
            <span className="t2 cut">
              <Marked name={hit.fragment} query={query} />
            </span>
          </div>
        )
      )}
    </li>
  );
}
