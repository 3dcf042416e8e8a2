package httpapi

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"

	"github.com/danielgtaylor/huma/v2"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/readmodel"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Schema is a schema as the API shows it.
type Schema struct {
	Name        string                          `json:"name"`
	Environment string                          `json:"environment"`
	Policy      Policy                          `json:"policy"`
	Health      HealthWeights                   `json:"health" doc:"Weights of what the health of a table is made of"`
	Version     int64                           `json:"version" doc:"Number of the served state; 0 before the first import"`
	Tables      int64                           `json:"tables" doc:"Present tables"`
	LastImport  httpserver.Nullable[LastImport] `json:"last_import"`
	Targets     []Target                        `json:"targets" nullable:"false" doc:"The target that feeds the schema, of each dbt project"`
	CreatedAt   string                          `json:"created_at" format:"date-time"`
	UpdatedAt   string                          `json:"updated_at" format:"date-time"`
}

// LastImport is the newest import of a schema.
type LastImport struct {
	ID     string `json:"id"`
	Status string `json:"status"`
}

// Target is where a dbt project builds what feeds a schema.
type Target struct {
	Project  string `json:"project"`
	Name     string `json:"name" doc:"Of the project"`
	Database string `json:"database" doc:"Empty: any"`
	Schema   string `json:"schema" doc:"Of the target, as in target.schema; a model with a custom schema is often in target.schema_custom. Empty: any"`
}

// Policy decides whether dbt's or a person's value is effective.
type Policy struct {
	Description       Rule `json:"description"`
	Owners            Rule `json:"owners"`
	Tags              Rule `json:"tags"`
	ColumnDescription Rule `json:"column_description"`
	ColumnTags        Rule `json:"column_tags"`
}

// Rule is a rule of a policy.
type Rule string

// Schema describes a rule.
func (Rule) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Type: "string", Enum: []any{string(catalog.Always), string(catalog.Smart), string(catalog.Never)},
		Description: "always: a non-blank text from dbt wins; smart: a person's edit wins until it is withdrawn; never: dbt's value is ignored",
	}
}

func ruleText(r catalog.Rule) Rule {
	if r == "" {
		return Rule(catalog.Always)
	}
	return Rule(r)
}

// NewSchema is a request for a schema.
type NewSchema struct {
	Name        string `json:"name" minLength:"1" maxLength:"200"`
	Environment string `json:"environment,omitempty" maxLength:"100"`
}

// SchemaPatch changes a schema.
type SchemaPatch struct {
	Name        *string      `json:"name,omitempty" minLength:"1" maxLength:"200"`
	Environment *string      `json:"environment,omitempty" maxLength:"100"`
	Policy      *PolicyPatch `json:"policy,omitempty"`
	Health      *HealthPatch `json:"health,omitempty" doc:"Weights; those that are not given stay"`
	// Targets of other projects stay.
	Targets []TargetPatch `json:"targets,omitempty" nullable:"false" maxItems:"100" doc:"Targets that feed the schema from now on; those of other projects are unchanged"`
}

// TargetPatch changes the target of a project.
type TargetPatch struct {
	Project  string  `json:"project" minLength:"1" maxLength:"1024" doc:"Id or name of a project of the schema"`
	Database *string `json:"database,omitempty" maxLength:"1024" doc:"Empty: any"`
	Schema   *string `json:"schema,omitempty" maxLength:"1024" doc:"Empty: any"`
	Expected bool    `json:"expected,omitempty" doc:"The project, by its name in dbt_project.yml, may not have been imported yet: a first manifest of another target then waits"`
}

// PolicyPatch changes the given rules.
type PolicyPatch struct {
	Description       *Rule `json:"description,omitempty"`
	Owners            *Rule `json:"owners,omitempty"`
	Tags              *Rule `json:"tags,omitempty"`
	ColumnDescription *Rule `json:"column_description,omitempty"`
	ColumnTags        *Rule `json:"column_tags,omitempty"`
}

