import { useInfiniteQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { api, type Schemas } from "@/api/client";
import { pages, rowsOf } from "@/api/list";
import { usePatch } from "@/app/scope";
import { one } from "@/app/search";
import { Empty, Failed, Skeleton } from "@/ui/feedback";
import { FilterInput } from "@/ui/filterinput";
import { More } from "@/ui/more";
import { Time } from "@/ui/time";

/** Who did what, from where: a chain that shows any later change of it. */
export function Audit() {
  const search = useSearch({ strict: false }) as Record<string, unknown>;
  const patch = usePatch();
  const filters = { action: one(search.action), subject: one(search.subject), actor: one(search.actor) };
  const list = useInfiniteQuery(
    pages(["audit", filters], (cursor, signal) =>
      api.GET("/api/v1/audit", { params: { query: { ...filters, cursor, limit: 100 } }, signal }),
    ),
  );
  const rows = rowsOf<Schemas["ResourceAuditEntry"]>(list.data?.pages);
  return (
    <>
      <div className="page-head">
        <div>
          <h1>Audit log</h1>
          <p>Who did what, from where. Entries are only ever added; thalweg audit verify proves it.</p>
        </div>
      </div>
      <div className="filterbar">
        <FilterInput
          label="Action, such as key.created"
          value={filters.action ?? ""}
          onChange={(action) => patch({ action })}
        />
        <FilterInput
          label="Subject, such as KEY-3"
          value={filters.subject ?? ""}
          onChange={(subject) => patch({ subject })}
        />
        <FilterInput label="Actor" value={filters.actor ?? ""} onChange={(actor) => patch({ actor })} />
      </div>
      {list.isError && <Failed error={list.error} what="The audit log" retry={list.refetch} />}
      {list.isPending && !list.isError && <Skeleton />}
      {list.data && rows.length === 0 && (
        <Empty title={Object.values(filters).some(Boolean) ? "No entry matches these filters" : "No entries yet"} />
      )}
      {rows.length > 0 && (
        <table className="table fold">
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">Who</th>
              <th scope="col">Action</th>
              <th scope="col">Subject</th>
              <th scope="col">Details</th>
              <th scope="col">From</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ id, attributes: a }) => (
              <tr key={id}>
                <td className="s nowrap">
                  <Time at={a.at} />
                </td>
                <td>
                  {a.actor_ref?.name} {a.key && <span className="s t3">{a.key}</span>}
                </td>
                <td className="mono">{a.action}</td>
                <td className="mono">{a.subject}</td>
                <td className="s t2 any full">
                  {Object.keys(a.details ?? {}).length > 0 && JSON.stringify(a.details)}
                </td>
                <td className="s t3 mono">{a.address}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {rows.length > 0 && (
        <More
          shown={rows.length}
          total={list.data?.pages[0]?.meta.total}
          atLeast={list.data?.pages[0]?.meta.at_least}
          noun="entries"
          more={list}
        />
      )}
    </>
  );
}
