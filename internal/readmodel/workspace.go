package readmodel

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/search"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Workspace is what a principal sees of its whole workspace.
type Workspace struct {
	m *Model
	p access.Principal
}

// Workspace makes the view of a workspace.
func (m *Model) Workspace(p access.Principal) Workspace { return Workspace{m, p} }

// ErrNameSchema means that a principal that is limited to some schemas has to
// name one of them.
var ErrNameSchema = errors.New("a principal that is limited to some schemas has to name one")

// only returns the one schema that the principal may see, 0 for all.
func (w Workspace) only() (catalog.SchemaID, error) {
	switch len(w.p.Schemas) {
	case 0:
		return 0, nil
	case 1:
		return w.p.Schemas[0], nil
	}
	return 0, ErrNameSchema
}

// Schemas lists the schemas that the principal sees, by id.
func (w Workspace) Schemas(ctx context.Context, p store.Page) (store.Paged[store.SchemaRow], error) {
	return w.m.store.Schemas(ctx, w.p.WS, w.p.Schemas, p)
}

// Projects lists the projects of all schemas.
func (w Workspace) Projects(ctx context.Context, p store.Page) (store.Paged[catalog.Project], error) {
	only, err := w.only()
	if err != nil {
		return store.Paged[catalog.Project]{}, err
	}
	return w.m.store.Projects(ctx, w.p.WS, only, p)
}

// Runs lists the runs of all schemas that the filter lets through, newest first.
func (w Workspace) Runs(ctx context.Context, f store.RunFilter, p store.Page) (store.Paged[catalog.Run], error) {
	only, err := w.only()
	if err != nil {
		return store.Paged[catalog.Run]{}, err
	}
	f.SchemaID = only
	return w.m.store.Runs(ctx, w.p.WS, f, p)
}

// views returns the views of all schemas that the principal sees, at their served versions, with the number of their
// tables; none of a schema without a version. The store lists no others.
func (w Workspace) views(ctx context.Context) (views []*View, tables int64, err error) {
	for page := (store.Page{Limit: store.MaxLimit}); ; {
		schemas, err := w.Schemas(ctx, page)
		if err != nil {
			return nil, 0, err
		}
		for _, row := range schemas.Rows {
			tables += row.Tables
			if row.Version > 0 {
				views = append(views, &View{m: w.m, Principal: w.p, Schema: row.Schema, Version: row.Version})
			}
		}
		if page.After = schemas.Next; page.After == "" {
			return views, tables, nil
		}
	}
}

// tableBytes is about what the card of a table takes in memory.
const tableBytes = 1200

// Assets lists assets of all schemas, each at its served version: the lists of the schemas, merged. The state of one
// schema after the other is looked at, and no more than a page is kept. A workspace whose cards are too many for the
// cache is answered by the store, since each list would push out the states that all other requests use.
func (w Workspace) Assets(ctx context.Context, f Filter, p store.Page, by []store.Breakdown) (AssetList, error) {
	order, err := orderOf(f.Sort)
	if err != nil {
		return AssetList{}, err
	}
	after, err := order.after(p)
	if err != nil {
		return AssetList{}, err
	}
	views, tables, err := w.views(ctx)
	if err != nil {
		return AssetList{}, err
	}
	if tables*tableBytes > w.m.cache.budget {
		return w.stored(ctx, f, p, by)
	}
	var values [][]unmatchedValue
	merged := mergedList{order: order, counts: make(map[store.Breakdown]map[string]int64, len(by))}
	unmatched := f.wanted()
	for _, v := range views {
		list, err := v.list(ctx, f, order, after, p.Size()+1, by)
		if err != nil {
			return AssetList{}, err
		}
		merged.add(v, list, p.Size()+1)
		values = append(values, list.values)
		unmatched = slices.DeleteFunc(unmatched, func(w wanted) bool {
			return !slices.ContainsFunc(list.unmatched, func(of wanted) bool { return of.property == w.property })
		})
	}
	out, err := merged.page(ctx, p)
	if err != nil {
		return out, err
	}
	warnings, err := w.warnings(ctx, views, unmatched)
	out.Warnings = slices.Concat(unknownKeys(search.Parse(f.Query)), warningsOf(unmatchedEverywhere(values)), warnings)
	return out, err
}

// LimitedError means that a filter needs the state of each schema, and that those of the workspace are too large.
type LimitedError struct{ Filter string } // its parameter

func (e *LimitedError) Error() string {
	return e.Filter + ": the schemas of the workspace are too large to be searched together"
}

// limitedWarning describes what a list of the store lacks.
const limitedWarning = "The schemas of this workspace are too large to be searched together: a table that several dbt nodes report counts " +
	"as the kind of its leading one, owner takes names only, q is looked for in names and relations as it is, and misspelled values " +
	"are not noticed. Name a schema_id for the rest."

