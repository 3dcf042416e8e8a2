import { Link } from "@tanstack/react-router";
import { count } from "@/lib/count";
import { Copy } from "@/ui/copy";
import { Failed } from "@/ui/feedback";
import { Icon } from "@/ui/icon";
import { Kind } from "@/ui/kind";
import type { AssetDocument } from "./read";
import { useImpact } from "./useimpact";

const shownAtMost = 12;

/** What a change of an asset reaches, and whom to tell. */
export function Impact({ asset }: { asset: AssetDocument }) {
  const impact = useImpact(asset.id);
  if (impact.isError) return <Failed error={impact.error} what="The impact" retry={impact.refetch} />;
  const d = impact.data?.data;
  if (!d) return null;
  const all = [d.tables, d.exposures, d.metrics, d.others].flatMap((list) => list ?? []);
  if (all.length === 0) return null;
  return (
    <section className="sect">
      <header>
        <h2>If {asset.attributes.name} changes</h2>
        <span className="s t3">
          {count(impact.data?.meta.total_nodes ?? all.length, "thing")} downstream
          {d.owners.length > 0 && `, ${count(d.owners.length, "owner")} to tell`}
        </span>
      </header>
      <ul className="list">
        {all.slice(0, shownAtMost).map((x) => (
          <li key={x.id}>
            <Link to="/n/$id" params={{ id: x.id }}>
              <Kind kind={x.attributes.kind} size={13} />
              <span className="cut">{x.attributes.name}</span>
              <span className="end s t3">
                {x.attributes.reason === "unread" ? "code not read" : x.attributes.owners.join(", ") || "no owner"}
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {all.length > shownAtMost && <p className="s t3">and {all.length - shownAtMost} more</p>}
      <Tell owners={d.owners} />
    </section>
  );
}

/** Whom to tell before a change. */
export function Tell({ owners }: { owners: { name: string; emails: string[] | null }[] }) {
  if (owners.length === 0) return null;
  return (
    <div className="note" style={{ marginTop: 12 }}>
      <Icon name="owners" size={14} />
      <div className="grow">
        <p>
          <strong>Tell {count(owners.length, "owner")} before you change it:</strong>{" "}
          {owners.map((o) => o.name).join(", ")}.{" "}
          <Copy
            text={owners.map((o) => o.emails?.[0] ?? o.name).join(", ")}
            label="Copy names"
            className="btn quiet sm"
          >
            Copy
          </Copy>
        </p>
      </div>
    </div>
  );
}
