import { Link } from "@tanstack/react-router";
import { usePage } from "@/app/crumbs";
import { count } from "@/lib/count";
import { Empty, Failed, Skeleton } from "@/ui/feedback";
import { More } from "@/ui/more";
import { State } from "@/ui/state";
import { useOwners } from "./read";

/** Who owns assets of the schema, and how well these are. */
export default function Page() {
  usePage("Owners");
  const owners = useOwners();
  return (
    <main id="main" className="page" tabIndex={-1}>
      <div className="page-head">
        <div>
          <h1>Owners</h1>
          <p>As dbt’s groups, exposures and meta name them, and as people set them.</p>
        </div>
      </div>
      {owners.isError ? (
        <Failed error={owners.error} what="The owners" retry={owners.refetch} />
      ) : owners.isPending ? (
        <Skeleton />
      ) : owners.rows.length === 0 ? (
        <Empty title="Nothing has an owner yet">
          Set meta.owner or a group in dbt, or an owner on an asset’s page.
        </Empty>
      ) : (
        <>
          <table className="table fold">
            <thead>
              <tr>
                <th scope="col">Owner</th>
                <th scope="col">E-mail</th>
                <th scope="col" className="num">
                  Assets
                </th>
                <th scope="col">Kinds</th>
                <th scope="col">Tests</th>
                <th scope="col" className="num">
                  Health
                </th>
              </tr>
            </thead>
            <tbody>
              {owners.rows.map((o) => {
                const a = o.attributes;
                const bad = a.tests.fail + a.tests.error;
                return (
                  <tr key={o.id}>
                    <td className="any">
                      <Link className="name" to="/owners/$owner" params={{ owner: a.name }}>
                        {a.name}
                      </Link>
                    </td>
                    <td className="t2 any">{a.emails.join(", ") || <span className="t3">–</span>}</td>
                    <td className="num">{a.assets}</td>
                    <td className="t2">
                      {Object.entries(a.kinds)
                        .map(([k, n]) => count(n, k.replaceAll("_", " ")))
                        .join(", ")}
                    </td>
                    <td>
                      {bad > 0 ? (
                        <State state={a.tests.fail > 0 ? "fail" : "error"}>{bad} failing</State>
                      ) : a.tests.warn > 0 ? (
                        <State state="warn">{count(a.tests.warn, "warning")}</State>
                      ) : a.tests.pass > 0 ? (
                        <State state="pass">{a.tests.pass} pass</State>
                      ) : (
                        <span className="t3">–</span>
                      )}
                    </td>
                    <td className="num">{a.health.score == null ? "–" : Math.round(a.health.score)}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
          <More shown={owners.rows.length} total={owners.total} noun="owners" more={owners} />
        </>
      )}
    </main>
  );
}
