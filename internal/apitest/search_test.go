package apitest

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// hits searches and returns each hit as "name match field column".
func (r *rig) hits(t *testing.T, query string) []string {
	t.Helper()
	got := r.Get(t, "/api/v1/search?limit=200&schema_id="+r.schema+"&q="+url.QueryEscape(query), r.key)
	if got.Status != 200 {
		t.Fatalf("%s: %d %s", query, got.Status, got.Body)
	}
	var out []string
	for _, hit := range got.At(t, "data").([]any) {
		text := fmt.Sprint(At(hit, "asset.attributes.name"), " ", At(hit, "match"), " ", At(hit, "field"), " ", At(hit, "column"))
		out = append(out, strings.TrimSuffix(text, " <nil>"))
	}
	if total := got.At(t, "meta.total"); total != float64(len(out)) {
		t.Errorf("%s: total %v, %d hits", query, total, len(out))
	}
	return out
}

// Words find assets by name, column, tag, description, meta and SQL, best first; the reply names the field and the
// column.
func TestSearch(t *testing.T) { searched(t, Options{}) }

func TestSearchOnPostgres(t *testing.T) { searched(t, Options{Store: OnPostgres}) }

func searched(t *testing.T, o Options) {
	t.Helper()
	t.Parallel()
	r := newRig(t, o)
	for query, first := range map[string]string{
		"fct_orders":                          "fct_orders exact name",
		"FctOrders":                           "fct_orders exact name",
		"fct orders":                          "fct_orders exact name",
		"fctord":                              "fct_orders prefix name",
		"model.shop.fct_orders":               "fct_orders exact name",
		"shop.marts.fct_orders":               "fct_orders exact name",
		"orders":                              "orders exact name",
		"daily_rev":                           "fct_daily_revenue word name",
		"rders":                               "fct_orders part name",
		"fct_ordesr":                          "fct_orders near name",
		"order_id":                            "fct_orders word column order_id",
		"column:order_id kind:model":          "fct_orders word column order_id",
		"tag:growth":                          "customer_segments <nil> <nil>",
		"name:orders -kind:source kind:model": "fct_orders word name",
		"code:lifetime_amount":                "dim_customers.v2 text code",
	} {
		if got := r.hits(t, query); len(got) == 0 || got[0] != first {
			t.Errorf("%s: %q, want %q first", query, got, first)
		}
	}
	for _, nothing := range []string{"zzzzzz", "kind:nothing", "orders -orders", "tag:growth tag:pii", "column:fct_orders"} {
		if got := r.hits(t, nothing); len(got) > 0 {
			t.Errorf("%s: %q", nothing, got)
		}
	}
	if either, models := r.hits(t, "kind:seed,snapshot"), r.hits(t, "kind:model"); len(either) == 0 || len(models) == 0 ||
		len(r.hits(t, "kind:model,seed,snapshot")) != len(either)+len(models) {
		t.Errorf("%q, %q", either, models)
	}
}

// Every hit has the columns with most of the words: those of a name that matches first.
func TestSearchColumns(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	columns := func(query string) (names []string, hit any) {
		got := r.Get(t, "/api/v1/search?limit=1&schema_id="+r.schema+"&q="+url.QueryEscape(query), r.key)
		hit = got.At(t, "data").([]any)[0]
		for _, c := range At(hit, "columns").([]any) {
			names = append(names, fmt.Sprint(At(c, "name"), " ", At(c, "field")))
		}
		return names, hit
	}
	names, hit := columns("fct_orders amount")
	if want := []string{"gross_amount column", "discount_amount column", "net_amount column", "paid_amount column"}; len(names) < 4 || !slices.Equal(names[:4], want) {
		t.Errorf("%q", names)
	}
	if got := At(hit, "columns.0.type"); got != "DECIMAL(38,2)" {
		t.Errorf("type %v", got)
	}
	if got := At(hit, "columns_total"); got != float64(len(names)) {
		t.Errorf("total %v of %q", got, names)
	}
	// Both words in one column, not either in any.
	if names, _ := columns("fct_orders net amount"); len(names) != 1 || names[0] != "net_amount column" {
		t.Errorf("%q", names)
	}
	if names, hit := columns("tag:growth"); len(names) != 0 || At(hit, "columns_total") != 0.0 {
		t.Errorf("%q", names)
	}
}

