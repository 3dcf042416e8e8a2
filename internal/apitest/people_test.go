package apitest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

func TestPeople(t *testing.T) { people(t, Options{}) }

func TestPeopleOnPostgres(t *testing.T) {
	t.Parallel()
	people(t, Options{Store: OnPostgres})
}

// People have a role, which limits their keys at once, and what they change is theirs.
func people(t *testing.T, o Options) {
	t.Helper()
	s := Start(t, o)
	admin := s.Key(t, access.AdminWorkspace)
	schema := s.Schema(t, "Analytics Warehouse")
	importShop(t, s, admin, schema, false)
	table := "/api/v1/assets/" + tableID(t, s, admin, schema, "model.shop.dim_products")

	made := s.Send(t, "POST", "/api/v1/users", admin, `{"name":"Ana","email":"Ana@example.com","role":"editor"}`)
	if made.Status != 201 || made.Header.Get("Location") != "/api/v1/users/USR-1" || made.At(t, "data.attributes.role") != "editor" {
		t.Fatalf("%d %s", made.Status, made.Body)
	}
	for body, status := range map[string]int{
		`{"name":"Ana","email":"ana@EXAMPLE.com","role":"viewer"}`: 409, `{"name":"Bo","email":"bo","role":"viewer"}`: 422,
		`{"name":"Bo","email":"bo@example.com","role":"root"}`: 422, `{"name":"Bo","email":"bo@example.com"}`: 422, `{"name":" ","email":"bo@example.com","role":"viewer"}`: 422,
	} {
		if r := s.Send(t, "POST", "/api/v1/users", admin, body); r.Status != status {
			t.Errorf("%s: %d %s", body, r.Status, r.Body)
		}
	}
	key := func(scopes, user string) Reply {
		return s.Send(t, "POST", "/api/v1/keys", admin, `{"name":"laptop","scopes":[`+scopes+`],"user":"`+user+`"}`)
	}
	if r := key(`"admin:workspace"`, "USR-1"); r.Status != 403 || r.At(t, "field") != "scopes" {
		t.Errorf("more than the role: %d %s", r.Status, r.Body)
	}
	for _, nobody := range []string{"USR-99", "KEY-1", "x"} {
		if r := key(`"read:catalog"`, nobody); r.Status != 422 || r.At(t, "field") != "user" {
			t.Errorf("a key of %s: %d %s", nobody, r.Status, r.Body)
		}
	}
	hers := key(`"write:catalog"`, "usr-1")
	if hers.Status != 201 || hers.At(t, "data.attributes.user.name") != "Ana" || hers.At(t, "data.attributes.creator_ref.kind") != "key" {
		t.Fatalf("%d %s", hers.Status, hers.Body)
	}
	secret := hers.At(t, "data.attributes.secret").(string)
	if r := s.Send(t, "PATCH", table, secret, `{"tags":["hers"]}`); r.Status != 200 {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	if by := s.Get(t, table+"/changes", admin).At(t, "data.0.attributes.actor_ref"); At(by, "kind") != "user" || At(by, "id") != "USR-1" || At(by, "name") != "Ana" {
		t.Errorf("changed by %v", by)
	}

	read := s.Get(t, "/api/v1/users/USR-1", admin)
	tag := read.Header.Get("ETag")
	patched := s.Send(t, "PATCH", "/api/v1/users/USR-1", admin, `{"role":"viewer"}`, "If-Match", tag)
	if patched.Status != 200 || patched.Header.Get("ETag") != s.Get(t, "/api/v1/users/USR-1", admin).Header.Get("ETag") {
		t.Errorf("%d %s", patched.Status, patched.Body)
	}
	for method, body := range map[string]string{"PATCH": `{"role":"admin"}`, "DELETE": ""} {
		if r := s.Send(t, method, "/api/v1/users/USR-1", admin, body, "If-Match", tag); r.Status != 412 {
			t.Errorf("%s with an old tag: %d %s", method, r.Status, r.Body)
		}
	}
	if r := s.Send(t, "PATCH", table, secret, `{"tags":["again"]}`); r.Status != 403 || r.At(t, "code") != "insufficient-scope" {
		t.Errorf("as a viewer: %d %s", r.Status, r.Body)
	}
	if r := s.Get(t, table, secret); r.Status != 200 {
		t.Errorf("a viewer reads: %d", r.Status)
	}
	if r := s.Do(t, "DELETE", "/api/v1/users/USR-1", admin, nil); r.Status != 204 {
		t.Errorf("remove: %d %s", r.Status, r.Body)
	}
	for path, key := range map[string]string{"/api/v1/schemas": secret, "/api/v1/users/USR-1": admin} {
		if r := s.Get(t, path, key); r.Status != 401 && r.Status != 404 {
			t.Errorf("%s after the person was removed: %d", path, r.Status)
		}
	}
	if r := s.Get(t, "/api/v1/users", admin); len(r.At(t, "data").([]any)) != 0 {
		t.Errorf("%s", r.Body)
	}
}

// Of eight writers with one tag, one changes a person.
func TestOneWriterOfAPerson(t *testing.T) { oneWriterOfAPerson(t, Options{NoWorker: true}) }

func TestOneWriterOfAPersonOnPostgres(t *testing.T) {
	t.Parallel()
	oneWriterOfAPerson(t, Options{NoWorker: true, Store: OnPostgres})
}

func oneWriterOfAPerson(t *testing.T, o Options) {
	t.Helper()
	s := Start(t, o)
	admin := s.Key(t, access.AdminWorkspace)
	s.Send(t, "POST", "/api/v1/users", admin, `{"name":"Ana","email":"ana@example.com","role":"editor"}`)
	tag := s.Get(t, "/api/v1/users/USR-1", admin).Header.Get("ETag")
	var wg sync.WaitGroup
	statuses := make([]int, 8)
	for n := range statuses {
		wg.Go(func() {
			statuses[n] = s.Send(t, "PATCH", "/api/v1/users/USR-1", admin, fmt.Sprintf(`{"name":"Ana %d"}`, n), "If-Match", tag).Status
		})
	}
	wg.Wait()
	slices.Sort(statuses)
	if statuses[0] != 200 || statuses[1] != 412 || statuses[7] != 412 {
		t.Errorf("%v", statuses)
	}
}

// withoutAudit are the routes that change something without an entry in the audit log, with the reason.
var withoutAudit = map[string]string{
	"POST /api/v1/dbt_imports":                                   "the import is its own record, with its key",
	"POST /api/v1/dbt_imports/{id}/cancel":                       "the import records it",
	"POST /api/v1/lineage":                                       "events of programs; the job and the version have them",
	"POST /api/v1/integration/dbt/manifest":                      "the sync that it starts names who asked for it",
	"POST /api/v1/integration/dbt/run_result":                    "the sync that it starts names who asked for it",
	"POST /api/v1/integration/dbt/run_results":                   "the sync that it starts names who asked for it",
	"POST /api/v1/integration/dbt/{id}/trigger":                  "the sync that it starts names who asked for it",
	"POST /api/v1/integration/dbt/{id}/upload_artifacts":         "the import of what is uploaded is its own record",
	"POST /api/v1/integrations/{id}/syncs":                       "the sync names who asked for it",
	"POST /api/v1/integrations/{id}/syncs/{sync}/retry":          "the sync names who asked for it",
	"POST /api/v1/integrations/{id}/syncs/{sync}/cancel":         "the sync records it",
	"POST /api/v1/integrations/{id}/test":                        "it changes nothing",
	"POST /api/v1/integrations/test":                             "it changes nothing",
	"POST /api/v1/integrations/drafts":                           "an External ID alone permits nothing",
	"POST /api/v1/webhooks/{id}/test":                            "the delivery names who asked for it",
	"POST /api/v1/webhooks/{id}/deliveries/{delivery}/redeliver": "the log of deliveries shows it",
	"POST /api/v1/session":                                       "sign-ins are in sessions_test.go",
	"DELETE /api/v1/session":                                     "sign-outs are in sessions_test.go",
	"DELETE /api/v1/sessions":                                    "sign-outs are in sessions_test.go",
	"DELETE /api/v1/sessions/{id}":                               "sign-outs are in sessions_test.go",
	"POST /api/v1/setup":                                         "it is in sessions_test.go",
	"POST /api/v1/invitations/accept":                            "it is in invitations_test.go",
	"PATCH /api/v1/me":                                           "stars are the person's alone; passwords are in sessions_test.go",
	"PATCH /api/v1/assets/{id}":                                  "edits are in the history of the asset",
	"PATCH /api/v1/assets/{id}/columns/{name}":                   "edits are in the history of the asset",
}

func TestAudit(t *testing.T) { audit(t, Options{}) }

func TestAuditOnPostgres(t *testing.T) {
	t.Parallel()
	audit(t, Options{Store: OnPostgres})
}

// Every request that changes who may do what, or what is shown, leaves an entry with who, what, from where and in which
// request; what is refused leaves none.
func audit(t *testing.T, o Options) {
	t.Helper()
	s := Start(t, o)
	admin := s.KeyFor(t, catalog.DefaultWorkspace, access.NewKey{Name: "root", Scopes: []access.Scope{access.AdminWorkspace}, Never: true})
	reader := s.Key(t, access.ReadMCP)
	schema := s.Schema(t, "Analytics Warehouse")
	imp := importShop(t, s, admin, schema, false)
	const drafted, fed = "0b0e9c52-7b0c-4a0e-9a33-1f6a2f6a7a11", "f7d68db5-9dbc-4880-b6cd-ec363c1f7d6b"
	for _, uuid := range []string{drafted, fed} {
		if _, err := s.Store.CreateDraft(t.Context(), 1, store.Draft{UUID: uuid}); err != nil {
			t.Fatal(err)
		}
	}
	if r := s.Send(t, "POST", "/api/v1/integrations", admin, `{"kind":"dbt_core","name":"fed","draft":"`+fed+`"}`); r.Status != 201 {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	type step struct{ operation, path, body, action, subject string }
	steps := []step{
		{"POST /api/v1/schemas", "/api/v1/schemas", `{"name":"B"}`, "schema.created", "SCH-102"},
		{"PATCH /api/v1/schemas/{id}", "/api/v1/schemas/SCH-102", `{"policy":{"tags":"smart"}}`, "schema.updated", "SCH-102"},
		{"PATCH /api/v1/schemas/{id}", "/api/v1/schemas/" + schema, `{"targets":[{"project":"shop","schema":"elsewhere"}]}`, "target.changed", schema},
		{"DELETE /api/v1/schemas/{id}", "/api/v1/schemas/SCH-102?confirm=B", "", "schema.deleted", "SCH-102"},
		{"POST /api/v1/users", "/api/v1/users", `{"name":"Ana","email":"ana@example.com","role":"editor"}`, "user.created", "USR-1"},
		{"POST /api/v1/setup/links", "/api/v1/setup/links", "", "setup_link.created", "INV-1"},
		{"POST /api/v1/invitations", "/api/v1/invitations", `{"user":"USR-1"}`, "invitation.created", "INV-2"},
		{"DELETE /api/v1/invitations/{id}", "/api/v1/invitations/INV-2", "", "invitation.revoked", "INV-2"},
		{"PATCH /api/v1/users/{id}", "/api/v1/users/USR-1", `{"role":"viewer"}`, "user.updated", "USR-1"},
		{"POST /api/v1/keys", "/api/v1/keys", `{"name":"k","scopes":["read:catalog"]}`, "key.created", "KEY-3"},
		{"DELETE /api/v1/keys/{id}", "/api/v1/keys/KEY-3", "", "key.revoked", "KEY-3"},
		{"DELETE /api/v1/users/{id}", "/api/v1/users/USR-1", "", "user.removed", "USR-1"},
		{"POST /api/v1/schemas/{id}/removals/confirm", "/api/v1/schemas/" + schema + "/removals/confirm", "", "removals.confirmed", schema},
		{"POST /api/v1/schemas/{id}/removals/dismiss", "/api/v1/schemas/" + schema + "/removals/dismiss", "", "removals.dismissed", schema},
		{"POST /api/v1/dbt_imports/{id}/revert", "/api/v1/dbt_imports/" + imp + "/revert?force=true", "", "import.reverted", imp},
		{"POST /api/v1/webhooks", "/api/v1/webhooks", `{"name":"w","url":"https://example.com/"}`, "webhook.created", "WHK-1"},
		{"PATCH /api/v1/webhooks/{id}", "/api/v1/webhooks/WHK-1", `{"name":"v"}`, "webhook.updated", "WHK-1"},
		{"DELETE /api/v1/webhooks/{id}", "/api/v1/webhooks/WHK-1", "", "webhook.deleted", "WHK-1"},
		{"POST /api/v1/integrations", "/api/v1/integrations", `{"kind":"dbt_core","name":"i","draft":"` + drafted + `"}`, "integration.created", drafted},
		{"PATCH /api/v1/integrations/{id}", "/api/v1/integrations/" + drafted, `{"enabled":false}`, "integration.updated", drafted},
		{"DELETE /api/v1/integrations/{id}", "/api/v1/integrations/" + drafted + "?assets=keep", "", "integration.deleted", drafted},
		{"PATCH /api/v1/integration/integrations/{id}", "/integration/integrations/" + fed, `{"name":"j"}`, "integration.updated", fed},
		{"DELETE /api/v1/integration/integrations/{id}", "/integration/integrations/" + fed + "/", "", "integration.deleted", fed},
		{"POST /api/v1/integration/integrations", "/integration/integrations/", `{}`, "integration.created", ""},
		{"DELETE /api/v1/dbt_imports/{id}/revert", "/api/v1/dbt_imports/" + imp + "/revert", "", "import.revert_undone", imp},
	}
	newest := func() map[string]any {
		r := s.Get(t, "/api/v1/audit?limit=1", admin)
		entry, _ := r.At(t, "data.0").(map[string]any)
		return entry
	}
	covered := map[string]bool{}
	for _, c := range steps {
		covered[c.operation] = true
		method, _, _ := strings.Cut(c.operation, " ")
		before := newest()
		if r := s.Send(t, method, c.path, reader, c.body); r.Status != 403 {
			t.Errorf("%s without the scope: %d", c.operation, r.Status)
		}
		if after := newest(); after["id"] != before["id"] {
			t.Errorf("%s: what was refused left %v", c.operation, after)
		}
		r := s.Send(t, method, c.path, admin, c.body, "X-Request-Id", "request-"+c.action)
		if r.Status >= 300 {
			t.Errorf("%s: %d %s", c.operation, r.Status, r.Body)
		}
		e := newest()
		for field, want := range map[string]any{
			"action": c.action, "subject": c.subject, "actor_ref.kind": "key", "actor_ref.id": "KEY-1", "actor_ref.name": "root", "key": "KEY-1",
			"address": "127.0.0.1", "request_id": "request-" + c.action,
		} {
			if got := At(e, "attributes."+field); got != want && (field != "subject" || c.subject != "") {
				t.Errorf("%s: %s is %v, want %v", c.operation, field, got, want)
			}
		}
	}
	for _, d := range describedOperations(t, s) {
		operation := d.method + " " + d.path
		if d.method != "GET" && !covered[operation] && withoutAudit[operation] == "" {
			t.Errorf("%s changes something and is not in the audit log", operation)
		}
	}
	if body := string(s.Get(t, "/api/v1/audit?limit=200", admin).Body); strings.Contains(body, admin) || strings.Contains(body, "secret") {
		t.Error("a secret is in the audit log")
	}
}

// The audit log is read page by page, by administrators and keys with its scope.
func TestReadingTheAudit(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{NoWorker: true})
	s.Schema(t, "mine")
	admin := s.Key(t, access.AdminWorkspace)
	for range 6 {
		s.Key(t, access.ReadCatalog)
	}
	auditor := s.Key(t, access.ReadAudit)
	limited := s.KeyFor(t, catalog.DefaultWorkspace, access.NewKey{
		Name: "team", Scopes: []access.Scope{access.AdminWorkspace}, SchemaIDs: []catalog.SchemaID{catalog.FirstSchema},
	})
	for name, c := range map[string]struct {
		key    string
		status int
	}{
		"administrator": {admin, 200}, "auditor": {auditor, 200}, "reader": {s.Key(t, access.ReadCatalog), 403}, "administrator of a schema": {limited, 403},
	} {
		if r := s.Get(t, "/api/v1/audit", c.key); r.Status != c.status {
			t.Errorf("%s: %d %s", name, r.Status, r.Body)
		}
	}
	if err := s.Access.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	var subjects []string
	for path := "/api/v1/audit?action=key.created&limit=4"; path != ""; {
		r := s.Get(t, path, auditor)
		for _, e := range r.At(t, "data").([]any) {
			subjects = append(subjects, At(e, "attributes.subject").(string))
		}
		path, _ = r.At(t, "links.next").(string)
	}
	if len(subjects) != 10 || subjects[0] != "KEY-10" || subjects[9] != "KEY-1" {
		t.Errorf("%v", subjects)
	}
	if r := s.Get(t, "/api/v1/audit?action=sign_in&actor=KEY-8", auditor); len(r.At(t, "data").([]any)) != 1 || r.At(t, "data.0.attributes.address") != "127.0.0.1" {
		t.Errorf("sign-ins of the auditor: %s", r.Body)
	}
	for query, status := range map[string]int{"?from=yesterday": 400, "?to=1": 400, "?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z": 200, "?x=1": 422, "?cursor=x": 400} {
		if r := s.Get(t, "/api/v1/audit"+query, auditor); r.Status != status {
			t.Errorf("%s: %d %s", query, r.Status, r.Body)
		}
	}
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
		if r := s.Send(t, method, "/api/v1/audit", admin, `{}`); r.Status != 405 {
			t.Errorf("%s: %d", method, r.Status)
		}
	}
}