// stored is the list as the store answers it: a table is of the kind of its leading node only.
func (w Workspace) stored(ctx context.Context, f Filter, p store.Page, by []store.Breakdown) (AssetList, error) {
	switch {
	case f.TestStatus != "":
		return AssetList{}, &LimitedError{"test_status"}
	case f.ColumnTag != "":
		return AssetList{}, &LimitedError{"column_tag"}
	}
	only, err := w.only()
	if err != nil {
		return AssetList{}, err
	}
	filter := store.AssetFilter{
		Schema: only, Kind: f.Kinds, Project: f.Project, Package: f.Package, Tag: f.Tag, Owner: f.Owner, Group: f.Group, Status: f.Status,
		Materialized: f.Materialized, Removed: &f.Removed, HasDescription: f.HasDescription, Query: f.Query, Sort: f.Sort,
	}
	out := AssetList{Breakdown: map[store.Breakdown]map[string]int64{}, Warnings: []catalog.Warning{{Code: catalog.WarningLimited, Field: "schema_id", Message: limitedWarning}}}
	if out.Paged, err = w.m.store.AssetPage(ctx, w.p.WS, filter, p); err != nil {
		return out, err
	}
	for _, b := range by {
		if out.Breakdown[b], err = w.m.store.AssetBreakdown(ctx, w.p.WS, filter, b); err != nil {
			return out, err
		}
	}
	return out, nil
}

// warnings names the values that no asset of the views has.
func (w Workspace) warnings(ctx context.Context, views []*View, unmatched []wanted) ([]catalog.Warning, error) {
	var out []catalog.Warning
	for _, want := range unmatched {
		existing := map[string]bool{}
		for _, v := range views {
			assets, err := w.m.assets(ctx, v.schemaKey(), v.Version)
			if err != nil {
				return nil, err
			}
			for value := range assets.index.property(want.property) {
				existing[value] = true
			}
		}
		out = append(out, want.warning(maps.Keys(existing)))
	}
	return out, nil
}

// mergedList is a page of the lists of several schemas, by order.
type mergedList struct {
	order  order
	rows   []listedAsset
	total  int64
	counts map[store.Breakdown]map[string]int64
}

// listedAsset is an asset of a view.
type listedAsset struct {
	*Asset
	key  sortKey
	of   *View
	list *Assets
}

// add merges the list of a schema and keeps the first rows.
func (m *mergedList) add(v *View, list listed, most int) {
	for _, a := range list.chosen {
		m.rows = append(m.rows, listedAsset{a, m.order.key(a), v, list.assets})
	}
	slices.SortFunc(m.rows, func(a, b listedAsset) int { return m.order.compare(a.key, b.key) })
	m.rows = slices.Delete(m.rows, min(most, len(m.rows)), len(m.rows))
	m.total += list.total
	for by, counts := range list.breakdown {
		if m.counts[by] == nil {
			m.counts[by] = map[string]int64{}
		}
		for value, n := range counts {
			m.counts[by][value] += n
		}
	}
}

// page reads the rows of the page, schema by schema.
func (m *mergedList) page(ctx context.Context, p store.Page) (AssetList, error) {
	out := AssetList{Paged: store.Paged[catalog.Asset]{Total: m.total}, Breakdown: m.counts}
	rows, next, err := cut(m.rows, m.order, p, func(row listedAsset) *Asset { return row.Asset })
	if err != nil {
		return out, err
	}
	out.Next = next
	chosen, lists := map[*View][]*Asset{}, map[*View]*Assets{}
	for _, row := range rows {
		chosen[row.of], lists[row.of] = append(chosen[row.of], row.Asset), row.list
	}
	read := make(map[catalog.AssetID]catalog.Asset, len(rows))
	for v, assets := range chosen {
		found, err := v.read(ctx, lists[v], assets)
		if err != nil {
			return out, err
		}
		for _, a := range found {
			read[a.ID] = a
		}
	}
	for _, row := range rows {
		out.Rows = append(out.Rows, read[row.ID])
	}
	return out, nil
}

// Summaries completes a page of assets of several schemas.
func (w Workspace) Summaries(ctx context.Context, assets []catalog.Asset) ([]Summary, error) {
	ids := make([]catalog.AssetID, len(assets))
	for i := range assets {
		ids[i] = assets[i].ID
	}
	schemas, err := w.m.store.SchemasOf(ctx, w.p.WS, ids)
	if err != nil {
		return nil, err
	}
	bySchema := map[catalog.SchemaID][]int{}
	for i, id := range ids {
		bySchema[schemas[id]] = append(bySchema[schemas[id]], i)
	}
	out := make([]Summary, len(assets))
	for schema, positions := range bySchema {
		v, err := w.m.View(ctx, w.p, schema)
		if err != nil {
			return nil, err
		}
		own := make([]catalog.Asset, len(positions))
		for i, at := range positions {
			own[i] = assets[at]
		}
		summaries, err := v.Summaries(ctx, own)
		if err != nil {
			return nil, err
		}
		for i, at := range positions {
			out[at] = summaries[i]
		}
	}
	return out, nil
}
