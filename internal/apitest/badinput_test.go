package apitest

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/httpserver"
)

// bad is a request that must be refused, and how.
type bad struct {
	name         string
	method, path string
	header       []string
	body         string
	status       int
	code         string
}

// rig is a server with a shop in it, on which bad requests are tried.
type rig struct {
	*Server
	key, schema, table string
}

func newRig(t *testing.T, o Options) rig {
	t.Helper()
	s := Start(t, o)
	r := rig{Server: s, key: s.Key(t, access.AdminWorkspace), schema: s.Schema(t, "Analytics Warehouse")}
	importShop(t, s, r.key, r.schema, false)
	r.table = tableID(t, s, r.key, r.schema, "model.shop.dim_products")
	return r
}

// refused sends every bad request and compares status and code exactly; no
// reply may be a fault of the server, and none may change anything.
func (r rig) refused(t *testing.T, cases []bad) {
	t.Helper()
	before := r.Get(t, "/api/v1/dbt_imports?limit=1", r.key).At(t, "data.0.id")
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := r.Do(t, c.method, c.path, r.key, strings.NewReader(c.body), c.header...)
			if got.Status != c.status {
				t.Fatalf("%s %.200s: status %d, want %d: %.500s", c.method, c.path, got.Status, c.status, got.Body)
			}
			if got.Status < 400 {
				return
			}
			if code := got.At(t, "code"); code != c.code {
				t.Errorf("%s %.200s: code %v, want %s: %.500s", c.method, c.path, code, c.code, got.Body)
			}
			if got.At(t, "request_id") == "" || got.Header.Get("X-Request-Id") != got.At(t, "request_id") {
				t.Errorf("request_id %v, header %q", got.At(t, "request_id"), got.Header.Get("X-Request-Id"))
			}
		})
	}
	if after := r.Get(t, "/api/v1/dbt_imports?limit=1", r.key).At(t, "data.0.id"); after != before {
		t.Errorf("a refused request left an import: %v after %v", after, before)
	}
}

var multipartType = []string{"Content-Type", ContentType}

func raw(header, body string) string {
	return "--" + Boundary + "\r\n" + header + "\r\n\r\n" + body + "\r\n--" + Boundary + "--\r\n"
}

