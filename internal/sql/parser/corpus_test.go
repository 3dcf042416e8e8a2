package parser_test

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/sql/dialect"
	"github.com/thalweg-data/thalweg/internal/sql/parser"
)

// statement is one distinct compiled SQL text of a real project.
type statement struct {
	adapter, id, sql string
}

// invalid lists the compiled texts that no database would take, with the reason.
var invalid = map[string]string{
	"K12-Analytics-Engineering__dbt/model.project.fct_survey_response": "the SELECT is commented out together with a Jinja comment",
	"fail/model.dbt_bigquery_test.test_second_parallel_dbt_model":      "made to fail: bork bork fail",
	"jaffle-1.11/model.jaffle_shop.metricflow_time_spine":              "a macro gave NULL where a query should be",
}

// artifactsDir finds the real artifacts, or skips the test.
func artifactsDir(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("THALWEG_ARTIFACTS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "artifacts")
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("SKIPPED: no real artifacts at %s; set THALWEG_ARTIFACTS to run the corpus", dir)
	}
	return dir
}

// corpus reads every distinct compiled model, snapshot and analysis.
func corpus(t testing.TB) []statement {
	t.Helper()
	var list []statement
	seen := map[string]bool{}
	err := filepath.WalkDir(artifactsDir(t), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.Contains(d.Name(), "manifest") || strings.Contains(d.Name(), "semantic") {
			return err
		}
		for _, s := range compiled(t, path) {
			key := s.adapter + "\x00" + strings.Join(strings.Fields(s.sql), " ")
			if !seen[key] {
				seen[key] = true
				list = append(list, s)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// compiled reads the compiled texts of one manifest.
func compiled(t testing.TB, path string) []statement {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r io.Reader = bufio.NewReader(f)
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(r); err != nil {
			t.Fatal(err)
		}
	}
	var manifest struct {
		Metadata struct {
			AdapterType string `json:"adapter_type"`
		} `json:"metadata"`
		Nodes map[string]struct {
			ResourceType string `json:"resource_type"`
			Language     string `json:"language"`
			CompiledCode string `json:"compiled_code"`
			CompiledSQL  string `json:"compiled_sql"`
		} `json:"nodes"`
	}
	if err := json.NewDecoder(r).Decode(&manifest); err != nil {
		return nil // not a manifest
	}
	var list []statement
	for id, n := range manifest.Nodes {
		sql := n.CompiledCode
		if sql == "" {
			sql = n.CompiledSQL
		}
		kind := n.ResourceType
		if strings.TrimSpace(sql) == "" || n.Language == "python" || kind != "model" && kind != "snapshot" && kind != "analysis" {
			continue
		}
		list = append(list, statement{adapter: manifest.Metadata.AdapterType, id: filepath.Base(filepath.Dir(path)) + "/" + id, sql: sql})
	}
	sort.Slice(list, func(i, j int) bool { return list[i].id < list[j].id })
	return list
}

// dialectOf maps an adapter to its dialect.
func dialectOf(adapter string) *dialect.Dialect {
	if d, ok := dialect.ByName(adapter); ok {
		return d
	}
	return dialect.Default
}

// TestCorpus holds the parse rate: 99.7 % of all valid texts, and at most one
// failure in a dialect with fewer than a hundred of them.
func TestCorpus(t *testing.T) {
	texts, failed := map[string]int{}, map[string]int{}
	total, failures := 0, 0
	for _, s := range corpus(t) {
		if _, skip := invalid[s.id]; skip {
			continue
		}
		total++
		texts[s.adapter]++
		_, diagnostics := parser.Parse(s.sql, dialectOf(s.adapter), parser.Options{})
		if len(diagnostics) > 0 {
			failures++
			failed[s.adapter]++
			t.Logf("%s %s: %s | %s", s.adapter, s.id, diagnostics[0], lineOf(s.sql, diagnostics[0].Position.Line))
		}
	}
	for _, adapter := range sortedKeys(texts) {
		n, bad := texts[adapter], failed[adapter]
		t.Logf("%-12s %5d texts, %d not read completely", adapter, n, bad)
		if n < 100 && bad > 1 {
			t.Errorf("%s: %d of %d texts not read completely, want at most 1", adapter, bad, n)
		}
	}
	if rate := 100 * float64(total-failures) / float64(total); rate < 99.7 {
		t.Errorf("parse rate %.2f %% of %d texts, want 99.7 %%", rate, total)
	} else {
		t.Logf("parse rate %.2f %% of %d texts", rate, total)
	}
}

func sortedKeys(m map[string]int) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func lineOf(text string, line int) string {
	lines := strings.Split(text, "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	return strings.TrimSpace(lines[line-1])
}

// TestLineageCases parses the SQL of every lineage case.
func TestLineageCases(t *testing.T) {
	dir := filepath.Join(artifactsDir(t), "..", "lineage-cases")
	files, err := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	if err != nil || len(files) == 0 {
		t.Skipf("SKIPPED: no lineage cases at %s", dir)
	}
	total, failures := 0, 0
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		scan := bufio.NewScanner(f)
		scan.Buffer(nil, 16<<20)
		for scan.Scan() {
			var c struct{ ID, Dialect, SQL, Waive string }
			if err := json.Unmarshal(scan.Bytes(), &c); err != nil {
				t.Fatal(err)
			}
			total++
			_, diagnostics := parser.Parse(c.SQL, dialectOf(c.Dialect), parser.Options{})
			if len(diagnostics) > 0 {
				failures++
				t.Log(fmt.Sprint(c.ID, " ", c.Dialect, ": ", diagnostics[0], " | ", lineOf(c.SQL, diagnostics[0].Position.Line), " | waive: ", c.Waive))
			}
		}
	}
	if rate := 100 * float64(total-failures) / float64(total); rate < 99.6 {
		t.Errorf("parse rate %.2f %% of %d cases, want 99.6 %%", rate, total)
	} else {
		t.Logf("%d of %d cases read completely", total-failures, total)
	}
}
