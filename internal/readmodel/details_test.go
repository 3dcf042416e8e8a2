package readmodel

import (
	"errors"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// More assets of the shop, from its second version on.
const (
	groupID catalog.AssetID = iota + 10
	hookID
)

// detailed is a shop whose second version has a group, a hook, tags of columns, an edit and the bodies of its tests.
func detailed(t *testing.T) *shop {
	t.Helper()
	s := newShop(t)
	ctx := t.Context()
	s.save(func(save *store.Write) {
		must(t, save.PutAssets(ctx, []store.AssetRow{
			s.asset(groupID, catalog.KindGroup, "finance", func(a *store.AssetRow) {
				a.DBT.UniqueID, a.Extra = "group.shop.finance", []byte(`{"owner":{"name":"ana","emails":["Ana@example.com"]}}`)
			}),
			s.asset(boardID, catalog.KindExposure, "board", func(a *store.AssetRow) {
				a.Extra = []byte(`{"owner":{"name":"ben","emails":["ben@example.com"]}}`)
			}),
			s.asset(hookID, catalog.KindOperation, "on-run-end-0", func(a *store.AssetRow) { a.Listed = false }),
			s.asset(ordersID, catalog.KindModel, "orders", func(a *store.AssetRow) {
				a.Tags, a.DBT.Group = []string{"nightly"}, "finance"
				a.Meta = []byte(`{"sla":"gold"}`)
				a.Others = []catalog.OtherNode{{
					NodeRef: catalog.NodeRef{Project: s.project.ID, UniqueID: "source.bank.lake.orders_in"}, Kind: catalog.KindSource,
					Name: "orders_in", SourceName: "lake", Package: "bank", FQN: []string{"bank", "lake", "orders_in"},
				}}
				a.Columns = []catalog.Column{{Name: "id", Present: true, Tags: []string{"key", "pii"}}, {Name: "old", Tags: []string{"legacy"}}}
			}),
		}))
		must(t, save.PutEdges(ctx, []catalog.Edge{{Project: s.project.ID, From: ordersID, To: hookID, Type: catalog.EdgeOther, Confidence: "high", Source: "dbt_import"}}))
		test := func(id catalog.TestID, asset catalog.AssetID, node string, body catalog.TestBody) catalog.Test {
			body.Name, body.Package, body.Enabled = node, "shop", node != "test.d"
			return catalog.Test{ID: id, Asset: asset, Project: s.project.ID, UniqueID: node, Body: body}
		}
		orders, report := "model.shop.orders", "model.shop.report"
		must(t, save.PutTests(ctx, []catalog.Test{
			test(1, ordersID, "test.a", catalog.TestBody{Kind: "generic", Test: "dbt_utils.unique", Parents: []string{orders}, Tags: []string{"deep"}}),
			test(2, ordersID, "test.b", catalog.TestBody{Kind: "singular", Severity: "warn", Parents: []string{orders, report}}),
			test(4, 0, "test.d", catalog.TestBody{Kind: "generic", Test: "not_null"}),
		}))
		facet := func(asset catalog.AssetID, id string) catalog.Facet {
			return catalog.Facet{Asset: asset, Origin: s.project.Origin(), Source: catalog.FromManifest, Project: s.project.ID, UniqueID: id}
		}
		must(t, save.PutFacets(ctx, []catalog.Facet{facet(rawID, "source.shop.raw"), facet(groupID, "group.shop.finance")}))
		must(t, save.PutEdits(ctx, []store.Edit{{Asset: ordersID, Number: 1, Edit: catalog.Edit{Field: "description", Text: "edited", At: time.Unix(30, 0)}}}))
	}, nil)
	return s
}

// TestSelectorsGoThroughTests: data tests are not nodes of the lineage, but selectors name them and go through them.
func TestSelectorsGoThroughTests(t *testing.T) {
	t.Parallel()
	s := detailed(t)
	v := s.view(s.m)
	for selector, want := range map[string][]string{
		"1+test_type:singular":    {"orders", "report"},
		"1+test_name:unique":      {"orders"},
		"1+resource_type:test":    {"orders", "report"},
		"1+config.severity:error": {"orders"},
		"1+config.severity:warn":  {"orders", "report"},
		"config.severity:fatal":   nil,
		"1+config.enabled:true":   {"orders", "report"},
		"1+config.tags:deep":      {"orders"},
		"1+tag:deep":              {"orders"},
		"package:shop,orders":     {"orders"},
		"test_type:unit":          nil,
		"package:this,orders":     nil, // the project is called Shop, its package shop

		"1+config.materialized:test,1+test_type:singular": {"orders", "report"},

		"source:lake.orders_in": {"orders"}, // another node of the table
		"package:bank":          {"orders"},

		"source:lake.orders_in,config.meta.owner:me": nil,
		"source:lake.orders_in,package:this":         nil,

		"orders+1":                {"orders", "report"}, // a hook is left out, unless nothing else was selected
		"resource_type:operation": {"on-run-end-0"},
	} {
		part, err := v.Lineage(t.Context(), selector, LineageOptions{Depth: 10, Limit: 100})
		must(t, err)
		if got := nodesOf(part); len(got)+len(want) > 0 {
			same(t, append([]string{selector}, got...), append([]string{selector}, want...))
		}
	}
	part, err := v.Lineage(t.Context(), "test_name:unique", LineageOptions{Depth: 10, Limit: 100})
	if err != nil || len(part.Nodes) != 0 || len(part.Warnings) != 1 {
		t.Errorf("tests alone: %+v, %v", part, err)
	}
	part, err = v.Lineage(t.Context(), "oders report,tag:nightly", LineageOptions{Depth: 10, Limit: 100})
	must(t, err)
	same(t, catalog.Messages(part.Warnings), []string{`"oders" selects nothing; near names: orders`, `"report,tag:nightly" selects nothing: no node meets all of its terms`})
	part, err = v.Lineage(t.Context(), "orders+1", LineageOptions{Depth: 10, Limit: 100, Hooks: true})
	must(t, err)
	same(t, nodesOf(part), []string{"on-run-end-0", "orders", "report"})
}

// TestNarrowedLists: lists by the class of a test, the tag of a column and the address of an owner.
func TestNarrowedLists(t *testing.T) {
	t.Parallel()
	s := detailed(t)
	v := s.view(s.m)
	names := func(v *View, f Filter) []string {
		t.Helper()
		list, err := v.Assets(t.Context(), f, store.Page{}, nil)
		must(t, err)
		var out []string
		for i := range list.Rows {
			out = append(out, list.Rows[i].Name)
		}
		return out
	}
	same(t, names(v, Filter{TestStatus: "fail"}), []string{"orders"})
	same(t, names(v, Filter{TestStatus: "warn"}), []string{"report"})
	same(t, names(v, Filter{ColumnTag: "pii"}), []string{"orders"})
	same(t, len(names(v, Filter{ColumnTag: "legacy"})), 0)
	same(t, len(names(v, Filter{Owner: "ANA@example.com"})) > 0, true)
	same(t, len(names(v, Filter{Owner: "nobody@example.com"})), 0)

	// Both follow the next version.
	s.save(func(save *store.Write) {
		must(t, save.PutAssets(t.Context(), []store.AssetRow{
			s.asset(reportID, catalog.KindModel, "report", func(a *store.AssetRow) {
				a.Columns = []catalog.Column{{Name: "id", Present: true, Tags: []string{"pii"}}}
			}),
			s.asset(groupID, catalog.KindGroup, "finance", func(a *store.AssetRow) { a.DBT.UniqueID = "group.shop.finance" }),
		}))
	}, nil)
	next := s.view(s.m)
	same(t, names(next, Filter{ColumnTag: "pii"}), []string{"orders", "report"})
	same(t, len(names(next, Filter{Owner: "ana@example.com"})), 0)
}

func TestContactsOfAView(t *testing.T) {
	t.Parallel()
	s := detailed(t)
	v := s.view(s.m)
	got, err := v.ContactsOf(t.Context(), []catalog.AssetID{ordersID, boardID})
	must(t, err)
	same(t, got, map[string][]string{"ana": {"Ana@example.com"}, "ben": {"ben@example.com"}})
	if none, err := v.ContactsOf(t.Context(), nil); err != nil || len(none) != 0 {
		t.Errorf("of no assets: %v, %v", none, err)
	}
}

func TestFreshnessOfAView(t *testing.T) {
	t.Parallel()
	s := detailed(t)
	ctx := t.Context()
	run, _, err := s.store.PutRun(ctx, ws, catalog.Run{SchemaID: s.schema, Project: s.project.ID, InvocationID: "i-2", Command: "freshness", GeneratedAt: time.Unix(40, 0), Artifact: "sources"}, nil,
		[]catalog.Freshness{
			{UniqueID: "source.shop.raw", Status: "warn", SnapshotedAt: time.Unix(40, 0), Age: 9},
			{UniqueID: "source.shop.unknown", Status: "pass", SnapshotedAt: time.Unix(40, 0)},
		})
	must(t, err)
	v := s.view(s.m)
	for filter, want := range map[FreshnessFilter]int{
		{}: 1, {Status: "warn"}: 1, {Status: "pass"}: 0, {Project: s.project.ID}: 1, {Project: 99}: 0, {Asset: rawID}: 1, {Asset: ordersID}: 0,
	} {
		got, err := v.Freshness(ctx, filter, store.Page{Limit: 1})
		must(t, err)
		if len(got.Rows) != want || int(got.Total) != want || want == 1 && (got.Rows[0].Table.ID != rawID || got.Rows[0].Age != 9) {
			t.Errorf("%+v: %+v", filter, got)
		}
	}
	old, err := v.At(ctx, AtVersion(0))
	must(t, err)
	if got, err := old.Freshness(ctx, FreshnessFilter{}, store.Page{}); err != nil || len(got.Rows) != 0 {
		t.Errorf("before it was measured: %+v, %v", got, err)
	}
	results, err := v.RunFreshness(ctx, catalog.Run{ID: run}, store.Page{})
	if err != nil || len(results.Rows) != 2 {
		t.Errorf("%+v, %v", results, err)
	}
	if _, err := v.Freshness(ctx, FreshnessFilter{}, store.Page{After: "x"}); err == nil {
		t.Error("a position that is none is taken")
	}
}

func TestEditsAndProjectsOfAView(t *testing.T) {
	t.Parallel()
	s := detailed(t)
	ctx := t.Context()
	v := s.view(s.m)
	if edits, err := v.Edits(ctx, ordersID, store.Page{}); err != nil || len(edits.Rows) != 1 || edits.Rows[0].Text != "edited" {
		t.Errorf("%+v, %v", edits, err)
	}
	for _, label := range []string{"shop", "Shop", s.project.ID.String()} {
		if p, err := v.ProjectNamed(ctx, label); err != nil || p.ID != s.project.ID {
			t.Errorf("%s: %+v, %v", label, p, err)
		}
	}
	if _, err := v.ProjectNamed(ctx, "bank"); !errors.Is(err, catalog.ErrNotFound) {
		t.Errorf("no such project: %v", err)
	}
}

// TestViewsThatAreGone: what was deleted after its view was made is not found.
func TestViewsThatAreGone(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	v := s.view(s.m)
	if row, err := v.Row(t.Context()); err != nil || row.ID != s.schema {
		t.Errorf("%+v, %v", row, err)
	}
	v.Schema.ID = 4711
	if _, err := v.Row(t.Context()); !errors.Is(err, catalog.ErrNotFound) {
		t.Errorf("a schema that is gone: %v", err)
	}
}

// TestListsThatNeedEachSchema: where the schemas do not fit in memory together, filters on parts of their own are refused.
func TestListsThatNeedEachSchema(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	small, err := New(Options{Store: s.store, CacheBytes: 1})
	must(t, err)
	for name, filter := range map[string]Filter{"test_status": {TestStatus: "fail"}, "column_tag": {ColumnTag: "pii"}} {
		_, err := small.Workspace(everyone).Assets(t.Context(), filter, store.Page{}, nil)
		var limited *LimitedError
		if !errors.As(err, &limited) || limited.Filter != name || limited.Error() == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
