package apitest

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/access"
)

// golden compares with a file, or writes it with -update.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s:\n%s", name, diff)
	}
}

var (
	idPattern   = regexp.MustCompile(`"[A-Z]{2,5}-\d+"`)
	timePattern = regexp.MustCompile(`"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"`)
)

// maskedJSON is a document over many lines, in the order of the wire, with ids
// and times masked.
func maskedJSON(t *testing.T, body []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := json.Indent(&b, body, "", "  "); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	out := idPattern.ReplaceAll(b.Bytes(), []byte(`"ABC-123"`))
	return timePattern.ReplaceAll(out, []byte(`"2026-01-10T18:00:00Z"`))
}

// A1, A7-A10: the reply to an upload has exactly the contract's keys, in its
// order.
func TestReplyToAnUpload(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{NoWorker: true})
	key := s.Key(t, access.WriteImports)
	schema := s.Schema(t, "Analytics Warehouse")
	r := s.Upload(t, key, Form(Text("schema_id", schema), File("manifest", "manifest.json", beforeManifest),
		File("catalog", "catalog.json", beforeCatalog), File("run_results", "run_results.json", beforeResults)))
	if r.Status != 202 {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	golden(t, "created.json", maskedJSON(t, r.Body))
	id := r.At(t, "data.id").(string)
	if r.At(t, "meta.job_id") != id || r.Header.Get("Location") != "/api/v1/dbt_imports/"+id || r.Header.Get("Retry-After") == "" {
		t.Errorf("job_id %v, Location %q, Retry-After %q of %s", r.At(t, "meta.job_id"), r.Header.Get("Location"), r.Header.Get("Retry-After"), id)
	}
	if got := r.At(t, "data.relationships.schema.id"); got != schema {
		t.Errorf("schema %v, want %s", got, schema)
	}
	read := s.Get(t, "/api/v1/dbt_imports/"+id, key)
	golden(t, "pending.json", maskedJSON(t, read.Body))
}

// A11, A13, A14: the state of an import that ended.
func TestStateOfAnImport(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{})
	key := s.Key(t, access.AdminWorkspace)
	schema := s.Schema(t, "Analytics Warehouse")
	id := importShop(t, s, key, schema, false)
	first, second := s.Get(t, "/api/v1/dbt_imports/"+id, key), s.Get(t, "/dbt_imports/"+strings.ToLower(id)+"/", key)
	if !bytes.Equal(first.Body, second.Body) {
		t.Errorf("two reads differ:\n%s\n%s", first.Body, second.Body)
	}
	golden(t, "completed.json", maskedJSON(t, first.Body))
	at := func(name string) string { return first.At(t, "data.attributes."+name).(string) }
	if at("created_at") > at("started_at") || at("started_at") > at("completed_at") || at("completed_at") != at("updated_at") {
		t.Errorf("times out of order: %s", first.Body)
	}
	if again := s.Get(t, "/api/v1/dbt_imports/"+id, key, "If-None-Match", first.Header.Get("ETag")); again.Status != 304 || len(again.Body) != 0 {
		t.Errorf("If-None-Match: %d %q", again.Status, again.Body)
	}
	report := s.Get(t, "/api/v1/dbt_imports/"+id+"/report", key)
	if report.At(t, "data.attributes.outcome") != "applied" || report.At(t, "data.attributes.stages.0.name") != "open" {
		t.Errorf("report: %s", report.Body)
	}
	// The same again costs nothing and counts nothing.
	again := s.Get(t, "/api/v1/dbt_imports/"+importShop(t, s, key, schema, false), key)
	for _, counter := range []string{"tables_created", "tables_updated", "columns_created", "columns_updated", "lineages_created", "lineages_updated"} {
		if again.At(t, "data.attributes."+counter) != 0.0 {
			t.Errorf("%s of an unchanged import: %s", counter, again.Body)
		}
	}
	changes := s.Get(t, "/api/v1/dbt_imports/"+again.At(t, "data.id").(string)+"/changes", key)
	if len(changes.At(t, "data").([]any)) != 0 {
		t.Errorf("changes of an unchanged import: %s", changes.Body)
	}
}

