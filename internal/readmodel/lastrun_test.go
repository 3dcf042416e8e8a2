package readmodel

import (
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Of two results of one time, that of the later invocation counts, whichever node is
// first and whichever run was stored first.
func TestLastRunOfSeveralNodes(t *testing.T) {
	t.Parallel()
	shop, reader := catalog.NodeRef{Project: 2, UniqueID: "model.shop.orders"}, catalog.NodeRef{Project: 3, UniqueID: "model.reader.orders"}
	at := time.Unix(100, 0)
	for name, tt := range map[string]struct {
		shop, reader time.Time
		want         string
	}{
		"one time": {at, at, "b"}, "newer with the earlier id": {at.Add(1), at, "a"}, "older with the earlier id": {at, at.Add(1), "b"},
	} {
		results := map[catalog.NodeRef]*catalog.NodeResult{shop: {Run: 9, CompletedAt: tt.shop}, reader: {Run: 8, CompletedAt: tt.reader}}
		for _, nodes := range [][]catalog.NodeRef{{shop, reader}, {reader, shop}} {
			n := &named{runs: map[catalog.RunID]string{9: "a", 8: "b"}}
			s := &Summary{Asset: catalog.Asset{Nodes: nodes}}
			must(t, n.lastRun(t.Context(), s, results))
			if s.Invocation != tt.want {
				t.Errorf("%s, %s first: %q, want %q", name, nodes[0].UniqueID, s.Invocation, tt.want)
			}
		}
	}
}
