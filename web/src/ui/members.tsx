import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { api, type Schemas } from "@/api/client";
import { pages, rowsOf } from "@/api/list";
import { usePatch, useScope } from "@/app/scope";
import { duration, span } from "@/lib/time";
import { Empty, Failed, Skeleton } from "./feedback";
import { Kind } from "./kind";
import { plainText } from "./markdown";
import { More } from "./more";
import { State, StateMark, type StateName } from "./state";

type Asset = Schemas["ResourceAsset"];

interface Filter {
  owner?: string;
  tag?: string;
  group?: string;
}

/** The assets of an owner, tag or group: trouble first, filtered by name. */
export function Members({ filter, name }: { filter: Filter; name: string }) {
  const { schema_id, at } = useScope();
  const { aq: query = "" } = useSearch({ strict: false }) as { aq?: string };
  const patch = usePatch();
  const list = useInfiniteQuery({
    ...pages(["assets", schema_id, at, filter], (cursor, signal) =>
      api.GET("/api/v1/assets", { params: { query: { schema_id, at, ...filter, limit: 200, cursor } }, signal }),
    ),
    enabled: schema_id !== "",
    placeholderData: undefined,
  });
  if (list.isError) return <Failed error={list.error} what="The assets" retry={list.refetch} />;
  if (list.isPending) return <Skeleton rows={6} />;
  const all = rowsOf(list.data.pages) as Asset[];
  const shown = all
    .filter((a) => a.attributes.name.toLowerCase().includes(query.toLowerCase()))
    .sort((a, b) => rank(b) - rank(a) || a.attributes.name.localeCompare(b.attributes.name));
  if (all.length === 0)
    return <Empty title={`Nothing has ${name} now`}>Look at an earlier version, or at all assets.</Empty>;
  return (
    <>
      <div className="filterbar">
        <input
          className="input"
          placeholder="Filter by name"
          aria-label="Filter by name"
          value={query}
          onChange={(e) => patch({ aq: e.target.value || undefined })}
        />
        <span className="t3 s" role="status">
          {shown.length} of {list.data.pages[0]?.meta.total ?? all.length} assets, trouble first
        </span>
        {query && shown.length === 0 && (
          <button type="button" className="btn sm" onClick={() => patch({ aq: undefined })}>
            Clear
          </button>
        )}
        <Link className="btn sm end" to="/assets" search={filter as never}>
          As a table
        </Link>
      </div>
      <table className="table fold">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Description</th>
            <th scope="col">Owner</th>
            <th scope="col">Tests</th>
            <th scope="col" className="num">
              Out
            </th>
            <th scope="col" className="num">
              Ran in
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((a) => (
            <tr key={a.id}>
              <td className="any">
                <Kind kind={a.attributes.kind} materialized={a.attributes.materialized} />{" "}
                <Link className="name" to="/n/$id" params={{ id: a.id }}>
                  {a.attributes.name}
                </Link>
              </td>
              <td className="cut t2 full" style={{ width: "36%" }}>
                {a.attributes.description.value ? (
                  plainText(a.attributes.description.value).slice(0, 200)
                ) : (
                  <span className="t3">no description</span>
                )}
              </td>
              <td className="cut" style={{ width: "14%" }}>
                {a.attributes.owners.join(", ") || <span className="t3">–</span>}
              </td>
              <td>
                <Tests asset={a} />
              </td>
              <td className="num hidenarrow">{a.attributes.downstream}</td>
              <td className="num hidenarrow">
                {a.attributes.last_run && a.attributes.last_run.status !== "no-op"
                  ? duration(a.attributes.last_run.execution_time)
                  : "–"}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {list.hasNextPage && <More shown={all.length} total={list.data.pages[0]?.meta.total} noun="assets" more={list} />}
    </>
  );
}

/** The state of an asset as a whole, for the order of lists: the worse, the higher. */
function rank(a: Asset): number {
  const t = a.attributes.tests;
  const late = a.attributes.freshness && a.attributes.freshness.status !== "pass" ? 1 : 0;
  return t.fail * 1000 + t.error * 1000 + t.warn * 10 + late * 100;
}

function Tests({ asset }: { asset: Asset }) {
  const t = asset.attributes.tests;
  const total = t.pass + t.warn + t.fail + t.error + t.skipped + t.unknown;
  const f = asset.attributes.freshness;
  if (f?.status && f.status !== "pass")
    return <State state="stale">{f.lag_seconds ? `${span(f.lag_seconds)}, late` : "late"}</State>;
  if (total === 0) return <span className="t3">–</span>;
  const state: StateName =
    t.fail > 0 ? "fail" : t.error > 0 ? "error" : t.warn > 0 ? "warn" : t.pass > 0 ? "pass" : "none";
  const bad = t.fail + t.error + t.warn;
  return bad > 0 ? (
    <State state={state}>
      {bad} of {total}
    </State>
  ) : (
    <span className="row gap3">
      <StateMark state={state} /> {total}
    </span>
  );
}
