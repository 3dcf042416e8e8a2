import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { usePage } from "@/app/crumbs";
import { useKeys } from "@/app/keys";
import { usePatch } from "@/app/scope";
import { Empty, Failed, Note, Skeleton } from "@/ui/feedback";
import { Filters, Selector, Steps, Traced, ViewSwitch } from "./bar";
import { Coach } from "./coach";
import { ExportMenu } from "./exportmenu";
import { Counted, Graph } from "./graph";
import { Outline } from "./outline";
import css from "./page.module.css";
import { Peek } from "./peek";
import { PickColumn } from "./pick";
import { columnOf, type Lineage, useBeginning, useLineage, type Wish } from "./read";
import { stepsOf } from "./steps";
import { EdgeTable } from "./table";
import { type Patch, useActions } from "./use";
import { wishOf } from "./wish";

/** Part of the graph as a dbt selector means it, as boxes and lines, an outline, or a table. */
export default function Page() {
  const search = useSearch({ strict: false }) as Record<string, unknown>;
  const begins = search.select === undefined;
  const beginning = useBeginning(begins);
  const wish = wishOf(search, beginning.data?.select ?? "");
  const usable = !begins || beginning.data !== undefined;
  if (beginning.error) {
    return (
      <main id="main" className="page" tabIndex={-1}>
        <Failed what="Lineage" error={beginning.error} retry={() => beginning.refetch()} />
      </main>
    );
  }
  return usable ? (
    <Shown wish={wish} table={search.view === "table"} outline={search.outline !== "off"} />
  ) : (
    <Loading />
  );
}

function Loading() {
  usePage("Lineage");
  return (
    <main id="main" className="page" tabIndex={-1}>
      <Skeleton />
    </main>
  );
}

function Shown({ wish, table, outline }: { wish: Wish; table: boolean; outline: boolean }) {
  const set = usePatch();
  const patch: Patch = (changes, push) => set({ select: wish.select, ...changes }, !push);
  const lineage = useLineage(wish);
  const act = useActions(wish, lineage, patch);
  const { scene, graph } = lineage;
  const project = graph.data?.data.nodes[0]?.attributes.project;
  const name = scene?.focus?.name ?? wish.select;
  const title = name ? `Lineage of ${name}` : "Lineage";
  usePage(title, project ? [{ name: project }] : []);
  const wide = useWide();
  const [asked, setAsked] = useState<boolean>();
  const shown = asked ?? (wide && outline);
  useKeys({
    t: { does: "Outline", group: "Lineage", run: () => setAsked(!shown) },
  });
  return (
    <main id="main" className={`page flush ${css.page}`} tabIndex={-1}>
      <h1 className="vh">{title}</h1>
      <div className="gbar">
        <Selector
          select={wish.select}
          onChange={(select) => patch({ select, box: undefined, fold: undefined }, true)}
        />
        <Steps onStep={(side) => act.steps(side, 1)} />
        <Traced
          columns={wish.columns}
          nameOf={(c) => nameOfColumn(c, lineage)}
          onRemove={(c) => patch({ columns: wish.columns.filter((other) => other !== c) }, true)}
          onAdd={act.pick}
        />
        <Filters wish={wish} traced={wish.columns.length > 0} onPatch={(changes) => patch(changes)} />
        <div className="row end gap2">
          <ViewSwitch table={table} onChange={(t) => patch({ view: t ? "table" : undefined })} />
          {scene && <ExportMenu scene={scene} steps={stepsOf(lineage.traces.replies)} name={title} />}
        </div>
      </div>
      <Problems lineage={lineage} />
      <Body lineage={lineage} wish={wish} table={table} shown={shown} patch={patch} act={act} title={title} />
      {act.picking && (
        <PickColumn
          asset={act.picking.id}
          name={act.picking.name}
          traced={lineage.columns.filter((c) => c.asset === act.picking?.id).map((c) => c.name)}
          onPick={act.trace}
          onClose={act.stopPicking}
        />
      )}
    </main>
  );
}

