package oracle

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/thalweg-data/thalweg/internal/pgtest"
	"github.com/thalweg-data/thalweg/internal/sql/dialect"
	"github.com/thalweg-data/thalweg/internal/sql/lineagecase"
	"github.com/thalweg-data/thalweg/internal/sql/parser"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// shared is the server of all tests of the package; the first that needs it starts it.
var shared *server

func TestMain(m *testing.M) { pgtest.Main(withServer{m}) }

type withServer struct{ m *testing.M }

// Run runs the tests and stops the server.
func (w withServer) Run() int {
	code := w.m.Run()
	if shared != nil {
		if err := shared.stop(); err != nil {
			fmt.Fprintln(os.Stderr, "oracle:", err)
			return 1
		}
	}
	return code
}

// server is PostgreSQL with one database for each that the texts name.
type server struct {
	folder  string
	cluster *pgtest.Cluster
	conns   map[string]*pgx.Conn
	// tx is where tables stand for the next text, if it is over the same ones.
	tx     pgx.Tx
	tables *lineagecase.TableColumns
}

func startServer(t *testing.T) *server {
	if os.Getenv("SKIP_POSTGRES") == "1" {
		t.Skip("SKIPPED: SKIP_POSTGRES=1 and this test needs PostgreSQL")
	}
	if shared != nil {
		return shared
	}
	folder, err := os.MkdirTemp("", "oracle")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	cluster, err := pgtest.Start(t.Context(), filepath.Join(folder, "pg"))
	if err != nil {
		_ = os.RemoveAll(folder)
		t.Fatal(err)
	}
	shared = &server{folder: folder, cluster: cluster, conns: map[string]*pgx.Conn{}}
	return shared
}

func (s *server) stop() error {
	for _, c := range s.conns {
		_ = c.Close(context.Background())
	}
	return errors.Join(s.cluster.Stop(), os.RemoveAll(s.folder))
}

// conn is a connection to a database, which is made if need be.
func (s *server) conn(ctx context.Context, database string) (*pgx.Conn, error) {
	if c := s.conns[database]; c != nil {
		return c, nil
	}
	if database != "postgres" {
		if err := s.cluster.CreateDatabase(ctx, database); err != nil {
			return nil, err
		}
	}
	c, err := pgx.Connect(ctx, s.cluster.AdminDSN(database))
	if err != nil {
		return nil, err
	}
	s.conns[database] = c
	return c, nil
}

// truth is what PostgreSQL says of a query.
type truth struct {
	outputs []output
	rows    origin
	// columns are the names of the numbers in the tree, "schema.table.column".
	columns map[base]string
}

// errRefused wraps what PostgreSQL has against a text.
var errRefused = errors.New("PostgreSQL refuses it")

// truthOf makes tables and a view of the query, and reads the view's tree. All of
// it is rolled back.
func (s *server) truthOf(ctx context.Context, tables lineagecase.Tables, schema, sql string) (*truth, error) {
	var last error
	for _, unknown := range []string{"text", "numeric", "timestamp", "integer", "boolean", "jsonb"} {
		if err := s.stand(ctx, tables, schema, unknown); err != nil {
			return nil, err
		}
		view, err := s.tx.Begin(ctx)
		if err != nil {
			return nil, err
		}
		found, err := readView(ctx, view, sql)
		if err := view.Rollback(ctx); err != nil {
			return nil, err
		}
		if err == nil {
			return found, nil
		}
		if last = err; !hasUnknown(tables) {
			break
		}
		s.tables = nil
	}
	return nil, last
}

// stand makes the tables, unless they stand. Columns of unknown type get the type given.
func (s *server) stand(ctx context.Context, tables lineagecase.Tables, schema, unknown string) error {
	if s.tx != nil && s.tables == &tables[0] {
		return nil
	}
	if s.tx != nil {
		if err := s.tx.Rollback(ctx); err != nil {
			return err
		}
		s.tx = nil
	}
	conn, err := s.conn(ctx, databaseOf(tables))
	if err != nil {
		return err
	}
	if s.tx, err = conn.Begin(ctx); err != nil {
		return err
	}
	s.tables = &tables[0]
	if _, err := conn.PgConn().Exec(ctx, definitions(tables, schema, unknown)).ReadAll(); err != nil {
		s.tables = nil
		return fmt.Errorf("%w: tables: %w", errRefused, err)
	}
	return nil
}

