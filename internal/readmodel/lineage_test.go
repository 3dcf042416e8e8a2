package readmodel

import (
	"testing"

	"github.com/thalweg-data/thalweg/internal/graph"
)

func TestWithin(t *testing.T) {
	t.Parallel()
	reach := graph.Reach{IDs: []int32{7, 3, 5, 9}, Depths: []int32{0, 1, 1, 2}, Total: 4}
	for _, c := range []struct{ depth, limit, nodes, total int }{
		{1000, 10, 4, 4}, {1, 10, 3, 3}, {0, 10, 1, 1}, {1000, 2, 2, 4}, {1, 2, 2, 3},
	} {
		ids, depths, total := within(reach, c.depth, c.limit)
		if len(ids) != c.nodes || len(depths) != c.nodes || total != c.total {
			t.Errorf("depth %d, limit %d: %v of %d, want %d of %d", c.depth, c.limit, ids, total, c.nodes, c.total)
		}
	}
}
