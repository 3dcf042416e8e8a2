package apitest

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// everyPage reads the attributes of all rows of a list.
func (s *Server) everyPage(t *testing.T, path, key string) (rows []map[string]any) {
	t.Helper()
	for path != "" {
		page := s.Get(t, path, key)
		if page.Status != 200 {
			t.Fatalf("%s: %d %s", path, page.Status, page.Body)
		}
		for _, row := range page.At(t, "data").([]any) {
			attributes := maps.Clone(At(row, "attributes").(map[string]any))
			attributes["id"] = At(row, "id")
			rows = append(rows, attributes)
		}
		path, _ = page.At(t, "links.next").(string)
	}
	return rows
}

// blamed are the values of an asset by column and field, such as "id.type".
func (r rig) blamed(t *testing.T, asset, query string) map[string]map[string]any {
	t.Helper()
	out := map[string]map[string]any{}
	for _, row := range r.everyPage(t, "/api/v1/assets/"+asset+"/blame?limit=7"+query, r.key) {
		out[blameName(row)] = row
	}
	return out
}

func blameName(row map[string]any) string {
	return fmt.Sprintf("%s.%s", text(row["column"]), text(row["field"]))
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

// newestChanges returns the newest change of each value among the changes of an asset up to a version.
func (r rig) newestChanges(t *testing.T, asset string, to float64) map[string]map[string]any {
	t.Helper()
	out := map[string]map[string]any{}
	for _, c := range r.everyPage(t, "/api/v1/assets/"+asset+"/changes?limit=200", r.key) {
		if name := blameName(c); out[name] == nil && c["version"].(float64) <= to {
			out[name] = c
		}
	}
	return out
}

// changeShop changes the shop by imports and edits.
func (r rig) changeShop(t *testing.T) {
	t.Helper()
	asset := "/api/v1/assets/" + r.table
	column := asset + "/columns/" + url.PathEscape(r.Get(t, asset+"/columns", r.key).At(t, "data.0.attributes.name").(string))
	r.Send(t, "PATCH", "/api/v1/schemas/"+r.schema, r.key, `{"policy":{"description":"smart","column_description":"smart"}}`)
	r.edited(t, asset, `{"description":"Mine.","owners":["ana"]}`)
	r.edited(t, column, `{"description":"Key.","tags":["pii"]}`)
	importShop(t, r.Server, r.key, r.schema, true)
	r.edited(t, asset, `{"owners":null}`)
	r.edited(t, asset, `{"description":"Mine again."}`)
	r.edited(t, column, `{"tags":null}`)
}

// What set each value is what the changes of the asset say: the newest one of the value, or else what created the
// asset or column.
func TestBlame(t *testing.T) {
	withShopOnBoth(t, func(t *testing.T, r rig) {
		r.changeShop(t)
		served := r.version(t)
		assets := r.everyPage(t, "/api/v1/assets?limit=200&schema_id="+r.schema, r.key)
		if len(assets) < 20 {
			t.Fatalf("%d assets", len(assets))
		}
		checked := 0
		for _, a := range assets {
			asset := a["id"].(string)
			versions := []float64{served}
			if asset == r.table {
				versions = []float64{1, 2, 3, 4, 5, served}
			}
			for _, version := range versions {
				checked += r.checkBlame(t, asset, version)
			}
		}
		if checked < 20 {
			t.Errorf("%d values were set after their assets were created", checked)
		}
	})
}

// checkBlame compares the blame of an asset at a version with its changes, and returns how many values were changed
// since the asset was created.
func (r rig) checkBlame(t *testing.T, asset string, version float64) (changed int) {
	t.Helper()
	changes := r.newestChanges(t, asset, version)
	blame := r.blamed(t, asset, fmt.Sprint("&at=", version))
	created := blame["."]["version"]
	for name, b := range blame {
		want := changes[name]
		column, _, _ := strings.Cut(name, ".")
		if want == nil {
			want = changes[column+"."] // it came with the column
			if want == nil {
				want = map[string]any{"version": created, "cause": blame["."]["cause"], "actor_ref": blame["."]["actor_ref"]}
			}
		} else if text(want["field"]) != "" {
			changed++
			if b["previous"] != want["old"] || b["value"] != want["new"] {
				t.Errorf("%s at %v: %s is %v → %v, of changes %v → %v", asset, version, name, b["previous"], b["value"], want["old"], want["new"])
			}
		}
		for _, field := range []string{"version", "cause", "actor_ref"} {
			if diff := cmp.Diff(want[field], b[field]); diff != "" {
				t.Errorf("%s at %v: %s: %s (-changes +blame)\n%s", asset, version, name, field, diff)
			}
		}
	}
	for name, c := range changes {
		if field := text(c["field"]); blame[name] == nil && c["kind"] == "updated" && !strings.HasPrefix(field, "lineage") &&
			!strings.HasSuffix(field, "_source") && !strings.HasSuffix(field, "_own") && !strings.HasSuffix(field, "_hidden") {
			t.Errorf("%s at %v: %s changed and is not blamed", asset, version, name)
		}
	}
	return changed
}

// Each value has who reports it, where, and what was there before.
func TestBlameSources(t *testing.T) {
	withShopOnBoth(t, func(t *testing.T, r rig) {
		asset := tableID(t, r.Server, r.key, r.schema, "model.shop.fct_orders")
		r.Send(t, "PATCH", "/api/v1/schemas/"+r.schema, r.key, `{"policy":{"description":"smart"}}`)
		before := r.Get(t, "/api/v1/assets/"+asset, r.key).At(t, "data.attributes.description.value")
		r.edited(t, "/api/v1/assets/"+asset, `{"description":"Mine."}`)
		blame := r.blamed(t, asset, "")
		for name, want := range map[string]map[string]any{
			".":             {"kind": "created", "version": 1.0, "cause.kind": "import", "import": "IMP-1", "origin": "dbt:shop", "source": "manifest", "file": "models/marts/core/fct_orders.sql"},
			".code":         {"version": 1.0, "origin": "dbt:shop", "source": "manifest", "file": "models/marts/core/fct_orders.sql"},
			".description":  {"kind": "updated", "value": "Mine.", "previous": before, "version": 2.0, "cause.kind": "edit", "cause.id": "EDT-2", "origin": "user:ana", "source": "user", "file": nil},
			"order_id.type": {"kind": "created", "version": 1.0, "origin": "dbt:shop", "source": "catalog", "file": nil},
			"order_id.description": {
				"kind": "created", "version": 1.0, "origin": "dbt:shop", "source": "manifest", "file": "models/marts/core/core.yml", "reported_at": "2026-11-02T06:00:32Z",
			},
		} {
			for path, value := range want {
				if got := At(blame[name], path); got != value {
					t.Errorf("%s: %s is %v, want %v", name, path, got, value)
				}
			}
		}
		one := r.blamed(t, asset, "&column=ORDER_ID")
		if names := slices.Sorted(maps.Keys(one)); len(names) < 2 || !strings.HasPrefix(names[0], "order_id.") || one["."] != nil {
			t.Errorf("of one column: %v", names)
		}
		if got := r.Get(t, "/api/v1/assets/"+asset+"/blame?column=order_idd", r.key); got.Status != 404 || !strings.Contains(string(got.Body), "order_id") {
			t.Errorf("a column that is not there: %d %s", got.Status, got.Body)
		}
	})
}

// What set a value is kept when the version that did is deleted.
func TestBlameOfDeletedVersions(t *testing.T) {
	withShopOnBoth(t, func(t *testing.T, r rig) {
		r.changeShop(t)
		other := tableID(t, r.Server, r.key, r.schema, "model.shop.stg_customers")
		want := map[string]map[string]map[string]any{r.table: r.blamed(t, r.table, ""), other: r.blamed(t, other, "")}
		id, err := catalog.ParseIDOf(catalog.PrefixSchema, r.schema)
		if err != nil {
			t.Fatal(err)
		}
		n, err := r.Store.DeleteVersions(t.Context(), catalog.DefaultWorkspace, catalog.SchemaID(id), time.Now().Add(time.Hour))
		if err != nil || n < 4 {
			t.Fatalf("%d versions deleted, %v", n, err)
		}
		for asset, before := range want {
			got := r.blamed(t, asset, "")
			for name, b := range before {
				for _, field := range []string{"value", "version", "at", "cause", "actor_ref", "origin"} {
					if diff := cmp.Diff(b[field], got[name][field]); diff != "" {
						t.Errorf("%s: %s: %s (-before +after)\n%s", asset, name, field, diff)
					}
				}
				if got[name]["previous"] != nil {
					t.Errorf("%s: %s: the value before is not kept, but is %v", asset, name, got[name]["previous"])
				}
			}
		}
	})
}