// databaseOf is the database that the tables' names begin with.
func databaseOf(tables lineagecase.Tables) string {
	for _, t := range tables {
		if parts := nameParts(t.Name); len(parts) == 3 {
			return parts[0]
		}
	}
	return "postgres"
}

func nameParts(name string) []string {
	parts := strings.Split(strings.NewReplacer(`"`, "", "`", "").Replace(name), ".")
	return parts
}

// definitions are the statements that make the tables.
func definitions(tables lineagecase.Tables, schema, unknown string) string {
	var ddl strings.Builder
	made := map[string]bool{}
	for _, t := range tables {
		parts := nameParts(t.Name)
		in := schema
		if len(parts) > 1 {
			in = parts[len(parts)-2]
		}
		if in == "" {
			in = "public"
		}
		if !made[in] {
			made[in] = true
			fmt.Fprintf(&ddl, "create schema if not exists %s;\n", quoted(in))
		}
		var columns []string
		for _, c := range t.Columns {
			columns = append(columns, quoted(c.Name)+" "+columnType(c.Type, unknown))
		}
		fmt.Fprintf(&ddl, "create table if not exists %s.%s (%s);\n", quoted(in), quoted(parts[len(parts)-1]), strings.Join(columns, ", "))
	}
	if schema != "" {
		fmt.Fprintf(&ddl, "create schema if not exists %s; set local search_path = %s, public;\n", quoted(schema), quoted(schema))
	}
	return ddl.String()
}

// readView makes a view of a query and reads its tree.
func readView(ctx context.Context, tx pgx.Tx, sql string) (*truth, error) {
	query := strings.TrimRight(strings.TrimSpace(sql), ";")
	described, err := tx.Conn().PgConn().Prepare(ctx, "", query, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errRefused, err)
	}
	// A view must not have two columns of one name, a query may: the view's are numbered.
	numbered := make([]string, len(described.Fields))
	for i := range numbered {
		numbered[i] = fmt.Sprintf("c%d", i)
	}
	view := "create view public.oracle_view (" + strings.Join(numbered, ", ") + ") as\n" + query
	if _, err := tx.Conn().PgConn().Exec(ctx, view).ReadAll(); err != nil {
		return nil, fmt.Errorf("%w: %w", errRefused, err)
	}
	var text string
	if err := tx.QueryRow(ctx, "select ev_action::text from pg_rewrite where ev_class = 'public.oracle_view'::regclass").Scan(&text); err != nil {
		return nil, err
	}
	tree, err := readTree(text)
	if err != nil {
		return nil, err
	}
	found, err := interpreted(ctx, tx, tree)
	if err != nil {
		return nil, err
	}
	if len(found.outputs) != len(described.Fields) {
		return nil, fmt.Errorf("the view has %d columns, the query %d", len(found.outputs), len(described.Fields))
	}
	for i := range found.outputs {
		found.outputs[i].name = described.Fields[i].Name
	}
	return found, nil
}

// interpreted reads the lineage off a tree and the names that it needs.
func interpreted(ctx context.Context, tx pgx.Tx, tree any) (*truth, error) {
	rows, err := tx.Query(ctx, `select a.attrelid::int, a.attnum::int, n.nspname || '.' || c.relname || '.' || a.attname
		from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
		where c.relkind = 'r' and a.attnum > 0 and c.oid >= 16384`)
	if err != nil {
		return nil, err
	}
	found := &truth{columns: map[base]string{}}
	width := map[int]int{}
	var b base
	var name string
	_, err = pgx.ForEachRow(rows, []any{&b.table, &b.column, &name}, func() error {
		found.columns[b] = name
		width[b.table] = max(width[b.table], b.column)
		return nil
	})
	if err != nil {
		return nil, err
	}
	root := queryOf(tree)
	if root == nil {
		return nil, errors.New("the rule of the view holds no query")
	}
	found.outputs, found.rows = lineageOf(root, func(table int) int { return width[table] })
	return found, nil
}

func quoted(name string) string { return pgx.Identifier{name}.Sanitize() }

