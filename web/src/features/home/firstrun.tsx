import { Link } from "@tanstack/react-router";
import { Snippets } from "@/features/imports/snippets";
import { Upload } from "@/features/imports/upload";
import { Icon, type IconName } from "@/ui/icon";

const ways: { to: string; icon: IconName; name: string; does: string }[] = [
  {
    to: "/integrations/new/dbt_core",
    icon: "bucket",
    name: "From a bucket",
    does: "S3, Google Cloud Storage or Azure, on a schedule",
  },
  {
    to: "/integrations/new",
    icon: "postgres",
    name: "From a warehouse",
    does: "Tables and views as they are, before or after dbt",
  },
  { to: "/docs", icon: "code", name: "Through the API", does: "Every route, with examples to send" },
];

/** An empty catalog: the place to drop the first project, and the other ways to begin. */
export function FirstRun() {
  return (
    <main id="main" className="page" tabIndex={-1}>
      <div className="page-head">
        <div>
          <h1>Welcome</h1>
          <p>This catalog is empty. A dbt project is in it within a minute.</p>
        </div>
      </div>
      <Upload large />
      <Snippets />
      <div className="tiles">
        {ways.map((w) => (
          <Link key={w.name} className="tile" to={w.to as "/"}>
            <span className="lg">
              <Icon name={w.icon} />
            </span>
            <span>
              <b>{w.name}</b>
              <small>{w.does}</small>
            </span>
          </Link>
        ))}
      </div>
      <p className="s t3 formend">
        <code>thalweg demo</code> serves an example shop, without an account, on its own machine.
      </p>
    </main>
  );
}
