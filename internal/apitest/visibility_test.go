package apitest

import (
	"bytes"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/syncing"
)

// described is an operation of the OpenAPI document, as much of it as a request
// to it needs.
type described struct {
	method, path string
	query        map[string]bool // parameters; true for the required ones
}

func describedOperations(t *testing.T, s *Server) []described {
	t.Helper()
	var out []described
	for path, at := range s.Get(t, "/api/v1/openapi.json", "").JSON(t)["paths"].(map[string]any) {
		for method, operation := range at.(map[string]any) {
			d := described{strings.ToUpper(method), path, map[string]bool{}}
			parameters, _ := At(operation, "parameters").([]any)
			for _, p := range parameters {
				if At(p, "in") == "query" {
					d.query[At(p, "name").(string)] = At(p, "required") == true
				}
			}
			out = append(out, d)
		}
	}
	slices.SortFunc(out, func(a, b described) int { return strings.Compare(a.path+a.method, b.path+b.method) })
	return out
}

// prefixOf is the prefix of the ids of the resource in front of {id}.
var prefixOf = map[string]string{"schemas": "SCH", "dbt_imports": "IMP", "projects": "PRJ", "assets": "TBL", "runs": "RUN", "tests": "TST", "keys": "KEY", "users": "USR", "webhooks": "WHK", "integrations": "integration", "dbt": "integration"}

// ofWorkspace are the resources that belong to the whole workspace: a key that is limited to schemas may not manage
// them at all.
var ofWorkspace = regexp.MustCompile(`^/api/v1/(keys|users|audit|webhooks)`)

var beforeID = regexp.MustCompile(`/([a-z_]+)/\{id\}`)

// inQuery are the prefixes of ids in query parameters.
var inQuery = map[string]string{"schema_id": "SCH", "project": "PRJ", "asset": "TBL", "base": "SCH", "head": "SCH"}

// requests returns the paths that name an id of a kind each: one for the id in the
// path and one for each id in the query. Other parameters that are required are
// filled in with what is the caller's own.
func (d described) requests(id, own func(prefix string) string) []string {
	fill := func(chosen string) string {
		path := d.path
		if kind := beforeID.FindStringSubmatch(path); kind != nil && prefixOf[kind[1]] != "" {
			path = strings.Replace(path, "{id}", id(prefixOf[kind[1]]), 1)
		}
		path = strings.NewReplacer("{name}", "product_id", "{owner}", "@finance", "{delivery}", "DLV-1", "{sync}", "0b0e9c52-7b0c-4a0e-9a33-1f6a2f6a7a11", "{sha}", strings.Repeat("ab", 32)).Replace(path)
		query := url.Values{}
		for name, required := range d.query {
			switch {
			case name == chosen:
				query.Set(name, id(inQuery[name]))
			case required && (name == "asset" || chosen == "asset"): // an asset is looked for in its schema
				query.Set(name, id(inQuery[name]))
			case required && inQuery[name] != "":
				query.Set(name, own(inQuery[name]))
			case required:
				query.Set(name, "a.b")
			}
		}
		if len(query) > 0 {
			path += "?" + query.Encode()
		}
		return path
	}
	var out []string
	if kind := beforeID.FindStringSubmatch(d.path); kind != nil && prefixOf[kind[1]] != "" {
		out = append(out, fill(""))
	}
	for _, name := range []string{"schema_id", "project", "asset", "base", "head"} {
		if _, ok := d.query[name]; ok {
			out = append(out, fill(name))
		}
	}
	return out
}

// Every route answers a key that is limited to another schema, and a key of
// another workspace, as if there was nothing: with what a random id gives.
func TestInvisibleIsAbsent(t *testing.T) { invisibleIsAbsent(t, Options{}) }

func TestInvisibleIsAbsentOnPostgres(t *testing.T) { invisibleIsAbsent(t, Options{Store: OnPostgres}) }

