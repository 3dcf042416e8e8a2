package revision

import (
	"fmt"
	"testing"

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
