import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Problem } from "@/api/problem";
import { usePage } from "@/app/crumbs";
import { useKeys } from "@/app/keys";
import { usePatch, useScope } from "@/app/scope";
import { copy } from "@/ui/copy";
import { Failed, Skeleton } from "@/ui/feedback";
import { Tabs } from "@/ui/tabs";
import { useToast } from "@/ui/toast";
import { Chooser } from "./chooser";
import { Head } from "./head";
import { Rail } from "./rail";
import { type AssetDocument, inGraph, selectorOf, useAsset } from "./read";
import { TabBody } from "./tabbody";
import { type Tab, tabsOf } from "./tabs";
import { Removed, Unknown } from "./unknown";
import { wayTo } from "./way";

/** An asset: what it is, whether it is well, and everything about it in tabs. */
export default function Page() {
  const { id } = useParams({ strict: false }) as { id: string };
  const { tab, removed } = useSearch({ strict: false }) as { tab?: string; removed?: string };
  const { at } = useScope();
  const found = useAsset(id);
  const asset = found.data?.asset;
  usePage(asset?.attributes.name ?? lastPart(id), asset ? wayTo(asset) : []);
  if (found.isError && !asset) {
    const problem = found.error instanceof Problem ? found.error : undefined;
    if (problem?.status === 404) return <Unknown id={id} />;
    if (problem?.status === 409) return <Chooser id={id} candidates={problem.candidates} detail={problem.message} />;
  }
  if (asset && !asset.attributes.present && !at && !removed) return <Removed asset={asset} asked={id} />;
  return (
    <main id="main" className="page" tabIndex={-1}>
      {asset ? (
        <Shown asset={asset} etag={found.data?.etag ?? null} tab={tab} />
      ) : found.isError ? (
        <Failed error={found.error} what="The asset" retry={found.refetch} />
      ) : (
        <Skeleton rows={10} />
      )}
    </main>
  );
}

function Shown({ asset, etag, tab }: { asset: AssetDocument; etag: string | null; tab?: string }) {
  const tabs = tabsOf(asset);
  const current = tabs.find((t) => t.id === tab) ?? tabs[0];
  useAssetKeys(asset, tabs, current);
  return (
    <>
      <Head asset={asset} etag={etag} />
      <Tabs label={asset.attributes.name} tabs={counted(asset, tabs)} current={current?.id ?? ""} />
      <div className="cols">
        <div>{current && <TabBody asset={asset} etag={etag} tab={current.id} />}</div>
        <Rail asset={asset} etag={etag} />
      </div>
    </>
  );
}

/** The tabs with their numbers. */
function counted(asset: AssetDocument, tabs: Tab[]) {
  const a = asset.attributes;
  const tests = Object.values(a.tests).reduce((sum, n) => sum + n, 0);
  const counts: Record<string, string | number | undefined> = {
    columns: a.columns || undefined,
    lineage: `${a.upstream} in, ${a.downstream} out`,
    tests,
  };
  return tabs.map((t) => ({ ...t, count: counts[t.id], bad: t.id === "tests" && a.tests.fail + a.tests.error > 0 }));
}

function useAssetKeys(asset: AssetDocument, tabs: Tab[], current: Tab | undefined): void {
  const patch = usePatch();
  const toast = useToast();
  const navigate = useNavigate();
  const step = (by: number) => {
    const at = tabs.findIndex((t) => t.id === current?.id);
    const next = tabs[(at + by + tabs.length) % tabs.length];
    patch({ tab: next === tabs[0] ? undefined : next?.id });
  };
  const put = async (text: string) =>
    toast((await copy(text)) ? `Copied ${text}` : "The browser did not let it be copied");
  const name = asset.attributes.dbt?.unique_id ?? asset.id;
  useKeys({
    "[": { does: "Previous tab", run: () => step(-1) },
    "]": { does: "Next tab", run: () => step(1) },
    y: { does: "Copy the unique_id", run: () => put(name) },
    Y: { does: "Copy the link", run: () => put(location.href) },
    ...(inGraph(asset) && {
      s: { does: "Copy the selector", run: () => put(`1+${selectorOf(asset)}+1`) },
      L: {
        does: "Open its lineage",
        run: () => navigate({ to: "/lineage", search: { select: `1+${selectorOf(asset)}+1` } as never }),
      },
    }),
  });
}

function lastPart(id: string): string {
  return id.split(".").at(-1)?.replace(/"/g, "") || id;
}
