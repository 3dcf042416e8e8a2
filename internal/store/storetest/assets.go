package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

func testAssetPages(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	ids := map[string][]catalog.AssetID{}
	// Bytes decide: upper case before lower, ASCII before the rest; equal names by id.
	for i, name := range []string{"Zebra", "apple", "Apple", "éclair", "zebra", "apple", "_x", "9", "a b", "日本", "ab", "a_b"} {
		id := catalog.AssetID(i + 1)
		r.clock.add(time.Second)
		r.put(schema, table(id, name, func(a *store.AssetRow) {
			if i%3 == 0 {
				a.Kind = catalog.KindSource
			}
		}))
		ids[name] = append(ids[name], id)
	}
	var byName []catalog.AssetID
	var sorted []string
	for name := range ids {
		sorted = append(sorted, name)
	}
	slices.Sort(sorted)
	for _, name := range sorted {
		byName = append(byName, ids[name]...)
	}
	byID := make([]catalog.AssetID, 12)
	for i := range byID {
		byID[i] = catalog.AssetID(i + 1)
	}
	byKind := slices.Clone(byID)
	slices.SortStableFunc(byKind, func(a, b catalog.AssetID) int { return min(int(a-1)%3, 1)*-1 + min(int(b-1)%3, 1) })
	for sort, want := range map[string][]catalog.AssetID{
		"": byName, "name": byName, "id": byID, "created_at": byID, "updated_at": byID, "kind": byKind,
	} {
		for _, turn := range []string{"", "-"} {
			if turn == "-" && sort == "" {
				continue
			}
			for limit := 1; limit <= 13; limit += 3 {
				for _, schema := range []catalog.SchemaID{schema, 0} {
					f := store.AssetFilter{Schema: schema, Sort: turn + sort}
					var got []catalog.AssetID
					for _, a := range walk(t, limit, func(p store.Page) (store.Paged[catalog.Asset], error) { return r.AssetPage(ctx, ws, f, p) }) {
						got = append(got, a.ID)
					}
					want := slices.Clone(want)
					if turn == "-" {
						slices.Reverse(want)
					}
					same(t, got, want)
				}
			}
		}
	}
	_, err := r.AssetPage(ctx, ws, store.AssetFilter{Schema: schema, Sort: "secret"}, store.Page{})
	wants(t, err, catalog.ErrInvalid)
	page := get(r.AssetPage(ctx, ws, store.AssetFilter{Schema: schema}, store.Page{Limit: -1}))(t)
	if len(page.Rows) != 12 || page.Total != 12 || page.Next != "" {
		t.Errorf("%d rows of %d", len(page.Rows), page.Total)
	}
}

