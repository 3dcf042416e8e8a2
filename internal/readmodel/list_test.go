package readmodel

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

var everyone = access.Principal{WS: ws}

// view makes the view of the served version.
func (w *writer) view(m *Model) *View {
	w.t.Helper()
	v, err := m.View(w.t.Context(), everyone, w.schema)
	must(w.t, err)
	return v
}

// manyAssets fills a schema with assets of every sort and results of their nodes.
func (w *writer) manyAssets(random *rand.Rand) {
	w.t.Helper()
	word := func(of ...string) string { return of[random.IntN(len(of))] }
	words := func(of ...string) []string { return of[:random.IntN(len(of)+1)] }
	kinds := []catalog.Kind{catalog.KindModel, catalog.KindModel, catalog.KindSource, catalog.KindExposure}
	write := func(save *store.Write) {
		var rows []store.AssetRow
		for range 60 {
			id := catalog.AssetID(1 + random.IntN(90))
			a := catalog.Asset{
				ID: id, Kind: kinds[random.IntN(len(kinds))], Name: word("orders", "Orders", "customers", "größe", "a_b", "a%b") + fmt.Sprint(random.IntN(9)),
				Project: catalog.ProjectID(random.IntN(3)), Present: random.IntN(5) > 0, Tags: words("nightly", "core"), Owners: words("ana", "bo"),
				Materialized: word("", "table", "view"), RelationKey: word("", "db.main.x", "DB.MAIN.Y"),
				DBT: &catalog.DBT{UniqueID: fmt.Sprint("model.shop.", id), PackageName: word("", "shop", "utils"), Group: word("", "finance")},
			}
			a.Description.Value = word("", " ", "Text.")
			rows = append(rows, store.AssetRow{Asset: a, Hash: catalog.HashOfText(a.Name)})
		}
		must(w.t, save.PutAssets(w.t.Context(), rows))
	}
	w.save(write, nil)
	w.save(write, nil)
	for project := range catalog.ProjectID(3) {
		run := catalog.Run{SchemaID: w.schema, Project: project, InvocationID: fmt.Sprint("i-", project), Command: "build", GeneratedAt: time.Unix(100, 0)}
		var results []catalog.NodeResult
		for id := range 90 {
			results = append(results, catalog.NodeResult{
				UniqueID: fmt.Sprint("model.shop.", id), Status: "x", Class: word("success", "error"), CompletedAt: time.Unix(int64(200+id), 0),
			})
		}
		_, _, err := w.store.PutRun(w.t.Context(), ws, run, results, nil)
		must(w.t, err)
	}
}

// randomFilter draws a filter in both forms.
func randomFilter(random *rand.Rand, schema catalog.SchemaID, version int64) (Filter, store.AssetFilter) {
	f := Filter{Sort: []string{"", "name", "-name", "kind", "-kind", "created_at", "-updated_at", "id", "-id"}[random.IntN(9)]}
	has := random.IntN(2) == 0
	for range random.IntN(3) {
		switch random.IntN(10) {
		case 0:
			f.Kinds = []catalog.Kind{catalog.KindModel, catalog.KindExposure}[:1+random.IntN(2)]
		case 1:
			f.Project = catalog.ProjectID(1 + random.IntN(2))
		case 2:
			f.Package = "shop"
		case 3:
			f.Tag = "nightly"
		case 4:
			f.Owner = "bo"
		case 5:
			f.Group = "finance"
		case 6:
			f.Status = "error"
		case 7:
			f.Materialized = "view"
		case 8:
			f.Removed = true
		case 9:
			f.HasDescription = &has
		}
	}
	return f, store.AssetFilter{
		Schema: schema, At: version, Kind: f.Kinds, Project: f.Project, Package: f.Package, Tag: f.Tag, Owner: f.Owner, Group: f.Group, Status: f.Status,
		Materialized: f.Materialized, Removed: &f.Removed, HasDescription: f.HasDescription, Sort: f.Sort,
	}
}

