package importing

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// ledger is a file of a real run of dbt 2 without a catalog.
func ledger(t *testing.T, field, name string) part {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "dbt", "dbttest", "testdata", "ledger", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return part{field, b}
}

// What dbt 2's index has of columns is joined with the manifest: types of the warehouse, and the columns of seeds, which
// give those of models that read all of them their lineage. It may come with the manifest or after the same one.
func TestNodeColumnsOfTheIndex(t *testing.T) {
	m, index := ledger(t, "manifest", "manifest.json.gz"), ledger(t, "node_columns", "index/dbt.node_columns.parquet")
	listed := func(r *rig, id string) (out []string) {
		_, columns := r.asset(id)
		for _, c := range columns {
			out = append(out, c.Name+" "+c.Type.Native)
		}
		return out
	}
	seed := []string{"entry_id INTEGER", "account Utf8", "amount_cents Int64", "booked_at Date32"}
	for name, order := range map[string][][]part{
		"together": {{m, index}}, "later": {{m}, {m, index}}, "twice": {{m, index}, {m, index}},
		"and a manifest alone": {{m, index}, {m}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			var last catalog.Import
			for _, parts := range order {
				last = r.completed(r.send(parts...))
			}
			if got := listed(r, "seed.ledger.raw_entries"); !slices.Equal(got, seed) {
				t.Errorf("columns of the seed %q, want %q", got, seed)
			}
			if got := listed(r, "model.ledger.balances"); !slices.Contains(got, "account VARCHAR") || len(got) != 4 {
				t.Errorf("columns of the model %q", got)
			}
			if hasIssue(last, "node-columns-differ") {
				t.Errorf("%+v", last.Report.Issues)
			}
			version := r.version()
			r.completed(r.send(order[len(order)-1]...))
			if r.version() != version {
				t.Errorf("sent again: version %d after %d", r.version(), version)
			}
		})
	}
	t.Run("of another project", func(t *testing.T) {
		r := newRig(t)
		if imp := r.completed(r.send(inTarget(t, monday, "analytics"), index)); !hasIssue(imp, "node-columns-differ") {
			t.Errorf("%+v", imp.Report.Issues)
		}
	})
	t.Run("damaged", func(t *testing.T) {
		r := newRig(t)
		if imp := r.send(m, part{"node_columns", index.content[:200]}); imp.Status != catalog.Failed || imp.Error == "" {
			t.Errorf("%+v", imp)
		}
	})
}
