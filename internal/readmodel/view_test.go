package readmodel

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/impact"
	"github.com/thalweg-data/thalweg/internal/lineage"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
	"github.com/thalweg-data/thalweg/internal/sql/token"
	"github.com/thalweg-data/thalweg/internal/store"
)

// shop is a small catalog: raw → orders → report, an exposure on report, a removed
// table, tests, runs and code.
type shop struct {
	*writer
	m       *Model
	project catalog.Project
	run     catalog.RunID
}

// The assets of the shop.
const (
	rawID catalog.AssetID = iota + 1
	ordersID
	reportID
	boardID
	goneID
	twinID
)

const reportCode = "select upper(id) as id from orders where x > 1"

func newShop(t *testing.T) *shop {
	t.Helper()
	s := &shop{writer: newWriter(t, openStore(t), "shop")}
	s.m = newModel(t, s.store)
	ctx := t.Context()
	lease, err := s.store.LeaseSchema(ctx, ws, s.schema, "test", 0)
	must(t, err)
	s.project, err = s.store.EnsureProject(ctx, ws, s.schema, "shop", "Shop")
	must(t, err)
	s.project.Adapter = "duckdb"
	save, err := s.store.Begin(ctx, lease)
	must(t, err)
	s.write(save)
	must(t, save.PutFacets(ctx, []catalog.Facet{{
		Asset: rawID, Origin: "dbt:shop", Source: catalog.FromManifest, Project: s.project.ID, UniqueID: "source.shop.raw", Body: catalog.Body{Kind: catalog.KindSource, Name: "raw"},
	}}))
	must(t, save.Flip(ctx, store.Flip{Project: &s.project, Pending: map[catalog.ProjectID][]store.PendingRemoval{s.project.ID: {{Asset: rawID, Name: "raw", Kind: catalog.KindSource}}}}))
	must(t, s.store.ReleaseLease(ctx, lease))
	result := func(id, class string, at int64) catalog.NodeResult {
		return catalog.NodeResult{UniqueID: id, Status: class, Class: class, CompletedAt: time.Unix(at, 0)}
	}
	s.run, _, err = s.store.PutRun(ctx, ws, catalog.Run{SchemaID: s.schema, Project: s.project.ID, InvocationID: "i-1", Command: "build", GeneratedAt: time.Unix(10, 0)},
		[]catalog.NodeResult{result("model.shop.orders", "success", 20), result("test.a", "fail", 21), result("test.b", "pass", 22), result("test.c", "warn", 23)}, nil)
	must(t, err)
	return s
}

func (s *shop) asset(id catalog.AssetID, kind catalog.Kind, name string, change ...func(*store.AssetRow)) store.AssetRow {
	row := store.AssetRow{Asset: catalog.Asset{
		ID: id, Kind: kind, Name: name, Project: s.project.ID, Present: true, Owners: []string{"ana"},
		DBT: &catalog.DBT{UniqueID: string(kind) + ".shop." + name, PackageName: "shop"},
	}}
	if kind.IsTable() {
		row.Relation = catalog.Relation{Platform: "duckdb", Database: "db", Schema: "main", Identifier: name}
		row.RelationKey = row.Relation.Key()
		row.Nodes = []catalog.NodeRef{{Project: s.project.ID, UniqueID: row.DBT.UniqueID}}
		row.Listed = true
		row.Columns = []catalog.Column{{Name: "id", Present: true}, {Name: "X", Present: true}, {Name: "old"}}
	}
	for _, c := range change {
		c(&row)
	}
	return row
}

