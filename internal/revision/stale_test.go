package revision

import (
	"slices"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// keeping applies a manifest that keeps what it lacks.
func (r *rig) keeping(hours int, keeps bool, things ...thing) Result {
	r.t.Helper()
	return r.receive(dated{hours: hours, project: "shop", keeps: keeps, things: things})
}

func tables(names ...string) (out []thing) {
	for n, name := range names {
		t := thing{id: "model.shop." + name, kind: catalog.KindModel, relation: "core." + name, columns: []string{"id"}}
		if n > 0 {
			t.parents = []string{"model.shop." + names[n-1]}
		}
		out = append(out, t)
	}
	return out
}

// A manifest that keeps what it lacks removes nothing, however much that is; one that does not removes what no
// manifest has now.
func TestWhatIsGoneStays(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		r.keeping(1, true, tables("a", "b", "c")...)
		r.keeping(2, true, tables("a")...)
		if present, removed := r.presence(); present != 3 || removed != 0 || len(r.pending()) != 0 {
			t.Fatalf("%d present, %d removed, %d pending", present, removed, len(r.pending()))
		}
		if edges := r.edges(); len(edges) != 2 {
			t.Errorf("edges: %v", edges)
		}
		if again := r.keeping(3, true, tables("a")...); again.Version != 0 {
			t.Errorf("the same makes version %d", again.Version)
		}
		r.keeping(4, false, tables("a")...)
		if present, removed := r.presence(); present != 1 || removed != 2 {
			t.Errorf("%d present, %d removed", present, removed)
		}
		if edges := r.edges(); len(edges) != 0 {
			t.Errorf("edges: %v", edges)
		}
	})
}

// What a person refused to remove stays refused while manifests keep what they lack, and after it.
func TestRefusalsOutliveKeeping(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		models, _ := shared(20, "core")
		r.apply(r.dbt("shop", models...))
		r.apply(r.dbt("shop", models[10:]...))
		if err := r.DismissRemovals(t.Context(), ws, r.schema, Options{Holder: "test", Actor: tester}); err != nil {
			t.Fatal(err)
		}
		for n, keeps := range []bool{true, true, false} {
			o := r.dbt("shop", models[11:]...)
			o.At, o.Keeps = monday.Add(time.Duration(n+1)*time.Hour), keeps
			r.apply(o)
			present, removed := r.presence()
			if want := map[bool][]int{true: {20, 0}, false: {19, 1}}[keeps]; !slices.Equal([]int{present, removed}, want) || len(r.pending()) != 0 {
				t.Errorf("keeps %t: %d present, %d removed, %d pending", keeps, present, removed, len(r.pending()))
			}
		}
	})
}