// B21, B26-B32, B35: what is wrong with an upload as a whole.
func (r rig) badForms(t *testing.T) []bad {
	schema, manifest := Text("schema_id", r.schema), File("manifest", "m", []byte("{}"))
	good := string(Form(schema, manifest))
	many := []Part{schema, manifest}
	for i := range 15 {
		many = append(many, Text(fmt.Sprintf("extra_%d", i), "x"))
	}
	ofType := func(kind string) []string { return []string{"Content-Type", kind} }
	cases := []bad{
		{"B26 JSON", "", "", ofType("application/json"), `{"schema_id":"SCH-101"}`, 415, "unsupported-media-type"},
		{"B26 form", "", "", ofType("application/x-www-form-urlencoded"), "schema_id=SCH-101", 415, "unsupported-media-type"},
		{"B26 no type", "", "", ofType(""), good, 415, "unsupported-media-type"},
		{"B26 nonsense type", "", "", ofType(";;;"), good, 415, "unsupported-media-type"},
		{"B26 multipart/mixed", "", "", ofType("multipart/mixed; boundary=" + Boundary), good, 415, "unsupported-media-type"},
		{"B27 no boundary", "", "", ofType("multipart/form-data"), good, 400, "malformed-multipart"},
		{"B27 empty boundary", "", "", ofType(`multipart/form-data; boundary=""`), good, 400, "malformed-multipart"},
		{"B27 long boundary", "", "", ofType("multipart/form-data; boundary=" + strings.Repeat("x", 300)), good, 400, "malformed-multipart"},
		{"B27 other boundary", "", "", ofType("multipart/form-data; boundary=other"), good, 400, "malformed-multipart"},
		{"B27 empty body", "", "", multipartType, "", 400, "malformed-multipart"},
		{"B27 not multipart", "", "", multipartType, "hello", 400, "malformed-multipart"},
		{"B27 never closed", "", "", multipartType, strings.TrimSuffix(good, "--"+Boundary+"--\r\n"), 400, "malformed-multipart"},
		{"B27 cut in a header", "", "", multipartType, good[:40], 400, "malformed-multipart"},
		{"B27 broken part header", "", "", multipartType, raw("no colon here", "x"), 400, "malformed-multipart"},
		{"B27 NUL in a part header", "", "", multipartType, raw("Content-Disposition: form-data; name=\"a\"\x00", "x"), 400, "malformed-multipart"},
		{"B28 17 parts", "", "", multipartType, string(Form(many...)), 400, "too-many-parts"},
		{"B29 manifest twice", "", "", multipartType, string(Form(schema, manifest, manifest)), 422, "duplicate-field"},
		{"B29 manifest under two names", "", "", multipartType, string(Form(schema, manifest, File("manifest_file", "m", []byte("{}")))), 422, "duplicate-field"},
		{"B29 catalog twice", "", "", multipartType, string(Form(schema, manifest, File("catalog", "c", []byte("1")), File("catalog", "c", []byte("2")))), 422, "duplicate-field"},
		{"B29 schema twice", "", "", multipartType, string(Form(schema, schema, manifest)), 422, "duplicate-field"},
		{"B30 no manifest", "", "", multipartType, string(Form(schema)), 422, "missing-field"},
		{"B30 only a catalog", "", "", multipartType, string(Form(schema, File("catalog", "c", []byte("{}")))), 422, "missing-field"},
		{"B30 no schema", "", "", multipartType, string(Form(manifest)), 422, "missing-field"},
		{"B30 only what is unknown", "", "", multipartType, string(Form(Text("x", "y"))), 422, "missing-field"},
		{"B30 no part at all", "", "", multipartType, "--" + Boundary + "--\r\n", 422, "missing-field"},
		{"B30 part without a name", "", "", multipartType, raw("Content-Disposition: form-data", "x"), 422, "missing-field"},
		{"B41 empty manifest", "", "", multipartType, string(Form(schema, File("manifest", "m", nil))), 422, "empty-field"},
		{"B41 empty catalog", "", "", multipartType, string(Form(schema, manifest, File("catalog", "c", nil))), 422, "empty-field"},
		{"B41 empty run results", "", "", multipartType, string(Form(schema, manifest, File("run_results", "r", nil))), 422, "empty-field"},
		{"empty schema", "", "", multipartType, string(Form(Text("schema_id", " "), manifest)), 422, "empty-field"},
		{"long schema", "", "", multipartType, string(Form(Text("schema_id", strings.Repeat("S", 5000)), manifest)), 422, "invalid-field"},
		{"force of nonsense", "", "", multipartType, string(Form(schema, manifest, Text("force", "maybe"))), 422, "invalid-field"},
		{"B35 unknown encoding", "", "", append([]string{"Content-Encoding", "br"}, multipartType...), good, 415, "unsupported-encoding"},
		{"B35 two encodings", "", "", append([]string{"Content-Encoding", "gzip, gzip"}, multipartType...), good, 415, "unsupported-encoding"},
		{"body that is not gzip", "", "", append([]string{"Content-Encoding", "gzip"}, multipartType...), good, 400, "malformed-encoding"},
		{"gzip body cut short", "", "", append([]string{"Content-Encoding", "gzip"}, multipartType...), string(zipped(t, []byte(good))[:40]), 400, "malformed-encoding"},
		{"wait of nonsense", "", "/api/v1/dbt_imports?wait=soon", multipartType, good, 400, "invalid-parameter"},
		{"negative wait", "", "/api/v1/dbt_imports?wait=-1", multipartType, good, 400, "invalid-parameter"},
		{"B77 long Idempotency-Key", "", "", append([]string{"Idempotency-Key", strings.Repeat("k", 256)}, multipartType...), good, 400, "invalid-idempotency-key"},
		{"B37 PUT", "PUT", "", multipartType, good, 405, "method-not-allowed"},
	}
	for _, id := range []string{"SCH-999999", "SCH-0", "SCH--1", "SCH-1e3", "IMP-1", "TBL-1", "101", "SCH-", "-", "SCH-101;DROP TABLE schemas", "../SCH-101", "SCH-99999999999999999999", "ＳＣＨ-101", "SCH-101\x00"} {
		cases = append(cases, bad{"B08 schema " + id, "", "", multipartType, string(Form(Text("schema_id", id), manifest)), 422, "unknown-schema"})
	}
	for i := range cases {
		if cases[i].method == "" {
			cases[i].method = "POST"
		}
		if cases[i].path == "" {
			cases[i].path = "/api/v1/dbt_imports"
		}
	}
	return cases
}

