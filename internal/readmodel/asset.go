package readmodel

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Asset reads one asset.
func (v *View) Asset(ctx context.Context, id catalog.AssetID) (catalog.Asset, error) {
	found, err := v.m.store.AssetsAt(ctx, v.ws(), v.Schema.ID, v.Version, []catalog.AssetID{id})
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("asset %d: %w", id, catalog.ErrNotFound)
	}
	if err != nil {
		return catalog.Asset{}, err
	}
	return found[0], nil
}

// AssetByUniqueID finds the asset that a dbt node of a project reports on; the
// project is given by key or name, "" means any. catalog.AmbiguousError if several
// projects have such a node.
func (v *View) AssetByUniqueID(ctx context.Context, project, uniqueID string) (catalog.Asset, error) {
	if v.Version == 0 {
		return catalog.Asset{}, catalog.ErrNotFound
	}
	return v.m.store.AssetByUniqueID(ctx, v.ws(), v.Schema.ID, project, uniqueID, v.Version)
}

// Columns lists the columns of an asset in the table's order.
func (v *View) Columns(ctx context.Context, id catalog.AssetID) ([]catalog.Column, error) {
	columns, err := v.m.store.ColumnsOf(ctx, v.ws(), v.Schema.ID, v.Version, []catalog.AssetID{id})
	return columns[id], err
}

// Facets lists what each origin reports about an asset. The columns that its code makes
// are left out of a removed one, as they are from its columns.
func (v *View) Facets(ctx context.Context, a *catalog.Asset) ([]catalog.Facet, error) {
	facets, err := v.m.store.FacetsOf(ctx, v.ws(), v.Schema.ID, v.Version, []catalog.AssetID{a.ID})
	return slices.DeleteFunc(facets, func(f catalog.Facet) bool {
		return f.Source == catalog.FromSQL && (len(f.Body.Columns) == 0 || !a.Present)
	}), err
}

// Code reads the raw and the compiled code of an asset; both are empty where it
// has none.
func (v *View) Code(ctx context.Context, asset *catalog.Asset) (raw, compiled string, err error) {
	if asset.Code == nil {
		return "", "", nil
	}
	texts, err := v.m.store.Texts(ctx, v.ws(), []catalog.Hash{asset.Code.Raw, asset.Code.Compiled})
	return texts[asset.Code.Raw], texts[asset.Code.Compiled], err
}

// Summary is an asset with what a page shows next to it.
type Summary struct {
	catalog.Asset
	Schema     catalog.Schema
	Project    *catalog.Project       // of the leading dbt facet
	LastRun    *catalog.NodeResult    // newest result of its nodes
	Invocation string                 // of LastRun
	Freshness  *store.SourceFreshness // newest of its sources; nil if there is none
	Tests      TestCounts
	Neighbours store.Neighbours
	RemovedAt  time.Time
}

// TestCounts counts tests by the class of their latest result.
type TestCounts struct{ Pass, Warn, Fail, Error, Skipped, Unknown int }

// join adds the counts of other tests.
func (c *TestCounts) join(o TestCounts) {
	c.Pass += o.Pass
	c.Warn += o.Warn
	c.Fail += o.Fail
	c.Error += o.Error
	c.Skipped += o.Skipped
	c.Unknown += o.Unknown
}

func (c *TestCounts) add(class string) {
	switch TestClass(class) {
	case catalog.ClassPass:
		c.Pass++
	case catalog.ClassWarn:
		c.Warn++
	case catalog.ClassFail:
		c.Fail++
	case catalog.ClassError:
		c.Error++
	case catalog.ClassSkipped:
		c.Skipped++
	default:
		c.Unknown++
	}
}

