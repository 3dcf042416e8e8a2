import { Link } from "@tanstack/react-router";
import { howOf, howText } from "@/lib/how";
import type { Lineage } from "./read";
import type { Scene } from "./scene";
import { stepsOf } from "./steps";

/** The edges of a graph as a table: of columns if some are traced, else of tables. */
export function EdgeTable({ lineage, scene }: { lineage: Lineage; scene: Scene }) {
  return lineage.columns.length > 0 ? (
    <ColumnSteps lineage={lineage} />
  ) : (
    <TableEdges lineage={lineage} scene={scene} />
  );
}

function ColumnSteps({ lineage }: { lineage: Lineage }) {
  const steps = stepsOf(lineage.traces.replies);
  return (
    <table className="table">
      <caption className="vh">Column steps</caption>
      <thead>
        <tr>
          <th>From</th>
          <th>Column</th>
          <th>How</th>
          <th>To</th>
          <th>Column</th>
          <th>Confidence</th>
        </tr>
      </thead>
      <tbody>
        {steps.map((s) => (
          <tr key={`${s.from.id} ${s.to.id}`}>
            <td>
              <End end={s.from} />
            </td>
            <td className="mono any">{s.from.column}</td>
            <td title={s.kinds.join(", ")}>
              <span className="row gap3">
                <span className="how" aria-hidden="true">
                  {howOf(s.kinds)}
                </span>
                {howText(s.kinds)}
              </span>
            </td>
            <td>
              <End end={s.to} />
            </td>
            <td className="mono any">{s.to.column}</td>
            <td>{s.confidence.replaceAll("_", " ")}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function End({ end }: { end: { asset: string | null; name: string } }) {
  if (!end.asset) return <span className="any">{end.name}</span>;
  return (
    <Link className="name any" to="/n/$id" params={{ id: end.asset }}>
      {end.name}
    </Link>
  );
}

function TableEdges({ lineage, scene }: { lineage: Lineage; scene: Scene }) {
  return (
    <table className="table">
      <caption className="vh">Edges between tables</caption>
      <thead>
        <tr>
          <th>From</th>
          <th>To</th>
          <th>Type</th>
          <th>Confidence</th>
          <th>Found in</th>
        </tr>
      </thead>
      <tbody>
        {lineage.graph.data?.data.edges.map((e) => (
          <tr key={`${e.from} ${e.to}`}>
            <td>
              <End end={{ asset: e.from, name: scene.byId.get(e.from)?.name ?? e.from }} />
            </td>
            <td>
              <End end={{ asset: e.to, name: scene.byId.get(e.to)?.name ?? e.to }} />
            </td>
            <td>{e.type}</td>
            <td>{e.confidence}</td>
            <td>{e.source === "sql" ? "code" : e.source === "dbt_import" ? "dbt" : e.source}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
