package revision

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// dated is a report of a project with a time of its own.
type dated struct {
	hours     int // after monday
	project   string
	warehouse bool // a catalog, otherwise a manifest
	forced    bool
	keeps     bool
	things    []thing
}

// receive applies a report as an import does: it is late if a newer one of its project and source was applied, and the
// newest one is noted with the project.
func (r *rig) receive(d dated) Result {
	r.t.Helper()
	o := r.dbt(d.project, d.things...)
	if d.warehouse {
		o = r.warehouseOf(d.project, d.things...)
	}
	o.At, o.Tie, o.Forced = monday.Add(time.Duration(d.hours)*time.Hour), catalog.HashOfText(fmt.Sprint(d.hours)), d.forced
	o.Keeps = d.keeps
	p, err := r.store.Project(r.t.Context(), ws, o.Project)
	if err != nil {
		r.t.Fatal(err)
	}
	o.Late = !d.forced && o.stamp().Compare(p.Newest(o.Source)) < 0
	finish := func(*Result) (store.Flip, error) {
		switch {
		case o.Late:
		case d.warehouse:
			p.CatalogGeneratedAt, p.CatalogTie = o.At, o.Tie
		default:
			p.ManifestGeneratedAt, p.ManifestTie = o.At, o.Tie
		}
		return store.Flip{Project: &p}, nil
	}
	result, err := r.try(Options{Finish: finish}, o)
	if err != nil {
		r.t.Fatal(err)
	}
	return result
}

// state is everything that readers see of the schema, without what depends on the order of arrival.
func (r *rig) state() string {
	r.t.Helper()
	var out []string
	for _, a := range r.assets() {
		line := fmt.Sprintf("%s %s present=%t %q", a.Kind, a.RelationKey, a.Present, a.Description.Value)
		all, err := r.store.ColumnsOf(r.t.Context(), ws, r.schema, 0, []catalog.AssetID{a.ID})
		if err != nil {
			r.t.Fatal(err)
		}
		for _, c := range all[a.ID] {
			line += fmt.Sprintf(" %s:%t", c.Name, c.Present)
		}
		out = append(out, line)
	}
	tests, err := r.store.TestsOf(r.t.Context(), ws, r.schema, 0, 0, false)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, t := range tests {
		out = append(out, "test "+t.UniqueID)
	}
	for _, p := range r.pending() {
		out = append(out, "pending "+p.UniqueID)
	}
	slices.Sort(out)
	return strings.Join(append(out, r.edges()...), "\n")
}

// permutations calls f with every order of n numbers, in short form only with the rising and the falling one: what is
// concurrent is the same in all of them.
func permutations(n int, f func(order []int)) {
	if testing.Short() {
		order := make([]int, n)
		for i := range order {
			order[i] = i
		}
		f(slices.Clone(order))
		slices.Reverse(order)
		f(order)
		return
	}
	var extend func(order []int)
	extend = func(order []int) {
		if len(order) == n {
			f(order)
			return
		}
		for i := range n {
			if !slices.Contains(order, i) {
				extend(append(slices.Clone(order), i))
			}
		}
	}
	extend(nil)
}

