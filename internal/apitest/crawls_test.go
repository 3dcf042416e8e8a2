package apitest

import (
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/access"
)

// crawlOf makes an integration that crawls the database. more are fields besides kind, name and credentials.
func (s *Server) crawlOf(t *testing.T, key string, d *Warehouse, more string) (id, schema string) {
	t.Helper()
	r := s.Send(t, "POST", "/api/v1/integrations", key, `{"kind":"postgres","name":"warehouse","credentials":`+d.Credentials()+more+`}`)
	if r.Status != 201 || strings.Contains(string(r.Body), "canary") {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	return r.At(t, "data.id").(string), r.At(t, "data.attributes.schema_id").(string)
}

// sync runs a sync of an integration to its end.
func (s *Server) sync(t *testing.T, key, integration string) Reply {
	t.Helper()
	if r := s.Send(t, "POST", "/api/v1/integrations/"+integration+"/syncs", key, ""); r.Status != 202 {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	return s.awaitSync(t, key, integration)
}

func TestCrawl(t *testing.T) { crawls(t, Options{OutboundAllow: local}) }

func TestCrawlOnPostgres(t *testing.T) {
	t.Parallel()
	crawls(t, Options{OutboundAllow: local, Store: OnPostgres})
}

func crawls(t *testing.T, o Options) {
	d := NewWarehouse(t,
		`CREATE SCHEMA raw`, `CREATE SCHEMA analytics`, `CREATE SCHEMA hidden`, `GRANT USAGE ON SCHEMA raw, analytics TO {reader}`,
		`CREATE TABLE raw.people (id integer PRIMARY KEY, name text NOT NULL)`, `COMMENT ON TABLE raw.people IS 'Everybody.'`,
		`CREATE TABLE raw.orders (id integer PRIMARY KEY, person integer REFERENCES raw.people, amount numeric(10,2) DEFAULT 0)`,
		`CREATE VIEW analytics.spending AS SELECT p.name, sum(o.amount) AS spent FROM raw.people p JOIN raw.orders o ON o.person = p.id GROUP BY 1`,
		`CREATE TABLE hidden.salaries (id integer)`)
	s := Start(t, o)
	admin := s.Key(t, access.AdminWorkspace)
	id, schema := s.crawlOf(t, admin, d, "")
	trial := s.Send(t, "POST", "/api/v1/integrations/"+id+"/test", admin, "")
	if trial.At(t, "data.attributes.ok") != true || trial.At(t, "data.attributes.total") != float64(3) || !strings.Contains(string(trial.Body), d.Name+".hidden") {
		t.Errorf("%s", trial.Body)
	}
	first := s.sync(t, admin, id)
	if first.At(t, "data.attributes.status") != "completed" || first.At(t, "data.attributes.counts.tables_created") != float64(3) ||
		first.At(t, "data.attributes.counts.columns_read") != float64(7) || first.At(t, "data.attributes.counts.lineages_created") != float64(2) {
		t.Fatalf("%s", first.Body)
	}
	if first.At(t, "data.attributes.issues") != float64(1) {
		t.Errorf("the schema that cannot be read: %s", first.Body)
	}
	view := s.Get(t, "/api/v1/assets/by-relation?schema_id="+schema+"&relation="+d.Name+".analytics.spending", admin)
	if view.At(t, "data.attributes.kind") != "view" || view.At(t, "data.attributes.upstream") != float64(2) {
		t.Errorf("%s", view.Body)
	}
	from := s.Get(t, "/api/v1/assets/"+view.At(t, "data.id").(string)+"/columns/spent/lineage?direction=upstream", admin)
	if !strings.Contains(string(from.Body), `"amount"`) {
		t.Errorf("column lineage: %s", from.Body)
	}
	people := s.Get(t, "/api/v1/assets/by-relation?schema_id="+schema+"&relation=raw.people", admin)
	if people.At(t, "data.attributes.description.value") != "Everybody." || people.At(t, "data.attributes.description.origin") != "crawl:"+id {
		t.Errorf("%s", people.Body)
	}
	columns := s.Get(t, "/api/v1/assets/"+s.assetAt(t, admin, schema, "raw.orders")+"/columns", admin)
	for _, want := range []string{`"foreign_key"`, `"primary_key"`, `"default"`, `"numeric(10,2)"`} {
		if !strings.Contains(string(columns.Body), want) {
			t.Errorf("no %s: %s", want, columns.Body)
		}
	}

	version := func() any {
		return s.Get(t, "/api/v1/schemas/"+schema, admin).At(t, "data.attributes.version")
	}
	before := version()
	if again := s.sync(t, admin, id); again.At(t, "data.attributes.status") != "completed" || version() != before {
		t.Errorf("nothing had changed, version %v is %v now: %s", before, version(), again.Body)
	}

	// A new column reaches the view's lineage, a dropped table is removed, a new one comes, with one version.
	d.Execute(t, `DROP VIEW analytics.spending`, `DROP TABLE raw.orders`, `ALTER TABLE raw.people ADD age integer`,
		`CREATE VIEW analytics.spending AS SELECT name, age FROM raw.people`, `CREATE TABLE raw.visits (at timestamp)`)
	second := s.sync(t, admin, id)
	if version() != before.(float64)+1 || second.At(t, "data.attributes.counts.tables_removed") != float64(1) || second.At(t, "data.attributes.counts.tables_created") != float64(1) {
		t.Errorf("version %v: %s", version(), second.Body)
	}
	if r := s.Get(t, "/api/v1/assets/by-relation?schema_id="+schema+"&relation=raw.orders", admin); r.Status == 200 && r.At(t, "data.attributes.present") != false {
		t.Errorf("%s", r.Body)
	}
	log := s.syncLogText(t, admin, id, second.At(t, "data.id").(string))
	for _, want := range []string{"PostgreSQL 1", "hidden is not read: the user has no USAGE", "3 tables and views", "removed 1"} {
		if !strings.Contains(log, want) {
			t.Errorf("no %q in the log:\n%s", want, log)
		}
	}

	// What cannot be read stays; a warehouse that shows nothing fails the sync.
	tables := s.present(t, admin, schema)
	d.Execute(t, `REVOKE USAGE ON SCHEMA raw FROM {reader}`)
	if r := s.sync(t, admin, id); r.At(t, "data.attributes.status") != "completed" || !slices.Equal(s.present(t, admin, schema), tables) {
		t.Errorf("%v, before %v: %s", s.present(t, admin, schema), tables, r.Body)
	}
	d.Execute(t, `DROP SCHEMA analytics CASCADE`)
	if r := s.sync(t, admin, id); r.At(t, "data.attributes.error.code") != "nothing-to-read" || !slices.Equal(s.present(t, admin, schema), tables) {
		t.Errorf("%v: %s", s.present(t, admin, schema), r.Body)
	}
	d.Execute(t, `GRANT USAGE ON SCHEMA raw TO {reader}`)
	if r := s.sync(t, admin, id); r.At(t, "data.attributes.status") != "completed" || len(s.present(t, admin, schema)) != 2 {
		t.Errorf("%v: the schema that was dropped is still there: %s", s.present(t, admin, schema), r.Body)
	}
	d.Execute(t, `ALTER ROLE {reader} NOLOGIN`)
	refused := s.sync(t, admin, id)
	if refused.At(t, "data.attributes.error.code") != "wrong-login" || len(s.present(t, admin, schema)) != 2 {
		t.Errorf("%s", refused.Body)
	}
	if strings.Contains(string(refused.Body)+s.syncLogText(t, admin, id, refused.At(t, "data.id").(string)), "canary") {
		t.Error("the password is shown")
	}
}

// assetAt returns the id of the asset at a relation.
func (s *Server) assetAt(t *testing.T, key, schema, relation string) string {
	t.Helper()
	return s.Get(t, "/api/v1/assets/by-relation?schema_id="+schema+"&relation="+url.QueryEscape(relation), key).At(t, "data.id").(string)
}

// present lists the names of the tables of a schema that are not removed.
func (s *Server) present(t *testing.T, key, schema string) []string {
	t.Helper()
	var names []string
	for _, a := range s.Get(t, "/api/v1/assets?limit=200&removed=false&schema_id="+schema, key).At(t, "data").([]any) {
		names = append(names, a.(map[string]any)["attributes"].(map[string]any)["name"].(string))
	}
	slices.Sort(names)
	return names
}

func TestChosenSchemas(t *testing.T) {
	d := NewWarehouse(t, `CREATE SCHEMA dbt_prod`, `CREATE SCHEMA "Dbt_Pr_1"`, `CREATE SCHEMA raw`, `GRANT USAGE ON SCHEMA dbt_prod, "Dbt_Pr_1", raw TO {reader}`,
		`CREATE TABLE dbt_prod.a (id integer)`, `CREATE TABLE "Dbt_Pr_1".b (id integer)`, `CREATE TABLE raw.c (id integer)`)
	s := Start(t, Options{OutboundAllow: local})
	admin := s.Key(t, access.AdminWorkspace)
	id, schema := s.crawlOf(t, admin, d, `,"schemas":{"include":["dbt_*","*.RAW"],"exclude":["dbt_pr_?"],"new":false}`)
	step := func(what string, want ...string) {
		t.Helper()
		if r := s.sync(t, admin, id); r.At(t, "data.attributes.status") != "completed" || !slices.Equal(s.present(t, admin, schema), want) {
			t.Errorf("%s: %v, want %v: %s", what, s.present(t, admin, schema), want, r.Body)
		}
	}
	step("first", "a", "c")
	d.Execute(t, `CREATE SCHEMA dbt_new`, `CREATE TABLE dbt_new.d (id integer)`, `GRANT USAGE ON SCHEMA dbt_new TO {reader}`)
	step("new schemas are off", "a", "c")
	change := func(body string) {
		t.Helper()
		if r := s.Send(t, "PATCH", "/api/v1/integrations/"+id, admin, body); r.Status != 200 {
			t.Fatalf("%d %s", r.Status, r.Body)
		}
	}
	change(`{"schemas":{"exclude":["raw"]}}`)
	step("another choice", "a", "b", "d")
	change(`{"schemas":{"include":["nowhere"]}}`)
	if r := s.sync(t, admin, id); r.At(t, "data.attributes.error.code") != "no-schema-matches" || len(s.present(t, admin, schema)) != 3 {
		t.Errorf("%s", r.Body)
	}
	change(`{"schemas":{}}`)
	step("all", "a", "b", "c", "d")
}

// What cannot be a warehouse is refused when it is set, and a changed target needs its password again.
func TestWarehouseSettings(t *testing.T) {
	s := Start(t, Options{OutboundAllow: local, NoWorker: true})
	admin := s.Key(t, access.AdminWorkspace)
	fields := map[string]string{"host": `"127.0.0.1"`, "port": "5432", "database": `"shop"`, "user": `"reader"`, "password": `"canary-pa55word"`}
	body := func(change map[string]string) string {
		var out []string
		for _, name := range []string{"host", "port", "database", "user", "password", "tls", "ca_certificate", "sslcert", "passfile", "service", "bucket"} {
			value, ok := change[name]
			if !ok {
				value = fields[name]
			}
			if value != "" {
				out = append(out, `"`+name+`":`+value)
			}
		}
		return `{"kind":"postgres","name":"w","credentials":{` + strings.Join(out, ",") + `}}`
	}
	for name, test := range map[string]struct {
		field, value, code string
	}{
		"metadata":            {"host", `"169.254.169.254"`, "endpoint-not-allowed"},
		"mapped metadata":     {"host", `"::ffff:169.254.169.254"`, "endpoint-not-allowed"},
		"cloud of another":    {"host", `"100.100.100.200"`, "endpoint-not-allowed"},
		"private":             {"host", `"10.0.0.1"`, "endpoint-not-allowed"},
		"private by its name": {"host", `"internal.example.com"`, "endpoint-not-allowed"},
		"NAT64":               {"host", `"64:ff9b::a9fe:a9fe"`, "endpoint-not-allowed"},
		"this host":           {"host", `"0.0.0.0"`, "endpoint-not-allowed"},
		"no such host":        {"host", `"nowhere.example.com"`, "endpoint-not-allowed"},
		"socket":              {"host", `"/var/run/postgresql"`, "invalid-field"},
		"abstract socket":     {"host", `"@postgresql"`, "invalid-field"},
		"several hosts":       {"host", `"127.0.0.1,10.0.0.1"`, "invalid-field"},
		"URL":                 {"host", `"postgres://127.0.0.1"`, "invalid-field"},
		"no host":             {"host", ``, "invalid-field"},
		"low port":            {"port", `25`, "invalid-field"},
		"options":             {"database", `"shop?sslcert=/etc/passwd"`, "invalid-field"},
		"connection string":   {"database", `"dbname=shop host=10.0.0.1"`, "invalid-field"},
		"NUL":                 {"user", `"a\u0000b"`, "invalid-field"},
		"no password":         {"password", ``, "invalid-field"},
		"sslcert":             {"sslcert", `"/etc/passwd"`, "unknown-field"},
		"passfile":            {"passfile", `"/etc/passwd"`, "unknown-field"},
		"service":             {"service", `"x"`, "unknown-field"},
		"bucket":              {"bucket", `"my-bucket"`, "invalid-field"},
		"not a certificate":   {"ca_certificate", `"x"`, "invalid-field"},
	} {
		for _, path := range []string{"/api/v1/integrations", "/api/v1/integrations/test"} {
			r := s.Send(t, "POST", path, admin, body(map[string]string{test.field: test.value}))
			if r.Status != 422 || r.At(t, "code") != test.code || strings.Contains(string(r.Body), "canary") {
				t.Errorf("%s at %s: %d, want %s: %s", name, path, r.Status, test.code, r.Body)
			}
		}
	}
	if r := s.Send(t, "POST", "/api/v1/integrations", admin, `{"kind":"postgres","name":"w","credentials":{},"schemas":{"include":[" "]}}`); r.Status != 422 {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	if r := s.Send(t, "POST", "/integration/integrations/", admin, `{"name":"w","type":"oracle","credentials":{}}`); r.Status != 422 {
		t.Errorf("a kind that there is not: %d %s", r.Status, r.Body)
	}
	compat := s.Send(t, "POST", "/integration/integrations/", admin, `{"name":"w","type":"postgres","credentials":{"host":"127.0.0.1","port":5433,"database":"d","user":"u","password":"canary-pa55word"}}`)
	if compat.Status != 201 || compat.At(t, "type") != "postgres" || strings.Contains(string(compat.Body), "canary") {
		t.Errorf("%d %s", compat.Status, compat.Body)
	}
	created := s.Send(t, "POST", "/api/v1/integrations", admin, body(nil))
	if created.Status != 201 || created.At(t, "data.attributes.source") != "warehouse" || strings.Contains(string(created.Body), "canary") {
		t.Fatalf("%d %s", created.Status, created.Body)
	}
	id := created.At(t, "data.id").(string)
	for _, change := range []string{`"host":"localhost"`, `"port":5433`, `"user":"other"`, `"database":"other"`, `"tls":"verify"`} {
		r := s.Send(t, "PATCH", "/api/v1/integrations/"+id, admin, `{"credentials":{`+change+`}}`)
		if r.Status != 422 || r.At(t, "code") != "secret-required" {
			t.Errorf("%s without the password: %d %s", change, r.Status, r.Body)
		}
		if r := s.Send(t, "PATCH", "/api/v1/integrations/"+id, admin, `{"credentials":{`+change+`,"password":"canary-pa55word"}}`); r.Status != 200 || strings.Contains(string(r.Body), "canary") {
			t.Errorf("%s: %d %s", change, r.Status, r.Body)
		}
	}
	if r := s.Send(t, "PATCH", "/api/v1/integrations/"+id, admin, `{"name":"other","schemas":{"exclude":["x"]}}`); r.Status != 200 {
		t.Errorf("%d %s", r.Status, r.Body)
	}
}

// The grants of the guide are enough, and there are no others.
func TestGrantsOfTheGuide(t *testing.T) {
	text, err := os.ReadFile("../../docs/guide/warehouses.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, found := strings.Cut(string(text), "```sql\n")
	script, _, _ := strings.Cut(after, "```")
	d := NewWarehouse(t, `CREATE SCHEMA raw`, `CREATE SCHEMA analytics`, `CREATE TABLE raw.a (id integer)`, `CREATE VIEW analytics.b AS SELECT id FROM raw.a`,
		`REVOKE ALL ON SCHEMA public FROM PUBLIC`)
	d.Execute(t, `REVOKE CONNECT ON DATABASE `+d.Name+` FROM PUBLIC`, `DROP ROLE {reader}`)
	t.Cleanup(func() {
		d.Execute(t, "CREATE ROLE {reader}", "DROP OWNED BY catalog_reader", "DROP ROLE catalog_reader")
	})
	if !found || strings.Count(script, "GRANT") != 2 {
		t.Fatalf("the guide has %q", script)
	}
	d.Execute(t, strings.ReplaceAll(script, "DATABASE shop", "DATABASE "+d.Name))
	s := Start(t, Options{OutboundAllow: local})
	admin := s.Key(t, access.AdminWorkspace)
	d.reader = "catalog_reader"
	id, schema := s.crawlOf(t, admin, d, "")
	d.reader = "reader_of_" + d.Name
	if r := s.sync(t, admin, id); r.At(t, "data.attributes.status") != "completed" || !slices.Equal(s.present(t, admin, schema), []string{"a", "b"}) {
		t.Errorf("%v: %s", s.present(t, admin, schema), r.Body)
	}
}
