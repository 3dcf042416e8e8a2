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
	"github.com/thalweg-data/thalweg/internal/bucket/buckettest"
)

// awaitSync waits until the newest sync of an integration has ended and returns it.
func (s *Server) awaitSync(t testing.TB, key, integration string) Reply {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		r := s.Get(t, "/api/v1/integrations/"+integration+"/syncs?limit=1", key)
		syncs := r.At(t, "data").([]any)
		if len(syncs) == 1 {
			attributes := syncs[0].(map[string]any)["attributes"].(map[string]any)
			if attributes["ended_at"] != nil {
				return s.Get(t, "/api/v1/integrations/"+integration+"/syncs/"+syncs[0].(map[string]any)["id"].(string), key)
			}
		}
		if time.Now().After(end) {
			t.Fatalf("no sync ended: %s", r.Body)
		}
	}
}

func (s *Server) syncs(t testing.TB, key, integration string) int {
	t.Helper()
	return len(s.Get(t, "/api/v1/integrations/"+integration+"/syncs", key).At(t, "data").([]any))
}

func (s *Server) syncLogText(t testing.TB, key, integration, sync string) string {
	t.Helper()
	var out strings.Builder
	for _, l := range s.Get(t, "/api/v1/integrations/"+integration+"/syncs/"+sync+"/log?limit=200", key).At(t, "data").([]any) {
		out.WriteString(l.(map[string]any)["attributes"].(map[string]any)["text"].(string) + "\n")
	}
	return out.String()
}

func TestIntegrationUploads(t *testing.T) { integrationUploads(t, Options{}) }

func TestIntegrationUploadsOnPostgres(t *testing.T) {
	integrationUploads(t, Options{Store: OnPostgres})
}

