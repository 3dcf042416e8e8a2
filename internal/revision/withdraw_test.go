package revision

import (
	"testing"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// What a project or a crawl reported is flagged removed with it, except what something else reports; a project comes
// back with its next manifest, and not with an older one.
func TestWithdraw(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		things := tables("a", "b", "c")
		things[1].tested = "id"
		r.receive(dated{hours: 5, project: "shop", things: things})
		r.apply(r.crawl("warehouse", []string{"core"}, thing{kind: catalog.KindTable, relation: "core.c", columns: []string{"id"}},
			thing{kind: catalog.KindTable, relation: "core.d", columns: []string{"id"}}))
		project := r.dbt("shop").Project
		withdraw := func(w Withdrawn) Result {
			t.Helper()
			result, err := r.Withdraw(t.Context(), ws, r.schema, w, Options{Holder: "test", Actor: tester})
			if err != nil {
				t.Fatal(err)
			}
			return result
		}
		presence := func(when string, present, removed, tests int) {
			t.Helper()
			all, err := r.store.TestsOf(t.Context(), ws, r.schema, 0, 0, false)
			if err != nil {
				t.Fatal(err)
			}
			if p, m := r.presence(); p != present || m != removed || len(all) != tests {
				t.Errorf("%s: %d present, %d removed, %d tests", when, p, m, len(all))
			}
		}
		presence("before", 4, 0, 1)
		if w := withdraw(Withdrawn{Origin: "dbt:shop", Project: project, Cause: catalog.Cause{Kind: catalog.CauseRemoval, ID: 1}}); w.Removed != 2 {
			t.Errorf("%d removed", w.Removed)
		}
		presence("without dbt", 2, 2, 0)
		if edges := r.edges(); len(edges) != 0 {
			t.Errorf("edges: %v", edges)
		}
		if again := withdraw(Withdrawn{Origin: "dbt:shop", Project: project}); again.Version != 0 {
			t.Errorf("again: version %d", again.Version)
		}
		r.receive(dated{hours: 1, project: "shop", things: things})
		presence("an older manifest", 2, 2, 0)
		r.receive(dated{hours: 5, project: "shop", things: things})
		presence("dbt again", 4, 0, 1)
		if edges := r.edges(); len(edges) != 2 {
			t.Errorf("edges: %v", edges)
		}
		withdraw(Withdrawn{Origin: "crawl:warehouse", Cause: catalog.Cause{Kind: catalog.CauseCrawl, ID: 1}})
		presence("without the crawl", 3, 1, 1)
	})
}