// Pages of hits are the list of all of them.
func TestSearchPages(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	path := "/api/v1/search?schema_id=" + r.schema + "&q=order"
	whole := r.all(t, r.key, path+"&limit=200", "asset.id")
	if paged := r.all(t, r.key, path+"&limit=3", "asset.id"); len(whole) < 7 || !slices.Equal(paged, whole) {
		t.Errorf("pages %v, whole %v", paged, whole)
	}
	if everywhere := r.all(t, r.key, "/api/v1/search?q=order&limit=200", "asset.id"); !slices.Equal(everywhere, whole) {
		t.Errorf("all schemas: %v, the only one: %v", everywhere, whole)
	}
}

// A list of assets by a query has the hits of the search.
func TestListsBySearch(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	for _, q := range []string{"orders", "order_id", "tag:daily", "has:test -kind:model", "kind:operation", "arts.fct", "nothing_has_this"} {
		query := "?limit=200&schema_id=" + r.schema + "&q=" + url.QueryEscape(q)
		hits, rows := r.all(t, r.key, "/api/v1/search"+query, "asset.id"), r.all(t, r.key, "/api/v1/assets"+query, "id")
		everywhere := r.all(t, r.key, "/api/v1/assets?limit=200&q="+url.QueryEscape(q), "id")
		sorted := func(ids []any) string {
			var out []string
			for _, id := range ids {
				out = append(out, fmt.Sprint(id))
			}
			slices.Sort(out)
			return strings.Join(out, " ")
		}
		if sorted(hits) != sorted(rows) || sorted(rows) != sorted(everywhere) || (len(hits) == 0) != (q == "nothing_has_this") {
			t.Errorf("%s: search %v, list %v, of all schemas %v", q, hits, rows, everywhere)
		}
	}
	got := r.Get(t, "/api/v1/assets?q=tag%3Adaly&schema_id="+r.schema, r.key)
	if warnings := fmt.Sprint(got.At(t, "meta.warnings")); !strings.Contains(warnings, "near names: daily") {
		t.Errorf("warnings %s", warnings)
	}
}

// The facets count all hits; values that nothing has and keys that are none are named with near ones.
func TestSearchMeta(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	got := r.Get(t, "/api/v1/search?limit=1&schema_id="+r.schema+"&q=orders", r.key)
	sum := 0.0
	for _, n := range got.At(t, "meta.facets.kind").(map[string]any) {
		sum += n.(float64)
	}
	if total := got.At(t, "meta.total"); sum != total || got.At(t, "meta.facets.schema."+r.schema) != total {
		t.Errorf("total %v, facets %v", total, got.At(t, "meta.facets"))
	}
	got = r.Get(t, "/api/v1/search?schema_id="+r.schema+"&q="+url.QueryEscape("tag:grwth onwer:finance"), r.key)
	if warnings := fmt.Sprint(got.At(t, "meta.warnings")); !strings.Contains(warnings, "growth") || !strings.Contains(warnings, "owner") {
		t.Errorf("warnings %s", warnings)
	}
}

// What an edit writes is found at once, and what it replaces no longer.
func TestSearchAfterEdit(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	if before := r.hits(t, "stroopwafel"); len(before) > 0 {
		t.Fatalf("%q", before)
	}
	path := "/api/v1/assets/" + tableID(t, r.Server, r.key, r.schema, "model.shop.int_sessions")
	for _, tag := range []string{"stroopwafel", "licorice"} {
		if got := r.Send(t, "PATCH", path+"/columns/session_id", r.key, `{"tags":["`+tag+`"]}`); got.Status != 200 {
			t.Fatalf("%d %s", got.Status, got.Body)
		}
		if got := r.hits(t, tag); len(got) != 1 || got[0] != "int_sessions word tag session_id" {
			t.Errorf("%s: %q", tag, got)
		}
	}
	if after := r.hits(t, "stroopwafel"); len(after) > 0 {
		t.Errorf("%q", after)
	}
}
