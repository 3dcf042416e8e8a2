import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { api, read, readReply, type Schemas } from "@/api/client";
import { usePage } from "@/app/crumbs";
import { Copy } from "@/ui/copy";
import { Failed, Skeleton } from "@/ui/feedback";
import { Icon } from "@/ui/icon";
import { Item, Menu } from "@/ui/menu";
import { useToast } from "@/ui/toast";
import { Connection } from "./connection";
import { kindNamed } from "./kinds";
import { DeleteIntegrations, sourceOf } from "./page";
import { Preferences } from "./preferences";
import { Schedule } from "./schedule";
import { SchemaChoice } from "./schemachoice";
import { Syncs } from "./syncs";

const tabs = [
  ["syncs", "Syncs"],
  ["schedule", "Schedule"],
  ["schemas", "Schemas"],
  ["preferences", "Preferences"],
  ["connection", "Connection"],
] as const;

/** What the tabs of an integration get. */
export interface TabProps {
  item: Schemas["ResourceIntegration"];
  save: (body: Schemas["IntegrationPatch"]) => Promise<unknown>;
}

/** One integration: its syncs as they happen, and its settings. */
export default function IntegrationPage() {
  const { id = "", tab = "syncs" } = useParams({ strict: false }) as { id?: string; tab?: string };
  const queries = useQueryClient();
  const navigate = useNavigate();
  const toast = useToast();
  const [removing, setRemoving] = useState(false);
  const doc = useQuery({
    queryKey: ["integration", id],
    placeholderData: undefined,
    queryFn: ({ signal }) => readReply(api.GET("/api/v1/integrations/{id}", { params: { path: { id } }, signal })),
  });
  const item = doc.data?.document.data;
  usePage(item?.attributes.name ?? "Integration", [{ name: "Integrations", link: { to: "/integrations" } }]);
  const invalidate = () => queries.invalidateQueries({ queryKey: ["integration", id] });
  const patch = useMutation({
    mutationFn: (body: Schemas["IntegrationPatch"]) =>
      read(
        api.PATCH("/api/v1/integrations/{id}", {
          params: { path: { id }, header: doc.data?.etag ? { "If-Match": doc.data.etag } : {} },
          body,
        }),
      ),
    onSuccess: () => toast("Saved."),
    onSettled: invalidate,
  });
  const run = useMutation({
    mutationFn: () => read(api.POST("/api/v1/integrations/{id}/syncs", { params: { path: { id } } })),
    onSuccess: () => {
      queries.invalidateQueries({ queryKey: ["syncs", id] });
      navigate({ to: "/integrations/$id/$tab", params: { id, tab: "syncs" } });
    },
    onError: (err) => toast(err.message),
  });
  if (doc.isError)
    return (
      <main id="main" className="page" tabIndex={-1}>
        <Failed error={doc.error} what="The integration" retry={doc.refetch} />
      </main>
    );
  if (!item)
    return (
      <main id="main" className="page" tabIndex={-1}>
        <Skeleton />
      </main>
    );
  const a = item.attributes;
  const props: TabProps = { item, save: patch.mutateAsync };
  return (
    <main id="main" className="page" tabIndex={-1}>
      <div className="page-head">
        <div>
          <div className="row wrap">
            <Icon name={kindNamed(a.kind).icon} size={20} />
            <h1>{a.name}</h1>
            <code className="t3 any">{item.id}</code>
            <Copy text={item.id} label="Copy the integration's ID" />
          </div>
          <p className="any">
            {sourceOf(item)} · feeds{" "}
            <Link to="/schemas/$id" params={{ id: a.schema_id }}>
              {a.schema_id}
            </Link>
          </p>
        </div>
        <div className="acts">
          <label className="switch">
            <input
              type="checkbox"
              role="switch"
              aria-checked={a.enabled}
              checked={a.enabled}
              disabled={patch.isPending}
              onChange={() => patch.mutate({ enabled: !a.enabled })}
            />
            {a.enabled ? "On" : "Off"}
          </label>
          <button type="button" className="btn" disabled={run.isPending} onClick={() => run.mutate()}>
            <Icon name="runs" size={14} />
            Run sync
          </button>
          <Menu label="More actions" className="btn icon" button={<Icon name="more" />}>
            <Item danger onAction={() => setRemoving(true)}>
              Delete integration…
            </Item>
          </Menu>
        </div>
      </div>
      <nav className="tabs tabrow" aria-label={a.name}>
        {tabs.map(([t, name]) => (
          <Link
            key={t}
            to="/integrations/$id/$tab"
            params={{ id, tab: t }}
            aria-current={t === tab ? "page" : undefined}
          >
            {name}
          </Link>
        ))}
      </nav>
      {tab === "syncs" && <Syncs id={id} kind={a.kind} />}
      {tab === "schedule" && <Schedule {...props} />}
      {tab === "schemas" && <SchemaChoice {...props} />}
      {tab === "preferences" && <Preferences {...props} onRemove={() => setRemoving(true)} />}
      {tab === "connection" && <Connection {...props} />}
      {removing && (
        <DeleteIntegrations
          items={[item]}
          onClose={() => setRemoving(false)}
          onDone={() => navigate({ to: "/integrations" })}
        />
      )}
    </main>
  );
}
