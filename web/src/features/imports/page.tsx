import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { api, type Schemas } from "@/api/client";
import { pages, rowsOf } from "@/api/list";
import { usePage } from "@/app/crumbs";
import { useRowKeys } from "@/app/rowkeys";
import { usePatch, useSchemas } from "@/app/scope";
import { one } from "@/app/search";
import { classes } from "@/lib/classes";
import { number } from "@/lib/count";
import { duration } from "@/lib/time";
import { Choice } from "@/ui/choice";
import { Empty, Failed, Skeleton } from "@/ui/feedback";
import { Icon } from "@/ui/icon";
import { More } from "@/ui/more";
import { State, stateOf } from "@/ui/state";
import { Time } from "@/ui/time";
import { Snippets } from "./snippets";
import { Upload } from "./upload";

type Import = Schemas["ImportResource"];
type Status = "pending" | "processing" | "completed" | "failed";

/** Each set of artifacts that arrived, and what it did; the way to send one. */
export default function Imports() {
  usePage("Imports");
  const search = useSearch({ strict: false }) as Record<string, unknown>;
  const patch = usePatch();
  const navigate = useNavigate();
  const { data: schemas } = useSchemas();
  const filters = { status: one(search.status) as Status | undefined, schema_id: one(search.in) };
  const sending = one(search.new) !== undefined;
  const list = useInfiniteQuery({
    ...pages(["imports", filters], (cursor, signal) =>
      api.GET("/api/v1/dbt_imports", { params: { query: { ...filters, cursor, limit: 50 } }, signal }),
    ),
    refetchInterval: (q) =>
      rowsOf<Import>(q.state.data?.pages).some((i) => ["pending", "processing"].includes(i.attributes.status))
        ? 1000
        : false,
  });
  const rows = rowsOf<Import>(list.data?.pages);
  const [selected] = useRowKeys(rows.length, (i) => {
    const row = rows[i];
    if (row) navigate({ to: "/imports/$id", params: { id: row.id } });
  });
  const filtered = filters.status !== undefined || filters.schema_id !== undefined;
  const first = list.data && rows.length === 0 && !filtered;
  return (
    <main id="main" className="page" tabIndex={-1}>
      <div className="page-head">
        <div>
          <h1>Imports</h1>
          <p>Each set of artifacts that arrived, and what it did. Unchanged artifacts count zero.</p>
        </div>
        <div className="acts">
          <button
            type="button"
            className="btn pri"
            onClick={() => patch({ new: sending ? undefined : "1" })}
            aria-expanded={sending || first}
          >
            <Icon name="imports" size={14} />
            Import artifacts
          </button>
        </div>
      </div>
      {(sending || first) && (
        <>
          <Upload large={first} />
          <Snippets />
        </>
      )}
      {!first && (
        <div className="filterbar importsfilter">
          <Choice
            name="Status"
            value={filters.status}
            values={["completed", "failed", "processing", "pending"].map((value) => ({ value, label: value }))}
            onChange={(status) => patch({ status })}
          />
          <Choice
            name="Schema"
            value={filters.schema_id}
            values={(schemas?.data ?? []).map((s) => ({ value: s.id, label: s.attributes.name }))}
            onChange={(s) => patch({ in: s })}
          />
        </div>
      )}
      {list.isError && <Failed error={list.error} what="The imports" retry={list.refetch} />}
      {list.isPending && !list.isError && <Skeleton />}
      {list.data && rows.length === 0 && filtered && (
        <Empty
          title="No import matches these filters"
          actions={
            <button type="button" className="btn" onClick={() => patch({ status: undefined, in: undefined })}>
              Clear filters
            </button>
          }
        />
      )}
      {rows.length > 0 && (
        <table className="table fold">
          <thead>
            <tr>
              <th scope="col">Status</th>
              <th scope="col">Import</th>
              <th scope="col">Schema ID</th>
              <th scope="col" className="num" title="tables created">
                Tables +
              </th>
              <th scope="col" className="num" title="tables updated">
                ~
              </th>
              <th scope="col" className="num" title="columns created">
                Columns +
              </th>
              <th scope="col" className="num" title="columns updated">
                ~
              </th>
              <th scope="col" className="num" title="lineages created">
                Lineage +
              </th>
              <th scope="col" className="num">
                Took
              </th>
              <th scope="col">When</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, i) => (
              <Row key={row.id} row={row} index={i} selected={i === selected} />
            ))}
          </tbody>
        </table>
      )}
      {rows.length > 0 && <More shown={rows.length} total={undefined} noun="imports" more={list} />}
    </main>
  );
}

function Row({ row, index, selected }: { row: Import; index: number; selected: boolean }) {
  const a = row.attributes;
  const schema = row.relationships?.schema;
  const took =
    a.started_at && a.completed_at
      ? (new Date(a.completed_at).getTime() - new Date(a.started_at).getTime()) / 1000
      : null;
  return (
    <tr data-row={index} className={classes(selected && "sel")}>
      <td>
        <State state={stateOf(a.status)}>{a.status}</State>
      </td>
      <td>
        <Link className="name" to="/imports/$id" params={{ id: row.id }}>
          {row.id}
        </Link>
      </td>
      <td className="s nowrap">
        <span className="mono">{schema?.id}</span> <span className="t3 hidenarrow">{schema?.name}</span>
      </td>
      {a.error_message ? (
        <td colSpan={5} className="s any full">
          {a.error_message}
        </td>
      ) : (
        [a.tables_created, a.tables_updated, a.columns_created, a.columns_updated, a.lineages_created].map((n, i) => (
          <td key={i} className="num s hidenarrow">
            {n == null ? "" : number(n)}
          </td>
        ))
      )}
      <td className="num s">{took === null ? "" : duration(took)}</td>
      <td className="s nowrap">
        <Time at={a.completed_at ?? a.created_at} />
      </td>
    </tr>
  );
}
