package apitest

import (
	"bytes"
	"fmt"
	"testing"
	"time"

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
		elsewhere := func(at string) []byte { return inDatabase(t, afterManifest, "dev_bob", at) }
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
		removals := "/api/v1/schemas/" + schema + "/removals"
		for _, action := range []string{"/confirm?reason=removed", "/dismiss?reason=removed"} {
			if r := s.Send(t, "POST", removals+action, key, ""); r.Status != 200 || r.At(t, "data.attributes.imports.0") != nil {
				t.Errorf("%s: %d %s", action, r.Status, r.Body)
			}
			if list := s.Get(t, removals, key); list.At(t, "data.0.attributes.reason") != "target_moved" {
				t.Errorf("after %s: %s", action, list.Body)
			}
		}
		if r := s.Send(t, "POST", removals+"/confirm?reason=moved", key, ""); r.Status != 422 && r.Status != 400 {
			t.Errorf("an unknown reason: %d %s", r.Status, r.Body)
		}
		r := s.Send(t, "POST", removals+"/confirm?reason=target_moved", key, "")
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

// inDatabase returns a manifest of the shop made for another database at a time.
func inDatabase(t *testing.T, manifest []byte, database, at string) []byte {
	b := bytes.ReplaceAll(unzipped(t, manifest), []byte(`"database":"shop"`), []byte(`"database":"`+database+`"`))
	b = bytes.ReplaceAll(b, []byte(`"database": "shop"`), []byte(`"database": "`+database+`"`))
	b = bytes.ReplaceAll(b, []byte(`\"shop\".`), []byte(`\"`+database+`\".`))
	return withTime(t, b, at)
}

// The target of the first manifest feeds the schema: it is shown, a second manifest of another target waits, and PATCH
// changes it, which applies what waits.
func TestTargetOfASchema(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(t *testing.T, s *Server) {
		key := s.Key(t, access.AdminWorkspace)
		schema := s.Schema(t, "Warehouse")
		path := "/api/v1/schemas/" + schema
		send := func(manifest []byte) string {
			return s.Import(t, key, schema, File("manifest", "manifest.json", manifest))
		}
		database := func(want string) {
			t.Helper()
			if got := s.Get(t, path, key).At(t, "data.attributes.targets.0.database"); got != want {
				t.Errorf("the target's database is %v, not %s", got, want)
			}
		}
		if r := s.Get(t, path, key); r.At(t, "data.attributes.targets.0") != nil {
			t.Errorf("targets without an import: %s", r.Body)
		}
		send(beforeManifest)
		database("shop")
		send(inDatabase(t, afterManifest, "dev_bob", "2027-01-10T18:00:00Z"))
		database("shop")
		list := s.Get(t, path+"/removals", key)
		if list.At(t, "data.0.attributes.reason") != "target_moved" {
			t.Errorf("removals %s", list.Body)
		}
		for body, status := range map[string]int{
			`{"targets":[{"project":"nope","database":"x"}]}`:            404,
			`{"targets":[{"project":"shop","database":"","schema":""}]}`: 422,
			`{"targets":[{"project":"shop","database":"a\u0000b"}]}`:     422,
			`{"targets":[{"project":"PRJ-1","database":"dev_bob"}]}`:     200,
			`{"targets":[{"project":"shop","database":"dev_bob"}]}`:      200,
		} {
			if r := s.Send(t, "PATCH", path, key, body); r.Status != status {
				t.Errorf("%s: %d %s", body, r.Status, r.Body)
			}
		}
		database("dev_bob")
		id := tableID(t, s, key, schema, "model.shop.dim_products")
		for end := time.Now().Add(time.Minute); s.Get(t, "/api/v1/assets/"+id, key).At(t, "data.attributes.relation.database") != "dev_bob"; {
			if time.Now().After(end) {
				t.Fatal("the manifest that waited was not applied")
			}
			time.Sleep(10 * time.Millisecond)
		}
		if list := s.Get(t, path+"/removals", key); list.At(t, "data.0") != nil {
			t.Errorf("removals %s", list.Body)
		}
		// What the target was before waits now.
		old := send(withTime(t, unzipped(t, afterManifest), "2027-01-12T18:00:00Z"))
		if report := s.Get(t, "/api/v1/dbt_imports/"+old+"/report", key); !bytes.Contains(report.Body, []byte(`"target-moved"`)) {
			t.Errorf("report %s", report.Body)
		}
	})
}