// integrationUploads follows the page of the compatible API: a blank integration whose first sync fails, two calls, one
// call with a trigger.
func integrationUploads(t *testing.T, o Options) {
	s := Start(t, o)
	admin := s.Key(t, access.AdminWorkspace)
	upload := s.Key(t, access.WriteImports)
	created := s.Send(t, "POST", "/api/v1/integration/integrations/", admin, `{"name":"dbt Core","type":"dbt_core","teams":[],"credentials":{}}`)
	if created.Status != 201 || fmt.Sprint(created.At(t, "credentials")) != "map[]" {
		t.Fatalf("%d %s", created.Status, created.Body)
	}
	id := created.At(t, "id").(string)
	schema := created.At(t, "properties.schema_id").(string)

	trigger := func(path string) Reply { return s.Send(t, "POST", path, upload, "") }
	if r := trigger("/integration/dbt/" + id + "/trigger/"); r.Status != 200 || r.At(t, "message") != "Successfully ran extraction for dbt" {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	first := s.awaitSync(t, admin, id)
	if first.At(t, "data.attributes.status") != "failed" || first.At(t, "data.attributes.error.code") != "no-manifest" {
		t.Errorf("the first sync: %s", first.Body)
	}

	post := func(path string, parts ...Part) Reply {
		t.Helper()
		r := s.Do(t, "POST", path, upload, bytes.NewReader(Form(parts...)), "Content-Type", ContentType)
		if r.Status != 200 {
			t.Fatalf("%s: %d %s", path, r.Status, r.Body)
		}
		return r
	}
	// Run results before their manifest wait for it.
	post("/integration/dbt/run_result/", Text("integration", id), File("run_result_file", "run_results.json", beforeResults))
	waiting := s.awaitSync(t, admin, id)
	if waiting.At(t, "data.attributes.status") != "failed" {
		t.Errorf("results alone: %s", waiting.Body)
	}
	post("/api/v1/integration/dbt/manifest", Text("integration_id", strings.ToUpper(id)), File("manifest_file", "manifest.json", beforeManifest))
	imported := s.awaitSync(t, admin, id)
	if imported.At(t, "data.attributes.status") != "completed" || imported.At(t, "data.attributes.counts.tables_created") == float64(0) {
		t.Fatalf("%s", imported.Body)
	}
	runs := s.Get(t, "/api/v1/runs?schema_id="+schema, admin).At(t, "data").([]any)
	if len(runs) != 1 {
		t.Errorf("%d runs", len(runs))
	}

	// One call for all starts nothing; the trigger does.
	before := s.syncs(t, admin, id)
	post("/integration/dbt/"+id+"/upload_artifacts/", File("run_results", "run_results.json", afterResults), File("manifest", "manifest.json", afterManifest))
	if got := s.syncs(t, admin, id); got != before {
		t.Errorf("%d syncs after the upload, %d before", got, before)
	}
	trigger("/integration/dbt/" + id + "/trigger")
	second := s.awaitSync(t, admin, id)
	if second.At(t, "data.attributes.status") != "completed" || s.syncs(t, admin, id) != before+1 {
		t.Errorf("%s", second.Body)
	}
	if runs := s.Get(t, "/api/v1/runs?schema_id="+schema, admin).At(t, "data").([]any); len(runs) != 2 {
		t.Errorf("%d runs", len(runs))
	}
	failing := s.Get(t, "/integration/dbt/"+id+"/failing_tests/", admin)
	listed := len(s.Get(t, "/api/v1/tests?status=fail&limit=200&schema_id="+schema, admin).At(t, "data").([]any)) +
		len(s.Get(t, "/api/v1/tests?status=error&limit=200&schema_id="+schema, admin).At(t, "data").([]any))
	tests := 0
	for _, table := range failing.At(t, "results").([]any) {
		tests += len(table.(map[string]any)["tests"].([]any))
	}
	if tests != listed || listed == 0 {
		t.Errorf("%d failing tests, %d by the list of tests: %s", tests, listed, failing.Body)
	}
	trigger("/api/v1/integration/dbt/" + id + "/trigger/")
	nothing := s.awaitSync(t, admin, id)
	if nothing.At(t, "data.attributes.status") != "completed" || len(nothing.At(t, "data.attributes.import_ids").([]any)) != 0 {
		t.Errorf("%s", nothing.Body)
	}

	// A file that is no manifest fails its sync and changes nothing; results that come then go with the good one.
	post("/integration/dbt/manifest/", Text("integration", id), File("manifest_file", "manifest.json", []byte(`{"metadata":`)))
	broken := s.awaitSync(t, admin, id)
	if broken.At(t, "data.attributes.status") != "failed" || broken.At(t, "data.attributes.error.code") != "import-failed" {
		t.Errorf("%s", broken.Body)
	}
	post("/integration/dbt/run_results", Text("integration", id), File("run_result_file", "run_results.json", beforeResults))
	if after := s.awaitSync(t, admin, id); after.At(t, "data.attributes.status") != "completed" {
		t.Errorf("%s", after.Body)
	}
}

func TestIntegrationUploadsRefused(t *testing.T) {
	s := Start(t, Options{NoWorker: true})
	admin, upload, reader := s.Key(t, access.AdminWorkspace), s.Key(t, access.WriteImports), s.Key(t, access.ReadIntegrations)
	id := s.Send(t, "POST", "/integration/integrations", admin, `{}`).At(t, "id").(string)
	manifest := File("manifest_file", "manifest.json", []byte("{}"))
	post := func(path, key string, parts ...Part) int {
		t.Helper()
		return s.Do(t, "POST", path, key, bytes.NewReader(Form(parts...)), "Content-Type", ContentType).Status
	}
	for name, got := range map[string][2]int{
		"no key":              {post("/integration/dbt/manifest/", "", Text("integration", id), manifest), 401},
		"reads only":          {post("/integration/dbt/manifest/", reader, Text("integration", id), manifest), 403},
		"no integration":      {post("/integration/dbt/manifest/", upload, manifest), 422},
		"unknown integration": {post("/integration/dbt/manifest/", upload, Text("integration", "f7d68db5-9dbc-4880-b6cd-ec363c1f7d6b"), manifest), 404},
		"another part":        {post("/integration/dbt/manifest/", upload, Text("integration", id), File("run_results", "r", []byte("{}"))), 422},
		"empty":               {post("/integration/dbt/manifest/", upload, Text("integration", id), File("manifest_file", "m", nil)), 422},
		"nothing":             {post("/integration/dbt/"+id+"/upload_artifacts", upload, Text("integration", id)), 422},
		"list without scope":  {s.Get(t, "/integration/integrations/", upload).Status, 403},
		"create as reader":    {s.Send(t, "POST", "/integration/integrations/", reader, `{}`).Status, 403},
		"not JSON":            {s.Send(t, "POST", "/integration/integrations/", admin, `{`).Status, 400},
		"unknown credential":  {s.Send(t, "POST", "/integration/integrations/", admin, `{"credentials":{"host":"x"}}`).Status, 422},
		"page 0":              {s.Get(t, "/integration/integrations/?page=0", admin).Status, 400},
	} {
		if got[0] != got[1] {
			t.Errorf("%s: %d, want %d", name, got[0], got[1])
		}
	}
	if n := s.syncs(t, admin, id); n != 0 {
		t.Errorf("%d syncs", n)
	}
}

// Scripts page through the list by its links.
func TestIntegrationPages(t *testing.T) {
	s := Start(t, Options{NoWorker: true})
	admin := s.Key(t, access.AdminWorkspace)
	s.Schema(t, "warehouse")
	for n := range 120 {
		if r := s.Send(t, "POST", "/integration/integrations/", admin, fmt.Sprintf(`{"name":"i%d"}`, n)); r.Status != 201 {
			t.Fatalf("%d %s", r.Status, r.Body)
		}
	}
	var names []string
	for next := "/integration/integrations/?type=dbt_core"; next != ""; {
		r := s.Get(t, next, admin)
		if r.At(t, "count") != float64(120) || r.At(t, "total_pages") != float64(3) {
			t.Fatalf("%s", r.Body)
		}
		for _, i := range r.At(t, "results").([]any) {
			names = append(names, i.(map[string]any)["name"].(string))
		}
		next, _ = r.At(t, "links.next").(string)
	}
	if len(names) != 120 || len(slices.Compact(slices.Sorted(slices.Values(names)))) != 120 {
		t.Errorf("%d names", len(names))
	}
}

func credentials(b *buckettest.S3, more string) string {
	return fmt.Sprintf(`{"region":%q,"bucket":%q,"access_key_id":%q,"secret_access_key":%q,"endpoint":%q%s}`,
		buckettest.Region, buckettest.Name, buckettest.AccessKeyID, buckettest.SecretAccessKey, b.URL, more)
}

func TestBucketSync(t *testing.T) { bucketSync(t, Options{OutboundAllow: local}) }

func TestBucketSyncOnPostgres(t *testing.T) {
	t.Parallel()
	bucketSync(t, Options{OutboundAllow: local, Store: OnPostgres})
}

func bucketSync(t *testing.T, o Options) {
	s, b := Start(t, o), buckettest.NewS3(t)
	admin := s.Key(t, access.AdminWorkspace)
	for key, content := range map[string][]byte{
		"manifest.json": []byte("{}"), // at the root: not below the search path
		"notes.txt":     []byte("x"), "dbt/readme.json": []byte("{}"),
		"dbt/prod/manifest.json":               beforeManifest,
		"dbt/prod/catalog.json.gz":             beforeCatalog,
		"dbt/prod/run_results.json":            beforeResults,
		"dbt/prod/runs/1/run_results_old.json": afterResults,
	} {
		b.Put(key, content)
	}
	created := s.Send(t, "POST", "/api/v1/integrations", admin, `{"kind":"dbt_core","name":"bucket","credentials":`+credentials(b, `,"search_path":"/dbt/"`)+`}`)
	if created.Status != 201 || strings.Contains(string(created.Body), buckettest.SecretAccessKey) {
		t.Fatalf("%d %s", created.Status, created.Body)
	}
	id := created.At(t, "data.id").(string)
	trial := s.Send(t, "POST", "/api/v1/integrations/"+id+"/test", admin, "")
	if trial.At(t, "data.attributes.ok") != true || trial.At(t, "data.attributes.total") != float64(4) {
		t.Errorf("%s", trial.Body)
	}
	run := func() Reply {
		t.Helper()
		if r := s.Send(t, "POST", "/api/v1/integrations/"+id+"/syncs", admin, ""); r.Status != 202 {
			t.Fatalf("%d %s", r.Status, r.Body)
		}
		return s.awaitSync(t, admin, id)
	}
	count := func(r Reply, name string) float64 {
		n, _ := r.At(t, "data.attributes.counts."+name).(float64)
		return n
	}
	b.Requests()
	first := run()
	if first.At(t, "data.attributes.status") != "completed" || count(first, "downloads") != 4 || count(first, "tables_created") == 0 || count(first, "columns_created") == 0 {
		t.Fatalf("%s", first.Body)
	}
	for _, r := range b.Requests() {
		if strings.HasSuffix(r, "notes.txt") || strings.HasSuffix(r, "readme.json") || r == "GET /artifacts/manifest.json" {
			t.Errorf("read: %s", r)
		}
	}
	// Nothing has changed: one listing.
	second := run()
	if requests := b.Requests(); len(requests) != 1 || second.At(t, "data.attributes.status") != "completed" || count(second, "downloads") != 0 {
		t.Errorf("%v %s", requests, second.Body)
	}
	// A new state of the project.
	b.Put("dbt/prod/manifest.json", afterManifest)
	b.Put("dbt/prod/catalog.json.gz", afterCatalog)
	third := run()
	if third.At(t, "data.attributes.status") != "completed" || count(third, "downloads") != 2 || count(third, "tables_updated")+count(third, "tables_created") == 0 {
		t.Errorf("%s", third.Body)
	}
	// A file that is half written: the sync fails and says which; the next one tries it again.
	b.Put("dbt/prod/manifest.json", afterManifest[:len(afterManifest)/2])
	broken := run()
	if broken.At(t, "data.attributes.status") != "failed" || broken.At(t, "data.attributes.error.code") != "import-failed" {
		t.Errorf("%s", broken.Body)
	}
	b.Put("dbt/prod/manifest.json", afterManifest)
	if mended := run(); mended.At(t, "data.attributes.status") != "completed" {
		t.Errorf("%s", mended.Body)
	}
	// An emptied bucket changes nothing.
	tables := s.Get(t, "/api/v1/assets?limit=1&schema_id="+created.At(t, "data.attributes.schema_id").(string), admin).At(t, "meta.total")
	for _, key := range []string{"dbt/prod/manifest.json", "dbt/prod/catalog.json.gz", "dbt/prod/run_results.json"} {
		b.Delete(key)
	}
	emptied := run()
	if emptied.At(t, "data.attributes.error.code") != "no-manifest" {
		t.Errorf("%s", emptied.Body)
	}
	if now := s.Get(t, "/api/v1/assets?limit=1&schema_id="+created.At(t, "data.attributes.schema_id").(string), admin).At(t, "meta.total"); now != tables {
		t.Errorf("%v assets, %v before", now, tables)
	}
	// A revoked key.
	b.Inject("revoked", func(w http.ResponseWriter, _ *http.Request, _ http.Handler) bool {
		buckettest.Refuse(w, http.StatusForbidden, "InvalidAccessKeyId")
		return true
	})
	revoked := run()
	if revoked.At(t, "data.attributes.error.code") != "wrong-access-key" {
		t.Errorf("%s", revoked.Body)
	}
	log := s.syncLogText(t, admin, id, revoked.At(t, "data.id").(string))
	if !strings.Contains(log, "access key id") || strings.Contains(log, buckettest.SecretAccessKey) {
		t.Errorf("log: %s", log)
	}
}

// A secret is entered again when what it is used for changes, and is never sent where this server may not connect to.
func TestIntegrationSecrets(t *testing.T) {
	s, b := Start(t, Options{OutboundAllow: local, NoWorker: true}), buckettest.NewS3(t)
	admin := s.Key(t, access.AdminWorkspace)
	create := func(credentials string) Reply {
		return s.Send(t, "POST", "/api/v1/integrations", admin, `{"kind":"dbt_core","name":"bucket","credentials":`+credentials+`}`)
	}
	r := create(credentials(b, ""))
	id := r.At(t, "data.id").(string)
	patch := func(credentials string) Reply {
		return s.Send(t, "PATCH", "/api/v1/integrations/"+id, admin, `{"credentials":`+credentials+`}`)
	}
	for name, test := range map[string]struct {
		reply Reply
		want  string
	}{
		"another bucket":     {patch(`{"bucket":"other"}`), "secret-required"},
		"another endpoint":   {patch(`{"endpoint":"http://127.0.0.1:65000"}`), "secret-required"},
		"a path":             {patch(`{"search_path":"x"}`), ""},
		"metadata":           {create(strings.Replace(credentials(b, ""), b.URL, "http://169.254.169.254", 1)), "endpoint-not-allowed"},
		"mapped":             {create(strings.Replace(credentials(b, ""), b.URL, "http://[::ffff:169.254.169.254]", 1)), "endpoint-not-allowed"},
		"private":            {create(strings.Replace(credentials(b, ""), b.URL, "https://10.0.0.1", 1)), "endpoint-not-allowed"},
		"file":               {create(strings.Replace(credentials(b, ""), b.URL, "file:///etc/passwd", 1)), "endpoint-not-allowed"},
		"region":             {create(strings.Replace(credentials(b, ""), buckettest.Region, "x.evil/#", 1)), "invalid-field"},
		"bucket":             {create(`{"region":"eu-west-1","bucket":"a.evil/","access_key_id":"AKIA1","secret_access_key":"x"}`), "invalid-field"},
		"no secret":          {create(`{"region":"eu-west-1","bucket":"abc","access_key_id":"AKIA1"}`), "invalid-field"},
		"external id":        {create(`{"external_id":"mine"}`), "unknown-field"},
		"azure elsewhere":    {create(`{"container":"dbt","connection_string":"AccountName=shop;AccountKey=AAAA;BlobEndpoint=https://evil.example"}`), "endpoint-not-allowed"},
		"azure of another":   {create(`{"container":"dbt","account_name":"other","connection_string":"AccountName=shop;AccountKey=AAAA"}`), "invalid-field"},
		"role and key":       {create(`{"region":"eu-west-1","bucket":"abc","access_key_id":"AKIA1","role_arn":"arn:aws:iam::123456789012:role/x"}`), "invalid-field"},
		"schedule":           {s.Send(t, "PATCH", "/api/v1/integrations/"+id, admin, `{"schedule":{"cron":"61 * * * *"}}`), "invalid-field"},
		"time zone":          {s.Send(t, "PATCH", "/api/v1/integrations/"+id, admin, `{"schedule":{"cron":"0 0 * * *","time_zone":"Mars"}}`), "invalid-field"},
		"a secret elsewhere": {patch(`{"bucket":"other","secret_access_key":"canary-new"}`), ""},
	} {
		got := ""
		if test.reply.Status >= 400 {
			got = test.reply.At(t, "code").(string)
		}
		if got != test.want {
			t.Errorf("%s: %d %s, want %s", name, test.reply.Status, test.reply.Body, test.want)
		}
		if strings.Contains(string(test.reply.Body), "canary") {
			t.Errorf("%s: a secret: %s", name, test.reply.Body)
		}
	}
}

// A role is assumed with the External ID that the draft showed, and refused if it does not ask for it.
func TestRoleIntegration(t *testing.T) {
	sts, b := buckettest.NewSTS(t), buckettest.NewS3(t)
	t.Setenv("AWS_ENDPOINT_URL_STS", sts.URL)
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIDSERVER")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "canary-server")
	s := Start(t, Options{OutboundAllow: local})
	admin := s.Key(t, access.AdminWorkspace)
	draft := s.Send(t, "POST", "/api/v1/integrations/drafts", admin, `{"region":"eu-test-1","bucket":"artifacts","search_path":"dbt"}`)
	external := draft.At(t, "data.attributes.external_id").(string)
	trust, permission := draft.At(t, "data.attributes.trust_policy").(string), draft.At(t, "data.attributes.permission_policy").(string)
	if draft.At(t, "data.attributes.account_id") != buckettest.Account || !strings.Contains(trust, external) || !strings.Contains(trust, buckettest.Account) ||
		!strings.Contains(permission, "arn:aws:s3:::artifacts/dbt/*") {
		t.Fatalf("%s", draft.Body)
	}
	const arn = "arn:aws:iam::123456789012:role/reader"
	body := fmt.Sprintf(`{"kind":"dbt_core","name":"role","draft":%q,"credentials":{"region":"eu-test-1","bucket":"artifacts","role_arn":%q,"endpoint":%q,"search_path":"dbt"}}`,
		draft.At(t, "data.id"), arn, b.URL)
	b.Put("dbt/manifest.json", beforeManifest)
	try := func(want string) {
		t.Helper()
		r := s.Send(t, "POST", "/api/v1/integrations/test", admin, body)
		if r.Status != 200 || r.At(t, "data.attributes.code") != want || strings.Contains(string(r.Body), "canary") {
			t.Errorf("%d %s, want %q", r.Status, r.Body, want)
		}
	}
	try("role-denied") // there is no such role
	sts.Trust(arn, "of another customer")
	try("role-denied")
	sts.Trust(arn, "")
	try("external-id-not-enforced")
	sts.Trust(arn, external)
	try("")
	created := s.Send(t, "POST", "/api/v1/integrations", admin, body)
	if created.Status != 201 || created.At(t, "data.id") != draft.At(t, "data.id") || created.At(t, "data.attributes.credentials.external_id") != external {
		t.Fatalf("%d %s", created.Status, created.Body)
	}
	id := created.At(t, "data.id").(string)
	s.Send(t, "POST", "/api/v1/integrations/"+id+"/syncs", admin, "")
	if y := s.awaitSync(t, admin, id); y.At(t, "data.attributes.status") != "completed" {
		t.Errorf("%s", y.Body)
	}
}
