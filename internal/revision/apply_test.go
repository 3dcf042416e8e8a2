package revision

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// recorder keeps what an apply reports, and what it prepares.
type recorder struct {
	mu     sync.Mutex
	stages []string
	counts map[string]int64
	issues []string
	// prepared are the versions that readers were told of, served the version
	// that was served then.
	prepared, served []int64
	rig              *rig
	err              error
}

func (r *recorder) Stage(name string)     { r.stages = append(r.stages, name) }
func (r *recorder) Progress(int64, int64) {}
func (r *recorder) Issue(i catalog.Issue) { r.issues = append(r.issues, i.Code) }
func (r *recorder) Count(name string, n int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.counts == nil {
		r.counts = map[string]int64{}
	}
	r.counts[name] = n
}

func (r *recorder) Prepare(_ context.Context, _ int64, _ catalog.SchemaID, d *catalog.VersionDelta) error {
	r.prepared = append(r.prepared, d.Version)
	r.served = append(r.served, r.rig.version())
	return r.err
}

func chain(n int) []thing {
	var out []thing
	for i := range n {
		m := model(string(rune('a'+i)), "id")
		if i > 0 {
			m.parents = []string{out[i-1].id}
		}
		m.tested = "id"
		out = append(out, m)
	}
	return out
}

func TestApplyReportsAndPrepares(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		rec := &recorder{rig: r, err: errors.New("no room")}
		r.Prepare = rec
		result, err := r.try(Options{Report: rec}, r.dbt("shop", chain(3)...))
		if err != nil || result.Version != 1 {
			t.Fatalf("%+v, %v", result, err)
		}
		if !slices.Equal(rec.prepared, []int64{1}) || !slices.Equal(rec.served, []int64{0}) {
			t.Errorf("prepared %v while %v was served", rec.prepared, rec.served)
		}
		wantStrings(t, "stages", rec.stages, "merge", "trace", "save")
		if c := result.Counters; c.TablesCreated != 3 || c.ColumnsCreated != 3 || c.LineagesCreated != 2 || rec.counts["lineages"] != 2 {
			t.Errorf("counters %+v, counts %v", c, rec.counts)
		}
		if d := result.Delta; len(d.Assets) != 3 || len(d.Tests) != 3 || len(d.EdgesInto) != 2 {
			t.Errorf("delta %+v", d)
		}
		if again := r.apply(r.dbt("shop", chain(3)...)); again.Version != 0 || len(rec.prepared) != 1 {
			t.Errorf("the same report made version %d, %v prepared", again.Version, rec.prepared)
		}
	})
}