func testAssetFilters(t *testing.T, r *rig) {
	ctx := t.Context()
	schema, other := r.schema("a"), r.schema("b")
	yes, no := true, false
	r.put(schema,
		table(1, "orders", func(a *store.AssetRow) {
			a.Tags, a.Owners, a.Materialized, a.Project = []string{"pii", "gold"}, []string{"ana"}, "table", 4
			a.Description.Value = "Orders."
			a.DBT = &catalog.DBT{UniqueID: "model.shop.orders", PackageName: "shop", Group: "finance"}
		}),
		table(2, "Orders_100%", func(a *store.AssetRow) {
			a.Kind, a.Tags, a.Project = catalog.KindSource, []string{"gold"}, 5
			a.DBT = &catalog.DBT{UniqueID: "source.shop.o", PackageName: "utils"}
			a.Description.Value = "  "
		}),
		table(3, "customers", func(a *store.AssetRow) { a.Present, a.Tags = false, []string{"pii"} }),
		table(4, `back\slash`, func(a *store.AssetRow) { a.Kind, a.RelationKey = catalog.KindExposure, "" }),
	)
	r.put(other, table(5, "elsewhere", func(a *store.AssetRow) { a.Tags = []string{"pii"} }))
	for name, test := range map[string]struct {
		filter store.AssetFilter
		want   []string
	}{
		"all":            {store.AssetFilter{}, []string{"Orders_100%", "orders", `back\slash`}},
		"kind":           {store.AssetFilter{Kind: []catalog.Kind{catalog.KindSource, catalog.KindExposure, catalog.KindSeed}}, []string{"Orders_100%", `back\slash`}},
		"project":        {store.AssetFilter{Project: 4}, []string{"orders"}},
		"package":        {store.AssetFilter{Package: "utils"}, []string{"Orders_100%"}},
		"group":          {store.AssetFilter{Group: "finance"}, []string{"orders"}},
		"materialized":   {store.AssetFilter{Materialized: "table"}, []string{"orders"}},
		"tag":            {store.AssetFilter{Tag: "gold"}, []string{"Orders_100%", "orders"}},
		"tag and owner":  {store.AssetFilter{Tag: "gold", Owner: "ana"}, []string{"orders"}},
		"owner is a tag": {store.AssetFilter{Owner: "gold"}, nil},
		"removed":        {store.AssetFilter{Removed: &yes}, []string{"customers"}},
		"not removed":    {store.AssetFilter{Removed: &no, Tag: "pii"}, []string{"orders"}},
		"described":      {store.AssetFilter{HasDescription: &yes}, []string{"orders"}},
		"not described":  {store.AssetFilter{HasDescription: &no}, []string{"Orders_100%", `back\slash`}},
		"query":          {store.AssetFilter{Query: "ORDERS"}, []string{"Orders_100%", "orders"}},
		"relation":       {store.AssetFilter{Query: "main.ord"}, []string{"Orders_100%", "orders"}},
		"percent":        {store.AssetFilter{Query: "%"}, []string{"Orders_100%"}},
		"underscore":     {store.AssetFilter{Query: "s_1"}, []string{"Orders_100%"}},
		"backslash":      {store.AssetFilter{Query: `k\s`}, []string{`back\slash`}},
		"quote":          {store.AssetFilter{Query: `' OR 1=1 --`, Tag: `'`}, nil},
		"status":         {store.AssetFilter{Status: "error"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			f := test.filter
			f.Schema = schema
			same(t, names(walk(t, 1, func(p store.Page) (store.Paged[catalog.Asset], error) { return r.AssetPage(ctx, ws, f, p) })), test.want)
		})
	}
	same(t, names(get(r.AssetPage(ctx, ws, store.AssetFilter{Tag: "pii"}, store.Page{}))(t).Rows), []string{"elsewhere", "orders"})

	for by, want := range map[store.Breakdown]map[string]int64{
		store.ByKind:         {"model": 1, "source": 1, "exposure": 1},
		store.ByTag:          {"gold": 2, "pii": 1},
		store.ByOwner:        {"ana": 1},
		store.ByGroup:        {"finance": 1},
		store.ByPackage:      {"shop": 1, "utils": 1},
		store.ByMaterialized: {"table": 1},
	} {
		same(t, get(r.AssetBreakdown(ctx, ws, store.AssetFilter{Schema: schema}, by))(t), want)
	}
	same(t, get(r.AssetBreakdown(ctx, ws, store.AssetFilter{}, store.ByTag))(t), map[string]int64{"gold": 2, "pii": 2})
	_, err := r.AssetBreakdown(ctx, ws, store.AssetFilter{}, "body")
	wants(t, err, catalog.ErrInvalid)

	for project, result := range map[catalog.ProjectID]catalog.NodeResult{
		4: {UniqueID: "model.shop.orders", Class: "error"}, 5: {UniqueID: "source.shop.o", Class: "success"}, 6: {UniqueID: "source.shop.o", Class: "error"},
	} {
		_, _, err = r.PutRun(ctx, ws, catalog.Run{SchemaID: schema, Project: project, InvocationID: fmt.Sprint(project), Command: "build"}, []catalog.NodeResult{result}, nil)
		must(t, err)
	}
	same(t, names(get(r.AssetPage(ctx, ws, store.AssetFilter{Schema: schema, Status: "error"}, store.Page{}))(t).Rows), []string{"orders"})
	same(t, names(get(r.AssetPage(ctx, ws, store.AssetFilter{Status: "success"}, store.Page{}))(t).Rows), []string{"Orders_100%"})

	// Tags are read as of the version.
	r.put(schema, table(1, "orders"))
	same(t, names(get(r.AssetPage(ctx, ws, store.AssetFilter{Schema: schema, Tag: "gold"}, store.Page{}))(t).Rows), []string{"Orders_100%"})
	same(t, names(get(r.AssetPage(ctx, ws, store.AssetFilter{Schema: schema, At: 1, Tag: "pii"}, store.Page{}))(t).Rows), []string{"orders"})
}

