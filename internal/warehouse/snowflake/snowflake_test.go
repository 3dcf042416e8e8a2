package snowflake_test

import (
	"crypto/x509"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/outbound"
	"github.com/thalweg-data/thalweg/internal/warehouse"
	"github.com/thalweg-data/thalweg/internal/warehouse/snowflake"
	"github.com/thalweg-data/thalweg/internal/warehouse/warehousetest"
)

// optionsOf returns options that reach a local server through the dialer of production.
func optionsOf(t testing.TB, s *warehousetest.Snowflake, privateKey string) snowflake.Options {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(s.Certificate))
	return snowflake.Options{
		Account: "acme-prod", User: "reader", PrivateKey: privateKey, Warehouse: "tiny", Role: `"Reader"`, Host: s.Host, Port: s.Port, Replies: 1 << 30,
		Client: allowing().Client(outbound.ClientOptions{Timeout: time.Minute, Reply: 1 << 30, Roots: roots}),
		Now:    time.Now, Pause: time.Millisecond,
	}
}

func allowing() outbound.Policy {
	return outbound.Policy{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
}

func acme() warehousetest.SnowflakeOptions {
	return warehousetest.SnowflakeOptions{Account: "ACME-PROD", User: "READER"}
}

// read returns the schemas and the tables of an account, by name.
func read(t *testing.T, o snowflake.Options) (schemas []string, tables map[string]warehouse.Table) {
	t.Helper()
	a, err := snowflake.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(a.Version(), "Snowflake ") || a.Platform() != "snowflake" {
		t.Errorf("%q of %q", a.Version(), a.Platform())
	}
	list, err := a.Schemas(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if list.Complete {
		t.Error("Snowflake hides what a role may not see")
	}
	tables = map[string]warehouse.Table{}
	for _, s := range list.Schemas {
		schemas = append(schemas, s.Database+"."+s.Name)
		for table, err := range a.Tables(t.Context(), s) {
			if err != nil {
				t.Fatal(err)
			}
			tables[s.Name+"."+table.Name] = table
		}
	}
	if err := a.Close(t.Context()); err != nil {
		t.Error(err)
	}
	slices.Sort(schemas)
	return schemas, tables
}

// The statements are executed by fakesnow, and their results come in many small parts.
func TestStructure(t *testing.T) {
	execute := warehousetest.Fakesnow(t)
	for _, s := range []string{
		`CREATE SCHEMA RAW`, `CREATE SCHEMA "Odd name"`, `CREATE SCHEMA EMPTY`,
		`CREATE TABLE RAW.PEOPLE (ID INTEGER NOT NULL PRIMARY KEY, NAME VARCHAR(20) DEFAULT 'x', SPENT NUMBER(10,2), DATA VARIANT, MOMENT TIMESTAMP_NTZ) COMMENT = 'Everybody.'`,
		`INSERT INTO RAW.PEOPLE (ID, NAME) VALUES (1, 'a'), (2, 'b')`,
		`CREATE TABLE RAW."Mixed case" ("a b" INTEGER)`,
		`CREATE VIEW RAW.NAMES AS SELECT NAME, ID FROM RAW.PEOPLE`,
		`CREATE TABLE "Odd name".T (ID INTEGER)`,
	} {
		if r := execute(s, nil); r.Code != "" {
			t.Fatalf("%s: %s", s, r.Message)
		}
	}
	key, privateKey := warehousetest.Key(t)
	server := warehousetest.NewSnowflake(t, &key.PublicKey, execute, func() warehousetest.SnowflakeOptions {
		o := acme()
		o.Rows, o.Pending = 2, 2
		return o
	}())
	schemas, tables := read(t, optionsOf(t, server, privateKey))
	if want := []string{`SHOP.EMPTY`, `SHOP.Odd name`, `SHOP.PUBLIC`, `SHOP.RAW`}; !slices.Equal(schemas, want) {
		t.Errorf("schemas %v, want %v", schemas, want)
	}
	people := tables["RAW.PEOPLE"]
	yes, no := true, false
	want := []warehouse.Column{
		{Name: "ID", Ordinal: 1, Type: "NUMBER(38,0)", Nullable: &no},
		{Name: "NAME", Ordinal: 2, Type: "VARCHAR(20)", Nullable: &yes, Default: "'x'"},
		{Name: "SPENT", Ordinal: 3, Type: "NUMBER(10,2)", Nullable: &yes},
		{Name: "DATA", Ordinal: 4, Type: "VARIANT", Nullable: &yes},
		{Name: "MOMENT", Ordinal: 5, Type: "TIMESTAMP_NTZ", Nullable: &yes},
	}
	if d := cmp.Diff(want, people.Columns); d != "" {
		t.Errorf("columns (-want +got):\n%s", d)
	}
	if people.Comment != "Everybody." || people.Kind != warehouse.BaseTable || len(people.Constraints) != 1 || people.Constraints[0].Type != warehouse.PrimaryKey ||
		!slices.Equal(people.Constraints[0].Columns, []string{"ID"}) || people.Rows == nil {
		t.Errorf("%+v", people)
	}
	if names := tables["RAW.NAMES"]; names.Kind != warehouse.View || !strings.Contains(names.Definition, "SELECT") || len(names.Columns) != 2 || names.Columns[0].Nullable != nil {
		t.Errorf("%+v", names)
	}
	if odd := tables[`RAW.Mixed case`]; len(odd.Columns) != 1 || odd.Columns[0].Name != "a b" {
		t.Errorf("%+v", odd)
	}
	if odd := tables[`Odd name.T`]; len(odd.Columns) != 1 || len(tables) != 4 {
		t.Errorf("%d tables, %+v", len(tables), odd)
	}
	for _, s := range server.Each {
		if !strings.Contains(s, "as Reader on TINY") {
			t.Errorf("role and warehouse are not as Snowflake stores them: %s", s)
		}
	}
	// Schemas cost the same however many tables they have; empty ones cost one.
	if most := 3 + 2*5 + 2; server.Statements > most {
		t.Errorf("%d statements for two schemas with tables, want at most %d", server.Statements, most)
	}
}
