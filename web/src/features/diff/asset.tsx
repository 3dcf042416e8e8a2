import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, read, type Schemas } from "@/api/client";
import { count } from "@/lib/count";
import { AssetLink } from "@/ui/assetlink";
import { DiffLines } from "@/ui/difflines";
import { Failed, Skeleton } from "@/ui/feedback";
import { Named } from "@/ui/named";
import styles from "./page.module.css";
import { whatOf } from "./report";

type Diff = Schemas["AssetDiff"];

const tones = { added: ["new", "good"], removed: ["gone", "bad"], changed: ["changed", "warn"] } as const;

/** One asset that differs: each value before and after, and its code line by line. */
export function AssetDiff({ diff, base, head }: { diff: Diff; base: string; head: string }) {
  const [word, tone] = tones[diff.state];
  const id = diff.head ?? diff.base ?? "";
  const values = (diff.changes ?? []).filter((c) => c.field !== "code" && c.field !== "compiled_code");
  const code = diff.changes?.some((c) => c.field === "code");
  const compiled = diff.changes?.some((c) => c.field === "compiled_code");
  return (
    <section className="sect">
      <header>
        <AssetLink id={id} name={diff.name} kind={diff.kind} className={`name ${styles.name}`} />
        <span className={`tag ${tone}`}>{word}</span>
        {diff.downstream > 0 && <span className="s t3">{count(diff.downstream, "asset")} downstream</span>}
        {diff.owners && diff.owners.length > 0 && <span className="s t3">{diff.owners.join(", ")}</span>}
      </header>
      {values.length > 0 && (
        <table className="table fixed fold">
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">Before</th>
              <th scope="col">After</th>
            </tr>
          </thead>
          <tbody>
            {values.map((c) => (
              <tr key={`${c.column}.${c.field}`} className="v-top">
                <td className={c.column ? "mono" : ""}>{whatOf(c) || c.kind}</td>
                <td className="any">
                  {c.base ? (
                    <del>{shownOf(c, c.base)}</del>
                  ) : c.kind === "created" ? (
                    <span className="t3">not there</span>
                  ) : (
                    <span className="t3">–</span>
                  )}
                </td>
                <td className="any">
                  {c.head ? (
                    <ins>{shownOf(c, c.head)}</ins>
                  ) : c.kind === "created" ? (
                    <ins>there</ins>
                  ) : c.kind === "removed" ? (
                    <del>gone</del>
                  ) : (
                    <span className="t3">–</span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {(code || compiled) && diff.base && diff.head && <Code diff={diff} base={base} head={head} raw={code === true} />}
    </section>
  );
}

function shownOf(change: Schemas["FieldDiff"], text: string) {
  return change.field?.startsWith("lineage") ? <Named text={text} /> : text;
}

function Code({ diff, base, head, raw }: { diff: Diff; base: string; head: string; raw: boolean }) {
  const [open, setOpen] = useState(false);
  return (
    <details className={styles.code} onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>{raw ? "Code" : "Compiled code"}</summary>
      {open && <CodeLines diff={diff} base={base} head={head} raw={raw} />}
    </details>
  );
}

function useCode(id: string | null, point: string) {
  const [schema_id, at] = point.split("@");
  return useQuery({
    queryKey: ["code", id, point],
    enabled: id !== null,
    queryFn: ({ signal }) =>
      read(
        api.GET("/api/v1/assets/{id}/code", { params: { path: { id: id ?? "" }, query: { schema_id, at } }, signal }),
      ),
  });
}

function CodeLines({ diff, base, head, raw }: { diff: Diff; base: string; head: string; raw: boolean }) {
  const before = useCode(diff.base, base);
  const after = useCode(diff.head, head);
  if (before.isError || after.isError)
    return (
      <Failed error={before.error ?? after.error} what="The code" retry={() => [before.refetch(), after.refetch()]} />
    );
  if (!before.data || !after.data) return <Skeleton rows={3} />;
  const text = (doc: typeof before.data) => (raw ? doc.data.attributes.raw : doc.data.attributes.compiled) ?? "";
  return <DiffLines old={text(before.data)} next={text(after.data)} label={`Code of ${diff.name}`} />;
}
