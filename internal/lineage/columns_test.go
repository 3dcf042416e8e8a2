package lineage

import (
	"slices"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

func TestColumnsHoldTheirList(t *testing.T) {
	for _, list := range [][]resolve.Column{
		nil,
		{{}},
		{{Name: "a"}, {Name: "b", Type: "struct<x int>"}, {Name: "a"}},
		{{Name: strings.Repeat("ü", 127)}, {Name: strings.Repeat("x", 128), Type: strings.Repeat("y", 70_000)}, {Name: "\x00\xff"}},
	} {
		c := NewColumns(list, true)
		if got := c.List(); !slices.Equal(got, list) {
			t.Errorf("%q came back as %q", list, got)
		}
		if c.IsEmpty() != (len(list) == 0) || c.Full != (len(list) > 0) {
			t.Errorf("%q: empty %t, full %t", list, c.IsEmpty(), c.Full)
		}
		if c != NewColumns(slices.Clone(list), true) {
			t.Errorf("%q twice is not equal", list)
		}
		for first := range c.All() { // a consumer may stop early
			if first != list[0] {
				t.Errorf("the first column is %q", first)
			}
			break
		}
	}
}
