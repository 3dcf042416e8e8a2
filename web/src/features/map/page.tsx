import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { api, read, type Schemas } from "@/api/client";
import { usePage } from "@/app/crumbs";
import { useKeys } from "@/app/keys";
import { usePatch, useSchema, useScope } from "@/app/scope";
import { one } from "@/app/search";
import { ExportMenu } from "@/features/lineage/exportmenu";
import { Graph } from "@/features/lineage/graph";
import lineage from "@/features/lineage/page.module.css";
import { count, number } from "@/lib/count";
import { Empty, Failed, Skeleton } from "@/ui/feedback";
import { ViewSwitch } from "../lineage/bar";
import { GroupBox } from "./box";
import css from "./page.module.css";
import { GroupPop } from "./pop";
import { mapScene } from "./scene";
import { GroupTable } from "./table";

const groupings = ["folder", "schema", "package", "tag", "owner"] as const;
type Grouping = (typeof groupings)[number];

function groupingOf(text: string | undefined): Grouping {
  return groupings.find((g) => g === text) ?? "folder";
}

/** The whole schema as groups and the edges between them. */
export default function Page() {
  usePage("Map");
  const search = useSearch({ strict: false }) as Record<string, unknown>;
  const by = groupingOf(one(search.by));
  const expand = one(search.expand);
  const find = one(search.q) ?? "";
  const table = search.view === "table";
  const { schema_id, at } = useScope();
  const schema = useSchema();
  const patch = usePatch();
  const map = useQuery({
    queryKey: ["map", schema_id, at, by, expand],
    enabled: schema_id !== "",
    queryFn: ({ signal }) =>
      read(api.GET("/api/v1/map", { params: { query: { schema_id, at, by, expand } }, signal }) as never) as Promise<
        Schemas["Map"]
      >,
  });
  const found = useFound(find, by, map.data);
  const box = one(search.box);
  const scene = useMemo(() => map.data && mapScene(map.data, box, found.groups), [map.data, box, found.groups]);
  const name = schema?.attributes.name ?? "";
  return (
    <main id="main" className={`page flush ${lineage.page}`} tabIndex={-1}>
      <div className="gbar">
        <h1 className="vh">Map</h1>
        <b className="w5 any">{name}</b>
        {map.data && <Totals reply={map.data} />}
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would be one of a form */}
        <div className="seg" role="group" aria-label="Group by">
          {groupings.map((g) => (
            <button
              key={g}
              type="button"
              aria-pressed={g === by}
              onClick={() => patch({ by: g === "folder" ? undefined : g, expand: undefined, box: undefined }, false)}
            >
              {g.charAt(0).toUpperCase() + g.slice(1)}
            </button>
          ))}
        </div>
        <label className="vh" htmlFor="find">
          Find a table on the map
        </label>
        <input
          id="find"
          className={`input ${css.find}`}
          placeholder="Find a table on the map"
          value={find}
          onChange={(e) => patch({ q: e.target.value || undefined })}
        />
        <span className={css.count} role="status">
          {found.text}
        </span>
        <div className="row end gap2">
          <ViewSwitch name="Map" table={table} onChange={(t) => patch({ view: t ? "table" : undefined })} />
          {scene && <ExportMenu scene={scene} steps={[]} name={`Map of ${name} by ${by}`} />}
        </div>
      </div>
      {map.error && !map.isFetching && (
        <div className={lineage.note}>
          <Failed what="The map" error={map.error} retry={() => map.refetch()} />
        </div>
      )}
      {!map.data && !map.error && (
        <div className={lineage.middle}>
          <Skeleton />
        </div>
      )}
      {map.data && scene && scene.boxes.length === 0 && <Nothing />}
      {map.data &&
        scene &&
        scene.boxes.length > 0 &&
        (table ? (
          <div className={lineage.table}>
            <GroupTable reply={map.data} />
          </div>
        ) : (
          <MapGraph reply={map.data} scene={scene} box={box} expand={expand} />
        ))}
    </main>
  );
}

function Totals({ reply }: { reply: Schemas["Map"] }) {
  const { meta, data } = reply;
  const edges = data.edges.reduce((n, e) => n + e.weight, 0) + data.groups.reduce((n, g) => n + g.inside, 0);
  return (
    <span className="s t3">
      {count(meta.total_assets, "asset")}, {count(edges, "edge")}, {count(meta.total_groups, "group")}
    </span>
  );
}

function Nothing() {
  const navigate = useNavigate();
  return (
    <Empty
      title="There is nothing to map yet"
      actions={
        <button type="button" className="btn pri" onClick={() => navigate({ to: "/" })}>
          Send artifacts
        </button>
      }
    >
      Groups come with the manifest of a dbt project.
    </Empty>
  );
}

interface GraphProps {
  reply: Schemas["Map"];
  scene: NonNullable<ReturnType<typeof mapScene>>;
  box: string | undefined;
  expand: string | undefined;
}

