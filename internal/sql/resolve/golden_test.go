package resolve_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/sql/dialect"
	"github.com/thalweg-data/thalweg/internal/sql/lineagecase"
	"github.com/thalweg-data/thalweg/internal/sql/parser"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

var update = flag.Bool("update", false, "write the goldens instead of comparing with them")

// TestGoldens resolves testdata/<dialect>/<case>.sql and compares with
// <case>.lineage.json. Lines "-- table t: a int, b struct<c int>" at the head of
// a case are the schema; a line "-- boundary x" names a CTE that stands for a table.
func TestGoldens(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "*", "*.sql"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(strings.TrimPrefix(file, "testdata"+string(filepath.Separator)), ".sql")
		t.Run(filepath.ToSlash(name), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := goldenOf(t, filepath.Base(filepath.Dir(file)), string(text))
			golden := strings.TrimSuffix(file, ".sql") + ".lineage.json"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", golden, diff)
			}
		})
	}
}

// goldenResult is a result as the goldens show it: one line a column.
type goldenResult struct {
	Status   string         `json:"status"`
	Target   string         `json:"target,omitempty"`
	Tables   []string       `json:"tables"`
	Outputs  []goldenOutput `json:"outputs"`
	Indirect []string       `json:"indirect"`
	Issues   []string       `json:"issues,omitempty"`
}

type goldenOutput struct {
	Name  string   `json:"name"`
	Edges []string `json:"edges"`
	Flags string   `json:"flags,omitempty"`
}

func goldenOf(t *testing.T, dialectName, text string) string {
	d, ok := dialect.ByName(dialectName)
	if !ok {
		t.Fatalf("dialect %s is not known", dialectName)
	}
	schema, boundaries := headOf(text)
	script, problems := parser.Parse(text, d, parser.Options{})
	result := resolve.Query(context.Background(), script, d, schema, resolve.Options{
		Boundary: func(cte string) bool { return boundaries[cte] },
	})
	g := goldenResult{Status: result.Status.String(), Indirect: []string{}, Tables: []string{}}
	if result.Target != nil {
		g.Target = result.Target.String()
	}
	for _, table := range result.Tables {
		g.Tables = append(g.Tables, table.String())
	}
	for i := range result.Outputs {
		g.Outputs = append(g.Outputs, goldenOutputOf(&result.Outputs[i]))
	}
	for _, u := range result.Indirect {
		g.Indirect = append(g.Indirect, fmt.Sprintf("%s.%s %s %s", u.Table, u.Column, u.Kinds, u.Confidence))
	}
	for _, p := range problems {
		g.Issues = append(g.Issues, "parser: "+string(p.Code))
	}
	slices.Sort(g.Issues)
	for _, p := range result.Diagnostics {
		g.Issues = append(g.Issues, string(p.Code)+": "+p.Message)
	}
	made, err := json.MarshalIndent(g, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(made) + "\n"
}

func goldenOutputOf(out *resolve.Output) goldenOutput {
	g := goldenOutput{Name: out.Name, Edges: []string{}}
	for _, e := range out.Edges {
		table := "?"
		if e.Table != nil {
			table = e.Table.String()
		}
		text := table + "." + e.Column
		if e.Path != "" {
			text += " /" + e.Path
		}
		text += " " + e.Kinds.String() + " " + e.Confidence.String()
		if e.Masked {
			text += " masked"
		}
		g.Edges = append(g.Edges, text)
	}
	var flags []string
	for flag, on := range map[string]bool{"star": out.Star} {
		if on {
			flags = append(flags, flag)
		}
	}
	if out.Unnamed {
		flags = append(flags, "unnamed")
	}
	if out.Masked {
		flags = append(flags, "masked")
	}
	g.Flags = strings.Join(flags, " ")
	return g
}

// headOf reads the schema and the boundaries in front of a case.
func headOf(text string) (*lineagecase.Catalog, map[string]bool) {
	var tables lineagecase.Tables
	boundaries := map[string]bool{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "-- boundary "); ok {
			boundaries[name] = true
			continue
		}
		rest, ok := strings.CutPrefix(line, "-- table ")
		if !ok {
			if !strings.HasPrefix(line, "--") {
				break
			}
			continue
		}
		name, list, _ := strings.Cut(rest, ": ")
		table := lineagecase.TableColumns{Name: name}
		for _, column := range splitTop(list) {
			id, typ, _ := strings.Cut(strings.TrimSpace(column), " ")
			table.Columns = append(table.Columns, resolve.Column{Name: strings.ReplaceAll(id, "~", " "), Type: typ})
		}
		tables = append(tables, table)
	}
	return lineagecase.NewCatalog(tables, "", ""), boundaries
}

// splitTop cuts at commas outside brackets.
func splitTop(text string) []string {
	var parts []string
	depth, start := 0, 0
	for i, c := range text {
		switch c {
		case '<', '(':
			depth++
		case '>', ')':
			depth--
		case ',':
			if depth == 0 {
				parts = append(parts, text[start:i])
				start = i + 1
			}
		}
	}
	return append(parts, text[start:])
}
