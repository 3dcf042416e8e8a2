import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api, read } from "@/api/client";
import { useScope } from "@/app/scope";
import { number } from "@/lib/count";
import { Empty, Failed, Skeleton } from "@/ui/feedback";
import { Time } from "@/ui/time";

/** The dbt projects of the schema: which sent what, and when. */
export function Projects() {
  const { schema_id } = useScope();
  const list = useQuery({
    queryKey: ["projects", schema_id, "all"],
    enabled: schema_id !== "",
    queryFn: ({ signal }) =>
      read(api.GET("/api/v1/projects", { params: { query: { schema_id, limit: 200 } }, signal })),
  });
  const rows = list.data?.data ?? [];
  return (
    <>
      <div className="page-head">
        <div>
          <h1>Projects</h1>
          <p>The dbt projects that feed this schema.</p>
        </div>
      </div>
      {list.isError && <Failed error={list.error} what="The projects" retry={list.refetch} />}
      {list.isPending && !list.isError && <Skeleton rows={3} />}
      {list.data && rows.length === 0 && <Empty title="No project yet">The first manifest brings one.</Empty>}
      {rows.length > 0 && (
        <table className="table fold">
          <thead>
            <tr>
              <th scope="col">Project</th>
              <th scope="col">dbt</th>
              <th scope="col">Adapter</th>
              <th scope="col" className="num">
                Models
              </th>
              <th scope="col" className="num">
                Sources
              </th>
              <th scope="col">Manifest of</th>
              <th scope="col">Catalog of</th>
              <th scope="col">Last import</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ id, attributes: p }) => (
              <tr key={id}>
                <td>
                  <Link className="name" to="/assets" search={{ project: id } as never}>
                    {p.name}
                  </Link>
                </td>
                <td>{p.dbt_version}</td>
                <td>{p.adapter}</td>
                <td className="num">{number(p.counts.model ?? 0)}</td>
                <td className="num">{number(p.counts.source ?? 0)}</td>
                <td className="s">
                  <Time at={p.last_manifest_at} />
                </td>
                <td className="s">
                  <Time at={p.last_catalog_at} />
                </td>
                <td>
                  {p.last_import && (
                    <Link to="/imports/$id" params={{ id: p.last_import }}>
                      {p.last_import}
                    </Link>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
