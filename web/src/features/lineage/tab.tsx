import { Link, useSearch } from "@tanstack/react-router";
import { usePatch } from "@/app/scope";
import { Copy } from "@/ui/copy";
import { Empty, Failed, Skeleton } from "@/ui/feedback";
import { Icon } from "@/ui/icon";
import { Filters, Steps, Traced } from "./bar";
import { Counted, Graph } from "./graph";
import { Peek } from "./peek";
import { PickColumn } from "./pick";
import { around, columnOf, useLineage } from "./read";
import css from "./tab.module.css";
import { type Patch, useActions } from "./use";
import { wishOf } from "./wish";

interface Props {
  asset: { id: string; name: string; kind: string; unique_id: string | null };
}

/**
 * The graph around an asset, as a part of another page. It keeps what it shows in that page's address, by the names of
 * the lineage page: select, columns, kinds, confidence, rows, kind, box.
 */
export default function LineageTab({ asset }: Props) {
  const search = useSearch({ strict: false }) as Record<string, unknown>;
  const wish = wishOf(search, around(asset));
  const set = usePatch();
  const patch: Patch = (changes, push) => set(changes, !push);
  const lineage = useLineage(wish);
  const act = useActions(wish, lineage, patch);
  const { scene, graph } = lineage;
  const traced = wish.columns.length > 0;
  return (
    <section aria-label="Lineage graph">
      <div className={`row wrap ${css.bar}`}>
        <Steps onStep={(side) => act.steps(side, 1)} />
        <Traced
          columns={wish.columns}
          nameOf={(c) => columnOf(c, lineage.focus)?.name ?? c}
          onRemove={(c) => patch({ columns: wish.columns.filter((other) => other !== c) }, true)}
          onAdd={act.pick}
        />
        <Filters wish={wish} traced={traced} onPatch={(changes) => patch(changes)} />
        <span className={`row wrap end gap2 ${css.ways}`}>
          <Copy text={wish.select} label="Copy selector, s" className={`btn sm ${css.selector}`}>
            <code className="cut">{wish.select}</code>
          </Copy>
          <Link
            className="btn sm"
            to="/lineage"
            search={
              {
                select: wish.select,
                columns: wish.columns,
                kinds: wish.kinds,
                confidence: wish.confidence,
                kind: wish.kind,
                rows: wish.rows ? "on" : undefined,
              } as never
            }
          >
            <Icon name="open" size={13} />
            Full screen
          </Link>
        </span>
      </div>
      {graph.error && !graph.isFetching && (
        <Failed what="The graph" error={graph.error} retry={() => graph.refetch()} />
      )}
      {lineage.traces.failed && (
        <Failed what="The column" error={lineage.traces.failed.error} retry={() => lineage.traces.failed?.refetch()} />
      )}
      {!scene && !graph.error && <Skeleton />}
      {scene && scene.boxes.length === 0 && (
        <Empty title={`${asset.name} has no lineage`}>Nothing that is known feeds it or uses it.</Empty>
      )}
      {scene && scene.boxes.length > 0 && (
        <div className={css.pane}>
          <Graph
            scene={scene}
            label={`Lineage of ${asset.name}: ${scene.boxes.length} boxes`}
            selected={wish.box}
            actions={act.actions}
            about={`${scene.focus?.id} ${traced}`}
            wheelPans={false}
            legend={traced}
            counted={<Counted scene={scene} columns={traced} />}
            peek={
              act.selected &&
              !act.selected.fold && (
                <Peek
                  box={act.selected}
                  onFocus={() => act.selected && act.open(act.selected.id)}
                  onTrace={() => act.selected && act.actions.trace(act.selected)}
                  onClose={() => patch({ box: undefined })}
                />
              )
            }
          />
        </div>
      )}
      {act.picking && (
        <PickColumn
          asset={act.picking.id}
          name={act.picking.name}
          traced={lineage.columns.filter((c) => c.asset === act.picking?.id).map((c) => c.name)}
          onPick={act.trace}
          onClose={act.stopPicking}
        />
      )}
    </section>
  );
}