// A4: the flags tell exactly what came.
func TestFlagsOfOptionalParts(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{NoWorker: true})
	key, schema := s.Key(t, access.WriteImports), s.Schema(t, "Analytics Warehouse")
	for mask := range 4 {
		parts := []Part{Text("schema_id", schema), File("manifest", "m", []byte("{}"))}
		if mask&1 != 0 {
			parts = append(parts, File("catalog", "c", []byte("{}")))
		}
		if mask&2 != 0 {
			parts = append(parts, File("run_results", "r", []byte("{}")))
		}
		r := s.Upload(t, key, Form(parts...))
		got := []any{r.At(t, "data.attributes.has_manifest"), r.At(t, "data.attributes.has_catalog"), r.At(t, "data.attributes.has_run_results")}
		if want := []any{true, mask&1 != 0, mask&2 != 0}; !cmp.Equal(got, want) {
			t.Errorf("mask %d: %v, want %v", mask, got, want)
		}
	}
}

func zipped(t testing.TB, parts ...[]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, p := range parts {
		z := gzip.NewWriter(&b)
		if _, err := z.Write(p); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

func unzipped(t testing.TB, b []byte) []byte {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The bytes as real clients send them, in every form of the path.
func TestWaysToUpload(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{NoWorker: true})
	key, schema := s.Key(t, access.WriteImports), s.Schema(t, "Analytics Warehouse")
	manifest := unzipped(t, beforeManifest)
	curl := Form(Text("schema_id", schema), File("manifest", "manifest.json", manifest), File("run_results", "run_results.json", unzipped(t, beforeResults)))
	// python-requests: the data first or last, a file name and no content type.
	requests := strings.NewReplacer("BOUNDARY", "9b5d1f4a7c3e2d1f0a9b8c7d6e5f4a3b", "SCHEMA", schema).Replace(
		"--BOUNDARY\r\nContent-Disposition: form-data; name=\"schema_id\"\r\n\r\nSCHEMA\r\n" +
			"--BOUNDARY\r\nContent-Disposition: form-data; name=\"manifest\"; filename=\"manifest.json\"\r\n\r\n" + string(manifest) + "\r\n--BOUNDARY--\r\n")
	requestsType := "multipart/form-data; boundary=9b5d1f4a7c3e2d1f0a9b8c7d6e5f4a3b"
	lower := Form(Text("schema_id", " "+strings.ToLower(schema)+"\n"), File("manifest", "manifest.json", manifest))
	for _, c := range []struct {
		name, path string
		body       []byte
		header     []string
	}{
		{"curl", "/api/v1/dbt_imports", curl, []string{"Content-Type", ContentType}},
		{"curl, slash at the end", "/api/v1/dbt_imports/", curl, []string{"Content-Type", ContentType}},
		{"curl, at the root", "/dbt_imports", curl, []string{"Content-Type", ContentType}},
		{"curl, at the root with a slash", "/dbt_imports/", curl, []string{"Content-Type", ContentType}},
		{"curl with X-API-Key", "/api/v1/dbt_imports", curl, []string{"Content-Type", ContentType, "X-API-Key", key, "Authorization", ""}},
		{"requests", "/api/v1/dbt_imports", []byte(requests), []string{"Content-Type", requestsType}},
		{"requests, quoted boundary", "/api/v1/dbt_imports", []byte(requests), []string{"Content-Type", `multipart/form-data; boundary="9b5d1f4a7c3e2d1f0a9b8c7d6e5f4a3b"; charset=utf-8`}},
		{"files before the schema", "/api/v1/dbt_imports", Form(File("run_results", "r", []byte("{}")), File("manifest", "m", manifest), Text("schema_id", schema)), []string{"Content-Type", ContentType}},
		{"lower case and spaces in the id", "/api/v1/dbt_imports", lower, []string{"Content-Type", ContentType}},
		{"manifest as a text", "/api/v1/dbt_imports", Form(Text("schema_id", schema), Text("manifest", string(manifest))), []string{"Content-Type", ContentType}},
		{"gzip part", "/api/v1/dbt_imports", Form(Text("schema_id", schema), File("manifest", "manifest.json.gz", beforeManifest)), []string{"Content-Type", ContentType}},
		{"gzip body", "/api/v1/dbt_imports", zipped(t, curl), []string{"Content-Type", ContentType, "Content-Encoding", "gzip"}},
		{"identity body", "/api/v1/dbt_imports", curl, []string{"Content-Type", ContentType, "Content-Encoding", "identity"}},
		{"other names of fields", "/api/v1/dbt_imports", Form(Text("schema_id", schema), File("manifest_file", "m", manifest), File("run_result_file", "r", []byte("{}"))), []string{"Content-Type", ContentType}},
		{"several run results", "/api/v1/dbt_imports", Form(Text("schema_id", schema), File("manifest", "m", manifest), File("run_results", "a", []byte("{}")), File("run_results", "b", []byte("[]"))), []string{"Content-Type", ContentType}},
		{"all artifacts and force", "/api/v1/dbt_imports", Form(Text("schema_id", schema), Text("force", "true"), File("manifest", "m", manifest), File("sources", "s", []byte("{}")), File("semantic_manifest", "s", []byte("{}"))), []string{"Content-Type", ContentType}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := s.Do(t, "POST", c.path, key, bytes.NewReader(c.body), c.header...)
			if r.Status != 202 || r.At(t, "data.attributes.status") != "pending" || r.At(t, "data.attributes.has_manifest") != true {
				t.Fatalf("%d %s", r.Status, r.Body)
			}
		})
	}
}

func TestUnknownPartIsReportedAndIgnored(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{NoWorker: true})
	key, schema := s.Key(t, access.WriteImports), s.Schema(t, "Analytics Warehouse")
	r := s.Upload(t, key, Form(Text("schema_id", schema), File("manifest", "m", []byte("{}")), File("extra", "../../etc/passwd", []byte("x"))))
	if r.Status != 202 || r.At(t, "meta.warnings.0.code") != "unknown-field" || r.At(t, "meta.warnings.0.field") != "extra" ||
		r.At(t, "meta.warnings.0.message") != "The part is unknown and was ignored." {
		t.Errorf("%d %s", r.Status, r.Body)
	}
}

