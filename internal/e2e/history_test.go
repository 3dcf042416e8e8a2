package e2e

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/apitest"
)

// Four states of one real project, a year and a half apart: what the API returns
// of each, then and now by `at`, is what a small reader of its own finds in the
// files.
func TestHistoryOfARealProject(t *testing.T) {
	folders := []string{"2023-12-21-v9", "2024-01-01-v8", "2024-11-21-v12", "2025-head"}
	r, ledger := newRig(t, nil), newLedger()
	var states []expected
	var imports, times []string
	for _, folder := range folders {
		set := realAt(t, "coderxio__sagerx/"+folder)
		imp := r.send(t, set)
		if folder == "2024-11-21-v12" { // every model moved from one schema to another
			imp = r.confirmTarget(t, imp)
		}
		imports = append(imports, imp)
		times = append(times, r.clock.now().Format(time.RFC3339))
		states = append(states, ledger.take(t, readFiles(t, set)))
	}
	for i, state := range states {
		t.Run(folders[i], func(t *testing.T) {
			if got := r.Get(t, "/api/v1/dbt_imports/"+imports[i]+"/report", r.key).At(t, "data.attributes.counts.removals_pending"); got != 0.0 {
				t.Fatalf("%v removals wait: another history than this test knows", got)
			}
			at := fmt.Sprint(i + 1)
			r.checkTables(t, state, at)
			r.checkLineage(t, state, at)
			r.checkChanges(t, state, imports[i], i+1)
			// A time reads the same state as its number.
			list := "/api/v1/assets?limit=200&kind=model&schema_id=" + r.schema + "&at="
			if byNumber, byTime := r.Get(t, list+at, r.key), r.Get(t, list+times[i], r.key); text(byNumber.JSON(t)) != text(byTime.JSON(t)) {
				t.Errorf("at version %s and at %s differ", at, times[i])
			}
		})
	}
}

// confirmTarget confirms that the tables of a manifest moved, and returns the import
// that applies it.
func (r *rig) confirmTarget(t *testing.T, imp string) string {
	t.Helper()
	if !strings.Contains(string(r.Get(t, "/api/v1/dbt_imports/"+imp+"/report", r.key).Body), `"target-moved"`) {
		t.Fatalf("%s did not wait for a confirmation of its target", imp)
	}
	r.clock.step()
	confirmed := r.Send(t, "POST", "/api/v1/schemas/"+r.schema+"/removals/confirm", r.key, "")
	queued, _ := confirmed.At(t, "data.attributes.imports.0").(string)
	r.Await(t, r.key, queued)
	return queued
}

// checkTables compares tables, texts and columns at a version.
func (r *rig) checkTables(t *testing.T, want expected, at string) {
	t.Helper()
	list := "/api/v1/assets?limit=200&kind=model,seed,snapshot,source&schema_id=" + r.schema + "&at=" + at
	got := r.list(t, list, "attributes.dbt.unique_id")
	slices.Sort(got)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(want.tables)), got); diff != "" {
		t.Errorf("tables (-files +API):\n%s", diff)
	}
	for id, table := range want.tables {
		asset := r.Get(t, "/api/v1/assets/by-unique-id?schema_id="+r.schema+"&at="+at+"&unique_id="+url.QueryEscape(id), r.key)
		if asset.Status != 200 {
			t.Errorf("%s: %d %s", id, asset.Status, asset.Body)
			continue
		}
		value, _ := asset.At(t, "data.attributes.description.value").(string)
		if value != table.description.text {
			t.Errorf("%s: description %q, in the files %q", id, value, table.description.text)
		}
		if gone := asset.At(t, "data.attributes.description.gone_since") != nil; gone != table.description.gone {
			t.Errorf("%s: description gone is %v, in the files %v", id, gone, table.description.gone)
		}
		columns := r.columns(t, asset.At(t, "data.id").(string), at)
		if diff := cmp.Diff(inOrder(table.columns), inOrder(columns), cmp.AllowUnexported(column{}, words{})); diff != "" {
			t.Errorf("%s: columns (-files +API):\n%s", id, diff)
		}
	}
}

// columns reads the columns that a table has; those that it had are left out.
func (r *rig) columns(t *testing.T, asset, at string) []column {
	t.Helper()
	var out []column
	for _, c := range r.Get(t, "/api/v1/assets/"+asset+"/columns?at="+at, r.key).At(t, "data").([]any) {
		documented := apitest.At(c, "attributes.documented_only") == true
		if apitest.At(c, "attributes.present") != true && !documented || apitest.At(c, "attributes.origin") == "sql" {
			continue // the reader of the files reads no SQL
		}
		read := func(path string) string { s, _ := apitest.At(c, "attributes."+path).(string); return s }
		out = append(out, column{
			name: read("name"), kind: read("native_type"), documentedOnly: documented,
			description: words{text: read("description.value"), gone: apitest.At(c, "attributes.description.gone_since") != nil},
		})
	}
	return out
}

