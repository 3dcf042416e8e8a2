package apitest

import (
	"bufio"
	"bytes"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
)

// asJSON are the headers of a request with a document.
var asJSON = []string{"Content-Type", "application/json"}

// body of a request to a route, so that nothing but credentials is wrong.
func bodyFor(method string) *strings.Reader {
	if method == http.MethodPost || method == http.MethodPatch {
		return strings.NewReader("{}")
	}
	return strings.NewReader("")
}

func filled(id func(prefix string) string) func(path string) string {
	prefixes := map[string]string{
		"/schemas/": "SCH", "/dbt_imports/": "IMP", "/projects/": "PRJ", "/assets/": "TBL", "/runs/": "RUN", "/keys/": "KEY", "/users/": "USR",
	}
	return func(path string) string {
		for at, prefix := range prefixes {
			if strings.Contains(path, at+"{id}") {
				path = strings.Replace(path, "{id}", id(prefix), 1)
			}
		}
		path = strings.Replace(path, "{name}", "id", 1)
		return strings.Replace(path, "{sha}", strings.Repeat("ab", 32), 1)
	}
}

// B01, B06: every route that is not public asks for a key and for its scope.
func TestEveryRouteAsksForCredentialsAndScope(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{NoWorker: true})
	none := s.Key(t, access.ReadMCP)
	scopes := scopes(t, s, filled(func(prefix string) string { return prefix + "-1" }))
	for _, operation := range slices.Sorted(maps.Keys(scopes)) {
		method, path, _ := strings.Cut(operation, " ")
		if scopes[operation] == access.Public {
			r := s.Do(t, method, path, "", bodyFor(method), asJSON...)
			if method == http.MethodGet && r.Status != 200 || r.Status == 401 || r.Status == 403 {
				t.Errorf("%s: %d without a key", operation, r.Status)
			}
			continue
		}
		r := s.Do(t, method, path, "", bodyFor(method), asJSON...)
		if r.Status != 401 || r.At(t, "code") != "missing-credentials" || !strings.HasPrefix(r.Header.Get("WWW-Authenticate"), "Bearer") {
			t.Errorf("%s without a key: %d %s", operation, r.Status, r.Body)
		}
		if scopes[operation] == access.Authenticated {
			continue
		}
		r = s.Do(t, method, path, none, bodyFor(method), asJSON...)
		if r.Status != 403 || r.At(t, "code") != "insufficient-scope" || r.At(t, "required_scope") == nil {
			t.Errorf("%s with another scope: %d %s", operation, r.Status, r.Body)
		}
	}
}

// ofTheCaller are the routes that write without a scope: they change what the caller proves to own.
var ofTheCaller = []string{
	"POST /api/v1/session", "DELETE /api/v1/session", "DELETE /api/v1/sessions", "DELETE /api/v1/sessions/{id}", "PATCH /api/v1/me", "POST /api/v1/setup",
	"POST /api/v1/invitations/accept",
}

// Every route that writes asks for more than to read.
func TestRoutesThatWriteAskForIt(t *testing.T) {
	t.Parallel()
	for operation, scope := range scopes(t, Start(t, Options{NoWorker: true}), func(path string) string { return path }) {
		if !strings.HasPrefix(operation, "GET ") && !strings.HasPrefix(string(scope), "write:") && scope != access.AdminWorkspace && scope != access.RunSyncs && !slices.Contains(ofTheCaller, operation) {
			t.Errorf("%s asks for %q", operation, scope)
		}
	}
}

// SECURITY.md lists the routes that need no key.
func TestPublicRoutesAreListed(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../SECURITY.md")
	if err != nil {
		t.Fatal(err)
	}
	for operation, scope := range scopes(t, Start(t, Options{NoWorker: true}), func(path string) string { return path }) {
		_, path, _ := strings.Cut(operation, " ")
		listed := strings.Contains(string(text), "`"+path+"`") || strings.Contains(string(text), "`"+operation+"`")
		if scope == access.Public && !listed {
			t.Errorf("SECURITY.md does not list %s among the routes that need no key", operation)
		}
	}
}

