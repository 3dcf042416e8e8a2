package resolve_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/sql/dialect"
	"github.com/thalweg-data/thalweg/internal/sql/lineagecase"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// TestGuide holds that the example of the guide to column lineage is what the
// engine says, and that the guide names all kinds and levels of confidence.
func TestGuide(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "guide", "column-lineage.md"))
	if err != nil {
		t.Fatal(err)
	}
	guide := string(data)
	block := func(language string) string {
		m := regexp.MustCompile("(?s)```" + language + "\n(.*?)```").FindStringSubmatch(guide)
		if m == nil {
			t.Fatalf("the guide has no block of %s", language)
		}
		return m[1]
	}
	var tables lineagecase.Tables
	if err := json.Unmarshal([]byte(block("json")), &tables); err != nil {
		t.Fatal(err)
	}
	d, _ := dialect.ByName("redshift") // has :: and structures
	result := resolveText(block("sql"), d, lineagecase.NewCatalog(tables, "", ""))
	var got, want []string
	for i := range result.Outputs {
		out := &result.Outputs[i]
		var edges []string
		for _, e := range out.Edges {
			text := e.Table.String() + "." + e.Column + " " + e.Kinds.String()
			if e.Masked {
				text += ", masked"
			}
			edges = append(edges, text)
		}
		slices.Sort(edges)
		got = append(got, "| "+out.Name+" | "+strings.Join(edges, "; ")+" |")
	}
	for _, row := range regexp.MustCompile(`(?m)^\| (\w+) \| (\w+\.\w+ .*) \|$`).FindAllStringSubmatch(guide, -1) {
		edges := strings.Split(row[2], "; ")
		slices.Sort(edges)
		want = append(want, "| "+row[1]+" | "+strings.Join(edges, "; ")+" |")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the example (-guide +engine):\n%s", diff)
	}
	for _, kind := range resolve.KindSet(1<<32 - 1).Names() {
		if !strings.Contains(guide, "`"+kind+"`") {
			t.Errorf("the guide does not name the kind %s", kind)
		}
	}
	for c := resolve.FromSchema; c <= resolve.Failed; c++ {
		if !strings.Contains(guide, "`"+c.String()+"`") {
			t.Errorf("the guide does not name the confidence %s", c)
		}
	}
}
