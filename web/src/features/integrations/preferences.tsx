import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, read } from "@/api/client";
import { type Policy, PolicyTable } from "@/features/schema/policy";
import { Failed, Skeleton } from "@/ui/feedback";
import { useToast } from "@/ui/toast";
import type { TabProps } from "./integration";

/** What is read, and whose value is shown where dbt and a person disagree. */
export function Preferences({ item, save, onRemove }: TabProps & { onRemove: () => void }) {
  const a = item.attributes;
  const [only, setOnly] = useState(a.artifacts_only);
  const schema = useQuery({
    queryKey: ["schema", a.schema_id, "policy"],
    queryFn: ({ signal }) => read(api.GET("/api/v1/schemas/{id}", { params: { path: { id: a.schema_id } }, signal })),
  });
  return (
    <div className="formwide">
      <section className="sect">
        <header>
          <h2>When dbt and a person disagree</h2>
        </header>
        <p className="t2">Decides which text is shown. The other one is kept and can be seen under “Sources”.</p>
        {schema.isError && <Failed error={schema.error} what="The policy" retry={schema.refetch} />}
        {schema.isPending && !schema.isError && <Skeleton rows={5} />}
        {schema.data && (
          <PolicyForm
            key={JSON.stringify(schema.data.data.attributes.policy)}
            id={a.schema_id}
            policy={schema.data.data.attributes.policy as Policy}
            onSaved={() => schema.refetch()}
          />
        )}
      </section>
      {a.kind === "dbt_core" && (
        <section className="sect">
          <header>
            <h2>What to read</h2>
          </header>
          <label className="switch">
            <input
              type="checkbox"
              role="switch"
              aria-checked={!only}
              checked={!only}
              onChange={async () => {
                setOnly(!only);
                await save({ artifacts_only: !only });
              }}
            />
            catalog, sources and semantic manifest too
          </label>
          <p className="hint">Off: only manifest.json and run_results.json.</p>
        </section>
      )}
      {a.kind === "dbt_core" && (
        <section className="sect">
          <header>
            <h2>When a table leaves dbt</h2>
          </header>
          <label className="switch">
            <input
              type="checkbox"
              role="switch"
              aria-checked={a.staling}
              checked={a.staling}
              onChange={() => save({ staling: !a.staling })}
            />
            Mark it as removed
          </label>
          <p className="hint">
            It keeps its page and history, and comes back with the same id. Off: it stays as it is, from the next
            manifest on.
          </p>
        </section>
      )}
      <section className="sect">
        <header>
          <h2>Delete</h2>
        </header>
        <button type="button" className="btn bad" onClick={onRemove}>
          Delete integration…
        </button>
      </section>
    </div>
  );
}

function PolicyForm({ id, policy, onSaved }: { id: string; policy: Policy; onSaved: () => void }) {
  const [chosen, setChosen] = useState(policy);
  const [error, setError] = useState<unknown>();
  const toast = useToast();
  const changed = JSON.stringify(chosen) !== JSON.stringify(policy);
  return (
    <form
      aria-label="Policy"
      onSubmit={async (e) => {
        e.preventDefault();
        try {
          await read(api.PATCH("/api/v1/schemas/{id}", { params: { path: { id } }, body: { policy: chosen } }));
          toast("Saved.");
          onSaved();
        } catch (err) {
          setError(err);
        }
      }}
    >
      <PolicyTable policy={chosen} onChange={setChosen} />
      {error !== undefined && <Failed error={error} what="The policy" />}
      <div className="row formend">
        <button type="submit" className="btn pri" disabled={!changed}>
          Save
        </button>
        <button type="button" className="btn quiet" disabled={!changed} onClick={() => setChosen(policy)}>
          Discard
        </button>
      </div>
    </form>
  );
}
