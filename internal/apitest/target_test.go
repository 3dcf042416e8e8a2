package apitest

import (
	"bytes"
	"testing"

	"github.com/thalweg-data/thalweg/internal/access"
)

// A manifest of another target waits until a person confirms it, on both stores.
func TestTargetMoved(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(t *testing.T, s *Server) {
		key := s.Key(t, access.AdminWorkspace)
		schema := s.Schema(t, "Warehouse")
		send := func(manifest []byte, more ...Part) string {
			return s.Import(t, key, schema, append(more, File("manifest", "manifest.json", manifest))...)
		}
		send(beforeManifest)
		send(afterManifest)
		served := shopState(t, s, key, schema)
		elsewhere := func(at string) []byte {
			b := bytes.ReplaceAll(unzipped(t, afterManifest), []byte(`"database":"shop"`), []byte(`"database":"dev_bob"`))
			b = bytes.ReplaceAll(b, []byte(`"database": "shop"`), []byte(`"database": "dev_bob"`))
			b = bytes.ReplaceAll(b, []byte(`\"shop\".`), []byte(`\"dev_bob\".`))
			return withTime(t, b, at)
		}
		waiting := send(elsewhere("2027-01-10T18:00:00Z"), File("run_results", "run_results.json", afterResults))
		if got := shopState(t, s, key, schema); got != served {
			t.Errorf("moved without confirmation: %s", firstDifference(got, served))
		}
		report := s.Get(t, "/api/v1/dbt_imports/"+waiting+"/report", key)
		if !bytes.Contains(report.Body, []byte(`"target-moved"`)) || report.At(t, "data.attributes.version") != nil {
			t.Errorf("report %s", report.Body)
		}
		list := s.Get(t, "/api/v1/schemas/"+schema+"/removals", key)
		if list.At(t, "data.0.attributes.reason") != "target_moved" || list.At(t, "data.0.attributes.import") != waiting {
			t.Errorf("removals %s", list.Body)
		}
		if r := s.Send(t, "POST", "/api/v1/schemas/"+schema+"/removals/dismiss", key, ""); r.Status != 200 {
			t.Fatalf("dismiss: %d %s", r.Status, r.Body)
		}
		if r := s.Send(t, "POST", "/api/v1/schemas/"+schema+"/removals/confirm", key, ""); r.At(t, "data.attributes.imports.0") != nil {
			t.Errorf("confirmed after it was dismissed: %s", r.Body)
		}
		send(elsewhere("2027-01-11T18:00:00Z"))
		r := s.Send(t, "POST", "/api/v1/schemas/"+schema+"/removals/confirm", key, "")
		if r.Status != 200 {
			t.Fatalf("confirm: %d %s", r.Status, r.Body)
		}
		s.Await(t, key, r.At(t, "data.attributes.imports.0").(string))
		id := tableID(t, s, key, schema, "model.shop.dim_products")
		if got := s.Get(t, "/api/v1/assets/"+id, key).At(t, "data.attributes.relation.database"); got != "dev_bob" {
			t.Errorf("database %v after the confirmation", got)
		}
		if list := s.Get(t, "/api/v1/schemas/"+schema+"/removals", key); list.At(t, "data.0") != nil {
			t.Errorf("removals %s", list.Body)
		}
	})
}

// withTime returns an artifact made at another time.
func withTime(t *testing.T, artifact []byte, at string) []byte {
	t.Helper()
	i := bytes.Index(artifact, []byte(`"generated_at"`))
	if i < 0 {
		t.Fatal("no generated_at")
	}
	open := i + len(`"generated_at"`) + bytes.IndexByte(artifact[i+len(`"generated_at"`):], '"') + 1
	end := open + bytes.IndexByte(artifact[open:], '"')
	return bytes.Join([][]byte{artifact[:open], []byte(at), artifact[end:]}, nil)
}
