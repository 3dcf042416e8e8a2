package apitest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/warehouse/warehousetest"
)

// snowflakeOf starts a local server of Snowflake with credentials that reach it.
func snowflakeOf(t *testing.T, statements ...string) (*warehousetest.Snowflake, warehousetest.Execute, map[string]any) {
	t.Helper()
	execute := warehousetest.Fakesnow(t)
	for _, s := range statements {
		if r := execute(s, nil); r.Code != "" {
			t.Fatalf("%s: %s", s, r.Message)
		}
	}
	key, privateKey := warehousetest.Key(t)
	server := warehousetest.NewSnowflake(t, &key.PublicKey, execute, warehousetest.SnowflakeOptions{Account: "ACME-PROD", User: "READER"})
	return server, execute, map[string]any{
		"account": "acme-prod", "user": "reader", "private_key": privateKey, "warehouse": "tiny", "role": "catalog_reader", "database": "shop",
		"host": server.Host, "port": server.Port, "ca_certificate": server.Certificate,
	}
}

// with returns fields with others in place of some.
func with(fields map[string]any, change map[string]any) map[string]any {
	out := map[string]any{}
	for name, value := range fields {
		out[name] = value
	}
	for name, value := range change {
		if out[name] = value; value == nil {
			delete(out, name)
		}
	}
	return out
}

