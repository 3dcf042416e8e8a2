import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, readReply, type Schemas } from "@/api/client";
import { Problem } from "@/api/problem";
import { useScope } from "@/app/scope";
import { signedOut } from "@/app/signedout";

type AssetPatch = Schemas["AssetPatch"];
type ColumnPatch = Schemas["ColumnPatch"];

/** What an edit led to: warnings say what readers do not see. */
interface Saved {
  warnings: Schemas["Warning"][];
}

/** Edits an asset, if it is as it was read; every page that shows it is read again. */
export function useEditAsset(id: string, etag: string | null) {
  return useEdit<AssetPatch>((body) =>
    readReply(
      api.PATCH("/api/v1/assets/{id}", {
        params: { path: { id }, header: { "If-Match": etag ?? undefined } },
        body,
      }),
    ),
  );
}

/** Edits a column, if it is as it was read. */
export function useEditColumn(id: string, name: string) {
  const { schema_id } = useScope();
  return useEdit<ColumnPatch & { etag?: string | null }>(async ({ etag, ...body }) => {
    const path = { id, name };
    const tag =
      etag ??
      (await readReply(api.GET("/api/v1/assets/{id}/columns/{name}", { params: { path, query: { schema_id } } }))).etag;
    return readReply(
      api.PATCH("/api/v1/assets/{id}/columns/{name}", {
        params: { path, header: { "If-Match": tag ?? undefined } },
        body,
      }),
    );
  });
}

function useEdit<B>(send: (body: B) => Promise<{ document: { meta?: { warnings: Schemas["Warning"][] } } }>) {
  const queries = useQueryClient();
  return useMutation<Saved, Error, B>({
    mutationFn: async (body) => ({ warnings: (await send(body)).document.meta?.warnings ?? [] }),
    onSuccess: async () => {
      await queries.invalidateQueries({
        predicate: (q) => touched.includes(String(q.queryKey[0])),
      });
    },
    onError: async (err) => {
      if (!(err instanceof Problem)) return;
      if (err.signedOut) signedOut();
      if (err.status === 412)
        await queries.invalidateQueries({ predicate: (q) => touched.includes(String(q.queryKey[0])) });
    },
  });
}

// What shows descriptions, owners and tags, by the first part of its query's key.
const touched = ["asset", "columns", "column", "edits", "blame", "assetchanges", "schemas", "assets", "tags", "owners"];

const prefix = "thalweg.draft.";

/** A text that somebody is writing. It outlives the page, so that signing in again loses nothing. */
export const drafts = {
  read(key: string): string | null {
    try {
      return sessionStorage.getItem(prefix + key);
    } catch {
      return null;
    }
  },
  write(key: string, text: string | null): void {
    try {
      if (text === null) sessionStorage.removeItem(prefix + key);
      else sessionStorage.setItem(prefix + key, text);
    } catch {
      // Storage is off: it lasts as long as the page.
    }
  },
};
