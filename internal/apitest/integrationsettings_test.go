package apitest

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/httpapi"
)

// blank makes an integration that waits for uploads.
func (s *Server) blank(t testing.TB, key, more string) (id, schema string) {
	t.Helper()
	r := s.Send(t, "POST", "/api/v1/integrations", key, `{"kind":"dbt_core","name":"dbt"`+more+`}`)
	if r.Status != 201 {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	return r.At(t, "data.id").(string), r.At(t, "data.attributes.schema_id").(string)
}

// uploadTo uploads artifacts to an integration and waits for their sync.
func (s *Server) uploadTo(t testing.TB, key, integration string, parts ...Part) Reply {
	t.Helper()
	if r := s.Do(t, "POST", "/integration/dbt/"+integration+"/upload_artifacts/", key, bytes.NewReader(Form(parts...)), "Content-Type", ContentType); r.Status != 200 {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	if r := s.Send(t, "POST", "/integration/dbt/"+integration+"/trigger/", key, ""); r.Status != 200 {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	r := s.awaitSync(t, key, integration)
	if r.At(t, "data.attributes.status") != "completed" {
		t.Fatalf("%s", r.Body)
	}
	return r
}

func (s *Server) models(t testing.TB, key, schema, removed string) float64 {
	t.Helper()
	return s.Get(t, "/api/v1/assets?limit=1&kind=model&removed="+removed+"&schema_id="+schema, key).At(t, "meta.total").(float64)
}

func TestStaling(t *testing.T) { staling(t, Options{}) }

func TestStalingOnPostgres(t *testing.T) {
	t.Parallel()
	staling(t, Options{Store: OnPostgres})
}

// Without staling, what a later manifest lacks stays, and nothing waits to be confirmed; with it, it goes.
func staling(t *testing.T, o Options) {
	s := Start(t, o)
	admin := s.Key(t, access.AdminWorkspace)
	id, schema := s.blank(t, admin, `,"staling":false`)
	path := "/api/v1/integrations/" + id
	if r := s.Get(t, path, admin); r.At(t, "data.attributes.staling") != false {
		t.Fatalf("%s", r.Body)
	}
	manifest := func(content []byte) Part { return File("manifest", "manifest.json", content) }
	s.uploadTo(t, admin, id, manifest(beforeManifest))
	models := s.models(t, admin, schema, "false")
	if models == 0 {
		t.Fatal("no models")
	}
	s.uploadTo(t, admin, id, manifest(withoutModels(t, afterManifest)))
	if now, pending := s.models(t, admin, schema, "false"), s.Get(t, "/api/v1/schemas/"+schema+"/removals", admin).At(t, "meta.total"); now != models || pending != float64(0) {
		t.Errorf("%v models, %v before; %v wait", now, models, pending)
	}
	if r := s.Send(t, "PATCH", path, admin, `{"staling":true}`); r.Status != 200 || r.At(t, "data.attributes.staling") != true {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	s.uploadTo(t, admin, id, manifest(bytes.ReplaceAll(withoutModels(t, afterManifest), []byte("2026-11-09T06:00"), []byte("2026-11-09T07:00"))))
	if pending := s.Get(t, "/api/v1/schemas/"+schema+"/removals", admin).At(t, "meta.total"); pending != models {
		t.Errorf("%v wait for their removal, want %v", pending, models)
	}
}

// The policy of an integration is that of its schema.
func TestIntegrationPolicy(t *testing.T) {
	s := Start(t, Options{})
	admin := s.Key(t, access.AdminWorkspace)
	id, schema := s.blank(t, admin, `,"policy":{"tags":"never"}`)
	path := "/api/v1/integrations/" + id
	want := map[string]any{"description": "smart", "owners": "smart", "tags": "never", "column_description": "smart", "column_tags": "smart"}
	if got := s.Get(t, path, admin).At(t, "data.attributes.policy"); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v", got)
	}
	integrations := s.Key(t, access.WriteIntegrations)
	if r := s.Send(t, "PATCH", path, integrations, `{"policy":{"tags":"always"}}`); r.Status != 403 || r.At(t, "required_scope") != "write:catalog" {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	before := s.Get(t, path, admin).Header.Get("ETag")
	changed := s.Send(t, "PATCH", path, s.Key(t, access.WriteIntegrations, access.WriteCatalog), `{"policy":{"description":"always"},"staling":false}`)
	if changed.Status != 200 || changed.At(t, "data.attributes.policy.description") != "always" || changed.At(t, "data.attributes.policy.tags") != "never" {
		t.Errorf("%d %s", changed.Status, changed.Body)
	}
	if after := s.Get(t, path, admin).Header.Get("ETag"); after == before || after != changed.Header.Get("ETag") {
		t.Errorf("tag %s, %s before, %s of the change", after, before, changed.Header.Get("ETag"))
	}
	if got := s.Get(t, "/api/v1/schemas/"+schema, admin).At(t, "data.attributes.policy.description"); got != "always" {
		t.Errorf("the schema has %v", got)
	}
}

func TestDeleteIntegration(t *testing.T) { deleteIntegration(t, Options{}) }

func TestDeleteIntegrationOnPostgres(t *testing.T) {
	t.Parallel()
	deleteIntegration(t, Options{Store: OnPostgres})
}

// Our own API asks what becomes of what an integration brought; the other one flags it. What was uploaded since by
// another way stays.
func deleteIntegration(t *testing.T, o Options) {
	s := Start(t, o)
	admin := s.Key(t, access.AdminWorkspace)
	manifest := File("manifest", "manifest.json", beforeManifest)
	brought := func(schema string) (id string) {
		t.Helper()
		id, _ = s.blank(t, admin, `,"schema_id":"`+schema+`"`)
		s.uploadTo(t, admin, id, manifest)
		return id
	}
	kept, removed, compatible, uploaded := s.Schema(t, "kept"), s.Schema(t, "removed"), s.Schema(t, "compatible"), s.Schema(t, "uploaded")
	id := brought(kept)
	models := s.models(t, admin, kept, "false")
	for _, query := range []string{"", "?assets=", "?assets=drop"} {
		if r := s.Send(t, "DELETE", "/api/v1/integrations/"+id+query, admin, ""); r.Status != 400 || r.At(t, "field") != "assets" {
			t.Errorf("%q: %d %s", query, r.Status, r.Body)
		}
	}
	if r := s.Send(t, "DELETE", "/api/v1/integrations/"+id+"?assets=keep", admin, ""); r.Status != 204 || s.models(t, admin, kept, "false") != models {
		t.Errorf("%d %s: %v of %v models", r.Status, r.Body, s.models(t, admin, kept, "false"), models)
	}
	if r := s.Send(t, "DELETE", "/api/v1/integrations/"+brought(removed)+"?assets=remove", admin, ""); r.Status != 204 {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	if now, flagged := s.models(t, admin, removed, "false"), s.models(t, admin, removed, "true"); now != 0 || flagged != models {
		t.Errorf("%v models, %v flagged, want 0, %v", now, flagged, models)
	}
	// The same bytes bring it back.
	brought(removed)
	if now := s.models(t, admin, removed, "false"); now != models {
		t.Errorf("%v models after it was connected again, want %v", now, models)
	}
	if r := s.Send(t, "DELETE", "/integration/integrations/"+brought(compatible)+"/", admin, ""); r.Status != 204 || s.models(t, admin, compatible, "false") != 0 {
		t.Errorf("%d: %v models", r.Status, s.models(t, admin, compatible, "false"))
	}
	id = brought(uploaded)
	s.Import(t, admin, uploaded, File("manifest", "manifest.json", afterManifest))
	now := s.models(t, admin, uploaded, "false")
	if r := s.Send(t, "DELETE", "/api/v1/integrations/"+id+"?assets=remove", admin, ""); r.Status != 204 || s.models(t, admin, uploaded, "false") != now {
		t.Errorf("%d: %v models, %v before", r.Status, s.models(t, admin, uploaded, "false"), now)
	}
}

// A sync can be followed, by its own path and by the media type of the sync's.
func TestEventsOfASync(t *testing.T) {
	s := Start(t, Options{NoWorker: true, Events: httpapi.EventTimes{Poll: time.Millisecond, Heartbeat: time.Hour, Most: time.Hour}})
	key := s.Key(t, access.AdminWorkspace)
	id, _ := s.blank(t, key, "")
	sync := s.Send(t, "POST", "/api/v1/integrations/"+id+"/syncs", key, "").At(t, "data.id").(string)
	path := "/api/v1/integrations/" + id + "/syncs/" + sync
	plain := s.Get(t, path, key)
	if plain.Header.Get("Content-Type") != "application/json" || !slices.Contains(plain.Header.Values("Vary"), "Accept") {
		t.Errorf("%v", plain.Header)
	}
	_, next := s.followPath(t, key, path+"/events", "")
	r, negotiated := s.followPath(t, key, path, "", "Accept", "text/event-stream")
	if r.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%v", r.Header)
	}
	first, _ := next()
	if other, _ := negotiated(); first.name != "progress" || other != first || !strings.Contains(first.data, `"status":"pending"`) {
		t.Errorf("%+v, %+v", first, other)
	}
	if c := s.Send(t, http.MethodPost, path+"/cancel", key, ""); c.Status != 202 {
		t.Fatalf("%d %s", c.Status, c.Body)
	}
	end, _ := next()
	if other, _ := negotiated(); end.name != "end" || other != end || !strings.Contains(end.data, `"status":"canceled"`) {
		t.Errorf("%+v, %+v", end, other)
	}
	if more, ok := next(); ok {
		t.Errorf("after the end: %+v", more)
	}
	if r, _ := s.followPath(t, key, path, end.id, "Accept", "text/event-stream"); r.StatusCode != http.StatusNoContent {
		t.Errorf("after the end a client gets %d", r.StatusCode)
	}
	if r, _ := s.followPath(t, s.Key(t, access.WriteImports), path+"/events", ""); r.StatusCode != http.StatusForbidden {
		t.Errorf("without the scope: %d", r.StatusCode)
	}
}

// A sync that fails is an event; one that fails again for the same reason is none.
func TestSyncFailedEvent(t *testing.T) {
	s := Start(t, Options{OutboundAllow: local})
	admin := s.Key(t, access.AdminWorkspace)
	to := newReceiver(t)
	if r := s.Send(t, "POST", "/api/v1/webhooks", admin, `{"name":"alerts","url":"`+to.URL+`","events":["sync.failed"]}`); r.Status != 201 {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	id, schema := s.blank(t, admin, "")
	sync := func() Reply {
		t.Helper()
		s.Send(t, "POST", "/api/v1/integrations/"+id+"/syncs", admin, "")
		return s.awaitSync(t, admin, id)
	}
	failed := sync()
	event := to.next(t)
	if At(event.event, "data.integration.id") != id || At(event.event, "data.sync") != failed.At(t, "data.id") || At(event.event, "data.schema.id") != schema ||
		At(event.event, "data.error.code") != "no-manifest" {
		t.Errorf("%s", event.body)
	}
	sync()
	s.Do(t, "POST", "/integration/dbt/manifest", admin, bytes.NewReader(Form(Text("integration", id), File("manifest", "m", []byte(`{"metadata":`)))), "Content-Type", ContentType)
	s.awaitSync(t, admin, id)
	if event := to.next(t); At(event.event, "data.error.code") != "import-failed" {
		t.Errorf("%s", event.body)
	}
}

// Artifacts in a JSON body are taken as objects and as texts; the path of a file is refused with what to do.
func TestUploadsAsJSON(t *testing.T) {
	s := Start(t, Options{})
	admin := s.Key(t, access.AdminWorkspace)
	id, schema := s.blank(t, admin, "")
	manifest := string(unpacked(t, beforeManifest))
	post := func(path, body string) Reply {
		t.Helper()
		return s.Do(t, "POST", path, admin, strings.NewReader(body), "Content-Type", "application/json")
	}
	all := "/api/v1/integration/dbt/" + id + "/upload_artifacts"
	for body, want := range map[string]string{
		`{"manifest":"target/manifest.json"}`:        "malformed-json",
		`{"manifest":7}`:                             "malformed-json",
		`{"manifest":""}`:                            "empty-field",
		`{"manifest":{"metadata":{}`:                 "malformed-json",
		`{"manifest":{}} {}`:                         "malformed-json",
		`[]`:                                         "malformed-json",
		`{"manifst":{}}`:                             "missing-field",
		`{"manifest":{},"manifest_file":{}}`:         "duplicate-field",
		`{"manifest":null,"run_results":null}`:       "missing-field",
		"{\"manifest\":{\"a\":\"\xff\n\"}":           "malformed-json",
		`{"run_results":"/home/me/run_results.json"`: "malformed-json",
	} {
		if r := post(all, body); r.Status/100 != 4 || r.At(t, "code") != want {
			t.Errorf("%s: %d %s, want %s", body, r.Status, r.Body, want)
		}
	}
	if r := post(all, `{"manifest":"target/manifest.json"}`); !strings.Contains(r.At(t, "detail").(string), "multipart/form-data") {
		t.Errorf("%s", r.Body)
	}
	if r := post(all, `{"manifest":`+manifest+`,"run_results":`+fmt.Sprintf("%q", `{"metadata":{},"results":[]}`)+`}`); r.Status != 200 {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	if r := post("/integration/dbt/manifest/", `{"integration":"`+id+`","manifest_file":`+manifest+`}`); r.Status != 200 || r.At(t, "id") == nil {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	if y := s.awaitSync(t, admin, id); y.At(t, "data.attributes.status") != "completed" || s.models(t, admin, schema, "false") == 0 {
		t.Errorf("%s", y.Body)
	}
	if r := s.Do(t, "POST", "/api/v1/dbt_imports", admin, strings.NewReader(`{"schema_id":"`+schema+`"}`), "Content-Type", "application/json"); r.Status != 415 {
		t.Errorf("an import by JSON: %d %s", r.Status, r.Body)
	}
}
