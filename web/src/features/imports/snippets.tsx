import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api, read } from "@/api/client";
import { useScope } from "@/app/scope";
import { Copy } from "@/ui/copy";
import { Failed, Note } from "@/ui/feedback";
import { Segments } from "@/ui/segments";
import styles from "./page.module.css";

const kinds = ["curl", "GitHub Action", "Airflow", "Python"] as const;
type Kind = (typeof kinds)[number];

/** Ready-made ways to send artifacts from elsewhere, with a key that is made on request and shown once. */
export function Snippets() {
  const { schema_id } = useScope();
  const [kind, setKind] = useState<Kind>("curl");
  const make = useMutation({
    mutationFn: () =>
      read(
        api.POST("/api/v1/keys", {
          body: {
            name: `imports of ${new Date().toISOString().slice(0, 16)}`,
            scopes: ["write:dbt_imports", "read:dbt_imports"],
            schema_ids: schema_id ? [schema_id] : undefined,
          },
        }),
      ),
  });
  const key = make.data?.data.attributes.secret;
  const text = snippet(kind, { server: location.origin, schema: schema_id || "SCH-101", key: key ?? "YOUR_API_KEY" });
  return (
    <section className={styles.snippets} aria-label="Send from elsewhere">
      <div className="row wrap">
        <h2>From CI or a script</h2>
        <Segments label="Way" values={kinds.map((k) => ({ value: k, label: k }))} value={kind} onChange={setKind} />
        {!key && (
          <button type="button" className="btn sm end" disabled={make.isPending} onClick={() => make.mutate()}>
            Make a key for it
          </button>
        )}
      </div>
      {make.isError && <Failed error={make.error} what="The key" />}
      {key && (
        <Note tone="good">
          The key {make.data?.data.id} is in the lines below. It is shown this once; it may send imports to {schema_id}{" "}
          and read them, nothing else.
        </Note>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: so that it scrolls by keyboard */}
      <section className={`code ${styles.after}`} tabIndex={0} aria-label={kind}>
        <Copy className="btn sm copy" text={text} label="Copy">
          Copy
        </Copy>
        <pre>{text}</pre>
      </section>
    </section>
  );
}

function snippet(kind: Kind, { server, schema, key }: { server: string; schema: string; key: string }): string {
  switch (kind) {
    case "curl":
      return `curl -X POST ${server}/api/v1/dbt_imports \\
  -H "Authorization: Bearer ${key}" \\
  -F "schema_id=${schema}" \\
  -F "manifest=@target/manifest.json" \\
  -F "catalog=@target/catalog.json" \\
  -F "run_results=@target/run_results.json"`;
    case "GitHub Action":
      return `# The key belongs into the secrets of the repository: THALWEG_KEY=${key}
- name: Send artifacts to the catalog
  if: always()
  run: |
    curl --fail-with-body -X POST ${server}/api/v1/dbt_imports \\
      -H "Authorization: Bearer \${{ secrets.THALWEG_KEY }}" \\
      -F "schema_id=${schema}" \\
      -F "manifest=@target/manifest.json" \\
      -F "catalog=@target/catalog.json" \\
      -F "run_results=@target/run_results.json"`;
    case "Airflow":
      return `# pip install thalweg; the key belongs into a variable of Airflow: ${key}
from airflow.models import Variable
from airflow.operators.bash import BashOperator

send = BashOperator(
    task_id="send_artifacts",
    trigger_rule="all_done",
    bash_command="thalweg-push --server ${server} --schema ${schema} target",
    env={"THALWEG_KEY": Variable.get("thalweg_key")},
    append_env=True,
)`;
    case "Python":
      return `import requests

with open("target/manifest.json", "rb") as manifest, open("target/catalog.json", "rb") as catalog:
    reply = requests.post(
        "${server}/api/v1/dbt_imports",
        headers={"Authorization": "Bearer ${key}"},
        data={"schema_id": "${schema}"},
        files={"manifest": manifest, "catalog": catalog},
    )
reply.raise_for_status()
print(reply.json()["data"]["id"])`;
  }
}