// Summaries completes a page of assets by a few queries, whatever their number;
// none of them reads more of the schema than the page.
func (v *View) Summaries(ctx context.Context, assets []catalog.Asset) ([]Summary, error) {
	ids := make([]catalog.AssetID, len(assets))
	var nodes []catalog.NodeRef
	for i := range assets {
		ids[i] = assets[i].ID
		nodes = append(nodes, assets[i].Nodes...)
	}
	if err := v.loadForPages(ctx, len(ids)); err != nil {
		return nil, err
	}
	neighbours, err := v.neighbours(ctx, ids)
	if err != nil {
		return nil, err
	}
	stored, err := v.m.store.ResultsStored(ctx, v.ws(), v.Schema.ID)
	if err != nil {
		return nil, err
	}
	counts, err := v.testCounts(ctx, ids, stored)
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
	fresh, err := v.freshnessOf(ctx, nodes)
	if err != nil {
		return nil, err
	}
	names := &named{
		v: v, kept: kept,
		projects: map[catalog.ProjectID]*catalog.Project{}, runs: map[catalog.RunID]string{}, imports: map[catalog.ImportID]time.Time{},
	}
	out := make([]Summary, len(assets))
	for i, asset := range assets {
		out[i] = Summary{Asset: asset, Schema: v.Schema, Tests: counts[asset.ID], Neighbours: neighbours[asset.ID]}
		if err := names.complete(ctx, &out[i], results); err != nil {
			return nil, err
		}
		for _, node := range asset.Nodes {
			if f, ok := fresh[node]; ok && (out[i].Freshness == nil || f.SnapshotedAt.After(out[i].Freshness.SnapshotedAt)) {
				out[i].Freshness = &f
			}
		}
	}
	return out, nil
}

// fewPages is how many pages of several assets of a version are completed by
// queries before what completes them is loaded, and mostForPages how many assets a
// schema may have for that: a larger one is queried for each page.
const (
	fewPages     = 1
	mostForPages = 100_000
)

// loadForPages loads the graph and the tests of a version whose pages are read again
// and again: counting in them costs a tenth of the queries. The first page does not
// wait for that, and no page of one asset does.
func (v *View) loadForPages(ctx context.Context, size int) error {
	if size < 2 || v.Version != v.Schema.Version || !v.asOf.IsNow() {
		return nil
	}
	assets, ok := v.m.cache.peek(v.schemaKey().key(assetsPart, v.Version)).(*Assets)
	if !ok || len(assets.all) > mostForPages || assets.pages.Add(1) <= fewPages {
		return nil
	}
	if _, err := v.m.tableGraph(ctx, v.schemaKey(), v.Version); err != nil {
		return err
	}
	_, err := v.testStates(ctx)
	return err
}

// neighbours counts the neighbours of assets: in the graph if it is in memory,
// else by a query.
func (v *View) neighbours(ctx context.Context, ids []catalog.AssetID) (map[catalog.AssetID]store.Neighbours, error) {
	tables, ok := v.m.cache.peek(v.schemaKey().key(tableGraphPart, v.Version)).(*TableGraph)
	if !ok {
		return v.m.store.NeighboursOf(ctx, v.ws(), v.Schema.ID, v.Version, ids)
	}
	counts := make(map[catalog.AssetID]store.Neighbours, len(ids))
	for _, id := range ids {
		if n, ok := tables.assets.number(id); ok {
			counts[id] = store.Neighbours{Upstream: tables.count(tables.graph.Parents(n)), Downstream: tables.count(tables.graph.Children(n))}
		}
	}
	return counts, nil
}

// count returns how many nodes count.
func (l *TableGraph) count(numbers []int32) int {
	n := 0
	for _, i := range numbers {
		if l.isCounted(i) {
			n++
		}
	}
	return n
}

// isCounted leaves out operations: nobody looks for the hooks of a run downstream of a
// table.
func (l *TableGraph) isCounted(number int32) bool {
	return l.assets.present[number].Kind != catalog.KindOperation
}

