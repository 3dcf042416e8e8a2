import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Field } from "@/ui/field";
import { fieldErrors, Refused } from "@/ui/refused";
import type { TabProps } from "./integration";

/** Which schemas of a warehouse are read. dbt reports its own. */
export function SchemaChoice({ item, save }: TabProps) {
  const { schemas, kind, schema_id } = item.attributes;
  const [include, setInclude] = useState((schemas?.include ?? []).join("\n"));
  const [exclude, setExclude] = useState((schemas?.exclude ?? []).join("\n"));
  const [fresh, setFresh] = useState(schemas?.new ?? true);
  const [error, setError] = useState<unknown>();
  const refused = fieldErrors(error);
  if (kind === "dbt_core")
    return (
      <p className="t2">
        dbt reports which schemas its tables lie in, and all of them are read. The tables are in{" "}
        <Link to="/assets" search={{ schema: schema_id }}>
          {schema_id}
        </Link>
        .
      </p>
    );
  return (
    <form
      className="formnarrow"
      aria-label="Schemas"
      onSubmit={async (e) => {
        e.preventDefault();
        setError(undefined);
        try {
          await save({ schemas: { include: lines(include), exclude: lines(exclude), new: fresh } });
        } catch (err) {
          setError(err);
        }
      }}
    >
      <Field
        label="Read only these"
        optional
        rows={4}
        mono
        value={include}
        onChange={setInclude}
        hint="A pattern per line, such as analytics_*; one with a dot matches database and schema. Without any all are read."
        error={refused("schemas.include")}
      />
      <Field
        label="Leave out"
        optional
        rows={4}
        mono
        value={exclude}
        onChange={setExclude}
        hint="Tables of these that were read before are flagged as removed. Nothing that people wrote is deleted."
        error={refused("schemas.exclude")}
      />
      <div className="field">
        <label className="switch">
          <input
            type="checkbox"
            role="switch"
            aria-checked={fresh}
            checked={fresh}
            onChange={(e) => setFresh(e.target.checked)}
          />
          Read new schemas as they appear
        </label>
      </div>
      <Refused error={error} fields={["schemas.include", "schemas.exclude"]} />
      <div className="row formend">
        <button type="submit" className="btn pri">
          Save
        </button>
      </div>
    </form>
  );
}

function lines(text: string): string[] {
  return text
    .split("\n")
    .map((l) => l.trim())
    .filter(Boolean);
}
