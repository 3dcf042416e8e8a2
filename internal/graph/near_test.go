package graph

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestUnmatchedParts(t *testing.T) {
	g, s := newShop(t)
	tests := []struct {
		selector string
		want     []Unmatched
		near     []string // of the first missing term
	}{
		{"orders", nil, nil},
		{"ordrs orders", []Unmatched{{Part: "ordrs", Terms: []Term{{"fqn", "ordrs"}}}}, []string{"orders", "source:raw.orders"}},
		{"+ordrs,tag:core", []Unmatched{{Part: "+ordrs,tag:core", Terms: []Term{{"fqn", "ordrs"}}}}, []string{"orders", "source:raw.orders"}},
		{"region,tag:core", []Unmatched{{Part: "region,tag:core"}}, nil},
		{"tag:nightlys", []Unmatched{{Part: "tag:nightlys", Terms: []Term{{"tag", "nightlys"}}}}, []string{"nightly"}},
		{"source:raw.order", []Unmatched{{Part: "source:raw.order", Terms: []Term{{"source", "raw.order"}}}}, []string{"raw.orders", "shop.raw.orders"}},
		{"customers", []Unmatched{{Part: "customers", Terms: []Term{{"fqn", "customers"}}}}, []string{"source:raw.customers", "stg_customers"}},
		{"nightly", []Unmatched{{Part: "nightly", Terms: []Term{{"fqn", "nightly"}}}}, []string{"tag:nightly"}},
		{"group:finanz", []Unmatched{{Part: "group:finanz", Terms: []Term{{"group", "finanz"}}}}, []string{"finance"}},
		{"exposure:bord", []Unmatched{{Part: "exposure:bord", Terms: []Term{{"exposure", "bord"}}}}, []string{"board"}},
		{"config.materialized:cube", []Unmatched{{Part: "config.materialized:cube", Terms: []Term{{"config.materialized", "cube"}}}}, nil},
	}
	for _, tt := range tests {
		selector, err := ParseSelector(tt.selector)
		if err != nil {
			t.Fatal(err)
		}
		got, err := selector.Eval(g, s, NoLimit)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, got.Unmatched); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.selector, diff)
			continue
		}
		var near []string
		if len(got.Unmatched) > 0 && len(got.Unmatched[0].Terms) > 0 {
			near = got.Unmatched[0].Terms[0].Near(s, 2)
		}
		if diff := cmp.Diff(tt.near, near); diff != "" {
			t.Errorf("%s: near names (-want +got):\n%s", tt.selector, diff)
		}
	}
}

// Tests matter where ancestors of something are asked for that may be a test, or be read by one.
func TestNeedsTests(t *testing.T) {
	_, s := newShop(t)
	for selector, want := range map[string]bool{
		"orders": false, "1+orders+1": false, "orders+": false, "@orders": true, "+marts": true, "1+stg_*": true, "+nothing": true,
		"+tag:nightly": true, "tag:nightly+": false, "+source:raw": false, "@source:raw": true, "test_type:unit": true,
		"+resource_type:model": false, "+resource_type:test": true, "orders 1+path:models": true, "1+dim": false,
	} {
		parsed, err := ParseSelector(selector)
		if err != nil {
			t.Fatal(err)
		}
		if got := parsed.NeedsTests(s); got != want {
			t.Errorf("%s: %v, want %v", selector, got, want)
		}
	}
}
