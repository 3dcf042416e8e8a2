package e2e

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/apitest"
)

// The real client of OpenLineage sends the events of a run to a real server, which shows what the job reads and writes.
func TestOpenLineageClient(t *testing.T) {
	python := os.Getenv("THALWEG_OPENLINEAGE_PYTHON")
	if python == "" {
		t.Skip("SKIPPED: no THALWEG_OPENLINEAGE_PYTHON; scripts/openlineage.sh sets it")
	}
	s, dir := serve(t), projectFolder(t)
	ok := func(args ...string) string {
		t.Helper()
		r := command(t, dir, s.env(), args...)
		if r.code != 0 {
			t.Fatalf("%v: %+v", args, r)
		}
		return strings.TrimSpace(r.stdout)
	}
	schema := ok("schemas", "create", "--name", "Analytics Warehouse")
	key := ok("keys", "create", "--name", "airflow", "--scope", "write:lineage")
	script, err := os.ReadFile("testdata/openlineage_client.py")
	if err != nil {
		t.Fatal(err)
	}
	if r := execute(t, dir, nil, python, "-c", string(script), s.url, "api/v1/lineage?schema_id="+schema, key); r.code != 0 || r.stderr != "" {
		t.Fatalf("the client: %+v", r)
	}
	var exported string
	for range 200 {
		if exported = ok("export", "--schema", schema); strings.Contains(exported, `"record":"column_edge"`) {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	names, edges := map[string]string{}, 0
	for line := range strings.Lines(exported) {
		var r map[string]any
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		switch r["record"] {
		case "asset":
			names[r["id"].(string)] = r["name"].(string)
		case "column_edge":
			edges++
			if r["from_column"] != "mail" || r["to_column"] != "email" || r["masked"] != true || apitest.At(r, "kinds.0") != "transform" {
				t.Errorf("the column edge is %s", line)
			}
		case "edge":
			edges++
			if r["source"] != "openlineage" {
				t.Errorf("the edge is %s", line)
			}
		}
	}
	if len(names) != 2 || edges != 2 {
		t.Errorf("exported\n%s", exported)
	}
}