// inOrder puts columns that only a manifest names, whose order the reader of
// the files does not keep, behind the others by name.
func inOrder(columns []column) []column {
	out := slices.Clone(columns)
	onlyDocumented := !slices.ContainsFunc(columns, func(c column) bool { return c.documentedOnly || c.kind != "" })
	slices.SortStableFunc(out, func(a, b column) int {
		switch {
		case a.documentedOnly != b.documentedOnly && b.documentedOnly:
			return -1
		case a.documentedOnly != b.documentedOnly:
			return 1
		case a.documentedOnly || onlyDocumented:
			return strings.Compare(a.name, b.name)
		}
		return 0
	})
	return out
}

// checkLineage compares the edges between tables.
func (r *rig) checkLineage(t *testing.T, want expected, at string) {
	t.Helper()
	got := map[string]bool{}
	graph := r.Get(t, "/api/v1/lineage?limit=2000&schema_id="+r.schema+"&at="+at, r.key)
	ids := map[any]string{}
	for _, n := range graph.At(t, "data.nodes").([]any) {
		ids[apitest.At(n, "id")], _ = apitest.At(n, "attributes.unique_id").(string)
	}
	for _, e := range graph.At(t, "data.edges").([]any) {
		if apitest.At(e, "type") == "derived" {
			got[ids[apitest.At(e, "from")]+" → "+ids[apitest.At(e, "to")]] = true
		}
	}
	if diff := cmp.Diff(want.edges, got); diff != "" || len(got) == 0 {
		t.Errorf("edges (-files +API):\n%s", diff)
	}
}

// checkChanges compares what the import says it changed.
func (r *rig) checkChanges(t *testing.T, want expected, imp string, version int) {
	t.Helper()
	inCode := map[string]map[string]bool{}
	isOfCode := func(asset, column string, version int) bool {
		at := fmt.Sprint(asset, "/columns?at=", version)
		if inCode[at] == nil {
			inCode[at] = r.columnsOfCode(t, at)
		}
		return column != "" && inCode[at][column]
	}
	got := map[string]bool{}
	names := map[string]string{}
	for path := "/api/v1/dbt_imports/" + imp + "/changes?limit=50"; path != ""; {
		page := r.Get(t, path, r.key)
		for _, c := range page.At(t, "data").([]any) {
			read := func(name string) string { s, _ := apitest.At(c, name).(string); return s }
			if names[read("asset")] == "" {
				asset := r.Get(t, "/api/v1/assets/"+read("asset"), r.key)
				names[read("asset")], _ = asset.At(t, "data.attributes.dbt.unique_id").(string)
			}
			field, kind, before, after := read("field"), read("kind"), read("old"), read("new")
			switch was, is := isOfCode(read("asset"), read("column"), version-1), isOfCode(read("asset"), read("column"), version); {
			case is || was && kind == "removed":
				continue
			case was: // the files name it for the first time
				field, kind, before, after = "", "created", "", ""
			}
			if line, ok := changeLine(names[read("asset")], read("column"), field, kind, before, after); ok {
				got[line] = true
			}
		}
		path, _ = page.At(t, "links.next").(string)
	}
	if diff := cmp.Diff(want.changes, got); diff != "" || len(got) == 0 {
		t.Errorf("changes of %s (-files +API):\n%s", imp, diff)
	}
}

// columnsOfCode are the columns that only the code of a table shows.
func (r *rig) columnsOfCode(t *testing.T, path string) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	reply := r.Get(t, "/api/v1/assets/"+path, r.key)
	if reply.Status != 200 { // the table was not there
		return out
	}
	for _, c := range reply.At(t, "data").([]any) {
		if apitest.At(c, "attributes.origin") == "sql" {
			out[apitest.At(c, "attributes.name").(string)] = true
		}
	}
	return out
}

// changeLine is a change as both sides write it; false for fields and kinds of assets that the
// reader of the files does not look at.
func changeLine(id, column, field, kind, before, after string) (string, bool) {
	isText := strings.HasPrefix(id, "macro.") || strings.HasPrefix(id, "doc.")
	if isText || field != "" && field != "description" && field != "type" {
		return "", false
	}
	return strings.Join([]string{id, column, field, kind, before, after}, " | "), true
}