// B07: what is another workspace's looks like what does not exist.
func TestOtherWorkspacesAreInvisible(t *testing.T) { otherWorkspaces(t, Options{}) }

func TestOtherWorkspacesAreInvisibleOnPostgres(t *testing.T) {
	t.Parallel()
	otherWorkspaces(t, Options{Store: OnPostgres})
}

func otherWorkspaces(t *testing.T, o Options) {
	t.Helper()
	s := Start(t, o)
	key := s.Key(t, access.AdminWorkspace)
	schema := s.Schema(t, "Analytics Warehouse")
	s.Import(t, key, schema, File("manifest", "manifest.json", beforeManifest), File("run_results", "r.json", beforeResults))
	const other = 2
	s.Send(t, "POST", "/api/v1/users", key, `{"name":"Ana","email":"ana@example.com","role":"viewer"}`)
	stranger := s.KeyFor(t, other, access.NewKey{Name: "eve", Scopes: []access.Scope{access.AdminWorkspace}})
	existing := map[string]string{"SCH": schema, "IMP": "IMP-1", "PRJ": "PRJ-1", "TBL": tableID(t, s, key, schema, "model.shop.dim_products"), "RUN": "RUN-1", "KEY": "KEY-1", "USR": "USR-1"}
	real := operations(t, s, filled(func(prefix string) string { return existing[prefix] }))
	random := operations(t, s, filled(func(prefix string) string { return prefix + "-987654" }))
	compared := 0
	for i, operation := range real {
		if operation == random[i] {
			continue // no id in it
		}
		method, path, _ := strings.Cut(operation, " ")
		_, randomPath, _ := strings.Cut(random[i], " ")
		got, want := s.Do(t, method, path, stranger, bodyFor(method), asJSON...), s.Do(t, method, randomPath, stranger, bodyFor(method), asJSON...)
		if got.Status != 404 || masked(got) != masked(want) {
			t.Errorf("%s: %d %s, want what a random id gives: %s", operation, got.Status, got.Body, want.Body)
		}
		compared++
	}
	if compared < 20 {
		t.Errorf("%d routes with ids compared", compared)
	}
	for _, path := range []string{"/api/v1/schemas", "/api/v1/projects", "/api/v1/assets", "/api/v1/dbt_imports", "/api/v1/runs", "/api/v1/users"} {
		if r := s.Get(t, path, stranger); r.Status != 200 || len(r.At(t, "data").([]any)) != 0 {
			t.Errorf("%s: %d %s", path, r.Status, r.Body)
		}
	}
	for _, query := range []string{"/api/v1/assets", "/api/v1/tests", "/api/v1/changes", "/api/v1/lineage", "/api/v1/runs", "/api/v1/dbt_imports", "/api/v1/projects"} {
		if r := s.Get(t, query+"?schema_id="+schema, stranger); r.Status != 404 {
			t.Errorf("%s of another workspace: %d %s", query, r.Status, r.Body)
		}
	}
	// B08
	got := s.Upload(t, stranger, Form(Text("schema_id", schema), File("manifest", "m", []byte("{}"))))
	want := s.Upload(t, stranger, Form(Text("schema_id", "SCH-987654"), File("manifest", "m", []byte("{}"))))
	if got.Status != 422 || got.At(t, "code") != "unknown-schema" || masked(got) != masked(want) {
		t.Errorf("upload to another workspace: %d %s", got.Status, got.Body)
	}
}

// masked is a reply without what it repeats of the request: its id, and the id that was asked for.
func masked(r Reply) string {
	return fmt.Sprint(r.Status) + askedFor.ReplaceAllString(strings.ReplaceAll(string(r.Body), r.Header.Get("X-Request-Id"), ""), "$1")
}

var askedFor = regexp.MustCompile(`([a-z_]+) \\"(?:[A-Z]{3}-[0-9]+|integration-[0-9]+|[0-9a-f]{8}-[0-9a-f-]{27})\\"( does not exist)?`)

