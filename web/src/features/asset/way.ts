import type { Crumb } from "@/app/crumbs";
import type { AssetDocument } from "./read";

/** The way to an asset: its project, and the folders of its file or the schema of its table. */
export function wayTo(asset: AssetDocument): Crumb[] {
  const a = asset.attributes;
  const project = asset.relationships?.project?.name ?? a.dbt?.package_name;
  const plural: Record<string, string> = { metric: "Metrics", exposure: "Exposures" };
  if (plural[a.kind]) return [{ name: plural[a.kind] ?? "", link: listOf({ kind: a.kind }) }];
  const folders = a.dbt?.path.split("/").slice(0, -1) ?? [];
  const inside = a.kind === "source" ? [a.dbt?.source_name ?? a.relation?.schema ?? ""] : folders;
  return [
    ...(project ? [{ name: project, link: listOf({ project }) }] : []),
    ...(inside.length > 0 || project ? inside : [a.relation?.database, a.relation?.schema])
      .filter((name): name is string => !!name)
      .map((name) => ({ name })),
  ];
}

const listOf = (search: Record<string, string>) => ({ to: "/assets" as const, search: search as never });
