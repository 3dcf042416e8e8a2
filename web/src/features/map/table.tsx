import { Link } from "@tanstack/react-router";
import type { Schemas } from "@/api/client";
import { number } from "@/lib/count";
import { kindName } from "@/ui/kind";
import { noneOf } from "./scene";

/** The groups as a table, with the numbers of edges in and out. */
export function GroupTable({ reply }: { reply: Schemas["Map"] }) {
  const into = new Map<string, number>();
  const out = new Map<string, number>();
  for (const e of reply.data.edges) {
    out.set(e.from, (out.get(e.from) ?? 0) + e.weight);
    into.set(e.to, (into.get(e.to) ?? 0) + e.weight);
  }
  return (
    <table className="table">
      <caption className="vh">Groups</caption>
      <thead>
        <tr>
          <th>{reply.meta.by.charAt(0).toUpperCase() + reply.meta.by.slice(1)}</th>
          <th className="num">Assets</th>
          <th>Kinds</th>
          <th className="num">Edges inside</th>
          <th className="num">In</th>
          <th className="num">Out</th>
        </tr>
      </thead>
      <tbody>
        {reply.data.groups.map((g) => (
          <tr key={g.id}>
            <td className="any">
              {g.asset ? (
                <Link className="name" to="/n/$id" params={{ id: g.asset }}>
                  {g.name}
                </Link>
              ) : (
                (g.name ?? noneOf(reply.meta.by))
              )}
            </td>
            <td className="num">{number(g.assets)}</td>
            <td>
              {Object.entries(g.kinds)
                .sort(([, a], [, b]) => b - a)
                .map(([kind, n]) => `${number(n)} ${kindName(kind)}`)
                .join(", ")}
            </td>
            <td className="num">{number(g.inside)}</td>
            <td className="num">{number(into.get(g.id) ?? 0)}</td>
            <td className="num">{number(out.get(g.id) ?? 0)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