// TestReportsInAnyOrder: what is served after several reports does not depend on the order in which they arrived.
func TestReportsInAnyOrder(t *testing.T) {
	described := func(m thing, text string) thing {
		m.description = text
		return m
	}
	child := func(m thing, parents ...string) thing {
		m.parents, m.tested = parents, "id"
		return m
	}
	many := func(from, to int) (out []thing) {
		for i := from; i < to; i++ {
			m := child(model(fmt.Sprintf("m%02d", i), "id"))
			if i > 0 {
				m.parents = []string{fmt.Sprintf("model.shop.m%02d", i-1)}
			}
			out = append(out, m)
		}
		return out
	}
	a, b, c, d := model("a", "id"), model("b", "id"), model("c", "id"), model("d", "id")
	moved := b
	moved.relation = "archive.b"
	for name, reports := range map[string][]dated{
		"models come and go": {
			{hours: 1, project: "shop", things: []thing{a, child(b, a.id), child(c, b.id)}},
			{hours: 2, project: "shop", things: []thing{described(a, "second"), child(b, a.id), child(d, a.id)}},
			{hours: 3, project: "shop", things: []thing{a, child(b, d.id), child(d, a.id)}},
		},
		"a model that is gone for a while": {
			{hours: 1, project: "shop", things: []thing{a, child(b, a.id), child(c, b.id)}},
			{hours: 2, project: "shop", things: []thing{a, child(b, a.id)}},
			{hours: 3, project: "shop", things: []thing{a, child(b, a.id), child(c, a.id)}},
			{hours: 4, project: "shop", things: []thing{a, child(c, a.id)}},
		},
		"removals that the guard withholds": {
			{hours: 1, project: "shop", things: many(0, 20)},
			{hours: 2, project: "shop", things: many(0, 9)},
			{hours: 3, project: "shop", things: many(0, 12)},
		},
		"manifests that keep what they lack": {
			{hours: 1, project: "shop", keeps: true, things: []thing{a, child(b, a.id), child(c, b.id)}},
			{hours: 2, project: "shop", keeps: true, things: []thing{a, child(d, a.id)}},
			{hours: 3, project: "shop", keeps: true, things: []thing{a}},
		},
		"a model that moves": {
			{hours: 1, project: "shop", things: []thing{a, child(b, a.id)}},
			{hours: 2, project: "shop", things: []thing{a, child(moved, a.id)}},
			{hours: 3, project: "shop", things: []thing{a, child(moved, a.id), c}},
		},
		"two projects of one package": {
			{hours: 1, project: "shop", things: []thing{a, child(b, a.id)}},
			{hours: 2, project: "other", things: []thing{{id: a.id, kind: catalog.KindModel, relation: "other.a", columns: []string{"id"}}}},
			{hours: 3, project: "shop", things: []thing{child(b, a.id)}},
			{hours: 4, project: "other", things: []thing{{id: a.id, kind: catalog.KindModel, relation: "other.a", columns: []string{"id", "v"}}}},
		},
		"catalogs of two projects for one table": {
			{hours: 1, project: "shop", things: []thing{a}},
			{hours: 2, project: "shop", warehouse: true, things: []thing{{id: a.id, kind: catalog.KindModel, relation: a.relation, columns: []string{"id", "old"}}}},
			{hours: 3, project: "other", things: []thing{{id: "source.other.a", kind: catalog.KindSource, relation: a.relation}}},
			{hours: 4, project: "other", warehouse: true, things: []thing{{id: "source.other.a", kind: catalog.KindSource, relation: a.relation, columns: []string{"id", "new"}}}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			onStores(t, func(t *testing.T, r *rig) {
				var want string
				permutations(len(reports), func(order []int) {
					schema, err := r.store.CreateSchema(t.Context(), ws, fmt.Sprint(order), "test", store.By{})
					if err != nil {
						t.Fatal(err)
					}
					r.t, r.schema = t, schema.ID
					for _, i := range order {
						r.receive(reports[i])
					}
					got := r.state()
					if want == "" {
						want = got
					}
					if got != want {
						t.Errorf("in the order %v:\n%s\nwant\n%s", order, got, want)
					}
				})
			})
		})
	}
}

// TestForcedReportIsTheNewest: a forced older manifest is applied as if it was the newest, and what follows is compared
// with it.
func TestForcedReportIsTheNewest(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		things := chain(3)
		r.receive(dated{hours: 1, project: "shop", things: things[:2]})
		r.receive(dated{hours: 2, project: "shop", things: things})
		if result := r.receive(dated{hours: 1, project: "shop", forced: true, things: things[:2]}); result.Removed != 1 || r.at("analytics.c").ID != 0 {
			t.Errorf("%d removed", result.Removed)
		}
		if result := r.receive(dated{hours: 2, project: "shop", things: things}); result.Version == 0 || r.at("analytics.c").ID == 0 {
			t.Errorf("version %d", result.Version)
		}
	})
}

// TestConfirmedRemovalsStayGone: a late manifest does not bring back what a person confirmed to be gone.
func TestConfirmedRemovalsStayGone(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		models, _ := shared(20, "core")
		r.receive(dated{hours: 1, project: "shop", things: models})
		r.receive(dated{hours: 3, project: "shop", things: models[:8]})
		if n := r.confirm(); n != 12 {
			t.Fatalf("%d removed", n)
		}
		r.receive(dated{hours: 2, project: "shop", things: models[:15]})
		if present, removed := r.presence(); present != 8 || removed != 12 || len(r.pending()) != 0 {
			t.Errorf("%d present, %d removed, %d pending", present, removed, len(r.pending()))
		}
	})
}
