import { useToast } from "@/ui/toast";
import { drafts } from "./edit";
import { Editor } from "./editor";
import type { Text } from "./read";

interface Props {
  label: string;
  draft: string;
  text: Text;
  rule: "description" | "column_description";
  rows?: number;
  edit: { isPending: boolean; error: Error | null };
  write: (description: string | null, done?: (saved: { warnings: unknown[] }) => void) => void;
  onClose: () => void;
}

/** The editor of a description. An empty text withdraws one's own; the toast undoes what was saved. */
export function TextEditor({ label, draft, text, rule, rows, edit, write, onClose }: Props) {
  const toast = useToast();
  return (
    <Editor
      label={label}
      draft={draft}
      text={text.own ?? text.value ?? ""}
      rule={rule}
      rows={rows}
      saving={edit.isPending}
      error={edit.error}
      onClose={onClose}
      onSave={(value) =>
        write(value.trim() === "" ? null : value, (saved) => {
          drafts.write(draft, null);
          onClose();
          toast(saved.warnings.length > 0 ? "Saved, but not shown" : "Saved", () => write(text.own));
        })
      }
    />
  );
}
