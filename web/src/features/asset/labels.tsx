import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useMayEdit } from "@/app/me";
import { useToast } from "@/ui/toast";
import { useEditAsset } from "./edit";
import { LabelForm } from "./labelform";
import css from "./page.module.css";
import type { AssetDocument } from "./read";

/** The owners or tags of an asset, which people may add to and take from. */
export function Labels({
  asset,
  etag,
  field,
}: {
  asset: AssetDocument;
  etag: string | null;
  field: "owners" | "tags";
}) {
  const mayEdit = useMayEdit();
  const [open, setOpen] = useState(false);
  const edit = useEditAsset(asset.id, etag);
  const toast = useToast();
  const values = asset.attributes[field];
  const one = field === "owners" ? "owner" : "tag";
  const save = (next: string[] | null) =>
    edit.mutate(
      { [field]: next },
      {
        onSuccess: (saved) => {
          setOpen(false);
          toast(saved.warnings[0]?.message ?? "Saved", () => edit.mutate({ [field]: values }));
        },
      },
    );
  if (open) {
    return (
      <LabelForm
        one={one}
        values={values}
        saving={edit.isPending}
        error={edit.error}
        onSave={save}
        onClose={() => setOpen(false)}
      />
    );
  }
  return (
    <span className={css.labels}>
      {values.length === 0 && <span className="t3">–</span>}
      {values.map((v) =>
        field === "tags" ? (
          <Link key={v} className="tag" to="/tags/$tag" params={{ tag: v }}>
            {v}
          </Link>
        ) : (
          <Link key={v} to="/owners/$owner" params={{ owner: v }}>
            {v}
          </Link>
        ),
      )}
      {mayEdit && asset.attributes.present && (
        <button
          type="button"
          className="btn quiet sm"
          aria-label={`Edit ${field}`}
          onClick={() => {
            edit.reset();
            setOpen(true);
          }}
        >
          {values.length === 0 ? "Add" : "Edit"}
        </button>
      )}
    </span>
  );
}
