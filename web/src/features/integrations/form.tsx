import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api, read, type Schemas } from "@/api/client";
import { usePage } from "@/app/crumbs";
import { useSchemas } from "@/app/scope";
import { one } from "@/app/search";
import { chosenFiles, type Project, sortFiles } from "@/lib/artifacts";
import { bytes, count } from "@/lib/count";
import { Copy } from "@/ui/copy";
import { Note } from "@/ui/feedback";
import { Field } from "@/ui/field";
import { Icon } from "@/ui/icon";
import { fieldErrors, Refused } from "@/ui/refused";
import { Tabs } from "@/ui/tabs";
import { Guide } from "./guides";
import { fieldsOf, kindNamed, type Warehouse, type Way, warehouseNamed, ways } from "./kinds";
import css from "./page.module.css";
import { TrialResult } from "./trial";
import { upload } from "./upload";

type Body = Schemas["NewIntegration"];

/** The form of a new integration: fields, Test Connection with what it would read, and the initial sync. */
export default function IntegrationForm() {
  const { kind: kindId = "dbt_core" } = useParams({ strict: false }) as { kind?: string };
  const kind = kindNamed(kindId);
  usePage(kind.name, [
    { name: "Integrations", link: { to: "/integrations" } },
    { name: "New", link: { to: "/integrations/new" } },
  ]);
  const tab = one((useSearch({ strict: false }) as Record<string, unknown>).tab);
  const dbt = kindId === "dbt_core";
  const way: Way | Warehouse = dbt ? (ways.find((w) => w.way === tab)?.way ?? "access_key") : warehouseNamed(kindId);
  return (
    <main id="main" className="page" tabIndex={-1}>
      <div className="page-head">
        <div className="row">
          <Icon name={kind.icon} size={22} />
          <h1>{kind.name}</h1>
        </div>
      </div>
      {dbt && <Tabs label={kind.name} current={way} tabs={ways.map((w) => ({ id: w.way, name: w.name }))} />}
      <Form key={way} kind={kindId} way={way} />
    </main>
  );
}