// A12: newest first, in pages, with filters.
func TestListOfImports(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{NoWorker: true})
	key := s.Key(t, access.WriteImports, access.ReadCatalog)
	one, two := s.Schema(t, "one"), s.Schema(t, "two")
	for i := range 7 {
		schema := one
		if i%2 == 1 {
			schema = two
		}
		if r := s.Upload(t, key, Form(Text("schema_id", schema), File("manifest", "m", []byte(fmt.Sprint(i))))); r.Status != 202 {
			t.Fatalf("%d %s", r.Status, r.Body)
		}
	}
	collect := func(path string) (ids []string) {
		for path != "" {
			r := s.Get(t, path, key)
			if r.Status != 200 {
				t.Fatalf("%s: %d %s", path, r.Status, r.Body)
			}
			for _, row := range r.At(t, "data").([]any) {
				ids = append(ids, At(row, "id").(string))
			}
			path, _ = r.At(t, "links.next").(string)
		}
		return ids
	}
	for path, want := range map[string][]string{
		"/api/v1/dbt_imports?limit=3":                                {"IMP-7", "IMP-6", "IMP-5", "IMP-4", "IMP-3", "IMP-2", "IMP-1"},
		"/dbt_imports/?limit=2":                                      {"IMP-7", "IMP-6", "IMP-5", "IMP-4", "IMP-3", "IMP-2", "IMP-1"},
		"/api/v1/dbt_imports?schema_id=" + two + "&limit=1":          {"IMP-6", "IMP-4", "IMP-2"},
		"/api/v1/dbt_imports?status=pending&schema_id=" + one:        {"IMP-7", "IMP-5", "IMP-3", "IMP-1"},
		"/api/v1/dbt_imports?status=completed":                       nil,
		"/api/v1/dbt_imports?status=failed&limit=200":                nil,
		"/api/v1/dbt_imports?schema_id=" + strings.ToLower(one) + "": {"IMP-7", "IMP-5", "IMP-3", "IMP-1"},
	} {
		if diff := cmp.Diff(want, collect(path)); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
	}
	r := s.Get(t, "/api/v1/dbt_imports?limit=3", key)
	if r.At(t, "meta.limit") != 3.0 {
		t.Errorf("limit: %s", r.Body)
	}
}

