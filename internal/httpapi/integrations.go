package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/crawling"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/syncing"
)

// Integrations keeps integrations; *syncing.Registry implements it.
type Integrations interface {
	Add(ctx context.Context, ws int64, n syncing.New, by store.By) (store.Integration, error)
	Set(ctx context.Context, ws int64, uuid string, c syncing.Change, check func(store.Integration) error, by store.By) (store.Integration, error)
	Delete(ctx context.Context, ws int64, uuid, assets string, check func(store.Integration) error, by store.By) error
	Start(ctx context.Context, ws int64, uuid, reason string, actor catalog.Actor) (store.Sync, error)
	Try(ctx context.Context, i store.Integration) (syncing.Trial, error)
	TryNew(ctx context.Context, ws int64, n syncing.New) (syncing.Trial, error)
	Draft(ctx context.Context, ws int64) (store.Draft, error)
	Role(ctx context.Context, externalID string, s syncing.Settings) (syncing.RoleHelp, error)
}

// Credentials are how an integration reaches its source. Those that are secret are never shown.
type Credentials struct {
	Region           *string `json:"region,omitempty" maxLength:"64" example:"eu-west-1"`
	Bucket           *string `json:"bucket,omitempty" maxLength:"222" example:"my-dbt-artifacts"`
	AccessKeyID      *string `json:"access_key_id,omitempty" maxLength:"128"`
	SecretAccessKey  *string `json:"secret_access_key,omitempty" maxLength:"256" doc:"Secret: kept encrypted, never shown"`
	Endpoint         *string `json:"endpoint,omitempty" maxLength:"2000" doc:"Of a store that speaks S3 and is not Amazon's, such as https://storage.googleapis.com"`
	RoleARN          *string `json:"role_arn,omitempty" maxLength:"640" doc:"Role that this server assumes with the External ID, in place of an access key"`
	AccountName      *string `json:"account_name,omitempty" maxLength:"24" doc:"Storage account of Azure"`
	ConnectionString *string `json:"connection_string,omitempty" maxLength:"4000" doc:"Secret: of the storage account, with its key or a shared access signature"`
	Container        *string `json:"container,omitempty" maxLength:"63" doc:"Of the storage account"`
	SearchPath       *string `json:"search_path,omitempty" maxLength:"1024" doc:"Folder below which artifacts are looked for, in all folders; / means the whole bucket; empty means its root alone"`
	Host             *string `json:"host,omitempty" maxLength:"255" example:"warehouse.example.com" doc:"Of a warehouse: a name or an address. Snowflake and BigQuery have one unless a private link leads to them"`
	Port             *int    `json:"port,omitempty" minimum:"0" maximum:"65535" doc:"Of a warehouse; without it the usual one"`
	Database         *string `json:"database,omitempty" maxLength:"255" doc:"Of a warehouse; of Snowflake, empty means all that the role sees"`
	User             *string `json:"user,omitempty" maxLength:"255"`
	Password         *string `json:"password,omitempty" maxLength:"1024" doc:"Secret: kept encrypted, never shown"`
	Account          *string `json:"account,omitempty" maxLength:"200" example:"org-account" doc:"Of Snowflake: what comes before .snowflakecomputing.com"`
	PrivateKey       *string `json:"private_key,omitempty" maxLength:"16384" doc:"Secret: of the user of Snowflake, in PEM form and without a passphrase"`
	Warehouse        *string `json:"warehouse,omitempty" maxLength:"255" doc:"Of Snowflake: the compute warehouse of its queries; empty means the user's default"`
	Role             *string `json:"role,omitempty" maxLength:"255" doc:"Of Snowflake; empty means the user's default"`
	Project          *string `json:"project,omitempty" maxLength:"131" example:"my-project" doc:"Of BigQuery: the project whose datasets are read, and which pays for the queries"`
	Dataset          *string `json:"dataset,omitempty" maxLength:"1024" doc:"Of BigQuery: the only dataset that is read; empty means all"`
	ServiceAccount   *string `json:"service_account,omitempty" maxLength:"16384" doc:"Secret: the JSON file of a key of a service account of BigQuery"`
	TLS              *string `json:"tls,omitempty" enum:"auto,verify" doc:"verify demands a certificate that is trusted; auto, the default, does so outside the networks that the operator allowed, and encrypts within them if the server can"`
	CACertificate    *string `json:"ca_certificate,omitempty" maxLength:"65536" doc:"Certificate of the authority that signed the server's, in PEM form; not a secret"`
}