func (s *shop) write(save *store.Write) {
	t, ctx := s.t, s.t.Context()
	code := catalog.HashOfText(reportCode)
	must(t, s.store.PutTexts(ctx, ws, map[catalog.Hash]string{code: reportCode}))
	must(t, save.PutAssets(ctx, []store.AssetRow{
		s.asset(rawID, catalog.KindSource, "raw"),
		s.asset(ordersID, catalog.KindModel, "orders", func(a *store.AssetRow) {
			a.Config, a.Tags = []byte(`{"enabled":true,"meta":{"owner":"ana","teams":["a","b"]},"tags":["k"]}`), []string{"nightly"}
		}),
		s.asset(reportID, catalog.KindModel, "report", func(a *store.AssetRow) {
			a.Code, a.Materialized = &catalog.Code{Raw: code, Compiled: code}, "view"
			a.DBT.FQN, a.DBT.Version = []string{"shop", "marts", "report", "v1"}, "1"
		}),
		s.asset(boardID, catalog.KindExposure, "board"),
		s.asset(goneID, catalog.KindModel, "gone", func(a *store.AssetRow) { a.Present = false }),
		s.asset(twinID, catalog.KindTable, "orders2", func(a *store.AssetRow) { a.Relation.Database, a.RelationKey = "other", "other.main.orders2" }),
	}))
	edge := func(from, to catalog.AssetID) catalog.Edge {
		return catalog.Edge{Project: s.project.ID, From: from, To: to, Type: catalog.EdgeDerived, Confidence: "high", Source: "dbt_import"}
	}
	must(t, save.PutEdges(ctx, []catalog.Edge{edge(rawID, ordersID), edge(ordersID, reportID), edge(reportID, boardID), edge(goneID, reportID)}))
	test := func(id catalog.TestID, asset catalog.AssetID, node string) catalog.Test {
		return catalog.Test{ID: id, Asset: asset, Project: s.project.ID, UniqueID: node, Body: catalog.TestBody{Name: node}}
	}
	must(t, save.PutTests(ctx, []catalog.Test{test(1, ordersID, "test.a"), test(2, ordersID, "test.b"), test(3, reportID, "test.c"), test(4, 0, "test.d")}))
	must(t, save.PutFacets(ctx, []catalog.Facet{{Asset: ordersID, Origin: s.project.Origin(), Source: catalog.FromManifest, UniqueID: "model.shop.orders", Project: s.project.ID}}))
	from := func(column string) []lineage.Edge {
		return []lineage.Edge{{Column: column, Kinds: resolve.Transform}}
	}
	orders := &lineage.Block{
		Dialect: "duckdb", Refs: []lineage.Ref{{Table: int64(rawID)}, {Name: "elsewhere.t", Key: "elsewhere.t"}},
		Outputs: []lineage.Output{{Name: "id", Edges: from("id")}, {Name: "X", Edges: []lineage.Edge{{Ref: 1, Column: "rate", Kinds: resolve.Identity}}}},
	}
	report := &lineage.Block{
		Dialect: "duckdb", Refs: []lineage.Ref{{Table: int64(ordersID)}},
		Outputs: []lineage.Output{{Name: "id", Edges: from("id"), Span: token.Span{Start: 7, End: 16}}},
		Rows:    []lineage.Use{{Column: "X", Kinds: resolve.Filter}},
	}
	must(t, save.PutColumnEdges(ctx, []store.ColumnEdgeBlock{{Asset: ordersID, Block: orders.Encode()}, {Asset: reportID, Block: report.Encode()}}))
}

func (s *shop) get(v *View, id catalog.AssetID) *catalog.Asset {
	s.t.Helper()
	a, err := v.Asset(s.t.Context(), id)
	must(s.t, err)
	return &a
}