func TestIdempotencyKey(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{NoWorker: true})
	key, other := s.Key(t, access.WriteImports), s.Key(t, access.WriteImports)
	schema := s.Schema(t, "Analytics Warehouse")
	form := Form(Text("schema_id", schema), File("manifest", "m", []byte("{}")))
	first := s.Upload(t, key, form, "Idempotency-Key", "run-1")
	again := s.Upload(t, key, form, "Idempotency-Key", "run-1")
	if again.Status != 202 || again.At(t, "data.id") != first.At(t, "data.id") || again.Header.Get("Idempotency-Replayed") != "true" || first.Header.Get("Idempotency-Replayed") != "" {
		t.Errorf("replay: %d %s", again.Status, again.Body)
	}
	reused := s.Upload(t, key, Form(Text("schema_id", schema), File("manifest", "m", []byte("[]"))), "Idempotency-Key", "run-1")
	if reused.Status != 422 || reused.At(t, "code") != "idempotency-key-reused" {
		t.Errorf("reused: %d %s", reused.Status, reused.Body)
	}
	if r := s.Upload(t, other, form, "Idempotency-Key", "run-1"); r.At(t, "data.id") == first.At(t, "data.id") {
		t.Errorf("another key got the same import: %s", r.Body)
	}
	if r := s.Upload(t, key, form, "Idempotency-Key", "run-2"); r.At(t, "data.id") == first.At(t, "data.id") {
		t.Errorf("another Idempotency-Key got the same import: %s", r.Body)
	}
	for _, bad := range []string{strings.Repeat("x", 256), "é", "tab\there"} {
		if r := s.Upload(t, key, form, "Idempotency-Key", bad); r.Status != 400 || r.At(t, "code") != "invalid-idempotency-key" {
			t.Errorf("%q: %d %s", bad, r.Status, r.Body)
		}
	}
}

func TestWaitForTheEnd(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{})
	key, schema := s.Key(t, access.WriteImports), s.Schema(t, "Analytics Warehouse")
	form := Form(Text("schema_id", schema), File("manifest", "manifest.json", beforeManifest))
	for _, c := range []struct {
		path   string
		header []string
	}{
		{"/api/v1/dbt_imports?wait=60", nil},
		{"/api/v1/dbt_imports", []string{"Prefer", "respond-async, wait=60"}},
		{"/api/v1/dbt_imports?wait=100000", nil},
	} {
		r := s.Do(t, "POST", c.path, key, bytes.NewReader(form), append(c.header, "Content-Type", ContentType)...)
		if r.Status != 202 || r.At(t, "data.attributes.status") != "completed" || r.Header.Get("Retry-After") != "" {
			t.Errorf("%s %v: %d %s", c.path, c.header, r.Status, r.Body)
		}
	}
	calm := Start(t, Options{NoWorker: true})
	key, schema = calm.Key(t, access.WriteImports), calm.Schema(t, "Analytics Warehouse")
	r := calm.Do(t, "POST", "/api/v1/dbt_imports?wait=1", key, bytes.NewReader(Form(Text("schema_id", schema), File("manifest", "m", []byte("{}")))), "Content-Type", ContentType)
	if r.Status != 202 || r.At(t, "data.attributes.status") != "pending" {
		t.Errorf("an import that does not end in time: %d %s", r.Status, r.Body)
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{NoWorker: true})
	key, schema := s.Key(t, access.WriteImports), s.Schema(t, "Analytics Warehouse")
	id := s.Upload(t, key, Form(Text("schema_id", schema), File("manifest", "m", []byte("{}")))).At(t, "data.id").(string)
	if r := s.Send(t, "POST", "/api/v1/dbt_imports/"+id+"/cancel", key, ""); r.Status != 202 || r.At(t, "data.attributes.status") != "failed" {
		t.Errorf("cancel: %d %s", r.Status, r.Body)
	}
	r := s.Get(t, "/api/v1/dbt_imports/"+id, key)
	if r.At(t, "data.attributes.status") != "failed" || !strings.HasPrefix(fmt.Sprint(r.At(t, "data.attributes.error_message")), "canceled") {
		t.Errorf("canceled: %s", r.Body)
	}
	if r := s.Send(t, "POST", "/api/v1/dbt_imports/"+id+"/cancel", key, ""); r.Status != 409 || r.At(t, "code") != "conflict" {
		t.Errorf("twice: %d %s", r.Status, r.Body)
	}
}