// ShownCredentials are the credentials of an integration without what is secret.
type ShownCredentials struct {
	Region        string   `json:"region,omitempty"`
	Bucket        string   `json:"bucket,omitempty"`
	AccessKeyID   string   `json:"access_key_id,omitempty"`
	Endpoint      string   `json:"endpoint,omitempty"`
	RoleARN       string   `json:"role_arn,omitempty"`
	ExternalID    string   `json:"external_id,omitempty" doc:"The External ID that the trust policy of the role must ask for"`
	AccountName   string   `json:"account_name,omitempty"`
	Container     string   `json:"container,omitempty"`
	SearchPath    string   `json:"search_path,omitempty"`
	Host          string   `json:"host,omitempty"`
	Port          int      `json:"port,omitempty"`
	Database      string   `json:"database,omitempty"`
	User          string   `json:"user,omitempty"`
	Account       string   `json:"account,omitempty"`
	Warehouse     string   `json:"warehouse,omitempty"`
	Role          string   `json:"role,omitempty"`
	Project       string   `json:"project,omitempty"`
	Dataset       string   `json:"dataset,omitempty"`
	TLS           string   `json:"tls,omitempty"`
	CACertificate string   `json:"ca_certificate,omitempty"`
	Secrets       []string `json:"secrets" nullable:"false" doc:"Names of the secret fields that are kept"`
}

// SchemaChoice selects the schemas of a warehouse that are crawled.
type SchemaChoice struct {
	Include []string `json:"include" required:"false" nullable:"false" maxItems:"200" doc:"Patterns of names of schemas, in which * is any text and ? any letter; one with a dot matches database and schema. Without any all are included"`
	Exclude []string `json:"exclude" required:"false" nullable:"false" maxItems:"200" doc:"Patterns of what is left out; tables that were crawled before are removed then"`
	New     *bool    `json:"new,omitempty" doc:"false leaves out schemas that come after the first sync; without it they are taken up"`
}

// SyncSchedule is when an integration syncs.
type SyncSchedule struct {
	Cron     string `json:"cron" maxLength:"100" example:"0 0 * * *" doc:"Five fields, or a word such as @daily; empty means never by itself"`
	TimeZone string `json:"time_zone" required:"false" maxLength:"64" example:"Europe/Berlin" doc:"IANA name; empty means UTC"`
}

// Integration is a configured source.
type Integration struct {
	Name          string                        `json:"name"`
	Kind          string                        `json:"kind" doc:"dbt_core, or a warehouse: postgres, redshift, snowflake, bigquery"`
	Source        string                        `json:"source" enum:"uploads,access_key,role,azure,warehouse" doc:"What it reads: artifacts of uploads or of a bucket (by how it is reached), or a warehouse"`
	SchemaID      string                        `json:"schema_id" doc:"The schema that it feeds"`
	Credentials   ShownCredentials              `json:"credentials"`
	Enabled       bool                          `json:"enabled" doc:"false pauses the schedule"`
	Schedule      SyncSchedule                  `json:"schedule"`
	ArtifactsOnly bool                          `json:"artifacts_only" doc:"Of a bucket, only manifests and run results are read"`
	Schemas       *SchemaChoice                 `json:"schemas,omitempty" doc:"Of a warehouse, which schemas are read"`
	Staling       bool                          `json:"staling" doc:"Of dbt, what a later sync no longer has is flagged as removed; false keeps it"`
	Policy        httpserver.Nullable[Policy]   `json:"policy" doc:"Of the schema that it feeds: whether dbt's or a person's value is effective. Null if that schema was deleted"`
	NextSyncAt    *string                       `json:"next_sync_at" format:"date-time" doc:"Null: none is scheduled"`
	LastSync      httpserver.Nullable[SyncRef]  `json:"last_sync"`
	CreatorRef    httpserver.Nullable[ActorRef] `json:"creator_ref" doc:"Who created it"`
	CreatedAt     string                        `json:"created_at" format:"date-time"`
	UpdatedAt     string                        `json:"updated_at" format:"date-time"`
}

