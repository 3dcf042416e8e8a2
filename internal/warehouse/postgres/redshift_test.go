package postgres_test

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/pgtest"
	"github.com/thalweg-data/thalweg/internal/warehouse"
	"github.com/thalweg-data/thalweg/internal/warehouse/postgres"
	"github.com/thalweg-data/thalweg/internal/warehouse/warehousetest"
)

func redshiftTables(t *testing.T, d *postgres.Redshift, schema string) map[string]warehouse.Table {
	t.Helper()
	tables := map[string]warehouse.Table{}
	for table, err := range d.Tables(t.Context(), warehouse.Schema{Database: "shop", Name: schema}) {
		if err != nil {
			t.Fatal(err)
		}
		tables[table.Name] = table
	}
	return tables
}

func recordedRedshift(t *testing.T, replies map[string]warehousetest.Result) (*postgres.Redshift, error) {
	t.Helper()
	server := warehousetest.NewWire(t, replies)
	var d net.Dialer
	r, err := postgres.OpenRedshift(t.Context(), postgres.Options{
		Host: server.Host, Port: server.Port, Database: "shop", User: "reader", Password: canary, Dial: d.DialContext, Plain: d.DialContext, Replies: 1 << 30,
	})
	if err == nil {
		t.Cleanup(func() { _ = r.Close(context.Background()) })
		t.Cleanup(func() {
			for _, q := range server.Queries() {
				if strings.Contains(q, "lock_timeout") {
					t.Errorf("a setting that Redshift does not have: %s", q)
				}
			}
		})
	}
	return r, err
}

