package e2e

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/apitest"
)

// walk reads everything that can be read: every GET route of the OpenAPI
// document with every id that the lists give, each value of its parameters
// with a closed set, every version where it takes `at`, and every list once in
// small pages.
type walk struct {
	*rig
	document map[string]any
	ids      map[string][]string // by the folder of a path: "assets", "runs" …
	whole    bool                // every version, and something of every route
	newest   int                 // version
	replies  map[string]apitest.Reply
}

// notCompared are routes whose replies are not of the catalog: measurements of
// the process, and the events of an import and of a sync, which are its report and the sync.
var notCompared = []string{"/metrics", "/api/v1/dbt_imports/{id}/events", "/api/v1/integrations/{id}/syncs/{sync}/events"}

// everyValue is how many addresses of a path are read with every value of their
// parameters; the others would tell the same again.
const everyValue = 8

func (r *rig) walk(t *testing.T, whole bool) map[string]apitest.Reply {
	t.Helper()
	w := &walk{rig: r, whole: whole, ids: map[string][]string{}, replies: map[string]apitest.Reply{}}
	w.document = r.Get(t, "/api/v1/openapi.json", "").JSON(t)
	w.collect(t)
	w.newest = r.version(t)
	paths := w.document["paths"].(map[string]any)
	for path, operations := range paths {
		get, ok := operations.(map[string]any)["get"].(map[string]any)
		if !ok || slices.Contains(notCompared, path) {
			continue
		}
		before := len(w.replies)
		for i, address := range w.addresses(t, path) {
			w.read(t, address, parameters(get), i < everyValue)
		}
		if whole && len(w.replies) == before {
			t.Errorf("nothing was read of %s", path)
		}
	}
	w.mostlyFound(t)
	return w.replies
}

// mostlyFound guards against a walk that compares refusals.
func (w *walk) mostlyFound(t *testing.T) {
	t.Helper()
	found := 0
	for _, reply := range w.replies {
		if reply.Status == 200 {
			found++
		}
	}
	if found*10 < len(w.replies)*8 {
		t.Errorf("only %d of %d replies are 200", found, len(w.replies))
	}
	t.Logf("%d replies, %d of them 200", len(w.replies), found)
}

// collect finds the ids of everything.
func (w *walk) collect(t *testing.T) {
	t.Helper()
	for folder, list := range map[string]string{
		"schemas": "/api/v1/schemas", "dbt_imports": "/api/v1/dbt_imports", "projects": "/api/v1/projects", "runs": "/api/v1/runs",
		"users": "/api/v1/users", "keys": "/api/v1/keys", "webhooks": "/api/v1/webhooks", "tests": "/api/v1/tests?schema_id=" + w.schema, "assets": "/api/v1/assets?schema_id=" + w.schema,
	} {
		w.ids[folder] = w.list(t, list, "id")
	}
	w.ids["assets"] = append(w.ids["assets"], w.list(t, "/api/v1/assets?removed=true&schema_id="+w.schema, "id")...)
}

// list reads a list to its end and gives a value of each row.
func (r *rig) list(t *testing.T, path, value string) []string {
	t.Helper()
	var out []string
	for path != "" {
		reply := r.Get(t, path, r.key)
		if reply.Status != 200 {
			t.Fatalf("%s: %d %s", path, reply.Status, reply.Body)
		}
		for _, row := range reply.At(t, "data").([]any) {
			out = append(out, fmt.Sprint(apitest.At(row, value)))
		}
		path, _ = reply.At(t, "links.next").(string)
	}
	return out
}

// addresses fills the ids into a path, and the parameters that it cannot do
// without.
func (w *walk) addresses(t *testing.T, path string) []string {
	t.Helper()
	of := "schema_id=" + w.schema
	var out []string
	switch path {
	case "/api/v1/assets/by-unique-id":
		for _, id := range w.uniqueIDs(t) {
			out = append(out, path+"?"+of+"&unique_id="+url.QueryEscape(id))
		}
		return out
	case "/api/v1/assets/by-relation":
		for _, text := range w.list(t, "/api/v1/assets?kind=model,seed,snapshot,source&"+of, "attributes.relation.text") {
			if text != "<nil>" {
				out = append(out, path+"?"+of+"&relation="+url.QueryEscape(text))
			}
		}
		return out
	case "/api/v1/lineage":
		for _, selector := range []string{"", "tag:*", "resource_type:model", "1+path:*"} {
			out = append(out, path+"?limit=2000&"+of+"&select="+url.QueryEscape(selector))
		}
		for _, name := range w.list(t, "/api/v1/assets?kind=model&"+of, "attributes.name") {
			out = append(out, path+"?"+of+"&select="+url.QueryEscape("2+"+name+"+2"))
		}
		return out
	case "/api/v1/dbt_imports/{id}/artifacts/{sha}":
		for _, id := range w.ids["dbt_imports"] {
			out = append(out, w.list(t, "/api/v1/dbt_imports/"+id+"/artifacts", "attributes.address")...)
		}
		return out
	case "/api/v1/assets/{id}/columns/{name}", "/api/v1/assets/{id}/columns/{name}/lineage":
		_, after, _ := strings.Cut(path, "{name}")
		for _, c := range w.columns(t) {
			out = append(out, "/api/v1/assets/"+c.asset+"/columns/"+url.PathEscape(c.name)+after)
		}
		return out
	case "/api/v1/owners/{owner}":
		for _, name := range w.list(t, "/api/v1/owners?"+of, "id") {
			out = append(out, "/api/v1/owners/"+url.PathEscape(name)+"?"+of)
		}
		return out
	case "/api/v1/impact":
		for _, id := range w.ids["assets"] {
			out = append(out, path+"?asset="+id)
		}
		for _, c := range w.columns(t) {
			out = append(out, path+"?asset="+c.asset+"&column="+url.QueryEscape(c.name))
		}
		return out
	case "/api/v1/assets", "/api/v1/projects", "/api/v1/runs", "/api/v1/dbt_imports":
		return []string{path, path + "?" + of}
	case "/api/v1/tests", "/api/v1/owners", "/api/v1/health", "/api/v1/health/folders", "/api/v1/health/tables", "/api/v1/slowdowns", "/api/v1/flaky_tests", "/api/v1/changes", "/api/v1/map", "/api/v1/coverage", "/api/v1/coverage/history", "/api/v1/issues", "/api/v1/export", "/api/v1/lineage/jobs":
		return []string{path + "?" + of}
	case "/api/v1/search":
		return []string{path + "?q=orders&" + of, path + "?q=kind:model+customer&" + of, path + "?q=custmer"}
	case "/api/v1/diff":
		return []string{path + "?base=" + w.schema + "@1&head=" + w.schema, path + "?base=" + w.schema + "&head=" + w.schema + "@1"}
	case "/api/v1/webhooks/{id}/deliveries/{delivery}":
		return []string{"/api/v1/webhooks/WHK-1/deliveries/DLV-1"}
	}
	if strings.HasPrefix(path, "/api/v1/integration") { // their ids are random; apitest compares both stores
		return []string{strings.NewReplacer("{id}", "f7d68db5-9dbc-4880-b6cd-ec363c1f7d6b", "{sync}", "0b0e9c52-7b0c-4a0e-9a33-1f6a2f6a7a11").Replace(path)}
	}
	if before, after, ok := strings.Cut(path, "{id}"); ok {
		folder := strings.Trim(strings.TrimPrefix(before, "/api/v1/"), "/")
		for _, id := range w.ids[folder] {
			out = append(out, before+id+after)
		}
		return out
	}
	return []string{path}
}

