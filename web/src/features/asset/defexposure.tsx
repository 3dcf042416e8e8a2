import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useScope } from "@/app/scope";
import { span } from "@/lib/time";
import { Kind } from "@/ui/kind";
import { State, StateMark, type StateName, stateOf } from "@/ui/state";
import { Time } from "@/ui/time";
import { type AssetDocument, readGraph, selectorOf, useNeighbours, useSources, useTrouble } from "./read";

/** What an exposure depends on, what is wrong upstream, and where its data begins. */
export function ExposureDefinition({ asset }: { asset: AssetDocument }) {
  return (
    <>
      <DependsOn asset={asset} />
      <Trouble asset={asset} />
      <Begins asset={asset} />
    </>
  );
}

function DependsOn({ asset }: { asset: AssetDocument }) {
  const near = useNeighbours(asset);
  const trouble = useTrouble().data;
  const up = near.data?.up ?? [];
  if (up.length === 0) return null;
  return (
    <section className="sect">
      <header>
        <h2>Depends on</h2>
        <span className="s t3">{up.length}, directly</span>
      </header>
      <ul className="list">
        {up.map((n) => {
          const state = trouble?.get(n.id) as StateName | undefined;
          return (
            <li key={n.id}>
              <Link to="/n/$id" params={{ id: n.id }}>
                <Kind kind={n.attributes.kind} materialized={n.attributes.materialized} size={13} />
                <span className="w5 cut">{n.attributes.name}</span>
                <span className="end">
                  {state ? (
                    <State state={state}>tests {state}</State>
                  ) : (
                    <span className="s t3">{n.attributes.upstream} in</span>
                  )}
                </span>
              </Link>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Trouble({ asset }: { asset: AssetDocument }) {
  const { schema_id, at } = useScope();
  const trouble = useTrouble().data;
  const above = useQuery({
    queryKey: ["above", schema_id, at, asset.id],
    enabled: schema_id !== "",
    placeholderData: undefined,
    queryFn: ({ signal }) => readGraph({ schema_id, at, select: `+${selectorOf(asset)}`, limit: 2000 }, signal),
  });
  const bad = (above.data?.nodes ?? []).filter((n) => n.id !== asset.id && trouble?.has(n.id));
  if (bad.length === 0) return null;
  return (
    <section className="sect">
      <header>
        <h2>Trouble upstream</h2>
        <span className="s t3">{bad.length}</span>
      </header>
      <ul className="list">
        {bad.map((n) => {
          const state = (trouble?.get(n.id) ?? "warn") as StateName;
          return (
            <li key={n.id}>
              <Link to="/n/$id" params={{ id: n.id }} search={{ tab: "tests" } as never}>
                <StateMark state={state} />
                <span className="w5">{n.attributes.name}</span>
                <span className="t2">{state === "warn" ? "a test warns" : "a test fails"}</span>
                <span className="end s t3">
                  {n.attributes.depth} {n.attributes.depth === 1 ? "step" : "steps"} away
                </span>
              </Link>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Begins({ asset }: { asset: AssetDocument }) {
  const sources = useSources(asset).data ?? [];
  if (sources.length === 0) return null;
  return (
    <section className="sect">
      <header>
        <h2>Where its data begins</h2>
        <span className="s t3">{sources.length} sources</span>
        <Link className="end" to="/freshness">
          Freshness
        </Link>
      </header>
      <table className="table fold">
        <thead>
          <tr>
            <th scope="col">Source</th>
            <th scope="col">State</th>
            <th scope="col" className="num">
              Age
            </th>
            <th scope="col">Newest row</th>
          </tr>
        </thead>
        <tbody>
          {sources.map(({ node, freshness }) => (
            <tr key={node.id}>
              <td>
                <Kind kind={node.attributes.kind} size={13} />{" "}
                <Link className="name" to="/n/$id" params={{ id: node.id }}>
                  {node.attributes.name}
                </Link>
              </td>
              <td>
                {freshness?.status ? (
                  <State state={freshness.status === "warn" ? "stale" : stateOf(freshness.status)}>
                    {freshness.status === "pass" ? "fresh" : "late"}
                  </State>
                ) : (
                  <span className="t3">–</span>
                )}
              </td>
              <td className="num">{freshness?.lag_seconds == null ? "–" : span(freshness.lag_seconds)}</td>
              <td>
                <Time at={freshness?.max_loaded_at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
