package apitest

import (
	"fmt"
	"testing"

	"github.com/thalweg-data/thalweg/internal/access"
)

// A new merge policy takes effect at once: what it changes is merged again in one version, whose changes name the actor.
func TestPolicyTakesEffect(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(t *testing.T, s *Server) {
		key := s.Key(t, access.AdminWorkspace)
		schema := s.Schema(t, "Warehouse")
		s.Import(t, key, schema, File("manifest", "manifest.json", beforeManifest))
		path := "/api/v1/schemas/" + schema
		edited := "/api/v1/assets/" + tableID(t, s, key, schema, "model.shop.dim_products")
		other := "/api/v1/assets/" + tableID(t, s, key, schema, "model.shop.fct_orders")
		text := func(asset string) any {
			t.Helper()
			return s.Get(t, asset, key).At(t, "data.attributes.description.value")
		}
		version := func() float64 { t.Helper(); return s.Get(t, path, key).At(t, "data.attributes.version").(float64) }
		patch := func(policy string) {
			t.Helper()
			if r := s.Send(t, "PATCH", path, key, `{"policy":`+policy+`}`); r.Status != 200 {
				t.Fatalf("%s: %d %s", policy, r.Status, r.Body)
			}
		}
		fromDBT, others := text(edited), text(other)
		if r := s.Send(t, "PATCH", edited, key, `{"description":"Ours."}`); r.Status != 200 {
			t.Fatalf("edit: %d %s", r.Status, r.Body)
		}
		if got := text(edited); got != fromDBT {
			t.Errorf("with the first policy: %v", got)
		}
		before := version()
		patch(`{"description":"smart"}`)
		if got := text(edited); got != "Ours." || text(other) != others {
			t.Errorf("with smart: %v", got)
		}
		if got := version(); got != before+1 {
			t.Errorf("version %v after %v", got, before)
		}
		changes := s.Get(t, fmt.Sprintf("/api/v1/changes?schema_id=%s&from=%v&to=%v", schema, before, before+1), key)
		if changes.At(t, "meta.changed_assets") != 1.0 || changes.At(t, "data.0.new") != "Ours." || changes.At(t, "data.0.cause.kind") != "edit" ||
			changes.At(t, "data.0.actor_ref.kind") != "key" {
			t.Errorf("changes %s", changes.Body)
		}
		patch(`{"description":"smart","tags":"always"}`)
		if got := version(); got != before+1 {
			t.Errorf("an equal policy made version %v", got)
		}
		patch(`{"description":"never"}`)
		if got := text(other); got == others {
			t.Errorf("with never: %v", got)
		}
		patch(`{"description":"always"}`)
		if text(edited) != fromDBT || text(other) != others {
			t.Errorf("with always again: %v, %v", text(edited), text(other))
		}
		stale := s.Send(t, "PATCH", path, key, `{"policy":{"description":"smart"}}`, "If-Match", `"0"`)
		if stale.Status != 412 || version() != before+3 {
			t.Errorf("with a stale If-Match: %d, version %v", stale.Status, version())
		}
	})
}
