import { many, one } from "@/app/search";
import type { Wish } from "./read";

/** What an address of the page shows. */
export function wishOf(search: Record<string, unknown>, beginning: string): Wish {
  const fold = Number(one(search.fold));
  return {
    select: one(search.select) ?? beginning,
    columns: many(search.columns) ?? [],
    kinds: one(search.kinds),
    confidence: one(search.confidence),
    kind: one(search.kind),
    rows: search.rows === "on",
    fold: fold > 0 ? Math.min(200, Math.round(fold)) : undefined,
    box: one(search.box),
  };
}
