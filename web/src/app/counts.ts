import { useQuery } from "@tanstack/react-query";
import { api, read } from "@/api/client";
import { useScope } from "./scope";

/** The numbers beside the sidebar's links. Absent until they are read. */
export function useCounts(): {
  assets?: number;
  metrics?: number;
  exposures?: number;
  failing?: number;
  stale?: number;
} {
  const { schema_id, at } = useScope();
  const enabled = schema_id !== "";
  const kinds = useQuery({
    queryKey: ["counts", schema_id, at],
    enabled,
    staleTime: 30_000,
    queryFn: ({ signal }) =>
      read(api.GET("/api/v1/assets", { params: { query: { schema_id, at, limit: 1, breakdown: "kind" } }, signal })),
  });
  const tests = useQuery({
    queryKey: ["counts", "tests", schema_id, at],
    enabled,
    staleTime: 30_000,
    queryFn: ({ signal }) =>
      read(api.GET("/api/v1/tests", { params: { query: { schema_id, at, limit: 1, status: "fail" } }, signal })),
  });
  const sources = useQuery({
    queryKey: ["counts", "freshness", schema_id, at],
    enabled,
    staleTime: 30_000,
    queryFn: ({ signal }) =>
      read(api.GET("/api/v1/freshness", { params: { query: { schema_id, at, limit: 1, status: "error" } }, signal })),
  });
  const of = kinds.data?.meta.breakdown?.kind;
  return {
    assets: kinds.data?.meta.total ?? undefined,
    metrics: of?.metric,
    exposures: of?.exposure,
    failing: tests.data?.meta.total ?? undefined,
    stale: sources.data?.meta.total ?? undefined,
  };
}
