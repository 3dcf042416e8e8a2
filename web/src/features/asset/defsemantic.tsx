import { Link } from "@tanstack/react-router";
import { Copy } from "@/ui/copy";
import { HowMark } from "@/ui/how";
import { Kind } from "@/ui/kind";
import { KeyValues } from "./keyvalues";
import { type AssetDocument, type Neighbour, useAsset, useNeighbours } from "./read";

type Loose = Record<string, unknown>;
const list = (v: unknown): Loose[] =>
  Array.isArray(v) ? v.map((x) => (typeof x === "object" && x ? x : { name: x })) : [];
const text = (v: unknown): string => (typeof v === "string" ? v : v == null ? "" : JSON.stringify(v));

interface Measure {
  name: string;
  agg: string;
  expr: string;
}

function measuresOf(semantic: AssetDocument | undefined): Measure[] {
  const details = (semantic?.attributes.details ?? {}) as Loose;
  return list(details.measures).map((m) => ({
    name: text(m.name),
    agg: text(m.agg) || text(m.type),
    expr: text(m.expr) || text(m.name),
  }));
}

/** A metric: what it is measured by, what it is made of, and what it can be cut by. */
export function MetricDefinition({ asset }: { asset: AssetDocument }) {
  const d = (asset.attributes.details ?? {}) as Loose;
  const params = (d.type_params ?? {}) as Loose;
  const near = useNeighbours(asset);
  const up = near.data?.up ?? [];
  const semantic = up.find((n) => n.attributes.kind === "semantic_model");
  const model = useAsset(semantic?.id ?? "");
  const found = semantic ? model.data?.asset : undefined;
  const wanted = text((params.measure as Loose | undefined)?.name);
  const measure = measuresOf(found).find((m) => m.name === wanted);
  const dimensions = list(((found?.attributes.details ?? {}) as Loose).dimensions);
  const filter = (d.filter ?? params.filter) as Loose | string | undefined;
  const where = filter
    ? list((filter as Loose).where_filters)
        .map((f) => text(f.where_sql_template))
        .filter(Boolean)
    : [];
  const name = asset.attributes.name;
  return (
    <>
      <section className="sect">
        <header>
          <h2>How it is made</h2>
          <span className="s t3">{text(d.type)}</span>
        </header>
        <ol className="steps">
          {measure && found && (
            <li>
              <span className="row wrap">
                <HowMark edges={[["aggregate"]]} />
                <code>
                  <span className="sf">{measure.agg}</span>({measure.expr})
                </code>
                <span className="t3">
                  measure <code>{measure.name}</code> of
                </span>
                <NodeLink node={semantic} />
              </span>
            </li>
          )}
          {wanted && !measure && (
            <li>
              measure <code>{wanted}</code>
            </li>
          )}
          {up
            .filter((n) => n.attributes.kind === "metric")
            .map((n) => (
              <li key={n.id}>
                <NodeLink node={n} />
              </li>
            ))}
          {params.expr != null && (
            <li>
              <span className="row">
                <HowMark edges={[["transform"]]} />
                <code className="any">{text(params.expr)}</code>
              </span>
            </li>
          )}
          {(["numerator", "denominator"] as const).map(
            (part) =>
              params[part] != null && (
                <li key={part}>
                  {part} <code>{text((params[part] as Loose).name)}</code>
                </li>
              ),
          )}
          <li className="end">
            <span className="w6">{name}</span>{" "}
            <span className="t3">{where.length > 0 ? "where" : filter ? "filtered" : "no filter"}</span>{" "}
            {where.map((w) => (
              <code key={w} className="any">
                {w}
              </code>
            ))}
          </li>
        </ol>
      </section>
      {dimensions.length > 0 && (
        <Dimensions title="Can be cut by" dimensions={dimensions} entity={primaryEntity(found)} />
      )}
      <section className="sect">
        <header>
          <h2>Ask it</h2>
        </header>
        <div className="code">
          <pre>{`mf query --metrics ${name} --group-by metric_time`}</pre>
          <Copy text={`mf query --metrics ${name} --group-by metric_time`} label="Copy" className="btn sm copy">
            Copy
          </Copy>
        </div>
      </section>
      <KeyValues title="Parameters" note="as dbt has them" values={params} />
    </>
  );
}

function primaryEntity(semantic: AssetDocument | undefined): string {
  const details = (semantic?.attributes.details ?? {}) as Loose;
  return text(list(details.entities).find((e) => e.type === "primary")?.name) || text(details.primary_entity);
}

