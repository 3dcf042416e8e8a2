package apitest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/warehouse/warehousetest"
)

// crawlBy makes an integration of a kind and syncs it.
func (s *Server) crawlBy(t *testing.T, key, kind string, credentials map[string]any) (id, schema string, sync Reply) {
	t.Helper()
	trial := s.Send(t, "POST", "/api/v1/integrations/test", key, integrationOf(t, kind, credentials))
	if trial.At(t, "data.attributes.ok") != true {
		t.Fatalf("%s", trial.Body)
	}
	created := s.Send(t, "POST", "/api/v1/integrations", key, integrationOf(t, kind, credentials))
	if created.Status != 201 || strings.Contains(string(created.Body), "PRIVATE") || strings.Contains(string(created.Body), "canary") {
		t.Fatalf("%d %s", created.Status, created.Body)
	}
	id = created.At(t, "data.id").(string)
	return id, created.At(t, "data.attributes.schema_id").(string), s.sync(t, key, id)
}

func TestCrawlOfBigQuery(t *testing.T) {
	duckdb, execute := warehousetest.DuckDB(t)
	for _, statement := range warehousetest.InformationSchema("raw") {
		if r := duckdb(statement, nil); r.Code != "" {
			t.Fatalf("%s: %s", statement, r.Message)
		}
	}
	server := warehousetest.NewBigQuery(t, execute, warehousetest.BigQueryOptions{Project: "my-project", Datasets: []string{"raw"}})
	credentials := map[string]any{
		"project": "my-project", "service_account": server.ServiceAccount, "host": server.Host, "port": server.Port, "ca_certificate": server.Certificate,
	}
	for name, open := range map[string]OpenStore{"SQLite": nil, "PostgreSQL": OnPostgres} {
		t.Run(name, func(t *testing.T) {
			s := Start(t, Options{OutboundAllow: local, Store: open})
			admin := s.Key(t, access.AdminWorkspace)
			id, schema, first := s.crawlBy(t, admin, "bigquery", credentials)
			if first.At(t, "data.attributes.status") != "completed" || first.At(t, "data.attributes.counts.tables_created") != float64(6) {
				t.Fatalf("%s", first.Body)
			}
			view := s.assetAt(t, admin, schema, "`my-project`.raw.spending")
			if from := s.Get(t, "/api/v1/assets/"+view+"/columns/amount/lineage?direction=upstream", admin); !strings.Contains(string(from.Body), `"orders"`) {
				t.Errorf("column lineage: %s", from.Body)
			}
			version := s.Get(t, "/api/v1/schemas/"+schema, admin).At(t, "data.attributes.version")
			if s.sync(t, admin, id); s.Get(t, "/api/v1/schemas/"+schema, admin).At(t, "data.attributes.version") != version {
				t.Error("nothing had changed, and there is another version")
			}
		})
	}
}

func TestCrawlOfRedshift(t *testing.T) {
	server := warehousetest.NewWire(t, warehousetest.RedshiftReplies())
	credentials := map[string]any{"host": server.Host, "port": server.Port, "database": "shop", "user": "reader", "password": "canary-pa55word"}
	s := Start(t, Options{OutboundAllow: local})
	admin := s.Key(t, access.AdminWorkspace)
	_, schema, first := s.crawlBy(t, admin, "redshift", credentials)
	if first.At(t, "data.attributes.status") != "completed" || first.At(t, "data.attributes.counts.tables_created") != float64(6) {
		t.Fatalf("%s", first.Body)
	}
	view := s.assetAt(t, admin, schema, "raw.spending")
	if from := s.Get(t, "/api/v1/assets/"+view+"/columns/amount/lineage?direction=upstream", admin); !strings.Contains(string(from.Body), `"orders"`) {
		t.Errorf("column lineage: %s", from.Body)
	}
}

