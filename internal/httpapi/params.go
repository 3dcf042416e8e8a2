package httpapi

import (
	"context"
	"errors"
	"strings"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/readmodel"
)

// AtParam selects an older state.
type AtParam struct {
	At string `query:"at" maxLength:"64" doc:"An older state: number of a version, an RFC 3339 time, or a day such as 2026-01-10 (the state at its end, UTC). Results of runs are those that were known then"`
}

// SchemaPath is the id of a schema in a path.
type SchemaPath struct {
	ID string `path:"id" maxLength:"64" example:"SCH-101"`
}

// ImportPath is the id of an import in a path.
type ImportPath struct {
	ID string `path:"id" maxLength:"64" example:"IMP-1"`
}

// RunPath is the id of a run in a path.
type RunPath struct {
	ID string `path:"id" maxLength:"64" example:"RUN-1"`
}

// ProjectPath is the id of a project in a path.
type ProjectPath struct {
	ID string `path:"id" maxLength:"64" example:"PRJ-1"`
}

// KeyPath is the id of a key in a path.
type KeyPath struct {
	ID string `path:"id" maxLength:"64" example:"KEY-2"`
}

// UserPath is the id of a user in a path.
type UserPath struct {
	ID string `path:"id" maxLength:"64" example:"USR-1"`
}

// IfMatchParam is the precondition of a change.
type IfMatchParam struct {
	IfMatch string `header:"If-Match" doc:"ETag of the document that is changed, from a GET or an earlier change. If the document has changed since, nothing is changed and the reply is 412."`
}

// view returns the view of the schema in the parameter schema_id; catalog.ErrNotFound if the principal may not see it.
func (a *API) view(ctx context.Context, p access.Principal, id, at string) (*readmodel.View, error) {
	v, err := a.schema(ctx, p, "schema_id", id)
	if err != nil {
		return nil, err
	}
	return viewAt(ctx, v, "at", at)
}

// schema returns the view of the schema that a parameter names.
func (a *API) schema(ctx context.Context, p access.Principal, param, id string) (*readmodel.View, error) {
	n, err := catalog.ParseIDOf(catalog.PrefixSchema, id)
	if err != nil {
		return nil, httpserver.Missing(err, param, id)
	}
	v, err := a.model.View(ctx, p, catalog.SchemaID(n))
	return v, httpserver.Missing(err, param, id)
}

// schemaIDs returns the schemas that a field of a body names; not nil.
func (a *API) schemaIDs(ctx context.Context, p access.Principal, labels []string) ([]catalog.SchemaID, error) {
	const field = "schema_ids"
	ids := make([]catalog.SchemaID, 0, len(labels))
	for _, label := range labels {
		view, err := a.schema(ctx, p, field, label)
		if errors.Is(err, catalog.ErrNotFound) {
			return nil, httpserver.NewProblem(httpserver.CodeUnknownSchema,
				"There is no schema %.80q in this workspace; GET /api/v1/schemas lists them.", label).About(field, "unknown")
		}
		if err != nil {
			return nil, err
		}
		ids = append(ids, view.Schema.ID)
	}
	return ids, nil
}

// viewAt returns the view of the version that a parameter names; the served version by default.
func viewAt(ctx context.Context, v *readmodel.View, param, at string) (*readmodel.View, error) {
	if at == "" {
		return v, nil
	}
	chosen, err := readmodel.ParseAt(at)
	if err != nil {
		return nil, httpserver.InvalidParameter(param, "%v", err)
	}
	older, err := v.At(ctx, chosen)
	if _, deleted := errors.AsType[*catalog.HistoryError](err); !deleted && errors.Is(err, catalog.ErrNotFound) {
		return nil, httpserver.NewProblem(httpserver.CodeNotFound, "%s %q does not exist: %s is at version %d.", param, at, v.Schema.ID, v.Schema.Version).About(param, "not found")
	}
	return older, httpserver.Missing(err, param, at)
}

// filtered returns the view of an optional schema_id; nil means all schemas of the workspace. A key that is limited
// to several schemas must name one.
func (a *API) filtered(ctx context.Context, p access.Principal, id, at string) (*readmodel.View, error) {
	if id != "" {
		return a.view(ctx, p, id, at)
	}
	if len(p.Schemas) == 1 {
		return a.view(ctx, p, p.Schemas[0].String(), at)
	}
	if len(p.Schemas) > 1 {
		return nil, httpserver.InvalidParameter("schema_id", "this key is limited to some schemas: one of them is required")
	}
	if at != "" {
		return nil, httpserver.InvalidParameter("at", "requires schema_id, because versions belong to a schema")
	}
	return nil, nil //nolint:nilnil // the whole workspace
}

// splitCommas splits a parameter at commas.
func splitCommas(s string) []string {
	var out []string
	for w := range strings.SplitSeq(s, ",") {
		if w = strings.TrimSpace(w); w != "" {
			out = append(out, w)
		}
	}
	return out
}
