package lineage

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

func TestDiffBlocks(t *testing.T) {
	table := func(r Ref) string {
		if r.Table == 0 {
			return r.Name
		}
		return fmt.Sprint("t", r.Table)
	}
	refs := []Ref{{Table: 1}, {Name: "far.away"}}
	before := &Block{
		Refs: refs, Rows: []Use{{Column: "k", Kinds: resolve.Join}},
		Outputs: []Output{
			{Name: "same", Edges: []Edge{{Column: "b", Kinds: resolve.Rename}, {Column: "a", Kinds: resolve.Cast}}},
			{Name: "other", Edges: []Edge{{Column: "a", Kinds: resolve.Rename}}},
			{Name: "gone", Edges: []Edge{{Column: "a", Path: "p", Kinds: resolve.Field}}},
			{Name: "constant"},
		},
	}
	after := &Block{
		Status: Partial, Refs: []Ref{refs[1], refs[0]}, Rows: []Use{{Ref: 1, Column: "k", Kinds: resolve.Filter}},
		Outputs: []Output{
			{Name: "new", Edges: []Edge{{Column: "x", Kinds: resolve.Aggregate | resolve.Conditional}}},
			{Name: "same", Edges: []Edge{{Ref: 1, Column: "a", Kinds: resolve.Cast}, {Ref: 1, Column: "b", Kinds: resolve.Rename}}},
			{Name: "other", Edges: []Edge{{Ref: 1, Column: "a", Kinds: resolve.Transform}}},
		},
	}
	want := []BlockChange{
		{"", "lineage_status", "read", "partial"},
		{"", "lineage_rows", "t1.k (join)", "t1.k (filter)"},
		{"new", "lineage", "", "far.away.x (aggregate, conditional)"},
		{"other", "lineage", "t1.a (rename)", "t1.a (transform)"},
		{"gone", "lineage", "t1.a.p (field)", ""},
	}
	if diff := cmp.Diff(want, DiffBlocks(before, after, table)); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	if got := DiffBlocks(after, after, table); got != nil {
		t.Errorf("a block differs from itself: %v", got)
	}
	if diff := cmp.Diff([]BlockChange{{"", "lineage_status", "", "partial"}}, DiffBlocks(nil, after, table)); diff != "" {
		t.Errorf("first reading (-want +got):\n%s", diff)
	}
}