// testCounts counts the tests of assets by class: among the tests in memory if
// they are there and current, else by a query.
func (v *View) testCounts(ctx context.Context, ids []catalog.AssetID, stored int64) (map[catalog.AssetID]TestCounts, error) {
	if states, ok := v.m.cache.peek(v.resultsKey(testStatesPart, stored)).(*testStates); ok {
		return states.tables, nil
	}
	tests, err := v.m.store.TestsOfAssets(ctx, v.ws(), v.Schema.ID, v.Version, ids)
	if err != nil || len(tests) == 0 {
		return nil, err
	}
	keys := make([]store.NodeKey, len(tests))
	for i, t := range tests {
		keys[i] = store.NodeKeyOf(t.Project, t.UniqueID)
	}
	classes, err := v.classesOf(ctx, keys, stored)
	if err != nil {
		return nil, err
	}
	counts := map[catalog.AssetID]TestCounts{}
	for i, t := range tests {
		c := counts[t.Asset]
		c.add(classes[keys[i]])
		counts[t.Asset] = c
	}
	return counts, nil
}

func (v *View) classesOf(ctx context.Context, keys []store.NodeKey, stored int64) (map[store.NodeKey]string, error) {
	if classes, ok := v.m.cache.peek(v.resultsKey(classesPart, stored)).(*Classes); ok {
		return classes.of, nil
	}
	if len(v.Schema.Renames.Of) > 0 {
		classes, _, err := v.classes(ctx)
		if err != nil {
			return nil, err
		}
		return classes.of, nil
	}
	return v.m.store.ClassesOf(ctx, v.ws(), v.Schema.ID, keys, v.asOf)
}

func nodeOf(t catalog.Test) catalog.NodeRef {
	return catalog.NodeRef{Project: t.Project, UniqueID: t.UniqueID}
}

// named reads what summaries name, each once.
type named struct {
	v        *View
	kept     *latestResults
	projects map[catalog.ProjectID]*catalog.Project
	runs     map[catalog.RunID]string
	imports  map[catalog.ImportID]time.Time
}

func (n *named) complete(ctx context.Context, s *Summary, results map[catalog.NodeRef]*catalog.NodeResult) (err error) {
	if s.Asset.Project != 0 {
		if s.Project, err = n.project(ctx, s.Asset.Project); err != nil {
			return err
		}
	}
	if by := s.RemovedBy.Artifacts(); by != 0 {
		if s.RemovedAt, err = n.ended(ctx, by); err != nil {
			return err
		}
	}
	return n.lastRun(ctx, s, results)
}

// lastRun finds the newest result of an asset's nodes. Of two of one time that of
// the later invocation id counts, as with the results of one node.
func (n *named) lastRun(ctx context.Context, s *Summary, results map[catalog.NodeRef]*catalog.NodeResult) error {
	for _, node := range s.Nodes {
		r := results[node]
		if r == nil || s.LastRun != nil && r.CompletedAt.Before(s.LastRun.CompletedAt) {
			continue
		}
		invocation, err := n.invocation(ctx, r.Run)
		if err != nil {
			return err
		}
		if s.LastRun == nil || r.CompletedAt.After(s.LastRun.CompletedAt) || invocation > s.Invocation {
			s.LastRun, s.Invocation = r, invocation
		}
	}
	return nil
}

func (n *named) project(ctx context.Context, id catalog.ProjectID) (*catalog.Project, error) {
	if p := n.projects[id]; p != nil {
		return p, nil
	}
	p, err := n.v.m.store.Project(ctx, n.v.ws(), id)
	n.projects[id] = &p
	return &p, err
}

func (n *named) ended(ctx context.Context, id catalog.ImportID) (time.Time, error) {
	if at, ok := n.imports[id]; ok {
		return at, nil
	}
	imp, err := n.v.m.store.Import(ctx, n.v.ws(), id)
	n.imports[id] = imp.EndedAt
	return imp.EndedAt, err
}

func (n *named) invocation(ctx context.Context, id catalog.RunID) (string, error) {
	if s, ok := n.runs[id]; ok {
		return s, nil
	}
	invocation, err := n.v.invocation(ctx, n.kept, id)
	n.runs[id] = invocation
	return invocation, err
}