// B05, B14, B15, B37, B38, B68: paths, methods and headers.
func (r rig) badAddresses() []bad {
	get := func(name, path string, status int, code string, header ...string) bad {
		return bad{name, "GET", path, header, "", status, code}
	}
	cases := []bad{
		get("B05 key in the address", "/api/v1/schemas?api_key=x", 400, "credentials-in-url"),
		get("B05 token in the address", "/api/v1/schemas?access_token=x", 400, "credentials-in-url"),
		get("B05 our key under another name", "/api/v1/schemas?q="+r.key, 400, "credentials-in-url"),
		get("B15 parameter in the path", "/api/v1;x/schemas", 404, "not-found"),
		get("B15 two slashes", "//api/v1/schemas", 404, "not-found"),
		get("B15 two slashes inside", "/api/v1//schemas", 404, "not-found"),
		get("B15 dots", "/api/v1/x/../schemas", 404, "not-found"),
		get("B15 escaped dots", "/api/v1/%2e%2e/schemas", 404, "not-found"),
		get("B15 dots as an id", "/api/v1/schemas/%2e%2e", 404, "not-found"),
		get("B15 escaped slash", "/api/v1%2fschemas", 404, "not-found"),
		get("B15 slash at the end of our route", "/api/v1/schemas/", 404, "not-found"),
		get("unknown route", "/api/v1/nothing", 404, "not-found"),
		get("unknown root", "/nothing", 404, "not-found"),
		get("root", "/", 404, "not-found"),
		get("another version", "/api/v2/schemas", 404, "not-found"),
		get("our routes are not at the root", "/schemas", 404, "not-found"),
		get("B38 long address", "/api/v1/schemas?x="+strings.Repeat("x", 9000), 414, "uri-too-long"),
		get("B38 large headers", "/api/v1/schemas", 431, "headers-too-large", "X-Large", strings.Repeat("x", 70<<10)),
		{"B37 TRACE", "TRACE", "/api/v1/schemas", nil, "", 405, "method-not-allowed"},
		{"B37 PUT", "PUT", "/api/v1/schemas", nil, "{}", 405, "method-not-allowed"},
		{"B37 DELETE of an import", "DELETE", "/api/v1/dbt_imports/IMP-1", nil, "", 405, "method-not-allowed"},
		{"B37 POST to a table", "POST", "/api/v1/assets/" + r.table, nil, "{}", 405, "method-not-allowed"},
		{"B37 PATCH at the root", "PATCH", "/dbt_imports", nil, "{}", 405, "method-not-allowed"},
		{"B37 OPTIONS", "OPTIONS", "/api/v1/dbt_imports", nil, "", 405, "method-not-allowed"},
		{"B37 made-up method", "BREW", "/api/v1/dbt_imports", nil, "", 405, "method-not-allowed"},
		{"B14 method override is ignored", "POST", "/api/v1/assets/" + r.table, []string{"X-HTTP-Method-Override", "PATCH"}, "{}", 405, "method-not-allowed"},
	}
	for _, id := range []string{
		"TBL-999999", "TBL-0", "TBL--1", "TBL-", "TBL", "x", "12", "IMP-1", "SCH-101", "TBL-1%00", "TBL-1%0d%0aX:%20y", "TBL-99999999999999999999",
		"..%2f..%2fetc%2fpasswd", "%27%20OR%20%271%27=%271", "TBL-1%20", strings.Repeat("T", 60) + "-1", "toolongprefix-1", "EXP" + strings.TrimPrefix(r.table, "TBL"), "%EF%BC%B4BL-1",
	} {
		cases = append(cases, get("B68 asset "+id, "/api/v1/assets/"+id, 404, "not-found"))
	}
	for _, path := range []string{"schemas/SCH-1", "schemas/IMP-1", "projects/PRJ-99", "projects/x", "runs/RUN-99", "runs/1", "dbt_imports/IMP-99", "dbt_imports/x", "dbt_imports/IMP-1e1", "dbt_imports/IMP-99/report", "dbt_imports/x/changes"} {
		cases = append(cases, get("B68 "+path, "/api/v1/"+path, 404, "not-found"))
	}
	return cases
}

