package readmodel

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Test is a data test with its latest result and the kind of its table.
type Test struct {
	catalog.Test
	Latest *catalog.NodeResult // nil if it never ran
	Table  *Asset              // nil where its table is unknown or removed
}

// TestsOf lists the tests on an asset and its columns, by id.
func (v *View) TestsOf(ctx context.Context, id catalog.AssetID) ([]Test, error) {
	tests, err := v.m.store.TestsOfAsset(ctx, v.ws(), v.Schema.ID, id, v.Version)
	if err != nil {
		return nil, err
	}
	return v.completed(ctx, tests)
}

// TestFilter narrows a list of tests; zero fields let everything through.
type TestFilter struct {
	Class   string // of the latest result
	Asset   catalog.AssetID
	Project catalog.ProjectID
	Sort    TestSort
}

// Tests lists tests, by id unless the filter sorts them. The state knows which match; only those of the page are
// read.
func (v *View) Tests(ctx context.Context, f TestFilter, p store.Page) (store.Paged[Test], error) {
	out := store.Paged[Test]{}
	states, err := v.testStates(ctx)
	if err != nil {
		return out, err
	}
	var ids []catalog.TestID
	if f.Sort.By == "" {
		ids, out.Next, out.Total, err = states.byID(f, p)
	} else {
		ids, out.Next, out.Total, err = v.sortedTests(ctx, states, f, p)
	}
	if err != nil {
		return out, err
	}
	out.Rows, err = v.testsByID(ctx, ids)
	return out, err
}

// testsByID reads tests, in the order of their ids' list, with their latest results and tables.
func (v *View) testsByID(ctx context.Context, ids []catalog.TestID) ([]Test, error) {
	tests, err := v.m.store.TestsByID(ctx, v.ws(), v.Schema.ID, v.Version, ids)
	if err != nil {
		return nil, err
	}
	place := make(map[catalog.TestID]int, len(ids))
	for i, id := range ids {
		place[id] = i
	}
	slices.SortFunc(tests, func(a, b catalog.Test) int { return cmp.Compare(place[a.ID], place[b.ID]) })
	return v.completed(ctx, tests)
}

// completed adds the latest results and the tables of tests.
func (v *View) completed(ctx context.Context, tests []catalog.Test) ([]Test, error) {
	nodes, ids := make([]catalog.NodeRef, len(tests)), make([]catalog.AssetID, len(tests))
	for i, t := range tests {
		nodes[i], ids[i] = nodeOf(t), t.Asset
	}
	stored, err := v.m.store.ResultsStored(ctx, v.ws(), v.Schema.ID)
	if err != nil {
		return nil, err
	}
	kept, err := v.latestResults(ctx, stored)
	if err != nil {
		return nil, err
	}
	results, err := v.latest(ctx, kept, nodes)
	if err != nil {
		return nil, err
	}
	tables, err := v.present(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]Test, len(tests))
	for i, t := range tests {
		out[i] = Test{Test: t, Table: tables[t.Asset], Latest: results[nodeOf(t)]}
	}
	return out, nil
}

// present returns those of the assets that are present: from memory if they are there, else by a query.
func (v *View) present(ctx context.Context, ids []catalog.AssetID) (map[catalog.AssetID]*Asset, error) {
	found := make(map[catalog.AssetID]*Asset, len(ids))
	if assets, ok := v.m.cache.peek(v.schemaKey().key(assetsPart, v.Version)).(*Assets); ok {
		for _, id := range ids {
			if n, ok := assets.number(id); ok {
				found[id] = assets.present[n]
			}
		}
		return found, nil
	}
	cards, err := v.m.store.AssetCards(ctx, v.ws(), v.Schema.ID, v.Version, ids)
	if err != nil {
		return nil, err
	}
	for _, a := range assetsFrom(cards) {
		if a.Present {
			found[a.ID] = a
		}
	}
	return found, nil
}

// Runs lists the runs of the schema that the filter lets through, newest first. Those of a project are also
// those of its other names.
func (v *View) Runs(ctx context.Context, f store.RunFilter, p store.Page) (store.Paged[catalog.Run], error) {
	f.SchemaID, f.AsOf = v.Schema.ID, v.asOf
	if len(f.Projects) == 1 {
		f.Projects = v.Schema.Renames.Projects(f.Projects[0])
	}
	return v.m.store.Runs(ctx, v.ws(), f, p)
}

