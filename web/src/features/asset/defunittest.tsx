import { Link } from "@tanstack/react-router";
import { Scroll } from "@/ui/scroll";
import css from "./page.module.css";
import { type AssetDocument, useNeighbours } from "./read";

interface Given {
  input?: string;
  format?: string;
  rows?: unknown;
  fixture?: string | null;
}

/** A unit test: what is given, and what is expected. */
export function UnitTestDefinition({ asset }: { asset: AssetDocument }) {
  const d = (asset.attributes.details ?? {}) as { given?: Given[]; expect?: Given; model?: string };
  const near = useNeighbours(asset);
  const tested = near.data?.up[0];
  return (
    <>
      <p className="t2">
        Tests{" "}
        {tested ? (
          <Link to="/n/$id" params={{ id: tested.id }}>
            {tested.attributes.name}
          </Link>
        ) : (
          <code>{d.model}</code>
        )}
        .
      </p>
      {(d.given ?? []).map((g, i) => (
        <Rows key={`${i}${g.input}`} title={`Given ${g.input ?? ""}`} given={g} />
      ))}
      {d.expect && <Rows title="Expects" given={d.expect} />}
    </>
  );
}

function Rows({ title, given }: { title: string; given: Given }) {
  const rows = Array.isArray(given.rows) ? (given.rows as Record<string, unknown>[]) : [];
  const names = [...new Set(rows.flatMap((r) => (r && typeof r === "object" ? Object.keys(r) : [])))];
  return (
    <section className="sect">
      <header>
        <h2 className="any">{title}</h2>
        <span className="s t3">{rows.length > 0 ? `${rows.length} rows` : (given.fixture ?? "")}</span>
      </header>
      {typeof given.rows === "string" && (
        <div className="code">
          <pre>{given.rows}</pre>
        </div>
      )}
      {rows.length > 0 && (
        <Scroll className={css.wide} label={title}>
          <table className="table" style={{ width: "auto" }}>
            <thead>
              <tr>
                {names.map((n) => (
                  <th key={n} scope="col" style={{ position: "static" }}>
                    {n}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.slice(0, 100).map((r, i) => (
                <tr key={i}>
                  {names.map((n) => (
                    <td key={n} className="mono nowrap">
                      {r[n] == null ? <span className="t3">null</span> : String(r[n])}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
  );
}