// TestFailuresChangeNothing: whatever fails, the served version stays, and the
// next apply works.
func TestFailuresChangeNothing(t *testing.T) {
	broken := errors.New("broken")
	onStores(t, func(t *testing.T, r *rig) {
		r.apply(r.dbt("shop", chain(2)...))
		for name, fail := range map[string]func() (Options, Observation){
			"facets": func() (Options, Observation) {
				o := r.dbt("shop", chain(3)...)
				o.Facets = failing{broken}
				return Options{}, o
			},
			"tests": func() (Options, Observation) {
				o := r.dbt("shop", chain(3)...)
				o.TestReader = failing{broken}
				return Options{}, o
			},
			"waiting facets": func() (Options, Observation) {
				o := r.warehouseOf("shop", model("elsewhere", "id"))
				o.Facets = failing{broken}
				return Options{}, o
			},
			"check": func() (Options, Observation) {
				return Options{Check: func(context.Context) error { return broken }}, r.dbt("shop", chain(3)...)
			},
			"finish": func() (Options, Observation) {
				return Options{Finish: func(*Result) (store.Flip, error) { return store.Flip{}, broken }}, r.dbt("shop", chain(3)...)
			},
			"lease": func() (Options, Observation) {
				return Options{TakeLease: func(context.Context) (store.Lease, error) { return store.Lease{}, broken }}, r.dbt("shop", chain(3)...)
			},
		} {
			opts, o := fail()
			if _, err := r.try(opts, o); !errors.Is(err, broken) || r.version() != 1 || len(r.assets()) != 2 {
				t.Errorf("%s: %v, version %d, %d assets", name, err, r.version(), len(r.assets()))
			}
		}
		if result := r.apply(r.dbt("shop", chain(3)...)); result.Version != 2 || len(r.assets()) != 3 {
			t.Errorf("afterwards version %d, %d assets", result.Version, len(r.assets()))
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := r.Apply(ctx, ws, r.schema, Options{Holder: "test"}, r.dbt("shop", chain(4)...)); err == nil || r.version() != 2 {
			t.Errorf("canceled: %v, version %d", err, r.version())
		}
		if _, err := r.Apply(t.Context(), ws, 999, Options{Holder: "test"}, Observation{}); !errors.Is(err, catalog.ErrNotFound) {
			t.Errorf("no such schema: %v", err)
		}
	})
}

// TestLeaseThatIsTaken: who holds the schema keeps others out, and who lost it
// writes nothing.
func TestLeaseThatIsTaken(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		opts, release, err := r.Hold(t.Context(), ws, r.schema, Options{Holder: "first"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.try(Options{}, r.dbt("shop", chain(1)...)); !errors.Is(err, catalog.ErrBusy) {
			t.Errorf("while another holds the schema: %v", err)
		}
		if again, _, err := r.Hold(t.Context(), ws, r.schema, opts); err != nil || again.Lease != opts.Lease {
			t.Errorf("holding what is held: %v", err)
		}
		release()
		r.apply(r.dbt("shop", chain(1)...))
		if _, err := r.Apply(t.Context(), ws, r.schema, opts, r.dbt("shop", chain(2)...)); !errors.Is(err, catalog.ErrFenced) || r.version() != 1 {
			t.Errorf("with a lost lease: %v, version %d", err, r.version())
		}
	})
}

// TestBaseThatIsOutdated: what was read before the lease was taken is read again
// if the schema has moved on.
func TestBaseThatIsOutdated(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		r.apply(r.dbt("shop", chain(1)...))
		base := r.Read(t.Context(), ws, r.schema)
		if err := base.reading.Wait(); err != nil {
			t.Fatal(err)
		}
		r.apply(r.dbt("shop", chain(2)...))
		o := r.dbt("shop", chain(2)...)
		o.Claims[1].Same = true
		if result, err := r.try(Options{Base: base}, o); err != nil || result.Version != 0 || len(r.assets()) != 2 {
			t.Errorf("%+v, %v, %d assets", result, err, len(r.assets()))
		}
		base.Close()
		(*Base)(nil).Close()
	})
}

// TestPartialReportWithdrawsByName: only what it names.
func TestPartialReportWithdrawsByName(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		r.apply(r.dbt("shop", chain(3)...))
		o := r.dbt("shop")
		o.Coverage, o.Withdrawn, o.Links, o.Tests = Partial, []string{"model.shop.b", "model.shop.none"}, nil, nil
		if result := r.apply(o); result.Removed != 1 || r.at("analytics.b").ID != 0 || r.at("analytics.c").ID == 0 {
			t.Errorf("%d removed", result.Removed)
		}
	})
}

// TestJoinedFacetsWaitForTheirNode: a catalog's table that no manifest names
// waits, and a claim of something unknown as unchanged makes nothing.
func TestJoinedFacetsWaitForTheirNode(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		late := model("late", "id", "name")
		r.apply(r.dbt("shop", chain(1)...))
		if result := r.apply(r.warehouseOf("shop", late)); result.Version == 0 || len(r.assets()) != 1 {
			t.Errorf("version %d, %d assets", result.Version, len(r.assets()))
		}
		o := r.dbt("shop", chain(1)...)
		o.Claims = append(o.Claims, Claim{ID: "model.shop.late", Same: true})
		if r.apply(o); len(r.assets()) != 1 {
			t.Errorf("%d assets", len(r.assets()))
		}
		late.columns = []string{"id"}
		r.apply(r.dbt("shop", append(chain(1), late)...))
		wantStrings(t, "columns", r.columns("analytics.late"), "id", "name")
	})
}

