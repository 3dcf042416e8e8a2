package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const artifacts = "../../examples/shop/artifacts/1.12.6/before/"

// run runs one command line.
func run(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = Run(t.Context(), args, &out, &errs)
	return code, out.String(), errs.String()
}

func ok(t *testing.T, args ...string) string {
	t.Helper()
	code, out, errs := run(t, args...)
	if code != OK {
		t.Fatalf("thalweg %s: exit code %d\n%s", strings.Join(args, " "), code, errs)
	}
	return out
}

// shortDir is a folder whose path is short enough for a socket.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "twg")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// A folder from its first schema to a restored copy, without a server.
func TestFolder(t *testing.T) {
	data := shortDir(t)
	if out := ok(t, "schemas", "create", "--name", "Analytics Warehouse", "--data", data); out != "SCH-101\n" {
		t.Errorf("schemas create printed %q", out)
	}
	key := ok(t, "keys", "create", "--name", "ci", "--scope", "write:dbt_imports", "--data", data)
	if !regexp.MustCompile(`^twg_[0-9A-Za-z]{8}_[0-9A-Za-z]{38}\n$`).MatchString(key) {
		t.Errorf("keys create printed %q", key)
	}
	imported := ok(t, "import", "--schema", "sch-101", "--data", data, "--json",
		"--manifest", artifacts+"manifest.json.gz", "--catalog", artifacts+"catalog.json.gz", "--run-results", artifacts+"run_results.json.gz")
	var doc struct {
		Data struct {
			ID         string         `json:"id"`
			Attributes map[string]any `json:"attributes"`
		} `json:"data"`
	}
	if err := json.Unmarshal([]byte(imported), &doc); err != nil || doc.Data.Attributes["tables_created"] != 36.0 {
		t.Errorf("import printed %s, %v", imported, err)
	}
	backup, restored := filepath.Join(shortDir(t), "backup"), filepath.Join(shortDir(t), "restored")
	ok(t, "backup", backup, "--data", data)
	ok(t, "restore", backup, "--data", restored)
	if out := ok(t, "schemas", "list", "--data", restored); out != "SCH-101\tAnalytics Warehouse\t36 tables\n" {
		t.Errorf("the restored folder lists %q", out)
	}
	if code, _, errs := run(t, "restore", backup, "--data", data); code != Failed || !strings.Contains(errs, "not empty") {
		t.Errorf("restore over a folder in use: exit code %d, %q", code, errs)
	}
}

func TestImportThatFails(t *testing.T) {
	dir := shortDir(t)
	data, bad := shortDir(t), filepath.Join(dir, "manifest.json")
	ok(t, "schemas", "create", "--name", "A", "--data", data)
	if err := os.WriteFile(bad, []byte(`{"metadata":`), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs := run(t, "import", "--schema", "SCH-101", "--manifest", bad, "--data", data)
	if code != Failed || out != "" || !strings.Contains(errs, "artifact-malformed: manifest") {
		t.Errorf("exit code %d, stdout %q, stderr %q", code, out, errs)
	}
	code, _, errs = run(t, "import", "--schema", "SCH-999", "--manifest", bad, "--data", data)
	if code != Failed || !strings.Contains(errs, "unknown-schema") {
		t.Errorf("unknown schema: exit code %d, %q", code, errs)
	}
}

func TestInspectProject(t *testing.T) {
	out := ok(t, "inspect", "--project", "--json", artifacts+"manifest.json.gz", artifacts+"catalog.json.gz", artifacts+"run_results.json.gz")
	var stats struct {
		Manifest struct {
			Models int `json:"models"`
		} `json:"manifest"`
		Joined struct {
			Known   *int `json:"catalog_tables_in_manifest"`
			Results *int `json:"results_in_manifest"`
		} `json:"joined"`
	}
	if err := json.Unmarshal([]byte(out), &stats); err != nil {
		t.Fatal(err)
	}
	if stats.Manifest.Models != 25 || stats.Joined.Known == nil || *stats.Joined.Known != 36 || stats.Joined.Results == nil {
		t.Errorf("inspect --project printed %s", out)
	}
	if out := ok(t, "inspect", "--project", artifacts+"manifest.json.gz"); !strings.Contains(out, "joined\n") {
		t.Errorf("inspect --project printed %s", out)
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{{"nothing"}, {"import"}, {"schemas", "create"}, {"inspect", "/does/not/exist"}} {
		if code, out, errs := run(t, args...); code != Usage || out != "" || errs == "" {
			t.Errorf("thalweg %s: exit code %d, stdout %q, stderr %q", strings.Join(args, " "), code, out, errs)
		}
	}
}

func TestEveryCommandShowsAnExample(t *testing.T) {
	for _, command := range []string{
		"adopt dbt-docs", "adopt datahub", "adopt openmetadata", "serve", "demo", "schemas create", "schemas list", "schemas delete", "keys create", "keys list", "keys revoke", "import", "inspect",
		"lineage", "sql-lineage", "diff", "backup", "restore", "migrate", "config show", "version",
	} {
		out := ok(t, append(strings.Fields(command), "--help")...)
		if !strings.Contains(out, "thalweg "+command) || !strings.Contains(out, "Example") {
			t.Errorf("thalweg %s --help has no example:\n%s", command, out)
		}
	}
}