function NodeLink({ node }: { node: Neighbour | undefined }) {
  if (!node) return null;
  return (
    <span className="row gap2">
      <Kind kind={node.attributes.kind} materialized={node.attributes.materialized} size={13} />
      <Link to="/n/$id" params={{ id: node.id }}>
        {node.attributes.name}
      </Link>
    </span>
  );
}

function Dimensions({ title, dimensions, entity }: { title: string; dimensions: Loose[]; entity: string }) {
  return (
    <section className="sect">
      <header>
        <h2>{title}</h2>
        <span className="s t3">{dimensions.length} dimensions</span>
      </header>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Dimension</th>
            <th scope="col">Type</th>
            <th scope="col">Made of</th>
            <th scope="col">Description</th>
          </tr>
        </thead>
        <tbody>
          {dimensions.map((d) => {
            const grain = text(d.time_granularity) || text((d.type_params as Loose | undefined)?.time_granularity);
            return (
              <tr key={text(d.name)}>
                <td className="mono any">
                  {entity && `${entity}__`}
                  {text(d.name)}
                </td>
                <td className="t2">
                  {text(d.type)}
                  {grain && `, by ${grain}`}
                </td>
                <td className="mono any">{text(d.expr) || text(d.name)}</td>
                <td className="t2 any">{text(d.description) || <span className="t3">–</span>}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

/** A semantic model: its table, entities, dimensions and measures. */
export function SemanticModelDefinition({ asset }: { asset: AssetDocument }) {
  const d = (asset.attributes.details ?? {}) as Loose;
  const near = useNeighbours(asset);
  const entities = list(d.entities);
  const measures = measuresOf(asset);
  return (
    <>
      <section className="sect">
        <header>
          <h2>Of the table</h2>
        </header>
        {near.data?.up.map((n) => (
          <NodeLink key={n.id} node={n} />
        ))}
        {near.data?.up.length === 0 && <code>{text(d.model)}</code>}
      </section>
      {entities.length > 0 && (
        <section className="sect">
          <header>
            <h2>Entities</h2>
            <span className="s t3">{entities.length}</span>
          </header>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">Entity</th>
                <th scope="col">Type</th>
                <th scope="col">Made of</th>
              </tr>
            </thead>
            <tbody>
              {entities.map((e) => (
                <tr key={text(e.name)}>
                  <td className="mono any">{text(e.name)}</td>
                  <td className="t2">{text(e.type)}</td>
                  <td className="mono any">{text(e.expr) || text(e.name)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {list(d.dimensions).length > 0 && (
        <Dimensions title="Dimensions" dimensions={list(d.dimensions)} entity={primaryEntity(asset)} />
      )}
      {measures.length > 0 && (
        <section className="sect">
          <header>
            <h2>Measures</h2>
            <span className="s t3">{measures.length}</span>
          </header>
          <ul className="list">
            {measures.map((m) => (
              <li key={m.name}>
                <span className="li">
                  <HowMark edges={[["aggregate"]]} />
                  <span className="mono w5">{m.name}</span>
                  <code className="t2">
                    <span className="sf">{m.agg}</span>({m.expr})
                  </code>
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

/** A saved query: its metrics, what it groups by, and its exports. */
export function SavedQueryDefinition({ asset }: { asset: AssetDocument }) {
  const d = (asset.attributes.details ?? {}) as Loose;
  const query = (d.query_params ?? d) as Loose;
  const near = useNeighbours(asset);
  const names = (v: unknown): string[] => (Array.isArray(v) ? v.map(text) : []);
  return (
    <>
      <section className="sect">
        <header>
          <h2>Asks for</h2>
        </header>
        <ul className="list">
          {near.data?.up.map((n) => (
            <li key={n.id}>
              <span className="li">
                <NodeLink node={n} />
              </span>
            </li>
          ))}
        </ul>
      </section>
      {(["group_by", "order_by", "where"] as const).map((part) => {
        const values = names(query[part]);
        if (values.length === 0) return null;
        return (
          <section className="sect" key={part}>
            <header>
              <h2>{{ group_by: "Grouped by", order_by: "Ordered by", where: "Where" }[part]}</h2>
            </header>
            {values.map((v) => (
              <code key={v} className="any" style={{ display: "block" }}>
                {v}
              </code>
            ))}
          </section>
        );
      })}
      <KeyValues
        title="Exports"
        values={Object.fromEntries(list(d.exports).map((e) => [text(e.name), e.config ?? e]))}
      />
    </>
  );
}