// What only Redshift has is as it was recorded.
func TestRedshift(t *testing.T) {
	d, err := recordedRedshift(t, warehousetest.RedshiftReplies())
	if err != nil {
		t.Fatal(err)
	}
	if d.Platform() != "redshift" || d.Version() != "Redshift 1.0.77467" {
		t.Errorf("%q of %q", d.Version(), d.Platform())
	}
	list, err := d.Schemas(t.Context())
	if err != nil || !list.Complete || len(list.Schemas) != 2 || list.Schemas[0].Database != "shop" || list.Schemas[1].Unreadable == "" {
		t.Errorf("%+v %v", list, err)
	}
	tables := redshiftTables(t, d, "raw")
	got := map[string]string{}
	for name, x := range tables {
		var columns []string
		for _, c := range x.Columns {
			columns = append(columns, c.Name+" "+c.Type)
		}
		got[name] = fmt.Sprint(x.Kind, " ", strings.Join(columns, ", "))
	}
	if d := cmp.Diff(map[string]string{
		"people": "0 id integer, name character varying(20)", "orders": "0 id bigint, person integer, amount numeric(10,2)", "spending": "1 name character varying(20), amount numeric(10,2)",
		"late": "1 name character varying(20)", "daily": "2 id integer", "clicks": "3 at timestamp, url varchar(2000)",
	}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	orders, people := tables["orders"], tables["people"]
	if !orders.Columns[0].Identity || *orders.Columns[0].Nullable || orders.Columns[2].Default != "0" || orders.Columns[2].Comment != "What it cost." ||
		*orders.Rows != 4711 || *orders.Bytes != 12<<20 || *people.Rows != 120 || people.Bytes != nil || people.Comment != "Everybody." {
		t.Errorf("%+v\n%+v", orders, people)
	}
	if d := cmp.Diff([]warehouse.Constraint{{Type: warehouse.ForeignKey, Name: "orders_person_fkey", Columns: []string{"person"}, ToSchema: "raw", ToTable: "people", ToColumns: []string{"id"}}}, orders.Constraints); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// Figures that a user may not see are left out; a server that is not Redshift is told apart.
func TestRedshiftRefuses(t *testing.T) {
	replies := warehousetest.RedshiftReplies()
	replies[`SELECT "table"`] = warehousetest.Result{Code: "42501", Message: "permission denied for relation svv_table_info"}
	d, err := recordedRedshift(t, replies)
	if err != nil {
		t.Fatal(err)
	}
	if orders := redshiftTables(t, d, "raw")["orders"]; orders.Bytes != nil || len(orders.Columns) != 3 {
		t.Errorf("%+v", orders)
	}
	replies["SELECT current_database(), version()"] = warehousetest.Recorded("current_database version", []string{"shop", "PostgreSQL 15.4"})
	if _, err := recordedRedshift(t, replies); warehouse.ReasonOf(err) != warehouse.NotAWarehouse {
		t.Errorf("%v", err)
	}
}

// PostgreSQL executes the queries, with what only Redshift has made for it.
func TestRedshiftQueries(t *testing.T) {
	o := optionsOf(t, pgtest.New(t))
	execute(t, o,
		`SET allow_system_table_mods = on; CREATE TABLE pg_catalog.svv_table_info ("schema" text, "table" text, size bigint, tbl_rows numeric);
		CREATE TABLE pg_catalog.svv_external_columns (schemaname text, tablename text, columnname text, external_type text, columnnum int);
		CREATE FUNCTION pg_catalog.pg_get_late_binding_view_cols() RETURNS SETOF record LANGUAGE sql AS
			$$ SELECT 'raw'::name, 'spending'::name, 'late'::name, 'integer'::varchar, 1 $$;
		INSERT INTO pg_catalog.svv_table_info VALUES ('raw', 'people', 3, 7); INSERT INTO pg_catalog.svv_external_columns VALUES ('raw', 'files', 'a', 'string', 1);
		GRANT SELECT ON pg_catalog.svv_table_info, pg_catalog.svv_external_columns TO PUBLIC`,
		`CREATE SCHEMA raw`, `CREATE TABLE raw.people (id integer PRIMARY KEY, "Odd, ""name)" text NOT NULL DEFAULT 'x', UNIQUE ("Odd, ""name)", id))`,
		`COMMENT ON TABLE raw.people IS 'Everybody.'`, `COMMENT ON COLUMN raw.people.id IS 'Its number.'`,
		`CREATE TABLE raw.orders (id integer, person integer REFERENCES raw.people)`, `CREATE VIEW raw.spending AS SELECT id FROM raw.orders`, `CREATE TABLE raw.mv_tbl__daily__0 (id integer)`)
	pg := open(t, o)
	tables := redshiftTables(t, postgres.AsRedshift(pg), "raw")
	if len(tables) != 4 {
		t.Errorf("%d tables", len(tables))
	}
	people := tables["people"]
	if d := cmp.Diff([]warehouse.Constraint{
		{Type: warehouse.Unique, Name: "people_Odd, \"name)_id_key", Columns: []string{`Odd, "name)`, "id"}},
		{Type: warehouse.PrimaryKey, Name: "people_pkey", Columns: []string{"id"}},
	}, people.Constraints); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if people.Comment != "Everybody." || people.Columns[0].Comment != "Its number." || people.Columns[1].Default != "'x'::text" || *people.Bytes != 3<<20 || *people.Rows != 7 {
		t.Errorf("%+v", people)
	}
	if k := tables["orders"].Constraints; len(k) != 1 || k[0].ToTable != "people" || k[0].ToSchema != "raw" || k[0].ToColumns[0] != "id" {
		t.Errorf("%+v", k)
	}
	if v := tables["spending"]; !strings.Contains(v.Definition, "raw.orders") || len(v.Columns) != 1 || v.Columns[0].Name != "late" || len(tables["files"].Columns) != 1 {
		t.Errorf("%+v\n%+v", v, tables["files"])
	}
}

func FuzzConstraint(f *testing.F) {
	for _, text := range []string{`PRIMARY KEY (id, "a b")`, `FOREIGN KEY (a) REFERENCES raw.people(id)`, `FOREIGN KEY ("a""b", c) REFERENCES "R.".p("(", ")")`, `UNIQUE ("`, `FOREIGN KEY (a) REFERENCES x`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		k, ok := postgres.ParseConstraint(text, "s")
		if ok && (len(k.Columns) == 0 || k.Type == warehouse.ForeignKey && (k.ToTable == "" || len(k.ToColumns) != len(k.Columns))) {
			t.Errorf("%q: %+v", text, k)
		}
	})
}