// columnType is the type for a column, as far as PostgreSQL has it.
func columnType(typ, unknown string) string {
	folded := strings.ToLower(typ)
	front, _, _ := strings.Cut(folded, "(")
	switch strings.TrimSpace(front) {
	case "":
		return unknown
	case "array":
		return "text[]"
	case "user-defined", "string", "unknown":
		return "text"
	case "varchar", "character varying", "char", "character", "text", "int", "integer", "bigint", "smallint", "numeric", "decimal", "real",
		"double precision", "float", "boolean", "bool", "date", "time", "timestamp", "timestamptz", "interval", "json", "jsonb", "uuid", "bytea",
		"name", "oid", "inet", "xml", "point":
		return typ
	}
	if strings.HasPrefix(folded, "timestamp") || strings.HasPrefix(folded, "time ") || strings.HasSuffix(folded, "[]") {
		return typ
	}
	switch folded {
	case "number":
		return "numeric"
	case "double", "float64":
		return "double precision"
	case "int64":
		return "bigint"
	case "datetime":
		return "timestamp"
	}
	return "text"
}

func hasUnknown(tables lineagecase.Tables) bool {
	return slices.ContainsFunc(tables, func(t lineagecase.TableColumns) bool {
		return slices.ContainsFunc(t.Columns, func(c resolve.Column) bool { return c.Type == "" })
	})
}

// difference is one thing that the engine and PostgreSQL say differently.
type difference struct{ column, want, got string }

// compare resolves the text with the engine and compares: names and order of the
// outputs, base columns of each, and columns that decide the rows.
func compare(found *truth, tables lineagecase.Tables, schema, sql string) []difference {
	d, _ := dialect.ByName("postgres")
	script, _ := parser.Parse(sql, d, parser.Options{})
	result := resolve.Query(context.Background(), script, d, lineagecase.NewCatalog(tables, "", schema), resolve.Options{})
	if len(result.Outputs) != len(found.outputs) {
		return []difference{{"*", outputNames(found), strings.Join(engineNames(result), ", ")}}
	}
	var list []difference
	for i, want := range found.outputs {
		got := &result.Outputs[i]
		if got.Name != want.name {
			list = append(list, difference{fmt.Sprintf("name %d", i+1), want.name, got.Name})
		}
		edges := map[string]bool{}
		for _, e := range got.Edges {
			if e.Table == nil {
				edges["?."+e.Column] = true
				continue
			}
			edges[tail(e.Table.String()+"."+e.Column)] = true
		}
		list = append(list, found.differences(want.name, want.origin, edges)...)
	}
	rows := map[string]bool{}
	for _, u := range result.Indirect {
		rows[tail(u.Table.String()+"."+u.Column)] = true
	}
	return append(list, found.differences("rows", found.rows, rows)...)
}

// differences tells what is missing among the edges and what is too much.
func (f *truth) differences(what string, want origin, got map[string]bool) []difference {
	var missing, surplus []string
	allowed := map[string]bool{}
	for b := range want.partners {
		allowed[tail(f.columns[b])] = true
	}
	for b := range want.from {
		name := tail(f.columns[b])
		allowed[name] = true
		if !got[name] {
			missing = append(missing, name)
		}
	}
	for name := range got {
		if !allowed[name] {
			surplus = append(surplus, name)
		}
	}
	if len(missing)+len(surplus) == 0 {
		return nil
	}
	sort.Strings(missing)
	sort.Strings(surplus)
	return []difference{{what, "missing " + strings.Join(missing, ", "), "surplus " + strings.Join(surplus, ", ")}}
}

// tail is the last two parts of a dotted name, table and column, folded.
func tail(name string) string {
	parts := strings.Split(strings.ToLower(name), ".")
	return strings.Join(parts[max(0, len(parts)-2):], ".")
}

func outputNames(f *truth) string {
	var names []string
	for _, o := range f.outputs {
		names = append(names, o.name)
	}
	return strings.Join(names, ", ")
}

func engineNames(r resolve.Result) []string {
	var names []string
	for i := range r.Outputs {
		names = append(names, r.Outputs[i].Name)
	}
	return names
}

// refusal is PostgreSQL's message without what is special to the text.
func refusal(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Message
	}
	return err.Error()
}