// RunResults lists the results of a run of the schema, of one class or of all (""), by unique_id.
func (v *View) RunResults(ctx context.Context, run catalog.Run, class string, p store.Page) (store.Paged[catalog.NodeResult], error) {
	return v.m.store.RunResults(ctx, v.ws(), run.ID, class, p)
}

// RunFreshness lists the freshness results of a run of the schema, by unique_id.
func (v *View) RunFreshness(ctx context.Context, run catalog.Run, p store.Page) (store.Paged[catalog.Freshness], error) {
	return v.m.store.RunFreshness(ctx, v.ws(), run.ID, p)
}

// Results lists the results of an asset's nodes, newest first.
func (v *View) Results(ctx context.Context, asset *catalog.Asset, p store.Page) (store.Paged[store.RunResult], error) {
	return v.m.store.NodeResults(ctx, v.ws(), v.Schema.ID, store.ResultFilter{Nodes: v.Schema.Renames.Nodes(asset.Nodes), AsOf: v.asOf}, p)
}

// Changes lists what the versions after from up to to changed, by version and
// asset.
func (v *View) Changes(ctx context.Context, from, to int64, p store.Page) (store.Paged[store.ChangedAsset], error) {
	if to <= 0 || from >= to {
		return store.Paged[store.ChangedAsset]{}, nil
	}
	return v.m.store.ChangedAssets(ctx, v.ws(), v.Schema.ID, from, to, p)
}

// Versions lists the kept versions of the schema up to the view's, newest first.
func (v *View) Versions(ctx context.Context, p store.Page) (store.Paged[store.VersionRow], error) {
	return v.m.store.VersionPage(ctx, v.ws(), v.Schema.ID, v.Version, p)
}

// Edits lists what people edited on an asset, the newest first.
func (v *View) Edits(ctx context.Context, id catalog.AssetID, p store.Page) (store.Paged[store.Edit], error) {
	return v.m.store.Edits(ctx, v.ws(), v.Schema.ID, id, v.Version, p)
}

// History lists the states of an asset, newest first, each with the one before.
func (v *View) History(ctx context.Context, id catalog.AssetID, p store.Page) (store.Paged[store.ChangedAsset], error) {
	return v.m.store.AssetHistory(ctx, v.ws(), v.Schema.ID, id, p)
}

// Removals lists the pending removals, by asset.
func (v *View) Removals(ctx context.Context, p store.Page) (store.Paged[store.PendingRemoval], error) {
	return v.m.store.Removals(ctx, v.ws(), v.Schema.ID, p)
}

// Projects lists the projects of the schema.
func (v *View) Projects(ctx context.Context, p store.Page) (store.Paged[catalog.Project], error) {
	return v.m.store.Projects(ctx, v.ws(), v.Schema.ID, p)
}

// LineageJobs lists the jobs outside dbt whose events are for the schema.
func (v *View) LineageJobs(ctx context.Context, p store.Page) (store.Paged[store.LineageJob], error) {
	return v.m.store.LineageJobs(ctx, v.ws(), v.Schema.ID, p)
}

// ProjectNamed returns the project of the schema that has an id, a name or a key;
// catalog.ErrNotFound if there is none.
func (v *View) ProjectNamed(ctx context.Context, label string) (catalog.Project, error) {
	for after := ""; ; {
		page, err := v.Projects(ctx, store.Page{Limit: 1000, After: after})
		if err != nil {
			return catalog.Project{}, err
		}
		for _, p := range page.Rows {
			if strings.EqualFold(p.ID.String(), label) || p.Name == label || p.Key == label {
				return p, nil
			}
		}
		if after = page.Next; after == "" {
			return catalog.Project{}, fmt.Errorf("project %q of %s: %w", label, v.Schema.ID, catalog.ErrNotFound)
		}
	}
}

// Row is the schema as lists show it, with its kept count of tables.
func (v *View) Row(ctx context.Context) (store.SchemaRow, error) {
	rows, err := v.m.store.Schemas(ctx, v.ws(), []catalog.SchemaID{v.Schema.ID}, store.Page{Limit: 1})
	if err == nil && len(rows.Rows) == 0 {
		err = catalog.ErrNotFound
	}
	if err != nil {
		return store.SchemaRow{}, err
	}
	return rows.Rows[0], nil
}
