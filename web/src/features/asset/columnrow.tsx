import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Schemas } from "@/api/client";
import { useMayEdit } from "@/app/me";
import { positions } from "@/lib/codelines";
import { madeOf } from "@/lib/how";
import { shortened } from "@/lib/names";
import { ColumnLink } from "@/ui/columnlink";
import { HowMark } from "@/ui/how";
import { Icon } from "@/ui/icon";
import { plainText } from "@/ui/markdown";
import { StateMark, stateOf } from "@/ui/state";
import row from "./columnrow.module.css";
import { hiddenOwn } from "./description";
import { drafts, useEditColumn } from "./edit";
import css from "./page.module.css";
import { Provenance } from "./provenance";
import type { AssetDocument, Column } from "./read";
import { TextEditor } from "./texteditor";

interface Props {
  asset: AssetDocument;
  column: Column;
  output?: Schemas["OutputColumn"];
  use?: Schemas["ColumnUse"];
  code?: Schemas["SQL"];
  read: boolean;
}

/** A column in the table of its asset, with its description in a second row. */
export function ColumnRow({ asset, column, output, use, code, read }: Props) {
  const a = column.attributes;
  const draft = `${column.id}.description`;
  const [open, setOpen] = useState(() => drafts.read(draft) !== null);
  const mayEdit = useMayEdit();
  const edit = useEditColumn(asset.id, a.name);
  const editable = mayEdit && asset.attributes.present;
  const text = a.description;
  const used = (use?.columns ?? 0) + (use?.tables ?? 0);
  return (
    <>
      <tr className={row.row}>
        <td className="num t3 s hidenarrow">{a.ordinal}</td>
        <td>
          <span className={row.name}>
            <ColumnLink id={asset.id} column={a.name} className="name mono">
              {shortened(a.name, 44)}
              {a.name.length > 44 && <span className="vh"> {a.name}</span>}
            </ColumnLink>
            {a.tags.map((t) => (
              <Link key={t} className={`tag ${row.tag}`} to="/assets" search={{ column_tag: t } as never}>
                {t}
              </Link>
            ))}
            {a.documented_only && <span className={`tag warn ${row.tag}`}>only documented</span>}
            {editable && (
              <button
                type="button"
                className={`btn quiet icon sm ${row.edit}`}
                aria-label={`Describe ${a.name}`}
                title="Describe"
                onClick={() => {
                  edit.reset();
                  setOpen(true);
                }}
              >
                <Icon name="edit" size={12} />
              </button>
            )}
          </span>
        </td>
        <td className={`mono t3 ${css.type}`} title={a.native_type ?? undefined}>
          {a.native_type ?? a.data_type ?? ""}
        </td>
        <td className={`cut full ${css.from}`}>{output && <From column={a.name} output={output} code={code} />}</td>
        <td>
          <span className={css.chips}>
            {a.tests.map((t) => (
              <span key={t.id} className="tag" style={{ gap: 3 }}>
                <StateMark state={stateOf(t.status)} />
                {t.name}
              </span>
            ))}
          </span>
        </td>
        <td className="num hidenarrow">
          {used > 0 ? (
            <ColumnLink id={asset.id} column={a.name} className="plain">
              {used}
              {(use?.tables ?? 0) > 0 && <span className="vh"> of which {use?.tables} tables by their rows</span>}
            </ColumnLink>
          ) : (
            <span className="t3">{read ? "–" : ""}</span>
          )}
        </td>
      </tr>
      {open && editable ? (
        <tr data-sub="" className="sub">
          <td className="hidenarrow" />
          <td colSpan={5} className="full">
            <TextEditor
              label={`Description of ${a.name}`}
              draft={draft}
              text={text}
              rule="column_description"
              rows={3}
              edit={edit}
              write={(description, done) => edit.mutate({ description }, { onSuccess: done })}
              onClose={() => setOpen(false)}
            />
          </td>
        </tr>
      ) : (
        text.value && (
          <tr data-sub="" className="sub">
            <td className="hidenarrow" />
            <td colSpan={5} className="t2 full any">
              {plainText(text.value)}{" "}
              <Provenance
                short
                text={text}
                rule="column_description"
                onWithdraw={editable ? () => edit.mutate({ description: null }) : undefined}
              />
              {hiddenOwn(text) && <span className="prov user">yours is not shown</span>}
            </td>
          </tr>
        )
      )}
    </>
  );
}

function From({ column, output, code }: { column: string; output: Schemas["OutputColumn"]; code?: Schemas["SQL"] }) {
  const edges = output.from.map((f) => f.kinds);
  const first = output.from[0];
  if (!first) {
    const text = expression(output, code);
    return text ? (
      <span className="origin">
        <HowMark edges={[["transform"]]} />
        <span className="mono cut" title={text}>
          {oneLine(text)}
        </span>
      </span>
    ) : null;
  }
  const renamed = first.column.toLowerCase() !== column.toLowerCase();
  const how = madeOf(edges, renamed);
  if (output.from.length === 1 && !how.calc) {
    const name = renamed ? `${first.asset_name}.${first.column}` : first.asset_name;
    return (
      <span className="origin">
        <HowMark edges={edges} renamed={renamed} />
        {first.asset ? (
          <ColumnLink id={first.asset} column={first.column} className="plain mono cut">
            {shortened(name, 36)}
            {!renamed && <span className="vh">.{first.column}</span>}
          </ColumnLink>
        ) : (
          <span className="mono cut">{name}</span>
        )}
      </span>
    );
  }
  const text = expression(output, code) ?? output.from.map((f) => `${f.asset_name}.${f.column}`).join(", ");
  return (
    <span className="origin">
      <HowMark edges={edges} />
      <span className="mono cut" title={text}>
        {oneLine(text)}
      </span>
    </span>
  );
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}

function expression(output: Schemas["OutputColumn"], code?: Schemas["SQL"]): string | undefined {
  if (!output.span || !code?.compiled) return undefined;
  const position = positions(code.compiled);
  return code.compiled.slice(position(output.span.start), position(output.span.end)) || undefined;
}
