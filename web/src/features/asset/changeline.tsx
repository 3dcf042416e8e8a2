import type { Schemas } from "@/api/client";
import { ColumnLink } from "@/ui/columnlink";
import { Named } from "@/ui/named";
import { CodeDiff } from "./codediff";
import type { AssetDocument } from "./read";

/** One change of an asset: of a field, of a column, or that it came or went. */
export function ChangeLine({ change, asset }: { change: Schemas["Change"]; asset: AssetDocument }) {
  const c = change;
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
      {!whole && !code && <Values field={c.field} old={c.old} now={c.new} />}
      {c.field === "code" && c.kind === "updated" && <CodeDiff asset={asset} version={c.version} />}
      {c.field === "compiled_code" && <span className="t3">as dbt compiled it</span>}
    </div>
  );
}

function Values({ field, old, now }: { field: string | null; old: string | null; now: string | null }) {
  const value = (text: string) => (field?.startsWith("lineage") ? <Named text={short(text)} /> : short(text));
  return (
    <span className="any">
      {old !== null && <del>{value(old)}</del>}
      {old !== null && now !== null && " → "}
      {now !== null && <ins>{value(now)}</ins>}
      {old === null && now === null && <span className="t3">changed</span>}
    </span>
  );
}

function short(text: string): string {
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}
