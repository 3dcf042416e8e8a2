import type { Schemas } from "@/api/client";
import { ColumnLink } from "@/ui/columnlink";
import { CodeDiff } from "./codediff";
import { type AssetDocument, useNeighbours } from "./read";

/** One change of an asset: of a field, of a column, or that it came or went. */
export function ChangeLine({ change, asset }: { change: Schemas["Change"]; asset: AssetDocument }) {
  const c = change;
  const near = useNeighbours(asset).data;
  const names = new Map([...(near?.up ?? []), ...(near?.down ?? [])].map((n) => [n.id, n.attributes.name]));
  const whole = !c.field;
  const sign = c.kind === "created" ? "+" : c.kind === "removed" ? "−" : "";
  const tone = whole && c.kind === "created" ? "good" : whole && c.kind === "removed" ? "bad" : "";
  const what = c.column ? (c.field ? c.field : "column") : (c.field ?? asset.attributes.kind);
  const code = c.field === "code" || c.field === "compiled_code";
  return (
    <div style={{ margin: "6px 0" }}>
      <span className={`tag ${tone}`}>
        {whole && sign} {what.replaceAll("_", " ")}
      </span>{" "}
      {c.column && <ColumnLink id={asset.id} column={c.column} />}{" "}
      {whole &&
        !c.column &&
        (c.kind === "created" ? "seen for the first time" : c.kind === "removed" ? "removed" : c.kind)}
      {!whole && !code && <Values old={named(c.old, names)} now={named(c.new, names)} />}
      {c.field === "code" && c.kind === "updated" && <CodeDiff asset={asset} version={c.version} />}
      {c.field === "compiled_code" && <span className="t3">as dbt compiled it</span>}
    </div>
  );
}

function Values({ old, now }: { old: string | null; now: string | null }) {
  return (
    <span className="any">
      {old !== null && <del>{short(old)}</del>}
      {old !== null && now !== null && " → "}
      {now !== null && <ins>{short(now)}</ins>}
      {old === null && now === null && <span className="t3">changed</span>}
    </span>
  );
}

// Lineage is recorded by ids, which do not change; readers know names.
function named(text: string | null, names: Map<string, string>): string | null {
  return text === null ? null : text.replace(/\bTBL-\d+\b/g, (id) => names.get(id) ?? id);
}

function short(text: string): string {
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}