// B02-B04 and the matrix of headers.
func TestCredentials(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s := Start(t, Options{NoWorker: true, Now: func() time.Time { return now }})
	good := s.Key(t, access.ReadCatalog)
	expired := s.KeyFor(t, catalog.DefaultWorkspace, access.NewKey{Name: "old", Scopes: []access.Scope{access.ReadCatalog}, ExpiresAt: now.Add(time.Minute)})
	far := s.KeyFor(t, catalog.DefaultWorkspace, access.NewKey{Name: "far", Scopes: []access.Scope{access.ReadCatalog}, CIDRs: []string{"192.0.2.0/24"}})
	revoked, key, err := s.Access.Create(t.Context(), access.System(catalog.DefaultWorkspace), access.NewKey{Name: "gone", Scopes: []access.Scope{access.ReadCatalog}})
	if err != nil {
		t.Fatal(err)
	}
	if r := s.Get(t, "/api/v1/schemas", revoked); r.Status != 200 {
		t.Fatalf("before it is revoked: %d", r.Status)
	}
	if err := s.Access.Revoke(t.Context(), access.System(catalog.DefaultWorkspace), key.ID, nil); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Hour)
	wrongSecret := good[:15] + strings.Repeat("a", 32) + good[47:]
	for _, c := range []struct {
		name   string
		header []string
		status int
		code   string
	}{
		{"bearer", []string{"Authorization", "Bearer " + good}, 200, ""},
		{"bearer in lower case", []string{"Authorization", "bearer " + good}, 200, ""},
		{"x-api-key", []string{"X-API-Key", good}, 200, ""},
		{"both", []string{"Authorization", "Bearer " + good, "X-API-Key", good}, 200, ""},
		{"bearer before x-api-key", []string{"Authorization", "Bearer " + good, "X-API-Key", "nonsense"}, 200, ""},
		{"wrong bearer before right x-api-key", []string{"Authorization", "Bearer nonsense", "X-API-Key", good}, 401, "invalid-credentials"},
		{"not bearer, so x-api-key", []string{"Authorization", "Basic YTpi", "X-API-Key", good}, 200, ""},
		{"basic alone", []string{"Authorization", "Basic YTpi"}, 401, "invalid-credentials"},
		{"none", nil, 401, "missing-credentials"},
		{"empty x-api-key", []string{"X-API-Key", " "}, 401, "missing-credentials"},
		{"malformed", []string{"X-API-Key", "abc"}, 401, "invalid-credentials"},
		{"empty bearer", []string{"Authorization", "Bearer "}, 401, "invalid-credentials"},
		{"bad checksum", []string{"X-API-Key", good[:len(good)-1] + "!"}, 401, "invalid-credentials"},
		{"other secret", []string{"X-API-Key", wrongSecret}, 401, "invalid-credentials"},
		{"revoked", []string{"X-API-Key", revoked}, 401, "invalid-credentials"},
		{"from another network", []string{"X-API-Key", far}, 401, "invalid-credentials"},
		{"expired", []string{"X-API-Key", expired}, 401, "expired-credentials"},
		{"forwarded user is ignored", []string{"X-Forwarded-User", "admin", "X-DataHub-Actor", "admin"}, 401, "missing-credentials"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := s.Get(t, "/api/v1/schemas", "", c.header...)
			if r.Status != c.status {
				t.Fatalf("status %d, want %d: %s", r.Status, c.status, r.Body)
			}
			if c.code != "" && r.At(t, "code") != c.code {
				t.Errorf("code %v, want %s", r.At(t, "code"), c.code)
			}
		})
	}
	unknown, malformed, gone := s.Get(t, "/api/v1/schemas", wrongSecret), s.Get(t, "/api/v1/schemas", "x"), s.Get(t, "/api/v1/schemas", revoked)
	if masked(unknown) != masked(malformed) || masked(unknown) != masked(gone) {
		t.Errorf("the replies tell apart why a key is refused:\n%s\n%s\n%s", unknown.Body, malformed.Body, gone.Body)
	}
	if strings.Contains(s.Log.String(), good) || strings.Contains(s.Log.String(), wrongSecret) {
		t.Error("a key is in the log")
	}
}