// TestExposuresOfOtherKinds: edges are typed by what is at their ends, and a
// table that derives from itself is reported.
func TestEdgeTypesAndCycles(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		a, b := model("a", "id"), model("b", "id")
		a.parents, b.parents = []string{b.id}, []string{a.id}
		other := func(kind catalog.Kind) thing {
			return thing{id: string(kind) + ".shop.x", kind: kind, parents: []string{a.id}}
		}
		rec := &recorder{rig: r}
		_, err := r.try(Options{Report: rec}, r.dbt("shop", a, b, other(catalog.KindExposure), other(catalog.KindMetric), other(catalog.KindUnitTest), other(catalog.KindAnalysis)))
		if err != nil {
			t.Fatal(err)
		}
		edges, err := r.store.EdgesOf(t.Context(), ws, r.schema, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		types := map[catalog.EdgeType]int{}
		for _, e := range edges {
			types[e.Type]++
		}
		want := map[catalog.EdgeType]int{catalog.EdgeDerived: 2, catalog.EdgeExposure: 1, catalog.EdgeMetric: 1, catalog.EdgeUnitTest: 1, catalog.EdgeOther: 1}
		if !reflect.DeepEqual(types, want) || !slices.Contains(rec.issues, "lineage-cycle") {
			t.Errorf("edges %v, issues %v", types, rec.issues)
		}
	})
}

// TestIDThatSeveralProjectsHave: a reference from outside means none of them.
func TestIDThatSeveralProjectsHave(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		shared := func(schema string) thing {
			return thing{id: "model.pkg.shared", kind: catalog.KindModel, relation: schema + ".shared", columns: []string{"id"}}
		}
		reader := thing{id: "model.c.reader", kind: catalog.KindModel, relation: "c.reader", parents: []string{"model.pkg.shared"}}
		r.apply(r.dbt("c", reader))
		r.apply(r.dbt("a", shared("a")))
		wantStrings(t, "one has it", r.edges(), "a.shared → c.reader (dbt_import)")
		r.apply(r.dbt("b", shared("b")))
		wantStrings(t, "two have it", r.edges(), "model.pkg.shared? → c.reader (dbt_import)")
		o := r.dbt("a")
		o.Guard = false
		r.apply(o)
		wantStrings(t, "the other has it", r.edges(), "b.shared → c.reader (dbt_import)")
	})
}

func TestSameLinksAreRemembered(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		a, b := model("a", "id"), model("b", "id")
		b.parents = []string{a.id}
		remembered := func(o Observation) Links {
			links, err := r.readLinksOf(t.Context(), ws, r.schema, o.Project)
			if err != nil {
				t.Fatal(err)
			}
			return links
		}
		want := Links{b.id: {a.id}}
		for n, description := range []string{"first", "second"} {
			a.description = description
			o := r.dbt("p", a, b)
			o.LinksSame = true // wrong for the first report, as for one after an upgrade from before links were remembered
			r.apply(o)
			if got := remembered(o); !reflect.DeepEqual(got, want) {
				t.Errorf("report %d: %v, want %v", n, got, want)
			}
		}
		wantStrings(t, "edges", r.edges(), "analytics.a → analytics.b (dbt_import)")
	})
}

// TestSameLinksReportTheSame: counts and issues of links do not depend on whether
// they are known to be the same.
func TestSameLinksReportTheSame(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		a, b, c := model("a", "id"), model("b", "id"), model("c", "id")
		a.parents, b.parents, c.parents = []string{b.id}, []string{a.id}, []string{b.id, "model.p.unknown"}
		var reports []*recorder
		for _, same := range []bool{false, false, true} {
			a.description += "."
			o := r.dbt("p", a, b, c)
			o.LinksSame = same
			got := &recorder{rig: r}
			if _, err := r.try(Options{Report: got}, o); err != nil {
				t.Fatal(err)
			}
			reports = append(reports, got)
		}
		want, got := reports[1], reports[2]
		if !reflect.DeepEqual(got.counts, want.counts) || !slices.Equal(got.issues, want.issues) {
			t.Errorf("same links: %v %v, others %v %v", got.counts, got.issues, want.counts, want.issues)
		}
		if want.counts["lineages"] != 3 || want.counts["parents_unresolved"] != 1 || !slices.Contains(want.issues, "lineage-cycle") {
			t.Errorf("%v %v", want.counts, want.issues)
		}
	})
}

func TestLinksEncoding(t *testing.T) {
	links := Links{"c": {"b", "a", "b"}, "d": {"c"}, "e": {}}
	b := encodeLinks(links)
	if again := encodeLinks(Links{"d": {"c"}, "c": {"a", "b"}}); !slices.Equal(again, b) {
		t.Error("equal links have different bytes")
	}
	got, err := decodeLinks(b)
	if want := (Links{"c": {"a", "b"}, "d": {"c"}}); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v; want %v", got, err, want)
	}
	for n := range b {
		if _, err := decodeLinks(b[:n]); err == nil {
			t.Errorf("%d of %d bytes were taken as whole", n, len(b))
		}
	}
}

