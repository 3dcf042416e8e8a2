import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, read, type Schemas } from "@/api/client";
import { pages, rowsOf } from "@/api/list";
import { Confirm } from "@/ui/confirm";
import { Dialog } from "@/ui/dialog";
import { Empty, Failed, Skeleton } from "@/ui/feedback";
import { Field } from "@/ui/field";
import { Icon } from "@/ui/icon";
import { Item, Menu } from "@/ui/menu";
import { Once } from "@/ui/once";
import { fieldErrors, Refused } from "@/ui/refused";
import { Segments } from "@/ui/segments";
import { State } from "@/ui/state";
import { Time } from "@/ui/time";
import { useToast } from "@/ui/toast";

type Webhook = Schemas["ResourceWebhook"];
type Format = "standard" | "slack";

const events: [event: string, when: string][] = [
  ["test.failed", "a test or a model begins to fail"],
  ["source.stale", "a source is too old"],
  ["schema.changed", "columns or types of a table change"],
  ["table.removed", "a table is gone"],
  ["import.failed", "an import fails"],
  ["sync.failed", "a sync of an integration fails"],
];

/** Webhooks: what is sent where when something happens. */
export function Notifications() {
  const list = useInfiniteQuery(
    pages(["webhooks"], (cursor, signal) =>
      api.GET("/api/v1/webhooks", { params: { query: { cursor, limit: 100 } }, signal }),
    ),
  );
  const [dialog, setDialog] = useState<{ edit: Webhook | "new" } | { deliveries: Webhook } | { remove: Webhook }>();
  const queries = useQueryClient();
  const toast = useToast();
  const test = useMutation({
    mutationFn: (w: Webhook) => read(api.POST("/api/v1/webhooks/{id}/test", { params: { path: { id: w.id } } })),
    onSuccess: (_, w) => toast(`A test is on its way to ${w.attributes.name}; its deliveries show how it went.`),
    onError: (err) => toast(err.message),
  });
  const enable = useMutation({
    mutationFn: (w: Webhook) =>
      read(
        api.PATCH("/api/v1/webhooks/{id}", {
          params: { path: { id: w.id } },
          body: { enabled: !w.attributes.enabled },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["webhooks"] }),
    onError: (err) => toast(err.message),
  });
  const rows = rowsOf<Webhook>(list.data?.pages);
  return (
    <>
      <div className="page-head">
        <div>
          <h1>Notifications</h1>
          <p>Each event is sent to an address, signed, and again for three days if nobody answers.</p>
        </div>
        <div className="acts">
          <button type="button" className="btn pri" onClick={() => setDialog({ edit: "new" })}>
            <Icon name="plus" size={14} />
            New webhook
          </button>
        </div>
      </div>
      {list.isError && <Failed error={list.error} what="The webhooks" retry={list.refetch} />}
      {list.isPending && !list.isError && <Skeleton rows={3} />}
      {list.data && rows.length === 0 && (
        <Empty title="No webhook yet">
          Slack, a pager or a script of yours can be told of failed tests and stale sources.
        </Empty>
      )}
      {rows.length > 0 && (
        <table className="table fold">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Sends to</th>
              <th scope="col">Events</th>
              <th scope="col">Form</th>
              <th scope="col">State</th>
              <th scope="col">
                <span className="vh">More</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((w) => (
              <tr key={w.id}>
                <td className="w5">{w.attributes.name}</td>
                <td className="mono s any">{w.attributes.url}</td>
                <td>
                  <span className="row wrap gap2">
                    {w.attributes.events.map((e) => (
                      <span key={e} className="tag mono">
                        {e}
                      </span>
                    ))}
                  </span>
                </td>
                <td className="s">{w.attributes.format}</td>
                <td>
                  <State state={w.attributes.enabled ? "pass" : "skip"}>
                    {w.attributes.enabled ? "on" : w.attributes.disabled_reason || "off"}
                  </State>
                </td>
                <td className="num">
                  <Menu
                    label={`More for ${w.attributes.name}`}
                    className="btn quiet icon sm"
                    button={<Icon name="more" size={14} />}
                  >
                    <Item onAction={() => test.mutate(w)}>Send a test</Item>
                    <Item onAction={() => setDialog({ deliveries: w })}>Deliveries</Item>
                    <Item onAction={() => setDialog({ edit: w })}>Change</Item>
                    <Item onAction={() => enable.mutate(w)}>{w.attributes.enabled ? "Switch off" : "Switch on"}</Item>
                    <Item danger onAction={() => setDialog({ remove: w })}>
                      Delete…
                    </Item>
                  </Menu>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {dialog && "edit" in dialog && (
        <Edit webhook={dialog.edit === "new" ? undefined : dialog.edit} onClose={() => setDialog(undefined)} />
      )}
      {dialog && "deliveries" in dialog && (
        <Deliveries webhook={dialog.deliveries} onClose={() => setDialog(undefined)} />
      )}
      {dialog && "remove" in dialog && <Remove webhook={dialog.remove} onClose={() => setDialog(undefined)} />}
    </>
  );
}

function Edit({ webhook, onClose }: { webhook?: Webhook; onClose: () => void }) {
  const a = webhook?.attributes;
  const [name, setName] = useState(a?.name ?? "");
  const [url, setUrl] = useState(a?.url ?? "");
  const [chosen, setChosen] = useState<string[]>(a?.events ?? events.map(([e]) => e));
  const [format, setFormat] = useState<Format>(a?.format ?? "standard");
  const queries = useQueryClient();
  const save = useMutation({
    mutationFn: () => {
      const body = { name: name.trim(), url: url.trim(), events: chosen, format };
      return read(
        webhook
          ? api.PATCH("/api/v1/webhooks/{id}", { params: { path: { id: webhook.id } }, body })
          : api.POST("/api/v1/webhooks", { body }),
      );
    },
    onSuccess: (doc) => {
      queries.invalidateQueries({ queryKey: ["webhooks"] });
      if (!doc.data.attributes.secret) onClose();
    },
  });
  const refused = fieldErrors(save.error);
  const secret = save.data?.data.attributes.secret;
  if (secret)
    return (
      <Once title="The signing secret" label="The signing secret" value={secret} onClose={onClose}>
        The receiver checks signatures with it. It is shown this once.
      </Once>
    );
  return (
    <Dialog title={webhook ? `Change ${a?.name}` : "New webhook"} onClose={onClose}>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          save.mutate();
        }}
      >
        <Field label="Name" value={name} onChange={setName} error={refused("name")} required />
        <Field
          label="Address"
          type="url"
          mono
          placeholder="https://"
          value={url}
          onChange={setUrl}
          error={refused("url")}
          required
        />
        <fieldset className="field plainset">
          <legend className="lb">Events</legend>
          {events.map(([event, when]) => (
            <label className="check" key={event}>
              <input
                type="checkbox"
                checked={chosen.includes(event)}
                onChange={() =>
                  setChosen(chosen.includes(event) ? chosen.filter((e) => e !== event) : [...chosen, event])
                }
              />
              <span>
                <code>{event}</code> <span className="t2">{when}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <div className="field">
          <span className="lb">Form</span>
          <Segments
            label="Form"
            values={[
              { value: "standard", label: "Standard Webhooks" },
              { value: "slack", label: "Slack" },
            ]}
            value={format}
            onChange={setFormat}
          />
        </div>
        <Refused error={save.error} fields={["name", "url"]} />
        <div className="row formend">
          <button type="button" className="btn end" onClick={onClose}>
            Cancel
          </button>
          <button
            type="submit"
            className="btn pri"
            disabled={save.isPending || name.trim() === "" || url.trim() === "" || chosen.length === 0}
          >
            {webhook ? "Save" : "Create"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Deliveries({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const list = useQuery({
    queryKey: ["webhooks", webhook.id, "deliveries"],
    queryFn: ({ signal }) =>
      read(
        api.GET("/api/v1/webhooks/{id}/deliveries", {
          params: { path: { id: webhook.id }, query: { limit: 50 } },
          signal,
        }),
      ),
    refetchInterval: 3000,
  });
  const states = { pending: "wait", delivered: "pass", failed: "fail" } as const;
  return (
    <Dialog title={`Deliveries of ${webhook.attributes.name}`} onClose={onClose} className="wide">
      {list.isError && <Failed error={list.error} what="The deliveries" retry={list.refetch} />}
      {list.data?.data?.length === 0 && <p className="t2">Nothing was sent yet.</p>}
      <ul className="list">
        {list.data?.data?.map(({ id, attributes: d }) => (
          <li key={id}>
            <div className="li">
              <State state={states[d.state]}>{d.state}</State>
              <code>{d.event}</code>
              <span className="s t2 any grow">{d.error}</span>
              <span className="s t3">
                {d.status ?? ""} <Time at={d.ended_at ?? d.created_at} />
              </span>
            </div>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

function Remove({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const queries = useQueryClient();
  return (
    <Confirm
      title={`Delete ${webhook.attributes.name}`}
      action="Delete"
      keep="Keep it"
      what="The deletion"
      run={() => read(api.DELETE("/api/v1/webhooks/{id}", { params: { path: { id: webhook.id } } }))}
      onDone={() => queries.invalidateQueries({ queryKey: ["webhooks"] })}
      onClose={onClose}
    >
      <p>Nothing is sent to {webhook.attributes.url} from now on, and what waits to be sent is dropped.</p>
    </Confirm>
  );
}