// SyncRef names a sync.
type SyncRef struct {
	ID        string  `json:"id"`
	Status    string  `json:"status"`
	StartedAt *string `json:"started_at" format:"date-time"`
	EndedAt   *string `json:"ended_at" format:"date-time"`
}

// IntegrationPatch changes an integration.
type IntegrationPatch struct {
	Name          *string       `json:"name,omitempty" minLength:"1" maxLength:"200"`
	SchemaID      *string       `json:"schema_id,omitempty" doc:"The schema that it feeds from now on. What a warehouse reported to the one before is flagged as removed there, unless something else reports it"`
	Credentials   *Credentials  `json:"credentials,omitempty" doc:"Omitted fields are unchanged. A secret has to be sent again when what it is used for changes: bucket, region, endpoint, access key id, account or container, and anything that names a warehouse"`
	Enabled       *bool         `json:"enabled,omitempty"`
	Schedule      *SyncSchedule `json:"schedule,omitempty"`
	ArtifactsOnly *bool         `json:"artifacts_only,omitempty"`
	Schemas       *SchemaChoice `json:"schemas,omitempty" doc:"Which schemas of a warehouse are crawled; replaces the choice that there was"`
	Staling       *bool         `json:"staling,omitempty" doc:"Of dbt, from the next manifest on"`
	Policy        *PolicyPatch  `json:"policy,omitempty" doc:"Of the schema that it feeds; it requires write:catalog, too"`
}

// NewIntegration is a request for an integration.
type NewIntegration struct {
	Kind  string  `json:"kind" enum:"dbt_core,postgres,redshift,snowflake,bigquery"`
	Draft *string `json:"draft,omitempty" doc:"UUID of a draft; the integration takes over its UUID and External ID"`
	IntegrationPatch
}

// Trial is what a test of a connection found.
type Trial struct {
	OK      bool          `json:"ok"`
	Code    string        `json:"code" doc:"Why it failed, such as wrong-secret, no-bucket, wrong-region, permission-denied, no-manifest, wrong-login, no-database, no-compute; empty if it did not"`
	Message string        `json:"message"`
	Objects []TrialObject `json:"objects" nullable:"false" doc:"What a sync would look at, newest first, at most 100"`
	Schemas []TrialSchema `json:"schemas" nullable:"false" doc:"Of a warehouse, what a sync would read, at most 100, and what it could not read"`
	Total   int           `json:"total" doc:"How many objects, or schemas of a warehouse, a sync would look at"`
}

// TrialSchema is a schema of a warehouse.
type TrialSchema struct {
	Name    string `json:"name" example:"shop.analytics"`
	Problem string `json:"problem" doc:"Why it cannot be read; empty if it can"`
}

// TrialObject is an object that a sync would look at.
type TrialObject struct {
	Key        string `json:"key"`
	Kind       string `json:"kind"`
	Size       int64  `json:"size" doc:"Bytes"`
	ModifiedAt string `json:"modified_at" format:"date-time"`
}

