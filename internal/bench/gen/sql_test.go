package gen_test

import (
	"database/sql"
	"database/sql/driver"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"modernc.org/sqlite"

	"github.com/thalweg-data/thalweg/internal/bench/gen"
)

// SQLite lacks these functions of PostgreSQL. Tables are empty here: no call is made.
func init() {
	null := func(*sqlite.FunctionContext, []driver.Value) (driver.Value, error) { return nil, nil }
	sqlite.MustRegisterDeterministicScalarFunction("md5", 1, null)
	sqlite.MustRegisterDeterministicScalarFunction("date_trunc", 2, null)
}

// A real engine decides which columns a model's SQL returns: every source becomes
// a table, every model a table made by its compiled code. SQLite has no names of
// three parts, and its casts of dates are numbers; neither matters here.
func TestSQLReturnsTheCatalogsColumns(t *testing.T) {
	for name, p := range map[string]gen.Project{
		"plain":     {Models: 300, Columns: 12, Seed: 7},
		"wide":      {Models: 60, Columns: 120, Seed: 8},
		"narrow":    {Models: 200, Columns: 4, Seed: 9},
		"churned":   {Models: 300, Columns: 12, Seed: 7, Churn: gen.Churn{Change: 50, Remove: 40, AddColumns: 120}},
		"one":       {Models: 1, Columns: 10, Seed: 3},
		"all grown": {Models: 150, Columns: 8, Seed: 5, Churn: gen.Churn{AddColumns: 150}},
	} {
		t.Run(name, func(t *testing.T) {
			db, err := sql.Open("sqlite", ":memory:")
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			db.SetMaxOpenConns(1)
			for table := range plan(t, p).Tables() {
				create(t, db, table)
				if diff := cmp.Diff(names(table), columnsOf(t, db, table)); diff != "" {
					t.Fatalf("%s: the catalog's columns (-) and the SQL's (+) differ:\n%s\n%s", table.UniqueID, diff, table.CompiledCode)
				}
			}
		})
	}
}

var threeParts = regexp.MustCompile(`"analytics"\."([a-z_]+)"\."`)

func flat(code string) string { return threeParts.ReplaceAllString(code, `"$1.`) }

// create makes the table, strictly: a name that SQLite cannot find is an error.
func create(t *testing.T, db *sql.DB, table gen.Table) {
	t.Helper()
	statement := "create table " + flat(table.Relation) + " as " + flat(table.CompiledCode)
	if table.CompiledCode == "" {
		statement = "create table " + flat(table.Relation) + " (" + strings.Join(names(table), ", ") + ")"
	}
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v\n%s", table.UniqueID, err, statement)
	}
}

func names(table gen.Table) []string {
	var all []string
	for _, column := range table.Columns {
		all = append(all, column.Name)
	}
	return all
}

func columnsOf(t *testing.T, db *sql.DB, table gen.Table) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), fmt.Sprintf("select * from %s limit 0", flat(table.Relation)))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return columns
}
