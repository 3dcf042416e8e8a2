import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useScope } from "@/app/scope";
import { useEditColumn } from "@/features/asset/edit";
import { LabelForm } from "@/features/asset/labelform";
import type { AssetDocument, Column } from "@/features/asset/read";
import { useToast } from "@/ui/toast";

/** The tags of a column, which people may add to and take from. */
export function ColumnTags({ table, column }: { table: AssetDocument; column: Column }) {
  const { at } = useScope();
  const [open, setOpen] = useState(false);
  const edit = useEditColumn(table.id, column.attributes.name);
  const toast = useToast();
  const tags = column.attributes.tags;
  if (open) {
    return (
      <LabelForm
        one="tag"
        values={tags}
        saving={edit.isPending}
        error={edit.error}
        onClose={() => setOpen(false)}
        onSave={(next) =>
          edit.mutate(
            { tags: next },
            {
              onSuccess: (saved) => {
                setOpen(false);
                toast(saved.warnings[0]?.message ?? "Saved", () => edit.mutate({ tags }));
              },
            },
          )
        }
      />
    );
  }
  return (
    <span>
      {tags.map((t) => (
        <Link key={t} className="tag" to="/assets" search={{ column_tag: t } as never}>
          {t}
        </Link>
      ))}
      {!at && table.attributes.present && (
        <button
          type="button"
          className="btn quiet sm"
          aria-label="Edit tags"
          onClick={() => {
            edit.reset();
            setOpen(true);
          }}
        >
          {tags.length === 0 ? "Add tags" : "Edit"}
        </button>
      )}
    </span>
  );
}
