import { useInfiniteQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import { pages, rowsOf } from "@/api/list";
import { useScope } from "@/app/scope";

/** The owners of a schema's assets, page by page. */
export function useOwners() {
  const { schema_id, at } = useScope();
  const list = useInfiniteQuery({
    ...pages(["owners", schema_id, at], (cursor, signal) =>
      api.GET("/api/v1/owners", { params: { query: { schema_id, at, limit: 200, cursor } }, signal }),
    ),
    enabled: schema_id !== "",
  });
  return { ...list, rows: rowsOf(list.data?.pages), total: list.data?.pages[0]?.meta.total };
}
