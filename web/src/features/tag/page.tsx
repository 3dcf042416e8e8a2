import { Link, useParams } from "@tanstack/react-router";
import { usePage } from "@/app/crumbs";
import { useTags } from "@/features/tags/read";
import { Copy } from "@/ui/copy";
import { Icon } from "@/ui/icon";
import { Members } from "@/ui/members";

/** A tag: what has it. */
export default function Page() {
  const { tag } = useParams({ strict: false }) as { tag: string };
  const tags = useTags();
  usePage(tag, [{ name: "Tags", link: { to: "/tags" } }]);
  const others = (tags.data ?? []).filter((t) => t.name !== tag).slice(0, 30);
  return (
    <main id="main" className="page" tabIndex={-1}>
      <div className="page-head">
        <div className="grow">
          <div className="row wrap">
            <Icon name="tags" size={20} />
            <h1 className="any">{tag}</h1>
          </div>
          <div className="row s t3">
            <span className="mono any">tag:{tag}</span>
            <Copy text={`tag:${tag}`} label="Copy the selector" />
          </div>
        </div>
      </div>
      <div className="cols">
        <div>
          <Members filter={{ tag }} name={tag} />
        </div>
        <aside aria-label="About the tag">
          <section className="sect">
            <header>
              <h2>Select it</h2>
            </header>
            <div className="code">
              <pre>dbt ls -s tag:{tag}</pre>
            </div>
          </section>
          <section className="sect">
            <header>
              <h2>Columns</h2>
            </header>
            <Link to="/assets" search={{ column_tag: tag } as never}>
              Tables with a column of this tag
            </Link>
          </section>
          {others.length > 0 && (
            <section className="sect">
              <header>
                <h2>Other tags</h2>
              </header>
              <div className="row wrap gap2">
                {others.map((t) => (
                  <Link key={t.name} className="chip" to="/tags/$tag" params={{ tag: t.name }}>
                    {t.name} <span className="t3">{t.assets}</span>
                  </Link>
                ))}
              </div>
            </section>
          )}
        </aside>
      </div>
    </main>
  );
}
