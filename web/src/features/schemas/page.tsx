import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api, read, type Schemas } from "@/api/client";
import { usePage } from "@/app/crumbs";
import { useSchemas } from "@/app/scope";
import { number } from "@/lib/count";
import { Copy } from "@/ui/copy";
import { Dialog } from "@/ui/dialog";
import { Empty, Failed, Skeleton } from "@/ui/feedback";
import { Field } from "@/ui/field";
import { Icon } from "@/ui/icon";
import { Item, Menu } from "@/ui/menu";
import { fieldErrors, Refused } from "@/ui/refused";
import { State, stateOf } from "@/ui/state";
import { useToast } from "@/ui/toast";
import { DeleteSchema } from "./delete";

type Schema = Schemas["ResourceSchema"];

/** The schemas of the workspace. Scripts name each by its Schema ID. */
export default function SchemasPage() {
  usePage("Schemas");
  const list = useSchemas();
  const [dialog, setDialog] = useState<{ new: true } | { rename: Schema } | { remove: Schema }>();
  const rows = list.data?.data ?? [];
  return (
    <main id="main" className="page" tabIndex={-1}>
      <div className="page-head">
        <div>
          <h1>Schemas</h1>
          <p>
            One schema is one environment: what one dbt target and one warehouse report together. Scripts name it by its
            Schema ID.
          </p>
        </div>
        <div className="acts">
          <button type="button" className="btn pri" onClick={() => setDialog({ new: true })}>
            <Icon name="plus" size={14} />
            New schema
          </button>
        </div>
      </div>
      {list.isError && <Failed error={list.error} what="The schemas" retry={list.refetch} />}
      {list.isPending && !list.isError && <Skeleton rows={3} />}
      {list.data && rows.length === 0 && (
        <Empty
          title="No schema yet"
          actions={
            <button type="button" className="btn pri" onClick={() => setDialog({ new: true })}>
              New schema
            </button>
          }
        >
          The first import makes one, too.
        </Empty>
      )}
      {rows.length > 0 && (
        <table className="table fold">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Schema ID</th>
              <th scope="col">Environment</th>
              <th scope="col">dbt projects</th>
              <th scope="col" className="num">
                Tables
              </th>
              <th scope="col" className="num">
                Version
              </th>
              <th scope="col">Last import</th>
              <th scope="col">
                <span className="vh">More</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((s) => (
              <Row
                key={s.id}
                schema={s}
                onRename={() => setDialog({ rename: s })}
                onRemove={() => setDialog({ remove: s })}
              />
            ))}
          </tbody>
        </table>
      )}
      {dialog && "new" in dialog && <NameDialog onClose={() => setDialog(undefined)} />}
      {dialog && "rename" in dialog && <NameDialog schema={dialog.rename} onClose={() => setDialog(undefined)} />}
      {dialog && "remove" in dialog && <DeleteSchema schema={dialog.remove} onClose={() => setDialog(undefined)} />}
    </main>
  );
}

function Row({ schema, onRename, onRemove }: { schema: Schema; onRename: () => void; onRemove: () => void }) {
  const a = schema.attributes;
  const { data: projects } = useQuery({
    queryKey: ["projects", schema.id],
    queryFn: ({ signal }) =>
      read(api.GET("/api/v1/projects", { params: { query: { schema_id: schema.id, limit: 5 } }, signal })),
  });
  return (
    <tr>
      <td>
        <Link className="name" to="/schemas/$id" params={{ id: schema.id }}>
          {a.name}
        </Link>
      </td>
      <td>
        <span className="row gap2">
          <span className="mono">{schema.id}</span>
          <Copy text={schema.id} label={`Copy ${schema.id}`} />
        </span>
      </td>
      <td>{a.environment && <span className="tag">{a.environment}</span>}</td>
      <td className="s">
        {projects?.data?.map((p) => p.attributes.name).join(", ")}
        {(projects?.meta.total ?? 0) > 5 && ` and ${(projects?.meta.total ?? 0) - 5} more`}
      </td>
      <td className="num">{number(a.tables)}</td>
      <td className="num s t3">v{a.version}</td>
      <td>
        {a.last_import && (
          <Link className="plain" to="/imports/$id" params={{ id: a.last_import.id }}>
            <State state={stateOf(a.last_import.status)}>
              {a.last_import.id} {a.last_import.status === "failed" && `failed, showing v${a.version}`}
            </State>
          </Link>
        )}
      </td>
      <td className="num">
        <Menu label={`More for ${a.name}`} className="btn quiet icon sm" button={<Icon name="more" size={14} />}>
          <Item onAction={onRename}>Rename</Item>
          <Item danger onAction={onRemove}>
            Delete…
          </Item>
        </Menu>
      </td>
    </tr>
  );
}

function NameDialog({ schema, onClose }: { schema?: Schema; onClose: () => void }) {
  const [name, setName] = useState(schema?.attributes.name ?? "");
  const [environment, setEnvironment] = useState(schema?.attributes.environment ?? "");
  const queries = useQueryClient();
  const navigate = useNavigate();
  const toast = useToast();
  const save = useMutation({
    mutationFn: () => {
      const body = { name: name.trim(), environment: environment.trim() };
      return read(
        schema
          ? api.PATCH("/api/v1/schemas/{id}", { params: { path: { id: schema.id } }, body })
          : api.POST("/api/v1/schemas", { body }),
      );
    },
    onSuccess: (doc) => {
      queries.invalidateQueries({ queryKey: ["schemas"] });
      toast(
        schema
          ? `${doc.data.id} is now ${doc.data.attributes.name}.`
          : `${doc.data.attributes.name} has the Schema ID ${doc.data.id}.`,
      );
      onClose();
      if (!schema) navigate({ to: "/schemas", search: { schema: doc.data.id } });
    },
  });
  const refused = fieldErrors(save.error);
  const submit = (e: FormEvent) => {
    e.preventDefault();
    save.mutate();
  };
  return (
    <Dialog title={schema ? `Rename ${schema.attributes.name}` : "New schema"} onClose={onClose}>
      <form onSubmit={submit}>
        <Field label="Name" value={name} onChange={setName} error={refused("name")} required />
        <Field
          label="Environment"
          optional
          hint="Such as prod, staging or dev"
          value={environment}
          onChange={setEnvironment}
          error={refused("environment")}
        />
        <Refused error={save.error} fields={["name", "environment"]} />
        <div className="row formend">
          <button type="button" className="btn end" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="btn pri" disabled={name.trim() === "" || save.isPending}>
            {schema ? "Rename" : "Create"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
