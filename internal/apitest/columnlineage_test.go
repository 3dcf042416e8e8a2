package apitest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// columnsRig is a server with both states of the shop, one after the other.
func columnsRig(t *testing.T) (r rig, id func(uniqueID string) string) {
	t.Helper()
	r = newRig(t, Options{})
	importShop(t, r.Server, r.key, r.schema, true)
	return r, func(uniqueID string) string { return tableID(t, r.Server, r.key, r.schema, uniqueID) }
}

// edgesOf writes the edges of a picture as "stg.amount -> fct.paid [kinds]".
func edgesOf(t *testing.T, reply Reply) []string {
	t.Helper()
	names := map[string]string{}
	for _, node := range reply.At(t, "data.nodes").([]any) {
		a := At(node, "attributes")
		names[At(node, "id").(string)] = fmt.Sprint(At(a, "asset_name"), ".", At(a, "column"))
	}
	var out []string
	for _, e := range reply.At(t, "data.edges").([]any) {
		out = append(out, fmt.Sprintf("%s -> %s %v", names[At(e, "from").(string)], names[At(e, "to").(string)], At(e, "kinds")))
	}
	slices.Sort(out)
	return out
}

// What the picture of a column tells is what the shop's SQL says.
func TestColumnLineage(t *testing.T) {
	t.Parallel()
	r, id := columnsRig(t)
	path := "/api/v1/assets/" + id("model.shop.int_payments_by_order") + "/columns/paid_amount/lineage"
	both := r.Get(t, path+"?expressions=true", r.key)
	want := []string{
		"int_payments_by_order.paid_amount -> fct_orders.paid_amount [transform]",
		"payments.amount_pence -> stg_payments.amount [cast transform]",
		"stg_payments.amount -> int_payments_by_order.paid_amount [aggregate]",
	}
	if got := edgesOf(t, both); !slices.Equal(got, want) {
		t.Errorf("edges\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if got := both.At(t, "meta.total_nodes"); got != 4.0 {
		t.Errorf("%v nodes, want 4", got)
	}
	first := both.At(t, "data.nodes.0.attributes")
	if At(first, "direction") != "self" || At(first, "expression") != "sum(amount)" {
		t.Errorf("the column itself: %v", first)
	}
	rows := fmt.Sprint(both.At(t, "data.rows"))
	for _, part := range []string{"asset_name:int_payments_by_order", "kinds:[group]"} {
		if !strings.Contains(rows, part) {
			t.Errorf("rows lack %q: %s", part, rows)
		}
	}
	up := r.Get(t, path+"?direction=upstream&depth=1", r.key)
	if got := edgesOf(t, up); len(got) != 1 || !strings.HasPrefix(got[0], "stg_payments.amount ->") {
		t.Errorf("one step upstream: %v", got)
	}
	down := r.Get(t, path+"?direction=downstream&kinds=identity,rename", r.key)
	if got := edgesOf(t, down); len(got) != 0 {
		t.Errorf("downstream by name alone: %v", got)
	}
	cut := r.Get(t, path+"?direction=upstream&limit=2", r.key)
	if cut.At(t, "meta.nodes") != 2.0 || cut.At(t, "meta.total_nodes") != 3.0 || cut.At(t, "meta.truncated") != true {
		t.Errorf("cut at two: %v", cut.At(t, "meta"))
	}
	// The column came with the second state.
	share := "/api/v1/assets/" + id("model.shop.fct_orders") + "/columns/discount_share/lineage"
	if now := r.Get(t, share, r.key); now.Status != 200 || len(edgesOf(t, now)) == 0 {
		t.Errorf("discount_share: %d %s", now.Status, now.Body)
	}
	if before := r.Get(t, share+"?at=1", r.key); before.Status != 404 {
		t.Errorf("discount_share at version 1: %d %s", before.Status, before.Body)
	}
}

// How columns are made is part of the history.
func TestChangesOfColumnLineage(t *testing.T) {
	t.Parallel()
	r, id := columnsRig(t)
	orders := id("model.shop.fct_orders")
	changes := r.Get(t, "/api/v1/assets/"+orders+"/changes", r.key)
	found := ""
	for _, c := range changes.At(t, "data").([]any) {
		if At(c, "field") == "lineage" && At(c, "column") == "discount_share" {
			found = fmt.Sprint(At(c, "kind"), " ", At(c, "old"), " -> ", At(c, "new"))
		}
	}
	for _, want := range []string{
		"updated <nil> -> ", id("model.shop.int_order_lines_priced") + ".line_amount (transform, aggregate)", id("model.shop.stg_orders") + ".discount_amount (transform)",
	} {
		if !strings.Contains(found, want) {
			t.Errorf("discount_share: %s, want %s", found, want)
		}
	}
	feed := r.Get(t, "/api/v1/changes?limit=200&from=1&schema_id="+r.schema, r.key)
	if !strings.Contains(string(feed.Body), `"field":"lineage","column":"discount_share"`) {
		t.Errorf("the feed does not tell: %.2000s", feed.Body)
	}
}

func TestColumnLineageOfWhatIsNotThere(t *testing.T) {
	t.Parallel()
	r, id := columnsRig(t)
	orders := id("model.shop.fct_orders")
	for path, want := range map[string]string{
		"/assets/" + orders + "/columns/nope/lineage":                      "404 not-found",
		"/assets/TBL-99999/columns/order_id/lineage":                       "404 not-found",
		"/assets/" + orders + "/columns/order_id/lineage?kinds=nope":       "400 invalid-parameter",
		"/assets/" + orders + "/columns/order_id/lineage?confidence=sure":  "400 invalid-parameter",
		"/assets/" + orders + "/columns/order_id/lineage?direction=around": "400 invalid-parameter",
		"/assets/" + orders + "/columns/order_id/lineage?limit=0":          "400 invalid-parameter",
		"/schemas/SCH-999/column_lineage":                                  "404 not-found",
		"/impact":                                                          "400 invalid-parameter",
		"/impact?asset=TBL-99999":                                          "404 not-found",
		"/impact?asset=" + orders + "&column=nope":                         "404 not-found",
		"/impact?asset=" + orders + "&kinds=,":                             "400 invalid-parameter",
	} {
		reply := r.Get(t, "/api/v1"+path, r.key)
		code, _ := At(reply.JSON(t), "code").(string)
		if got := fmt.Sprint(reply.Status, " ", code); got != want {
			t.Errorf("%s: %s, want %s: %s", path, got, want, reply.Body)
		}
	}
	// A column of a seed that nobody reads has a picture all the same.
	alone := r.Get(t, "/api/v1/assets/"+orders+"/columns/ORDER_ID/lineage", r.key)
	if alone.Status != 200 {
		t.Errorf("a name in other case: %d %s", alone.Status, alone.Body)
	}
}

func TestModelLineage(t *testing.T) {
	t.Parallel()
	r, id := columnsRig(t)
	model := r.Get(t, "/api/v1/assets/"+id("model.shop.stg_payments")+"/column_lineage", r.key)
	for path, want := range map[string]any{"status": "read", "columns": 5.0, "resolved": 5.0, "listed": 5.0, "matching": 5.0, "dialect": "duckdb"} {
		if got := model.At(t, "data.attributes."+path); got != want {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
	if got := fmt.Sprint(model.At(t, "data.attributes.rows")); !strings.Contains(got, "kinds:[filter]") || !strings.Contains(got, "column:status") {
		t.Errorf("rows of stg_payments: %s", got)
	}
	seed := r.Get(t, "/api/v1/assets/"+id("seed.shop.country_codes")+"/column_lineage", r.key)
	if seed.At(t, "data.attributes.status") != "no_code" {
		t.Errorf("a seed: %d %s", seed.Status, seed.Body)
	}
	orders := id("model.shop.fct_orders")
	used := r.Get(t, "/api/v1/assets/"+orders+"/column_lineage?uses=true", r.key)
	if got := fmt.Sprint(used.At(t, "data.attributes.uses")); !strings.Contains(got, "map[column:net_amount columns:4 tables:0]") {
		t.Errorf("uses of fct_orders: %s", got)
	}
	if plain := r.Get(t, "/api/v1/assets/"+orders+"/column_lineage", r.key); strings.Contains(string(plain.Body), `"uses"`) {
		t.Errorf("uses that nobody asked for: %s", plain.Body)
	}
	whole := r.Get(t, "/api/v1/schemas/"+r.schema+"/column_lineage", r.key)
	if read, models := whole.At(t, "data.attributes.statuses.read"), whole.At(t, "data.attributes.models"); read != 25.0 || models != 26.0 {
		t.Errorf("%v of %v models read, want 25 of 26 (one is Python)", read, models)
	}
}

func TestImpactOfAColumn(t *testing.T) {
	t.Parallel()
	r, id := columnsRig(t)
	names := func(reply Reply, list string) string {
		var out []string
		for _, row := range reply.At(t, "data."+list).([]any) {
			if list == "columns" {
				out = append(out, fmt.Sprint(At(row, "attributes.asset_name"), ".", At(row, "attributes.column")))
				continue
			}
			out = append(out, fmt.Sprint(At(row, "attributes.name"), " ", At(row, "attributes.reason")))
		}
		return strings.Join(out, ", ")
	}
	payments := id("source.shop.landing.payments")
	pence := r.Get(t, "/api/v1/impact?asset="+payments+"&column=amount_pence", r.key)
	for list, want := range map[string]string{
		"tables":    "stg_payments column, int_payments_by_order column, fct_orders column",
		"exposures": "weekly_trading uses",
		"columns": "stg_payments.amount, int_payments_by_order.card_amount, int_payments_by_order.bank_transfer_amount, int_payments_by_order.gift_card_amount, " +
			"int_payments_by_order.paid_amount, fct_orders.paid_amount",
	} {
		if got := names(pence, list); got != want {
			t.Errorf("%s: %s, want %s", list, got, want)
		}
	}
	if got := pence.At(t, "meta.downstream_tables"); got != 7.0 {
		t.Errorf("%v tables downstream, want 7", got)
	}
	whole := r.Get(t, "/api/v1/impact?asset="+payments, r.key)
	if got := whole.At(t, "meta.total_tables"); got != 7.0 {
		t.Errorf("the whole table reaches %v, want 7", got)
	}
	// status decides which rows stg_payments has, and so everything below.
	status := r.Get(t, "/api/v1/impact?asset="+payments+"&column=status", r.key)
	if got := status.At(t, "meta.total_tables"); got != 7.0 {
		t.Errorf("by its rows status reaches %v, want 7: %s", got, names(status, "tables"))
	}
	values := r.Get(t, "/api/v1/impact?asset="+payments+"&column=status&rows=false", r.key)
	if got := values.At(t, "meta.total_tables"); got != 0.0 {
		t.Errorf("by its values status reaches %v, want none: %s", got, names(values, "tables"))
	}
}
