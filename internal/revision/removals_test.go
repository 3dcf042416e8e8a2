package revision

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// shared are n tables that are a model and a source at once: some tools declare both.
func shared(n int, schema string) (models, sources []thing) {
	for i := range n {
		at := fmt.Sprintf("%s.t%02d", schema, i)
		models = append(models, thing{id: fmt.Sprintf("model.shop.t%02d", i), kind: catalog.KindModel, relation: at, columns: []string{"id"}})
		sources = append(sources, thing{id: fmt.Sprintf("source.shop.raw.t%02d", i), kind: catalog.KindSource, relation: at})
	}
	return models, sources
}

// pending are the pending removals.
func (r *rig) pending() []store.PendingRemoval {
	r.t.Helper()
	page, err := r.store.Removals(r.t.Context(), ws, r.schema, store.Page{Limit: 1000})
	if err != nil {
		r.t.Fatal(err)
	}
	return page.Rows
}

func (r *rig) confirm() int64 {
	r.t.Helper()
	n, err := r.ConfirmRemovals(r.t.Context(), ws, r.schema, Options{Holder: "test", Actor: tester})
	if err != nil {
		r.t.Fatal(err)
	}
	return n
}

// presence counts the assets that are there and those that are flagged removed.
func (r *rig) presence() (present, removed int) {
	for _, a := range r.assets() {
		if a.Present {
			present++
		} else {
			removed++
		}
	}
	return present, removed
}

// The models move to another schema and the sources at the old one go: what is pending are the tables at the old
// schema, which only the sources named, and not the models' tables, which live on.
func TestRemovalsNameWhatIsGone(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		models, sources := shared(20, "old")
		r.apply(r.dbt("shop", append(models, sources...)...))
		moved, _ := shared(20, "new")
		r.apply(r.dbt("shop", moved...))
		list := r.pending()
		if len(list) != 20 {
			t.Fatalf("%d are pending", len(list))
		}
		for i, p := range list {
			if at := r.at(fmt.Sprintf("old.t%02d", i)); p.Asset != at.ID || p.Kind != catalog.KindSource || p.UniqueID != sources[i].id {
				t.Errorf("pending: %+v; at the old relation: %d", p, at.ID)
			}
		}
		if n := r.confirm(); n != 20 {
			t.Errorf("%d removed", n)
		}
		if present, removed := r.presence(); present != 20 || removed != 20 || len(r.pending()) != 0 {
			t.Errorf("%d present, %d removed, %d pending", present, removed, len(r.pending()))
		}
		// Nothing is left that trips the guard later.
		if again := r.apply(r.dbt("shop", moved...)); again.Version != 0 || len(r.pending()) != 0 {
			t.Errorf("the same manifest makes version %d, %d pending", again.Version, len(r.pending()))
		}
	})
}

// A table that waits for its removal and that another project declares as its source meanwhile is not listed any more:
// confirming does not remove it. Once nothing but the pending node has it, it is listed again.
func TestRemovalsOfTablesThatOthersClaim(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		models, _ := shared(20, "core")
		r.apply(r.dbt("shop", models...))
		r.apply(r.dbt("shop", models[10:]...))
		if n := len(r.pending()); n != 10 {
			t.Fatalf("%d are pending", n)
		}
		var sources []thing
		for i := range 4 {
			sources = append(sources, thing{id: fmt.Sprintf("source.reader.shop.t%02d", i), kind: catalog.KindSource, relation: fmt.Sprintf("core.t%02d", i)})
		}
		r.apply(r.dbt("reader", sources...))
		if n := len(r.pending()); n != 6 {
			t.Errorf("%d are pending while another project has four of ten", n)
		}
		r.apply(r.dbt("reader", sources[1:]...))
		r.apply(r.crawl("warehouse", []string{"core"}, thing{kind: catalog.KindTable, relation: "core.t09", columns: []string{"id"}}))
		list := r.pending()
		if len(list) != 6 || list[0].UniqueID != models[0].id || list[5].UniqueID != models[8].id {
			t.Errorf("pending: %+v", list)
		}
		if n := r.confirm(); n != 6 {
			t.Errorf("%d removed", n)
		}
		if present, removed := r.presence(); present != 14 || removed != 6 || len(r.pending()) != 0 {
			t.Errorf("%d present, %d removed, %d pending", present, removed, len(r.pending()))
		}
	})
}

