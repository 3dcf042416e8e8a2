package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
)

// Edited is a field of a PATCH: absent, null (which withdraws the person's own value), or a value.
type Edited[T any] struct {
	Set   bool
	Null  bool
	Value T
}

// UnmarshalJSON distinguishes null from absent.
func (e *Edited[T]) UnmarshalJSON(b []byte) error {
	e.Set = true
	if bytes.Equal(b, []byte("null")) {
		e.Null = true
		return nil
	}
	return json.Unmarshal(b, &e.Value)
}

// Schema returns the schema of the value, or null.
func (Edited[T]) Schema(r huma.Registry) *huma.Schema {
	var value Edited[T]
	switch any(value.Value).(type) {
	case string:
		return &huma.Schema{Type: "string", Nullable: true, Description: "null withdraws the person's own text"}
	default:
		return &huma.Schema{
			Type: "array", Nullable: true, Items: &huma.Schema{Type: "string"},
			Description: "The complete set; null withdraws the person's own additions and removals",
		}
	}
}

// AssetPatch edits an asset.
type AssetPatch struct {
	Description Edited[string]   `json:"description,omitempty"`
	Owners      Edited[[]string] `json:"owners,omitempty"`
	Tags        Edited[[]string] `json:"tags,omitempty"`
}

// ColumnPatch edits a column.
type ColumnPatch struct {
	Description Edited[string]   `json:"description,omitempty"`
	Tags        Edited[[]string] `json:"tags,omitempty"`
}

type editAssetInput struct {
	AssetParam
	IfMatchParam
	Body AssetPatch
}

type editColumnInput struct {
	AssetParam
	Name string `path:"name" maxLength:"4096" example:"order_id"`
	IfMatchParam
	Body ColumnPatch
}

func (a *API) registerEdits(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodPatch, Path: "/api/v1/assets/{id}", Scope: access.WriteCatalog, ID: "edit-asset", Example: `{"description":"One row per order.","tags":["core"]}`, Tag: "assets",
		Summary:     "Edit an asset",
		Description: "Sets description, owners and tags on behalf of the key's owner. Nothing is overwritten: an undo is a new edit. With `If-Match` it is refused (412) if the asset has changed since it was read; the reply's `ETag` is the next one. The reply has the effective value and the person's own; `meta.warnings` lists edits that the schema's policy hides.",
	}, a.editAsset)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodPatch, Path: "/api/v1/assets/{id}/columns/{name}", Scope: access.WriteCatalog, ID: "edit-column", Example: `{"description":"Net of VAT."}`, Tag: "columns",
		Summary:     "Edit a column",
		Description: "As for assets: description and tags of a column. `If-Match` takes the `ETag` of the column; the reply's is the next one.",
	}, a.editColumn)
}

func (a *API) editAsset(ctx context.Context, p access.Principal, in *editAssetInput) (*httpserver.Changed[EditReply[Asset]], error) {
	f, err := a.asset(ctx, p, in.ref(), "")
	if err != nil {
		return nil, err
	}
	f, err = a.edit(ctx, p, f, func(ctx context.Context, f found) (*edits, error) {
		if in.IfMatch != "" {
			before, err := a.assetDocument(ctx, p, f)
			if err != nil {
				return nil, err
			}
			if err := httpserver.Precondition(in.IfMatch, before); err != nil {
				return nil, err
			}
		}
		facets, err := f.view.Facets(ctx, &f.asset)
		if err != nil {
			return nil, err
		}
		e := a.newEdits("")
		e.text("description", in.Body.Description)
		rules := f.schema.Policy
		e.set("owners", in.Body.Owners, f.asset.Owners, valuesOfOthers(facets, rules.Owners, func(b catalog.Body) []string { return b.Owners }))
		e.set("tags", in.Body.Tags, f.asset.Tags, valuesOfOthers(facets, rules.Tags, func(b catalog.Body) []string { return b.Tags }))
		return e, nil
	})
	if err != nil {
		return nil, err
	}
	doc, err := a.assetDocument(ctx, p, f)
	if err != nil {
		return nil, err
	}
	n := notEffective{schema: f.schema}
	n.text("description", in.Body.Description, doc.Data.Attributes.Description, f.schema.Policy.Description)
	n.set("owners", in.Body.Owners, doc.Data.Attributes.Owners, f.schema.Policy.Owners)
	n.set("tags", in.Body.Tags, doc.Data.Attributes.Tags, f.schema.Policy.Tags)
	return editReply(doc.Data, n)
}

