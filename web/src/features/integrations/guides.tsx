import type { ReactNode } from "react";
import { Copy } from "@/ui/copy";
import { Note } from "@/ui/feedback";
import type { Warehouse, Way } from "./kinds";

interface Props {
  way: Way | Warehouse;
  bucket: string;
  draft?: { account_id: string; trust_policy: string; permission_policy: string; problem: string };
}

/** What to do on the other side, beside the form: the steps of the provider's console, with policies to copy. */
export function Guide(props: Props) {
  return (
    <aside className="guide">
      {props.way === "access_key" && <AccessKey bucket={props.bucket} />}
      {props.way === "role" && <Role draft={props.draft} />}
      {props.way === "azure" && <Azure />}
      {props.way === "uploads" && <Uploads />}
      {props.way === "postgres" && <Postgres />}
      {props.way === "redshift" && <Redshift />}
      {props.way === "snowflake" && <Snowflake />}
      {props.way === "bigquery" && <BigQuery />}
    </aside>
  );
}

/** A text to copy, as code. */
export function Code({ text, label }: { text: string; label: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: so that it scrolls by keyboard
    <section className="code" tabIndex={0} aria-label={label}>
      <Copy className="btn sm copy" text={text} label={`Copy ${label}`}>
        Copy
      </Copy>
      <pre>{text}</pre>
    </section>
  );
}

function Steps({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="sect">
      <h2 className="guide-title">{title}</h2>
      <ol>{children}</ol>
    </section>
  );
}

/** The policy that an IAM user or role needs to list and read a bucket. */
function readPolicy(bucket: string): string {
  const name = bucket.trim() || "<your-bucket-name>";
  return JSON.stringify(
    {
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Action: ["s3:ListBucket"], Resource: [`arn:aws:s3:::${name}`] },
        { Effect: "Allow", Action: ["s3:GetObject"], Resource: [`arn:aws:s3:::${name}/*`] },
      ],
    },
    null,
    2,
  );
}

function AccessKey({ bucket }: { bucket: string }) {
  return (
    <>
      <Steps title="In AWS">
        <li>
          Make an IAM user with programmatic access. Keep its <strong>Access Key ID</strong> and{" "}
          <strong>Secret Access Key</strong>.
        </li>
        <li>
          Attach this policy. Thalweg only lists and reads; it never writes to your bucket.
          <Code text={readPolicy(bucket)} label="policy" />
        </li>
        <li>
          Put <code>target/manifest.json</code> and <code>run_results.json</code> there after each run, under any path.{" "}
          <code>catalog.json</code> makes types better.
        </li>
      </Steps>
      <Steps title="In Google Cloud">
        <li>
          Make a service account, and grant it <strong>Storage Object Viewer</strong> on the bucket’s page.
        </li>
        <li>Turn on interoperability, and make HMAC keys for the service account: they are the two keys.</li>
        <li>
          Region is the bucket’s; S3 Endpoint is <code>https://storage.googleapis.com</code>. CORS is not needed.
        </li>
      </Steps>
    </>
  );
}

function Role({ draft }: { draft: Props["draft"] }) {
  return (
    <Steps title="In AWS">
      <li>
        Make an IAM role for <strong>another AWS account</strong>
        {draft?.account_id ? (
          <>
            : <code>{draft.account_id}</code>, the account this server runs as
          </>
        ) : null}
        . Tick <strong>Require External ID</strong>, and paste the one at the left.
        {draft?.trust_policy && <Code text={draft.trust_policy} label="trust policy" />}
        {draft?.problem && <Note tone="warn">{draft.problem}</Note>}
      </li>
      <li>
        Attach this policy to the role.
        {draft?.permission_policy && <Code text={draft.permission_policy} label="policy" />}
      </li>
      <li>Copy the role’s Amazon Resource Name (ARN) into the form.</li>
      <li>
        The test also tries the role <strong>without</strong> the External ID. If AWS lets that through, the connection
        is refused: anyone who knows the ARN could read the bucket.
      </li>
    </Steps>
  );
}

function Azure() {
  return (
    <Steps title="In Azure">
      <li>
        Go to <strong>Storage accounts</strong> in portal.azure.com and copy the account’s name.
      </li>
      <li>
        Open the account. Under <strong>Security + networking</strong> choose <strong>Access keys</strong>.
      </li>
      <li>
        Copy the <strong>Connection string</strong> of key1 or key2. One with only a SAS token, read and list, works too
        and is safer.
      </li>
    </Steps>
  );
}

function Uploads() {
  return (
    <section className="sect">
      <h2 className="guide-title">A one-time sync</h2>
      <p className="t2">
        Good for a first look. Upload again whenever you like; the catalog keeps the history. For every run, use a
        bucket, or one line at the end of your job.
      </p>
    </section>
  );
}

function Postgres() {
  const grants = `create role thalweg_reader login password 'a long one, made for this';
grant connect on database your_database to thalweg_reader;
grant usage on schema your_schema to thalweg_reader;`;
  return (
    <Steps title="In PostgreSQL, as an administrator">
      <li>
        Make a user that can only look.
        <Code text={grants} label="grants" />
      </li>
      <li>Put user and password into the form.</li>
      <li>
        Thalweg reads names, types, comments, keys and view definitions from the catalogs of the database, never a row
        of yours. The guide of integrations has the exact grants.
      </li>
    </Steps>
  );
}

function Redshift() {
  const grants = `create user thalweg_reader password 'A long one, made f0r this';
grant usage on schema your_schema to thalweg_reader;
grant select on svv_table_info to thalweg_reader;`;
  return (
    <Steps title="In Redshift, as an administrator">
      <li>
        Make a user that can only look. The last line is for sizes and numbers of rows.
        <Code text={grants} label="grants" />
      </li>
      <li>Put user and password into the form; the host is the endpoint of the cluster or workgroup.</li>
    </Steps>
  );
}

function Snowflake() {
  const keys = `openssl genrsa 2048 | openssl pkcs8 -topk8 -nocrypt -out thalweg.p8
openssl rsa -in thalweg.p8 -pubout -out thalweg.pub`;
  const grants = `create role thalweg_reader;
create user thalweg_reader type = service default_role = thalweg_reader
  rsa_public_key = 'what is between the lines of thalweg.pub';
grant role thalweg_reader to user thalweg_reader;
grant usage on warehouse your_warehouse to role thalweg_reader;
grant usage on database your_database to role thalweg_reader;
grant usage on all schemas in database your_database to role thalweg_reader;
grant references on all tables in database your_database to role thalweg_reader;
grant references on all views in database your_database to role thalweg_reader;`;
  return (
    <Steps title="In Snowflake, as an administrator">
      <li>
        Make a pair of keys.
        <Code text={keys} label="commands" />
      </li>
      <li>
        Make a user whose role sees structure and no data.
        <Code text={grants} label="grants" />
      </li>
      <li>
        Put the text of <code>thalweg.p8</code> into the form. The guide of Snowflake also has the grants for what comes
        later.
      </li>
    </Steps>
  );
}

function BigQuery() {
  return (
    <Steps title="In Google Cloud">
      <li>
        Make a service account, and grant it <strong>BigQuery Metadata Viewer</strong> and{" "}
        <strong>BigQuery Job User</strong> on the project.
      </li>
      <li>Make a key for it, of the type JSON, and put the text of the file into the form.</li>
      <li>
        Information schemas are read by queries: four for each dataset and sync, which cost at least 10 MB each. The
        guide of BigQuery has the commands.
      </li>
    </Steps>
  );
}