func FuzzDecodeLinks(f *testing.F) {
	f.Add(encodeLinks(Links{"c": {"b"}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		links, err := decodeLinks(b)
		if err != nil {
			return
		}
		if again, err := decodeLinks(encodeLinks(links)); err != nil || len(again) > len(links) {
			t.Errorf("%v, %v; of %v", again, err, links)
		}
	})
}

// TestDismissedRemovals of projects that wait, and of none.
func TestDismissedRemovals(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		opts := Options{Holder: "ana", Actor: tester, Wait: time.Second}
		if err := r.DismissRemovals(t.Context(), ws, r.schema, opts); err != nil {
			t.Fatal(err)
		}
		if n, err := r.ConfirmRemovals(t.Context(), ws, r.schema, opts); n != 0 || err != nil {
			t.Fatal(n, err)
		}
		r.apply(r.dbt("shop", chain(3)...))
		r.apply(r.dbt("shop"))
		if err := r.DismissRemovals(t.Context(), ws, r.schema, opts); err != nil {
			t.Fatal(err)
		}
		rec := &recorder{rig: r}
		if _, err := r.try(Options{Report: rec}, r.dbt("shop", model("new"))); err != nil {
			t.Fatal(err)
		}
		if rec.counts["removals_pending"] != 0 || len(r.assets()) != 4 || !strings.Contains(strings.Join(r.edges(), ","), "analytics.b → analytics.c") {
			t.Errorf("%v, %d assets, %v", rec.counts, len(r.assets()), r.edges())
		}
		tests, err := r.store.TestsOf(t.Context(), ws, r.schema, 0, 0, false)
		if err != nil || len(tests) != 3 {
			t.Errorf("%d tests, %v", len(tests), err)
		}
	})
}

// TestConfirmAfterDismiss: what a person kept stays, with its edges and tests,
// when later removals are confirmed, and through the report after that.
func TestConfirmAfterDismiss(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		opts := Options{Holder: "ana", Actor: tester}
		r.apply(r.dbt("shop", chain(5)...))
		r.apply(r.dbt("shop"))
		if err := r.DismissRemovals(t.Context(), ws, r.schema, opts); err != nil {
			t.Fatal(err)
		}
		r.apply(r.dbt("shop", chain(2)...))
		r.apply(r.dbt("shop"))
		check := func(when string) {
			t.Helper()
			var tested []string
			tests, err := r.store.TestsOf(t.Context(), ws, r.schema, 0, 0, false)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range tests {
				tested = append(tested, r.name(x.Asset))
			}
			slices.Sort(tested)
			wantStrings(t, "tests "+when, tested, "analytics.c", "analytics.d", "analytics.e")
			edges := strings.Join(r.edges(), ", ")
			if !strings.Contains(edges, "analytics.c → analytics.d") || !strings.Contains(edges, "analytics.d → analytics.e") {
				t.Errorf("edges %s: %s", when, edges)
			}
		}
		if n, err := r.ConfirmRemovals(t.Context(), ws, r.schema, opts); n != 2 || err != nil {
			t.Fatal(n, err)
		}
		check("once the others are confirmed")
		r.apply(r.dbt("shop", model("new")))
		check("after another report")
	})
}

// TestConfirmedRemovalsTakeTests: confirmed removals take the tests and edges of
// what is removed with them, and a table that is back has its columns back.
func TestConfirmedRemovalsTakeTests(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		var things []thing
		for i := range 30 {
			m := model(string(rune('a'+i%26))+string(rune('a'+i/26)), "id")
			m.tested = "id"
			if i > 0 {
				m.parents = []string{things[i-1].id}
			}
			things = append(things, m)
		}
		last := things[29]
		last.columns = []string{"id", "more"}
		r.apply(r.dbt("shop", things...), r.warehouseOf("shop", last))
		r.apply(r.dbt("shop", things[:5]...))
		tests := func() int {
			t.Helper()
			tests, err := r.store.TestsOf(t.Context(), ws, r.schema, 0, 0, false)
			if err != nil {
				t.Fatal(err)
			}
			return len(tests)
		}
		if len(r.edges()) != 29 || tests() != 30 {
			t.Errorf("while they wait: %d edges, %d tests", len(r.edges()), tests())
		}
		n, err := r.ConfirmRemovals(t.Context(), ws, r.schema, Options{Holder: "ana", Actor: tester})
		if err != nil || n != 25 || len(r.edges()) != 4 || tests() != 5 {
			t.Errorf("confirmed %d, %v: %d edges, %d tests", n, err, len(r.edges()), tests())
		}
		r.apply(r.dbt("shop", append(things[:5:5], things[29])...))
		wantStrings(t, "columns of what is back", r.columns(things[29].relation), "id", "more")
	})
}

