import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api, read, type Schemas } from "@/api/client";
import { count } from "@/lib/count";
import { Dialog } from "@/ui/dialog";
import { Failed } from "@/ui/feedback";
import { Field } from "@/ui/field";
import { useToast } from "@/ui/toast";

/** Asks for the name of a schema before it is deleted. */
export function DeleteSchema({ schema, onClose }: { schema: Schemas["ResourceSchema"]; onClose: () => void }) {
  const { name, tables } = schema.attributes;
  const [typed, setTyped] = useState("");
  const queries = useQueryClient();
  const navigate = useNavigate();
  const toast = useToast();
  const remove = useMutation({
    mutationFn: () =>
      read(api.DELETE("/api/v1/schemas/{id}", { params: { path: { id: schema.id }, query: { confirm: typed } } })),
    onSuccess: async () => {
      toast(`${name} is deleted; its data is purged after 30 days.`);
      await navigate({ to: "/schemas", search: { schema: undefined } as never });
      queries.invalidateQueries({ queryKey: ["schemas"] });
      onClose();
    },
  });
  return (
    <Dialog
      title={`Delete ${name}`}
      onClose={onClose}
      actions={
        <>
          <button type="button" className="btn" onClick={onClose}>
            Keep it
          </button>
          <button
            type="button"
            className="btn bad"
            disabled={typed !== name || remove.isPending}
            onClick={() => remove.mutate()}
          >
            Delete {schema.id}
          </button>
        </>
      }
    >
      <p>
        {count(tables, "table")} with their columns, lineage, history and what people wrote disappear at once and are
        purged after 30 days. The Schema ID {schema.id} is never given again.
      </p>
      <Field label={`Type ${name} to confirm`} value={typed} onChange={setTyped} />
      {remove.isError && <Failed error={remove.error} what="The deletion" />}
    </Dialog>
  );
}
