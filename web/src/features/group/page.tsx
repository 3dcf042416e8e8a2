import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { api, read } from "@/api/client";
import { usePage } from "@/app/crumbs";
import { useScope } from "@/app/scope";
import { Copy } from "@/ui/copy";
import { Kind } from "@/ui/kind";
import { Members } from "@/ui/members";

/** A dbt group: who owns it, and its members. */
export default function Page() {
  const { group } = useParams({ strict: false }) as { group: string };
  const { schema_id, at } = useScope();
  usePage(group, [{ name: "Groups" }]);
  const found = useQuery({
    queryKey: ["assets", "groups", schema_id, at],
    enabled: schema_id !== "",
    queryFn: ({ signal }) =>
      read(api.GET("/api/v1/assets", { params: { query: { schema_id, at, kind: "group", limit: 200 } }, signal })),
  });
  const asset = found.data?.data?.find((a) => a.attributes.name === group);
  return (
    <main id="main" className="page" tabIndex={-1}>
      <div className="page-head">
        <div className="grow">
          <div className="row wrap">
            <Kind kind="group" size={22} />
            <h1 className="any">{group}</h1>
          </div>
          <div className="row s t3">
            <span className="mono any">group:{group}</span>
            <Copy text={`group:${group}`} label="Copy the selector" />
          </div>
          <div className="stateline">
            {asset?.attributes.owners.map((o) => (
              <span key={o}>
                Owned by{" "}
                <Link to="/owners/$owner" params={{ owner: o }}>
                  {o}
                </Link>
                <span className="t3">{asset.attributes.owner_emails?.[o]?.join(", ")}</span>
              </span>
            ))}
            {asset && (
              <Link className="plain t3" to="/n/$id" params={{ id: asset.id }}>
                {asset.attributes.dbt?.original_file_path}
              </Link>
            )}
          </div>
        </div>
      </div>
      <Members filter={{ group }} name={group} />
    </main>
  );
}