func invisibleIsAbsent(t *testing.T, o Options) {
	t.Helper()
	s := Start(t, o)
	admin := s.Key(t, access.AdminWorkspace)
	hidden, mine := s.Schema(t, "hidden"), s.Schema(t, "mine")
	importShop(t, s, admin, hidden, false)
	importShop(t, s, admin, mine, false)
	other, err := catalog.ParseIDOf(catalog.PrefixSchema, mine)
	if err != nil {
		t.Fatal(err)
	}
	s.Send(t, "POST", "/api/v1/users", admin, `{"name":"Ana","email":"ana@example.com","role":"viewer"}`)
	s.Send(t, "POST", "/api/v1/webhooks", admin, `{"name":"w","url":"https://example.com/"}`)
	s.Send(t, "POST", "/api/v1/webhooks/WHK-1/test", admin, "")
	hiddenSchema, err := catalog.ParseIDOf(catalog.PrefixSchema, hidden)
	if err != nil {
		t.Fatal(err)
	}
	integration := addHiddenIntegration(t, s, catalog.SchemaID(hiddenSchema))
	existing := map[string]string{"integration": integration, "KEY": "KEY-1", "USR": "USR-1", "WHK": "WHK-1", "SCH": hidden, "IMP": "IMP-1", "PRJ": "PRJ-1", "TBL": tableID(t, s, admin, hidden, "model.shop.dim_products"), "RUN": "RUN-1", "TST": "TST-1"}
	keys := map[string]string{
		"another schema": s.KeyFor(t, catalog.DefaultWorkspace, access.NewKey{
			Name: "team", Scopes: []access.Scope{access.AdminWorkspace}, SchemaIDs: []catalog.SchemaID{catalog.SchemaID(other)},
		}),
		"another workspace": s.KeyFor(t, 2, access.NewKey{Name: "eve", Scopes: []access.Scope{access.AdminWorkspace}}),
	}
	owns := map[string]map[string]string{
		"another schema":    {"SCH": mine, "PRJ": "PRJ-2", "TBL": tableID(t, s, admin, mine, "model.shop.dim_products")},
		"another workspace": existing, // it has nothing of its own
	}
	for name, key := range keys {
		own := func(prefix string) string { return owns[name][prefix] }
		compared := 0
		for _, d := range describedOperations(t, s) {
			real := d.requests(func(prefix string) string { return existing[prefix] }, own)
			random := d.requests(func(prefix string) string { return prefix + "-987654" }, own)
			for i := range real {
				got, want := s.Do(t, d.method, real[i], key, bodyFor(d.method), asJSON...), s.Do(t, d.method, random[i], key, bodyFor(d.method), asJSON...)
				status := 404
				if name == "another schema" && ofWorkspace.MatchString(d.path) {
					status = 403
				}
				if got.Status != status || masked(got) != masked(want) {
					t.Errorf("key of %s: %s %s: %d %s, want what a random id gives: %d %s", name, d.method, real[i], got.Status, got.Body, want.Status, want.Body)
				}
				compared++
				if d.method != "GET" || strings.Contains(real[i], "a.b") || strings.Contains(real[i], "/abab") {
					continue // the administrator would change what is compared
				}
				if seen := s.Do(t, d.method, real[i], admin, bodyFor(d.method), asJSON...); seen.Status == 404 {
					t.Errorf("%s %s: nobody sees it, so the test tells nothing: %s", d.method, real[i], seen.Body)
				}
			}
		}
		if compared < 30 {
			t.Errorf("key of %s: %d requests compared", name, compared)
		}
		for path, seen := range map[string]bool{"/api/v1/users": name == "another workspace", "/api/v1/keys": name == "another workspace", "/api/v1/webhooks": name == "another workspace", "/api/v1/audit": name == "another workspace"} {
			r := s.Get(t, path, key)
			if seen != (r.Status == 200) || bytes.Contains(r.Body, []byte("ana@example.com")) || bytes.Contains(r.Body, []byte(hidden)) || bytes.Contains(r.Body, []byte("KEY-1\"")) {
				t.Errorf("key of %s: %s: %d %s", name, path, r.Status, r.Body)
			}
		}
		// The schema is a field of the body.
		got := s.Upload(t, key, Form(Text("schema_id", hidden), File("manifest", "m", []byte("{}"))))
		want := s.Upload(t, key, Form(Text("schema_id", "SCH-987654"), File("manifest", "m", []byte("{}"))))
		if got.Status != 422 || got.At(t, "code") != "unknown-schema" || masked(got) != masked(want) {
			t.Errorf("key of %s: upload: %d %s", name, got.Status, got.Body)
		}
		made := s.Send(t, "POST", "/api/v1/keys", key, `{"name":"k","scopes":["read:catalog"],"schema_ids":["`+hidden+`"]}`)
		hers := s.Send(t, "POST", "/api/v1/keys", s.KeyFor(t, 2, access.NewKey{Name: "eve", Scopes: []access.Scope{access.AdminWorkspace}}), `{"name":"k","scopes":["read:catalog"],"user":"USR-1"}`)
		if hers.Status != 422 || hers.At(t, "field") != "user" {
			t.Errorf("a key for a person of another workspace: %d %s", hers.Status, hers.Body)
		}
		absent := s.Send(t, "POST", "/api/v1/keys", key, `{"name":"k","scopes":["read:catalog"],"schema_ids":["SCH-987654"]}`)
		if made.Status != 422 || masked(made) != masked(absent) {
			t.Errorf("key of %s: a key for it: %d %s, want what a random id gives: %d %s", name, made.Status, made.Body, absent.Status, absent.Body)
		}
	}
}

// addHiddenIntegration makes an integration that feeds a schema, with a sync that has the id of the paths, and returns
// its id.
func addHiddenIntegration(t *testing.T, s *Server, schema catalog.SchemaID) string {
	t.Helper()
	name := "hidden"
	i, err := s.Integrations.Add(t.Context(), 1, syncing.New{Kind: syncing.KindDBTCore, Change: syncing.Change{Name: &name, Schema: &schema}}, store.By{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Store.StartSync(t.Context(), 1, i.UUID, store.NewSync{UUID: "0b0e9c52-7b0c-4a0e-9a33-1f6a2f6a7a11", Reason: store.SyncRequest}); err != nil {
		t.Fatal(err)
	}
	return i.UUID
}