function MapGraph({ reply, scene, box, expand }: GraphProps) {
  const patch = usePatch();
  const navigate = useNavigate();
  const groups = new Map(reply.data.groups.map((g) => [g.id, g]));
  const selected = box ? groups.get(box) : undefined;
  const open = (id: string) => {
    const group = groups.get(id);
    if (!group) return;
    if (group.asset) navigate({ to: "/n/$id", params: { id: group.asset } });
    else if (group.name) patch({ expand: group.name, box: undefined }, false);
  };
  useKeys({
    Escape: {
      run: () => {
        if (box) patch({ box: undefined });
        else if (expand) patch({ expand: undefined }, false);
      },
    },
  });
  const select = (id: string) => (box === id ? open(id) : patch({ box: id }));
  const actions = {
    select: (b: { id: string }) => select(b.id),
    open: (b: { id: string }) => open(b.id),
    step: () => {},
    unfold: () => {},
    trace: () => {},
  };
  const { meta } = reply;
  return (
    <div className={lineage.pane} style={{ flex: 1 }}>
      <Graph
        scene={scene}
        label={`Map by ${meta.by}: ${count(scene.boxes.length, "box", "boxes")}`}
        selected={box}
        actions={actions}
        about={`${meta.by} ${meta.version}`}
        renderBox={(b, current) => {
          const group = groups.get(b.id);
          return (
            group && (
              <GroupBox
                key={b.id}
                box={b}
                group={group}
                current={current}
                selected={b.id === box}
                onSelect={() => select(b.id)}
                onOpen={() => open(b.id)}
              />
            )
          );
        }}
        counted={
          <>
            <b className="w5">
              {meta.truncated ? `${number(meta.groups)} of ${number(meta.total_groups)}` : number(meta.groups)}
            </b>{" "}
            {expand ? "boxes" : "groups"} · line width = number of edges
          </>
        }
        peek={
          <>
            {expand && (
              <div className={css.pop}>
                <span className="row">
                  <b className="w5 any grow">{expand}</b>
                  <button type="button" className="btn sm" onClick={() => patch({ expand: undefined }, false)}>
                    Collapse
                  </button>
                </span>
              </div>
            )}
            {selected && <GroupPop group={selected} reply={reply} onOpen={() => open(selected.id)} />}
          </>
        }
      />
    </div>
  );
}

// The groups that have tables with something in their name.
function useFound(q: string, by: Grouping, reply: Schemas["Map"] | undefined) {
  const { schema_id, at } = useScope();
  const hits = useQuery({
    queryKey: ["map find", schema_id, at, q],
    enabled: schema_id !== "" && q.trim() !== "",
    queryFn: ({ signal }) =>
      read(api.GET("/api/v1/assets", { params: { query: { schema_id, at, q, limit: 50 } }, signal })),
  });
  return useMemo(() => {
    const groups = new Set<string>();
    let tables = 0;
    if (q.trim() === "" || !hits.data) return { groups, text: "" };
    // Those that the words are in the name of; others are found by their columns or texts.
    for (const hit of (hits.data.data ?? []).filter((h) => isNamed(h.attributes.name, q))) {
      const of = reply?.data.groups.filter(
        (g) => g.asset === hit.id || (!g.asset && namesOf(hit.attributes, by).some((n) => isIn(n, g.name ?? "", by))),
      );
      // A folder may be in another one that is a group, too: it is in the nearer one.
      const nearest = Math.max(...(of ?? []).map((g) => g.name?.length ?? 0));
      for (const g of of ?? []) if (by !== "folder" || g.name?.length === nearest || g.asset) groups.add(g.id);
      if (of && of.length > 0) tables++;
    }
    return { groups, text: `${count(tables, "match", "matches")} in ${count(groups.size, "group")}` };
  }, [q, hits.data, reply, by]);
}

type Attributes = Schemas["Asset"];

function isNamed(name: string, q: string): boolean {
  return q
    .toLowerCase()
    .split(/\s+/)
    .every((word) => name.toLowerCase().includes(word));
}

function namesOf(a: Attributes, by: Grouping): string[] {
  const path = a.dbt?.original_file_path ?? "";
  switch (by) {
    case "folder":
      if (a.kind === "source" && a.dbt?.source_name) return [`source: ${a.dbt.source_name.replaceAll("/", "_")}`];
      return [path.replaceAll("\\", "/").split("/").slice(0, -1).join("/")];
    case "schema":
      return [[a.relation?.database, a.relation?.schema].filter(Boolean).join(".")];
    case "package":
      return [a.dbt?.package_name ?? ""];
    case "tag":
      return a.tags.length > 0 ? a.tags : [""];
    case "owner":
      return a.owners.length > 0 ? a.owners : [""];
  }
}

// A group of folders has those below it; with several packages its name begins with one.
function isIn(name: string, group: string, by: Grouping): boolean {
  if (by !== "folder") return name === group;
  return name === group || name.startsWith(`${group}/`) || `${group}/`.endsWith(`/${name}/`);
}
