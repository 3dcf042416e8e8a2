package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/projectdiff"
)

const before, after = "../../examples/shop/artifacts/1.12.6/before", "../../examples/shop/artifacts/1.12.6/after"

func TestDiffText(t *testing.T) {
	out := ok(t, "diff", before, after)
	for _, want := range []string{
		"Tables: 1 added, 1 removed, 3 changed, 1 renamed. Columns: 1 added, 1 retyped, 1 changed. Column edges: 2 added.\n",
		"Downstream: 0 columns of 8 tables, 2 exposures, 3 metrics.\nTests: none. Contracts: 1 broken.\nOf the tables that differ or are downstream: 3 without tests.\n[breaking: 3]\n",
		"\n  ~ model.shop.dim_products: code, contract broken [breaking] [1 test on 1 of 6 columns]\n    ~ stock_on_hand: INTEGER → BIGINT [breaking]\n",
		"\n    + discount_share: DOUBLE\n    + discount_share from model.shop.int_order_lines_priced.line_amount (transform+aggregate)\n",
		"\n  ~ model.shop.session_funnel → model.shop.fct_session_funnel: name session_funnel → fct_session_funnel [breaking] [2 tests on 1 of 5 columns]\n",
		"\n  exposure.shop.weekly_trading (uses it)\n",
		"\n  Zoë Brontë zoe@fennel-and-rye.example: exposure.shop.weekly_trading, model.shop.customer_segments",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the output lacks %q:\n%s", want, out)
		}
	}
	if same := ok(t, "diff", "--exit-code", before, before+"/manifest.json.gz"); same != "No difference.\n" {
		t.Errorf("a state with itself: %s", same)
	}
	if short := ok(t, "diff", "--limit", "1", before, after); !strings.Contains(short, "\n  5 more of 6; use --limit or --format json to see them\n") {
		t.Errorf("with --limit 1:\n%s", short)
	}
}

func TestDiffJSON(t *testing.T) {
	out := ok(t, "diff", "--json", before, after)
	var got projectdiff.Diff
	if err := json.Unmarshal([]byte(out), &got); err != nil || strings.Count(out, "\n") != 1 {
		t.Fatalf("%v in %s", err, out)
	}
	if got.Summary.TablesChanged != 3 || got.Summary.Breaking != 3 || len(got.Tables) != 6 || len(got.Owners) != 6 {
		t.Errorf("summary %+v, %d tables, %d owners", got.Summary, len(got.Tables), len(got.Owners))
	}
	if again := ok(t, "diff", "--format", "json", before, after); again != out {
		t.Error("--json and --format json differ")
	}
}

func TestDiffExitCode(t *testing.T) {
	code, out, errs := run(t, "diff", "--exit-code", before, after)
	if code != Failed || !strings.HasPrefix(out, "Tables: ") || errs != "thalweg: 3 breaking differences\n" {
		t.Errorf("exit code %d, stdout %q, stderr %q", code, out, errs)
	}
	for name, args := range map[string][]string{
		"no such file": {before, "/does/not/exist"}, "a folder without a manifest": {before, t.TempDir()}, "one side": {before}, "an unknown format": {"--format", "xml", before, after},
	} {
		if code, _, errs := run(t, append([]string{"diff"}, args...)...); code != Usage || errs == "" {
			t.Errorf("%s: exit code %d, stderr %q", name, code, errs)
		}
	}
	if code, _, _ := run(t, "diff", before+"/catalog.json.gz", after); code != Failed {
		t.Errorf("a catalog as manifest: exit code %d", code)
	}
}

// A project folder is as good as its target folder, and a side without a catalog
// knows sources and seeds as the other one lists them.
func TestDiffFolders(t *testing.T) {
	project := t.TempDir()
	target := filepath.Join(project, "target")
	if err := os.Mkdir(target, 0o700); err != nil {
		t.Fatal(err)
	}
	manifest, err := os.ReadFile(before + "/manifest.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(target, "manifest.json.gz"), manifest, 0o600); err != nil {
		t.Fatal(err)
	}
	if out := ok(t, "diff", "--exit-code", before, project); !strings.HasPrefix(out, "No difference.\nThe columns of 1 table were not compared: ") { // the Python model's

		t.Errorf("compiled alone against documented:\n%s", out)
	}
	out := ok(t, "diff", project, after, "--base-catalog", before+"/catalog.json.gz")
	if want := ok(t, "diff", before, after); out != want {
		t.Errorf("with --base-catalog:\n%s\nwant\n%s", out, want)
	}
}

func TestDiffMarkdown(t *testing.T) {
	out := ok(t, "diff", "--format", "markdown", before, after)
	for _, want := range []string{"\n### Tables\n\n- changed `model.shop.dim_products`: code, contract broken **breaking** [1 test on 1 of 6 columns]\n  - retyped `stock_on_hand`: `INTEGER → BIGINT` **breaking**\n", "\n- added `model.shop.fct_refunds` [3 tests on 2 of 6 columns]\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("the output lacks %q:\n%s", want, out)
		}
	}
}

// Names are the project's, not ours: they stay on their line and within their
// code marks.
func TestDiffOfHostileNames(t *testing.T) {
	c := &projectdiff.Diff{Tables: []projectdiff.TableChange{{
		UniqueID: "model.p.a`b\n# title", Change: projectdiff.Added, Reasons: []string{"name x\x1b[31m → y\r\n"},
		Columns: []projectdiff.ColumnChange{{Name: "``", Change: projectdiff.Removed}},
	}}}
	c.Summary.TablesAdded = 1
	w := &diffWriter{limit: -1, markdown: true}
	w.write(c)
	want := "\n- added `` model.p.a`b # title ``: name x [31m → y  \n  - removed ``` `` ```\n"
	if got := w.text.String(); !strings.HasSuffix(got, want) {
		t.Errorf("markdown %q, want it to end in %q", got, want)
	}
}