func same(t testing.TB, got, want any) {
	t.Helper()
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func absent(t testing.TB, what string, err error) {
	t.Helper()
	if !errors.Is(err, catalog.ErrNotFound) {
		t.Errorf("%s: %v, want not found", what, err)
	}
}

func TestVisibility(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	ctx := t.Context()
	lease, err := s.store.CreateSchema(ctx, ws, "other", "", store.By{})
	must(t, err)
	principals := map[string]access.Principal{
		"another schema":    {WS: ws, Schemas: []catalog.SchemaID{lease.ID}},
		"another workspace": {WS: 2},
	}
	for name, p := range principals {
		_, err := s.m.View(ctx, p, s.schema)
		absent(t, name+": schema", err)
		_, _, err = s.m.Asset(ctx, p, ordersID, "TBL")
		absent(t, name+": asset", err)
		_, _, err = s.m.Project(ctx, p, s.project.ID)
		absent(t, name+": project", err)
		_, _, err = s.m.Run(ctx, p, s.run)
		absent(t, name+": run", err)
		_, _, err = s.m.Import(ctx, p, 1)
		absent(t, name+": import", err)
		schemas, err := s.m.Workspace(p).Schemas(ctx, store.Page{})
		if err != nil || slices.ContainsFunc(schemas.Rows, func(r store.SchemaRow) bool { return r.ID == s.schema }) {
			t.Errorf("%s: schemas %v, %v", name, schemas.Rows, err)
		}
		assets, err := s.m.Workspace(p).Assets(ctx, Filter{}, store.Page{}, nil)
		if err != nil || len(assets.Rows) > 0 {
			t.Errorf("%s: assets %v, %v", name, assets.Rows, err)
		}
	}
	_, _, err = s.m.Asset(ctx, everyone, ordersID, "EXP")
	absent(t, "an id of another kind", err)
	_, _, err = s.m.Asset(ctx, everyone, 999, "TBL")
	absent(t, "no such asset", err)
	v := s.view(s.m)
	for _, n := range []int64{2, -1} {
		_, err = v.At(ctx, AtVersion(n))
		absent(t, "a version that is not served", err)
	}
	_, err = v.Asset(ctx, 999)
	absent(t, "no such asset of a view", err)
}

func TestViewAt(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	ctx := t.Context()
	v := s.view(s.m)
	for _, c := range []struct {
		at   At
		want int64
	}{{At{}, 1}, {AtVersion(1), 1}, {AtVersion(0), 0}, {AtTime(time.Now().Add(time.Hour)), 1}, {AtTime(time.Unix(1, 0)), 0}} {
		other, err := v.At(ctx, c.at)
		must(t, err)
		same(t, other.Version, c.want)
		if c.want > 0 {
			continue
		}
		tables, err := other.Lineage(ctx, "", LineageOptions{Depth: 10, Limit: 10})
		if err != nil || tables.Total != 0 {
			t.Errorf("lineage before the first version: %+v, %v", tables, err)
		}
		tests, err := other.Tests(ctx, TestFilter{}, store.Page{})
		if err != nil || tests.Total != 0 {
			t.Errorf("tests before the first version: %+v, %v", tests, err)
		}
		readings, err := other.Readings(ctx)
		if err != nil || len(readings) != 0 {
			t.Errorf("readings before the first version: %v, %v", readings, err)
		}
		_, err = other.AssetByUniqueID(ctx, "", "model.shop.orders")
		absent(t, "by unique id before the first version", err)
		_, err = other.AssetByRelation(ctx, "main.orders")
		absent(t, "by relation before the first version", err)
	}
}

func TestAssetsOfAView(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	ctx := t.Context()
	v, orders, err := s.m.Asset(ctx, everyone, ordersID, "TBL")
	must(t, err)
	byNode, err := v.AssetByUniqueID(ctx, "shop", "model.shop.orders")
	must(t, err)
	same(t, byNode.ID, orders.ID)
	for text, want := range map[string]catalog.AssetID{`db.main.orders`: ordersID, `"db"."main"."orders"`: ordersID, "main.orders": ordersID, "main.orders2": twinID} {
		found, err := v.AssetByRelation(ctx, text)
		must(t, err)
		same(t, found.ID, want)
	}
	for text, reason := range map[string]string{"a.b.c.d": "dots", "orders": "schema"} {
		_, err := v.AssetByRelation(ctx, text)
		var invalid *RelationError
		if !errors.As(err, &invalid) || !errors.Is(err, catalog.ErrInvalid) || !strings.Contains(err.Error(), reason) {
			t.Errorf("%s: %v", text, err)
		}
	}
	_, err = v.AssetByRelation(ctx, "main.none")
	absent(t, "no such relation", err)

	columns, err := v.Columns(ctx, ordersID)
	if err != nil || len(columns) != 3 {
		t.Errorf("columns %v, %v", columns, err)
	}
	facets, err := v.Facets(ctx, &orders)
	if err != nil || len(facets) != 1 {
		t.Errorf("facets %v, %v", facets, err)
	}
	raw, compiled, err := v.Code(ctx, s.get(v, reportID))
	must(t, err)
	same(t, []string{raw, compiled}, []string{reportCode, reportCode})
	raw, _, err = v.Code(ctx, &orders)
	must(t, err)
	same(t, raw, "")
	counts, err := v.Counts(ctx, s.project.ID)
	must(t, err)
	same(t, counts, map[string]int64{"source": 1, "model": 2, "exposure": 1, "table": 1})
	row, err := v.Row(ctx)
	must(t, err)
	same(t, row.Tables, int64(4))
}

func TestSummaries(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	ctx := t.Context()
	v := s.view(s.m)
	list, err := v.Assets(ctx, Filter{Sort: "id"}, store.Page{}, nil)
	must(t, err)
	summaries, err := v.Summaries(ctx, list.Rows)
	must(t, err)
	orders := summaries[1]
	same(t, orders.Neighbours, store.Neighbours{Upstream: 1, Downstream: 1})
	same(t, orders.Tests, TestCounts{Pass: 1, Fail: 1})
	same(t, summaries[2].Tests, TestCounts{Warn: 1})
	if orders.LastRun == nil || orders.LastRun.Status != "success" || orders.Invocation != "i-1" || orders.Project.Name != "Shop" || summaries[2].LastRun != nil {
		t.Errorf("%+v", orders)
	}
	workspace := s.m.Workspace(everyone)
	all, err := workspace.Assets(ctx, Filter{Sort: "id"}, store.Page{}, []store.Breakdown{store.ByKind})
	must(t, err)
	same(t, all.Breakdown[store.ByKind], map[string]int64{"source": 1, "model": 2, "exposure": 1, "table": 1})
	same(t, all.Paged, list.Paged)
	again, err := workspace.Summaries(ctx, all.Rows)
	must(t, err)
	same(t, again, summaries)
	for class, want := range map[string]string{"": "unknown", "other": "unknown", "success": "pass", "skipped": "skipped", "error": "error"} {
		same(t, TestClass(class), want)
		var c TestCounts
		c.add(class)
		same(t, c.Pass+c.Error+c.Skipped+c.Unknown, 1)
	}
}

func TestResultsOfAView(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	ctx := t.Context()
	v := s.view(s.m)
	for class, want := range map[string][]catalog.TestID{"": {1, 2, 3, 4}, "fail": {1}, "pass": {2}, "warn": {3}, "unknown": {4}, "error": nil, "colour": nil} {
		var got []catalog.TestID
		for page := (store.Page{Limit: 1}); ; {
			tests, err := v.Tests(ctx, TestFilter{Class: class}, page)
			must(t, err)
			same(t, tests.Total, int64(len(want)))
			for _, test := range tests.Rows {
				got = append(got, test.ID)
			}
			if page.After = tests.Next; page.After == "" {
				break
			}
		}
		same(t, got, want)
	}
	of, err := v.TestsOf(ctx, ordersID)
	must(t, err)
	if len(of) != 2 || of[0].Latest.Class != "fail" || of[0].Table.Name != "orders" {
		t.Errorf("%+v", of)
	}
	_, err = v.Tests(ctx, TestFilter{}, store.Page{After: "x"})
	if !errors.Is(err, catalog.ErrInvalid) {
		t.Errorf("a broken position: %v", err)
	}

	// A later run changes the classes, though no version.
	_, _, err = s.store.PutRun(ctx, ws, catalog.Run{SchemaID: s.schema, Project: s.project.ID, InvocationID: "i-2", Command: "test", GeneratedAt: time.Unix(50, 0)},
		[]catalog.NodeResult{{UniqueID: "test.a", Status: "pass", Class: "pass", CompletedAt: time.Unix(60, 0)}}, nil)
	must(t, err)
	tests, err := v.Tests(ctx, TestFilter{Class: "pass"}, store.Page{})
	must(t, err)
	same(t, tests.Total, int64(2))
	failed, err := v.Assets(ctx, Filter{Status: "success"}, store.Page{}, nil)
	must(t, err)
	same(t, failed.Total, int64(1))

	runs, err := v.Runs(ctx, store.RunFilter{Projects: []catalog.ProjectID{s.project.ID}}, store.Page{})
	must(t, err)
	same(t, runs.Total, int64(2))
	all, err := s.m.Workspace(everyone).Runs(ctx, store.RunFilter{}, store.Page{})
	must(t, err)
	same(t, all, runs)
	in, run, err := s.m.Run(ctx, everyone, s.run)
	must(t, err)
	results, err := in.RunResults(ctx, run, "", store.Page{Limit: 2})
	must(t, err)
	if len(results.Rows) != 2 || results.Total != 4 || results.Rows[0].UniqueID != "model.shop.orders" {
		t.Errorf("%+v", results)
	}
	history, err := v.Results(ctx, s.get(v, ordersID), store.Page{})
	must(t, err)
	same(t, history.Total, int64(1))
	projects, err := v.Projects(ctx, store.Page{})
	must(t, err)
	everywhere, err := s.m.Workspace(everyone).Projects(ctx, store.Page{})
	must(t, err)
	same(t, everywhere, projects)
	_, project, err := s.m.Project(ctx, everyone, s.project.ID)
	must(t, err)
	same(t, projects.Rows, []catalog.Project{project})
	removals, err := v.Removals(ctx, store.Page{})
	must(t, err)
	same(t, removals.Total, int64(1))
}

func TestPrincipalOfSomeSchemas(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	ctx := t.Context()
	several := s.m.Workspace(access.Principal{WS: ws, Schemas: []catalog.SchemaID{s.schema, 102}})
	_, runs := several.Runs(ctx, store.RunFilter{}, store.Page{})
	_, projects := several.Projects(ctx, store.Page{})
	for _, err := range []error{runs, projects} {
		if !errors.Is(err, ErrNameSchema) {
			t.Errorf("%v, want that a schema is named", err)
		}
	}
	one, err := s.m.Workspace(access.Principal{WS: ws, Schemas: []catalog.SchemaID{s.schema}}).Runs(ctx, store.RunFilter{}, store.Page{})
	if err != nil || one.Total != 1 {
		t.Errorf("%+v, %v", one, err)
	}
}

func TestChangesOfAView(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	ctx := t.Context()
	s.save(func(save *store.Write) {
		must(t, save.PutAssets(ctx, []store.AssetRow{s.asset(ordersID, catalog.KindModel, "orders", func(a *store.AssetRow) { a.Description.Value = "x" })}))
	}, nil)
	v := s.view(s.m)
	changes, err := v.Changes(ctx, 1, 2, store.Page{})
	must(t, err)
	if changes.Total != 1 || changes.Rows[0].Asset != ordersID {
		t.Errorf("%+v", changes)
	}
	none, err := v.Changes(ctx, 2, 2, store.Page{})
	must(t, err)
	same(t, none.Total, int64(0))
	history, err := v.History(ctx, ordersID, store.Page{})
	must(t, err)
	same(t, history.Total, int64(2))
}

// nodesOf are the names of nodes with their depths.
func nodesOf(part TableLineage) []string {
	var out []string
	for _, n := range part.Nodes {
		out = append(out, n.Name)
	}
	slices.Sort(out)
	return out
}

func TestLineageOfAView(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	ctx := t.Context()
	v := s.view(s.m)
	for selector, want := range map[string][]string{
		"":                          {"board", "orders", "orders2", "raw", "report"},
		"1+report":                  {"orders", "report"},
		"tag:nightly+":              {"board", "orders", "report"},
		"resource_type:exposure":    {"board"},
		"report.v1":                 {"report"},
		"config.materialized:view":  {"report"},
		"config.enabled:true":       {"orders"},
		"config.meta.owner:ana":     {"orders"},
		"config.meta.teams:b":       {"orders"},
		"config.tags:k":             {"orders"},
		"config.meta.owner.x:ana":   nil,
		"config.materialized:table": nil,
	} {
		part, err := v.Lineage(ctx, selector, LineageOptions{Depth: 10, Limit: 100})
		must(t, err)
		same(t, nodesOf(part), want)
	}
	part, err := v.Lineage(ctx, "+report", LineageOptions{Depth: 1, Limit: 2})
	must(t, err)
	if len(part.Nodes) != 2 || part.Total != 2 || len(part.Edges) != 1 || part.Edges[0].From.Name != "orders" || part.Edges[0].Source != "dbt_import" {
		t.Errorf("%+v", part)
	}
	same(t, []int{part.Nodes[0].Upstream, part.Nodes[0].Downstream}, []int{1, 1})
	for _, selector := range []string{"nonsense:x", "state:new"} {
		_, err := v.Lineage(ctx, selector, LineageOptions{Depth: 10, Limit: 100})
		var invalid *SelectorError
		if !errors.As(err, &invalid) || !errors.Is(err, catalog.ErrInvalid) || err.Error() == "" {
			t.Errorf("%s: %v", selector, err)
		}
	}
}

func TestColumnLineageOfAView(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	ctx := t.Context()
	v := s.view(s.m)
	query := ColumnQuery{Walk: lineage.WalkOptions{Least: resolve.Ambiguous}, Upstream: true, Downstream: true, Depth: 10, Limit: 10, Expressions: true}
	part, err := v.ColumnLineage(ctx, s.get(v, ordersID), "ID", query) // folded
	must(t, err)
	var labels []string
	for i := range part.Nodes {
		labels = append(labels, part.Nodes[i].Label()+" "+part.Nodes[i].Direction)
	}
	same(t, labels, []string{"TBL-2.id self", "TBL-1.id upstream", "TBL-3.id downstream"})
	same(t, []int{len(part.Edges), part.Total}, []int{2, 3})
	if part.Truncated || part.Nodes[2].Expression != "upper(id)" {
		t.Errorf("truncated %v, expression %q", part.Truncated, part.Nodes[2].Expression)
	}
	part, err = v.ColumnLineage(ctx, s.get(v, ordersID), "X", query)
	must(t, err)
	if len(part.Rows) != 1 || part.Rows[0].Column != "TBL-2.X" || part.Rows[0].Asset.Name != "report" || part.Nodes[1].Label() != "elsewhere.t.rate" {
		t.Errorf("%+v", part.Rows)
	}
	query.Limit = 0
	part, err = v.ColumnLineage(ctx, s.get(v, ordersID), "X", query)
	must(t, err)
	if !part.Truncated || len(part.Rows) > 0 {
		t.Errorf("a limit of none: %+v", part)
	}
	part, err = v.ColumnLineage(ctx, s.get(v, twinID), "old", query)
	must(t, err)
	if len(part.Nodes) != 1 || part.Nodes[0].Label() != "TBL-6.old" || part.Nodes[0].Direction != "self" {
		t.Errorf("a column without lineage: %+v", part.Nodes)
	}
	_, err = v.ColumnLineage(ctx, s.get(v, ordersID), "none", query)
	absent(t, "no such column", err)

	read, err := v.ModelLineage(ctx, s.get(v, reportID))
	must(t, err)
	same(t, []int{*read.Listed, *read.Matching, len(read.Block.Outputs)}, []int{2, 1, 1})
	same(t, read.Tables[int64(ordersID)].Name, "orders")
	read, err = v.ModelLineage(ctx, s.get(v, rawID))
	must(t, err)
	if read.Block != nil {
		t.Errorf("a source has a block: %+v", read.Block)
	}
	readings, err := v.Readings(ctx)
	must(t, err)
	same(t, len(readings), 2)
	same(t, catalog.CutText("größer", 4), "grö…")
}

func TestImpactOfAView(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	ctx := t.Context()
	v := s.view(s.m)
	reached := func(i Impact) []string {
		var out []string
		for _, r := range i.Assets {
			out = append(out, r.Name+" "+r.Reason.String())
		}
		return out
	}
	all := lineage.WalkOptions{Least: resolve.Ambiguous}
	whole, err := v.Impact(ctx, s.get(v, rawID), ImpactQuery{Walk: all})
	must(t, err)
	same(t, reached(whole), []string{"orders downstream", "report downstream", "board uses"})
	same(t, whole.Tables, 2)
	column, err := v.Impact(ctx, s.get(v, ordersID), ImpactQuery{Walk: all, Column: "id"})
	must(t, err)
	same(t, reached(column), []string{"report " + impact.Column.String(), "board uses"})
	same(t, len(column.Columns), 1)
	rows, err := v.Impact(ctx, s.get(v, ordersID), ImpactQuery{Walk: all, Column: "X", Rows: true})
	must(t, err)
	same(t, reached(rows), []string{"report rows", "board uses"})
	unused, err := v.Impact(ctx, s.get(v, ordersID), ImpactQuery{Walk: all, Column: "old"})
	must(t, err)
	same(t, reached(unused), []string(nil))
	_, err = v.Impact(ctx, s.get(v, ordersID), ImpactQuery{Walk: all, Column: "none"})
	absent(t, "no such column", err)
	removed, err := v.Impact(ctx, s.get(v, goneID), ImpactQuery{Walk: all})
	must(t, err)
	same(t, reached(removed), []string(nil))
}

// What only computes in memory looks at its context too: its client may have gone.
func TestReadsStop(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	v := s.view(s.m)
	orders := s.get(v, ordersID)
	_, err := v.Impact(t.Context(), orders, ImpactQuery{}) // loads all parts
	must(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, impact := v.Impact(ctx, orders, ImpactQuery{})
	_, columns := v.ColumnLineage(ctx, orders, "id", ColumnQuery{Upstream: true, Depth: -1, Limit: 9})
	_, search := v.Assets(ctx, Filter{Query: "o"}, store.Page{}, nil)
	for what, err := range map[string]error{"impact": impact, "columns": columns, "search": search} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestNewAsksForAStore(t *testing.T) {
	t.Parallel()
	if _, err := New(Options{}); err == nil {
		t.Error("a model without a store")
	}
}
