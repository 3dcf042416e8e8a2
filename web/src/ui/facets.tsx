import type { ReactNode } from "react";
import { number } from "@/lib/count";
import { Kind, kindName } from "./kind";

/** A value of a facet, with how many rows have it. */
export interface FacetValue {
  value: string;
  count?: number;
  label?: ReactNode;
}

interface Props {
  name: string;
  values: FacetValue[];
  chosen: string[];
  onChange: (chosen: string[]) => void;
  several?: boolean; // more than one may be chosen
}

const shown = 12;

/** The values of one property, each with its count. The most frequent ones are listed, and those that are chosen. */
export function Facet({ name, values, chosen, onChange, several }: Props) {
  const listed = values.filter((v, i) => i < shown || chosen.includes(v.value));
  const missing = chosen
    .filter((c) => !values.some((v) => v.value === c))
    .map((value) => ({ value, count: 0, label: undefined }));
  if (listed.length + missing.length === 0) return null;
  const toggle = (value: string) => {
    if (chosen.includes(value)) onChange(chosen.filter((c) => c !== value));
    else onChange(several ? [...chosen, value] : [value]);
  };
  return (
    <fieldset>
      <legend className="label">{name}</legend>
      {[...listed, ...missing].map((v) => (
        <label key={v.value}>
          <input type="checkbox" checked={chosen.includes(v.value)} onChange={() => toggle(v.value)} />
          {v.label ?? <span className="cut">{v.value}</span>}
          {v.count !== undefined && <span className="n">{number(v.count)}</span>}
        </label>
      ))}
      {values.length > listed.length && <p className="s t3">{number(values.length - listed.length)} more, by search</p>}
    </fieldset>
  );
}

/** The counts of a breakdown as values, the most frequent first. */
export function facetValues(counts: Record<string, number> | undefined): FacetValue[] {
  return Object.entries(counts ?? {})
    .sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]))
    .map(([value, count]) => ({ value, count }));
}

/** The counts of kinds as values, each with its mark. */
export function kindValues(counts: Record<string, number> | undefined): FacetValue[] {
  return facetValues(counts).map((v) => ({
    ...v,
    label: (
      <>
        <Kind kind={v.value} size={13} />
        <span className="cut">{kindName(v.value)}</span>
      </>
    ),
  }));
}