// A table that two projects no longer have is listed once.
func TestRemovalsOfTwoProjects(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		models, _ := shared(20, "core")
		var sources []thing
		for i := range 20 {
			sources = append(sources, thing{id: fmt.Sprintf("source.reader.shop.t%02d", i), kind: catalog.KindSource, relation: fmt.Sprintf("core.t%02d", i)})
		}
		r.apply(r.dbt("shop", models...))
		r.apply(r.dbt("reader", sources...))
		r.apply(r.dbt("shop", models[10:]...))
		if n := len(r.pending()); n != 0 {
			t.Errorf("%d are pending although the other project has all of them", n)
		}
		r.apply(r.dbt("reader", sources[10:]...))
		if n := len(r.pending()); n != 10 {
			t.Errorf("%d are pending", n)
		}
		if n := r.confirm(); n != 10 {
			t.Errorf("%d removed", n)
		}
	})
}

// Nodes of tables that live on as another node take no table with them: nothing is pending.
func TestRemovalsOfSecondNodes(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		models, sources := shared(20, "old")
		r.apply(r.dbt("shop", append(models, sources...)...))
		r.apply(r.dbt("shop", models...))
		if list := r.pending(); len(list) != 0 {
			t.Errorf("pending: %+v", list)
		}
		if nodes := r.at("old.t00").Nodes; len(nodes) != 1 {
			t.Errorf("nodes %v", nodes)
		}
		if present, removed := r.presence(); present != 20 || removed != 0 {
			t.Errorf("%d present, %d removed", present, removed)
		}
	})
}

// oldPending are a project whose last manifest lacks thirty of forty chained models with their tests, an exposure and
// what only reads that, as a program from before memos left them: with a list of the tables alone.
func oldPending(r *rig) (now []thing) {
	var models []thing
	for i := range 40 {
		m := model(fmt.Sprintf("m%02d", i), "id")
		if m.tested = "id"; i > 0 {
			m.parents = []string{models[i-1].id}
		}
		models = append(models, m)
	}
	more := func(kind catalog.Kind, name, parent string) thing {
		return thing{id: string(kind) + ".shop." + name, kind: kind, parents: []string{parent}}
	}
	stays := more(catalog.KindExposure, "stays", models[3].id)
	gone := []thing{more(catalog.KindSemanticModel, "gone", models[39].id)}
	gone = append(gone, more(catalog.KindMetric, "gone", gone[0].id), more(catalog.KindExposure, "gone", models[20].id))
	first := r.dbt("shop", append(append(models[:40:40], stays), gone...)...)
	singular := catalog.TestBody{Name: "singular", Parents: []string{models[2].id, models[30].id}}
	first.Tests = append(first.Tests, TestClaim{ID: "test.shop.singular"})
	held := first.Facets.(*Held)
	held.Tests = append(held.Tests, catalog.Test{UniqueID: "test.shop.singular", Hash: catalog.HashOfText("singular"), Body: singular})
	r.apply(first)
	now = append(models[:10:10], stays)
	o := r.dbt("shop", now...)
	r.apply(o)
	r.forget(o.Project, gone)
	return now
}

