import { useQuery } from "@tanstack/react-query";
import { api, read } from "@/api/client";
import { useScope } from "@/app/scope";

/** The tags of a schema's assets, the most frequent first. */
export function useTags() {
  const { schema_id, at } = useScope();
  return useQuery({
    queryKey: ["tags", schema_id, at],
    enabled: schema_id !== "",
    queryFn: async ({ signal }) => {
      const reply = await read(
        api.GET("/api/v1/assets", { params: { query: { schema_id, at, limit: 1, breakdown: "tag" } }, signal }),
      );
      return Object.entries(reply.meta.breakdown?.tag ?? {})
        .map(([name, assets]) => ({ name, assets }))
        .sort((a, b) => b.assets - a.assets || a.name.localeCompare(b.name));
    },
  });
}