func (a *API) registerSchemas(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/schemas", Scope: access.ReadCatalog, ID: "list-schemas", Tag: "schemas", Summary: "List schemas", Description: "A schema is one environment of one warehouse. A key that is limited to some sees those.",
	}, a.listSchemas)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodPost, Path: "/api/v1/schemas", Scope: access.WriteCatalog, ID: "create-schema", Example: `{"name":"Analytics Warehouse","environment":"prod"}`, Tag: "schemas",
		Summary: "Create a schema", Description: "The name is unique in the workspace; another schema of that name is a conflict (409).", Status: http.StatusCreated,
	}, a.createSchema)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/schemas/{id}", Scope: access.ReadCatalog, ID: "get-schema", Tag: "schemas", Summary: "Read a schema", Description: "Name, environment, merge policy, served version, number of tables and last import.",
	}, a.getSchema)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodPatch, Path: "/api/v1/schemas/{id}", Scope: access.WriteCatalog, ID: "update-schema", Example: `{"policy":{"description":"smart"}}`, Tag: "schemas", Summary: "Update a schema", Description: "Changes name, environment, policy, weights of health or targets; rules that are not given stay. With `If-Match` it is refused (412) if the schema has changed since it was read; the reply's `ETag` is the next one. The policy decides for each property of assets and of columns whether dbt's or a person's value is effective; what a new policy changes is changed at once, in one version. " +
			"A manifest of another target than the one of its project waits until it is confirmed (see removals); with `expected` that is so of its first one, too. A new target moves nothing by itself: what is served stays until a manifest of it is applied, which is queued at once if it waits.",
	}, a.updateSchema)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodDelete, Path: "/api/v1/schemas/{id}", Scope: access.AdminWorkspace, ID: "delete-schema", Sample: []string{"confirm"}, Tag: "schemas",
		Summary: "Delete a schema", Status: http.StatusNoContent,
		Description: "The schema and everything in it are hidden at once, its imports are canceled and its name is free. The rows are deleted after 30 days.",
	}, a.deleteSchema)
}

type deleteSchemaInput struct {
	SchemaPath
	IfMatchParam
	Confirm string `query:"confirm" maxLength:"1024" doc:"Name of the schema, to confirm; required" example:"Analytics Warehouse"`
}

func (a *API) deleteSchema(ctx context.Context, p access.Principal, in *deleteSchemaInput) (*struct{}, error) {
	view, err := a.schema(ctx, p, "id", in.ID)
	if err != nil {
		return nil, err
	}
	if len(p.Schemas) > 0 {
		return nil, catalog.ErrForbidden
	}
	if in.Confirm != view.Schema.Name {
		return nil, httpserver.InvalidParameter("confirm", "must be the name of the schema, %q", view.Schema.Name)
	}
	return nil, a.store.DeleteSchema(ctx, p.WS, view.Schema.ID, p.By(), schemaIs(in.IfMatch))
}

func (a *API) listSchemas(ctx context.Context, p access.Principal, in *httpserver.PageParams) (*httpserver.Body[httpserver.List[Schema]], error) {
	page, err := a.cursors.Page(ctx, p.WS, *in)
	if err != nil {
		return nil, err
	}
	rows, err := a.model.Workspace(p).Schemas(ctx, page)
	if err != nil {
		return nil, httpserver.StaleCursor(err, page)
	}
	out := httpserver.ListOf[Schema](ctx, a.cursors, p.WS, in.Limit, rows.Next, rows.Total)
	for _, row := range rows.Rows {
		out.Data = append(out.Data, schemaResource(row))
	}
	return httpserver.Reply(out), nil
}

func (a *API) createSchema(ctx context.Context, p access.Principal, in *struct{ Body NewSchema }) (*httpserver.Located[httpserver.Document[Schema]], error) {
	if len(p.Schemas) > 0 {
		return nil, catalog.ErrForbidden
	}
	if err := plainText("name", in.Body.Name); err != nil {
		return nil, err
	}
	if err := plainText("environment", in.Body.Environment); err != nil {
		return nil, err
	}
	s, err := a.store.CreateSchema(ctx, p.WS, in.Body.Name, in.Body.Environment, p.By())
	if err != nil {
		return nil, err
	}
	doc := httpserver.DocumentOf(schemaResource(store.SchemaRow{Schema: s}))
	return &httpserver.Located[httpserver.Document[Schema]]{Location: "/api/v1/schemas/" + s.ID.String(), Body: doc}, nil
}

func (a *API) getSchema(ctx context.Context, p access.Principal, in *SchemaPath) (*httpserver.Body[httpserver.Document[Schema]], error) {
	doc, err := a.schemaDocument(ctx, p, in.ID)
	return httpserver.Reply(doc), err
}

func (a *API) schemaDocument(ctx context.Context, p access.Principal, id string) (httpserver.Document[Schema], error) {
	view, err := a.schema(ctx, p, "id", id)
	if err != nil {
		return httpserver.Document[Schema]{}, err
	}
	row, err := view.Row(ctx)
	if err != nil {
		return httpserver.Document[Schema]{}, err
	}
	return httpserver.DocumentOf(schemaResource(row)), nil
}

// updateSchemaInput is a patch with its precondition.
type updateSchemaInput struct {
	SchemaPath
	IfMatchParam
	Body SchemaPatch
}

