import { number } from "@/lib/count";

interface Props {
  shown: number;
  total: number | null | undefined;
  atLeast?: number | null;
  noun: string;
  more: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };
}

/** The end of a list: how many of how many are shown, and the next page. */
export function More({ shown, total, atLeast, noun, more }: Props) {
  const of = total != null ? ` of ${number(total)}` : atLeast ? ` of more than ${number(atLeast)}` : "";
  return (
    <div className="row s t3 listend">
      <span role="status">
        {number(shown)}
        {of} {noun}
      </span>
      {more.hasNextPage && (
        <button
          type="button"
          className="btn sm"
          disabled={more.isFetchingNextPage}
          onClick={() => more.fetchNextPage()}
        >
          {more.isFetchingNextPage ? "Loading…" : "Show more"}
        </button>
      )}
    </div>
  );
}
