import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, read } from "@/api/client";
import { useScope } from "@/app/scope";
import { DiffLines } from "@/ui/difflines";
import type { AssetDocument } from "./read";

/** How the raw code of an asset changed in a version. It is read when it is opened. */
export function CodeDiff({ asset, version }: { asset: AssetDocument; version: number }) {
  const [open, setOpen] = useState(false);
  const { schema_id } = useScope();
  const code = (at: number, signal: AbortSignal) =>
    read(
      api.GET("/api/v1/assets/{id}/code", {
        params: { path: { id: asset.id }, query: { schema_id, at: String(at) } },
        signal,
      }),
    );
  const both = useQuery({
    queryKey: ["codediff", schema_id, asset.id, version],
    enabled: open && version > 1,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: undefined,
    queryFn: async ({ signal }) => {
      const [before, after] = await Promise.all([code(version - 1, signal), code(version, signal)]);
      return { old: before.data.attributes.raw ?? "", next: after.data.attributes.raw ?? "" };
    },
  });
  return (
    <details onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>Show what changed</summary>
      {both.isError && <p className="t3">The code of version {version - 1} is not kept.</p>}
      {both.data && (
        <DiffLines {...both.data} label="What changed in the code" file={asset.attributes.dbt?.original_file_path} />
      )}
    </details>
  );
}
