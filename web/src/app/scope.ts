import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { api, read } from "@/api/client";

/** The schemas that the caller sees, and the one that the address names, else the first. */
export function useSchemas() {
  return useQuery({
    queryKey: ["schemas"],
    queryFn: ({ signal }) => read(api.GET("/api/v1/schemas", { params: { query: { limit: 200 } }, signal })),
    staleTime: 10_000,
  });
}

/** What a page of the catalog reads: `schema_id`, "" until it is known, and for an earlier version `at`. */
export function useScope(): { schema_id: string; at: string | undefined } {
  const { schema, at } = useSearch({ strict: false }) as { schema?: string; at?: string };
  const { data } = useSchemas();
  return { schema_id: schema ?? data?.data?.[0]?.id ?? "", at };
}

/** The schema's document, as the list of schemas has it. */
export function useSchema() {
  const { schema_id } = useScope();
  const { data } = useSchemas();
  return data?.data?.find((s) => s.id === schema_id);
}

/** Returns a function that changes parameters of the address and keeps the others; undefined removes one. */
export function usePatch(): (patch: Record<string, string | string[] | undefined>, replace?: boolean) => void {
  const navigate = useNavigate();
  return (patch, replace = true) => {
    navigate({ to: ".", search: ((before: Record<string, unknown>) => ({ ...before, ...patch })) as never, replace });
  };
}
