import { Link } from "@tanstack/react-router";
import { Members } from "@/ui/members";
import type { AssetDocument } from "./read";

/** A dbt group: its owner, and its members. */
export function GroupDefinition({ asset }: { asset: AssetDocument }) {
  const owner = ((asset.attributes.details ?? {}) as { owner?: { name?: string; emails?: string[] } }).owner;
  return (
    <>
      {owner && (
        <p className="t2" style={{ marginBottom: 12 }}>
          Owned by{" "}
          {owner.name ? (
            <Link to="/owners/$owner" params={{ owner: owner.name }}>
              {owner.name}
            </Link>
          ) : (
            owner.emails?.join(", ")
          )}
          {owner.name && owner.emails?.length ? <span className="t3"> {owner.emails.join(", ")}</span> : null}
        </p>
      )}
      <Members filter={{ group: asset.attributes.name }} name={asset.attributes.name} />
    </>
  );
}