// tableColumn is a column of a table.
type tableColumn struct{ asset, name string }

// maxColumns bounds the columns that a walk asks about one by one.
const maxColumns = 120

// columns lists columns of the tables, spread evenly over all of them.
func (w *walk) columns(t *testing.T) []tableColumn {
	t.Helper()
	var out []tableColumn
	for _, id := range w.list(t, "/api/v1/assets?kind=model,seed,snapshot,source&schema_id="+w.schema, "id") {
		for _, name := range w.list(t, "/api/v1/assets/"+id+"/columns", "attributes.name") {
			out = append(out, tableColumn{id, name})
		}
	}
	var some []tableColumn
	for i := 0; i < len(out); i += len(out)/maxColumns + 1 {
		some = append(some, out[i])
	}
	return some
}

// uniqueIDs lists every node behind every asset.
func (w *walk) uniqueIDs(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, id := range w.ids["assets"] {
		nodes, _ := w.Get(t, "/api/v1/assets/"+id, w.key).At(t, "data.attributes.nodes").([]any)
		for _, n := range nodes {
			out = append(out, apitest.At(n, "unique_id").(string))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// parameters gives the query parameters of an operation with the values that
// each can have; none where the set is open.
func parameters(operation map[string]any) map[string][]string {
	out := map[string][]string{}
	list, _ := operation["parameters"].([]any)
	for _, p := range list {
		if apitest.At(p, "in") != "query" {
			continue
		}
		name := apitest.At(p, "name").(string)
		out[name] = nil
		values, _ := apitest.At(p, "schema.enum").([]any)
		for _, v := range values {
			out[name] = append(out[name], fmt.Sprint(v))
		}
	}
	return out
}

// read reads an address as it is, in small pages, at every version and, if
// asked, with every value of its parameters.
func (w *walk) read(t *testing.T, address string, params map[string][]string, values bool) {
	t.Helper()
	with := func(name, value string) string { return withParameter(address, name, value) }
	w.get(t, address)
	for name, list := range params {
		for _, v := range list {
			if values {
				w.get(t, with(name, v))
			}
		}
	}
	if _, ok := params["breakdown"]; ok {
		w.get(t, with("breakdown", "kind,tag,owner,group,package,materialized"))
	}
	_, versioned := params["at"]
	if w.whole && versioned && (strings.Contains(address, w.schema) || strings.Contains(address, "/assets/")) {
		for v := range w.newest + 1 {
			w.get(t, with("at", fmt.Sprint(v)))
		}
	}
	// An export is no JSON document; apitest continues it by its cursors.
	if _, ok := params["cursor"]; ok && !strings.HasPrefix(address, "/api/v1/export?") {
		for next := with("limit", "7"); next != ""; {
			reply := w.get(t, next)
			next, _ = reply.At(t, "links.next").(string)
		}
	}
}

func (r *rig) version(t *testing.T) int {
	t.Helper()
	return int(r.Get(t, "/api/v1/schemas/"+r.schema, r.key).At(t, "data.attributes.version").(float64))
}

// get reads one address once. A refusal is a reply like any other; a fault of
// the server is none.
func (w *walk) get(t *testing.T, address string) apitest.Reply {
	t.Helper()
	if reply, ok := w.replies[address]; ok {
		return reply
	}
	reply := w.Get(t, address, w.key, "X-Request-Id", "walk")
	if reply.Status >= 500 {
		t.Errorf("%s: %d %s", address, reply.Status, reply.Body)
	}
	w.replies[address] = reply
	return reply
}

// withParameter adds a parameter to an address.
func withParameter(address, name, value string) string {
	separator := "?"
	if strings.Contains(address, "?") {
		separator = "&"
	}
	return address + separator + name + "=" + url.QueryEscape(value)
}
