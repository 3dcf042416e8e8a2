import { useInfiniteQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "@/api/client";
import { pages, rowsOf } from "@/api/list";
import { when } from "@/lib/time";
import { Dialog } from "@/ui/dialog";
import { Failed, Skeleton } from "@/ui/feedback";
import { Icon } from "@/ui/icon";
import { More } from "@/ui/more";
import { Time } from "@/ui/time";
import { usePatch, useSchema, useScope } from "./scope";

/** The version that is shown, and the way to an earlier one. */
export function AsOf() {
  const { at } = useSearch({ strict: false }) as { at?: string };
  const schema = useSchema();
  const patch = usePatch();
  const [choosing, setChoosing] = useState(false);
  return (
    <>
      {at ? (
        <button type="button" className="asof past" onClick={() => patch({ at: undefined })} title="Back to now">
          <Icon name="clock" size={14} />
          {label(at)}
          <Icon name="close" size={12} />
          <span className="vh">, back to now</span>
        </button>
      ) : (
        <button type="button" className="asof" title="Look at an earlier version" onClick={() => setChoosing(true)}>
          <Icon name="clock" size={14} />
          Now {schema && <span className="t3">v{schema.attributes.version}</span>}
        </button>
      )}
      {choosing && <Versions onClose={() => setChoosing(false)} />}
    </>
  );
}

/** The banner over a page that shows the past. */
export function PastBanner() {
  const { at } = useSearch({ strict: false }) as { at?: string };
  const patch = usePatch();
  if (!at) return null;
  return (
    <div className="banner" role="status">
      <Icon name="clock" size={14} />
      <span className="grow">
        You look at <strong>{label(at)}</strong>. Search, imports and settings always show now.
      </span>
      <button type="button" className="btn sm" onClick={() => patch({ at: undefined })}>
        Back to now
      </button>
    </div>
  );
}

function label(at: string): string {
  return /^\d+$/.test(at) ? `version ${at}` : when(at);
}

function Versions({ onClose }: { onClose: () => void }) {
  const { schema_id } = useScope();
  const patch = usePatch();
  const [time, setTime] = useState("");
  const list = useInfiniteQuery({
    ...pages(["versions", schema_id], (cursor, signal) =>
      api.GET("/api/v1/schemas/{id}/versions", {
        params: { path: { id: schema_id }, query: { limit: 50, cursor } },
        signal,
      }),
    ),
    enabled: schema_id !== "",
  });
  const choose = (at: string) => {
    patch({ at, schema: schema_id }, false);
    onClose();
  };
  const rows = rowsOf(list.data?.pages);
  return (
    <Dialog title="Look at the catalog as of…" onClose={onClose}>
      <form
        className="withbtn"
        onSubmit={(e) => {
          e.preventDefault();
          if (time) choose(new Date(time).toISOString());
        }}
      >
        <input
          className="input"
          type="datetime-local"
          aria-label="Day and time"
          value={time}
          onChange={(e) => setTime(e.target.value)}
        />
        <button type="submit" className="btn" disabled={!time}>
          Show
        </button>
      </form>
      {list.isPending && <Skeleton rows={4} />}
      {list.isError && <Failed error={list.error} what="The versions" retry={list.refetch} />}
      <ul className="list">
        {rows.map((v) => (
          <li key={v.id}>
            <button type="button" className="li plain-row" onClick={() => choose(String(v.attributes.version))}>
              <span className="w5">v{v.attributes.version}</span>
              <span className="t2">
                {v.attributes.cause?.kind} {v.attributes.cause?.id}
              </span>
              <span className="end s t3">
                <Time at={v.attributes.at} />
              </span>
            </button>
          </li>
        ))}
      </ul>
      {list.data && <More shown={rows.length} total={list.data.pages[0]?.meta.total} noun="versions" more={list} />}
    </Dialog>
  );
}
