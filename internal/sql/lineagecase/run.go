package lineagecase

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/thalweg-data/thalweg/internal/sql/dialect"
	"github.com/thalweg-data/thalweg/internal/sql/parser"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// Run reads cases and writes one line of JSON for each, in order:
// {"id", "columns": [{"output", "from": [{"table", "column"}]}], "indirect": [...]}.
// Value, condition and window edges are united in "from".
func Run(ctx context.Context, r io.Reader, w io.Writer) error {
	out := bufio.NewWriter(w)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	err := Read(r, func(c *Case) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return encoder.Encode(Resolve(ctx, c))
	})
	if err != nil {
		return err
	}
	return out.Flush()
}

// Resolve runs the engine on one case.
func Resolve(ctx context.Context, c *Case) Line {
	d, ok := dialect.ByName(c.Dialect)
	if !ok {
		d = dialect.Default
	}
	line := lineOf(ctx, c.SQL, d, NewCatalog(c.Schema, c.DefaultDatabase, c.DefaultSchema))
	line.ID = c.ID
	return line
}

// One resolves a single text. The schema file, {"table": {"column": "type"}},
// may be nil. An unknown dialect is an error.
func One(ctx context.Context, sql, dialectName string, schemaFile io.Reader) (Line, error) {
	d, ok := dialect.ByName(dialectName)
	if !ok {
		return Line{}, fmt.Errorf("dialect %q is not known", dialectName)
	}
	var tables Tables
	if schemaFile != nil {
		if err := json.NewDecoder(schemaFile).Decode(&tables); err != nil {
			return Line{}, fmt.Errorf("schema file: %w", err)
		}
	}
	return lineOf(ctx, sql, d, NewCatalog(tables, "", "")), nil
}

func lineOf(ctx context.Context, sql string, d *dialect.Dialect, schema resolve.Schema) Line {
	script, problems := parser.Parse(sql, d, parser.Options{})
	result := resolve.Query(ctx, script, d, schema, resolve.Options{})
	line := Line{Columns: make([]Output, 0, len(result.Outputs)), Indirect: []Edge{}, Status: result.Status.String()}
	for i := range result.Outputs {
		out := &result.Outputs[i]
		line.Columns = append(line.Columns, Output{Output: out.Name, From: edgesOf(out.Edges)})
	}
	for _, u := range result.Indirect {
		line.Indirect = append(line.Indirect, Edge{Table: u.Table.String(), Column: u.Column})
	}
	for _, p := range problems {
		line.Issues = append(line.Issues, p.String())
	}
	for _, p := range result.Diagnostics {
		line.Issues = append(line.Issues, string(p.Code)+": "+p.Message)
	}
	return line
}

// edgesOf unites the kinds and paths of edges: one for each base column. Mere
// candidates are left out, the format has no word for them.
func edgesOf(edges []resolve.Edge) []Edge {
	from := make([]Edge, 0, len(edges))
	seen := make(map[Edge]bool, len(edges))
	for _, e := range edges {
		if e.Table == nil || e.Confidence == resolve.Ambiguous {
			continue
		}
		made := Edge{Table: e.Table.String(), Column: e.Column}
		if !seen[made] {
			seen[made] = true
			from = append(from, made)
		}
	}
	return from
}
