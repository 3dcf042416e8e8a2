package apitest

import (
	"fmt"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Versions are listed newest first, with who and what made each and how much it changed; as of an older one, those up
// to it, and of deleted ones nothing.
func TestVersions(t *testing.T) {
	withShopOnBoth(t, func(t *testing.T, r rig) {
		r.changeShop(t)
		list := "/api/v1/schemas/" + r.schema + "/versions"
		versions := r.everyPage(t, list+"?limit=2", r.key)
		served := r.version(t)
		if float64(len(versions)) != served {
			t.Fatalf("%d versions of %v", len(versions), served)
		}
		imports := 0
		for i, v := range versions {
			n := v["version"].(float64)
			if want := served - float64(i); n != want || v["id"] != fmt.Sprintf("%s@%v", r.schema, n) {
				t.Errorf("the %d. is %v (%v), want %v", i, n, v["id"], want)
			}
			of := r.everyPage(t, fmt.Sprintf("/api/v1/changes?limit=200&schema_id=%s&from=%v&to=%v", r.schema, n-1, n), r.key)
			changed := map[any]bool{}
			for _, c := range of {
				changed[c["asset"]] = true
				if fmt.Sprint(c["cause"], c["actor_ref"], c["at"]) != fmt.Sprint(v["cause"], v["actor_ref"], v["at"]) {
					t.Errorf("version %v is by %v, its changes by %v", n, v["cause"], c["cause"])
				}
			}
			if count := At(v, "changed.assets").(float64); count < float64(len(changed)) || n > 1 && count > float64(len(changed)) {
				t.Errorf("version %v changed %v assets, listed are %d", n, count, len(changed))
			}
			if id, _ := v["import"].(string); id != "" {
				imports++
				counters := r.Get(t, "/api/v1/dbt_imports/"+id, r.key)
				for _, field := range []string{"tables_created", "columns_updated", "lineages_created"} {
					if got, want := At(v, "counters."+field), counters.At(t, "data.attributes."+field); got != want {
						t.Errorf("%s of %s: %v, want %v", field, id, got, want)
					}
				}
			} else if v["counters"] != nil {
				t.Errorf("version %v has counters without an import", n)
			}
		}
		if imports != 2 {
			t.Errorf("%d versions are of imports", imports)
		}
		if then := r.Get(t, list+"?at=2", r.key); then.At(t, "meta.total") != 2.0 || then.At(t, "data.0.attributes.version") != 2.0 {
			t.Errorf("then: %s", then.Body)
		}
		id, err := catalog.ParseIDOf(catalog.PrefixSchema, r.schema)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Store.DeleteVersions(t.Context(), catalog.DefaultWorkspace, catalog.SchemaID(id), time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if left := r.Get(t, list, r.key); left.At(t, "meta.total") != 1.0 || left.At(t, "data.0.attributes.version") != served || left.At(t, "data.0.attributes.changed.assets") == nil {
			t.Errorf("left: %s", left.Body)
		}
	})
}
