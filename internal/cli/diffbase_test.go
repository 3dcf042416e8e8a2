package cli

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/dbt"
)

// What a server stores is a state to compare with, by versions too, and gives what its files give.
func TestDiffWithASchema(t *testing.T) {
	data := shortDir(t)
	ok(t, "schemas", "create", "--name", "Analytics Warehouse", "--data", data)
	send := func(folder string) {
		ok(t, "import", "--wait", "--data", data, "--manifest", folder+"/manifest.json.gz", "--catalog", folder+"/catalog.json.gz")
	}
	send(before)
	want := ok(t, "diff", before, after)
	if got := ok(t, "diff", "SCH-101", after, "--data", data); got != want {
		t.Errorf("with the schema:\n%s\nwith the files:\n%s", got, want)
	}
	if got := ok(t, "diff", "sch-101", before, "--data", data); got != "No difference.\n" {
		t.Errorf("with what was sent: %s", got)
	}
	send(after)
	for name, want := range map[string]string{"SCH-101": "No difference.\n", "SCH-101@1": want} {
		if got := ok(t, "diff", name, after, "--data", data); got != want {
			t.Errorf("%s:\n%s", name, got)
		}
	}
	for name, fault := range map[string]struct {
		args []string
		code int
		says string
	}{
		"no such schema":  {[]string{"SCH-999", after}, Failed, "SCH-999"},
		"no such version": {[]string{"SCH-101@99", after}, Failed, "99"},
		"another project": {[]string{"SCH-101", after, "--project", "other"}, Failed, "other"},
		"a catalog of it": {[]string{"SCH-101", after, "--base-catalog", before + "/catalog.json.gz"}, Usage, "its own catalog"},
	} {
		code, _, errs := run(t, append([]string{"diff", "--data", data}, fault.args...)...)
		if code != fault.code || !strings.Contains(errs, fault.says) {
			t.Errorf("%s: exit code %d, %s", name, code, errs)
		}
	}
	ok(t, "revert", "IMP-2", "--yes", "--data", data)
	if code, _, errs := run(t, "diff", "SCH-101", after, "--data", data); code != Failed || !strings.Contains(errs, "reverted IMP-2") {
		t.Errorf("after a revert: exit code %d, %s", code, errs)
	}
	if got := ok(t, "diff", "SCH-101@1", after, "--data", data); got != want {
		t.Errorf("before the revert:\n%s", got)
	}
}

// The results of the last runs are the same from a server and from a file beside the manifest.
func TestDiffWithResults(t *testing.T) {
	base := t.TempDir()
	for _, name := range []string{"manifest.json.gz", "catalog.json.gz", "run_results.json.gz"} {
		f, err := os.Open(filepath.Join(before, name))
		if err != nil {
			t.Fatal(err)
		}
		text, err := dbt.Open(f, dbt.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(text)
		_ = f.Close() // only read
		if err != nil {
			t.Fatal(err)
		}
		var results struct {
			Metadata json.RawMessage  `json:"metadata"`
			Results  []map[string]any `json:"results"`
			Elapsed  float64          `json:"elapsed_time"`
			Args     json.RawMessage  `json:"args"`
		}
		if name == "run_results.json.gz" {
			if err := json.Unmarshal(content, &results); err != nil {
				t.Fatal(err)
			}
			for _, r := range results.Results {
				switch id := r["unique_id"].(string); {
				case id == "model.shop.fct_daily_revenue":
					r["status"] = "error"
				case strings.HasPrefix(id, "test.shop.unique_dim_products"):
					r["status"] = "fail"
				}
			}
			if content, err = json.Marshal(results); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(filepath.Join(base, strings.TrimSuffix(name, ".gz")), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want := ok(t, "diff", base, after)
	for _, part := range []string{
		"3 without tests, 2 failed in their last run.", "[1 test on 1 of 6 columns, 1 failed]", "[last run: error; 2 tests on 2 of 6 columns]",
	} {
		if !strings.Contains(want, part) {
			t.Errorf("the output lacks %q:\n%s", part, want)
		}
	}
	named := ok(t, "diff", before, after, "--base-results", filepath.Join(base, "run_results.json"))
	data := shortDir(t)
	ok(t, "schemas", "create", "--name", "Analytics Warehouse", "--data", data)
	ok(t, "import", "--wait", "--data", data, "--target", base)
	for name, got := range map[string]string{"a named file": named, "a server": ok(t, "diff", "SCH-101", after, "--data", data)} {
		if got != want {
			t.Errorf("with the results of %s:\n%s\nwith the file beside the manifest:\n%s", name, got, want)
		}
	}
	if sarif := ok(t, "diff", base, after, "--format", "sarif"); strings.Count(sarif, `"ruleId":"last-run-failed"`) != 2 {
		t.Errorf("SARIF: %s", sarif)
	}
	broken := filepath.Join(base, "broken.json")
	if err := os.WriteFile(broken, []byte(`{"metadata":`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{before, after, "--base-results", broken}, {"SCH-101", after, "--data", data, "--base-results", broken}} {
		if code, _, errs := run(t, append([]string{"diff"}, args...)...); code == OK || !strings.Contains(errs, "broken.json") && !strings.Contains(errs, "its own results") {
			t.Errorf("%v: exit code %d, %s", args, code, errs)
		}
	}
}

func TestDiffSARIF(t *testing.T) {
	var log sarif
	if err := json.Unmarshal([]byte(ok(t, "diff", "--format", "sarif", before, after)), &log); err != nil {
		t.Fatal(err)
	}
	results := map[string]sarifResult{}
	known := map[string]bool{}
	for _, rule := range log.Runs[0].Tool.Driver.Rules {
		known[rule.ID] = true
	}
	for _, r := range log.Runs[0].Results {
		if !known[r.RuleID] || r.Fingerprints["thalweg/v1"] == "" {
			t.Errorf("%+v", r)
		}
		results[r.Message.Text] = r
	}
	for text, want := range map[string]sarifResult{
		"model.shop.dim_products.stock_on_hand was retyped: INTEGER → BIGINT": {RuleID: "column-changed", Level: "error", Locations: []sarifLocation{{sarifPhysical{sarifArtifact{"models/marts/core/dim_products.sql"}}}}},
		"model.shop.fct_refunds was added":                                    {RuleID: "table-changed", Level: "note"},
		"exposure.shop.weekly_trading: uses it":                               {RuleID: "reached", Level: "warning"},
	} {
		got, ok := results[text]
		if !ok || got.RuleID != want.RuleID || got.Level != want.Level || want.Locations != nil && got.Locations[0] != want.Locations[0] {
			t.Errorf("%q: %+v", text, got)
		}
	}
	if n := len(log.Runs[0].Results); n < 15 {
		t.Errorf("%d results", n)
	}
	same := ok(t, "diff", "--format", "sarif", before, before)
	if !strings.Contains(same, `"results":[]`) {
		t.Errorf("a state with itself: %s", same)
	}
}

func TestDiffFailOn(t *testing.T) {
	for args, want := range map[string]string{
		"never": "", "breaking": "thalweg: 3 breaking differences\n", "warning": "thalweg: 8 warning differences\n", "any": "thalweg: 6 differences\n",
	} {
		code, out, errs := run(t, "diff", "--fail-on", args, before, after)
		if errs != want || (code == OK) != (want == "") || !strings.HasPrefix(out, "Tables: ") {
			t.Errorf("%s: exit code %d, %q", args, code, errs)
		}
		if code, _, errs := run(t, "diff", "--fail-on", args, before, before); code != OK {
			t.Errorf("%s, a state with itself: exit code %d, %q", args, code, errs)
		}
	}
}
