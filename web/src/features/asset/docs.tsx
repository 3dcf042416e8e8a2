import { useQueries } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api, read, type Schemas } from "@/api/client";
import { useScope } from "@/app/scope";
import { Description } from "./description";
import { KeyValues } from "./keyvalues";
import { type AssetDocument, useColumns } from "./read";

/** What is written about an asset: its description, docs blocks, meta, constraints, configuration and statistics. */
export default function DocsTab({ asset, etag }: { asset: AssetDocument; etag: string | null }) {
  const a = asset.attributes;
  return (
    <>
      <h2>Description</h2>
      <Description asset={asset} etag={etag} />
      <DocBlocks blocks={a.dbt?.doc_blocks ?? []} asset={asset} />
      <KeyValues title="Meta" note="from dbt, as it is written there" values={a.dbt?.meta ?? {}} />
      <Constraints asset={asset} />
      <Statistics stats={a.stats ?? {}} />
      <KeyValues title="Details" values={a.details ?? {}} />
      <KeyValues title="Configuration" note="of dbt" values={a.config ?? {}} />
      {(a.dbt?.macros?.length ?? 0) > 0 && (
        <section className="sect">
          <header>
            <h2>Macros it calls</h2>
          </header>
          <p className="mono s any" style={{ lineHeight: 1.9 }}>
            {a.dbt?.macros?.map((m, i) => (
              <span key={m}>
                {i > 0 && ", "}
                <Link className="plain" to="/n/$id" params={{ id: m }}>
                  {m}
                </Link>
              </span>
            ))}
          </p>
        </section>
      )}
      {asset.type === "table" && <Undescribed asset={asset} />}
    </>
  );
}

function DocBlocks({ blocks, asset }: { blocks: Schemas["DocRef"][]; asset: AssetDocument }) {
  const { schema_id, at } = useScope();
  const ids = [...new Set(blocks.map((b) => b.unique_id))].slice(0, 30);
  const uses = useQueries({
    queries: ids.map((id) => ({
      queryKey: ["usedby", schema_id, at, id],
      enabled: schema_id !== "",
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        read(
          api.GET("/api/v1/assets/{id}/used_by", {
            params: { path: { id }, query: { schema_id, at, limit: 50 } },
            signal,
          }),
        ),
    })),
  });
  if (ids.length === 0) return null;
  return (
    <section className="sect">
      <header>
        <h2>Docs blocks</h2>
        <span className="s t3">{ids.length}, used in these texts</span>
      </header>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Block</th>
            <th scope="col">Used for</th>
            <th scope="col">Also used by</th>
          </tr>
        </thead>
        <tbody>
          {ids.map((id, i) => {
            const others = (uses[i]?.data?.data ?? []).filter((u) => u.id !== asset.id);
            return (
              <tr key={id}>
                <td>
                  <Link className="name mono any" to="/n/$id" params={{ id }}>
                    {id.split(".").at(-1)}
                  </Link>
                </td>
                <td className="mono t2">
                  {blocks
                    .filter((b) => b.unique_id === id)
                    .map((b) => b.column ?? "the description")
                    .join(", ")}
                </td>
                <td>
                  {others.length === 0 && <span className="t3">–</span>}
                  {others.map((u, n) => (
                    <span key={u.id + (u.attributes.column ?? "")}>
                      {n > 0 && ", "}
                      <Link className="plain" to="/n/$id" params={{ id: u.id }}>
                        {u.attributes.name}
                      </Link>
                      {u.attributes.column && <span className="mono t3">.{u.attributes.column}</span>}
                    </span>
                  ))}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function Constraints({ asset }: { asset: AssetDocument }) {
  const columns = useColumns(asset.id, asset.type === "table");
  const ofTable = (asset.attributes.dbt?.constraints ?? []).map((c) => ({ on: "the table", ...c }));
  const ofColumns = columns.rows.flatMap((c) =>
    (c.attributes.constraints ?? []).map((k) => ({ on: c.attributes.name, ...k })),
  );
  const all = [...ofTable, ...ofColumns];
  if (all.length === 0) return null;
  return (
    <section className="sect">
      <header>
        <h2>Constraints</h2>
        <span className="s t3">{all.length}</span>
      </header>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">On</th>
            <th scope="col">Type</th>
            <th scope="col">Name</th>
            <th scope="col">Expression</th>
          </tr>
        </thead>
        <tbody>
          {all.map((c) => (
            <tr key={`${c.on}${c.type}${c.name}${c.expression}`}>
              <td className="mono any">{c.on}</td>
              <td>{c.type.replaceAll("_", " ")}</td>
              <td className="mono any">{c.name ?? <span className="t3">–</span>}</td>
              <td className="mono any">
                {[c.expression, "columns" in c && Array.isArray(c.columns) ? c.columns.join(", ") : ""]
                  .filter(Boolean)
                  .join(" ") || <span className="t3">–</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Statistics({ stats }: { stats: Record<string, Schemas["Stat"]> }) {
  const all = Object.entries(stats);
  if (all.length === 0) return null;
  return (
    <section className="sect">
      <header>
        <h2>Statistics</h2>
        <span className="s t3">of the warehouse</span>
      </header>
      <dl className="kv">
        {all.map(([name, s]) => (
          <Pair key={name} name={s.label || name} value={s.value?.toLocaleString("en-GB") ?? s.text ?? "–"} />
        ))}
      </dl>
    </section>
  );
}

function Pair({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

function Undescribed({ asset }: { asset: AssetDocument }) {
  const columns = useColumns(asset.id);
  const present = columns.rows.filter((c) => c.attributes.present);
  const blank = present.filter((c) => !c.attributes.description.value);
  if (blank.length === 0) return null;
  return (
    <section className="sect">
      <header>
        <h2>Columns without a text</h2>
        <span className="s t3">
          {blank.length} of {present.length}
        </span>
        <Link
          className="end"
          to="."
          search={((b: Record<string, unknown>) => ({ ...b, tab: undefined, undescribed: "1" })) as never}
        >
          Describe them
        </Link>
      </header>
      <p className="mono t2 s any">
        {blank
          .slice(0, 100)
          .map((c) => c.attributes.name)
          .join(", ")}
        {blank.length > 100 && ` and ${blank.length - 100} more`}
      </p>
    </section>
  );
}