// B71-B74: parameters of reads.
func (r rig) badParameters() []bad {
	of := "schema_id=" + r.schema
	var cases []bad
	add := func(name, path string, code string, status int) {
		cases = append(cases, bad{name + " " + path, "GET", "/api/v1/" + path, nil, "", status, code})
	}
	for _, list := range []string{"schemas", "assets", "dbt_imports", "projects", "runs", "keys"} {
		for _, limit := range []string{"-1", "0", "201", "1000000000", "abc", "1.5", "9223372036854775808", "%00"} {
			add("B74", list+"?limit="+limit, "invalid-parameter", 400)
		}
		for _, cursor := range []string{"x", "AAAA", url.QueryEscape("../../.."), strings.Repeat("A", 300), "%C3%A9", "=="} {
			add("B73", list+"?cursor="+cursor, "invalid-cursor", 400)
		}
	}
	for _, query := range []string{
		"assets?" + of + "&sort=name;DROP", "assets?" + of + "&sort=body", "assets?" + of + "&kind=nonsense", "assets?" + of + "&kind=model,%27", "assets?" + of + "&status=x",
		"assets?" + of + "&removed=maybe", "assets?" + of + "&has_description=1", "assets?" + of + "&breakdown=body", "assets?" + of + "&q=" + strings.Repeat("q", 513),
		"assets?" + of + "&q=%00", "assets?" + of + "&tag=%ff", "assets?%00=1", "assets?" + of + "&q=%zz", "assets?" + of + "&at=yesterday", "assets?" + of + "&at=-1", "assets?" + of + "&at=1.5", "assets?at=1", "assets/" + r.table + "?at=x", "assets/" + r.table + "/columns?at=%00",
		"tests?" + of + "&status=bad", "tests", "changes", "lineage", "lineage?" + of + "&select=%2B", "lineage?" + of + "&select=nope:x", "lineage?" + of + "&select=state:new",
		"lineage?" + of + "&select=config:x", "lineage?" + of + "&depth=-1", "lineage?" + of + "&depth=x", "lineage?" + of + "&limit=0", "lineage?" + of + "&limit=2001",
		"lineage?" + of + "&select=99999999999%2Ba", "changes?" + of + "&from=x", "changes?" + of + "&to=-2", "dbt_imports?status=done", "dbt_imports?status=COMPLETED",
		"assets/by-relation?" + of + "&relation=orders", "assets/by-relation?" + of + "&relation=a.b.c.d", "assets/by-relation?" + of + "&relation=%00", "assets/by-relation?" + of,
		"assets/by-unique-id?" + of, "assets/by-unique-id?unique_id=x",
	} {
		add("B71", query, "invalid-parameter", 400)
	}
	terms := make([]string, 65)
	for i := range terms {
		terms[i] = fmt.Sprint("m", i)
	}
	for _, selector := range []string{strings.Join(terms, "%20"), strings.Join(terms, ","), "path:" + strings.Repeat("**/", 200)} {
		add("costs", "lineage?"+of+"&select="+selector, "query-too-complex", 422)
	}
	for _, query := range []string{
		"assets?schema_id=SCH-1", "assets?schema_id=x", "assets?schema_id=%27", "assets?" + of + "&project=PRJ-99", "assets?" + of + "&project=x", "assets?" + of + "&at=999",
		"tests?schema_id=SCH-1", "changes?schema_id=SCH-1", "lineage?schema_id=SCH-1", "runs?schema_id=SCH-1", "runs?project=PRJ-99", "projects?schema_id=SCH-1",
		"dbt_imports?schema_id=SCH-1", "dbt_imports?schema_id=x", "dbt_imports?project=PRJ-99", "assets/" + r.table + "?at=999", "assets/" + r.table + "?at=2000-01-01T00:00:00Z",
		"assets/by-unique-id?" + of + "&unique_id=" + url.QueryEscape("model.shop.x' OR '1'='1"), "assets/by-relation?" + of + "&relation=nowhere.orders",
	} {
		add("absent", query, "not-found", 404)
	}
	return cases
}