// Draft is an External ID for an integration that is to come, so that its role can be made first.
type Draft struct {
	ExternalID       string `json:"external_id"`
	AccountID        string `json:"account_id" doc:"AWS account of this server; empty if it has none"`
	TrustPolicy      string `json:"trust_policy" doc:"JSON, to be pasted into the role"`
	PermissionPolicy string `json:"permission_policy" doc:"JSON, to be pasted into the role; with the name of the bucket in it once that is known"`
	Problem          string `json:"problem" doc:"Why the server cannot assume roles; empty if it can"`
}

// IntegrationPath is the id of an integration in a path.
type IntegrationPath struct {
	ID string `path:"id" maxLength:"64" example:"f7d68db5-9dbc-4880-b6cd-ec363c1f7d6b"`
}

type listIntegrationsInput struct {
	httpserver.PageParams
	Kind     string `query:"kind" enum:"dbt_core,postgres,redshift,snowflake,bigquery" doc:"Only those of this kind"`
	SchemaID string `query:"schema_id" doc:"Only those that feed this schema"`
}

type updateIntegrationInput struct {
	IntegrationPath
	IfMatchParam
	Body IntegrationPatch
}

type deleteIntegrationInput struct {
	IntegrationPath
	IfMatchParam
	Assets string `query:"assets" enum:"keep,remove" example:"keep" doc:"What becomes of what it brought. keep: it stays as it is; remove: it is flagged as removed, unless something else reports it. Required"`
}

type draftInput struct {
	Body struct {
		Region     string `json:"region,omitempty" maxLength:"64"`
		Bucket     string `json:"bucket,omitempty" maxLength:"222"`
		SearchPath string `json:"search_path,omitempty" maxLength:"1024"`
	}
}

func (a *API) registerIntegrations(s *httpserver.Server) {
	const all, one = "/api/v1/integrations", "/api/v1/integrations/{id}"
	op := func(method, path string, scope access.Scope, id, summary, description string, status int, example string) httpserver.Operation {
		return httpserver.Operation{Method: method, Path: path, Scope: scope, ID: id, Tag: "integrations", Summary: summary, Description: description, Status: status, Example: example}
	}
	read, write := access.ReadIntegrations, access.WriteIntegrations
	httpserver.Register(s, op(http.MethodGet, all, read, "list-integrations", "List integrations", "With their last sync.", 0, ""), a.listIntegrations)
	httpserver.Register(s, op(http.MethodPost, all, write, "create-integration", "Create an integration",
		"Without `schema_id` it feeds the workspace's only schema, else a new one of its name. Without credentials one of dbt waits for uploads.", http.StatusCreated,
		`{"kind":"dbt_core","name":"dbt Core"}`), a.createIntegration)
	httpserver.Register(s, op(http.MethodGet, one, read, "get-integration", "Read an integration", "Secrets are never shown.", 0, ""), a.getIntegration)
	httpserver.Register(s, op(http.MethodPatch, one, write, "update-integration", "Update an integration",
		"With `If-Match` it is refused (412) if the integration has changed since it was read.", 0, `{"enabled":false}`), a.updateIntegration)
	remove := op(http.MethodDelete, one, write, "delete-integration", "Delete an integration",
		"With its credentials and syncs. `assets` decides about what it brought: nothing is deleted, and what people wrote stays in either case.", http.StatusNoContent, "")
	remove.Sample = []string{"assets"}
	httpserver.Register(s, remove, a.deleteIntegration)
	httpserver.Register(s, op(http.MethodPost, one+"/test", write, "test-integration", "Test the connection of an integration",
		"Lists the bucket as a sync does, and reads the first byte of the newest manifest; or lists the schemas of the warehouse. Changes nothing.", http.StatusOK, ""), a.testIntegration)
	httpserver.Register(s, op(http.MethodPost, all+"/test", write, "test-new-integration", "Test a connection that is not saved",
		"As `POST /integrations` takes it. Creates nothing.", http.StatusOK, `{"kind":"dbt_core","name":"dbt Core"}`), a.testNewIntegration)
	httpserver.Register(s, op(http.MethodPost, all+"/drafts", write, "create-integration-draft", "Prepare an integration with a role",
		"Returns the External ID of the integration to come and the policies of its role. The draft is kept for seven days; `POST /integrations` takes its UUID as `draft`.",
		http.StatusCreated, `{"region":"eu-west-1","bucket":"my-dbt-artifacts"}`), a.createDraft)
	a.registerSyncs(s)
}

