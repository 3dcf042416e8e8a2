package mcp

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/readmodel"
	"github.com/thalweg-data/thalweg/internal/store"
)

// schemaArg names a schema.
type schemaArg struct {
	Schema string `json:"schema,omitempty" jsonschema:"id or name of a schema, such as SCH-101; only needed where there are several"`
}

// atArg chooses an older state.
type atArg struct {
	At string `json:"at,omitempty" jsonschema:"an older state: number of a version, RFC 3339 time or day"`
}

// assetArg names an asset.
type assetArg struct {
	Asset string `json:"asset" jsonschema:"a name as dbt has it (orders, model.shop.orders), a relation (analytics.orders) or an id (TBL-12)"`
	schemaArg
	Project string `json:"project,omitempty" jsonschema:"dbt project, if several have the asset"`
}

// mostSchemas is how many schemas are looked through for a name.
const mostSchemas = 200

// schemas lists the schemas that the caller sees, up to mostSchemas.
func (c *caller) schemas(ctx context.Context) ([]store.SchemaRow, error) {
	page, err := c.Model.Workspace(c.p).Schemas(ctx, store.Page{Limit: mostSchemas})
	return page.Rows, err
}

// view returns the view that arguments name: of the only schema, unless they name one.
func (c *caller) view(ctx context.Context, schema, at string, from *positions) (*readmodel.View, error) {
	id, err := c.schemaID(ctx, schema)
	if err != nil {
		return nil, err
	}
	v, err := c.Model.View(ctx, c.p, id)
	if err != nil {
		return nil, httpserver.Missing(err, "schema", schema)
	}
	return viewAt(ctx, v, at, from)
}

func (c *caller) schemaID(ctx context.Context, name string) (catalog.SchemaID, error) {
	if n, err := catalog.ParseIDOf(catalog.PrefixSchema, name); err == nil {
		return catalog.SchemaID(n), nil
	}
	rows, err := c.schemas(ctx)
	if err != nil {
		return 0, err
	}
	var found []store.SchemaRow
	for _, row := range rows {
		if name == "" || strings.EqualFold(row.Name, name) {
			found = append(found, row)
		}
	}
	switch {
	case len(found) == 1:
		return found[0].ID, nil
	case len(found) > 1:
		return 0, httpserver.InvalidParameter("schema", "required, because there are several: %s", schemaNames(found))
	case name == "":
		return 0, httpserver.NewProblem(httpserver.CodeNotFound, "There is no schema that this key may see.")
	}
	return 0, httpserver.MissingOf(catalog.ErrNotFound, "schema", name, func(yield func(string) bool) {
		for _, row := range rows {
			if !yield(row.Name) {
				return
			}
		}
	})
}

// schemaNames lists schemas in an error.
func schemaNames(rows []store.SchemaRow) string {
	const most = 20
	var names []string
	for _, row := range rows[:min(len(rows), most)] {
		names = append(names, fmt.Sprintf("%s (%s)", row.ID, short(row.Name)))
	}
	if len(rows) > most {
		names = append(names, "…")
	}
	return strings.Join(names, ", ")
}

// viewAt moves a view to the version that at names, or to that of the page before.
func viewAt(ctx context.Context, v *readmodel.View, at string, from *positions) (*readmodel.View, error) {
	if from != nil && from.Version > 0 && from.Version <= v.Version && at == "" {
		return v.At(ctx, readmodel.AtVersion(from.Version))
	}
	if at == "" {
		return v, nil
	}
	return versionOf(ctx, v, "at", at)
}

// versionOf returns the view of the version that an argument names.
func versionOf(ctx context.Context, v *readmodel.View, param, at string) (*readmodel.View, error) {
	chosen, err := readmodel.ParseAt(at)
	if err != nil {
		return nil, httpserver.InvalidParameter(param, "%v", err)
	}
	older, err := v.At(ctx, chosen)
	return older, httpserver.Missing(err, param, at)
}

// found is an asset with the view of its schema.
type found struct {
	view *readmodel.View
	readmodel.FoundAsset
}

