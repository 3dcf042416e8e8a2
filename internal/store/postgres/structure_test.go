package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/pgtest"
	"github.com/thalweg-data/thalweg/internal/store/sqlite"
)

// TestBothEnginesHaveTheSameTables holds the migrations of the two engines
// together: after all of them, tables, columns (type and nullability), keys,
// foreign keys and indexes are equal. The migrations stay two sets of files
// because the ways to get there differ: SQLite rebuilds a table where PostgreSQL
// alters it, and only PostgreSQL has collations, storage and row security.
func TestBothEnginesHaveTheSameTables(t *testing.T) {
	t.Parallel()
	here := sqliteTables(t)
	if covering := "assets index (ws,schema_id,valid_to,valid_from,id,created_at,updated_at,card)"; here[covering] {
		delete(here, covering) // SQLite alone reads cards from an index
		here.add("assets index (ws,schema_id,valid_to)")
	}
	if diff := cmp.Diff(here, postgresTables(t)); diff != "" {
		t.Errorf("tables (-sqlite +postgres):\n%s", diff)
	}
}

// structure is what a set of tables is made of: a line per column, key and index.
type structure map[string]bool

func (s structure) add(format string, args ...any) { s[fmt.Sprintf(format, args...)] = true }

func sqliteTables(t *testing.T) structure {
	t.Helper()
	dir := t.TempDir()
	st, err := sqlite.Open(t.Context(), dir, sqlite.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = st.Close() }() // only the tables matter
	if err := st.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, sqlite.FileName))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }() // only read
	s := structure{}
	read(t, db, s, `SELECT m.name, c.name, c.type, max(c."notnull", c.pk > 0) FROM sqlite_master m JOIN pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'goose%' AND m.name NOT LIKE 'sqlite%'`, s.column)
	// An integer primary key is the table itself and has no index.
	read(t, db, s, `SELECT m.name, group_concat(c.name) FROM sqlite_master m JOIN pragma_table_info(m.name) c
		WHERE m.type = 'table' AND c.pk > 0 AND m.name NOT LIKE 'goose%' AND m.name NOT LIKE 'sqlite%'
		GROUP BY m.name HAVING count(*) = 1`, func(v []string) { s.add("%s key (%s)", v[0], v[1]) })
	read(t, db, s, `SELECT m.name, i."unique", i.partial, group_concat(c.name) FROM sqlite_master m
		JOIN pragma_index_list(m.name) i JOIN pragma_index_info(i.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'goose%' GROUP BY m.name, i.name`, s.index)
	read(t, db, s, `SELECT m.name, f."table", group_concat(f."from"), group_concat(f."to") FROM sqlite_master m
		JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table' GROUP BY m.name, f.id`, s.foreignKey)
	return s
}

func postgresTables(t *testing.T) structure {
	t.Helper()
	url := pgtest.New(t)
	st := opened(t, url, time.Now)
	if err := st.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	e, err := connect(context.WithoutCancel(t.Context()), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = e.Close() }() // only read
	s := structure{}
	read(t, e.writer, s, `SELECT table_name, column_name, data_type || coalesce(' ' || collation_name, ''), CASE is_nullable WHEN 'NO' THEN 1 ELSE 0 END
		FROM information_schema.columns WHERE table_schema = current_schema() AND table_name NOT LIKE 'goose%'`, s.column)
	const columns = `(SELECT string_agg(a.attname, ',' ORDER BY n.i) FROM unnest(%s) WITH ORDINALITY AS n (num, i)
		JOIN pg_attribute a ON a.attrelid = %s AND a.attnum = n.num)`
	read(t, e.writer, s, `SELECT c.relname, i.indisunique::int, (i.indpred IS NOT NULL)::int, `+fmt.Sprintf(columns, "i.indkey", "c.oid")+`
		FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace s ON s.oid = c.relnamespace
		WHERE s.nspname = current_schema() AND c.relname NOT LIKE 'goose%'`, s.index)
	read(t, e.writer, s, `SELECT c.relname, f.relname, `+fmt.Sprintf(columns, "k.conkey", "c.oid")+`, `+fmt.Sprintf(columns, "k.confkey", "f.oid")+`
		FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class f ON f.oid = k.confrelid
		JOIN pg_namespace s ON s.oid = c.relnamespace WHERE k.contype = 'f' AND s.nspname = current_schema()`, s.foreignKey)
	return s
}

// classes are the types of both engines that hold the same values. Texts compare
// by their bytes on both.
var classes = map[string]string{
	"INTEGER": "integer", "TEXT": "text", "BLOB": "bytes", "REAL": "fraction",
	"bigint": "integer", "text C": "text", "bytea": "bytes", "double precision": "fraction",
}

func (s structure) column(v []string) {
	class, ok := classes[v[2]]
	if !ok {
		class = "unexpected type " + v[2]
	}
	null := map[string]string{"0": " null", "1": ""}[v[3]]
	s.add("%s.%s %s%s", v[0], v[1], class, null)
}

func (s structure) index(v []string) {
	kind := "index"
	if v[1] == "1" {
		kind = "key"
	}
	if v[2] == "1" {
		kind = "partial " + kind
	}
	s.add("%s %s (%s)", v[0], kind, v[3])
}

func (s structure) foreignKey(v []string) {
	s.add("%s (%s) refers to %s (%s)", v[0], v[2], v[1], v[3])
}

// read calls line with every row of a query, as texts.
func read(t *testing.T, db *sql.DB, s structure, query string, line func(v []string)) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }() // its error is rows.Err
	names, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		values, into := make([]sql.NullString, len(names)), make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		texts := make([]string, len(names))
		for i, v := range values {
			texts[i] = v.String
		}
		line(texts)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if len(s) == 0 {
		t.Fatalf("nothing came of %s", strings.TrimSpace(query))
	}
}
