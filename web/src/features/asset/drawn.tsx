import { Link, useNavigate } from "@tanstack/react-router";
import { Counted, Graph } from "@/features/lineage/graph";
import { around, useLineage, type Wish } from "@/features/lineage/read";
import { Failed, Skeleton } from "@/ui/feedback";
import { Icon } from "@/ui/icon";
import css from "./page.module.css";
import type { AssetDocument } from "./read";

/** The neighbours of an asset, drawn. The page of the lineage has the rest. */
export function Drawn({ asset }: { asset: AssetDocument }) {
  const navigate = useNavigate();
  const a = asset.attributes;
  const select = around({ name: a.name, kind: a.kind, unique_id: a.dbt?.unique_id ?? null });
  const wish: Wish = {
    select,
    columns: [],
    kinds: undefined,
    confidence: undefined,
    kind: undefined,
    rows: false,
    fold: undefined,
    box: undefined,
  };
  const { scene, graph } = useLineage(wish);
  const onPage = (search: Record<string, string>) => navigate({ to: "/lineage", search: search as never });
  if (graph.isError) return <Failed error={graph.error} what="The picture" retry={graph.refetch} />;
  return (
    <>
      <div className="row wrap" style={{ marginBottom: 10 }}>
        <span className="t3 s">one step each way</span>
        <Link className="btn sm end" to="/lineage" search={{ select } as never}>
          <Icon name="open" size={13} />
          Full screen
        </Link>
      </div>
      <div className={css.drawn}>
        {scene ? (
          <Graph
            scene={scene}
            label={`Neighbours of ${a.name}`}
            selected={asset.id}
            about={select}
            wheelPans={false}
            counted={<Counted scene={scene} columns={false} />}
            actions={{
              select: (b) => !b.fold && navigate({ to: "/n/$id", params: { id: b.id } }),
              open: (b) => navigate({ to: "/n/$id", params: { id: b.id } }),
              step: (b) =>
                onPage({ select: `${select} ${around({ name: b.name, kind: b.kind, unique_id: b.uniqueId })}` }),
              unfold: () => onPage({ select }),
              trace: () => onPage({ select }),
            }}
          />
        ) : (
          <Skeleton rows={5} />
        )}
      </div>
    </>
  );
}