// asset finds the asset that arguments name: by its id, else by name in the schema, else in every schema.
func (c *caller) asset(ctx context.Context, in assetArg, at string, from *positions) (found, error) {
	if strings.TrimSpace(in.Asset) == "" {
		return found{}, httpserver.InvalidParameter("asset", "must not be empty")
	}
	if prefix, n, err := catalog.ParseID(in.Asset); err == nil {
		v, a, err := c.Model.Asset(ctx, c.p, catalog.AssetID(n), prefix)
		if err == nil && (at != "" || from != nil) {
			if v, err = viewAt(ctx, v, at, from); err == nil {
				a, err = v.Asset(ctx, a.ID)
			}
		}
		if !errors.Is(err, catalog.ErrNotFound) {
			return found{v, readmodel.FoundAsset{Asset: a}}, err
		}
	}
	views, err := c.views(ctx, in.Schema, at)
	if err != nil {
		return found{}, err
	}
	f, err := c.named(ctx, views, in)
	if err != nil || from == nil {
		return f, err
	}
	if f.view, err = viewAt(ctx, f.view, at, from); err == nil {
		f.Asset, err = f.view.Asset(ctx, f.ID)
	}
	return f, err
}

// views returns the views in which an asset is looked for by its name.
func (c *caller) views(ctx context.Context, schema, at string) ([]*readmodel.View, error) {
	if schema != "" || at != "" {
		v, err := c.view(ctx, schema, at, nil)
		return []*readmodel.View{v}, err
	}
	rows, err := c.schemas(ctx)
	if err != nil {
		return nil, err
	}
	const most = 20
	if len(rows) > most {
		return nil, httpserver.InvalidParameter("schema", "required, because there are many: %s", schemaNames(rows))
	}
	var views []*readmodel.View
	for _, row := range rows {
		v, err := c.Model.View(ctx, c.p, row.ID)
		if err != nil {
			return nil, err
		}
		views = append(views, v)
	}
	return views, nil
}

// named finds an asset by its name. A name that several schemas have is not unique.
func (c *caller) named(ctx context.Context, views []*readmodel.View, in assetArg) (found, error) {
	var all []found
	for _, v := range views {
		a, err := v.FindAsset(ctx, in.Project, in.Asset)
		if err == nil {
			all = append(all, found{v, a})
		} else if !errors.Is(err, catalog.ErrNotFound) {
			return found{}, err
		}
	}
	switch len(all) {
	case 0:
		return found{}, c.near(ctx, views, in.Asset)
	case 1:
		return all[0], nil
	}
	out := &catalog.AmbiguousError{Name: in.Asset, Remedy: "schema is required too"}
	for _, f := range all {
		out.Candidates = append(out.Candidates, catalog.Candidate{
			ID: f.ID, Kind: f.Kind, Name: fmt.Sprintf("%s in %s (%s)", assetName(&f.Asset), f.view.Schema.ID, short(f.view.Schema.Name)), Relation: f.Relation.Display(),
		})
	}
	return found{}, out
}

// near is the error for a name that nothing has, with those that look like it.
func (c *caller) near(ctx context.Context, views []*readmodel.View, name string) error {
	var similar []string
	for _, v := range views {
		names, err := v.NearAssets(ctx, name)
		if err != nil {
			return err
		}
		for _, n := range names {
			if len(similar) < 5 && !slices.Contains(similar, n) {
				similar = append(similar, n)
			}
		}
	}
	return httpserver.MissingNear(catalog.ErrNotFound, "asset", name, similar)
}

// assetName is what an asset is called in answers: a name that tools take.
func assetName(a *catalog.Asset) string {
	switch {
	case a.DBT != nil && a.DBT.UniqueID != "":
		return short(a.DBT.UniqueID)
	case a.Relation.Identifier != "":
		return short(a.Relation.Display())
	}
	return short(a.Name)
}

// cardName is assetName for an asset of a state.
func cardName(a *readmodel.Asset) string {
	switch {
	case a.UniqueID != "":
		return short(a.UniqueID)
	case a.Relation.Identifier != "":
		return short(a.Relation.Display())
	}
	return short(a.Name)
}
