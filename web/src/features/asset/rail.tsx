import { Link } from "@tanstack/react-router";
import { shortened } from "@/lib/names";
import { Kind } from "@/ui/kind";
import { StateMark } from "@/ui/state";
import { Labels } from "./labels";
import css from "./page.module.css";
import { type AssetDocument, inGraph, type Neighbour, selectorOf, useNeighbours, useTrouble } from "./read";

const shownAtMost = 6;

/** The right rail: what comes in and goes out, and the facts. */
export function Rail({ asset, etag }: { asset: AssetDocument; etag: string | null }) {
  return (
    <aside aria-label="Flow and facts" className={css.narrowrail}>
      {inGraph(asset) && <Flow asset={asset} />}
      <Facts asset={asset} etag={etag} />
    </aside>
  );
}

function Flow({ asset }: { asset: AssetDocument }) {
  const { data, isError } = useNeighbours(asset);
  const trouble = useTrouble().data;
  if (isError) return null;
  return (
    <section className="sect">
      <header>
        <h2>Flow</h2>
        <Link className="end" to="/lineage" search={{ select: `1+${selectorOf(asset)}+1` } as never}>
          Open lineage
        </Link>
      </header>
      {!data && <div style={{ height: heightOf(asset.attributes) }} />}
      {data && data.up.length + data.down.length === 0 && (
        <p className="s t3">Nothing comes in, and nothing is made of it.</p>
      )}
      {data && data.up.length + data.down.length > 0 && (
        <ul className="flow">
          {data.up.length > 0 && <li className="lb2">comes from {data.up.length}</li>}
          <Some nodes={data.up} trouble={trouble} />
          <li className="me">
            <span className="cut">{shortened(asset.attributes.name, 26)}</span>
          </li>
          {data.down.length > 0 && <li className="lb2">goes to {data.down.length}</li>}
          <Some nodes={data.down} trouble={trouble} />
        </ul>
      )}
    </section>
  );
}

// What the lists will take, so that nothing moves when they are there: rows of 25, labels of 20, the asset itself 32.
function heightOf({ upstream, downstream }: { upstream?: number | null; downstream?: number | null }): number {
  const rows = (n: number) => (n === 0 ? 0 : 20 + 25 * Math.min(n, shownAtMost + 1));
  const [up, down] = [upstream ?? 0, downstream ?? 0];
  return up + down === 0 ? 18 : 32 + rows(up) + rows(down);
}

function Some({ nodes, trouble }: { nodes: Neighbour[]; trouble?: Map<string, string> }) {
  return (
    <>
      {nodes.slice(0, shownAtMost).map((n) => {
        const state = trouble?.get(n.id);
        return (
          <li key={n.id}>
            <Kind kind={n.attributes.kind} materialized={n.attributes.materialized} size={13} />
            <Link className="cut" to="/n/$id" params={{ id: n.id }} title={n.attributes.name}>
              {shortened(n.attributes.name, 28)}
            </Link>
            {(state === "warn" || state === "fail" || state === "error") && (
              <StateMark state={state} label={state === "warn" ? "a test warns" : "a test fails"} />
            )}
          </li>
        );
      })}
      {nodes.length > shownAtMost && (
        <li>
          <Link to="." search={((b: Record<string, unknown>) => ({ ...b, tab: "lineage" })) as never}>
            and {nodes.length - shownAtMost} more
          </Link>
        </li>
      )}
    </>
  );
}

function Facts({ asset, etag }: { asset: AssetDocument; etag: string | null }) {
  const a = asset.attributes;
  const key = (a.details as { primary_key?: string[] } | undefined)?.primary_key;
  return (
    <section className="sect">
      <header>
        <h2>Facts</h2>
      </header>
      <dl className={`kv ${css.facts}`}>
        <dt>Owner</dt>
        <dd>
          <Labels asset={asset} etag={etag} field="owners" />
        </dd>
        {a.dbt?.group && (
          <>
            <dt>Group</dt>
            <dd>
              <Link to="/groups/$group" params={{ group: a.dbt.group }}>
                {a.dbt.group}
              </Link>
            </dd>
          </>
        )}
        <dt>Tags</dt>
        <dd>
          <Labels asset={asset} etag={etag} field="tags" />
        </dd>
        <Fact name="File" value={a.dbt?.original_file_path} mono />
        <Fact name="dbt id" value={a.dbt?.unique_id} mono />
        <Fact name="Key" value={key?.join(", ")} mono />
        {a.kind === "model" && <Fact name="Contract" value={a.dbt?.contract ? "enforced" : "not enforced"} />}
        <Fact name="Rows" value={a.row_count?.toLocaleString("en-GB")} />
        <Fact name="Loader" value={a.dbt?.loader} />
        {(a.nodes?.length ?? 0) > 1 && (
          <>
            <dt>Also</dt>
            <dd>
              {a.nodes
                ?.filter((n) => n.unique_id !== a.dbt?.unique_id)
                .map((n) => (
                  <code key={n.project + n.unique_id} className="any">
                    {n.unique_id}{" "}
                  </code>
                ))}
            </dd>
          </>
        )}
        <dt>Id</dt>
        <dd className="mono">{asset.id}</dd>
      </dl>
    </section>
  );
}

function Fact({ name, value, mono }: { name: string; value: string | null | undefined; mono?: boolean }) {
  if (!value) return null;
  return (
    <>
      <dt>{name}</dt>
      <dd className={mono ? "mono" : undefined}>{value}</dd>
    </>
  );
}