// Raw files are for administrators, byte by byte as they came.
func TestArtifacts(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{NoWorker: true})
	key, admin, schema := s.Key(t, access.WriteImports), s.Key(t, access.AdminWorkspace), s.Schema(t, "Analytics Warehouse")
	id := s.Upload(t, key, Form(Text("schema_id", schema), File("manifest", "m", beforeManifest))).At(t, "data.id").(string)
	list := s.Get(t, "/api/v1/dbt_imports/"+id+"/artifacts", admin)
	address := list.At(t, "data.0.attributes.address").(string)
	if list.At(t, "data.0.attributes.available") != true || list.At(t, "data.0.attributes.size") != float64(len(beforeManifest)) {
		t.Errorf("artifacts: %s", list.Body)
	}
	r := s.Get(t, address, admin)
	if r.Status != 200 || !bytes.Equal(r.Body, beforeManifest) || !strings.HasPrefix(r.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("artifact: %d, %d bytes, %v", r.Status, len(r.Body), r.Header)
	}
	if r := s.Get(t, address, key); r.Status != 403 {
		t.Errorf("artifact without admin:workspace: %d", r.Status)
	}
	s.damage(t, list.At(t, "data.0.id").(string))
	if r := s.Get(t, address, admin); r.Status != 500 || r.At(t, "code") != "artifact-damaged" || r.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("a damaged file: %d %v %s", r.Status, r.Header, r.Body)
	}
	if r := s.Get(t, "/api/v1/dbt_imports/"+id+"/artifacts/"+strings.Repeat("0", 64), admin); r.Status != 404 {
		t.Errorf("artifact of no import: %d", r.Status)
	}
}

// damage changes a byte of a stored file.
func (s *Server) damage(t *testing.T, sha256 string) {
	t.Helper()
	path := filepath.Join(s.folder, "ws", "1", "sha256", sha256[:2], sha256)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	content[len(content)/2] ^= 1
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// The state of an import moves forward only.
func TestStatesMoveForward(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{})
	key, schema := s.Key(t, access.WriteImports), s.Schema(t, "Analytics Warehouse")
	r := s.Upload(t, key, Form(Text("schema_id", schema), File("manifest", "m", beforeManifest)))
	order := map[string]int{"pending": 0, "processing": 1, "completed": 2}
	last := 0
	for deadline := time.Now().Add(time.Minute); last < 2 && time.Now().Before(deadline); {
		status := s.Get(t, r.Header.Get("Location"), key).At(t, "data.attributes.status").(string)
		now, ok := order[status]
		if !ok || now < last {
			t.Fatalf("%s after state %d", status, last)
		}
		last = now
	}
	if last != 2 {
		t.Error("it did not end")
	}
}

// B33: whatever a part calls its file is nobody's path, header or log line.
func TestFilenamesAreIgnored(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{})
	key, schema := s.Key(t, access.WriteImports), s.Schema(t, "Analytics Warehouse")
	for _, name := range []string{
		"../../etc/passwd-of-b33", `C:\b33\manifest.json`, "b33\x00.json", strings.Repeat("b33", 3000), "b33%0d%0aX-Injected: 1", "b33\tx", "b33/", "b33\u202e",
	} {
		part := Part{
			Header: "Content-Disposition: form-data; name=\"manifest\"; filename=\"" + strings.ReplaceAll(name, `\`, `\\`) + "\"\r\nContent-Type: application/json",
			Body:   unzipped(t, beforeManifest),
		}
		r := s.Upload(t, key, Form(Text("schema_id", schema), part))
		if r.Status != 202 {
			t.Errorf("%.40q: %d %s", name, r.Status, r.Body)
			continue
		}
		id := r.At(t, "data.id").(string)
		for _, path := range []string{"/api/v1/dbt_imports/" + id, "/api/v1/dbt_imports/" + id + "/report"} {
			if got := s.Get(t, path, key); strings.Contains(string(got.Body), "b33") || strings.Contains(fmt.Sprint(got.Header), "b33") {
				t.Errorf("%.40q comes back: %s", name, got.Body)
			}
		}
	}
	if log := s.Log.String(); strings.Contains(log, "b33") {
		t.Errorf("a file's name is in the log: %.500s", log)
	}
	odd := Part{Header: "Content-Disposition: form-data; name=\"manifest\"; filename=\"b33\xff\"", Body: []byte("{}")}
	if r := s.Upload(t, key, Form(Text("schema_id", schema), odd)); r.Status != 400 || r.At(t, "code") != "malformed-multipart" {
		t.Errorf("a name that is not UTF-8: %d %s", r.Status, r.Body)
	}
	// A line break ends the line, and what follows is not ours to take for a header.
	broken := Part{Header: "Content-Disposition: form-data; name=\"manifest\"; filename=\"a\r\nX-Injected: b33\"", Body: []byte("{}")}
	if r := s.Upload(t, key, Form(Text("schema_id", schema), broken)); r.Status != 202 || r.Header.Get("X-Injected") != "" {
		t.Errorf("a line break in a file's name: %d %s", r.Status, r.Body)
	}
}
