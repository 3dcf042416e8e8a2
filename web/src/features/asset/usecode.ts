import { useQuery } from "@tanstack/react-query";
import { api, read } from "@/api/client";
import { useScope } from "@/app/scope";

/** The code of an asset, with its parts for colours. */
export function useCode(id: string, enabled = true) {
  const { schema_id, at } = useScope();
  return useQuery({
    queryKey: ["code", schema_id, at, id],
    enabled: enabled && schema_id !== "",
    placeholderData: undefined,
    queryFn: ({ signal }) =>
      read(
        api.GET("/api/v1/assets/{id}/code", {
          params: { path: { id }, query: { schema_id, at, parts: true } },
          signal,
        }),
      ),
  });
}
