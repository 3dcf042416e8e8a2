import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import { pages, rowsOf } from "@/api/list";
import { useScope } from "@/app/scope";
import { Dialog } from "@/ui/dialog";
import { Failed, Skeleton } from "@/ui/feedback";
import { Marked } from "@/ui/marked";
import { More } from "@/ui/more";
import css from "./page.module.css";

interface Props {
  asset: string;
  name: string;
  traced: string[]; // of this asset
  onPick: (column: string) => void;
  onClose: () => void;
}

/** Chooses a column of a table to trace. */
export function PickColumn({ asset, name, traced, onPick, onClose }: Props) {
  const { at } = useScope();
  const [filter, setFilter] = useState("");
  const columns = useInfiniteQuery(
    pages(["columns", asset, at], (cursor, signal) =>
      api.GET("/api/v1/assets/{id}/columns", {
        params: { path: { id: asset }, query: { at, cursor, limit: 200 } },
        signal,
      }),
    ),
  );
  const all = rowsOf(columns.data?.pages).map((c) => c.attributes);
  const shown = all.filter((c) => c.name.toLowerCase().includes(filter.toLowerCase()));
  return (
    <Dialog title={`Trace a column of ${name}`} onClose={onClose}>
      <label className="vh" htmlFor="pick-column">
        Column
      </label>
      <input
        id="pick-column"
        className="input"
        placeholder="Column"
        autoFocus
        value={filter}
        onChange={(e) => setFilter(e.target.value)}
        onKeyDown={(e) => {
          if (e.key === "Enter" && shown[0]) onPick(shown[0].name);
        }}
      />
      {columns.isPending && <Skeleton rows={5} />}
      {columns.error && <Failed what="Columns" error={columns.error} retry={() => columns.refetch()} />}
      {columns.data && shown.length === 0 && (
        <p className="s t3">{all.length === 0 ? `${name} has no known columns.` : "No column has this in its name."}</p>
      )}
      <div className={css.list}>
        {shown.map((c) => (
          <button key={c.name} type="button" className={css.pick} onClick={() => onPick(c.name)}>
            <span className="mono any">
              <Marked name={c.name} query={filter} />
            </span>
            <span className="end s t3">{traced.includes(c.name) ? "traced" : c.data_type}</span>
          </button>
        ))}
      </div>
      {columns.hasNextPage && (
        <More shown={all.length} total={columns.data?.pages[0]?.meta.total} noun="columns" more={columns} />
      )}
    </Dialog>
  );
}