// integration returns an integration that the principal may see.
func (a *API) integration(ctx context.Context, p access.Principal, id string) (store.Integration, error) {
	i, err := a.store.Integration(ctx, p.WS, strings.ToLower(id))
	if err == nil && !p.Sees(i.Schema) {
		err = catalog.ErrNotFound
	}
	return i, httpserver.Missing(err, "id", id)
}

func (a *API) listIntegrations(ctx context.Context, p access.Principal, in *listIntegrationsInput) (*httpserver.Body[httpserver.List[Integration]], error) {
	f := store.IntegrationFilter{Kind: in.Kind, Only: p.Schemas}
	if in.SchemaID != "" {
		view, err := a.schema(ctx, p, "schema_id", in.SchemaID)
		if err != nil {
			return nil, err
		}
		f.Only = []catalog.SchemaID{view.Schema.ID}
	}
	page, err := a.cursors.Page(ctx, p.WS, in.PageParams)
	if err != nil {
		return nil, err
	}
	rows, err := a.store.Integrations(ctx, p.WS, f, page)
	if err != nil {
		return nil, httpserver.StaleCursor(err, page)
	}
	ids := make([]int64, len(rows.Rows))
	for n, i := range rows.Rows {
		ids[n] = i.ID
	}
	last, err := a.store.LastSyncs(ctx, p.WS, ids)
	if err != nil {
		return nil, err
	}
	out := httpserver.ListOf[Integration](ctx, a.cursors, p.WS, in.Limit, rows.Next, rows.Total)
	for _, i := range rows.Rows {
		r, err := a.integrationResource(ctx, i, last[i.ID])
		if err != nil {
			return nil, err
		}
		out.Data = append(out.Data, r)
	}
	return httpserver.Reply(out), nil
}

func (a *API) createIntegration(ctx context.Context, p access.Principal, in *struct{ Body NewIntegration }) (*httpserver.Located[httpserver.Document[Integration]], error) {
	n, err := a.newIntegration(ctx, p, in.Body)
	if err != nil {
		return nil, err
	}
	i, err := a.integrations.Add(ctx, p.WS, n, p.By())
	if err != nil {
		return nil, fieldProblem(err)
	}
	if err := a.setPolicy(ctx, p, i, in.Body.Policy); err != nil {
		return nil, err
	}
	r, err := a.integrationResource(ctx, i, store.Sync{})
	if err != nil {
		return nil, err
	}
	return &httpserver.Located[httpserver.Document[Integration]]{Location: "/api/v1/integrations/" + i.UUID, Body: httpserver.DocumentOf(r)}, nil
}

// newIntegration reads a request for an integration.
func (a *API) newIntegration(ctx context.Context, p access.Principal, b NewIntegration) (syncing.New, error) {
	if len(p.Schemas) > 0 && b.SchemaID == nil {
		return syncing.New{}, catalog.ErrForbidden
	}
	n := syncing.New{Kind: b.Kind}
	if b.Draft != nil {
		n.Draft = *b.Draft
	}
	if b.Name == nil {
		return n, invalidField("name", "it is missing")
	}
	var err error
	n.Change, err = a.integrationChange(ctx, p, b.IntegrationPatch, syncing.Settings{})
	return n, err
}

