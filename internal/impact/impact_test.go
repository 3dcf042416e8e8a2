package impact

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/graph"
	"github.com/thalweg-data/thalweg/internal/lineage"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// The schema of the tests, asset ids as written, numbers one less:
//
//	1 raw ─ 2 stage ─┬ 3 sums (id from stage.id, n from stage.amount) ─ 7 exposure
//	                 ├ 4 joined (x from stage.other, rows by stage.id) ─ 5 leaf
//	                 ├ 6 python (not read) ─ 8 after python
//	                 └ 9 aside (y from stage.other)
//	3 sums ─ 10 metric ─ 11 exposure of the metric
func state(t *testing.T) State {
	t.Helper()
	var pairs []graph.Edge
	for _, e := range [][2]int32{{1, 2}, {2, 3}, {2, 4}, {4, 5}, {2, 6}, {6, 8}, {2, 9}, {3, 7}, {3, 10}, {10, 11}} {
		pairs = append(pairs, graph.Edge{From: e[0] - 1, To: e[1] - 1})
	}
	g, err := graph.New(11, pairs)
	if err != nil {
		t.Fatal(err)
	}
	block := func(table int64, from int64, rows string, columns ...string) lineage.TableBlock {
		b := &lineage.Block{Refs: []lineage.Ref{{Table: from}}}
		for _, c := range columns {
			name, origin, _ := strings.Cut(c, "=")
			b.Outputs = append(b.Outputs, lineage.Output{Name: name, Edges: []lineage.Edge{{Column: origin, Kinds: resolve.Rename}}})
		}
		if rows != "" {
			b.Rows = append(b.Rows, lineage.Use{Column: rows, Kinds: resolve.Filter})
		}
		return lineage.TableBlock{Table: table, Block: b}
	}
	blocks := []lineage.TableBlock{
		block(2, 1, "", "id=id", "amount=amount", "other=other"), block(3, 2, "", "id=id", "n=amount"),
		block(4, 2, "id", "x=other"), block(5, 4, "", "x=x"), block(9, 2, "", "y=other"), block(8, 6, "", "z=z"),
	}
	return State{
		Graph: g, Columns: lineage.NewColumnGraph(slices.Values(blocks), lineage.GraphOptions{}),
		Number:  func(table int64) (int32, bool) { return int32(table) - 1, table > 0 },
		IsTable: func(n int32) bool { return !slices.Contains([]int32{6, 9, 10}, n) },
		Unread:  func(n, _ int32) bool { return n == 5 },
	}
}

func TestImpact(t *testing.T) {
	s := state(t)
	column := func(table int64, name string) []int32 {
		n, ok := s.Columns.Find(table, name, nil)
		if !ok {
			t.Fatalf("no column %d.%s", table, name)
		}
		return []int32{n}
	}
	for _, c := range []struct {
		name    string
		change  Change
		want    string
		columns int
	}{
		{"a table", Change{Asset: 0}, "2 downstream, 3 downstream, 4 downstream, 6 downstream, 9 downstream, 5 downstream, 7 uses, 8 downstream, 10 uses, 11 uses", 0},
		{"a value", Change{Asset: 0, Columns: column(1, "amount")}, "2 column, 3 column, 6 unread, 7 uses, 8 downstream, 10 uses, 11 uses", 3},
		{"a value that decides rows too", Change{Asset: 0, Columns: column(1, "id"), Rows: true}, "2 column, 3 column, 4 rows, 6 unread, 5 downstream, 7 uses, 8 downstream, 10 uses, 11 uses", 3},
		{"its value alone", Change{Asset: 0, Columns: column(1, "id")}, "2 column, 3 column, 6 unread, 7 uses, 8 downstream, 10 uses, 11 uses", 3},
		{"rows by other kinds", Change{Asset: 0, Columns: column(1, "id"), Rows: true, Walk: lineage.WalkOptions{Kinds: resolve.Rename | resolve.Join}}, "2 column, 3 column, 6 unread, 7 uses, 8 downstream, 10 uses, 11 uses", 3},
		{"a value of two branches", Change{Asset: 1, Columns: column(2, "other")}, "4 column, 6 unread, 9 column, 5 column, 8 downstream", 4},
		{"the end of the line", Change{Asset: 8, Columns: column(9, "y")}, "", 1},
		{"what uses the table itself", Change{Asset: 2, Columns: column(3, "n")}, "7 uses, 10 uses, 11 uses", 1},
	} {
		c.change.Walk.Least = resolve.Ambiguous
		got := s.Of(c.change)
		var list []string
		for _, r := range got.Assets {
			list = append(list, fmt.Sprint(r.Asset+1, " ", r.Reason))
		}
		if text := strings.Join(list, ", "); text != c.want {
			t.Errorf("%s: reaches %s, want %s", c.name, text, c.want)
		}
		if got.Columns.Total != c.columns {
			t.Errorf("%s: %d columns, want %d", c.name, got.Columns.Total, c.columns)
		}
	}
	if got := s.Of(Change{Asset: 0, Columns: column(1, "amount")}).Tables; got != 7 {
		t.Errorf("%d tables downstream, want 7", got)
	}
}

// A walk over many assets ends soon after it is stopped, wherever it is.
func TestImpactStops(t *testing.T) {
	const assets = 100_000
	pairs := make([]graph.Edge, 0, assets)
	for n := range int32(assets - 1) {
		pairs = append(pairs, graph.Edge{From: n, To: n + 1})
	}
	g, err := graph.New(assets, pairs)
	if err != nil {
		t.Fatal(err)
	}
	for _, tables := range []bool{true, false} { // downstream, and what uses it
		asked, after := 0, 0
		s := State{
			Graph: g, Columns: lineage.NewColumnGraph(slices.Values([]lineage.TableBlock(nil)), lineage.GraphOptions{}),
			Number: func(table int64) (int32, bool) { return int32(table), true },
			Unread: func(_, _ int32) bool { return false },
			Stop:   func(int) bool { asked++; return asked > 2 },
		}
		s.IsTable = func(int32) bool {
			if asked > 2 {
				after++
			}
			return tables
		}
		s.Of(Change{Asset: 0})
		if asked <= 2 || after > stopEvery {
			t.Errorf("tables %v: asked %d times, %d steps after the stop", tables, asked, after)
		}
	}
}
