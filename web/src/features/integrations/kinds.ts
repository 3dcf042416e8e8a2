import type { IconName } from "@/ui/icon";

/** The kinds of integrations that this server has, as the gallery and the forms name them. */
export interface KindOf {
  kind: string;
  name: string;
  icon: IconName;
  does: string;
}

/** The kinds, dbt Core first. */
export const kinds: KindOf[] = [
  { kind: "dbt_core", name: "dbt Core", icon: "dbt", does: "Artifacts from a bucket, a file upload or the API" },
  {
    kind: "postgres",
    name: "PostgreSQL",
    icon: "postgres",
    does: "Tables, columns, comments and views of a warehouse",
  },
  { kind: "redshift", name: "Redshift", icon: "integrations", does: "Tables, external tables and views of a database" },
  {
    kind: "snowflake",
    name: "Snowflake",
    icon: "integrations",
    does: "Tables and views of an account, with a key pair",
  },
  {
    kind: "bigquery",
    name: "BigQuery",
    icon: "integrations",
    does: "Datasets of a project, with a service account",
  },
];

/** A kind that crawls a warehouse. */
export type Warehouse = "postgres" | "redshift" | "snowflake" | "bigquery";

/** The kind of a warehouse by its name; PostgreSQL where it is none. */
export function warehouseNamed(kind: string): Warehouse {
  return kind === "redshift" || kind === "snowflake" || kind === "bigquery" ? kind : "postgres";
}

/** The kind of an integration. */
export function kindNamed(kind: string): KindOf {
  return kinds.find((k) => k.kind === kind) ?? { kind, name: kind, icon: "integrations", does: "" };
}

/** A tab of the form of dbt Core: the way to its artifacts. */
export type Way = "access_key" | "role" | "azure" | "uploads";

/** The tabs of the form of dbt Core, with what each is for. */
export const ways: { way: Way; name: string; does: string }[] = [
  {
    way: "access_key",
    name: "Access Key",
    does: "AWS with an IAM user, Google Cloud with HMAC keys, or anything else that speaks S3.",
  },
  { way: "role", name: "Role", does: "AWS without a stored secret. The better choice where this server runs in AWS." },
  { way: "azure", name: "Azure", does: "Azure Blob Storage, with an account key or a SAS token." },
  { way: "uploads", name: "File Upload", does: "Once, by hand. Nothing is stored but the files." },
];

/** A field of the credentials of an integration. */
export interface CredentialField {
  name: string;
  label: string;
  secret?: boolean;
  /** A text of several lines. */
  long?: boolean;
  optional?: boolean;
  hint?: string;
  placeholder?: string;
  mono?: boolean;
}

const folder: CredentialField = {
  name: "search_path",
  label: "Folder",
  optional: true,
  hint: "If not the whole bucket",
};

const kept = "Kept encrypted. It is never shown again, not even to an administrator.";

function server(port: string): CredentialField[] {
  return [
    { name: "host", label: "Host", mono: true, placeholder: "warehouse.example.com" },
    { name: "port", label: "Port", optional: true, placeholder: port, mono: true },
    { name: "database", label: "Database", mono: true },
    { name: "user", label: "User", mono: true },
    { name: "password", label: "Password", secret: true, hint: kept },
  ];
}

/** The credentials of each way to artifacts, and of each warehouse. */
export const fieldsOf: Record<Way | Warehouse, CredentialField[]> = {
  access_key: [
    { name: "region", label: "Region", placeholder: "eu-west-1", mono: true },
    { name: "bucket", label: "Bucket Name", mono: true },
    { name: "access_key_id", label: "Access Key ID", mono: true },
    {
      name: "secret_access_key",
      label: "Secret Access Key",
      secret: true,
      hint: "Kept encrypted. Nobody can read it back.",
    },
    {
      name: "endpoint",
      label: "S3 Endpoint",
      optional: true,
      hint: "For GCS, MinIO or R2; of GCS it is https://storage.googleapis.com",
      mono: true,
    },
    folder,
  ],
  role: [
    { name: "role_arn", label: "Role ARN", placeholder: "arn:aws:iam::123456789012:role/thalweg", mono: true },
    { name: "region", label: "Region", placeholder: "eu-west-1", mono: true },
    { name: "bucket", label: "Bucket Name", mono: true },
    folder,
  ],
  azure: [
    { name: "account_name", label: "Storage account name", mono: true },
    {
      name: "connection_string",
      label: "Connection string",
      secret: true,
      hint: "Kept encrypted. One with a SAS token, read and list alone, works too and is safer.",
    },
    { name: "container", label: "Container", mono: true },
    { ...folder, hint: "If not the whole container" },
  ],
  uploads: [],
  postgres: server("5432"),
  redshift: server("5439"),
  snowflake: [
    { name: "account", label: "Account", placeholder: "org-account", mono: true },
    { name: "user", label: "User", mono: true },
    { name: "private_key", label: "Private key", secret: true, long: true, hint: `PEM, without a passphrase. ${kept}` },
    { name: "warehouse", label: "Compute warehouse", optional: true, mono: true, hint: "If not the user’s default" },
    { name: "role", label: "Role", optional: true, mono: true, hint: "If not the user’s default" },
    { name: "database", label: "Database", optional: true, mono: true, hint: "If not all that the role sees" },
  ],
  bigquery: [
    { name: "project", label: "Project", placeholder: "my-project", mono: true },
    { name: "dataset", label: "Dataset", optional: true, mono: true, hint: "If not all of the project" },
    { name: "service_account", label: "Service account key", secret: true, long: true, hint: `The JSON file. ${kept}` },
  ],
};