interface BodyProps {
  lineage: Lineage;
  wish: Wish;
  table: boolean;
  shown: boolean;
  patch: Patch;
  act: ReturnType<typeof useActions>;
  title: string;
}

function Body({ lineage, wish, table, shown, patch, act, title }: BodyProps) {
  const navigate = useNavigate();
  const { scene, graph } = lineage;
  if (graph.error && !graph.isFetching) return null;
  if (!scene) {
    return (
      <div className={css.middle}>
        <Skeleton />
      </div>
    );
  }
  if (scene.boxes.length === 0) {
    const clear = () => patch({ select: undefined, columns: undefined, box: undefined, kind: undefined }, true);
    return (
      <Empty
        title={wish.select || wish.kind ? "Nothing is selected" : "There is no lineage yet"}
        actions={
          wish.select || wish.kind ? (
            <button type="button" className="btn" onClick={clear}>
              Clear
            </button>
          ) : (
            <button type="button" className="btn pri" onClick={() => navigate({ to: "/" })}>
              Send artifacts
            </button>
          )
        }
      >
        {graph.data?.meta.warnings?.map((w) => w.message).join(" ") ??
          (wish.select
            ? "No table, exposure or metric of this schema matches the selector and the kinds."
            : "It comes with the manifest of a dbt project.")}
      </Empty>
    );
  }
  if (table) {
    return (
      <div className={css.table}>
        <EdgeTable lineage={lineage} scene={scene} />
      </div>
    );
  }
  const traced = wish.columns.length > 0;
  return (
    <div className={`${css.body} ${shown ? "" : css.alone}`}>
      {shown && (
        <Outline
          scene={scene}
          selected={wish.box}
          onSelect={(id) => patch({ box: wish.box === id ? undefined : id })}
          onOpen={act.open}
        />
      )}
      <div className={css.pane}>
        <Coach />
        <Graph
          scene={scene}
          label={`${title}: ${scene.boxes.length} boxes`}
          selected={wish.box}
          actions={act.actions}
          about={`${scene.focus?.id ?? graph.data?.meta.version} ${traced}`}
          legend={traced}
          counted={<Counted scene={scene} columns={traced} />}
          peek={
            act.selected &&
            !act.selected.fold && (
              <Peek
                box={act.selected}
                onFocus={() => act.selected && act.focusOn(act.selected)}
                onTrace={() => act.selected && act.actions.trace(act.selected)}
                onClose={() => patch({ box: undefined })}
              />
            )
          }
        />
      </div>
    </div>
  );
}

function nameOfColumn(column: string, lineage: Lineage): string {
  const of = columnOf(column, lineage.focus);
  if (!of || of.asset === lineage.focus) return of?.name ?? column;
  return `${lineage.scene?.byId.get(of.asset)?.name ?? of.asset}.${of.name}`;
}

function Problems({ lineage }: { lineage: Lineage }) {
  const { graph, traces } = lineage;
  const warnings = graph.data?.data.nodes.length ? (graph.data.meta.warnings ?? []) : [];
  if (!graph.error && !traces.failed && warnings.length === 0) return null;
  return (
    <div className={css.note}>
      {graph.error && <Failed what="The graph" error={graph.error} retry={() => graph.refetch()} />}
      {traces.failed && <Failed what="The column" error={traces.failed.error} retry={() => traces.failed?.refetch()} />}
      {warnings.map((w) => (
        <Note key={w.message} tone="warn">
          {w.message}
        </Note>
      ))}
    </div>
  );
}

const wideQuery = "(min-width: 1001px)";

function useWide(): boolean {
  const [wide, setWide] = useState(() => matchMedia(wideQuery).matches);
  useEffect(() => {
    const query = matchMedia(wideQuery);
    const change = () => setWide(query.matches);
    query.addEventListener("change", change);
    return () => query.removeEventListener("change", change);
  }, []);
  return wide;
}
