import { Segments } from "@/ui/segments";

/** Who decides a property: see the table's third column. */
export type Way = "never" | "smart" | "always";

/** The way of each property. */
export type Policy = Record<"description" | "owners" | "tags" | "column_description" | "column_tags", Way>;

const properties: [keyof Policy, string, set: boolean][] = [
  ["description", "Description", false],
  ["owners", "Owners", true],
  ["tags", "Tags", true],
  ["column_description", "Column descriptions", false],
  ["column_tags", "Column tags", true],
];

const ways: { value: Way; label: string }[] = [
  { value: "never", label: "Never" },
  { value: "smart", label: "Smart" },
  { value: "always", label: "Always" },
];

function meaning(way: Way, set: boolean): string {
  if (way === "never") return "nothing is taken from dbt";
  if (way === "smart")
    return set ? "a person’s additions and removals hold until withdrawn" : "a person’s edit wins until withdrawn";
  return set ? "dbt’s and people’s together" : "dbt’s text wins; a person’s shows where dbt has none";
}

/** Per property, whether dbt's value or a person's is shown where they disagree: Never, Smart or Always. */
export function PolicyTable({ policy, onChange }: { policy: Policy; onChange: (policy: Policy) => void }) {
  return (
    <table className="table fold">
      <thead>
        <tr>
          <th scope="col">Property</th>
          <th scope="col">Policy</th>
          <th scope="col">Which means</th>
        </tr>
      </thead>
      <tbody>
        {properties.map(([key, name, set]) => (
          <tr key={key}>
            <td className="w5 nowrap">{name}</td>
            <td>
              <Segments
                label={name}
                values={ways}
                value={policy[key]}
                onChange={(way) => onChange({ ...policy, [key]: way })}
              />
            </td>
            <td className="s t2">{meaning(policy[key], set)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