// integrationChange returns what a request changes of settings.
func (a *API) integrationChange(ctx context.Context, p access.Principal, b IntegrationPatch, present syncing.Settings) (syncing.Change, error) {
	c := syncing.Change{Name: b.Name, Enabled: b.Enabled}
	if b.Name != nil {
		if err := plainText("name", *b.Name); err != nil {
			return c, err
		}
	}
	if b.Schedule != nil {
		c.Cron, c.TimeZone = &b.Schedule.Cron, &b.Schedule.TimeZone
	}
	if b.SchemaID != nil {
		ids, err := a.schemaIDs(ctx, p, []string{*b.SchemaID})
		if err != nil {
			return c, err
		}
		c.Schema = &ids[0]
	}
	if b.Policy != nil && !p.Can(access.WriteCatalog) {
		refused := httpserver.NewProblem(httpserver.CodeInsufficientScope, "policy: it is the schema's, which requires a key with the scope %q.", access.WriteCatalog)
		refused.RequiredScope = string(access.WriteCatalog)
		return c, refused
	}
	if b.Credentials == nil && b.ArtifactsOnly == nil && b.Staling == nil && b.Schemas == nil {
		return c, nil
	}
	c.Settings = &present
	if b.ArtifactsOnly != nil {
		present.ArtifactsOnly = *b.ArtifactsOnly
	}
	if b.Schemas != nil {
		present.Schemas = crawling.Choice{Include: b.Schemas.Include, Exclude: b.Schemas.Exclude, KnownOnly: b.Schemas.New != nil && !*b.Schemas.New}
	}
	if b.Staling != nil {
		present.NoStaling = !*b.Staling
	}
	if b.Credentials != nil {
		c.Secrets = b.Credentials.apply(&present)
	}
	return c, nil
}

// setPolicy changes the policy of the schema that an integration feeds.
func (a *API) setPolicy(ctx context.Context, p access.Principal, i store.Integration, patch *PolicyPatch) error {
	if patch == nil {
		return nil
	}
	return a.editor.UpdateSchema(ctx, p.WS, i.Schema, p.Actor(), store.SchemaPatch{By: p.By(), Policy: patch.onto})
}

// apply sets settings by the fields that were sent, and returns the secret ones.
func (c Credentials) apply(s *syncing.Settings) (secrets map[string]string) {
	for name, value := range map[string]*string{
		"region": c.Region, "bucket": c.Bucket, "access_key_id": c.AccessKeyID, "endpoint": c.Endpoint, "role_arn": c.RoleARN,
		"account_name": c.AccountName, "container": c.Container, "search_path": c.SearchPath,
		"host": c.Host, "database": c.Database, "user": c.User, "tls": c.TLS, "ca_certificate": c.CACertificate,
		"account": c.Account, "warehouse": c.Warehouse, "role": c.Role, "project": c.Project, "dataset": c.Dataset,
	} {
		if value != nil {
			s.Set(name, *value)
		}
	}
	if c.Port != nil {
		s.Port = *c.Port
	}
	secrets = map[string]string{}
	for name, value := range map[string]*string{
		syncing.FieldSecretAccessKey: c.SecretAccessKey, syncing.FieldConnectionString: c.ConnectionString, syncing.FieldPassword: c.Password,
		syncing.FieldPrivateKey: c.PrivateKey, syncing.FieldServiceAccount: c.ServiceAccount,
	} {
		if value != nil {
			secrets[name] = *value
		}
	}
	return secrets
}

func (a *API) getIntegration(ctx context.Context, p access.Principal, in *IntegrationPath) (*httpserver.Body[httpserver.Document[Integration]], error) {
	i, err := a.integration(ctx, p, in.ID)
	if err != nil {
		return nil, err
	}
	last, err := a.store.LastSyncs(ctx, p.WS, []int64{i.ID})
	if err != nil {
		return nil, err
	}
	r, err := a.integrationResource(ctx, i, last[i.ID])
	if err != nil {
		return nil, err
	}
	return httpserver.Reply(httpserver.DocumentOf(r)), nil
}

