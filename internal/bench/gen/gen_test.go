package gen_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/thalweg-data/thalweg/internal/bench/gen"
)

var thousand = gen.Project{Models: 1000, Columns: 20, TestsPerModel: 3, Seed: 1}

// tb is what *testing.T and *rapid.T share.
type tb interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

type manifest struct {
	Metadata struct {
		InvocationID string `json:"invocation_id"`
		GeneratedAt  string `json:"generated_at"`
	} `json:"metadata"`
	Nodes     map[string]node     `json:"nodes"`
	Sources   map[string]node     `json:"sources"`
	Macros    map[string]node     `json:"macros"`
	Exposures map[string]node     `json:"exposures"`
	ParentMap map[string][]string `json:"parent_map"`
	ChildMap  map[string][]string `json:"child_map"`
}

type node struct {
	ResourceType string `json:"resource_type"`
	Name         string `json:"name"`
	UniqueID     string `json:"unique_id"`
	Description  string `json:"description"`
	Relation     string `json:"relation_name"`
	RawCode      string `json:"raw_code"`
	CompiledCode string `json:"compiled_code"`
	ColumnName   string `json:"column_name"`
	AttachedNode string `json:"attached_node"`
	Checksum     struct {
		Checksum string `json:"checksum"`
	} `json:"checksum"`
	DependsOn struct {
		Macros []string `json:"macros"`
		Nodes  []string `json:"nodes"`
	} `json:"depends_on"`
	Columns map[string]struct {
		DataType string `json:"data_type"`
	} `json:"columns"`
}

type catalog struct {
	Nodes, Sources map[string]struct {
		Columns map[string]struct {
			Type  string `json:"type"`
			Index int    `json:"index"`
		} `json:"columns"`
	}
}