function Form({ kind, way }: { kind: string; way: Way | Warehouse }) {
  const schemas = useSchemas();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [schema, setSchema] = useState("");
  const [artifactsOnly, setArtifactsOnly] = useState(false);
  const [values, setValues] = useState<Record<string, string>>({});
  const [project, setProject] = useState<Project>();
  const [noFiles, setNoFiles] = useState("");
  const draft = useDraft(way === "role", values.bucket ?? "");
  const fields = fieldsOf[way];
  const filled = Object.entries(values).filter(([, v]) => v.trim() !== "");
  const empty = filled.length === 0;

  const body = (): Body => {
    const credentials = Object.fromEntries(filled.map(([k, v]) => [k, k === "port" ? Number(v) : v.trim()]));
    return {
      kind,
      name: name.trim() || undefined,
      schema_id: schema || undefined,
      artifacts_only: kind === "dbt_core" && artifactsOnly ? true : undefined,
      credentials: empty ? undefined : credentials,
      draft: way === "role" ? draft.data?.data.id : undefined,
    } as Body;
  };
  const test = useMutation({ mutationFn: () => read(api.POST("/api/v1/integrations/test", { body: body() })) });
  const create = useMutation({
    mutationFn: async (sync: boolean) => {
      const doc = await read(api.POST("/api/v1/integrations", { body: body() }));
      const id = doc.data.id;
      if (project) await upload(id, project);
      if (sync) await read(api.POST("/api/v1/integrations/{id}/syncs", { params: { path: { id } } }));
      return id;
    },
    onSuccess: (id) => navigate({ to: "/integrations/$id/$tab", params: { id, tab: "syncs" } }),
  });
  const error = create.error ?? test.error;
  const refused = fieldErrors(error);
  const blank = kind === "dbt_core" && empty && !project;
  const submit = (e: FormEvent) => {
    e.preventDefault();
    setNoFiles("");
    if (project) test.reset();
    else test.mutate();
    setTried(true);
  };
  const [tried, setTried] = useState(false);
  const change = (n: string, v: string) => {
    setValues((all) => ({ ...all, [n]: v }));
    setTried(false);
    test.reset();
    create.reset();
  };
  const choose = async (files: FileList | null) => {
    if (!files) return;
    setTried(false);
    const { projects, others } = await sortFiles(chosenFiles(files));
    setProject(projects[0]);
    setNoFiles(
      projects.length === 0
        ? (others[0]?.why ?? "no artifact of dbt")
        : projects.length > 1
          ? "several projects; the first is taken"
          : "",
    );
  };
  const trial = test.data?.data.attributes;
  const ready = tried && (blank || project !== undefined || trial?.ok === true);
  return (
    <div className="form">
      <form onSubmit={submit} aria-label="Connection">
        {kind === "dbt_core" && <p className={`t2 ${css.does}`}>{ways.find((w) => w.way === way)?.does}</p>}
        <div className={css.fields}>
          <Field
            label="Name"
            optional
            value={name}
            onChange={setName}
            placeholder={kindNamed(kind).name}
            error={refused("name")}
          />
          <div className="field">
            <label className="lb" htmlFor="feeds">
              Feeds schema
            </label>
            <select id="feeds" className="select" value={schema} onChange={(e) => setSchema(e.target.value)}>
              <option value="">
                {(schemas.data?.data?.length ?? 0) === 1
                  ? `${schemas.data?.data?.[0]?.attributes.name}, or as it fits`
                  : "as it fits: the only one, else a new one"}
              </option>
              {schemas.data?.data?.map((s) => (
                <option key={s.id} value={s.id}>
                  {s.attributes.name} · {s.id}
                </option>
              ))}
            </select>
          </div>
        </div>
        {way === "role" && draft.data && (
          <div className="field">
            <label className="lb" htmlFor="external">
              External ID
            </label>
            <div className="withbtn">
              <input id="external" className="input mono" readOnly value={draft.data.data.attributes.external_id} />
              <Copy className="btn" text={draft.data.data.attributes.external_id} label="Copy the External ID">
                Copy
              </Copy>
            </div>
            <p className="hint">Made by Thalweg for this integration. It does not change.</p>
          </div>
        )}
        {draft.isError && <Note tone="bad">{draft.error.message}</Note>}
        <div className={css.fields}>
          {fields.map((f) => (
            <Field
              key={f.name}
              label={f.label}
              optional={f.optional}
              type={f.secret ? "password" : "text"}
              autoComplete={f.secret ? "new-password" : "off"}
              mono={f.mono}
              rows={f.long ? 4 : undefined}
              hint={f.hint}
              placeholder={f.placeholder}
              value={values[f.name] ?? ""}
              onChange={(v) => change(f.name, v)}
              error={refused(f.name)}
            />
          ))}
        </div>
        {way === "uploads" && (
          <div className="field">
            <label className="lb" htmlFor="artifacts">
              manifest.json and run_results.json
            </label>
            <input id="artifacts" className="input" type="file" multiple onChange={(e) => choose(e.target.files)} />
            <p className="hint">
              catalog.json, sources.json and semantic_manifest.json too, if they are there; gzip is fine.
            </p>
            {noFiles && (
              <p className="err" role="alert">
                {noFiles}
              </p>
            )}
            {project && (
              <ul className="list s">
                {project.files.map((f) => (
                  <li key={f.file.name}>
                    <div className="li">
                      <code>{f.file.name}</code>
                      <span className="t2">{f.part}</span>
                      <span className="end t3">{bytes(f.file.size)}</span>
                    </div>
                  </li>
                ))}
              </ul>
            )}
          </div>
        )}
        {kind === "dbt_core" && way !== "uploads" && (
          <div className="field">
            <label className="lb" htmlFor="what">
              What to read
            </label>
            <select
              id="what"
              className="select"
              value={artifactsOnly ? "only" : "all"}
              onChange={(e) => setArtifactsOnly(e.target.value === "only")}
            >
              <option value="all">newest manifest, all run results, catalog and sources if there</option>
              <option value="only">manifest and run results only</option>
            </select>
          </div>
        )}
        <div className="row formend">
          <button type="submit" className="btn pri" disabled={test.isPending || (way === "role" && !draft.data)}>
            {test.isPending ? "Testing…" : tried ? "Test Connection again" : "Test Connection"}
          </button>
          <button type="button" className="btn quiet" onClick={() => navigate({ to: "/integrations" })}>
            Cancel
          </button>
        </div>
        {kind === "dbt_core" && (
          <p className="hint">
            Nothing to enter yet? Test with empty fields makes a <strong>blank integration</strong>, to be filled
            through the API. Its first sync fails, as it should.
          </p>
        )}
        <Refused error={error} fields={["name", ...fields.map((f) => f.name)]} />
        {trial && !blank && <TrialResult trial={trial} />}
        {project && tried && (
          <Note tone="good">{count(project.files.length, "file")} to send; the manifest is there.</Note>
        )}
        {ready && (
          <section className="box formend" aria-label="Initial sync">
            <div className="in">
              <h2>{blank ? "Make a blank integration?" : "Run the initial sync now?"}</h2>
              <p className="t2">
                {blank
                  ? "Its initial sync fails on purpose: there is nothing to read yet. Its ID, which the API takes, is in its address."
                  : project
                    ? "It imports the chosen files."
                    : kind === "dbt_core"
                      ? "It reads the files above. After that it looks for new files every day."
                      : "It reads the schemas above. After that it looks again every day."}
              </p>
              <div className="row formend">
                <button
                  type="button"
                  className="btn pri"
                  disabled={create.isPending}
                  onClick={() => create.mutate(true)}
                >
                  {create.isPending ? "Beginning…" : "Run initial sync"}
                </button>
                <button
                  type="button"
                  className="btn quiet"
                  disabled={create.isPending}
                  onClick={() => create.mutate(false)}
                >
                  Later
                </button>
              </div>
            </div>
          </section>
        )}
      </form>
      <Guide way={way} bucket={values.bucket ?? ""} draft={draft.data?.data.attributes} />
    </div>
  );
}

// The External ID is made once per visit; the bucket's name goes into the policy when it is known.
function useDraft(wanted: boolean, bucket: string) {
  return useQuery({
    queryKey: ["draft", bucket],
    enabled: wanted,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    queryFn: () => read(api.POST("/api/v1/integrations/drafts", { body: bucket ? { bucket } : {} })),
  });
}