func testAssetLookups(t *testing.T, r *rig) {
	ctx := t.Context()
	schema, other := r.schema("a"), r.schema("b")
	shop, base := get(r.EnsureProject(ctx, ws, schema, "shop", "Shop"))(t), get(r.EnsureProject(ctx, ws, schema, "base", "Base"))(t)
	facet := func(asset catalog.AssetID, p catalog.Project, id string) catalog.Facet {
		return catalog.Facet{Asset: asset, Origin: p.Origin(), Source: catalog.FromManifest, UniqueID: id, Project: p.ID}
	}
	withdrawn := facet(1, shop, "model.both")
	withdrawn.Withdrawn.Cause = catalog.ImportCause(3)
	r.save(schema, func(w *store.Write) {
		must(t, w.PutAssets(ctx, []store.AssetRow{table(1, "one"), table(2, "two"), table(3, "one", func(a *store.AssetRow) { a.Present = false })}))
		must(t, w.PutFacets(ctx, []catalog.Facet{
			facet(1, shop, "model.x"), facet(2, base, "model.y"), withdrawn, facet(2, base, "model.both"),
			facet(1, shop, "model.twice"), facet(2, base, "model.twice"), facet(1, shop, "model.shared"), facet(1, base, "model.shared"),
		}))
	})
	for _, test := range []struct {
		project, id string
		want        catalog.AssetID
	}{{"shop", "model.x", 1}, {"", "model.x", 1}, {"base", "model.x", 0}, {"", "model.y", 2}, {"shop", "model.both", 1}, {"", "model.both", 2}, {"Base", "model.y", 2}, {"base", "model.twice", 2}, {"", "model.shared", 1}, {"none", "model.x", 0}, {"", "none", 0}} {
		a, err := r.AssetByUniqueID(ctx, ws, schema, test.project, test.id, 0)
		if test.want == 0 {
			wants(t, err, catalog.ErrNotFound)
			continue
		}
		must(t, err)
		if a.ID != test.want {
			t.Errorf("%+v: asset %d", test, a.ID)
		}
	}
	_, err := r.AssetByUniqueID(ctx, ws, schema, "", "model.twice", 0)
	wants(t, err, catalog.ErrConflict)
	if twice, ok := errors.AsType[*catalog.AmbiguousError](err); !ok || len(twice.Candidates) != 2 || twice.Candidates[1].Project != "Base" {
		t.Errorf("of two projects: %#v", err)
	}
	_, err = r.AssetByUniqueID(ctx, ws, other, "", "model.x", 0)
	wants(t, err, catalog.ErrNotFound)

	a := get(r.AssetByRelationKey(ctx, ws, schema, "db.main.one", 0))(t)
	if a.ID != 1 {
		t.Errorf("the removed one first: %d", a.ID)
	}
	for _, key := range []string{"db.main.none", "", "db.main.ONE"} {
		_, err := r.AssetByRelationKey(ctx, ws, schema, key, 0)
		wants(t, err, catalog.ErrNotFound)
	}
	_, err = r.AssetByRelationKey(ctx, ws, other, "db.main.one", 0)
	wants(t, err, catalog.ErrNotFound)
	r.save(schema, func(w *store.Write) {
		must(t, w.PutAssets(ctx, []store.AssetRow{table(1, "moved")}))
	})
	a = get(r.AssetByRelationKey(ctx, ws, schema, "db.main.one", 0))(t)
	if a.ID != 3 {
		t.Errorf("asset %d", a.ID)
	}
	a = get(r.AssetByRelationKey(ctx, ws, schema, "db.main.one", 1))(t)
	if a.ID != 1 {
		t.Errorf("asset %d at version 1", a.ID)
	}
	many := make([]catalog.AssetID, 1000)
	for i := range many {
		many[i] = catalog.AssetID(1000 - i)
	}
	same(t, names(get(r.AssetsOf(ctx, ws, schema, 0, many))(t)), []string{"moved", "two", "one"})
}