// B09: a bad key is refused before any of the body is asked for.
func TestBadKeyIsRefusedBeforeTheBody(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{NoWorker: true})
	conn, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	fmt.Fprintf(conn, "POST /api/v1/dbt_imports HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer nonsense\r\n"+
		"Content-Type: %s\r\nContent-Length: 1000000000\r\nExpect: 100-continue\r\n\r\n", ContentType)
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != 401 {
		t.Errorf("status %d, want 401 and no 100 before", res.StatusCode)
	}
}

// A6, B5: scopes of the import API.
func TestScopesOfImports(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{NoWorker: true})
	schema := s.Schema(t, "Analytics Warehouse")
	form := Form(Text("schema_id", schema), File("manifest", "manifest.json", []byte("{}")))
	got := map[string][2]int{}
	for name, scopes := range map[string][]access.Scope{
		"read": {access.ReadImports}, "write": {access.WriteImports}, "neither": {access.ReadCatalog}, "admin": {access.AdminWorkspace},
	} {
		key := s.Key(t, scopes...)
		got[name] = [2]int{s.Upload(t, key, form).Status, s.Get(t, "/api/v1/dbt_imports", key).Status}
	}
	want := map[string][2]int{"read": {403, 200}, "write": {202, 200}, "neither": {403, 403}, "admin": {202, 200}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A key that is limited to one schema sees nothing of another.
func TestKeyOfOneSchema(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{NoWorker: true})
	mine, other := s.Schema(t, "mine"), s.Schema(t, "other")
	id, err := catalog.ParseIDOf(catalog.PrefixSchema, mine)
	if err != nil {
		t.Fatal(err)
	}
	key := s.KeyFor(t, catalog.DefaultWorkspace, access.NewKey{
		Name: "ci", Scopes: []access.Scope{access.AdminWorkspace}, SchemaIDs: []catalog.SchemaID{catalog.SchemaID(id)},
	})
	form := func(schema string) []byte {
		return Form(Text("schema_id", schema), File("manifest", "m", []byte("{}")))
	}
	if r := s.Upload(t, key, form(mine)); r.Status != 202 {
		t.Errorf("upload to its own schema: %d %s", r.Status, r.Body)
	}
	if r := s.Upload(t, key, form(other)); r.Status != 422 || r.At(t, "code") != "unknown-schema" {
		t.Errorf("upload to another schema: %d %s", r.Status, r.Body)
	}
	admin := s.Key(t, access.AdminWorkspace)
	hidden := s.Upload(t, admin, form(other)).At(t, "data.id").(string)
	for path, status := range map[string]int{
		"/api/v1/schemas/" + mine: 200, "/api/v1/schemas/" + other: 404, "/api/v1/assets?schema_id=" + other: 404, "/api/v1/assets": 200,
		"/api/v1/dbt_imports/" + hidden: 404, "/api/v1/dbt_imports/" + hidden + "/report": 404, "/api/v1/dbt_imports?schema_id=" + other: 404,
	} {
		if r := s.Get(t, path, key); r.Status != status {
			t.Errorf("%s: %d, want %d", path, r.Status, status)
		}
	}
	if r := s.Get(t, "/api/v1/schemas", key); len(r.At(t, "data").([]any)) != 1 {
		t.Errorf("schemas: %s", r.Body)
	}
	if r := s.Get(t, "/api/v1/dbt_imports", key); bytes.Contains(r.Body, []byte(`"`+hidden+`"`)) {
		t.Errorf("imports: %s", r.Body)
	}
	if r := s.Send(t, "POST", "/api/v1/schemas", key, `{"name":"third"}`); r.Status != 403 {
		t.Errorf("a schema more: %d", r.Status)
	}
	r := s.Send(t, "POST", "/api/v1/keys", key, `{"name":"wider","scopes":["admin:workspace"]}`)
	if got := r.At(t, "data.attributes.schema_ids"); !cmp.Equal(got, []any{mine}) {
		t.Errorf("a key made by it sees %v", got)
	}
}