// The target of a project can be set before its first manifest: one of another target waits, whichever comes first.
func TestTargetOfAnExpectedProject(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(t *testing.T, s *Server) {
		key := s.Key(t, access.AdminWorkspace)
		schema := s.Schema(t, "Warehouse")
		path := "/api/v1/schemas/" + schema
		for body, status := range map[string]int{
			`{"targets":[{"project":"shop","database":"shop"}]}`:                  404,
			`{"targets":[{"project":"PRJ-9","database":"shop","expected":true}]}`: 422,
			`{"targets":[{"project":"shop","expected":true}]}`:                    422,
		} {
			if r := s.Send(t, "PATCH", path, key, body); r.Status != status {
				t.Errorf("%s: %d %s", body, r.Status, r.Body)
			}
		}
		for _, body := range []string{`{"targets":[{"project":"shop","database":"shop","schema":"","expected":true}]}`, `{"targets":[{"project":"shop","database":"shop"}]}`} {
			if r := s.Send(t, "PATCH", path, key, body); r.Status != 200 || r.At(t, "data.attributes.targets.0.name") != "shop" {
				t.Fatalf("%d %s", r.Status, r.Body)
			}
		}
		moved := s.Import(t, key, schema, File("manifest", "manifest.json", inDatabase(t, beforeManifest, "dev_bob", "2027-01-10T18:00:00Z")))
		if report := s.Get(t, "/api/v1/dbt_imports/"+moved+"/report", key); !bytes.Contains(report.Body, []byte(`"target-moved"`)) {
			t.Errorf("report %s", report.Body)
		}
		if list := s.Get(t, "/api/v1/assets?schema_id="+schema, key); list.At(t, "data.0") != nil {
			t.Errorf("a manifest of another target was applied: %s", list.Body)
		}
		s.Import(t, key, schema, File("manifest", "manifest.json", afterManifest))
		id := tableID(t, s, key, schema, "model.shop.dim_products")
		if got := s.Get(t, "/api/v1/assets/"+id, key).At(t, "data.attributes.relation.database"); got != "shop" {
			t.Errorf("the table is in %v", got)
		}
		if projects := s.Get(t, "/api/v1/projects?schema_id="+schema, key); projects.At(t, "meta.total") != 1.0 {
			t.Errorf("projects %s", projects.Body)
		}
	})
}

// A manifest that waits because another target was expected is listed, and confirmed or dismissed, as any other.
func TestConfirmOfAnotherThanTheExpectedTarget(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(t *testing.T, s *Server) {
		key := s.Key(t, access.AdminWorkspace)
		for _, confirmed := range []bool{true, false} {
			schema := s.Schema(t, fmt.Sprintf("Warehouse %v", confirmed))
			path := "/api/v1/schemas/" + schema
			if r := s.Send(t, "PATCH", path, key, `{"targets":[{"project":"shop","database":"production","expected":true}]}`); r.Status != 200 {
				t.Fatalf("%d %s", r.Status, r.Body)
			}
			s.Import(t, key, schema, File("manifest", "manifest.json", beforeManifest), File("run_results", "run_results.json", beforeResults))
			action := "/removals/dismiss"
			if confirmed {
				action = "/removals/confirm"
			}
			r := s.Send(t, "POST", path+action, key, "")
			if r.Status != 200 {
				t.Fatalf("%s: %d %s", action, r.Status, r.Body)
			}
			if imp, ok := r.At(t, "data.attributes.imports.0").(string); ok != confirmed {
				t.Fatalf("%s: %s", action, r.Body)
			} else if confirmed {
				s.Await(t, key, imp)
			}
			want := "production"
			if confirmed {
				want = "shop"
				id := tableID(t, s, key, schema, "model.shop.dim_products")
				if got := s.Get(t, "/api/v1/assets/"+id, key).At(t, "data.attributes.relation.database"); got != "shop" {
					t.Errorf("the table is in %v", got)
				}
			}
			if got := s.Get(t, path, key); got.At(t, "data.attributes.targets.0.database") != want {
				t.Errorf("%s: targets %s", action, got.Body)
			}
			if list := s.Get(t, "/api/v1/assets?schema_id="+schema, key); (list.At(t, "data.0") != nil) != confirmed {
				t.Errorf("%s: %s", action, list.Body)
			}
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
