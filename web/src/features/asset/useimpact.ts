import { useQuery } from "@tanstack/react-query";
import { api, read } from "@/api/client";
import { useScope } from "@/app/scope";

/** What a change of an asset, or of one of its columns, reaches. */
export function useImpact(id: string, column?: string, enabled = true) {
  const { schema_id, at } = useScope();
  return useQuery({
    queryKey: ["impact", schema_id, at, id, column],
    enabled: enabled && schema_id !== "",
    placeholderData: undefined,
    queryFn: ({ signal }) =>
      read(
        api.GET("/api/v1/impact", {
          params: { query: { schema_id, at, asset: id, column, limit: 1000 } },
          signal,
        }),
      ),
  });
}