// A key that is limited to some schemas gets whole pages of them, and counts
// that tell of no others.
func TestKeyOfSomeSchemas(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{NoWorker: true})
	admin := s.Key(t, access.AdminWorkspace)
	var mine []catalog.SchemaID
	for i := range 6 {
		label := s.Schema(t, fmt.Sprint("schema ", i))
		if r := s.Upload(t, admin, Form(Text("schema_id", label), File("manifest", "m", []byte("{}")))); r.Status != 202 {
			t.Fatalf("%d %s", r.Status, r.Body)
		}
		if i%2 == 1 {
			mine = append(mine, catalog.FirstSchema+catalog.SchemaID(i))
		}
	}
	key := s.KeyFor(t, catalog.DefaultWorkspace, access.NewKey{Name: "team", Scopes: []access.Scope{access.AdminWorkspace}, SchemaIDs: mine})
	for list, want := range map[string][]string{
		"/api/v1/schemas":                         {"SCH-102", "SCH-104", "SCH-106"},
		"/api/v1/dbt_imports":                     {"IMP-6", "IMP-4", "IMP-2"},
		"/dbt_imports/":                           {"IMP-6", "IMP-4", "IMP-2"},
		"/api/v1/dbt_imports?schema_id=SCH-104":   {"IMP-4"},
		"/api/v1/dbt_imports?status=pending&x=1":  {"IMP-6", "IMP-4", "IMP-2"},
		"/api/v1/dbt_imports?status=completed&y=": nil,
	} {
		separator := "?"
		if strings.Contains(list, "?") {
			separator = "&"
		}
		var got []string
		for path := list + separator + "limit=2"; path != ""; {
			r := s.Get(t, path, key)
			rows := r.At(t, "data").([]any)
			for _, row := range rows {
				got = append(got, At(row, "id").(string))
			}
			if total := r.At(t, "meta.total"); total != nil && total != float64(len(want)) {
				t.Errorf("%s: total %v, want %d", path, total, len(want))
			}
			next, _ := r.At(t, "links.next").(string)
			if next != "" && len(rows) != 2 {
				t.Errorf("%s: a page of %d before the last", path, len(rows))
			}
			path = next
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", list, diff)
		}
	}
}

// A key that is limited to some schemas neither sees nor revokes the keys of
// the whole workspace.
func TestKeyOfOneSchemaManagesNoKeys(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{NoWorker: true})
	s.Schema(t, "mine")
	admin := s.Key(t, access.AdminWorkspace)
	limited := s.KeyFor(t, catalog.DefaultWorkspace, access.NewKey{
		Name: "team", Scopes: []access.Scope{access.AdminWorkspace}, SchemaIDs: []catalog.SchemaID{catalog.FirstSchema},
	})
	if r := s.Get(t, "/api/v1/keys", limited); r.Status != 403 || r.At(t, "code") != "forbidden" {
		t.Errorf("list: %d %s", r.Status, r.Body)
	}
	if r := s.Do(t, "DELETE", "/api/v1/keys/KEY-1", limited, nil); r.Status != 403 || r.At(t, "code") != "forbidden" {
		t.Errorf("revoke: %d %s", r.Status, r.Body)
	}
	if r := s.Get(t, "/api/v1/keys", admin); r.Status != 200 || len(r.At(t, "data").([]any)) != 2 {
		t.Errorf("the other key is gone: %d %s", r.Status, r.Body)
	}
}

func TestDemoNeedsNoKeyFromLoopback(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{NoWorker: true, Demo: true})
	if r := s.Get(t, "/api/v1/schemas", ""); r.Status != 200 {
		t.Errorf("without a key: %d", r.Status)
	}
	if r := s.Get(t, "/api/v1/schemas", "nonsense"); r.Status != 401 {
		t.Errorf("with a wrong key: %d", r.Status)
	}
	if r := s.Get(t, "/api/v1/schemas", "", "X-Forwarded-For", "127.0.0.1"); r.Status != 401 {
		t.Errorf("through a proxy on this machine: %d", r.Status)
	}
	if r := s.Send(t, "POST", "/api/v1/schemas", "", `{"name":"A"}`, "Origin", "https://evil.example"); r.Status != 403 || r.At(t, "code") != "cross-origin" {
		t.Errorf("from a page of another site: %d %s", r.Status, r.Body)
	}
}
