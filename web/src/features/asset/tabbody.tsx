import { lazy, Suspense } from "react";
import { Skeleton } from "@/ui/feedback";
import { ColumnsTab } from "./columns";
import { Description } from "./description";
import type { AssetDocument } from "./read";

const tabs = {
  definition: lazy(() => import("./definition")),
  lineage: lazy(() => import("./lineage")),
  code: lazy(() => import("./code")),
  tests: lazy(() => import("./tests")),
  runs: lazy(() => import("./runs")),
  changes: lazy(() => import("./changes")),
  docs: lazy(() => import("./docs")),
};

const described = ["columns", "definition"];

/** What a tab shows. All but the first are loaded when they are opened. */
export function TabBody({ asset, etag, tab }: { asset: AssetDocument; etag: string | null; tab: string }) {
  const Tab = tabs[tab as keyof typeof tabs];
  return (
    <>
      {described.includes(tab) && <Description key={asset.id} asset={asset} etag={etag} />}
      {tab === "columns" && <ColumnsTab asset={asset} />}
      {Tab && (
        <Suspense fallback={<Skeleton rows={5} />}>
          <Tab key={asset.id} asset={asset} etag={etag} />
        </Suspense>
      )}
    </>
  );
}
