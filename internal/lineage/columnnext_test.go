package lineage

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// columnHistory is a catalog whose code changes.
type columnHistory struct {
	blocks    map[int64]*Block
	relations map[string]int64 // what Find gives
	folding   map[int64]bool
}

func (h *columnHistory) options() GraphOptions {
	relations, folding := maps.Clone(h.relations), maps.Clone(h.folding)
	return GraphOptions{
		Find: func(key string) int64 { return relations[key] },
		Fold: func(table int64, name string) string {
			if folding[table] {
				return strings.ToLower(name)
			}
			return name
		},
	}
}

func (h *columnHistory) fresh() *ColumnGraph {
	return NewColumnGraph(slices.Values(h.of(slices.Sorted(maps.Keys(h.blocks)))), h.options())
}

func (h *columnHistory) of(tables []int64) []TableBlock {
	var out []TableBlock
	for _, table := range tables {
		if b := h.blocks[table]; b != nil {
			out = append(out, TableBlock{table, b})
		}
	}
	return out
}

// drawColumnBlock makes the block of a model that reads some tables, of the catalog and
// not.
func drawColumnBlock(t *rapid.T) *Block {
	name := rapid.SampledFrom([]string{"id", "ID", "Id", "x", "y", "*"})
	b := &Block{}
	for range rapid.IntRange(0, 3).Draw(t, "refs") {
		if table := rapid.Int64Range(0, 12).Draw(t, "table"); table > 0 {
			b.Refs = append(b.Refs, Ref{Table: table})
		} else {
			key := rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(t, "key")
			b.Refs = append(b.Refs, Ref{Key: key, Name: "Db." + key})
		}
	}
	for range rapid.IntRange(0, 4).Draw(t, "outputs") {
		o := Output{Name: name.Draw(t, "output")}
		for range rapid.IntRange(0, 2).Draw(t, "edges") {
			if len(b.Refs) > 0 {
				ref := int32(rapid.IntRange(0, len(b.Refs)-1).Draw(t, "ref"))
				o.Edges = append(o.Edges, Edge{Ref: ref, Column: name.Draw(t, "column"), Kinds: resolve.Identity, Masked: rapid.Bool().Draw(t, "masked")})
			}
		}
		b.Outputs = append(b.Outputs, o)
	}
	if len(b.Refs) > 0 && rapid.Bool().Draw(t, "rows") {
		b.Rows = append(b.Rows, Use{Ref: 0, Column: name.Draw(t, "row"), Kinds: resolve.Filter})
	}
	return b
}

// step changes the catalog and gives the tables that count as changed.
func (h *columnHistory) step(t *rapid.T) []int64 {
	var changed []int64
	for range rapid.IntRange(0, 3).Draw(t, "changes") {
		table := rapid.Int64Range(1, 12).Draw(t, "changed")
		if rapid.IntRange(0, 4).Draw(t, "drop") == 0 {
			delete(h.blocks, table)
		} else {
			h.blocks[table] = drawColumnBlock(t)
		}
		changed = append(changed, table)
	}
	switch rapid.IntRange(0, 5).Draw(t, "other") {
	case 0:
		h.relations[rapid.SampledFrom([]string{"a", "b"}).Draw(t, "came")] = rapid.Int64Range(1, 12).Draw(t, "as")
	case 1:
		delete(h.relations, rapid.SampledFrom([]string{"a", "b"}).Draw(t, "went"))
	case 2:
		table := rapid.Int64Range(1, 12).Draw(t, "folds")
		h.folding[table] = !h.folding[table]
		changed = append(changed, table)
	}
	slices.Sort(changed)
	return slices.Compact(changed)
}

// TestColumnGraphNext: over any history the derived graph equals one built anew.
func TestColumnGraphNext(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := &columnHistory{blocks: map[int64]*Block{}, relations: map[string]int64{}, folding: map[int64]bool{2: true, 5: true}}
		for table := range int64(9) {
			h.blocks[table+1] = drawColumnBlock(t)
		}
		g := h.fresh()
		for step := range rapid.IntRange(1, 6).Draw(t, "steps") {
			changed := h.step(t)
			next, err := g.Next(changed, func(tables []int64) ([]TableBlock, error) { return h.of(tables), nil }, h.options())
			if err != nil || next == nil {
				t.Fatalf("step %d: %v", step, err)
			}
			if diff := graphDiff(h.fresh(), next); diff != "" {
				t.Fatalf("step %d, changed %v (-built anew +derived)\n%s", step, changed, diff)
			}
			g = next
		}
	})
}

func graphDiff(want, got *ColumnGraph) string {
	return cmp.Diff(want, got, cmp.AllowUnexported(ColumnGraph{}), cmpopts.IgnoreFields(ColumnGraph{}, "found"), cmpopts.EquateEmpty(),
		cmpopts.IgnoreTypes(struct{}{}))
}

func TestColumnGraphNextShares(t *testing.T) {
	t.Parallel()
	h := &columnHistory{blocks: map[int64]*Block{}}
	for table := range int64(400) {
		h.blocks[table+2] = block([]Ref{{Table: table + 1}}, from("id", Edge{Column: "id", Kinds: resolve.Identity}))
	}
	g := h.fresh()
	h.blocks[200] = block([]Ref{{Table: 199}}, from("id", Edge{Column: "id", Kinds: resolve.Identity}), from("more"))
	asked := 0
	next, err := g.Next([]int64{200}, func(tables []int64) ([]TableBlock, error) { asked += len(tables); return h.of(tables), nil }, h.options())
	if err != nil {
		t.Fatal(err)
	}
	if diff := graphDiff(h.fresh(), next); diff != "" {
		t.Fatal(diff)
	}
	if asked > 4 {
		t.Errorf("%d blocks were read again for one that changed", asked)
	}
	if &g.columns[10][0] != &next.columns[10][0] {
		t.Error("the columns of a table that stayed are not shared")
	}
	all := slices.Sorted(maps.Keys(h.blocks))
	if next, err := g.Next(all, func(tables []int64) ([]TableBlock, error) { return h.of(tables), nil }, h.options()); next != nil || err != nil {
		t.Errorf("everything changed: %v, %v; want it to be built anew", next, err)
	}
	fault := fmt.Errorf("gone")
	if _, err := g.Next([]int64{7}, func([]int64) ([]TableBlock, error) { return nil, fault }, h.options()); err != fault {
		t.Errorf("error %v", err)
	}
}
