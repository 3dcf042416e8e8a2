import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  retainSearchParams,
} from "@tanstack/react-router";
import { NotFound } from "./notfound";
import { one, parseQuery, writeQuery } from "./search";
import { Frame } from "./shell";

const root = createRootRoute({
  component: Frame,
  notFoundComponent: NotFound,
  validateSearch: (search: Record<string, unknown>): { schema?: string; at?: string } => ({
    ...search,
    schema: one(search.schema),
    at: one(search.at),
  }),
  search: { middlewares: [retainSearchParams(["schema", "at"])] },
});

// A page is loaded when it is first shown; its folder in features has everything that is its own.
const page = <P extends string>(path: P, load: () => Promise<{ default: React.ComponentType }>) =>
  createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(load) });

const routes = root.addChildren([
  page("/", () => import("@/features/home/page")),
  page("/search", () => import("@/features/search/page")),
  page("/assets", () => import("@/features/assets/page")),
  page("/n/$id", () => import("@/features/asset/page")),
  page("/n/$id/c/$column", () => import("@/features/column/page")),
  page("/lineage", () => import("@/features/lineage/page")),
  page("/map", () => import("@/features/map/page")),
  page("/tests", () => import("@/features/tests/page")),
  page("/freshness", () => import("@/features/freshness/page")),
  page("/runs", () => import("@/features/runs/page")),
  page("/runs/$id", () => import("@/features/run/page")),
  page("/changes", () => import("@/features/changes/page")),
  page("/diff/$points", () => import("@/features/diff/page")),
  page("/problems", () => import("@/features/problems/page")),
  page("/coverage", () => import("@/features/coverage/page")),
  page("/health", () => import("@/features/health/page")),
  page("/owners", () => import("@/features/owners/page")),
  page("/owners/$owner", () => import("@/features/owner/page")),
  page("/tags", () => import("@/features/tags/page")),
  page("/tags/$tag", () => import("@/features/tag/page")),
  page("/groups/$group", () => import("@/features/group/page")),
  page("/imports", () => import("@/features/imports/page")),
  page("/imports/$id", () => import("@/features/import/page")),
  page("/schemas", () => import("@/features/schemas/page")),
  page("/schemas/$id", () => import("@/features/schema/page")),
  page("/integrations", () => import("@/features/integrations/page")),
  page("/integrations/new", () => import("@/features/integrations/new")),
  page("/integrations/new/$kind", () => import("@/features/integrations/form")),
  page("/integrations/$id/$tab", () => import("@/features/integrations/integration")),
  page("/settings/$tab", () => import("@/features/settings/page")),
  page("/docs", () => import("@/features/docs/page")),
  page("/sign-in", () => import("@/features/account/signin")),
  page("/setup", () => import("@/features/account/setup")),
  page("/invitation", () => import("@/features/account/invitation")),
]);

/** The router of the UI. Everything that one sees is in the address. */
export const router = createRouter({
  routeTree: routes,
  parseSearch: parseQuery,
  stringifySearch: writeQuery,
  defaultPreload: "intent",
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
