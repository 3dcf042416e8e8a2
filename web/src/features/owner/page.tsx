import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { api, read } from "@/api/client";
import { Problem } from "@/api/problem";
import { usePage } from "@/app/crumbs";
import { useScope } from "@/app/scope";
import { Aspects } from "@/features/health/parts";
import { useOwners } from "@/features/owners/read";
import { count } from "@/lib/count";
import { Copy } from "@/ui/copy";
import { Empty, Failed } from "@/ui/feedback";
import { Icon } from "@/ui/icon";
import { safeHref } from "@/ui/markdown";
import { Members } from "@/ui/members";
import { State } from "@/ui/state";

/** An owner: what they own, trouble first, and how to reach them. */
export default function Page() {
  const { owner } = useParams({ strict: false }) as { owner: string };
  const { schema_id, at } = useScope();
  usePage(owner, [{ name: "Owners", link: { to: "/owners" } }]);
  const found = useQuery({
    queryKey: ["owners", "one", schema_id, at, owner],
    enabled: schema_id !== "",
    placeholderData: undefined,
    queryFn: ({ signal }) =>
      read(api.GET("/api/v1/owners/{owner}", { params: { path: { owner }, query: { schema_id, at } }, signal })),
  });
  const others = useOwners()
    .rows.filter((o) => o.id !== owner)
    .slice(0, 12);
  const a = found.data?.data.attributes;
  const missing = found.error instanceof Problem && found.error.status === 404;
  return (
    <main id="main" className="page" tabIndex={-1}>
      <div className="page-head">
        <div className="grow">
          <div className="row wrap">
            <Icon name="owners" size={20} />
            <h1 className="any">{owner}</h1>
          </div>
          <div className="row s t3">
            <span className="mono any">owner:{owner}</span>
            <Copy text={`owner:${owner}`} label="Copy the search" />
          </div>
          {a && <Well tests={a.tests} />}
        </div>
      </div>
      {missing ? (
        <Empty
          title={`${owner} owns nothing now`}
          actions={
            <Link className="btn" to="/owners">
              All owners
            </Link>
          }
        />
      ) : found.isError ? (
        <Failed error={found.error} what="The owner" retry={found.refetch} />
      ) : (
        <div className="cols">
          <div>
            <Members filter={{ owner }} name={owner} />
          </div>
          <aside aria-label="About the owner">
            {a && (
              <section className="sect">
                <header>
                  <h2>Facts</h2>
                </header>
                <dl className="kv">
                  <dt>Owns</dt>
                  <dd>
                    {Object.entries(a.kinds)
                      .map(([k, n]) => count(n, k.replaceAll("_", " ")))
                      .join(", ")}
                  </dd>
                  <dt>E-mail</dt>
                  <dd>
                    {a.emails.length === 0 && <span className="t3">–</span>}
                    {a.emails.map((m) => (
                      <a key={m} href={safeHref(`mailto:${m}`)} style={{ display: "block" }}>
                        {m}
                      </a>
                    ))}
                  </dd>
                  {a.groups.length > 0 && (
                    <>
                      <dt>Groups</dt>
                      <dd>
                        {a.groups.map((g) => (
                          <Link key={g} to="/groups/$group" params={{ group: g }} style={{ display: "block" }}>
                            {g}
                          </Link>
                        ))}
                      </dd>
                    </>
                  )}
                </dl>
              </section>
            )}
            {a && a.health.score != null && (
              <section className="sect">
                <header>
                  <h2>Health</h2>
                  <span className="s t3">{Math.round(a.health.score)} of 100</span>
                </header>
                <Aspects of={a.health.aspects} />
              </section>
            )}
            {others.length > 0 && (
              <section className="sect">
                <header>
                  <h2>Other owners</h2>
                </header>
                <ul className="list">
                  {others.map((o) => (
                    <li key={o.id}>
                      <Link to="/owners/$owner" params={{ owner: o.attributes.name }}>
                        <span className="cut">{o.attributes.name}</span>
                        <span className="end t3">{o.attributes.assets}</span>
                      </Link>
                    </li>
                  ))}
                </ul>
              </section>
            )}
          </aside>
        </div>
      )}
    </main>
  );
}

function Well({ tests }: { tests: { pass: number; warn: number; fail: number; error: number } }) {
  const bad = tests.fail + tests.error;
  return (
    <div className="stateline">
      {bad > 0 && <State state="fail">{count(bad, "test")} failing</State>}
      {tests.warn > 0 && <State state="warn">{count(tests.warn, "warning")}</State>}
      {tests.pass > 0 && <State state="pass">{tests.pass} tests pass</State>}
    </div>
  );
}
