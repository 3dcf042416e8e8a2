package apitest

import (
	"fmt"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/store"
)

// readRoutes are the paths of the GET routes of the document, with whether they take `at`.
func readRoutes(t *testing.T, s *Server) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	document := s.Get(t, "/api/v1/openapi.json", "").JSON(t)
	for path, operations := range document["paths"].(map[string]any) {
		get, ok := operations.(map[string]any)["get"].(map[string]any)
		if !ok || !strings.HasPrefix(path, "/api/v1/") {
			continue
		}
		parameters, _ := get["parameters"].([]any)
		out[path] = slices.ContainsFunc(parameters, func(p any) bool { return At(p, "name") == "at" })
	}
	return out
}

// A route that reads a catalog takes `at`, or the guide has why it does not.
func TestEveryReadRouteTakesAt(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../docs/guide/reading.md")
	if err != nil {
		t.Fatal(err)
	}
	for path, takes := range readRoutes(t, Start(t, Options{NoWorker: true})) {
		listed := strings.Contains(string(guide), "`"+strings.TrimPrefix(path, "/api/v1")+"`")
		if !takes && !listed {
			t.Errorf("%s neither takes at nor is listed with a reason in docs/guide/reading.md", path)
		}
	}
}

// pastAddresses are the addresses of routes that take `at`, for some assets. Those of a version, such as the lists of
// what it has, are the same later.
func (r rig) pastAddresses(t *testing.T, path string, assets, tests []string) []string {
	t.Helper()
	of := "schema_id=" + r.schema
	var out []string
	before, after, byID := strings.Cut(path, "{id}")
	ids := map[string][]string{"/api/v1/assets/": assets, "/api/v1/tests/": tests, "/api/v1/schemas/": {r.schema}}[before]
	switch path {
	case "/api/v1/assets/by-unique-id":
		return []string{path + "?" + of + "&unique_id=model.shop.fct_orders"}
	case "/api/v1/assets/by-relation":
		return []string{path + "?" + of + "&relation=marts.fct_orders"}
	case "/api/v1/assets/{id}/columns/{name}", "/api/v1/assets/{id}/columns/{name}/lineage":
		for _, id := range assets {
			columns, _ := r.Get(t, "/api/v1/assets/"+id+"/columns", r.key).At(t, "data").([]any)
			for _, c := range columns[:min(2, len(columns))] {
				name := url.PathEscape(At(c, "attributes.name").(string))
				out = append(out, strings.Replace(before+id+after, "{name}", name, 1)+"?")
			}
		}
		return out
	case "/api/v1/owners/{owner}":
		for _, name := range texts(r.all(t, r.key, "/api/v1/owners?"+of, "id")) {
			out = append(out, "/api/v1/owners/"+url.PathEscape(name)+"?"+of)
		}
		return out
	case "/api/v1/impact":
		for _, id := range assets {
			out = append(out, path+"?asset="+id)
		}
		return out
	}
	if !byID {
		return []string{path + "?" + of}
	}
	for _, id := range ids {
		out = append(out, before+id+after+"?")
	}
	return out
}

// replyOf is a reply without what depends on the address: cursors.
func (r rig) replyOf(t *testing.T, address string) map[string]any {
	t.Helper()
	reply := r.Get(t, address, r.key)
	if reply.Header.Get("Content-Type") == "application/x-ndjson" {
		return map[string]any{"status": reply.Status, "lines": stableLines(string(reply.Body))}
	}
	doc := reply.JSON(t)
	delete(doc, "links")
	doc["status"] = reply.Status
	return doc
}

// Each route that takes `at` answers with the number, a time and the day of a version as it did when the version was
// the newest one.
func TestPastOfEveryRoute(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB, func() time.Time) *store.Store{"sqlite": nil, "postgres": OnPostgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var days atomic.Int64
			began := time.Now()
			s := Start(t, Options{Store: open, Now: func() time.Time {
				return time.Date(2026, time.March, 1+int(days.Load()), 8, 0, 0, 0, time.UTC).Add(time.Since(began))
			}})
			r := rig{Server: s, key: s.Key(t, access.AdminWorkspace), schema: s.Schema(t, "Analytics Warehouse")}
			r.checkPast(t, &days)
		})
	}
}

func (r rig) checkPast(t *testing.T, days *atomic.Int64) {
	t.Helper()
	asset := func() string {
		return "/api/v1/assets/" + tableID(t, r.Server, r.key, r.schema, "model.shop.fct_orders")
	}
	steps := []func(){
		func() { importShop(t, r.Server, r.key, r.schema, false) },
		func() { r.edited(t, asset(), `{"description":"Mine.","owners":["ana"],"tags":["mine"]}`) },
		func() { importShop(t, r.Server, r.key, r.schema, true) },
		func() { r.edited(t, asset()+"/columns/order_id", `{"description":"Key.","tags":["pii"]}`) },
	}
	routes := readRoutes(t, r.Server)
	recorded := make([]map[string]map[string]any, len(steps))
	for i, step := range steps {
		step()
		if v := r.version(t); v != float64(i+1) {
			t.Fatalf("step %d made version %v", i+1, v)
		}
		var assets, tests []string
		for _, id := range []string{"model.shop.fct_orders", "model.shop.dim_products", "model.shop.stg_orders"} {
			assets = append(assets, tableID(t, r.Server, r.key, r.schema, id))
		}
		for _, row := range r.Get(t, "/api/v1/tests?limit=2&schema_id="+r.schema, r.key).At(t, "data").([]any) {
			tests = append(tests, At(row, "id").(string))
		}
		recorded[i] = map[string]map[string]any{}
		for path, takes := range routes {
			if !takes {
				continue
			}
			addresses := r.pastAddresses(t, path, assets, tests)
			if len(addresses) == 0 {
				t.Errorf("no address of %s: add it to pastAddresses", path)
			}
			for _, address := range addresses {
				recorded[i][address] = r.replyOf(t, address)
				if recorded[i][address]["status"] != 200 {
					t.Errorf("%s: %v", address, recorded[i][address])
				}
			}
		}
		days.Add(1)
	}
	for i, replies := range recorded {
		for _, at := range []string{fmt.Sprint(i + 1), fmt.Sprintf("2026-03-%02dT20:00:00Z", i+1), fmt.Sprintf("2026-03-%02d", i+1)} {
			different := 0
			for _, address := range slices.Sorted(maps.Keys(replies)) {
				if diff := cmp.Diff(replies[address], r.replyOf(t, address+"&at="+at)); diff != "" {
					if different++; different < 4 {
						t.Errorf("%s at %s (-when it was the newest +now)\n%.1500s", address, at, diff)
					}
				}
			}
		}
	}
}

// stableLines are the lines of an export without its cursors and its records of projects, which have no versions.
func stableLines(text string) (out []string) {
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, `{"record":"cursor"`) && !strings.HasPrefix(line, `{"record":"project"`) {
			out = append(out, line)
		}
	}
	return out
}
