import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api, read } from "@/api/client";
import { usePage } from "@/app/crumbs";
import { usePatch, useScope } from "@/app/scope";
import { when } from "@/lib/time";
import { Kind } from "@/ui/kind";
import { StateMark } from "@/ui/state";
import css from "./page.module.css";
import { type AssetDocument, useTrouble } from "./read";

/** There was such an asset: until when, what removed it, and a way to look at it. */
export function Removed({ asset, asked }: { asset: AssetDocument; asked: string }) {
  const a = asset.attributes;
  const patch = usePatch();
  const { schema_id } = useScope();
  usePage(a.name);
  return (
    <main id="main" className="page" tabIndex={-1}>
      <div className={css.unknown}>
        <h1 className="any">There is no {a.name} now</h1>
        <p className="read t2" style={{ margin: "8px 0 14px" }}>
          It existed until <strong>{when(a.removed_at)}</strong>.{" "}
          {a.removed_by ? `${a.removed_by} no longer listed it` : "Nothing lists it any more"}, so it was marked as
          removed. Nothing about it was deleted.
        </p>
        <div className="row">
          {a.version > 1 && (
            <button
              type="button"
              className="btn pri"
              onClick={() => patch({ at: String(a.version - 1), schema: schema_id }, false)}
            >
              See it as of version {a.version - 1}
            </button>
          )}
          {a.removed_by && (
            <Link className="btn" to="/imports/$id" params={{ id: a.removed_by }}>
              See what removed it
            </Link>
          )}
          <button type="button" className="btn quiet" onClick={() => patch({ removed: "1" })}>
            What is kept
          </button>
        </div>
        <NearNames name={a.name} except={asset.id} />
        <Asked id={asked} />
      </div>
    </main>
  );
}

/** Nothing has this name, now or before. */
export function Unknown({ id }: { id: string }) {
  const { at } = useScope();
  const patch = usePatch();
  const name = id.split(".").at(-1)?.replace(/["`]/g, "") || id;
  usePage(name);
  return (
    <main id="main" className="page" tabIndex={-1}>
      <div className={css.unknown}>
        <h1 className="any">
          There is no {name}
          {at ? " at this point" : ""}
        </h1>
        <p className="read t2" style={{ margin: "8px 0 14px" }}>
          {at ? "It may have come later, or had gone before." : "The catalog has nothing of this name, now or before."}
        </p>
        <div className="row">
          {at && (
            <button type="button" className="btn pri" onClick={() => patch({ at: undefined })}>
              Look at now
            </button>
          )}
          <Link className="btn" to="/search" search={{ q: name } as never}>
            Search for it
          </Link>
        </div>
        <NearNames name={name} />
        <Asked id={id} />
      </div>
    </main>
  );
}

function Asked({ id }: { id: string }) {
  const { schema_id, at } = useScope();
  return (
    <p className="s t3" style={{ marginTop: 14 }}>
      Asked for <code className="any">{id}</code> in {schema_id}
      {at ? `, as of ${at}` : ""}.
    </p>
  );
}

function NearNames({ name, except }: { name: string; except?: string }) {
  const { schema_id } = useScope();
  const near = useQuery({
    queryKey: ["near", schema_id, name],
    enabled: schema_id !== "" && name !== "",
    placeholderData: undefined,
    queryFn: async ({ signal }) => {
      const words = name.split(/[_\W]+/).filter((w) => w.length > 2);
      for (const q of [name, words.join(" "), ...words.sort((a, b) => b.length - a.length)]) {
        if (!q) continue;
        const reply = await read(api.GET("/api/v1/search", { params: { query: { q, schema_id, limit: 12 } }, signal }));
        const hits = (reply.data ?? []).filter((h) => h.asset.id !== except);
        if (hits.length > 0) return hits;
      }
      return [];
    },
  });
  const trouble = useTrouble().data;
  const seen = new Set<string>();
  const hits = (near.data ?? []).filter((h) => !seen.has(h.asset.id) && seen.add(h.asset.id)).slice(0, 6);
  if (hits.length === 0) return null;
  return (
    <section className="sect">
      <header>
        <h2>Near names</h2>
      </header>
      <ul className="list">
        {hits.map((h) => {
          const a = h.asset.attributes;
          const state = trouble?.get(h.asset.id);
          return (
            <li key={h.asset.id}>
              <Link to="/n/$id" params={{ id: h.asset.id }}>
                {(state === "fail" || state === "error") && <StateMark state={state} label="tests fail" />}
                <Kind kind={a.kind} materialized={a.materialized} size={13} />
                <span className="w5 cut">{a.name}</span>
                <span className="end s t3">
                  {h.field === "column" && h.column
                    ? `has a column ${h.column}`
                    : (a.unique_id ?? "").split(".").slice(1, -1).join(" / ")}
                </span>
              </Link>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