// B75, B76: JSON bodies.
func (r rig) badBodies() []bad {
	asset := "/api/v1/assets/" + r.table
	cases := []bad{
		{"B76 not JSON", "PATCH", asset, nil, `{description: "x"}`, 400, "malformed-json"},
		{"B76 cut short", "PATCH", asset, nil, `{"description": "x"`, 400, "malformed-json"},
		{"B76 name twice", "PATCH", asset, nil, `{"description": "x", "description": "y"}`, 400, "malformed-json"},
		{"B76 two documents", "PATCH", asset, nil, `{"description": "x"} {}`, 400, "malformed-json"},
		{"B76 trailing text", "PATCH", asset, nil, `{"description": "x"} x`, 400, "malformed-json"},
		{"B76 wrong type", "PATCH", asset, nil, `{"description": 1}`, 400, "malformed-json"},
		{"B76 wrong type of a set", "PATCH", asset, nil, `{"owners": "ana"}`, 400, "malformed-json"},
		{"B76 wrong type in a set", "PATCH", asset, nil, `{"owners": [1]}`, 400, "malformed-json"},
		{"B76 array", "PATCH", asset, nil, `[]`, 400, "malformed-json"},
		{"B76 invalid UTF-8", "PATCH", asset, nil, "{\"description\": \"\xff\"}", 400, "malformed-json"},
		{"B76 no body", "PATCH", asset, nil, ``, 400, "malformed-json"},
		{"B76 NaN", "POST", "/api/v1/schemas", nil, `{"name": NaN}`, 400, "malformed-json"},
		{"B76 deep", "POST", "/api/v1/schemas", nil, strings.Repeat("[", 20000), 400, "malformed-json"},
		{"B76 no media type", "PATCH", asset, []string{"Content-Type", ""}, `{}`, 415, "unsupported-media-type"},
		{"B76 a page's media type", "POST", "/api/v1/keys", []string{"Content-Type", "text/plain"}, `{"name": "x", "scopes": ["admin:workspace"]}`, 415, "unsupported-media-type"},
		{"B16 another site's page", "POST", "/api/v1/keys", []string{"Origin", "https://evil.example"}, `{"name": "x", "scopes": ["admin:workspace"]}`, 403, "cross-origin"},
		{"B76 another media type", "PATCH", asset, []string{"Content-Type", "text/xml"}, `<x/>`, 415, "unsupported-media-type"},
		{"large body", "PATCH", asset, nil, `{"description": "` + strings.Repeat("x", 2<<20) + `"}`, 413, "body-too-large"},
		{"large description", "PATCH", asset, nil, `{"description": "` + strings.Repeat("x", 300<<10) + `"}`, 422, "invalid-field"},
		{"NUL in a description", "PATCH", asset, nil, `{"description": "a\u0000b"}`, 422, "invalid-field"},
		{"line break in an owner", "PATCH", asset, nil, `{"owners": ["a\nb"]}`, 422, "invalid-field"},
		{"empty owner", "PATCH", asset, nil, `{"owners": [""]}`, 422, "invalid-field"},
		{"long tag", "PATCH", asset, nil, `{"tags": ["` + strings.Repeat("x", 201) + `"]}`, 422, "invalid-field"},
		{"B78 stale If-Match", "PATCH", asset, []string{"If-Match", `"old"`}, `{"description": "x"}`, 412, "precondition-failed"},
		{"column that is not there", "PATCH", asset + "/columns/nope", nil, `{"description": "x"}`, 404, "not-found"},
		{"owners of a column", "PATCH", asset + "/columns/product_id", nil, `{"owners": ["x"]}`, 422, "unknown-field"},
		{"schema without a name", "POST", "/api/v1/schemas", nil, `{}`, 422, "missing-field"},
		{"schema with an empty name", "POST", "/api/v1/schemas", nil, `{"name": ""}`, 422, "invalid-field"},
		{"schema with a long name", "POST", "/api/v1/schemas", nil, `{"name": "` + strings.Repeat("n", 201) + `"}`, 422, "invalid-field"},
		{"schema with a line break", "POST", "/api/v1/schemas", nil, `{"name": "a\nb"}`, 422, "invalid-field"},
		{"schema of a name that is taken", "POST", "/api/v1/schemas", nil, `{"name": "Analytics Warehouse"}`, 409, "conflict"},
		{"unknown rule", "PATCH", "/api/v1/schemas/" + r.schema, nil, `{"policy": {"description": "sometimes"}}`, 422, "invalid-field"},
		{"unknown property of a policy", "PATCH", "/api/v1/schemas/" + r.schema, nil, `{"policy": {"colour": "never"}}`, 422, "unknown-field"},
		{"stale schema", "PATCH", "/api/v1/schemas/" + r.schema, []string{"If-Match", `"old"`}, `{"name": "x"}`, 412, "precondition-failed"},
		{"key without scopes", "POST", "/api/v1/keys", nil, `{"name": "x", "scopes": []}`, 422, "invalid-field"},
		{"key with an unknown scope", "POST", "/api/v1/keys", nil, `{"name": "x", "scopes": ["write:everything"]}`, 422, "invalid-field"},
		{"key without a name", "POST", "/api/v1/keys", nil, `{"scopes": ["read:catalog"]}`, 422, "missing-field"},
		{"key that has ended", "POST", "/api/v1/keys", nil, `{"name": "x", "scopes": ["read:catalog"], "expires_at": "2000-01-01T00:00:00Z"}`, 422, "invalid-field"},
		{"key with an odd end", "POST", "/api/v1/keys", nil, `{"name": "x", "scopes": ["read:catalog"], "expires_at": "soon"}`, 422, "invalid-field"},
		{"key of an unknown schema", "POST", "/api/v1/keys", nil, `{"name": "x", "scopes": ["read:catalog"], "schema_ids": ["SCH-1"]}`, 422, "unknown-schema"},
		{"key of an odd network", "POST", "/api/v1/keys", nil, `{"name": "x", "scopes": ["read:catalog"], "cidrs": ["everywhere"]}`, 422, "invalid-field"},
		{"revoking no key", "DELETE", "/api/v1/keys/KEY-999", nil, ``, 404, "not-found"},
		{"cancel what has ended", "POST", "/api/v1/dbt_imports/IMP-1/cancel", nil, ``, 409, "conflict"},
	}
	for _, field := range []string{"workspace_id", "status", "role", "external_id", "id", "Name", "__proto__"} {
		cases = append(cases,
			bad{"B75 " + field + " of a schema", "POST", "/api/v1/schemas", nil, `{"name": "x", "` + field + `": "1"}`, 422, "unknown-field"},
			bad{"B75 " + field + " of a table", "PATCH", asset, nil, `{"` + field + `": "1"}`, 422, "unknown-field"},
			bad{"B75 " + field + " of a key", "POST", "/api/v1/keys", nil, `{"name": "x", "scopes": ["read:catalog"], "` + field + `": "1"}`, 422, "unknown-field"})
	}
	for i := range cases {
		if !slices.Contains(cases[i].header, "Content-Type") {
			cases[i].header = append(cases[i].header, "Content-Type", "application/json")
		}
	}
	return cases
}

