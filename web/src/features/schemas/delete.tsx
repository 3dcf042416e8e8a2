import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api, read, type Schemas } from "@/api/client";
import { count } from "@/lib/count";
import { Confirm } from "@/ui/confirm";
import { Field } from "@/ui/field";
import { useToast } from "@/ui/toast";

/** Asks for the name of a schema before it is deleted. */
export function DeleteSchema({ schema, onClose }: { schema: Schemas["ResourceSchema"]; onClose: () => void }) {
  const { name, tables } = schema.attributes;
  const [typed, setTyped] = useState("");
  const queries = useQueryClient();
  const navigate = useNavigate();
  const toast = useToast();
  return (
    <Confirm
      title={`Delete ${name}`}
      action={`Delete ${schema.id}`}
      keep="Keep it"
      what="The deletion"
      ready={typed === name}
      run={() =>
        read(api.DELETE("/api/v1/schemas/{id}", { params: { path: { id: schema.id }, query: { confirm: typed } } }))
      }
      onDone={async () => {
        toast(`${name} is deleted; its data is purged after 30 days.`);
        await navigate({ to: "/schemas", search: { schema: undefined } as never });
        queries.invalidateQueries({ queryKey: ["schemas"] });
      }}
      onClose={onClose}
    >
      <p>
        {count(tables, "table")} with their columns, lineage, history and what people wrote disappear at once and are
        purged after 30 days. The Schema ID {schema.id} is never given again.
      </p>
      <Field label={`Type ${name} to confirm`} value={typed} onChange={setTyped} />
    </Confirm>
  );
}