func plan(t tb, p gen.Project) *gen.Plan {
	t.Helper()
	made, err := p.Plan()
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// written returns what a Write method writes.
func written(t tb, write func(io.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func decode[T any](t tb, write func(io.Writer) error) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(written(t, write), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestShapeOfAThousandModels(t *testing.T) {
	p := plan(t, thousand)
	text := written(t, p.WriteManifest)
	if each := len(text) / thousand.Models; each < 18_000 || each > 24_000 {
		t.Errorf("manifest has %d bytes per model, want 18,000 to 24,000", each)
	}
	if each := len(written(t, p.WriteCatalog)) / thousand.Models; each < 2_500 || each > 3_500 {
		t.Errorf("catalog has %d bytes per model, want 2,500 to 3,500", each)
	}

	models, stars, edges, columns := 0, 0, 0, 0
	depth := map[string]int{}
	deepest := 0
	for table := range p.Tables() {
		if table.CompiledCode == "" {
			continue
		}
		models++
		columns += len(table.Columns)
		edges += len(table.DependsOn)
		if table.HasStar {
			stars++
		}
		if star := strings.Contains(table.CompiledCode, "select *") || strings.Contains(table.CompiledCode, ".*"); star != table.HasStar {
			t.Errorf("%s: HasStar is %v for\n%s", table.UniqueID, table.HasStar, table.CompiledCode)
		}
		for _, parent := range table.DependsOn {
			depth[table.UniqueID] = max(depth[table.UniqueID], depth[parent]+1)
		}
		deepest = max(deepest, depth[table.UniqueID])
	}
	if models != thousand.Models {
		t.Errorf("%d models, want %d", models, thousand.Models)
	}
	if deepest != 64 {
		t.Errorf("longest chain is %d models, want 64", deepest)
	}
	if percent := 100 * stars / models; percent < 62 || percent > 70 {
		t.Errorf("%d %% of the models select *, want about 66", percent)
	}
	if mean := float64(edges) / float64(models); mean < 1.9 || mean > 2.2 {
		t.Errorf("%.2f edges per model, want 1.9 to 2.2", mean)
	}
	if mean := float64(columns) / float64(models); mean < 19 || mean > 21 {
		t.Errorf("%.2f columns per model, want about 20", mean)
	}
}

// At 10,000 models the project is as large and its SQL as long as the figures of
// docs/benchmarks.md require: percentiles of length are those of 2,019 distinct
// compiled models of public projects, or above.
func TestTenThousandModelsAreAsHardAsRealOnes(t *testing.T) {
	t.Parallel()
	var lengths []int
	children := map[string]int{}
	columns, edges := 0, 0
	for table := range plan(t, gen.Project{Models: 10_000, Columns: 20, TestsPerModel: 2, Seed: 1}).Tables() {
		columns += len(table.Columns)
		edges += len(table.DependsOn)
		for _, parent := range table.DependsOn {
			children[parent]++
		}
		if table.CompiledCode != "" {
			lengths = append(lengths, len(table.CompiledCode))
		}
	}
	slices.Sort(lengths)
	for _, want := range []struct{ percent, min int }{{5, 83}, {50, 877}, {90, 4_448}, {95, 6_949}, {99, 14_751}} {
		if got := lengths[len(lengths)*want.percent/100]; got < want.min {
			t.Errorf("percentile %d of the SQL's length is %d bytes, want %d at least", want.percent, got, want.min)
		}
	}
	if columns < 240_000 || edges < 20_000 {
		t.Errorf("%d columns and %d edges, want 240,000 and 20,000 at least", columns, edges)
	}
	if hub := slices.Max(slices.Collect(maps.Values(children))); hub < 500 {
		t.Errorf("the most read table has %d children, want 500 at least", hub)
	}
}

func TestSameProjectGivesSameBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawProject(t)
		first, second := sums(t, p), sums(t, p)
		if diff := cmp.Diff(first, second); diff != "" {
			t.Fatalf("two runs of %+v differ:\n%s", p, diff)
		}
		p.Seed++
		for name, sum := range sums(t, p) {
			if sum == first[name] {
				t.Fatalf("seed makes no difference to %s of %+v", name, p)
			}
		}
	})
}

func sums(t tb, p gen.Project) map[string][32]byte {
	made := plan(t, p)
	return map[string][32]byte{
		"manifest":    sha256.Sum256(written(t, made.WriteManifest)),
		"catalog":     sha256.Sum256(written(t, made.WriteCatalog)),
		"run results": sha256.Sum256(written(t, made.WriteRunResults)),
		"sources":     sha256.Sum256(written(t, made.WriteSources)),
	}
}

func drawProject(t *rapid.T) gen.Project {
	p := gen.Project{
		Models:        rapid.IntRange(1, 60).Draw(t, "models"),
		Columns:       rapid.IntRange(4, 40).Draw(t, "columns"),
		TestsPerModel: rapid.IntRange(0, 8).Draw(t, "tests"),
		Sources:       rapid.IntRange(1, 20).Draw(t, "sources"),
		Macros:        rapid.IntRange(5, 9).Draw(t, "macros"),
		Seed:          rapid.Uint64().Draw(t, "seed"),
	}
	p.Exposures = rapid.IntRange(0, p.Models).Draw(t, "exposures")
	p.Churn = gen.Churn{
		Run:        rapid.IntRange(0, 5).Draw(t, "run"),
		Change:     rapid.IntRange(0, p.Models).Draw(t, "change"),
		Remove:     rapid.IntRange(0, p.Models-1).Draw(t, "remove"),
		AddColumns: rapid.IntRange(0, p.Models).Draw(t, "add columns"),
	}
	return p
}

// Whatever the project, its artifacts fit together.
func TestArtifactsAgree(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := drawProject(rt)
		made := plan(rt, p)
		m := decode[manifest](rt, made.WriteManifest)
		c := decode[catalog](rt, made.WriteCatalog)

		checkMaps(rt, m)
		checkCatalog(rt, made, m, c)
		if got, want := len(c.Nodes), p.Models-p.Churn.Remove; got != want {
			rt.Fatalf("catalog has %d models, want %d", got, want)
		}
		for id, one := range m.Nodes {
			for _, macro := range one.DependsOn.Macros {
				if _, ok := m.Macros[macro]; !ok {
					rt.Fatalf("%s depends on %s, which is not there", id, macro)
				}
			}
			if one.ResourceType != "test" {
				continue
			}
			if _, ok := c.Nodes[one.AttachedNode].Columns[one.ColumnName]; !ok {
				rt.Fatalf("%s tests column %s that %s has not", id, one.ColumnName, one.AttachedNode)
			}
		}
	})
}

// checkMaps holds parent_map against depends_on and child_map against parent_map.
func checkMaps(t tb, m manifest) {
	t.Helper()
	want := map[string][]string{}
	children := map[string][]string{}
	for _, group := range []map[string]node{m.Nodes, m.Sources, m.Exposures} {
		for id, one := range group {
			if id != one.UniqueID && one.ResourceType != "" {
				t.Fatalf("%s is filed under %s", one.UniqueID, id)
			}
			want[id] = slices.Sorted(slices.Values(one.DependsOn.Nodes))
			children[id] = append(children[id], []string{}...)
			for _, parent := range one.DependsOn.Nodes {
				children[parent] = append(children[parent], id)
			}
		}
	}
	if diff := cmp.Diff(sorted(want), sorted(m.ParentMap)); diff != "" {
		t.Fatalf("depends_on (-) and parent_map (+) differ:\n%s", diff)
	}
	if diff := cmp.Diff(sorted(children), sorted(m.ChildMap)); diff != "" {
		t.Fatalf("parents' children (-) and child_map (+) differ:\n%s", diff)
	}
}

func sorted(lists map[string][]string) map[string][]string {
	result := map[string][]string{}
	for key, list := range lists {
		result[key] = append([]string{}, list...)
		slices.Sort(result[key])
	}
	return result
}