// forget ends the edges into things that are gone, and drops what is remembered of a project.
func (r *rig) forget(project catalog.ProjectID, gone []thing) {
	r.t.Helper()
	ctx := r.t.Context()
	check := func(err error) {
		r.t.Helper()
		if err != nil {
			r.t.Fatal(err)
		}
	}
	others := map[catalog.AssetID]bool{}
	for _, a := range r.assets() {
		others[a.ID] = slices.ContainsFunc(gone, func(x thing) bool { return a.Nodes[0].UniqueID == x.id })
	}
	edges, err := r.store.EdgesOf(ctx, ws, r.schema, 0, project)
	check(err)
	lease, err := r.store.LeaseSchema(ctx, ws, r.schema, "test", time.Second)
	check(err)
	w, err := r.store.Begin(ctx, lease)
	check(err)
	check(w.CloseEdges(ctx, slices.DeleteFunc(edges, func(e catalog.Edge) bool { return !others[e.To] })))
	tables := slices.DeleteFunc(r.pending(), func(p store.PendingRemoval) bool { return !p.Kind.IsTable() })
	flip := store.Flip{
		Cause: catalog.ImportCause(r.last), Actor: tester, Release: true,
		Pending: map[catalog.ProjectID][]store.PendingRemoval{project: tables}, // only tables were listed
	}
	for _, name := range []string{heldMemoName, linksMemoName, historyMemoName, droppedMemoName} {
		flip.Memos = append(flip.Memos, store.Memo{Project: project, Name: name})
	}
	check(w.Flip(ctx, flip))
}

// served counts the edges, tests and present assets that are not tables.
func (r *rig) served() [3]int {
	r.t.Helper()
	tests, err := r.store.TestsOf(r.t.Context(), ws, r.schema, 0, 0, false)
	if err != nil {
		r.t.Fatal(err)
	}
	others := 0
	for _, a := range r.assets() {
		if a.Present && !a.Kind.IsTable() {
			others++
		}
	}
	return [3]int{len(r.edges()), len(tests), others}
}

// Removals that were pending before memos were kept take edges, tests and exposures with them.
func TestOldRemovalsAreConfirmedWhole(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		now := oldPending(r)
		if got := r.served(); got != [3]int{40, 41, 4} || len(r.pending()) != 30 {
			t.Fatalf("while they wait: %v, %d pending", got, len(r.pending()))
		}
		r.confirm()
		if got := r.served(); got != [3]int{10, 10, 1} || len(r.pending()) != 0 {
			t.Errorf("confirmed: %v, %d pending", got, len(r.pending()))
		}
		if again := r.apply(r.dbt("shop", now...)); again.Version != 0 || len(r.pending()) != 0 {
			t.Errorf("the same manifest makes version %d, %d pending", again.Version, len(r.pending()))
		}
	})
}

// Dismissed, all of that stays, also when the manifest comes again.
func TestOldRemovalsAreDismissedWhole(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		now := oldPending(r)
		if err := r.DismissRemovals(t.Context(), ws, r.schema, Options{Holder: "test", Actor: tester}); err != nil {
			t.Fatal(err)
		}
		r.apply(r.dbt("shop", now...))
		if got := r.served(); got != [3]int{40, 41, 4} || len(r.pending()) != 0 {
			t.Errorf("dismissed: %v, %d pending", got, len(r.pending()))
		}
	})
}

// The list names each asset that a confirmation removes, once: a table that is a model
// and a source, and what is not a table.
func TestRemovalsNameWhatIsRemoved(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		var both []thing
		for i := range 12 {
			m := model(fmt.Sprintf("m%02d", i), "id")
			source := m
			source.id, source.kind = fmt.Sprintf("source.shop.raw.m%02d", i), catalog.KindSource
			both = append(both, m, source)
		}
		stays := model("stays", "id")
		gone := thing{id: "exposure.shop.gone", kind: catalog.KindExposure, parents: []string{both[0].id}}
		r.apply(r.dbt("shop", append(both[:24:24], stays, gone)...))
		r.apply(r.dbt("shop", stays))
		pending := r.pending()
		exposures := slices.DeleteFunc(slices.Clone(pending), func(p store.PendingRemoval) bool { return p.Kind != catalog.KindExposure })
		if len(pending) != 13 || len(exposures) != 1 {
			t.Errorf("%d pending: %+v", len(pending), pending)
		}
		if n := r.confirm(); n != int64(len(pending)) || len(r.pending()) != 0 {
			t.Errorf("%d removed of %d", n, len(pending))
		}
	})
}