func (a *API) updateSchema(ctx context.Context, p access.Principal, in *updateSchemaInput) (*httpserver.Changed[httpserver.Document[Schema]], error) {
	view, err := a.schema(ctx, p, "id", in.ID)
	if err != nil {
		return nil, err
	}
	patch := store.SchemaPatch{By: p.By(), If: schemaIs(in.IfMatch), Name: in.Body.Name, Environment: in.Body.Environment}
	for field, text := range map[string]*string{"name": patch.Name, "environment": patch.Environment} {
		if text != nil {
			if err := plainText(field, *text); err != nil {
				return nil, err
			}
		}
	}
	targets, err := a.newTargets(ctx, view, in.Body.Targets)
	if err != nil {
		return nil, err
	}
	if in.Body.Policy != nil {
		patch.Policy = in.Body.Policy.onto
	}
	if in.Body.Health != nil {
		patch.Health = in.Body.Health.onto
		weights := view.Schema.Health
		if patch.Health(&weights); weights.Check() != nil {
			return nil, invalidField("health", "needs a weight that is not 0")
		}
	}
	if err := a.editor.UpdateSchema(ctx, p.WS, view.Schema.ID, p.Actor(), patch); err != nil {
		return nil, err
	}
	for _, t := range targets {
		if t.Project == 0 {
			err = a.reverts.ExpectTarget(ctx, p.WS, view.Schema.ID, t.Name, t.Target, p.By())
		} else {
			err = a.reverts.SetTarget(ctx, p.WS, t.Project, t.Target, p.By())
		}
		if err != nil {
			return nil, err
		}
	}
	after, err := a.schemaDocument(ctx, p, in.ID)
	if err != nil {
		return nil, err
	}
	return httpserver.ReplyChanged(after, after)
}

// schemaIs returns the check that a schema's document still has the tag of If-Match.
func schemaIs(ifMatch string) func(store.SchemaRow) error {
	return func(row store.SchemaRow) error {
		return httpserver.Precondition(ifMatch, httpserver.DocumentOf(schemaResource(row)))
	}
}

// projectName is what dbt takes for the name of a project.
var projectName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// newTargets are the targets that a patch asks for; the project of one that is only
// expected is 0.
func (a *API) newTargets(ctx context.Context, view *readmodel.View, patches []TargetPatch) ([]store.ProjectTarget, error) {
	var out []store.ProjectTarget
	for i, patch := range patches {
		at := fmt.Sprintf("targets[%d]", i)
		project, err := view.ProjectNamed(ctx, patch.Project)
		switch {
		case errors.Is(err, catalog.ErrNotFound) && patch.Expected:
			if project.Name = patch.Project; !projectName.MatchString(project.Name) {
				return nil, invalidField(at+".project", "is not the name of a dbt project: letters, digits and underscores")
			}
		case err != nil:
			return nil, httpserver.Missing(err, at+".project", patch.Project)
		}
		target := patch.onto(project.Target)
		if err := cmp.Or(plainText(at+".database", target.Database), plainText(at+".schema", target.Schema)); err != nil {
			return nil, err
		}
		if target.IsZero() {
			return nil, invalidField(at, "needs a database, a schema or both")
		}
		out = append(out, store.ProjectTarget{Project: project.ID, Name: project.Name, Target: target})
	}
	return out, nil
}

func (p *TargetPatch) onto(t catalog.Target) catalog.Target {
	if p.Database != nil {
		t.Database = *p.Database
	}
	if p.Schema != nil {
		t.Schema = *p.Schema
	}
	return t
}

func (p *PolicyPatch) onto(policy *catalog.Policy) {
	set := func(rule *catalog.Rule, to *Rule) {
		if to != nil {
			*rule = catalog.Rule(*to)
		}
	}
	set(&policy.Description, p.Description)
	set(&policy.Owners, p.Owners)
	set(&policy.Tags, p.Tags)
	set(&policy.ColumnDescription, p.ColumnDescription)
	set(&policy.ColumnTags, p.ColumnTags)
}

func policyOf(p catalog.Policy) Policy {
	return Policy{
		Description: ruleText(p.Description), Owners: ruleText(p.Owners), Tags: ruleText(p.Tags),
		ColumnDescription: ruleText(p.ColumnDescription), ColumnTags: ruleText(p.ColumnTags),
	}
}

func schemaResource(row store.SchemaRow) httpserver.Resource[Schema] {
	out := Schema{
		Name: row.Name, Environment: row.Environment, Version: row.Version, Tables: row.Tables,
		Policy: policyOf(row.Policy), Health: weightsOf(row.Health),
		CreatedAt: timeOrEmpty(row.CreatedAt), UpdatedAt: timeOrEmpty(row.UpdatedAt),
	}
	out.Targets = []Target{}
	for _, t := range row.Targets {
		out.Targets = append(out.Targets, Target{Project: t.Project.String(), Name: t.Name, Database: t.Target.Database, Schema: t.Target.Schema})
	}
	if row.LastImport != 0 {
		out.LastImport = httpserver.NullableOf(&LastImport{ID: row.LastImport.String(), Status: string(row.LastImportStatus)})
	}
	return httpserver.Resource[Schema]{ID: row.ID.String(), Type: "schema", Attributes: out}
}
