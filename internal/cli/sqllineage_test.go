package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSQLLineageStrict(t *testing.T) {
	cases := filepath.Join(t.TempDir(), "cases.jsonl")
	text := `{"id": "a", "dialect": "postgres", "sql": "select lower(x) as y from t", "schema": {"t": {"x": "text"}}}
{"id": "b", "dialect": "postgres", "sql": "select * from f(1)", "schema": {}}
`
	if err := os.WriteFile(cases, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out := ok(t, "sql-lineage", "--cases", cases)
	for _, want := range []string{
		`"from":[{"table":"t","column":"x","kinds":["transform"],"confidence":"schema"}]}],"indirect":[],"status":"read"}`,
		`"status":"partial","issues":["unexpanded_star: `,
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %s in\n%s", want, out)
		}
	}
	code, strict, errs := run(t, "sql-lineage", "--cases", cases, "--strict")
	if code != Failed || strict != out || !strings.Contains(errs, "1 statement not read completely") {
		t.Errorf("--strict: exit code %d, %q", code, errs)
	}
}