// What cannot be a project or a key is refused when it is set; the key has to be sent again when what it opens changes.
func TestBigQuerySettings(t *testing.T) {
	_, private := warehousetest.Key(t)
	account := func(change map[string]any) string { return warehousetest.ServiceAccount(t, private, change) }
	fields := map[string]any{"project": "my-project", "service_account": account(nil), "host": "127.0.0.1", "port": 8443}
	s := Start(t, Options{OutboundAllow: local, NoWorker: true})
	admin := s.Key(t, access.AdminWorkspace)
	key := func(change map[string]any) map[string]any { return map[string]any{"service_account": account(change)} }
	for name, test := range map[string]struct {
		change map[string]any
		code   string
	}{
		"no project":        {map[string]any{"project": nil}, "invalid-field"},
		"path":              {map[string]any{"project": "my-project/../x"}, "invalid-field"},
		"capitals":          {map[string]any{"project": "My-Project"}, "invalid-field"},
		"dataset":           {map[string]any{"dataset": "a`b"}, "invalid-field"},
		"no key":            {map[string]any{"service_account": nil}, "invalid-field"},
		"not JSON":          {map[string]any{"service_account": "canary"}, "invalid-field"},
		"external account":  {map[string]any{"service_account": `{"type":"external_account","credential_source":{"file":"/etc/passwd"},"token_url":"https://x.evil/"}`}, "credential-type-not-allowed"},
		"authorized user":   {map[string]any{"service_account": `{"type":"authorized_user","refresh_token":"canary"}`}, "credential-type-not-allowed"},
		"another token uri": {key(map[string]any{"token_uri": "https://x.evil/token"}), "credential-type-not-allowed"},
		"another universe":  {key(map[string]any{"universe_domain": "x.evil"}), "credential-type-not-allowed"},
		"another auth uri":  {key(map[string]any{"auth_uri": "http://169.254.169.254/"}), "credential-type-not-allowed"},
		"certificate":       {key(map[string]any{"client_x509_cert_url": "https://x.evil/"}), "credential-type-not-allowed"},
		"something more":    {key(map[string]any{"service_account_impersonation_url": "https://x.evil/"}), "credential-type-not-allowed"},
		"not an account":    {key(map[string]any{"client_email": "ana@example.com"}), "invalid-field"},
		"not a private key": {key(map[string]any{"private_key": "canary"}), "invalid-field"},
		"metadata":          {map[string]any{"host": "169.254.169.254"}, "endpoint-not-allowed"},
		"user":              {map[string]any{"user": "x"}, "invalid-field"},
	} {
		for _, path := range []string{"/api/v1/integrations", "/api/v1/integrations/test"} {
			r := s.Send(t, "POST", path, admin, integrationOf(t, "bigquery", with(fields, test.change)))
			if r.Status != 422 || r.At(t, "code") != test.code || strings.Contains(string(r.Body), "canary") {
				t.Errorf("%s at %s: %d, want %s: %s", name, path, r.Status, test.code, r.Body)
			}
		}
	}
	created := s.Send(t, "POST", "/api/v1/integrations", admin, integrationOf(t, "bigquery", fields))
	if created.Status != 201 || fmt.Sprint(created.At(t, "data.attributes.credentials.secrets")) != "[service_account]" {
		t.Fatalf("%d %s", created.Status, created.Body)
	}
	s.wantsSecretAgain(t, admin, created.At(t, "data.id").(string), "service_account", account(nil), map[string]any{
		"project": "other-project", "dataset": "other", "host": "localhost", "port": 9443,
	})
}

func TestRedshiftSettings(t *testing.T) {
	fields := map[string]any{"host": "127.0.0.1", "database": "shop", "user": "reader", "password": "canary-pa55word"}
	s := Start(t, Options{OutboundAllow: local, NoWorker: true})
	admin := s.Key(t, access.AdminWorkspace)
	for name, test := range map[string]struct {
		change map[string]any
		code   string
	}{
		"metadata": {map[string]any{"host": "169.254.169.254"}, "endpoint-not-allowed"},
		"options":  {map[string]any{"database": "shop?sslcert=/etc/passwd"}, "invalid-field"},
		"HTTPS":    {map[string]any{"port": 443}, "invalid-field"},
		"account":  {map[string]any{"account": "acme"}, "invalid-field"},
	} {
		if r := s.Send(t, "POST", "/api/v1/integrations", admin, integrationOf(t, "redshift", with(fields, test.change))); r.Status != 422 || r.At(t, "code") != test.code {
			t.Errorf("%s: %d %s", name, r.Status, r.Body)
		}
	}
	created := s.Send(t, "POST", "/api/v1/integrations", admin, integrationOf(t, "redshift", fields))
	if created.Status != 201 || created.At(t, "data.attributes.credentials.port") != float64(5439) {
		t.Fatalf("%d %s", created.Status, created.Body)
	}
	s.wantsSecretAgain(t, admin, created.At(t, "data.id").(string), "password", "canary-pa55word", map[string]any{"host": "localhost", "user": "other", "tls": "verify"})
}

// A crawl that feeds another schema takes what it reported with it, there and back.
func TestCrawlChangesItsSchema(t *testing.T) {
	for name, open := range map[string]OpenStore{"SQLite": nil, "PostgreSQL": OnPostgres} {
		t.Run(name, func(t *testing.T) {
			d := NewWarehouse(t, `CREATE SCHEMA raw`, `GRANT USAGE ON SCHEMA raw TO {reader}`, `CREATE TABLE raw.people (id integer)`, `CREATE TABLE raw.orders (id integer)`)
			s := Start(t, Options{OutboundAllow: local, Store: open})
			admin := s.Key(t, access.AdminWorkspace)
			id, from := s.crawlOf(t, admin, d, "")
			to := s.Schema(t, "Another")
			s.sync(t, admin, id)
			all, none := []string{"orders", "people"}, []string(nil)
			for _, step := range []struct {
				to                 string
				inFrom, inTo       []string
				afterFrom, afterTo []string
			}{{to, none, none, none, all}, {from, none, none, all, none}} {
				if r := s.Send(t, "PATCH", "/api/v1/integrations/"+id, admin, `{"schema_id":"`+step.to+`"}`); r.Status != 200 || r.At(t, "data.attributes.schema_id") != step.to {
					t.Fatalf("%d %s", r.Status, r.Body)
				}
				if f, n := s.present(t, admin, from), s.present(t, admin, to); !slices.Equal(f, step.inFrom) || !slices.Equal(n, step.inTo) {
					t.Errorf("before the sync: %v and %v", f, n)
				}
				if r := s.sync(t, admin, id); r.At(t, "data.attributes.status") != "completed" {
					t.Errorf("%s", r.Body)
				}
				if f, n := s.present(t, admin, from), s.present(t, admin, to); !slices.Equal(f, step.afterFrom) || !slices.Equal(n, step.afterTo) {
					t.Errorf("after the sync: %v and %v, want %v and %v", f, n, step.afterFrom, step.afterTo)
				}
			}
		})
	}
}
