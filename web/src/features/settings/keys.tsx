import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, read, type Schemas } from "@/api/client";
import { pages, rowsOf } from "@/api/list";
import { useSchemas } from "@/app/scope";
import { Confirm } from "@/ui/confirm";
import { Dialog } from "@/ui/dialog";
import { Empty, Failed, Skeleton } from "@/ui/feedback";
import { Field } from "@/ui/field";
import { Icon } from "@/ui/icon";
import { More } from "@/ui/more";
import { Once } from "@/ui/once";
import { fieldErrors, Refused } from "@/ui/refused";
import { State } from "@/ui/state";
import { Time } from "@/ui/time";
import { useToast } from "@/ui/toast";

type Key = Schemas["ResourceKey"];

const scopes: [scope: string, does: string][] = [
  ["write:dbt_imports", "send artifacts of dbt"],
  ["read:dbt_imports", "read imports"],
  ["read:catalog", "read tables, columns, lineage, tests and runs"],
  ["write:catalog", "edit texts, owners and tags; decide what waits"],
  ["write:lineage", "send OpenLineage events"],
  ["read:integrations", "read integrations and their syncs"],
  ["write:integrations", "make and change integrations"],
  ["run:syncs", "run syncs"],
  ["read:mcp", "be used by an agent over MCP"],
  ["read:audit", "read the audit log"],
  ["read:metrics", "read the server’s metrics"],
  ["admin:workspace", "do everything, keys and people included"],
];

const soon = 30 * 24 * 3600 * 1000; // ms before its end in which a key is marked

/** API keys: for scripts. The secret of a new one is shown once. */
export function Keys() {
  const list = useInfiniteQuery(
    pages(["keys"], (cursor, signal) => api.GET("/api/v1/keys", { params: { query: { cursor, limit: 100 } }, signal })),
  );
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<Key>();
  const rows = rowsOf<Key>(list.data?.pages);
  return (
    <>
      <div className="page-head">
        <div>
          <h1>API keys</h1>
          <p>For scripts. A key can do only what is ticked, and only in the schemas that it names.</p>
        </div>
        <div className="acts">
          <button type="button" className="btn pri" onClick={() => setMaking(true)}>
            <Icon name="plus" size={14} />
            New key
          </button>
        </div>
      </div>
      {list.isError && <Failed error={list.error} what="The keys" retry={list.refetch} />}
      {list.isPending && !list.isError && <Skeleton rows={4} />}
      {list.data && rows.length === 0 && <Empty title="No key yet">Scripts and CI need one.</Empty>}
      {rows.length > 0 && (
        <table className="table fold">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Begins with</th>
              <th scope="col">Permissions</th>
              <th scope="col">Schemas</th>
              <th scope="col">Last used</th>
              <th scope="col">Expires</th>
              <th scope="col">Made by</th>
              <th scope="col">
                <span className="vh">Revoke</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((k) => (
              <Row key={k.id} item={k} onRevoke={() => setRevoking(k)} />
            ))}
          </tbody>
        </table>
      )}
      {rows.length > 0 && <More shown={rows.length} total={list.data?.pages[0]?.meta.total} noun="keys" more={list} />}
      {making && <NewKey onClose={() => setMaking(false)} />}
      {revoking && <Revoke item={revoking} onClose={() => setRevoking(undefined)} />}
    </>
  );
}

function Row({ item, onRevoke }: { item: Key; onRevoke: () => void }) {
  const a = item.attributes;
  const now = Date.now();
  const ends = a.expires_at ? new Date(a.expires_at).getTime() : undefined;
  const over = a.revoked_at ? "revoked" : ends !== undefined && ends < now ? "expired" : undefined;
  return (
    <tr className={over ? "off" : undefined}>
      <td>
        <span className="w5">{a.name}</span> {over && <span className="tag">{over}</span>}
      </td>
      <td className="mono s">{a.public_id}…</td>
      <td>
        <span className="row wrap gap2">
          {a.scopes.map((s) => (
            <span key={s} className="tag mono">
              {s}
            </span>
          ))}
        </span>
      </td>
      <td className="s">{a.schema_ids?.length ? a.schema_ids.join(", ") : "all"}</td>
      <td className="s nowrap">{a.last_used_at ? <Time at={a.last_used_at} /> : <span className="t3">never</span>}</td>
      <td className="s nowrap">
        {a.expires_at === null ? (
          "never"
        ) : ends !== undefined && !over && ends - now < soon ? (
          <State state="warn">
            <Time at={a.expires_at} />
          </State>
        ) : (
          <Time at={a.expires_at} />
        )}
      </td>
      <td className="s t3">{a.creator}</td>
      <td className="num">
        {!over && (
          <button type="button" className="btn quiet sm bad" aria-label={`Revoke ${a.name}`} onClick={onRevoke}>
            Revoke
          </button>
        )}
      </td>
    </tr>
  );
}