func (a *API) editColumn(ctx context.Context, p access.Principal, in *editColumnInput) (*httpserver.Changed[EditReply[Column]], error) {
	f, err := a.asset(ctx, p, in.ref(), "")
	if err != nil {
		return nil, err
	}
	name := ""
	f, err = a.edit(ctx, p, f, func(ctx context.Context, f found) (*edits, error) {
		before, err := a.columnOf(ctx, p, f, in.Name)
		if err != nil {
			return nil, err
		}
		if err := httpserver.Precondition(in.IfMatch, httpserver.DocumentOf(before)); err != nil {
			return nil, err
		}
		facets, err := f.view.Facets(ctx, &f.asset)
		if err != nil {
			return nil, err
		}
		name = before.Attributes.Name
		e := a.newEdits(name)
		e.text("description", in.Body.Description)
		others := valuesOfOthers(facets, f.schema.Policy.ColumnTags, func(b catalog.Body) []string { return columnTags(b, name) })
		e.set("tags", in.Body.Tags, before.Attributes.Tags, others)
		return e, nil
	})
	if err != nil {
		return nil, err
	}
	after, err := a.columnOf(ctx, p, f, name)
	if err != nil {
		return nil, err
	}
	n := notEffective{schema: f.schema, column: true}
	n.text("description", in.Body.Description, after.Attributes.Description, f.schema.Policy.ColumnDescription)
	n.set("tags", in.Body.Tags, after.Attributes.Tags, f.schema.Policy.ColumnTags)
	return editReply(after, n)
}

// edit applies the edits that a function computes from the asset, and returns the edited asset. Nothing else can
// change the asset while the function runs, so a precondition that holds is still true when the edits are applied.
func (a *API) edit(ctx context.Context, p access.Principal, f found, make func(context.Context, found) (*edits, error)) (found, error) {
	ref := assetRef{param: "id", name: f.asset.ID.Label(f.asset.Kind)}
	_, err := a.editor.EditAsset(ctx, p.WS, f.asset.ID, p.Actor(), func(ctx context.Context) ([]catalog.Edit, error) {
		now, err := a.asset(ctx, p, ref, "")
		if err != nil {
			return nil, err
		}
		e, err := make(ctx, now)
		if err != nil {
			return nil, err
		}
		return e.list, e.err
	})
	if err != nil {
		return f, err
	}
	return a.asset(ctx, p, ref, "")
}

// edits collects the edits of a request; err is the first invalid one.
type edits struct {
	column string
	limit  int
	list   []catalog.Edit
	err    error
}

func (a *API) newEdits(column string) *edits { return &edits{column: column, limit: a.limits.Text} }

func (e *edits) text(field string, v Edited[string]) {
	if !v.Set || e.err != nil {
		return
	}
	if len(v.Value) > e.limit {
		e.err = httpserver.NewProblem(httpserver.CodeInvalidField, "%s: at most %d bytes.", field, e.limit).About(field, "too long").Limited("text")
		return
	}
	if strings.ContainsRune(v.Value, 0) {
		e.err = invalidField(field, "must not contain NUL characters")
		return
	}
	e.list = append(e.list, catalog.Edit{Field: field, Column: e.column, Text: v.Value})
}

// set adds what must be added to and removed from the values of all other origins to get the wanted set; nothing if
// the effective one is that.
func (e *edits) set(field string, v Edited[[]string], effective, others []string) {
	if !v.Set || e.err != nil {
		return
	}
	edit := catalog.Edit{Field: field, Column: e.column}
	if len(v.Value) > 200 {
		e.err = invalidField(field, "at most 200 elements")
		return
	}
	for _, label := range v.Value {
		if err := plainText(field, label); err != nil {
			e.err = err
			return
		}
		if strings.TrimSpace(label) == "" || utf8.RuneCountInString(label) > 200 {
			e.err = invalidField(field, "each of 1 to 200 characters, and not blank")
			return
		}
		if !slices.Contains(others, label) {
			edit.Add = append(edit.Add, label)
		}
	}
	if !v.Null {
		if sameLabels(v.Value, effective) {
			return
		}
		for _, label := range others {
			if !slices.Contains(v.Value, label) {
				edit.Remove = append(edit.Remove, label)
			}
		}
	}
	e.list = append(e.list, edit)
}

// sameLabels reports whether two lists are the same set.
func sameLabels(a, b []string) bool {
	set := func(labels []string) []string { return slices.Compact(slices.Sorted(slices.Values(labels))) }
	return slices.Equal(set(a), set(b))
}

func invalidField(field, detail string) *httpserver.Problem {
	return httpserver.NewProblem(httpserver.CodeInvalidField, "%s: %s.", field, detail).About(field, detail)
}

// plainText rejects control characters in names and labels.
func plainText(field, text string) error {
	if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return invalidField(field, "must not contain control characters")
	}
	return nil
}

// valuesOfOthers returns the sorted union of a set over all facets that the rule takes, except people's.
func valuesOfOthers(facets []catalog.Facet, rule catalog.Rule, of func(catalog.Body) []string) []string {
	var out []string
	for _, f := range facets {
		if f.Origin != catalog.OriginUser && f.Withdrawn.IsZero() && rule.Takes(f.Origin) {
			out = append(out, of(f.Body)...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func columnTags(b catalog.Body, name string) []string {
	if n := catalog.FindColumn(b.Relation.Platform, name, len(b.Columns), func(i int) string { return b.Columns[i].Name }); n >= 0 {
		return b.Columns[n].Tags
	}
	return nil
}