func (a *API) updateIntegration(ctx context.Context, p access.Principal, in *updateIntegrationInput) (*httpserver.Changed[httpserver.Document[Integration]], error) {
	i, err := a.integration(ctx, p, in.ID)
	if err != nil {
		return nil, err
	}
	present, err := syncing.ReadSettings(i.Settings)
	if err != nil {
		return nil, err
	}
	c, err := a.integrationChange(ctx, p, in.Body, present)
	if err != nil {
		return nil, err
	}
	last, err := a.store.LastSyncs(ctx, p.WS, []int64{i.ID})
	if err != nil {
		return nil, err
	}
	if i, err = a.integrations.Set(ctx, p.WS, i.UUID, c, a.integrationIs(ctx, p, in.IfMatch, last[i.ID]), p.By()); err != nil {
		return nil, httpserver.Missing(fieldProblem(err), "id", in.ID)
	}
	if err := a.setPolicy(ctx, p, i, in.Body.Policy); err != nil {
		return nil, err
	}
	r, err := a.integrationResource(ctx, i, last[i.ID])
	if err != nil {
		return nil, err
	}
	return httpserver.ReplyChanged(httpserver.DocumentOf(r), httpserver.DocumentOf(r))
}

func (a *API) deleteIntegration(ctx context.Context, p access.Principal, in *deleteIntegrationInput) (*struct{}, error) {
	i, err := a.integration(ctx, p, in.ID)
	if err != nil {
		return nil, err
	}
	if in.Assets == "" {
		return nil, httpserver.InvalidParameter("assets", "must be keep (what it brought stays as it is) or remove (it is flagged as removed, unless something else reports it)")
	}
	last, err := a.store.LastSyncs(ctx, p.WS, []int64{i.ID})
	if err != nil {
		return nil, err
	}
	err = a.integrations.Delete(ctx, p.WS, i.UUID, in.Assets, a.integrationIs(ctx, p, in.IfMatch, last[i.ID]), p.By())
	return nil, httpserver.Missing(err, "id", in.ID)
}

// integrationIs returns the check that an integration is visible and its document still has the tag of If-Match.
func (a *API) integrationIs(ctx context.Context, p access.Principal, ifMatch string, last store.Sync) func(store.Integration) error {
	return func(i store.Integration) error {
		if !p.Sees(i.Schema) {
			return catalog.ErrNotFound
		}
		r, err := a.integrationResource(ctx, i, last)
		if err != nil {
			return err
		}
		return httpserver.Precondition(ifMatch, httpserver.DocumentOf(r))
	}
}

func (a *API) testIntegration(ctx context.Context, p access.Principal, in *IntegrationPath) (*httpserver.Body[httpserver.Document[Trial]], error) {
	i, err := a.integration(ctx, p, in.ID)
	if err != nil {
		return nil, err
	}
	t, err := a.integrations.Try(ctx, i)
	if err != nil {
		return nil, fieldProblem(err)
	}
	return httpserver.Reply(httpserver.DocumentOf(trialResource(i.UUID, t))), nil
}

func (a *API) testNewIntegration(ctx context.Context, p access.Principal, in *struct{ Body NewIntegration }) (*httpserver.Body[httpserver.Document[Trial]], error) {
	n, err := a.newIntegration(ctx, p, in.Body)
	if err != nil {
		return nil, err
	}
	t, err := a.integrations.TryNew(ctx, p.WS, n)
	if err != nil {
		return nil, fieldProblem(err)
	}
	return httpserver.Reply(httpserver.DocumentOf(trialResource("new", t))), nil
}

