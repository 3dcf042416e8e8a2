import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

/** A link to a column of an asset. */
export function ColumnLink({
  id,
  column,
  children,
  className = "plain mono",
}: {
  id: string;
  column: string;
  children?: ReactNode;
  className?: string;
}) {
  return (
    <Link to="/n/$id/c/$column" params={{ id, column }} className={className}>
      {children ?? column}
    </Link>
  );
}