function NewKey({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<string[]>(["write:dbt_imports", "read:dbt_imports"]);
  const [schemas, setSchemas] = useState<string[]>([]);
  const [days, setDays] = useState("365");
  const all = useSchemas();
  const queries = useQueryClient();
  const make = useMutation({
    mutationFn: () =>
      read(
        api.POST("/api/v1/keys", {
          body: {
            name: name.trim(),
            scopes: chosen,
            schema_ids: schemas.length > 0 ? schemas : undefined,
            ...(days === "never"
              ? { never_expires: true }
              : { expires_at: new Date(Date.now() + Number(days) * 24 * 3600 * 1000).toISOString() }),
          },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["keys"] }),
  });
  const secret = make.data?.data.attributes.secret;
  const refused = fieldErrors(make.error);
  const toggle = (list: string[], value: string) =>
    list.includes(value) ? list.filter((v) => v !== value) : [...list, value];
  if (secret)
    return (
      <Once title={`${make.data?.data.attributes.name} is made`} label="The key" value={secret} onClose={onClose}>
        Copy the key now: it is shown this once, and nobody can read it again.
      </Once>
    );
  return (
    <Dialog title="New key" onClose={onClose} className="wide">
      <form
        onSubmit={(e) => {
          e.preventDefault();
          make.mutate();
        }}
      >
        <Field
          label="Name"
          hint="What uses it, such as ci or airflow"
          value={name}
          onChange={setName}
          error={refused("name")}
          required
        />
        <fieldset className="field plainset">
          <legend className="lb">Permissions</legend>
          {scopes.map(([scope, does]) => (
            <label className="check" key={scope}>
              <input
                type="checkbox"
                checked={chosen.includes(scope)}
                onChange={() => setChosen(toggle(chosen, scope))}
              />
              <span>
                <code>{scope}</code> <span className="t2">{does}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <fieldset className="field plainset">
          <legend className="lb">
            Schemas <span className="opt">all if none is ticked</span>
          </legend>
          {all.data?.data?.map((s) => (
            <label className="check" key={s.id}>
              <input
                type="checkbox"
                checked={schemas.includes(s.id)}
                onChange={() => setSchemas(toggle(schemas, s.id))}
              />
              <span>
                {s.attributes.name} <code className="t3">{s.id}</code>
              </span>
            </label>
          ))}
        </fieldset>
        <div className="field">
          <label className="lb" htmlFor="expires">
            Expires
          </label>
          <select className="select" id="expires" value={days} onChange={(e) => setDays(e.target.value)}>
            <option value="30">in 30 days</option>
            <option value="90">in 90 days</option>
            <option value="365">in a year</option>
            <option value="never">never</option>
          </select>
        </div>
        <Refused error={make.error} fields={["name"]} />
        <div className="row formend">
          <button type="button" className="btn end" onClick={onClose}>
            Cancel
          </button>
          <button
            type="submit"
            className="btn pri"
            disabled={name.trim() === "" || chosen.length === 0 || make.isPending}
          >
            Make the key
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Revoke({ item, onClose }: { item: Key; onClose: () => void }) {
  const queries = useQueryClient();
  const toast = useToast();
  return (
    <Confirm
      title={`Revoke ${item.attributes.name}`}
      action="Revoke"
      keep="Keep it"
      what="The revocation"
      run={() => read(api.DELETE("/api/v1/keys/{id}", { params: { path: { id: item.id } } }))}
      onDone={() => {
        toast(`${item.attributes.name} is revoked.`);
        queries.invalidateQueries({ queryKey: ["keys"] });
      }}
      onClose={onClose}
    >
      <p>What uses it is refused from now on. A revoked key cannot be used again; make a new one instead.</p>
    </Confirm>
  );
}