func (a *API) createDraft(ctx context.Context, p access.Principal, in *draftInput) (*httpserver.Body[httpserver.Document[Draft]], error) {
	d, err := a.integrations.Draft(ctx, p.WS)
	if err != nil {
		return nil, err
	}
	help, err := a.integrations.Role(ctx, d.ExternalID, syncing.Settings{Region: in.Body.Region, Bucket: in.Body.Bucket, SearchPath: in.Body.SearchPath})
	if err != nil {
		return nil, fieldProblem(err)
	}
	return httpserver.Reply(httpserver.DocumentOf(httpserver.Resource[Draft]{ID: d.UUID, Type: "integration_draft", Attributes: Draft{
		ExternalID: d.ExternalID, AccountID: help.Account, TrustPolicy: help.Trust, PermissionPolicy: help.Permission, Problem: help.Problem,
	}})), nil
}

func trialResource(id string, t syncing.Trial) httpserver.Resource[Trial] {
	out := Trial{OK: t.OK, Code: t.Code, Message: t.Message, Objects: []TrialObject{}, Schemas: []TrialSchema{}, Total: t.Total}
	for _, o := range t.Objects {
		out.Objects = append(out.Objects, TrialObject{Key: o.Key, Kind: string(o.Kind), Size: o.Size, ModifiedAt: timeOrEmpty(o.Modified)})
	}
	for _, s := range t.Schemas {
		out.Schemas = append(out.Schemas, TrialSchema{Name: s.Name, Problem: s.Problem})
	}
	return httpserver.Resource[Trial]{ID: id, Type: "integration_test", Attributes: out}
}

func (a *API) integrationResource(ctx context.Context, i store.Integration, last store.Sync) (httpserver.Resource[Integration], error) {
	s, err := syncing.ReadSettings(i.Settings)
	if err != nil {
		return httpserver.Resource[Integration]{}, err
	}
	schema, err := a.store.Schema(ctx, i.WS, i.Schema)
	deleted := errors.Is(err, catalog.ErrNotFound)
	if err != nil && !deleted {
		return httpserver.Resource[Integration]{}, err
	}
	out := Integration{
		Name: i.Name, Kind: i.Kind, Source: s.Source(), SchemaID: i.Schema.String(), Enabled: i.Enabled,
		Schedule: SyncSchedule{Cron: i.Cron, TimeZone: i.TimeZone}, ArtifactsOnly: s.ArtifactsOnly, Staling: !s.NoStaling, NextSyncAt: timeText(i.NextAt),
		CreatorRef: actorRefOf(i.Creator), CreatedAt: timeOrEmpty(i.CreatedAt), UpdatedAt: timeOrEmpty(i.UpdatedAt),
		Credentials: ShownCredentials{
			Region: s.Region, Bucket: s.Bucket, AccessKeyID: s.AccessKeyID, Endpoint: s.Endpoint, RoleARN: s.RoleARN, ExternalID: i.ExternalID,
			AccountName: s.AccountName, Container: s.Container, SearchPath: s.SearchPath, Secrets: []string{},
			Host: s.Host, Port: s.Port, Database: s.Database, User: s.User, TLS: s.TLS, CACertificate: s.CACertificate,
			Account: s.Account, Warehouse: s.Warehouse, Role: s.Role, Project: s.Project, Dataset: s.Dataset,
		},
	}
	if s.Source() == syncing.SourceWarehouse {
		takesNew := !s.Schemas.KnownOnly
		out.Schemas = &SchemaChoice{Include: orEmpty(s.Schemas.Include), Exclude: orEmpty(s.Schemas.Exclude), New: &takesNew}
	}
	if !deleted {
		policy := policyOf(schema.Policy)
		out.Policy = httpserver.NullableOf(&policy)
	}
	if out.Source == "" {
		out.Source = "uploads"
	}
	if field := s.SecretField(); field != "" {
		out.Credentials.Secrets = []string{field}
	}
	if last.UUID != "" {
		out.LastSync = httpserver.Nullable[SyncRef]{Value: &SyncRef{ID: last.UUID, Status: last.Status, StartedAt: timeText(last.StartedAt), EndedAt: timeText(last.EndedAt)}}
	}
	return httpserver.Resource[Integration]{ID: i.UUID, Type: "integration", Attributes: out}, nil
}
