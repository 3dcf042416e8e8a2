import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, read } from "@/api/client";

/** The caller and what it may do. Nobody is signed in while it is absent. */
export function useMe() {
  return useQuery({
    queryKey: ["me"],
    staleTime: 60_000,
    retry: false,
    queryFn: ({ signal }) => read(api.GET("/api/v1/me", { signal })),
  });
}

/** Reports whether the caller has a scope. */
export function useMay(scope: string): boolean {
  return useMe().data?.data.attributes.scopes.includes(scope) ?? false;
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
