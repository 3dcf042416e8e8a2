package httpapi

import (
	"net/url"
	"testing"

	"github.com/thalweg-data/thalweg/internal/graph"
)

func TestSelectorText(t *testing.T) {
	for raw, want := range map[string]string{
		"orders":                    "orders",
		"1+orders+1":                "1+orders+1",
		"+orders":                   "+orders",
		"orders+":                   "orders+",
		"+orders+":                  "+orders+",
		"2%2Borders%2B1":            "2+orders+1",
		"%2Borders+customers":       "+orders customers",
		"tag:a+tag:b":               "tag:a tag:b",
		"tag%3Aa%20tag%3Ab":         "tag:a tag:b",
		"tag%3Aa+tag%3Ab%2C1%2Bx":   "tag:a tag:b,1+x",
		"%40orders":                 "@orders",
		"orders%zz":                 "",
		"caf%C3%A9+":                "café+",
		"path:models/marts+tag:new": "path:models/marts tag:new",
	} {
		u := &url.URL{Path: "/api/v1/lineage", RawQuery: "schema_id=SCH-101&select=" + raw + "&limit=5"}
		if got := selectorText(u, u.Query().Get("select")); got != want {
			t.Errorf("%s: %q, want %q", raw, got, want)
		}
	}
}

func TestWithin(t *testing.T) {
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
