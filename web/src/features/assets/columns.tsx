import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Schemas } from "@/api/client";
import { duration, when } from "@/lib/time";
import { AssetLink } from "@/ui/assetlink";
import { plainText } from "@/ui/markdown";
import { StateMark, type StateName } from "@/ui/state";

type Row = Schemas["ResourceAsset"];

/** What the table is sorted by; a minus is the largest first. */
export type Sort = SortKey | `-${SortKey}`;
type SortKey = "name" | "kind" | "updated_at" | "downstream";

/** A column of the table of assets: how it is drawn, and its text in a file. */
export interface Column {
  name: string;
  title: string;
  numeric?: boolean;
  sort?: SortKey;
  width: string;
  text: (row: Row) => string | number | null;
  cell?: (row: Row) => ReactNode;
}

/** The columns that are shown until others are chosen. */
export const defaultColumns = ["schema", "description", "owner", "columns", "upstream", "downstream", "tests", "ran"];

const none = <span className="t3">–</span>;

/** All columns, in their order. */
export const columns: Column[] = [
  {
    name: "name",
    title: "Name",
    sort: "name",
    width: "22%",
    text: (r) => r.attributes.name,
    cell: (r) => (
      <AssetLink id={r.id} name={r.attributes.name} kind={r.attributes.kind} materialized={r.attributes.materialized} />
    ),
  },
  { name: "schema", title: "Schema", width: "11%", text: (r) => r.attributes.relation?.schema ?? null },
  {
    name: "description",
    title: "Description",
    width: "24%",
    text: (r) => plainText(r.attributes.description.value ?? "") || null,
  },
  {
    name: "owner",
    title: "Owner",
    width: "12%",
    text: (r) => r.attributes.owners?.join(", ") || null,
    cell: (r) =>
      r.attributes.owners?.[0] ? (
        <Link className="plain" to="/owners/$owner" params={{ owner: r.attributes.owners[0] }}>
          {r.attributes.owners[0]}
          {r.attributes.owners.length > 1 && <span className="t3"> +{r.attributes.owners.length - 1}</span>}
        </Link>
      ) : (
        none
      ),
  },
  { name: "columns", title: "Cols", numeric: true, width: "6%", text: (r) => r.attributes.columns || null },
  { name: "upstream", title: "In", numeric: true, width: "5%", text: (r) => r.attributes.upstream ?? null },
  {
    name: "downstream",
    title: "Out",
    sort: "downstream",
    numeric: true,
    width: "6%",
    text: (r) => r.attributes.downstream ?? null,
  },
  {
    name: "tests",
    title: "Tests",
    width: "8%",
    text: (r) => testText(r.attributes.tests),
    cell: (r) => <Tests of={r.attributes.tests} />,
  },
  {
    name: "ran",
    title: "Ran in",
    numeric: true,
    width: "7%",
    text: (r) => r.attributes.last_run?.execution_time ?? null,
    cell: (r) => (r.attributes.last_run ? duration(r.attributes.last_run.execution_time) : none),
  },
  { name: "database", title: "Database", width: "11%", text: (r) => r.attributes.relation?.database ?? null },
  { name: "package", title: "Package", width: "11%", text: (r) => r.attributes.dbt?.package_name ?? null },
  { name: "materialized", title: "Materialized", width: "10%", text: (r) => r.attributes.materialized ?? null },
  { name: "tags", title: "Tags", width: "12%", text: (r) => r.attributes.tags?.join(", ") || null },
  { name: "path", title: "File", width: "20%", text: (r) => r.attributes.dbt?.original_file_path ?? null },
  {
    name: "updated",
    title: "Changed",
    sort: "updated_at",
    width: "10%",
    text: (r) => r.attributes.updated_at,
    cell: (r) => when(r.attributes.updated_at),
  },
];

type Counts = Row["attributes"]["tests"];

function testText(tests: Counts): string | null {
  if (!tests) return null;
  const all = tests.pass + tests.warn + tests.fail + tests.error + tests.skipped + tests.unknown;
  return all === 0 ? null : `${tests.pass} of ${all} pass`;
}

function Tests({ of }: { of: Counts }) {
  if (!of) return none;
  const all = of.pass + of.warn + of.fail + of.error + of.skipped + of.unknown;
  if (all === 0) return none;
  const worst: [StateName, number] | undefined =
    of.error > 0 ? ["error", of.error] : of.fail > 0 ? ["fail", of.fail] : of.warn > 0 ? ["warn", of.warn] : undefined;
  return (
    <span className="row gap3">
      <StateMark state={worst?.[0] ?? (of.pass > 0 ? "pass" : "none")} />
      {worst ? `${worst[1]} of ${all}` : all}
    </span>
  );
}