func TestBadInput(t *testing.T) { badInput(t, Options{}) }

// What SQLite takes as text and PostgreSQL does not, such as NUL, must not get
// as far as either.
func TestBadInputOnPostgres(t *testing.T) { badInput(t, Options{Store: OnPostgres}) }

func badInput(t *testing.T, o Options) {
	t.Helper()
	r := newRig(t, o)
	n := 0
	for name, cases := range map[string][]bad{
		"forms": r.badForms(t), "addresses": r.badAddresses(), "parameters": r.badParameters(), "bodies": r.badBodies(),
	} {
		n += len(cases)
		t.Run(name, func(t *testing.T) { r.refused(t, cases) })
	}
	if n < 150 {
		t.Errorf("%d requests, want at least 150", n)
	}
	t.Logf("%d requests", n)
	if strings.Contains(r.Log.String(), `"level":"ERROR"`) {
		t.Error("a bad request was logged as a fault of the server")
	}
}

// B71: what looks like SQL or a pattern is text.
func TestFiltersAreLiteral(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	found := func(q string) any {
		t.Helper()
		got := r.Get(t, "/api/v1/assets?schema_id="+r.schema+"&q="+url.QueryEscape(q), r.key)
		if got.Status != 200 {
			t.Fatalf("q=%q: %d %s", q, got.Status, got.Body)
		}
		return got.At(t, "meta.total")
	}
	// Signs are not searched for: what is left of a query are its words, and without a word it finds nothing.
	for q, words := range map[string]string{
		"' OR 1=1 --": "OR 1 1", "(a+)+$": "a a", "a & b | !c": "a b c", "%": "", "_": "", "%%%": "", "\\": "", "🙂": "", `"`: "", "*": "", "-- %": "",
	} {
		want := any(0.0)
		if words != "" {
			want = found(words)
		}
		if got := found(q); got != want {
			t.Errorf("q=%q finds %v, want %v", q, got, want)
		}
	}
	for _, filter := range []string{"tag", "owner", "group", "package", "materialized"} {
		got := r.Get(t, "/api/v1/assets?schema_id="+r.schema+"&"+filter+"="+url.QueryEscape("' OR 1=1 --"), r.key)
		if got.Status != 200 || len(got.At(t, "data").([]any)) != 0 {
			t.Errorf("%s: %d %.300s", filter, got.Status, got.Body)
		}
	}
}