// TestClaimThatNamesItsAsset: an edit needs neither identity nor the index.
func TestClaimThatNamesItsAsset(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		r.apply(r.dbt("shop", chain(1)...))
		edit := Observation{
			Origin: catalog.OriginUser, Source: catalog.FromUser, At: r.clock, Cause: catalog.Cause{Kind: catalog.CauseEdit, ID: 1},
			Claims: []Claim{{Asset: r.at("analytics.a").ID}},
			Facets: &Held{Facets: []catalog.Facet{{Body: catalog.Body{Edits: []catalog.Edit{{Field: "tags", Add: []string{"gold"}, By: tester, At: r.clock}}}}}},
		}
		result := r.apply(edit)
		if a := r.at("analytics.a"); result.Version != 2 || !slices.Contains(a.Tags, "gold") || len(result.Delta.Assets) != 1 {
			t.Errorf("%+v, tags %v", result, a.Tags)
		}
		if v, err := r.store.Version(t.Context(), ws, r.schema, 2); err != nil || v.Cause != edit.Cause || v.Actor != tester {
			t.Errorf("%+v, %v", v, err)
		}
	})
}

// TestReadsThatAreNotDeclared: a model may read a table that its project does not
// name as a parent.
func TestReadsThatAreNotDeclared(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		r.apply(r.crawl("pg", []string{"raw"}, table("raw.t", "id", "name"), view("raw.v", `select * from raw.t`)))
		bad := model("bad")
		bad.sql = `select ((( from`
		reader := model("reader")
		reader.sql = `select t.*, v.id as other from db.raw.t cross join db.raw.v`
		rec := &recorder{rig: r}
		if _, err := r.try(Options{Report: rec}, r.dbt("shop", reader, bad, model("uncompiled", "id"))); err != nil {
			t.Fatal(err)
		}
		wantStrings(t, "lineage", r.lineage("analytics.reader"), "id < raw.t.id", "name < raw.t.name", "other < raw.v.id")
		if !slices.Contains(rec.issues, "lineage-not-compiled") {
			t.Errorf("issues %v", rec.issues)
		}
	})
}

// TestRetraceWithoutADifference makes no version, although the keys of what was
// traced are others.
func TestRetraceWithoutADifference(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		reader := model("reader")
		reader.sql, reader.parents = `select id from db.analytics.a`, []string{"model.shop.a"}
		things := append(chain(1), reader)
		r.apply(r.dbt("shop", things...))
		id := []catalog.AssetID{r.at("analytics.reader").ID}
		blocks, err := r.Store.ColumnEdgesOf(t.Context(), ws, r.schema, 0, id)
		if err != nil || len(blocks) != 1 {
			t.Fatal(blocks, err)
		}
		// As another version of the engine would have left it.
		opts, release, err := r.Hold(t.Context(), ws, r.schema, Options{Holder: "test"})
		if err != nil {
			t.Fatal(err)
		}
		w, err := r.Store.Begin(t.Context(), *opts.Lease)
		if err != nil {
			t.Fatal(err)
		}
		key := blocks[0].Hash
		blocks[0].Hash = catalog.HashOfText("another engine")
		if err := w.KeyColumnEdges(t.Context(), blocks); err != nil || w.Touched() {
			t.Fatal(err, w.Touched())
		}
		release()
		o := r.dbt("shop", things...)
		o.Retrace = true
		if result := r.apply(o); result.Version != 0 {
			t.Errorf("version %d: %+v", result.Version, result.Delta)
		}
		if blocks, err = r.Store.ColumnEdgesOf(t.Context(), ws, r.schema, 0, id); err != nil || blocks[0].Hash != key {
			t.Errorf("key %v, want %v; %v", blocks[0].Hash, key, err)
		}
	})
}
