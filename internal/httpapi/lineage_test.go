package httpapi

import (
	"net/url"
	"testing"
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
		"orders+%20+customers":      "orders+ +customers",
		"1+orders%20customers+2":    "1+orders customers+2",
		"orders++customers":         "orders  customers",
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
