import type { Schemas } from "@/api/client";
import { type AssetDocument, useReading } from "@/features/asset/read";
import { why } from "@/features/asset/why";
import { AssetLink } from "@/ui/assetlink";
import { ColumnLink } from "@/ui/columnlink";
import { HowMark } from "@/ui/how";
import { Kind } from "@/ui/kind";
import { Scroll } from "@/ui/scroll";
import css from "./page.module.css";
import type { Step } from "./steps";

const rowHeight = 68;
const drawn = 60;

/** The steps of a column as a river seen from above: branches join where columns are combined. */
export function Tributaries({ table, steps, truncated }: { table: AssetDocument; steps: Step[]; truncated: boolean }) {
  const reading = useReading(table.id);
  const status = reading.data?.data.attributes.status;
  const alone = steps.length <= 1 && (steps[0]?.from ?? 0) === 0 && !steps[0]?.node.expression;
  const shown = steps.slice(-drawn);
  return (
    <>
      <header className="row" style={{ marginBottom: 10 }}>
        <h2>Where it comes from</h2>
        {!alone && (
          <span className="s t3">
            {steps.length} {steps.length === 1 ? "step" : "steps"}, read from compiled SQL
            {truncated && "; there are more"}
          </span>
        )}
      </header>
      {alone ? (
        <p className="t3">{status && status !== "read" ? why(status) : "No column that the code names makes it."}</p>
      ) : (
        <div className="trib">
          <River steps={shown} />
          <ol>
            {shown.map((s) => (
              <StepRow key={s.id} step={s} last={!s.into} />
            ))}
          </ol>
        </div>
      )}
      {steps.length > shown.length && <p className="s t3">{steps.length - shown.length} steps before these.</p>}
      <Decides rows={reading.data?.data.attributes.rows ?? []} />
    </>
  );
}

function River({ steps }: { steps: Step[] }) {
  const x = (branch: number) => 12 + branch * 24;
  const y = (i: number) => 11 + i * rowHeight;
  return (
    <svg width={60} height={steps.length * rowHeight} aria-hidden="true">
      {steps.map((s, i) => {
        const target = steps.findIndex((o, n) => n > i && o.id === s.into);
        if (target < 0) return null;
        const from = x(s.branch);
        const into = x(steps[target]?.branch ?? 0);
        return (
          <path
            key={s.id}
            className={s.branch === 0 ? "ln" : "ln side"}
            d={
              from === into
                ? `M${from} ${y(i)}V${y(target)}`
                : `M${from} ${y(i)}V${y(target) - 34}C${from} ${y(target) - 12} ${into} ${y(target) - 24} ${into} ${y(target)}`
            }
          />
        );
      })}
      {steps.map((s, i) => (
        <circle key={s.id} className={s.into ? "pt" : "pt end"} cx={x(s.branch)} cy={y(i)} r={5} />
      ))}
    </svg>
  );
}

function StepRow({ step, last }: { step: Step; last: boolean }) {
  const n = step.node;
  return (
    <li className={css.step}>
      <div className={`row ${css.head}`}>
        {n.asset ? (
          <ColumnLink id={n.asset} column={n.column} className="plain mono w6 cut" />
        ) : (
          <span className="mono w6 cut">{n.column}</span>
        )}
        <span className="t3">in</span>
        <Kind kind={n.kind ?? "table"} size={13} />
        {n.asset ? (
          <AssetLink id={n.asset} name={n.asset_name} className="" />
        ) : (
          <span className="cut">{n.asset_name}</span>
        )}
        <span className="s t3 end cut">
          {step.reads.length > 0
            ? `reads ${step.reads.map((r) => `${r.asset_name}.${r.column}`).join(", ")}`
            : step.from > 1
              ? `made of ${step.from} columns`
              : ""}
        </span>
      </div>
      <div className="row" style={{ marginTop: 3 }}>
        <HowMark edges={step.kinds} renamed={step.renamed} />
        <Scroll className={`code grow ${css.expr}`} label={`Expression of ${n.column} in ${n.asset_name}`}>
          <pre title={n.expression ?? undefined}>{(n.expression ?? n.column).replace(/\s+/g, " ")}</pre>
        </Scroll>
        {last && <span className="vh">this column</span>}
      </div>
    </li>
  );
}

function Decides({ rows }: { rows: Schemas["OriginColumn"][] }) {
  if (rows.length === 0) return null;
  return (
    <section className="sect">
      <header>
        <h2>Decides which rows there are</h2>
      </header>
      <ul className="list s">
        {rows.slice(0, 50).map((r) => {
          const name = `${r.asset_name}.${r.column}`;
          return (
            <li key={name + r.kinds.join()}>
              <span className="li">
                {r.asset ? (
                  <ColumnLink id={r.asset} column={r.column} className="plain mono cut">
                    {name}
                  </ColumnLink>
                ) : (
                  <span className="mono cut">{name}</span>
                )}
                <span className="t3 end">{r.kinds.join(", ").replaceAll("_", " ")}</span>
              </span>
            </li>
          );
        })}
      </ul>
      {rows.length > 50 && <p className="s t3">50 of {rows.length}.</p>}
    </section>
  );
}
