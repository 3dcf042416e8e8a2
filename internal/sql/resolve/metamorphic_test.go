package resolve_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/dialect"
	"github.com/thalweg-data/thalweg/internal/sql/lexer"
	"github.com/thalweg-data/thalweg/internal/sql/parser"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// rewrite is a change of a text that must not change its edges.
type rewrite struct {
	name  string
	apply func(sql string, d *dialect.Dialect) string
	// fits tells for which texts and dialects it holds.
	fits func(sql string, d *dialect.Dialect) bool
}

var rewrites = []rewrite{
	{name: "wrapped", apply: func(sql string, _ *dialect.Dialect) string {
		return "select * from (\n" + sql + "\n) wrapped_query"
	}, fits: isQuery},
	{name: "as CTE", apply: func(sql string, _ *dialect.Dialect) string {
		return "with named_query as (\n" + sql + "\n) select * from named_query"
	}, fits: isQuery},
	{name: "as view", apply: func(sql string, _ *dialect.Dialect) string {
		return "create view some_view as\n" + sql
	}, fits: isQuery},
	{name: "twice united", apply: func(sql string, _ *dialect.Dialect) string {
		return "select * from (\n" + sql + "\n) q1 union all select * from (\n" + sql + "\n) q2"
	}, fits: isQuery},
	{name: "comments", apply: func(sql string, d *dialect.Dialect) string {
		return withSpaces(sql, d, " /* a, b from c */ ")
	}, fits: func(string, *dialect.Dialect) bool { return true }},
	{name: "line breaks", apply: func(sql string, d *dialect.Dialect) string {
		return withSpaces(sql, d, "\r\n\t ")
	}, fits: func(string, *dialect.Dialect) bool { return true }},
	{name: "capitals", apply: withCapitals, fits: func(sql string, d *dialect.Dialect) bool {
		return (!d.Identifiers.ColumnsExact || d.Identifiers.Unquoted != dialect.AsWritten) && !strings.Contains(sql, `"`)
	}},
}

// isQuery tells whether a text is one query without pivot names or targets that
// a query around it would lose.
func isQuery(sql string, d *dialect.Dialect) bool {
	script, _ := parser.Parse(sql, d, parser.Options{})
	if len(script.Statements) != 1 {
		return false
	}
	q, ok := script.Statements[0].(*ast.QueryStatement)
	if !ok {
		return false
	}
	sel, ok := q.Query.Body.(*ast.Select)
	return !ok || sel.Into == nil
}

// withSpaces replaces the white space between tokens.
func withSpaces(sql string, d *dialect.Dialect, space string) string {
	return retold(sql, d, func(t token.Token, text string) string { return text }, space)
}

// withCapitals writes all words in capitals.
func withCapitals(sql string, d *dialect.Dialect) string {
	return retold(sql, d, func(t token.Token, text string) string {
		if t.Kind == token.Word {
			return strings.ToUpper(text)
		}
		return text
	}, "")
}

// retold writes a text again, token by token. Without a space the gaps stay.
func retold(sql string, d *dialect.Dialect, word func(token.Token, string) string, space string) string {
	var b strings.Builder
	l := lexer.New(sql, 0, len(sql), d)
	end := int32(0)
	for t := l.Next(); t.Kind != token.EOF; t = l.Next() {
		switch gap := sql[end:t.Start]; {
		case space == "" || gap == "":
			b.WriteString(gap)
		default:
			b.WriteString(space)
		}
		b.WriteString(word(t, t.Text(sql)))
		end = t.End
	}
	return b.String()
}

// edgesIn are the outputs with their edges, folded, and without what depends on
// how the text is put: order, generated names, paths.
func edgesIn(sql string, d *dialect.Dialect, schema resolve.Schema) []string {
	script, _ := parser.Parse(sql, d, parser.Options{})
	result := resolve.Query(context.Background(), script, d, schema, resolve.Options{})
	var list []string
	for i := range result.Outputs {
		out := &result.Outputs[i]
		name := out.Name
		if out.Unnamed {
			name = "?"
		}
		var edges []string
		for _, e := range out.Edges {
			table := "?"
			if e.Table != nil {
				table = e.Table.String()
			}
			kinds := e.Kinds
			if kinds.Has(resolve.Rename) {
				kinds = kinds&^resolve.Rename | resolve.Identity
			}
			edges = append(edges, fmt.Sprintf("%s.%s %s", table, e.Column, kinds))
		}
		sort.Strings(edges)
		list = append(list, strings.ToLower(fmt.Sprintf("%d %s: %s", i, name, strings.Join(edges, ", "))))
	}
	return list
}

// TestMetamorphic applies every rewrite to every golden case.
func TestMetamorphic(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "*", "*.sql"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(file, "conflict_marker") {
			continue
		}
		d, _ := dialect.ByName(filepath.Base(filepath.Dir(file)))
		schema, _ := headOf(string(text))
		want := edgesIn(string(text), d, schema)
		for _, rw := range rewrites {
			if !rw.fits(string(text), d) {
				continue
			}
			t.Run(filepath.ToSlash(strings.TrimPrefix(file, "testdata/"))+"/"+rw.name, func(t *testing.T) {
				changed := rw.apply(string(text), d)
				if diff := cmp.Diff(want, edgesIn(changed, d, schema)); diff != "" {
					t.Errorf("edges changed (-as written +rewritten):\n%s\n%s", diff, changed)
				}
			})
		}
	}
}