// rounds returns how often a test repeats what n rounds try: far less often in short form, whose purpose is the race
// detector, under which the store is many times slower.
func rounds(n int) int {
	if testing.Short() {
		return max(2, n/10)
	}
	return n
}

// TestListsAreTheStores: a list from cards has the rows, the order, the pages, the
// totals and the breakdowns that the store gives.
func TestListsAreTheStores(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(5, 5))
	w := newWriter(t, openStore(t), "shop")
	w.manyAssets(random)
	v := w.view(newModel(t, w.store))
	for range rounds(60) {
		at, err := v.At(t.Context(), AtVersion(int64(1+random.IntN(2))))
		must(t, err)
		filter, stored := randomFilter(random, w.schema, at.Version)
		w.sameLists(at, filter, stored, 1+random.IntN(9))
	}
}

// TestListsAfterSaves: the index of a version is derived from the one before, which
// was asked for everything.
func TestListsAfterSaves(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(6, 6))
	w := newWriter(t, openStore(t), "shop")
	w.manyAssets(random)
	m := newModel(t, w.store)
	for range rounds(12) {
		v := w.view(m)
		for range rounds(20) {
			filter, stored := randomFilter(random, w.schema, v.Version)
			w.sameLists(v, filter, stored, 20)
		}
		ids := []catalog.AssetID{catalog.AssetID(1 + random.IntN(92)), catalog.AssetID(1 + random.IntN(92))}
		old, err := w.store.AssetsAt(t.Context(), ws, w.schema, v.Version, ids)
		must(t, err)
		w.save(func(save *store.Write) {
			rows := []store.AssetRow{{Asset: catalog.Asset{ID: ids[0], Kind: catalog.KindModel, Name: "new", Present: true, DBT: &catalog.DBT{UniqueID: "model.shop.new"}}}}
			if len(old) == len(ids) && ids[0] != ids[1] { // a change of one property
				rows = []store.AssetRow{{Asset: old[0]}}
				[]func(){
					func() { rows[0].Description.Value += "More." }, func() { rows[0].Name += "x" }, func() { rows[0].Tags = []string{"nightly", "nightly"} },
					func() { rows[0].Kind = catalog.KindExposure }, func() { rows[0].DBT = &catalog.DBT{UniqueID: "model.shop.7"} },
					func() { rows[0].Present = !rows[0].Present },
				}[random.IntN(6)]()
			}
			rows[0].Hash = catalog.HashOfText(fmt.Sprint(v.Version))
			must(t, save.PutAssets(t.Context(), rows))
		}, nil)
	}
}

var allBreakdowns = []store.Breakdown{store.ByKind, store.ByTag, store.ByOwner, store.ByGroup, store.ByPackage, store.ByMaterialized}

// sameLists compares all pages of a list and its breakdowns with the store's.
func (w *writer) sameLists(v *View, filter Filter, stored store.AssetFilter, limit int) {
	w.t.Helper()
	t := w.t
	page := store.Page{Limit: limit}
	for {
		want, err := w.store.AssetPage(t.Context(), ws, stored, page)
		must(t, err)
		got, err := v.Assets(t.Context(), filter, page, allBreakdowns)
		must(t, err)
		if diff := gocmp.Diff(want, got.Paged, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%+v, page %+v (-store +cards)\n%s", filter, page, diff)
		}
		for _, by := range allBreakdowns {
			counts, err := w.store.AssetBreakdown(t.Context(), ws, stored, by)
			must(t, err)
			if diff := gocmp.Diff(counts, got.Breakdown[by], cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("%+v by %s (-store +cards)\n%s", filter, by, diff)
			}
		}
		if page.After = got.Next; page.After == "" {
			break
		}
	}
}

