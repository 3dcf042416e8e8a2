import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { api, type Schemas } from "@/api/client";
import { pages, rowsOf } from "@/api/list";
import { usePage } from "@/app/crumbs";
import { usePatch, useSchema, useScope } from "@/app/scope";
import { one } from "@/app/search";
import { classes } from "@/lib/classes";
import { count } from "@/lib/count";
import { Choice } from "@/ui/choice";
import { Empty, Failed, Skeleton } from "@/ui/feedback";
import { More } from "@/ui/more";
import { Time } from "@/ui/time";
import { ChangeLine } from "./line";
import styles from "./page.module.css";

type Version = Schemas["ResourceVersion"];

const expandedAtFirst = 3;

/** What imports, syncs and people changed, version by version, the newest first. */
export default function Changes() {
  usePage("Changes");
  const scope = useScope();
  const schema = useSchema();
  const patch = usePatch();
  const search = useSearch({ strict: false }) as Record<string, unknown>;
  const by = one(search.by);
  const kind = one(search.kind);
  const list = useInfiniteQuery({
    ...pages(["versions", scope], (cursor, signal) =>
      api.GET("/api/v1/schemas/{id}/versions", {
        params: { path: { id: scope.schema_id }, query: { at: scope.at, cursor, limit: 20 } },
        signal,
      }),
    ),
    enabled: scope.schema_id !== "",
  });
  const all = rowsOf<Version>(list.data?.pages);
  const rows = all.filter((v) => !by || v.attributes.actor_ref?.kind === by || v.attributes.cause?.kind === by);
  const newest = all[0]?.attributes.version;
  return (
    <main id="main" className="page" tabIndex={-1}>
      <div className="page-head">
        <div>
          <h1>Changes</h1>
          <p>What imports and people changed{schema && ` in ${schema.attributes.name}`}.</p>
        </div>
        <div className="acts headacts">
          {newest !== undefined && newest > 1 && (
            <Link
              className="btn"
              to="/diff/$points"
              params={{ points: `${scope.schema_id}@${newest - 1}...${scope.schema_id}@${newest}` }}
            >
              Compare two points
            </Link>
          )}
        </div>
      </div>
      <div className="filterbar">
        <Choice
          name="Kind"
          value={kind}
          values={[
            { value: "created", label: "created" },
            { value: "updated", label: "changed" },
            { value: "removed", label: "removed" },
            { value: "restored", label: "back again" },
          ]}
          onChange={(k) => patch({ kind: k })}
        />
        <Choice
          name="By"
          value={by}
          values={[
            { value: "import", label: "imports" },
            { value: "edit", label: "people" },
            { value: "removal", label: "confirmed removals" },
            { value: "crawl", label: "warehouse crawls" },
          ]}
          onChange={(b) => patch({ by: b })}
        />
      </div>
      {list.isError && <Failed error={list.error} what="The versions" retry={list.refetch} />}
      {list.isPending && !list.isError && <Skeleton />}
      {list.data && all.length === 0 && (
        <Empty title="Nothing has changed yet">The first import makes version 1.</Empty>
      )}
      {list.data && all.length > 0 && rows.length === 0 && (
        <Empty
          title="None of the versions read so far is by them"
          actions={
            <button type="button" className="btn" onClick={() => patch({ by: undefined })}>
              By anyone
            </button>
          }
        />
      )}
      <ol className="tl">
        {rows.map((v, i) => (
          <VersionItem key={v.id} version={v} kind={kind} expanded={i < expandedAtFirst} />
        ))}
      </ol>
      {all.length > 0 && (
        <More shown={all.length} total={list.data?.pages[0]?.meta.total} noun="versions" more={list} />
      )}
    </main>
  );
}

function VersionItem({ version, kind, expanded }: { version: Version; kind: string | undefined; expanded: boolean }) {
  const [open, setOpen] = useState(expanded && version.attributes.version > 1);
  const a = version.attributes;
  const person = a.cause?.kind === "edit";
  return (
    <li className={classes(person && "user")}>
      <div className="row wrap">
        <button type="button" className={styles.toggle} aria-expanded={open} onClick={() => setOpen(!open)}>
          <span className="w5">{person ? a.actor_ref?.name : `Version ${a.version}`}</span>
          <span className="t2">
            {a.version === 1 ? "first version: " : ""}
            {a.changed.assets == null ? "" : `${count(a.changed.assets, "asset")} changed`}
          </span>
        </button>
        {a.import && (
          <Link to="/imports/$id" params={{ id: a.import }}>
            {a.import}
          </Link>
        )}
        {!person && a.actor_ref && <span className="s t3">by {a.actor_ref.name}</span>}
        <span className="end s t2">
          <Time at={a.at} />
        </span>
      </div>
      {open && <VersionChanges version={a.version} kind={kind} />}
    </li>
  );
}

function VersionChanges({ version, kind }: { version: number; kind: string | undefined }) {
  const { schema_id } = useScope();
  const list = useInfiniteQuery(
    pages(["changes", schema_id, version], (cursor, signal) =>
      api.GET("/api/v1/changes", {
        params: { query: { schema_id, from: String(version - 1), to: String(version), cursor, limit: 50 } },
        signal,
      }),
    ),
  );
  const all = rowsOf<Schemas["ChangeRow"]>(list.data?.pages);
  const rows = all.filter((c) => !kind || c.kind === kind);
  if (list.isError) return <Failed error={list.error} what="The changes" retry={list.refetch} />;
  if (!list.data) return <Skeleton rows={2} />;
  return (
    <>
      <ul className={styles.changes}>
        {rows.map((c) => (
          <li key={c.id}>
            <ChangeLine change={c} />
          </li>
        ))}
      </ul>
      {rows.length === 0 && <p className="s t3">{kind ? "None of this kind." : "Nothing that a page shows."}</p>}
      {list.hasNextPage && (
        <More
          shown={all.length}
          total={list.data.pages[0]?.meta.total}
          atLeast={list.data.pages[0]?.meta.at_least}
          noun="changes"
          more={list}
        />
      )}
    </>
  );
}