func testChanges(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	columns := func(names ...string) func(*store.AssetRow) {
		return func(a *store.AssetRow) {
			a.Columns = []catalog.Column{}
			for i, n := range names {
				a.Columns = append(a.Columns, catalog.Column{Name: n, Ordinal: i + 1, Present: true})
			}
		}
	}
	r.put(schema, table(1, "one", columns("id")), table(2, "two", columns("id", "x")))
	r.put(schema, table(1, "eins", columns("id", "neu")), table(3, "three"))
	r.put(schema, table(1, "uno"))
	r.put(schema, table(2, "two", columns()))
	type change struct {
		id            catalog.AssetID
		version       int64
		before, after string
		columns       string
	}
	brief := func(all []store.ChangedAsset) (out []change) {
		for _, c := range all {
			b := change{id: c.Asset, version: c.Version, after: c.After.Name, columns: fmt.Sprint(len(c.BeforeColumns), len(c.AfterColumns))}
			if c.Before != nil {
				b.before = c.Before.Name
			}
			if c.Actor != edited().Actor || c.Cause != edited().Cause || !c.At.Equal(start) {
				t.Errorf("by %v, %s at %s", c.Actor, c.Cause, c.At)
			}
			out = append(out, b)
		}
		return out
	}
	list := func(from, to int64) []change {
		t.Helper()
		return brief(walk(t, 2, func(p store.Page) (store.Paged[store.ChangedAsset], error) {
			return r.ChangedAssets(ctx, ws, schema, from, to, p)
		}))
	}
	v1 := []change{{1, 1, "", "one", "0 0"}, {2, 1, "", "two", "0 0"}} // new: nothing to compare
	v2 := []change{{1, 2, "one", "eins", "1 2"}, {3, 2, "", "three", "0 0"}}
	v3 := []change{{1, 3, "eins", "uno", "2 2"}}
	v4 := []change{{2, 4, "two", "two", "2 0"}}
	cmpOpt := func(got, want []change) {
		t.Helper()
		if !slices.Equal(got, want) {
			t.Fatalf("got %v\nwant %v", got, want)
		}
	}
	cmpOpt(list(0, 4), slices.Concat(v1, v2, v3, v4))
	cmpOpt(list(0, 0), slices.Concat(v1, v2, v3, v4))
	cmpOpt(list(1, 3), slices.Concat(v2, v3))
	cmpOpt(list(4, 4), nil)
	_, err := r.ChangedAssets(ctx, ws, schema, 0, 5, store.Page{})
	wants(t, err, catalog.ErrNotFound)

	history := brief(walk(t, 1, func(p store.Page) (store.Paged[store.ChangedAsset], error) {
		return r.AssetHistory(ctx, ws, schema, 1, p)
	}))
	cmpOpt(history, slices.Concat(v3, v2[:1], v1[:1]))
	_, err = r.AssetHistory(ctx, ws, schema, 99, store.Page{})
	wants(t, err, catalog.ErrNotFound)

	// Column edges change their asset, whether its own row does or not.
	r.save(schema, func(w *store.Write) {
		must(t, w.PutColumnEdges(ctx, []store.ColumnEdgeBlock{{Asset: 3, Block: []byte("first")}}))
	})
	r.save(schema, func(w *store.Write) {
		must(t, w.PutColumnEdges(ctx, []store.ColumnEdgeBlock{{Asset: 3, Block: []byte("second")}}))
		must(t, w.PutAssets(ctx, []store.AssetRow{table(3, "drei")}))
	})
	edges := get(r.ChangedAssets(ctx, ws, schema, 4, 6, store.Page{}))(t)
	if len(edges.Rows) != 2 || edges.Total != 2 {
		t.Fatalf("%d changes of %d", len(edges.Rows), edges.Total)
	}
	first, second := edges.Rows[0], edges.Rows[1]
	if first.Before.Name != "three" || first.After.Name != "three" || first.BeforeColumnEdges != nil || string(first.AfterColumnEdges) != "first" {
		t.Errorf("first column edges: %+v", first)
	}
	if second.Before.Name != "three" || second.After.Name != "drei" || string(second.BeforeColumnEdges) != "first" || string(second.AfterColumnEdges) != "second" {
		t.Errorf("second column edges: %+v", second)
	}
	v6 := []change{{3, 5, "three", "three", "0 0"}, {3, 6, "three", "drei", "0 0"}}
	cmpOpt(brief(get(r.AssetHistory(ctx, ws, schema, 3, store.Page{}))(t).Rows), []change{v6[1], v6[0], v2[1]})

	// What is not flipped is not a change.
	w, _ := r.begin(schema)
	must(t, w.PutAssets(ctx, []store.AssetRow{table(1, "late"), table(7, "new")}))
	cmpOpt(list(0, 0), slices.Concat(v1, v2, v3, v4, v6))
	if got := get(r.AssetHistory(ctx, ws, schema, 1, store.Page{}))(t); len(got.Rows) != 3 || got.Total != 3 {
		t.Errorf("%d states of %d", len(got.Rows), got.Total)
	}
}
