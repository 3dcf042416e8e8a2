import { Link } from "@tanstack/react-router";
import type { Schemas } from "@/api/client";
import { shortened } from "@/lib/names";
import { Kind } from "@/ui/kind";
import { plainText } from "@/ui/markdown";
import { Named } from "@/ui/named";

const marks: Record<string, [mark: string, tone: string, word: string]> = {
  created: ["+", "good", "created"],
  updated: ["~", "warn", "changed"],
  removed: ["−", "bad", "removed"],
  restored: ["+", "good", "back again"],
};

const most = 120; // letters of a value

/** One change in one line: what, of which column and asset, from what to what. */
export function ChangeLine({
  change: c,
}: {
  change: Pick<Schemas["ChangeRow"], "asset" | "name" | "kind" | "column" | "field" | "old" | "new">;
}) {
  const [mark, tone, word] = marks[c.kind] ?? ["~", "", c.kind];
  return (
    <span className="row changeline">
      <span className={`tag ${tone}`} role="img" aria-label={word}>
        {mark}
      </span>
      {c.column ? (
        <>
          <Kind kind="column" size={13} />
          <span className="nowrap">
            <Link className="mono name" to="/n/$id/c/$column" params={{ id: c.asset, column: c.column }}>
              {c.column}
            </Link>{" "}
            <span className="t2">in </span>
            <Link className="plain" to="/n/$id" params={{ id: c.asset }}>
              {c.name}
            </Link>
          </span>
        </>
      ) : (
        <Link className="name nowrap" to="/n/$id" params={{ id: c.asset }}>
          {c.name}
        </Link>
      )}
      {c.field && <span className="s t3 nowrap">{c.field.replaceAll("_", " ")}</span>}
      {c.kind !== "created" && c.kind !== "removed" && (
        <span className="s cut">
          {c.old && (
            <del>
              <Value of={c.field} text={c.old} />
            </del>
          )}{" "}
          {c.new && (
            <ins>
              <Value of={c.field} text={c.new} />
            </ins>
          )}
        </span>
      )}
    </span>
  );
}

function Value({ of, text }: { of: string | null; text: string }) {
  const short = shortened(plainText(text), most);
  return of?.startsWith("lineage") ? <Named text={short} /> : short;
}