// checkCatalog holds the plan's tables against catalog and manifest.
func checkCatalog(t tb, made *gen.Plan, m manifest, c catalog) {
	t.Helper()
	other := map[gen.ColumnRef]bool{}
	for table := range made.Tables() {
		entry, ok := c.Nodes[table.UniqueID]
		stored := m.Nodes[table.UniqueID]
		if !ok {
			entry, stored = c.Sources[table.UniqueID], m.Sources[table.UniqueID]
		}
		if stored.Relation != table.Relation || stored.CompiledCode != table.CompiledCode {
			t.Fatalf("%s: the manifest has another relation or code", table.UniqueID)
		}
		if len(entry.Columns) != len(table.Columns) {
			t.Fatalf("%s: catalog has %d columns, want %d", table.UniqueID, len(entry.Columns), len(table.Columns))
		}
		for i, column := range table.Columns {
			if got := entry.Columns[column.Name]; got.Index != i+1 || got.Type != column.Type {
				t.Fatalf("%s: catalog has column %s as %+v, want %s at %d", table.UniqueID, column.Name, got, column.Type, i+1)
			}
			other[gen.ColumnRef{UniqueID: table.UniqueID, Column: column.Name}] = true
			for _, input := range column.Inputs {
				if !other[input] || !slices.Contains(table.DependsOn, input.UniqueID) {
					t.Fatalf("%s: column %s reads %v, which no parent has", table.UniqueID, column.Name, input)
				}
			}
		}
		for name := range stored.Columns {
			if _, ok := entry.Columns[name]; !ok {
				t.Fatalf("%s: documented column %s is not in the catalog", table.UniqueID, name)
			}
		}
	}
}

func TestRunResultsCoverTheManifest(t *testing.T) {
	p := plan(t, gen.Project{Models: 400, Columns: 8, TestsPerModel: 3, Seed: 4})
	m := decode[manifest](t, p.WriteManifest)
	r := decode[struct {
		Results []struct {
			UniqueID string `json:"unique_id"`
			Status   string `json:"status"`
			Failures *int   `json:"failures"`
		} `json:"results"`
	}](t, p.WriteRunResults)

	statuses := map[string]int{}
	for _, result := range r.Results {
		one, ok := m.Nodes[result.UniqueID]
		if !ok {
			t.Fatalf("result of %s, which is not in the manifest", result.UniqueID)
		}
		statuses[result.Status]++
		failed := result.Failures != nil && *result.Failures > 0
		if failed != (result.Status == "fail" || result.Status == "warn") || (one.ResourceType == "model") != (result.Failures == nil) {
			t.Errorf("%s is %s with failures %v", result.UniqueID, result.Status, result.Failures)
		}
	}
	if len(r.Results) != len(m.Nodes) {
		t.Errorf("%d results for %d nodes", len(r.Results), len(m.Nodes))
	}
	if statuses["success"] != 400 || statuses["fail"] == 0 || statuses["warn"] == 0 {
		t.Errorf("statuses are %v, want 400 successes, some failures and warnings", statuses)
	}
}

func TestSourcesHaveEveryStatus(t *testing.T) {
	p := plan(t, gen.Project{Models: 100, Columns: 8, Sources: 200, Seed: 4})
	r := decode[struct {
		Results []struct {
			Status string  `json:"status"`
			Age    float64 `json:"max_loaded_at_time_ago_in_s"`
		} `json:"results"`
	}](t, p.WriteSources)
	statuses := map[string]int{}
	for _, result := range r.Results {
		statuses[result.Status]++
		want := "pass"
		if result.Age > 24*3600 {
			want = "error"
		} else if result.Age > 12*3600 {
			want = "warn"
		}
		if result.Status != want {
			t.Errorf("age of %.0f s is %s, want %s", result.Age, result.Status, want)
		}
	}
	if len(r.Results) != 200 || len(statuses) != 3 {
		t.Errorf("%d results with statuses %v, want 200 with three", len(r.Results), statuses)
	}
}

func TestOutOfRange(t *testing.T) {
	for name, p := range map[string]gen.Project{
		"no models":        {Columns: 20},
		"few columns":      {Models: 10, Columns: 3},
		"many tests":       {Models: 10, Columns: 20, TestsPerModel: 21},
		"removes all":      {Models: 10, Columns: 20, Churn: gen.Churn{Remove: 10}},
		"changes too many": {Models: 10, Columns: 20, Churn: gen.Churn{Change: 11}},
	} {
		if _, err := p.Plan(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

type failingWriter struct{ left int }

func (w *failingWriter) Write(b []byte) (int, error) {
	if w.left -= len(b); w.left < 0 {
		return 0, io.ErrShortWrite
	}
	return len(b), nil
}

func TestWriteErrorsAreReturned(t *testing.T) {
	p := plan(t, gen.Project{Models: 100, Columns: 8, TestsPerModel: 3})
	for _, room := range []int{0, 300_000} {
		if err := p.WriteManifest(&failingWriter{room}); !errors.Is(err, io.ErrShortWrite) {
			t.Errorf("with room for %d bytes the error is %v", room, err)
		}
	}
}
