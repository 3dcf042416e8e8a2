import { infiniteQueryOptions, type QueryKey } from "@tanstack/react-query";
import { type Reply, read } from "./client";

/** A page of a list, as every list of the API replies. */
interface Page<T> {
  data: T[] | null;
  links: { next: string | null };
}

/** The options of a list that is read page by page, as far as the user goes. */
export function pages<T, P extends Page<T>>(
  key: QueryKey,
  load: (cursor: string | undefined, signal: AbortSignal) => Promise<Reply<P>>,
) {
  return infiniteQueryOptions({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => read(load(pageParam, signal)),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: P) => cursorOf(last.links.next),
  });
}

/** The cursor in a list's link to its next page. */
export function cursorOf(next: string | null): string | undefined {
  if (!next) return undefined;
  return new URL(next, "http://localhost").searchParams.get("cursor") ?? undefined;
}

/** The rows of the pages read so far. */
export function rowsOf<T>(pages: { data: T[] | null }[] | undefined): T[] {
  return pages?.flatMap((page) => page.data ?? []) ?? [];
}
