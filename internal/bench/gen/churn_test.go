package gen_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/bench/gen"
)

var small = gen.Project{Models: 200, Columns: 10, TestsPerModel: 3, Seed: 11}

func churned(c gen.Churn) gen.Project {
	p := small
	p.Churn = c
	return p
}

var (
	idOrTime  = regexp.MustCompile(`\d{4}-\d\d-\d\dT[\d:.]+(?:Z|\+00:00)?|[0-9a-f]{8}-[0-9a-f-]{27}`)
	createdAt = regexp.MustCompile(`"created_at": \d+\.\d+|"execution_time": [\d.]+|"elapsed_time": [\d.]+`)
)

func masked(text []byte) string {
	return createdAt.ReplaceAllString(idOrTime.ReplaceAllString(string(text), "*"), "*")
}

func TestAnotherRunDiffersInIDsAndTimesOnly(t *testing.T) {
	first, second := plan(t, small), plan(t, churned(gen.Churn{Run: 1}))
	a, b := decode[manifest](t, first.WriteManifest), decode[manifest](t, second.WriteManifest)
	if a.Metadata.InvocationID == b.Metadata.InvocationID || a.Metadata.GeneratedAt >= b.Metadata.GeneratedAt {
		t.Errorf("run 1 is %+v after %+v, want another id and a later time", b.Metadata, a.Metadata)
	}
	for name, pair := range map[string][2][]byte{
		"manifest":    {written(t, first.WriteManifest), written(t, second.WriteManifest)},
		"catalog":     {written(t, first.WriteCatalog), written(t, second.WriteCatalog)},
		"run results": {written(t, first.WriteRunResults), written(t, second.WriteRunResults)},
		"sources":     {written(t, first.WriteSources), written(t, second.WriteSources)},
	} {
		if masked(pair[0]) != masked(pair[1]) {
			t.Errorf("%s differs in more than ids and times", name)
		}
	}
}

func TestChangeTouchesThatManyModels(t *testing.T) {
	before := decode[manifest](t, plan(t, small).WriteManifest)
	columns := written(t, plan(t, small).WriteCatalog)
	for _, count := range []int{1, 20, 200} {
		p := plan(t, churned(gen.Churn{Change: count}))
		after := decode[manifest](t, p.WriteManifest)
		changed := 0
		for id, was := range before.Nodes {
			is := after.Nodes[id]
			if cmp.Equal(was, is) {
				continue
			}
			changed++
			if is.Checksum == was.Checksum || is.CompiledCode == was.CompiledCode || is.RawCode == was.RawCode ||
				is.Description == was.Description {
				t.Errorf("%s: want checksum, code and description changed", id)
			}
		}
		if changed != count {
			t.Errorf("%d nodes changed, want %d", changed, count)
		}
		if masked(columns) != masked(written(t, p.WriteCatalog)) {
			t.Errorf("changing %d models changed the catalog", count)
		}
	}
}

func TestRemoveTakesModelsNothingReads(t *testing.T) {
	before := decode[manifest](t, plan(t, small).WriteManifest)
	for _, count := range []int{1, 30, 199} {
		after := decode[manifest](t, plan(t, churned(gen.Churn{Remove: count})).WriteManifest)
		var gone []string
		for id, was := range before.Nodes {
			is, ok := after.Nodes[id]
			if was.ResourceType == "model" && !ok {
				gone = append(gone, id)
			}
			if ok && !cmp.Equal(was, is) {
				t.Errorf("%s changed when others were removed", id)
			}
		}
		if len(gone) != count {
			t.Errorf("%d models are gone, want %d", len(gone), count)
		}
		checkMaps(t, after)
		for _, parents := range after.ParentMap {
			for _, id := range gone {
				if slices.Contains(parents, id) {
					t.Errorf("%s is removed but still read", id)
				}
			}
		}
	}
}

func TestAddColumnsKeepsAllOthers(t *testing.T) {
	before := tables(t, small)
	for _, count := range []int{1, 40, 200} {
		after := tables(t, churned(gen.Churn{AddColumns: count}))
		grown, carried := 0, 0
		for id, was := range before {
			is := after[id]
			kept := slices.DeleteFunc(slices.Clone(is), func(name string) bool { return strings.HasSuffix(name, "_added") })
			if diff := cmp.Diff(was, kept); diff != "" {
				t.Errorf("%s: columns before (-) and after (+), less the added ones, differ:\n%s", id, diff)
			}
			switch added := len(is) - len(was); {
			case added == 1:
				grown++
			case added > 1:
				grown++
				carried += added - 1
			}
		}
		if grown < count {
			t.Errorf("%d models grew, want %d at least", grown, count)
		}
		if count == small.Models && carried == 0 {
			t.Error("no model got a column by select * from a parent")
		}
	}
}

// tables returns the names of the models' columns by unique id.
func tables(t *testing.T, p gen.Project) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for table := range plan(t, p).Tables() {
		all[table.UniqueID] = names(table)
	}
	return all
}

func TestLargerChurnHoldsSmaller(t *testing.T) {
	few, many := removed(t, 10), removed(t, 60)
	for id := range few {
		if !many[id] {
			t.Errorf("%s is removed among 10 but not among 60", id)
		}
	}
}

func removed(t *testing.T, count int) map[string]bool {
	t.Helper()
	left := tables(t, churned(gen.Churn{Remove: count}))
	gone := map[string]bool{}
	for id := range maps.Keys(tables(t, small)) {
		if _, ok := left[id]; !ok {
			gone[id] = true
		}
	}
	return gone
}
