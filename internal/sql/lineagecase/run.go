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
// {"id", "columns": [{"output", "from": [{"table", "column", "kinds", "confidence"}]}], "indirect": [...], "status"}.
// Value, condition and window edges are united in "from".
func Run(ctx context.Context, r io.Reader, w io.Writer) (unread int, err error) {
	out := bufio.NewWriter(w)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	err = Read(r, func(c *Case) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		line := Resolve(ctx, c)
		if line.Status != StatusRead {
			unread++
		}
		return encoder.Encode(line)
	})
	if err != nil {
		return unread, err
	}
	return unread, out.Flush()
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
	line := Line{Columns: make([]Output, 0, len(result.Outputs)), Indirect: []Edge{}}
	for i := range result.Outputs {
		out := &result.Outputs[i]
		line.Columns = append(line.Columns, Output{Output: out.Name, From: originsOf(out.Edges)})
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
	switch {
	case result.Status == resolve.NoQuery || len(line.Columns) == 0:
		line.Status = StatusFailed
		if len(line.Issues) == 0 {
			line.Issues = []string{"no_query: no query was found"}
		}
	case result.Status == resolve.Partial || len(line.Issues) > 0:
		line.Status = StatusPartial
		if len(line.Issues) == 0 {
			line.Issues = []string{"partial: a part of the statement was not resolved"}
		}
	default:
		line.Status = StatusRead
	}
	return line
}

// originsOf unites the edges to the fields of one base column: all their kinds, the
// surest confidence. Ambiguous candidates are left out: the format counts every edge.
func originsOf(edges []resolve.Edge) []Origin {
	type origin struct {
		kinds      resolve.KindSet
		confidence resolve.Confidence
	}
	found := make(map[Edge]origin, len(edges))
	order := make([]Edge, 0, len(edges))
	for _, e := range edges {
		if e.Table == nil || e.Confidence == resolve.Ambiguous {
			continue
		}
		edge := Edge{Table: e.Table.String(), Column: e.Column}
		o, again := found[edge]
		if !again {
			order = append(order, edge)
			o.confidence = e.Confidence
		}
		found[edge] = origin{kinds: o.kinds | e.Kinds, confidence: min(o.confidence, e.Confidence)}
	}
	from := make([]Origin, len(order))
	for i, edge := range order {
		o := found[edge]
		from[i] = Origin{Edge: edge, Kinds: o.kinds.Names(), Confidence: o.confidence.String()}
	}
	return from
}
