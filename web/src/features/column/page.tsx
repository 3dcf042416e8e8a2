import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { api, read, readReply } from "@/api/client";
import { Problem } from "@/api/problem";
import { usePage } from "@/app/crumbs";
import { useKeys } from "@/app/keys";
import { useScope } from "@/app/scope";
import { type AssetDocument, type Column, selectorOf, useAsset } from "@/features/asset/read";
import { Unknown } from "@/features/asset/unknown";
import { useImpact } from "@/features/asset/useimpact";
import { wayTo } from "@/features/asset/way";
import { count } from "@/lib/count";
import { copy } from "@/ui/copy";
import { Empty, Failed, Skeleton } from "@/ui/feedback";
import { Kind } from "@/ui/kind";
import { StateMark, stateOf } from "@/ui/state";
import { useToast } from "@/ui/toast";
import { ColumnTags } from "./columntags";
import { ColumnText } from "./columntext";
import { Reaches } from "./reaches";
import { type Step, stepsTo } from "./steps";
import { Tributaries } from "./tributaries";

/** One column: the expression step by step, and what a change reaches. */
export default function Page() {
  const { id, column } = useParams({ strict: false }) as { id: string; column: string };
  const { schema_id, at } = useScope();
  const asset = useAsset(id);
  const own = useQuery({
    queryKey: ["column", schema_id, at, id, column],
    enabled: schema_id !== "",
    placeholderData: undefined,
    queryFn: async ({ signal }) => {
      const { document, etag } = await readReply(
        api.GET("/api/v1/assets/{id}/columns/{name}", {
          params: { path: { id, name: column }, query: { schema_id, at } },
          signal,
        }),
      );
      return { column: document.data, etag };
    },
  });
  const table = asset.data?.asset;
  usePage(column, [
    ...(table ? wayTo(table).slice(0, 2) : []),
    { name: table?.attributes.name ?? id, link: { to: "/n/$id", params: { id } } },
  ]);
  if (asset.error instanceof Problem && asset.error.status === 404) return <Unknown id={id} />;
  return (
    <main id="main" className="page" tabIndex={-1}>
      {own.error instanceof Problem && own.error.status === 404 ? (
        <Empty
          title={`There is no column ${column}`}
          actions={
            <Link className="btn pri" to="/n/$id" params={{ id }}>
              Columns of {table?.attributes.name ?? id}
            </Link>
          }
        >
          {table?.attributes.name ?? id} has {count(table?.attributes.columns ?? 0, "column")}, none of this name.
        </Empty>
      ) : own.isError || asset.isError ? (
        <Failed error={own.error ?? asset.error} what="The column" retry={() => own.refetch()} />
      ) : own.data && table ? (
        <Shown table={table} column={own.data.column} etag={own.data.etag} />
      ) : (
        <Skeleton rows={8} />
      )}
    </main>
  );
}

function Shown({ table, column, etag }: { table: AssetDocument; column: Column; etag: string | null }) {
  const a = column.attributes;
  const { schema_id, at } = useScope();
  const toast = useToast();
  const navigate = useNavigate();
  const lineage = useQuery({
    queryKey: ["columnlineage", schema_id, at, table.id, a.name],
    enabled: schema_id !== "",
    placeholderData: undefined,
    queryFn: ({ signal }) =>
      read(
        api.GET("/api/v1/assets/{id}/columns/{name}/lineage", {
          params: {
            path: { id: table.id, name: a.name },
            query: { schema_id, at, direction: "upstream", expressions: true, limit: 300 },
          },
          signal,
        }),
      ),
  });
  const impact = useImpact(table.id, a.name);
  const d = lineage.data?.data;
  const self = d?.nodes.find((n) => n.attributes.direction === "self");
  const steps: Step[] = d && self ? stepsTo(self.id, d) : [];
  const sources = (d?.nodes ?? []).filter(
    (n) => n.attributes.direction === "upstream" && !d?.edges.some((e) => e.to === n.id),
  );
  const unique = `${table.attributes.dbt?.unique_id ?? table.id}.${a.name}`;
  const put = async (text: string) =>
    toast((await copy(text)) ? `Copied ${text}` : "The browser did not let it be copied");
  const toLineage = { select: `2+${selectorOf(table)}+1`, columns: a.name };
  useKeys({
    y: { does: "Copy the name", run: () => put(unique) },
    Y: { does: "Copy the link", run: () => put(location.href) },
    L: { does: "Show on lineage", run: () => navigate({ to: "/lineage", search: toLineage as never }) },
  });
  const meta = impact.data?.meta;
  return (
    <>
      <div className="page-head" style={{ marginBottom: 12 }}>
        <div className="grow">
          <div className="row wrap" style={{ gap: "4px 9px" }}>
            <Kind kind="column" size={22} />
            <h1 className="mono any" style={{ fontSize: 19 }}>
              {a.name}
            </h1>
            {(a.native_type ?? a.data_type) && <span className="tag mono">{a.native_type ?? a.data_type}</span>}
            {a.nullable === false && <span className="tag">not null</span>}
            {!a.present && <span className="tag warn">removed</span>}
            {a.documented_only && <span className="tag warn">only documented</span>}
            <span className="t3">
              column {a.ordinal} of {table.attributes.columns} in
            </span>
            <Link className="any" to="/n/$id" params={{ id: table.id }}>
              {table.attributes.name}
            </Link>
          </div>
          <ColumnText table={table} column={column} etag={etag} />
          <div className="stateline">
            {a.tests.length === 0 && <span className="t3">no tests</span>}
            {a.tests.map((t) => (
              <Link
                key={t.id}
                className="plain"
                to="/n/$id"
                params={{ id: table.id }}
                search={{ tab: "tests" } as never}
              >
                <StateMark state={stateOf(t.status)} />
                {t.name}
              </Link>
            ))}
            {d && <span>{count(sources.length, "source column")}</span>}
            {meta && (
              <span>
                reaches {count(meta.total_columns, "column")}, {count(meta.total_tables, "table")},{" "}
                {count(meta.total_exposures, "exposure")}, {count(meta.total_metrics, "metric")}
              </span>
            )}
            <ColumnTags table={table} column={column} />
          </div>
        </div>
        <div className="acts headacts">
          <button type="button" className="btn" onClick={() => put(unique)} aria-keyshortcuts="y">
            Copy{" "}
            <span className="keys" aria-hidden="true">
              <kbd>y</kbd>
            </span>
          </button>
          <Link className="btn pri" to="/lineage" search={toLineage as never}>
            Show on lineage
          </Link>
        </div>
      </div>
      <div className="cols" style={{ gridTemplateColumns: "minmax(0, 1fr) minmax(0, 412px)", marginTop: 18 }}>
        <section aria-label="Where it comes from">
          {lineage.isError && <Failed error={lineage.error} what="Where it comes from" retry={lineage.refetch} />}
          {lineage.isPending && <Skeleton rows={6} />}
          {d && <Tributaries table={table} steps={steps} truncated={lineage.data?.meta.truncated ?? false} />}
        </section>
        <Reaches impact={impact} self={a.name} table={table} />
      </div>
    </>
  );
}
