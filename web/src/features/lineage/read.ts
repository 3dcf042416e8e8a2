import { useQueries, useQuery } from "@tanstack/react-query";
import { useMemo, useRef } from "react";
import { api, read, type Schemas } from "@/api/client";
import { useScope } from "@/app/scope";
import { coreOf } from "@/lib/selector";
import { focusOf, type Scene, sceneOf } from "./scene";

// The route can draw, too, for those that ask for a picture.
async function json(reply: Promise<Schemas["Lineage"] | string>): Promise<Schemas["Lineage"]> {
  return (await reply) as Schemas["Lineage"];
}

/** What a graph shows; all of it is in the address. */
export interface Wish {
  select: string;
  /** Columns of the focus by name, of others as "TBL-9.name". */
  columns: string[];
  kinds: string | undefined;
  confidence: string | undefined;
  kind: string | undefined; // of boxes
  rows: boolean;
  fold: number | undefined;
  box: string | undefined;
}

export interface Column {
  asset: string;
  name: string;
}

const columnsEachWay = 400;

/** The column that a parameter names. */
export function columnOf(text: string, focus: string | undefined): Column | undefined {
  const named = /^([A-Z]+-\d+)\.(.+)$/s.exec(text);
  if (named?.[1] && named[2]) return { asset: named[1], name: named[2] };
  return focus ? { asset: focus, name: text } : undefined;
}

/** Reads the graph of a selector and the traces of its columns, and makes the scene. */
export function useLineage(wish: Wish) {
  const { schema_id, at } = useScope();
  const { select, fold, kind } = wish;
  const graph = useQuery({
    queryKey: ["lineage", schema_id, at, select, fold, kind],
    enabled: schema_id !== "",
    queryFn: ({ signal }) =>
      json(
        read(
          api.GET("/api/v1/lineage", {
            params: { query: { schema_id, at, select: select || undefined, layout: "true", fold, kind } },
            signal,
          }),
        ),
      ),
  });
  const reply = graph.data;
  const focus = useMemo(() => reply && focusOf(reply.data.nodes, select), [reply, select]);
  const columns = wish.columns.flatMap((c) => columnOf(c, focus) ?? []);
  const traces = useQueries({
    queries: columns.map(({ asset, name }) => ({
      queryKey: ["column lineage", schema_id, at, asset, name, wish.kinds, wish.confidence],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        read(
          api.GET("/api/v1/assets/{id}/columns/{name}/lineage", {
            params: {
              path: { id: asset, name },
              query: { at, kinds: wish.kinds, confidence: wish.confidence, limit: columnsEachWay },
            },
            signal,
          }),
        ),
    })),
    combine: (all) => ({
      replies: all.flatMap((t) => t.data ?? []),
      pending: all.some((t) => t.isPending),
      failed: all.find((t) => t.error),
    }),
  });
  // A reply of the selector before is kept until the next one is there, and drawn as what it is.
  const shown = useShown(select, graph.isPlaceholderData);
  const { replies } = traces;
  const scene = useMemo<Scene | undefined>(
    () => reply && sceneOf(reply, shown, { replies, rows: wish.rows }, wish.box),
    [reply, shown, replies, wish.rows, wish.box],
  );
  return { graph, traces, columns, scene, focus };
}

function useShown(select: string, placeholder: boolean): string {
  const shown = useRef(select);
  if (!placeholder) shown.current = select;
  return shown.current;
}

export type Lineage = ReturnType<typeof useLineage>;

/** The selector that draws a node with one step each way. */
export function around(node: { name: string; kind: string; unique_id: string | null }): string {
  return `1+${coreOf(node)}+1`;
}

const lookedAt = 500;

/** Where a lineage begins if nothing is named: everything of a small project, else its most connected table. */
export function useBeginning(enabled: boolean) {
  const { schema_id, at } = useScope();
  return useQuery({
    queryKey: ["lineage beginning", schema_id, at],
    enabled: enabled && schema_id !== "",
    queryFn: async ({ signal }) => {
      const { data, meta } = await json(
        read(api.GET("/api/v1/lineage", { params: { query: { schema_id, at, limit: lookedAt } }, signal })),
      );
      if (meta.total_nodes <= 30) return { select: "" };
      return { select: around(mostConnected(data.nodes)) };
    },
  });
}

function mostConnected(nodes: Schemas["ResourceLineageNode"][]) {
  const tables = nodes.filter((n) => n.type === "table" && n.attributes.kind !== "source");
  const weight = (n: Schemas["ResourceLineageNode"]) =>
    Math.min(n.attributes.upstream, 12) + Math.min(n.attributes.downstream, 12);
  const [first, ...rest] = tables.length > 0 ? tables : nodes;
  if (!first) return { name: "*", kind: "", unique_id: null };
  return rest.reduce((best, n) => (weight(n) > weight(best) ? n : best), first).attributes;
}
