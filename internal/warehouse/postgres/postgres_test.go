package postgres_test

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/thalweg-data/thalweg/internal/pgtest"
	"github.com/thalweg-data/thalweg/internal/warehouse"
	"github.com/thalweg-data/thalweg/internal/warehouse/postgres"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// odd makes a database of odd things and returns how a reader reaches it.
func odd(t *testing.T) postgres.Options {
	t.Helper()
	script, err := os.ReadFile("testdata/odd.sql")
	if err != nil {
		t.Fatal(err)
	}
	o := optionsOf(t, pgtest.New(t))
	role := "reader_of_" + o.Database
	execute(t, o, string(script), fmt.Sprintf(`CREATE ROLE %s LOGIN`, role), fmt.Sprintf(`GRANT USAGE ON SCHEMA analytics, "Odd Names", empty TO %s`, role))
	t.Cleanup(func() { execute(t, o, "DROP OWNED BY "+role, "DROP ROLE "+role) })
	o.User = role
	return o
}

func optionsOf(t *testing.T, dsn string) postgres.Options {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	if err != nil {
		t.Fatal(err)
	}
	var d net.Dialer
	return postgres.Options{
		Host: u.Hostname(), Port: uint16(port), Database: strings.TrimPrefix(u.Path, "/"), User: u.User.Username(),
		Dial: d.DialContext, Plain: d.DialContext, Replies: 1 << 30,
	}
}

// execute runs statements as the superuser.
func execute(t *testing.T, o postgres.Options, statements ...string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	conn, err := pgx.Connect(ctx, fmt.Sprintf("host=%s port=%d dbname=%s user=postgres sslmode=disable", o.Host, o.Port, o.Database))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range statements {
		if _, err := conn.Exec(ctx, s); err != nil {
			t.Fatalf("%.200s: %v", s, err)
		}
	}
	if err := conn.Close(ctx); err != nil {
		t.Error(err)
	}
}

func open(t *testing.T, o postgres.Options) *postgres.Database {
	t.Helper()
	db, err := postgres.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close(context.Background()) })
	return db
}

// tablesOf returns the tables of a schema by name.
func tablesOf(t *testing.T, db *postgres.Database, of warehouse.Schema) map[string]warehouse.Table {
	t.Helper()
	out := map[string]warehouse.Table{}
	for table, err := range db.Tables(t.Context(), of) {
		if err != nil {
			t.Fatal(err)
		}
		if _, twice := out[table.Name]; twice {
			t.Errorf("%q comes twice", table.Name)
		}
		out[table.Name] = table
	}
	return out
}

