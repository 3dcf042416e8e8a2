import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api, read, readReply, type Schemas } from "@/api/client";
import { cursorOf, pages, rowsOf } from "@/api/list";
import { useScope } from "@/app/scope";
import { coreOf } from "@/lib/selector";

export type AssetDocument = Schemas["ResourceAsset"];
export type Column = Schemas["ResourceColumn"];
export type Change = Schemas["ChangeRow"];
export type Text = Schemas["Text"];

/** An asset by what the address calls it: an id, a unique_id or a relation. With its ETag. */
export function useAsset(id: string) {
  const { schema_id, at } = useScope();
  return useQuery({
    queryKey: ["asset", schema_id, at, id],
    enabled: schema_id !== "" && id !== "",
    placeholderData: undefined, // another asset is another page
    queryFn: async ({ signal }) => {
      const { document, etag } = await readReply(
        api.GET("/api/v1/assets/{id}", { params: { path: { id }, query: { schema_id, at } }, signal }),
      );
      return { asset: document.data, etag };
    },
  });
}

/** The columns of a table, those that were removed among them on demand. */
export function useColumns(id: string, enabled = true) {
  const { schema_id, at } = useScope();
  const list = useInfiniteQuery({
    ...pages(["columns", schema_id, at, id], (cursor, signal) =>
      api.GET("/api/v1/assets/{id}/columns", {
        params: { path: { id }, query: { schema_id, at, limit: 2000, cursor } },
        signal,
      }),
    ),
    enabled: enabled && schema_id !== "",
    placeholderData: undefined,
  });
  return { ...list, rows: rowsOf(list.data?.pages) as Column[], total: list.data?.pages[0]?.meta.total };
}

/** How the code of a table was read, and what uses its columns. */
export function useReading(id: string, enabled = true) {
  const { schema_id, at } = useScope();
  return useQuery({
    queryKey: ["reading", schema_id, at, id],
    enabled: enabled && schema_id !== "",
    placeholderData: undefined,
    queryFn: ({ signal }) =>
      read(
        api.GET("/api/v1/assets/{id}/column_lineage", {
          params: { path: { id }, query: { schema_id, at, uses: true } },
          signal,
        }),
      ),
  });
}

/** What dbt's selectors call an asset. */
export function selectorOf(asset: AssetDocument): string {
  const { kind, name, dbt } = asset.attributes;
  return coreOf({ kind, name, unique_id: dbt?.unique_id ?? null });
}

/** Kinds that are no nodes of the graph. */
const apart = ["macro", "doc", "group"];

/** Reports whether an asset is a node of the graph. */
export function inGraph(asset: AssetDocument): boolean {
  return !apart.includes(asset.attributes.kind);
}

export type Neighbour = Schemas["ResourceLineageNode"];

/** The part of the graph that a selector selects. */
export async function readGraph(
  query: { schema_id: string; at?: string; select: string; limit: number },
  signal: AbortSignal,
): Promise<Schemas["LineageData"]> {
  const reply = await read(api.GET("/api/v1/lineage", { params: { query }, signal }));
  if (typeof reply === "string") throw new Error("the lineage is a picture");
  return reply.data;
}

/** The parents and children of an asset. */
export function useNeighbours(asset: AssetDocument | undefined) {
  const { schema_id, at } = useScope();
  const select = asset && inGraph(asset) ? selectorOf(asset) : "";
  return useQuery({
    queryKey: ["neighbours", schema_id, at, select],
    enabled: select !== "" && schema_id !== "",
    placeholderData: undefined,
    queryFn: async ({ signal }) => {
      const data = await readGraph({ schema_id, at, select: `1+${select}+1`, limit: 400 }, signal);
      const nodes = new Map((data.nodes ?? []).map((n) => [n.id, n]));
      const self = asset?.id ?? "";
      const ends = (from: "from" | "to", of: "from" | "to") =>
        [...new Set((data.edges ?? []).filter((e) => e[of] === self && e[from] !== self).map((e) => e[from]))]
          .map((id) => nodes.get(id))
          .filter((n): n is Neighbour => n !== undefined);
      return { up: ends("from", "to"), down: ends("to", "from") };
    },
  });
}

/** The assets with tests that do not pass, by id: the worst of their states. */
export function useTrouble() {
  const { schema_id, at } = useScope();
  return useQuery({
    queryKey: ["trouble", schema_id, at],
    enabled: schema_id !== "",
    staleTime: 30_000,
    queryFn: async ({ signal }) => {
      const replies = await Promise.all(
        (["warn", "fail", "error"] as const).map((test_status) =>
          read(api.GET("/api/v1/assets", { params: { query: { schema_id, at, test_status, limit: 200 } }, signal })),
        ),
      );
      return new Map(replies.flatMap((r) => r.data ?? []).map((a) => [a.id, worst(a.attributes.tests)]));
    },
  });
}

/** The state of an asset's tests as a whole. */
export function worst(tests: Schemas["TestCounts"]): "fail" | "error" | "warn" | "pass" | "none" {
  if (tests.fail > 0) return "fail";
  if (tests.error > 0) return "error";
  if (tests.warn > 0) return "warn";
  return tests.pass > 0 ? "pass" : "none";
}

// Of all sources, since there is no list of those of an asset: a few pages, of a few thousand at most.
async function readFreshness(schema_id: string, at: string | undefined, signal: AbortSignal) {
  const all: Schemas["ResourceFreshness"][] = [];
  let cursor: string | undefined;
  for (let page = 0; page < 20; page++) {
    const reply = await read(
      api.GET("/api/v1/freshness", { params: { query: { schema_id, at, limit: 200, cursor } }, signal }),
    );
    all.push(...(reply.data ?? []));
    cursor = cursorOf(reply.links.next);
    if (!cursor) break;
  }
  return all;
}

/** The sources that an asset is made of, with their freshness; not for what is no node of the graph. */
export function useSources(asset: AssetDocument | undefined) {
  const { schema_id, at } = useScope();
  const wanted = asset && inGraph(asset) && asset.attributes.kind !== "source" ? selectorOf(asset) : "";
  return useQuery({
    queryKey: ["sources", schema_id, at, wanted],
    enabled: wanted !== "" && schema_id !== "",
    placeholderData: undefined,
    queryFn: async ({ signal }) => {
      const [graph, fresh] = await Promise.all([
        readGraph({ schema_id, at, select: `+${wanted},resource_type:source`, limit: 1000 }, signal),
        readFreshness(schema_id, at, signal),
      ]);
      const byAsset = new Map(fresh.map((f) => [f.attributes.asset, f.attributes]));
      return (graph.nodes ?? []).map((node) => ({ node, freshness: byAsset.get(node.id) }));
    },
  });
}
