import type { Schemas } from "@/api/client";

type Trace = Schemas["ColumnLineage"];

interface End {
  id: string;
  asset: string | null;
  name: string;
  column: string;
}

/** A step of a traced column. */
export interface Step {
  from: End;
  to: End;
  kinds: string[];
  confidence: string;
}

/** The steps of all traces, once each, in the order in which the server has them. */
export function stepsOf(replies: Trace[]): Step[] {
  const steps = new Map<string, Step>();
  for (const reply of replies) {
    const ends = new Map(
      reply.data.nodes.map((n) => [
        n.id,
        { id: n.id, asset: n.attributes.asset, name: n.attributes.asset_name, column: n.attributes.column },
      ]),
    );
    for (const e of reply.data.edges) {
      const from = ends.get(e.from);
      const to = ends.get(e.to);
      if (from && to) steps.set(`${e.from} ${e.to}`, { from, to, kinds: e.kinds, confidence: e.confidence });
    }
  }
  return [...steps.values()];
}
