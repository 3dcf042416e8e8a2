import type { AssetDocument } from "./read";

export interface Tab {
  id: string;
  name: string;
}

const all = {
  columns: "Columns",
  definition: "Definition",
  lineage: "Lineage",
  code: "Code",
  tests: "Tests",
  runs: "Runs",
  changes: "Changes",
  docs: "Docs",
};

type TabID = keyof typeof all;

const ofKind: Record<string, TabID[]> = {
  source: ["columns", "lineage", "tests", "runs", "changes", "docs"],
  seed: ["columns", "lineage", "tests", "runs", "changes", "docs"],
  metric: ["definition", "lineage", "changes", "docs"],
  semantic_model: ["definition", "lineage", "changes", "docs"],
  saved_query: ["definition", "lineage", "runs", "changes", "docs"],
  exposure: ["definition", "lineage", "changes", "docs"],
  unit_test: ["definition", "lineage", "runs", "changes", "docs"],
  macro: ["code", "definition", "changes", "docs"],
  doc: ["definition", "changes"],
  group: ["definition", "changes", "docs"],
  analysis: ["code", "lineage", "changes", "docs"],
  operation: ["code", "lineage", "runs", "changes", "docs"],
  function: ["code", "definition", "lineage", "runs", "changes", "docs"],
};

const names: Record<string, Partial<Record<TabID, string>>> = {
  source: { runs: "Freshness" },
  exposure: { definition: "Depends on" },
  macro: { definition: "Used by" },
  doc: { definition: "Used by" },
  group: { definition: "Members" },
};

/** The tabs of an asset, by its kind; the first one is shown without `tab` in the address. */
export function tabsOf(asset: AssetDocument): Tab[] {
  const kind = asset.attributes.kind;
  const ids = ofKind[kind] ?? ["columns", "lineage", "code", "tests", "runs", "changes", "docs"];
  return ids.map((id) => ({ id, name: names[kind]?.[id] ?? all[id] }));
}
