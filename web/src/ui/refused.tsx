import { Problem } from "@/api/problem";
import { Note } from "./feedback";

/**
 * Why a form was refused, unless the reason is beside one of its fields: those that have errors of their own, all if
 * none are named.
 */
export function Refused({ error, fields }: { error: unknown; fields?: string[] }) {
  if (!error) return null;
  const problem = error instanceof Problem ? error : undefined;
  const beside = problem?.errors.some((e) => !fields || fields.includes(e.field.replace("credentials.", "")));
  if (beside) return null;
  return (
    <div className="formend" role="alert">
      <Note tone="bad">
        {error instanceof Error ? error.message : "It did not work."}{" "}
        {problem && <code className="t3">{problem.code}</code>}
      </Note>
    </div>
  );
}

/** The messages for the fields of a form, by name; none unless the server refused it. */
export function fieldErrors(error: unknown): (field: string) => string | undefined {
  return (field) => {
    if (!(error instanceof Problem)) return undefined;
    return error.field(field) ?? error.field(`credentials.${field}`);
  };
}
