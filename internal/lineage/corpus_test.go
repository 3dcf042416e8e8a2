package lineage

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// artifactsDir is where the real artifacts lie; they are not part of the
// project.
func artifactsDir(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("THALWEG_ARTIFACTS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "artifacts")
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skip("SKIPPED: no real artifacts; set THALWEG_ARTIFACTS to the folder that holds them")
	}
	return dir
}

// traceFiles reads and traces a manifest with the catalog beside it.
func traceFiles(t *testing.T, manifest string) *ProjectLineage {
	t.Helper()
	return tracedProject(t, readFiles(t, manifest))
}

func tracedProject(t *testing.T, p *Project) *ProjectLineage {
	t.Helper()
	l, err := p.Trace(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// readFiles reads a manifest with the catalog beside it.
func readFiles(t *testing.T, manifest string) *Project {
	t.Helper()
	data, err := os.ReadFile(manifest)
	if err != nil {
		t.Fatal(err)
	}
	beside := filepath.Join(filepath.Dir(manifest), strings.Replace(filepath.Base(manifest), "manifest", "catalog", 1))
	var tables *os.File
	for _, path := range []string{beside, strings.TrimSuffix(beside, ".gz"), strings.TrimSuffix(beside, ".gz") + ".gz"} {
		if f, err := os.Open(path); err == nil {
			tables = f
			t.Cleanup(func() { _ = f.Close() })
			break
		}
	}
	var p *Project
	if tables != nil {
		p, err = NewReader().Read(t.Context(), bytes.NewReader(data), tables)
	} else {
		p, err = NewReader().Read(t.Context(), bytes.NewReader(data), nil)
	}
	if err != nil {
		t.Skipf("%s is no manifest that can be read: %v", manifest, err)
	}
	return p
}

func manifests(t *testing.T) []string {
	var paths []string
	err := filepath.WalkDir(artifactsDir(t), func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.Contains(d.Name(), "manifest") && !strings.Contains(d.Name(), "semantic") &&
			(strings.HasSuffix(path, ".json") || strings.HasSuffix(path, ".json.gz")) {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(paths)
	return paths
}

// sameColumns compares an output list with the columns of the warehouse: names
// and order, case as the warehouse folds it.
func sameColumns(platform string, outputs []Output, listed []string) bool {
	if len(outputs) != len(listed) {
		return false
	}
	for i, o := range outputs {
		if catalog.FoldColumn(platform, o.Name) != catalog.FoldColumn(platform, listed[i]) {
			return false
		}
	}
	return true
}

// notRead are the compiled texts that cannot be read, or not wholly, whatever
// is known of the tables, each with the reason. They are named folder/unique id.
var notRead = map[string]string{
	"K12-Analytics-Engineering__dbt/model.project.fct_survey_response": "the SELECT is commented out together with a Jinja comment",
	"fail/model.dbt_bigquery_test.test_second_parallel_dbt_model":      "made to fail: bork bork fail",
	"jaffle-1.11/model.jaffle_shop.metricflow_time_spine":              "a macro gave NULL where a query should be",
	"2023-10-04-v10/model.shopify.shopify__customer_emails":            "a macro gave no column of a CTE that is read",
	"2023-10-04-v10/model.shopify.shopify__customers":                  "a macro gave no column of a CTE that is read",
	"manifest-v9/model.jaffle_shop.orders":                             "made to fail: reads no_such_column_v2 of a CTE that has not got it",
}

// otherInWarehouse are the models whose table is not what their code makes, by
// the catalog beside it, with the reason.
var otherInWarehouse = map[string]string{
	"CountingWhatCounts__wmcsrp-2/model.WMCSRP2_dataset.participation_survey_data":      "the catalog is older than the code: a column has moved",
	"CountingWhatCounts__wmcsrp-2/model.WMCSRP2_dataset.stg__participation_survey_data": "the catalog is older than the code: a column has moved",
	"2022-05-18-v4/model.ethereum_models.core__sv_fact_event_logs":                      "the catalog is older than the code: three columns of its parent are new",
	"2022-05-18-v4/model.ethereum_models.core__fact_event_logs":                         "the catalog is older than the code: three columns are new",
	"K12-Analytics-Engineering__dbt/model.project.fct_survey_response":                  "not read",
	"silver__transactions":                 "incremental: columns added later stand at the end",
	"streamline__complete_":                "incremental: columns added later stand at the end",
	"snapshot.jaffle_shop.orders_snapshot": "a snapshot got a column of another case later",
	"shopify__customer_cohorts":            "incremental: a column was moved in the code",
	"shopify__customer_email_cohorts":      "incremental: a column was moved in the code",
	"int_zendesk__field_history_pivot":     "incremental: columns of an earlier run's pivot",
}

// tally counts what the corpus gave.
type tally struct {
	status        map[Status]int
	kinds         map[string]int  // models with compiled code by resource type
	texts         map[string]bool // distinct by adapter, but for white space
	listed, equal int
	excused       map[string]bool
	unexpected    []string
}

// Every model of every project at hand is read, but for those that are listed
// with their reason, and makes the columns that the warehouse has.
//
// The real projects hold 2,312 models with compiled code, 5 of them in Python.
// Many projects are there in several versions: apart from white space these are
// 2,057 texts, snapshots and 6 analyses included, 2,055 of them SQL.
func TestCorpus(t *testing.T) {
	sum := &tally{status: map[Status]int{}, kinds: map[string]int{}, texts: map[string]bool{}, excused: map[string]bool{}}
	for _, path := range manifests(t) {
		name, err := filepath.Rel(artifactsDir(t), path)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(strings.ReplaceAll(name, "/", "_"), func(t *testing.T) { sum.project(filepath.Base(filepath.Dir(path)), traceFiles(t, path)) })
	}
	t.Logf("models with code %v, %d distinct texts; %v; of %d with a catalog entry %d have its columns", sum.kinds, len(sum.texts), sum.status, sum.listed, sum.equal)
	if sum.kinds["model"] != 2312 {
		t.Log(strings.Join(sum.unexpected, "\n"))
		t.Skipf("these are other projects than the counts are of: %d models with compiled code, not 2,312", sum.kinds["model"])
	}
	for _, what := range sum.unexpected {
		t.Error(what)
	}
	if sum.kinds["snapshot"] != 33 || len(sum.texts) != 2051 {
		t.Errorf("%d snapshots and %d distinct texts, want 33 and 2051", sum.kinds["snapshot"], len(sum.texts))
	}
	for status, most := range map[Status]int{Partial: 44, Failed: 1, NotCompiled: 311, NotSQL: 7} {
		if sum.status[status] > most {
			t.Errorf("%d models are %s, %d before", sum.status[status], status, most)
		}
	}
	if sum.status[Read] < 2295 || sum.listed < 1710 || sum.equal < 1695 {
		t.Errorf("%d models are read, 2295 before; of %d in catalogs %d have their columns, 1695 of 1710 before", sum.status[Read], sum.listed, sum.equal)
	}
	for _, list := range []map[string]string{notRead, otherInWarehouse} {
		for name := range list {
			if !sum.excused[name] {
				t.Errorf("%s is excused without need", name)
			}
		}
	}
}

// A catalog that lists no sources, as one of many real projects does not, leaves the columns of a model open where its
// code has a star over a source. Those of a single star follow from the model's own entry.
func TestCorpusWithoutSources(t *testing.T) {
	sum := &tally{status: map[Status]int{}, kinds: map[string]int{}, texts: map[string]bool{}, excused: map[string]bool{}}
	for _, path := range manifests(t) {
		p := readFiles(t, path)
		for id := range p.Catalog {
			if strings.HasPrefix(id, "source.") {
				delete(p.Catalog, id)
			}
		}
		sum.project(filepath.Base(filepath.Dir(path)), tracedProject(t, p))
	}
	t.Logf("of %d models with a catalog entry %d have its columns; %v", sum.listed, sum.equal, sum.status)
	if sum.kinds["model"] != 2312 {
		t.Skipf("these are other projects than the counts are of: %d models with compiled code, not 2,312", sum.kinds["model"])
	}
	if sum.equal < 1695 || sum.status[Read] < 2281 {
		t.Errorf("%d models are read and %d have the columns of the catalog, 2281 and 1695 before", sum.status[Read], sum.equal)
	}
}

func (s *tally) project(folder string, l *ProjectLineage) {
	for i, n := range l.Nodes {
		b := l.Block(i)
		if b == nil {
			continue
		}
		s.status[b.Status]++
		if code, err := l.Code(n.Compiled); err == nil && code != "" {
			s.kinds[n.ResourceType]++
			s.texts[l.Head.AdapterType+"\x00"+strings.Join(strings.Fields(code), " ")] = true
		}
		if b.Status == Failed || b.Status == Partial && !wantsSchemas(b) {
			s.excuse(notRead, folder, n.UniqueID, fmt.Sprintf("is %s: %v", b.Status, b.Issues))
		}
		s.catalog(folder, l, i)
	}
}

// wantsSchemas tells that all that is missing is known to the tables that the
// code reads, and nobody listed those.
func wantsSchemas(b *Block) bool {
	for _, i := range b.Issues {
		switch i.Code {
		case string(resolve.UnknownStar), string(resolve.AmbiguousColumn), IssueUndeclared:
		default:
			return false
		}
	}
	return true
}

// catalog compares the columns of a model with those that the warehouse lists.
func (s *tally) catalog(folder string, l *ProjectLineage, i int) {
	n, b := l.Nodes[i], l.Block(i)
	table := l.Catalog[n.UniqueID]
	if table == nil || table.Columns.IsEmpty() || b.Status == NotCompiled || b.Status == NotSQL {
		return
	}
	var want []string
	for c := range l.table(i, n).Stated.All() {
		want = append(want, c.Name)
	}
	s.listed++
	if sameColumns(l.Head.AdapterType, b.Outputs, want) {
		s.equal++
		return
	}
	s.excuse(otherInWarehouse, folder, n.UniqueID, fmt.Sprintf("makes columns %v, the warehouse has %v", names(b), want))
}

func (s *tally) excuse(list map[string]string, folder, uniqueID, what string) {
	for name := range list {
		if name == folder+"/"+uniqueID || !strings.Contains(name, "/") && strings.Contains(uniqueID, name) {
			s.excused[name] = true
			return
		}
	}
	s.unexpected = append(s.unexpected, folder+"/"+uniqueID+" "+what)
}
