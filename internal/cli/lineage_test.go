package cli

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/openlineage"
)

// One line a model, in the order of unique ids, with just these fields.
func TestLineageLines(t *testing.T) {
	out := ok(t, "lineage", "--manifest", before+"/manifest.json.gz", "--catalog", before+"/catalog.json.gz")
	var ids []string
	statuses := map[string]int{}
	for text := range strings.Lines(out) {
		d := json.NewDecoder(strings.NewReader(text))
		d.DisallowUnknownFields()
		var line lineageLine
		if err := d.Decode(&line); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		ids = append(ids, line.UniqueID)
		statuses[line.Status]++
		if line.UniqueID != "model.shop.dim_cafés" {
			continue
		}
		stores := "model.shop.stg_stores"
		edge := func(output, column, kind string) lineageColumn {
			return lineageColumn{Output: output, From: []lineageEdge{{UniqueID: &stores, Column: column, Kinds: []string{kind}, Confidence: "schema"}}}
		}
		want := lineageLine{UniqueID: line.UniqueID, Status: "read", Issues: []lineageIssue{}, Columns: []lineageColumn{
			edge("café_id", "store_id", "rename"), edge("café", "store_name", "rename"), edge("ville", "city", "rename"), edge("opened_on", "opened_on", "identity"),
		}}
		if diff := cmp.Diff(want, line); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	if len(ids) != 26 || !slices.IsSorted(ids) || statuses["read"] != 25 || statuses["not_sql"] != 1 {
		t.Errorf("%d lines, %v: %v", len(ids), statuses, ids)
	}
}

func TestLineageAsOpenLineage(t *testing.T) {
	for _, tt := range []struct {
		args      []string
		namespace string
	}{{nil, "duckdb"}, {[]string{"--namespace", "duckdb://shop.duckdb"}, "duckdb://shop.duckdb"}} {
		out := ok(t, append([]string{"lineage", "--format", "openlineage", "--manifest", before + "/manifest.json.gz"}, tt.args...)...)
		if n := strings.Count(out, "\n"); n != 26 {
			t.Errorf("%d lines", n)
		}
		for text := range strings.Lines(out) {
			var event openlineage.JobEvent
			if err := json.Unmarshal([]byte(text), &event); err != nil {
				t.Fatalf("%v in %s", err, text)
			}
			if event.Outputs[0].Namespace != tt.namespace || event.Job.Namespace != "dbt://shop" || event.EventTime != "2026-11-02T06:00:32.203854Z" {
				t.Errorf("%s: %+v", tt.namespace, event)
			}
		}
	}
}

func TestLineageOfBadFiles(t *testing.T) {
	if code, out, errs := run(t, "lineage", "--manifest", before+"/run_results.json.gz"); code != Failed || out != "" || !strings.Contains(errs, "run_results.json.gz: manifest: ") {
		t.Errorf("run results: exit code %d, stdout %q, stderr %q", code, out, errs)
	}
	if code, out, errs := run(t, "lineage", "--manifest", before+"/manifest.json.gz", "--catalog", before+"/manifest.json.gz"); code != Failed || out != "" || !strings.Contains(errs, "catalog: ") {
		t.Errorf("a manifest as catalog: exit code %d, stdout %q, stderr %q", code, out, errs)
	}
	if code, _, _ := run(t, "lineage", "--manifest", before+"/manifest.json.gz", "--format", "xml"); code != Usage {
		t.Errorf("an unknown format: exit code %d", code)
	}
}