// integrationOf is the body of a request for an integration.
func integrationOf(t *testing.T, kind string, credentials map[string]any) string {
	t.Helper()
	text, err := json.Marshal(map[string]any{"kind": kind, "name": "warehouse", "credentials": credentials})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestCrawlOfSnowflake(t *testing.T) {
	_, execute, credentials := snowflakeOf(t, `CREATE SCHEMA RAW`,
		`CREATE TABLE RAW.PEOPLE (ID INTEGER NOT NULL PRIMARY KEY, NAME VARCHAR(20)) COMMENT = 'Everybody.'`,
		`CREATE TABLE RAW.ORDERS (ID INTEGER, PERSON INTEGER, AMOUNT NUMBER(10,2))`,
		`CREATE VIEW RAW.SPENDING AS SELECT P.NAME, O.AMOUNT AS SPENT FROM RAW.PEOPLE P JOIN RAW.ORDERS O ON O.PERSON = P.ID`)
	for name, open := range map[string]OpenStore{"SQLite": nil, "PostgreSQL": OnPostgres} {
		t.Run(name, func(t *testing.T) {
			s := Start(t, Options{OutboundAllow: local, Store: open})
			admin := s.Key(t, access.AdminWorkspace)
			trial := s.Send(t, "POST", "/api/v1/integrations/test", admin, integrationOf(t, "snowflake", credentials))
			if trial.At(t, "data.attributes.ok") != true || !strings.Contains(string(trial.Body), "SHOP.RAW") {
				t.Fatalf("%s", trial.Body)
			}
			created := s.Send(t, "POST", "/api/v1/integrations", admin, integrationOf(t, "snowflake", credentials))
			if created.Status != 201 || strings.Contains(string(created.Body), "PRIVATE") || created.At(t, "data.attributes.credentials.account") != "acme-prod" {
				t.Fatalf("%d %s", created.Status, created.Body)
			}
			id, schema := created.At(t, "data.id").(string), created.At(t, "data.attributes.schema_id").(string)
			first := s.sync(t, admin, id)
			if first.At(t, "data.attributes.status") != "completed" || first.At(t, "data.attributes.counts.tables_created") != float64(3) || first.At(t, "data.attributes.counts.lineages_created") != float64(2) {
				t.Fatalf("%s", first.Body)
			}
			// Names without quotes are folded as Snowflake folds them.
			view := s.assetAt(t, admin, schema, "shop.raw.spending")
			if from := s.Get(t, "/api/v1/assets/"+view+"/columns/spent/lineage?direction=upstream", admin); !strings.Contains(string(from.Body), `"AMOUNT"`) {
				t.Errorf("column lineage: %s", from.Body)
			}
			columns := s.Get(t, "/api/v1/assets/"+s.assetAt(t, admin, schema, "raw.orders")+"/columns", admin)
			if !strings.Contains(string(columns.Body), `"NUMBER(10,2)"`) {
				t.Errorf("%s", columns.Body)
			}
			version := s.Get(t, "/api/v1/schemas/"+schema, admin).At(t, "data.attributes.version")
			if s.sync(t, admin, id); s.Get(t, "/api/v1/schemas/"+schema, admin).At(t, "data.attributes.version") != version {
				t.Error("nothing had changed, and there is another version")
			}
			if r := execute(`CREATE TABLE RAW.VISITS (ID INTEGER)`, nil); r.Code != "" {
				t.Fatal(r.Message)
			}
			if r := s.sync(t, admin, id); r.At(t, "data.attributes.counts.tables_created") != float64(1) || !slices.Contains(s.present(t, admin, schema), "VISITS") {
				t.Errorf("%s", r.Body)
			}
			if r := execute(`DROP TABLE RAW.VISITS`, nil); r.Code != "" {
				t.Fatal(r.Message)
			}
			if r := s.sync(t, admin, id); r.At(t, "data.attributes.counts.tables_removed") != float64(1) {
				t.Errorf("%s", r.Body)
			}

			// Another key is not one of the user; nothing is lost by that.
			_, other := warehousetest.NewKey(t)
			body, err := json.Marshal(map[string]any{"credentials": map[string]any{"private_key": other}})
			if err != nil {
				t.Fatal(err)
			}
			if r := s.Send(t, "PATCH", "/api/v1/integrations/"+id, admin, string(body)); r.Status != 200 {
				t.Fatalf("%d %s", r.Status, r.Body)
			}
			if r := s.sync(t, admin, id); r.At(t, "data.attributes.error.code") != "wrong-login" || len(s.present(t, admin, schema)) != 3 || strings.Contains(string(r.Body), "PRIVATE") {
				t.Errorf("%s", r.Body)
			}
		})
	}
}

// What cannot be an account is refused when it is set, and the key has to be sent again when what it opens changes.
func TestSnowflakeSettings(t *testing.T) {
	_, privateKey := warehousetest.Key(t)
	fields := map[string]any{
		"account": "acme-prod", "user": "reader", "private_key": privateKey, "role": "catalog_reader", "host": "127.0.0.1", "port": 8443,
	}
	s := Start(t, Options{OutboundAllow: local, NoWorker: true})
	admin := s.Key(t, access.AdminWorkspace)
	for name, test := range map[string]struct {
		change map[string]any
		code   string
	}{
		"no account":         {map[string]any{"account": nil}, "invalid-field"},
		"address":            {map[string]any{"account": "evil.example.com/x"}, "invalid-field"},
		"fragment":           {map[string]any{"account": "evil#"}, "invalid-field"},
		"user in an address": {map[string]any{"account": "a@evil"}, "invalid-field"},
		"port in an address": {map[string]any{"account": "evil:8443"}, "invalid-field"},
		"whole host":         {map[string]any{"account": "acme.snowflakecomputing.com"}, "invalid-field"},
		"dots":               {map[string]any{"account": "a..b"}, "invalid-field"},
		"no user":            {map[string]any{"user": nil}, "invalid-field"},
		"no key":             {map[string]any{"private_key": nil}, "invalid-field"},
		"not a key":          {map[string]any{"private_key": "canary-key"}, "invalid-field"},
		"encrypted key":      {map[string]any{"private_key": "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----"}, "invalid-field"},
		"metadata":           {map[string]any{"host": "169.254.169.254"}, "endpoint-not-allowed"},
		"private":            {map[string]any{"host": "10.0.0.1"}, "endpoint-not-allowed"},
		"low port":           {map[string]any{"port": 22}, "invalid-field"},
		"password":           {map[string]any{"tls": "verify"}, "invalid-field"},
		"project":            {map[string]any{"project": "my-project"}, "invalid-field"},
		"bucket":             {map[string]any{"bucket": "my-bucket"}, "invalid-field"},
		"token":              {map[string]any{"token": "x"}, "unknown-field"},
	} {
		for _, path := range []string{"/api/v1/integrations", "/api/v1/integrations/test"} {
			r := s.Send(t, "POST", path, admin, integrationOf(t, "snowflake", with(fields, test.change)))
			if r.Status != 422 || r.At(t, "code") != test.code || strings.Contains(string(r.Body), "canary") || strings.Contains(string(r.Body), "PRIVATE KEY-----\n") {
				t.Errorf("%s at %s: %d, want %s: %s", name, path, r.Status, test.code, r.Body)
			}
		}
	}
	created := s.Send(t, "POST", "/api/v1/integrations", admin, integrationOf(t, "snowflake", fields))
	if created.Status != 201 || fmt.Sprint(created.At(t, "data.attributes.credentials.secrets")) != "[private_key]" {
		t.Fatalf("%d %s", created.Status, created.Body)
	}
	s.wantsSecretAgain(t, admin, created.At(t, "data.id").(string), "private_key", privateKey, map[string]any{
		"account": "other", "user": "other", "role": "accountadmin", "warehouse": "huge", "database": "other", "host": "localhost", "port": 9443,
	})
	// Without a host it is the account's own; that its name is looked up is left to the connection.
	if r := s.Send(t, "POST", "/api/v1/integrations", admin, integrationOf(t, "snowflake", with(fields, map[string]any{"host": nil, "port": nil}))); r.Status != 201 || r.At(t, "data.attributes.credentials.port") != float64(443) {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	compat := s.Send(t, "POST", "/integration/integrations/", admin, strings.NewReplacer(`"kind"`, `"type"`).Replace(integrationOf(t, "snowflake", with(fields, nil))))
	if compat.Status != 201 || compat.At(t, "type") != "snowflake" || strings.Contains(string(compat.Body), "PRIVATE") {
		t.Errorf("%d %s", compat.Status, compat.Body)
	}
}

// wantsSecretAgain checks that a change of each field is refused without the secret, and made with it.
func (s *Server) wantsSecretAgain(t *testing.T, key, id, field, secret string, changes map[string]any) {
	t.Helper()
	for name, value := range changes {
		patch := func(credentials map[string]any) Reply {
			body, err := json.Marshal(map[string]any{"credentials": credentials})
			if err != nil {
				t.Fatal(err)
			}
			return s.Send(t, "PATCH", "/api/v1/integrations/"+id, key, string(body))
		}
		if r := patch(map[string]any{name: value}); r.Status != 422 || r.At(t, "code") != "secret-required" {
			t.Errorf("%s without the secret: %d %s", name, r.Status, r.Body)
		}
		if r := patch(map[string]any{name: value, field: secret}); r.Status != 200 || strings.Contains(string(r.Body), secret) {
			t.Errorf("%s: %d %s", name, r.Status, r.Body)
		}
	}
}
