import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { type Bindings, useKeys } from "@/app/keys";
import { useMayEdit } from "@/app/me";
import { useSchema } from "@/app/scope";
import { sourceOf } from "@/lib/origin";
import { Copy } from "@/ui/copy";
import { Icon } from "@/ui/icon";
import { Markdown } from "@/ui/markdown";
import { useToast } from "@/ui/toast";
import { drafts, useEditAsset } from "./edit";
import css from "./page.module.css";
import { Provenance } from "./provenance";
import type { AssetDocument, Text } from "./read";
import { TextEditor } from "./texteditor";

/** The description of an asset: its text, who it is from, and how to write another one. */
export function Description({ asset, etag }: { asset: AssetDocument; etag: string | null }) {
  const text = asset.attributes.description;
  const draft = `${asset.id}.description`;
  const [open, setOpen] = useState(() => drafts.read(draft) !== null);
  const mayEdit = useMayEdit();
  const edit = useEditAsset(asset.id, etag);
  const toast = useToast();
  const editable = mayEdit && asset.attributes.present;
  const withdraw = () => edit.mutate({ description: null }, { onSuccess: () => toast("Your text is withdrawn") });
  const begin = () => {
    edit.reset();
    setOpen(true);
  };
  const bindings: Bindings = editable ? { e: { does: "Edit the description", run: begin } } : {};
  useKeys(bindings);
  if (open && editable) {
    return (
      <TextEditor
        label="Description"
        draft={draft}
        text={text}
        rule="description"
        edit={edit}
        write={(description, done) => edit.mutate({ description }, { onSuccess: done })}
        onClose={() => setOpen(false)}
      />
    );
  }
  return (
    <div className={css.desc}>
      {text.value ? (
        <Markdown text={text.value} />
      ) : (
        <p className="t3">Nobody has described this {editable ? "yet" : ""}.</p>
      )}
      <div className={`row ${css.under}`}>
        <Provenance text={text} rule="description" onWithdraw={editable ? withdraw : undefined} />
        {hiddenOwn(text) && <span className="prov user">not shown</span>}
        {editable && (
          <button type="button" className="btn quiet sm" aria-keyshortcuts="e" onClick={begin}>
            <Icon name="edit" size={12} />
            {text.value ? "Edit" : "Describe it"}
          </button>
        )}
      </div>
      {hiddenOwn(text) && <Hidden text={text} onWithdraw={editable ? withdraw : undefined} />}
    </div>
  );
}

/** Reports whether a person's text is stored and another one is shown. */
export function hiddenOwn(text: Text): boolean {
  return text.own !== null && text.own !== text.value && !(text.origin && sourceOf(text.origin).kind === "user");
}

/** Says that a person's text is saved and why it is not shown. */
export function Hidden({ text, onWithdraw }: { text: Text; onWithdraw?: () => void }) {
  const schema = useSchema();
  return (
    <div className="note" style={{ marginTop: 8 }}>
      <Icon name="info" size={14} />
      <div className="grow">
        <p>
          <strong>A text by people is saved, but not shown.</strong> The policy of{" "}
          {schema && (
            <Link to="/schemas/$id" params={{ id: schema.id }}>
              {schema.attributes.name}
            </Link>
          )}{" "}
          for descriptions is Always: dbt’s text wins while it has one.
        </p>
        <details>
          <summary>Show my text</summary>
          <div className="box" style={{ padding: "8px 12px", margin: "6px 0" }}>
            <Markdown text={text.own ?? ""} />
          </div>
        </details>
        <div className="row" style={{ marginTop: 6 }}>
          <Copy text={text.own ?? ""} label="Copy for dbt" className="btn sm">
            Copy for dbt
          </Copy>
          {onWithdraw && (
            <button type="button" className="btn quiet sm" onClick={onWithdraw}>
              Withdraw mine
            </button>
          )}
        </div>
      </div>
    </div>
  );
}