func TestSchemas(t *testing.T) {
	o := odd(t)
	list, err := open(t, o).Schemas(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []warehouse.Schema{
		{Database: o.Database, Name: "Odd Names"},
		{Database: o.Database, Name: "analytics"},
		{Database: o.Database, Name: "empty"},
		{Database: o.Database, Name: "public"},
		{Database: o.Database, Name: "secret", Unreadable: "the user has no USAGE on it"},
	}
	if diff := cmp.Diff(want, list.Schemas); diff != "" || !list.Complete {
		t.Errorf("complete %v (-want +got):\n%s", list.Complete, diff)
	}
}

func TestTables(t *testing.T) {
	o := odd(t)
	db := open(t, o)
	schema := warehouse.Schema{Database: o.Database, Name: "analytics"}
	got := tablesOf(t, db, schema)
	var names []string
	for name := range got {
		names = append(names, name)
	}
	slices.Sort(names)
	if want := "big_orders customers events items orders remote totals"; strings.Join(names, " ") != want {
		t.Errorf("tables %q, want %q: partitions are parts, sequences and temporary tables are none", names, want)
	}
	for name, kind := range map[string]warehouse.Kind{
		"customers": warehouse.BaseTable, "events": warehouse.BaseTable, "big_orders": warehouse.View, "totals": warehouse.MaterializedView, "remote": warehouse.ForeignTable,
	} {
		if got[name].Kind != kind {
			t.Errorf("%s is of kind %d, want %d", name, got[name].Kind, kind)
		}
	}
	yes, no := true, false
	wantColumns := []warehouse.Column{
		{Name: "id", Ordinal: 1, Type: "bigint", Nullable: &no, Identity: true},
		{Name: "email", Ordinal: 3, Type: "analytics.work_email", Base: "character varying(200)", Nullable: &no, Comment: `Where we write to; ' " \ ü 漢字`},
		{Name: "mood", Ordinal: 4, Type: "analytics.mood", Base: "enum", Nullable: &yes, Default: "'good'::analytics.mood"},
		{Name: "moods", Ordinal: 5, Type: "analytics.mood[]", Nullable: &yes},
		{Name: "home", Ordinal: 6, Type: "analytics.address", Base: "struct", Nullable: &yes},
		{Name: "tags", Ordinal: 7, Type: "text[]", Nullable: &yes},
		{Name: "grid", Ordinal: 8, Type: "integer[]", Nullable: &yes},
		{Name: "born", Ordinal: 9, Type: "date", Nullable: &yes},
		{Name: "joined", Ordinal: 10, Type: "timestamp(3) with time zone", Nullable: &yes, Default: "now()"},
		{Name: "Full Name", Ordinal: 11, Type: "text", Nullable: &yes},
		{Name: "full_name", Ordinal: 12, Type: "text", Nullable: &yes},
	}
	customers := got["customers"]
	if diff := cmp.Diff(wantColumns, customers.Columns); diff != "" {
		t.Errorf("columns of customers (-want +got):\n%s", diff)
	}
	if customers.Comment != "One row per customer." || customers.Rows == nil || *customers.Rows != 1000 || customers.Bytes == nil || *customers.Bytes < 8192 {
		t.Errorf("customers %+v", customers)
	}
	if orders := got["orders"]; orders.Rows != nil || orders.Bytes != nil || orders.Columns[3].Generated != "(amount * 0.2)" || orders.Columns[3].Default != "" {
		t.Errorf("orders, which was never analyzed: %+v", orders)
	}
	if events := got["events"]; events.Rows == nil || *events.Rows != 500 {
		t.Errorf("events %+v", events)
	}
	wantConstraints := []warehouse.Constraint{
		{Type: warehouse.Check, Name: "orders_amount_check", Columns: []string{"amount"}, Expression: "(amount >= (0)::numeric)"},
		{Type: warehouse.ForeignKey, Name: "orders_customer_fkey", Columns: []string{"customer"}, ToSchema: "analytics", ToTable: "customers", ToColumns: []string{"id"}},
		{Type: warehouse.PrimaryKey, Name: "orders_key", Columns: []string{"customer", "number"}},
		{Type: warehouse.Check, Name: "reasonable", Columns: []string{"amount", "number"}, Expression: "((amount < (1000000)::numeric) OR (number > 0))"},
	}
	if diff := cmp.Diff(wantConstraints, got["orders"].Constraints); diff != "" {
		t.Errorf("constraints of orders (-want +got):\n%s", diff)
	}
	if k := got["items"].Constraints; len(k) != 1 || !slices.Equal(k[0].Columns, k[0].ToColumns) || k[0].ToTable != "orders" {
		t.Errorf("constraints of items %+v", k)
	}
	view := got["big_orders"]
	if !strings.Contains(view.Definition, "FROM (analytics.orders o") || view.Columns[1].Comment != "In euros." || view.Columns[0].Nullable != nil {
		t.Errorf("big_orders %+v", view)
	}
	if !strings.Contains(got["totals"].Definition, "analytics.big_orders") || got["customers"].Definition != "" {
		t.Errorf("totals %q", got["totals"].Definition)
	}
}

func TestOddNames(t *testing.T) {
	o := odd(t)
	db := open(t, o)
	got := tablesOf(t, db, warehouse.Schema{Database: o.Database, Name: "Odd Names"})
	if len(got) != 5 {
		t.Errorf("%d tables", len(got))
	}
	var columns []string
	for _, c := range got["Upper.Dotted"].Columns {
		columns = append(columns, c.Name)
	}
	if !slices.Equal(columns, []string{"id", "ID", `with "quotes"`}) {
		t.Errorf("columns %q", columns)
	}
	if view := got["Ünïcode 表"]; !strings.Contains(view.Definition, `FROM "Odd Names"."Upper.Dotted"`) || view.Columns[0].Name != "Ausgabe" {
		t.Errorf("view %+v", view)
	}
	if nothing, ok := got["nothing"]; !ok || len(nothing.Columns) != 0 {
		t.Errorf("a table without columns: %+v", nothing)
	}
	if got := tablesOf(t, db, warehouse.Schema{Database: o.Database, Name: `x' OR true --`}); len(got) != 0 {
		t.Errorf("tables of a schema that there is not: %v", got)
	}
}
