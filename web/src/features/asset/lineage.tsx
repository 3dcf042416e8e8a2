import { Link } from "@tanstack/react-router";
import Graph from "@/features/lineage/tab";
import { count, number } from "@/lib/count";
import { ColumnLink } from "@/ui/columnlink";
import { Failed, Skeleton } from "@/ui/feedback";
import { HowMark } from "@/ui/how";
import { Kind } from "@/ui/kind";
import { StateMark, type StateName } from "@/ui/state";
import { Impact } from "./impact";
import { type AssetDocument, type Neighbour, useNeighbours, useReading, useTrouble } from "./read";
import { why } from "./why";

/** What an asset is made of and what is made of it, and where its columns come from. */
export default function LineageTab({ asset }: { asset: AssetDocument }) {
  const near = useNeighbours(asset);
  if (near.isError) return <Failed error={near.error} what="The lineage" retry={near.refetch} />;
  if (!near.data) return <Skeleton rows={6} />;
  const { up, down } = near.data;
  return (
    <>
      <Graph
        key={asset.id}
        asset={{
          id: asset.id,
          name: asset.attributes.name,
          kind: asset.attributes.kind,
          unique_id: asset.attributes.dbt?.unique_id ?? null,
        }}
      />
      <div className="pair">
        <Side title="Comes from" nodes={up} none="Nothing comes in." />
        <Side title="Goes to" nodes={down} none="Nothing is made of it." />
      </div>
      <Impact asset={asset} />
      {asset.type === "table" && <ColumnSteps asset={asset} />}
    </>
  );
}

function Side({ title, nodes, none }: { title: string; nodes: Neighbour[]; none: string }) {
  const trouble = useTrouble().data;
  return (
    <section>
      <h2>{title}</h2>
      {nodes.length === 0 && <p className="t3 s">{none}</p>}
      <ul className="list">
        {nodes.map((n) => (
          <li key={n.id}>
            <Link to="/n/$id" params={{ id: n.id }}>
              <Kind kind={n.attributes.kind} materialized={n.attributes.materialized} size={13} />
              <span className="cut w5">{n.attributes.name}</span>
              {trouble?.has(n.id) && <StateMark state={trouble.get(n.id) as StateName} />}
              <span className="end s t3 nowrap">
                {n.attributes.upstream} in, {n.attributes.downstream} out
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

function ColumnSteps({ asset }: { asset: AssetDocument }) {
  const reading = useReading(asset.id);
  if (reading.isError) return <Failed error={reading.error} what="The column lineage" retry={reading.refetch} />;
  const a = reading.data?.data.attributes;
  if (!a) return null;
  if (a.outputs.length === 0) {
    return (
      <section className="sect">
        <header>
          <h2>Column steps</h2>
        </header>
        <p className="t3">{why(a.status)}</p>
      </section>
    );
  }
  return (
    <section className="sect">
      <header>
        <h2>Column steps</h2>
        <span className="s t3">
          {a.resolved} of {a.columns} columns traced, {count(a.edges, "edge")}
        </span>
      </header>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">
              <span className="vh">How</span>
            </th>
            <th scope="col">From</th>
            <th scope="col">Confidence</th>
          </tr>
        </thead>
        <tbody>
          {a.outputs.slice(0, 400).map((o) => (
            <tr key={o.name}>
              <td>
                <ColumnLink id={asset.id} column={o.name} className="name mono any" />
              </td>
              <td>
                {o.from.length > 0 && (
                  <HowMark
                    edges={o.from.map((f) => f.kinds)}
                    renamed={o.from[0]?.column.toLowerCase() !== o.name.toLowerCase()}
                  />
                )}
              </td>
              <td className="any">
                {o.from.length === 0 && (
                  <span className="t3">{o.incomplete ? "not known" : "no column, a constant"}</span>
                )}
                {o.from.map((f, i) => (
                  <span key={f.asset_name + f.column + (f.path ?? "")}>
                    {i > 0 && ", "}
                    {f.asset ? (
                      <ColumnLink id={f.asset} column={f.column}>
                        {f.asset_name}.{f.column}
                      </ColumnLink>
                    ) : (
                      <span className="mono">
                        {f.asset_name}.{f.column}
                      </span>
                    )}
                  </span>
                ))}
              </td>
              <td className="t3">{[...new Set(o.from.map((f) => f.confidence))].join(", ")}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {a.outputs.length > 400 && <p className="s t3">400 of {number(a.outputs.length)} columns.</p>}
      {a.issues.length > 0 && (
        <ul className="list s">
          {a.issues.map((i) => (
            <li key={i.code + i.message + i.line}>
              <span className="li">
                <StateMark state="warn" />
                <span className="any">{i.message}</span>
                <span className="end t3">{i.line ? `line ${i.line}` : i.code}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