// B73: a cursor is good for its own list, filter and workspace alone.
func TestCursorsAreBound(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	first := r.Get(t, "/api/v1/assets?schema_id="+r.schema+"&limit=2&sort=name", r.key)
	next, err := url.Parse(first.At(t, "links.next").(string))
	if err != nil {
		t.Fatal(err)
	}
	cursor := url.QueryEscape(next.Query().Get("cursor"))
	if got := r.Get(t, next.String(), r.key); got.Status != 200 {
		t.Fatalf("its own list: %d %s", got.Status, got.Body)
	}
	if got := r.Get(t, "/api/v1/assets?sort=name&schema_id="+r.schema+"&limit=5&cursor="+cursor, r.key); got.Status != 200 {
		t.Errorf("another limit and order of parameters: %d %s", got.Status, got.Body)
	}
	stranger := r.KeyFor(t, 2, access.NewKey{Name: "eve", Scopes: []access.Scope{access.AdminWorkspace}})
	for name, c := range map[string]struct{ path, key string }{
		"another list":      {"/api/v1/runs?cursor=" + cursor, r.key},
		"another filter":    {"/api/v1/assets?schema_id=" + r.schema + "&sort=name&kind=model&cursor=" + cursor, r.key},
		"without filter":    {"/api/v1/assets?cursor=" + cursor, r.key},
		"another order":     {"/api/v1/assets?schema_id=" + r.schema + "&sort=-name&cursor=" + cursor, r.key},
		"changed":           {"/api/v1/assets?schema_id=" + r.schema + "&sort=name&cursor=" + cursor + "A", r.key},
		"another workspace": {"/api/v1/assets?sort=name&cursor=" + cursor, stranger},
	} {
		if got := r.Get(t, c.path, c.key); got.Status != 400 || got.At(t, "code") != "invalid-cursor" {
			t.Errorf("%s: %d %s", name, got.Status, got.Body)
		}
	}
}

