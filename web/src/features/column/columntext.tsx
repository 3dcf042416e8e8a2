import { useState } from "react";
import { type Bindings, useKeys } from "@/app/keys";
import { useMayEdit } from "@/app/me";
import { Hidden, hiddenOwn } from "@/features/asset/description";
import { drafts, useEditColumn } from "@/features/asset/edit";
import { Provenance } from "@/features/asset/provenance";
import type { AssetDocument, Column } from "@/features/asset/read";
import { TextEditor } from "@/features/asset/texteditor";
import { Icon } from "@/ui/icon";
import { Markdown } from "@/ui/markdown";
import { useToast } from "@/ui/toast";

/** The description of a column, and how to write another one. */
export function ColumnText({ table, column, etag }: { table: AssetDocument; column: Column; etag: string | null }) {
  const text = column.attributes.description;
  const draft = `${column.id}.description`;
  const [open, setOpen] = useState(() => drafts.read(draft) !== null);
  const mayEdit = useMayEdit();
  const edit = useEditColumn(table.id, column.attributes.name);
  const toast = useToast();
  const editable = mayEdit && table.attributes.present;
  const withdraw = () => edit.mutate({ description: null, etag }, { onSuccess: () => toast("Your text is withdrawn") });
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
        rule="column_description"
        rows={3}
        edit={edit}
        write={(description, done) => edit.mutate({ description, ...(done && { etag }) }, { onSuccess: done })}
        onClose={() => setOpen(false)}
      />
    );
  }
  return (
    <div style={{ marginTop: 6 }}>
      {text.value ? <Markdown text={text.value} /> : <span className="t3">no description</span>}
      <div className="row" style={{ marginLeft: -3 }}>
        <Provenance text={text} rule="column_description" onWithdraw={editable ? withdraw : undefined} />
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