// TestListsOfAllSchemas: a list over schemas has the rows, the order, the pages, the totals and the breakdowns that the
// store gives, and its answer is the store's where the cards do not fit into the cache.
func TestListsOfAllSchemas(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(8, 8))
	one := newWriter(t, openStore(t), "shop")
	one.manyAssets(random)
	other := newWriter(t, one.store, "bank")
	other.save(func(save *store.Write) {
		var rows []store.AssetRow
		for id := range 40 {
			rows = append(rows, store.AssetRow{Asset: catalog.Asset{
				ID: catalog.AssetID(1000 + id), Kind: catalog.KindModel, Name: fmt.Sprint("m", id%7), Present: id%5 > 0, Tags: []string{"bank"},
				Relation: catalog.Relation{Identifier: "m"},
			}})
		}
		rows[1].Kind, rows[1].Others = catalog.KindSeed, []catalog.OtherNode{{Kind: catalog.KindSource, Name: "raw"}}
		must(t, save.PutAssets(t.Context(), rows))
	}, nil)
	newWriter(t, one.store, "empty")
	small, err := New(Options{Store: one.store, CacheBytes: 1})
	must(t, err)
	all := newModel(t, one.store).Workspace(everyone)
	for range rounds(40) {
		filter, stored := randomFilter(random, 0, 0)
		page := store.Page{Limit: 1 + random.IntN(20)}
		for {
			want, err := one.store.AssetPage(t.Context(), ws, stored, page)
			must(t, err)
			for _, w := range []Workspace{all, small.Workspace(everyone)} {
				got, err := w.Assets(t.Context(), filter, page, allBreakdowns)
				must(t, err)
				if diff := gocmp.Diff(want, got.Paged, cmpopts.EquateEmpty()); diff != "" {
					t.Fatalf("%+v, page %+v (-store +cards)\n%s", filter, page, diff)
				}
				for _, by := range allBreakdowns[1:] { // by kind, the store knows one of each
					counts, err := one.store.AssetBreakdown(t.Context(), ws, stored, by)
					must(t, err)
					if diff := gocmp.Diff(counts, got.Breakdown[by], cmpopts.EquateEmpty()); diff != "" {
						t.Fatalf("%+v by %s (-store +cards)\n%s", filter, by, diff)
					}
				}
			}
			if page.After = want.Next; page.After == "" {
				break
			}
		}
	}
	sources, err := all.Assets(t.Context(), Filter{Kinds: []catalog.Kind{catalog.KindSource}, Tag: "bank"}, store.Page{}, nil)
	if err != nil || sources.Total != 1 || sources.Rows[0].ID != 1001 {
		t.Errorf("the seed that is a source, too: %+v, %v", sources, err)
	}
	none, err := all.Assets(t.Context(), Filter{Tag: "banc"}, store.Page{}, nil)
	must(t, err)
	same(t, catalog.Messages(none.Warnings), []string{`tag: no asset has "banc"; near names: bank`})
	limited, err := newModel(t, one.store).Workspace(access.Principal{WS: ws, Schemas: []catalog.SchemaID{other.schema, 4711}}).Assets(t.Context(), Filter{}, store.Page{}, nil)
	if err != nil || limited.Total != 32 {
		t.Errorf("a key of two schemas, one of them missing: %d assets, %v", limited.Total, err)
	}
}

func TestListRefusals(t *testing.T) {
	t.Parallel()
	w := newWriter(t, openStore(t), "shop")
	v := w.view(newModel(t, w.store))
	for _, c := range []struct{ sort, after string }{{"colour", ""}, {"name", "[1"}, {"name", "[1,2]"}, {"id", `["a",2]`}} {
		if _, err := v.Assets(t.Context(), Filter{Sort: c.sort}, store.Page{After: c.after}, nil); !errors.Is(err, catalog.ErrInvalid) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	empty, err := v.Assets(t.Context(), Filter{}, store.Page{}, []store.Breakdown{store.ByKind})
	if err != nil || len(empty.Rows) > 0 || empty.Total != 0 {
		t.Errorf("before the first version: %+v, %v", empty, err)
	}
}
