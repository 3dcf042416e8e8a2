import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api, read, type Schemas } from "@/api/client";
import { Note } from "@/ui/feedback";
import { Field } from "@/ui/field";
import { fieldErrors, Refused } from "@/ui/refused";
import type { TabProps } from "./integration";
import { fieldsOf, type Warehouse, type Way, warehouseNamed } from "./kinds";
import { TrialResult } from "./trial";

/** What an integration connects to. Secrets are never shown; one is sent again when it or what it opens changes. */
export function Connection({ item, save }: TabProps) {
  const a = item.attributes;
  const way: Way | Warehouse = a.source === "warehouse" ? warehouseNamed(a.kind) : a.source;
  const shown = a.credentials as Record<string, unknown>;
  const fields = fieldsOf[way];
  const [name, setName] = useState(a.name);
  const [values, setValues] = useState<Record<string, string>>(() =>
    Object.fromEntries(
      fields.filter((f) => !f.secret).map((f) => [f.name, shown[f.name] === undefined ? "" : String(shown[f.name])]),
    ),
  );
  const [error, setError] = useState<unknown>();
  const refused = fieldErrors(error);
  const test = useMutation({
    mutationFn: () => read(api.POST("/api/v1/integrations/{id}/test", { params: { path: { id: item.id } } })),
  });
  const submit = async () => {
    setError(undefined);
    const credentials: Record<string, unknown> = {};
    for (const f of fields) {
      const value = values[f.name] ?? "";
      if (f.secret ? value !== "" : value !== (shown[f.name] === undefined ? "" : String(shown[f.name])))
        credentials[f.name] = f.name === "port" ? Number(value) : value;
    }
    try {
      await save({
        ...(name !== a.name && { name }),
        ...(Object.keys(credentials).length > 0 && { credentials: credentials as Schemas["Credentials"] }),
      });
    } catch (err) {
      setError(err);
    }
  };
  return (
    <form
      className="formnarrow"
      aria-label="Connection"
      onSubmit={(e) => {
        e.preventDefault();
        submit();
      }}
    >
      <Field label="Name" value={name} onChange={setName} error={refused("name")} required />
      {shown.external_id !== undefined && (
        <Field label="External ID" mono readOnly value={String(shown.external_id)} onChange={() => {}} />
      )}
      {fields.map((f) => (
        <Field
          key={f.name}
          label={f.label}
          optional={f.optional}
          type={f.secret ? "password" : "text"}
          autoComplete={f.secret ? "new-password" : "off"}
          mono={f.mono}
          rows={f.long ? 4 : undefined}
          hint={
            f.secret
              ? `${a.credentials.secrets?.includes(f.name) ? "One is kept; enter another to replace it." : "None is kept."}`
              : f.hint
          }
          value={values[f.name] ?? ""}
          onChange={(v) => setValues((all) => ({ ...all, [f.name]: v }))}
          error={refused(f.name)}
        />
      ))}
      <Refused error={error} fields={["name", ...fields.map((f) => f.name)]} />
      <div className="row formend">
        <button type="submit" className="btn pri">
          Save
        </button>
        <button type="button" className="btn" disabled={test.isPending} onClick={() => test.mutate()}>
          {test.isPending ? "Testing…" : "Test Connection"}
        </button>
      </div>
      {test.error && <Note tone="bad">{test.error.message}</Note>}
      {test.data && <TrialResult trial={test.data.data.attributes} />}
    </form>
  );
}
