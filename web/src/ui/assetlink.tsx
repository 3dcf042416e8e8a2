import { Link } from "@tanstack/react-router";
import { Kind } from "./kind";

/** A link to an asset, with the mark of its kind. */
export function AssetLink({
  id,
  name,
  kind,
  materialized,
  size = 16,
  className = "name",
}: {
  id: string;
  name: string;
  kind?: string;
  materialized?: string | null;
  size?: 13 | 16;
  className?: string;
}) {
  return (
    <span className="row gap3">
      {kind && <Kind kind={kind} materialized={materialized} size={size} />}
      <Link className={`${className} cut`} to="/n/$id" params={{ id }} title={name}>
        {name}
      </Link>
    </span>
  );
}

/** The kind of a dbt node, by its unique_id. */
export function kindOf(uniqueId: string): string {
  return uniqueId.split(".", 1)[0] ?? "";
}

/** The name of a dbt node, by its unique_id: without its kind, package and, of tests, hash. */
export function nameOf(uniqueId: string): string {
  const [kind, , ...rest] = uniqueId.split(".");
  if (kind === "test" && rest.length > 1) rest.pop();
  return rest.join(".") || uniqueId;
}