// B17, B18 and what every reply carries.
func TestHeadersOfReplies(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{NoWorker: true, Loopback: true})
	key := s.Key(t, access.ReadCatalog)
	r := s.Get(t, "/api/v1/schemas", key, "Origin", "https://evil.example", "X-Request-Id", "my-id.1")
	if r.Status != 200 || r.Header.Get("X-Request-Id") != "my-id.1" {
		t.Errorf("%d, request id %q", r.Status, r.Header.Get("X-Request-Id"))
	}
	for name := range r.Header {
		if strings.HasPrefix(name, "Access-Control-") {
			t.Errorf("header %s for another origin", name)
		}
	}
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer"} {
		if r.Header.Get(name) != want {
			t.Errorf("%s: %q", name, r.Header.Get(name))
		}
	}
	for _, id := range []string{"with space", strings.Repeat("x", 65), "<script>"} {
		if got := s.Get(t, "/livez", "", "X-Request-Id", id).Header.Get("X-Request-Id"); got == id || got == "" {
			t.Errorf("request id %q is taken as %q", id, got)
		}
	}
	for host, status := range map[string]int{
		"localhost": 200, "LOCALHOST:8080": 200, "127.0.0.1": 200, "127.1.2.3:9": 200, "[::1]:8080": 200, "app.localhost": 200,
		"evil.example": 421, "evil.example:8080": 421, "127.0.0.1.evil.example": 421, "10.0.0.1": 421, "localhost.evil.example": 421,
	} {
		r := s.Get(t, "/api/v1/schemas", key, "Host", host)
		if r.Status != status || (status == 421 && r.At(t, "code") != "host-not-allowed") {
			t.Errorf("host %s: %d, want %d", host, r.Status, status)
		}
	}
}

// B81: the reply to an unexpected fault has its request id and nothing else.
func TestUnexpectedFaults(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{NoWorker: true, Editor: panickingEditor{}})
	key, schema := s.Key(t, access.AdminWorkspace), s.Schema(t, "Analytics Warehouse")
	for _, action := range []string{"confirm", "dismiss"} {
		r := s.Send(t, "POST", "/api/v1/schemas/"+schema+"/removals/"+action, key, "")
		if r.Status != 500 || r.At(t, "code") != "internal-error" || bytes.Contains(r.Body, []byte("secret")) {
			t.Errorf("%s: %d %s", action, r.Status, r.Body)
		}
		if !strings.Contains(s.Log.String(), r.At(t, "request_id").(string)) || !strings.Contains(s.Log.String(), "secret thing") {
			t.Error("the log does not tell what happened")
		}
	}
}

// B21, B22: a body above the limit is refused, before it is read where its
// length is told.
func TestLargeBodies(t *testing.T) {
	t.Parallel()
	limits := httpserver.DefaultLimits()
	limits.Request = 1 << 20
	s := Start(t, Options{NoWorker: true, Limits: limits})
	key, schema := s.Key(t, access.WriteImports), s.Schema(t, "Analytics Warehouse")
	large := Form(Text("schema_id", schema), File("manifest", "m", bytes.Repeat([]byte("x"), 2<<20)))
	refusedAsTooLarge := func(name string, r Reply) {
		t.Helper()
		if r.Status != 413 || r.At(t, "code") != "body-too-large" || r.At(t, "limit") != "request" {
			t.Errorf("%s: %d %s", name, r.Status, r.Body)
		}
	}
	refusedAsTooLarge("with its length", s.Upload(t, key, large))
	reader := &countingReader{source: bytes.NewReader(large)}
	refusedAsTooLarge("without its length", s.Do(t, "POST", "/api/v1/dbt_imports", key, reader, "Content-Type", ContentType))
	bomb := zipped(t, Form(Text("schema_id", schema), File("manifest", "m", make([]byte, 64<<20))))
	refusedAsTooLarge("unpacked", s.Upload(t, key, bomb, "Content-Encoding", "gzip"))
	if r := s.Get(t, "/api/v1/dbt_imports", key); len(r.At(t, "data").([]any)) != 0 {
		t.Errorf("an import is left: %s", r.Body)
	}
	if r := s.Get(t, "/api/v1/limits", ""); r.At(t, "data.request") != float64(1<<20) {
		t.Errorf("limits: %s", r.Body)
	}
}

// B37: Allow lists what is allowed.
func TestAllow(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{NoWorker: true})
	for path, want := range map[string]string{
		"/api/v1/dbt_imports": "GET, HEAD, POST", "/dbt_imports/": "GET, HEAD, POST", "/api/v1/dbt_imports/IMP-1": "GET, HEAD",
		"/api/v1/schemas/SCH-101": "DELETE, GET, HEAD, PATCH", "/api/v1/keys/KEY-1": "DELETE, GET, HEAD",
	} {
		if r := s.Do(t, http.MethodPut, path, "", nil); r.Status != 405 || r.Header.Get("Allow") != want {
			t.Errorf("%s: %d, Allow %q, want %q", path, r.Status, r.Header.Get("Allow"), want)
		}
	}
}
