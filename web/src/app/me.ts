import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, read } from "@/api/client";
import { useScope } from "./scope";

/** The caller and what it may do. Nobody is signed in while it is absent. */
export function useMe() {
  return useQuery({
    queryKey: ["me"],
    staleTime: 60_000,
    retry: false,
    queryFn: ({ signal }) => read(api.GET("/api/v1/me", { signal })),
  });
}

/** Reports whether the caller may edit what the page shows: not the past, nor without the scope. */
export function useMayEdit(): boolean {
  const { at } = useScope();
  const scopes = useMe().data?.data.attributes.scopes;
  return !at && (scopes?.includes("write:catalog") ?? false);
}

/** The assets that the caller has marked with a star, and how to change that. Callers without an account have none. */
export function useStars(): { stars: string[]; canStar: boolean; toggle: (id: string) => void } {
  const me = useMe();
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: (stars: string[]) => read(api.PATCH("/api/v1/me", { body: { stars } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ["me"] }),
  });
  const stars = me.data?.data.attributes.stars ?? [];
  return {
    stars,
    canStar: me.data?.data.attributes.role != null,
    toggle: (id) => change.mutate(stars.includes(id) ? stars.filter((s) => s !== id) : [...stars, id]),
  };
}
