package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/apitest"
	"github.com/thalweg-data/thalweg/internal/pgtest"
)

// The command line against a running server, from the first schema to a
// restored copy of the folder.
func TestCommandLine(t *testing.T) {
	s, dir := serve(t), projectFolder(t)
	ok := func(args ...string) string {
		t.Helper()
		r := command(t, dir, s.env(), args...)
		if r.code != 0 {
			t.Fatalf("thalweg %s: exit code %d\n%s", strings.Join(args, " "), r.code, r.stderr)
		}
		return r.stdout
	}
	if out := ok("schemas", "create", "--name", "Analytics Warehouse", "--environment", "prod"); out != "SCH-101\n" {
		t.Fatalf("schemas create printed %q", out)
	}
	ci := strings.TrimSpace(ok("keys", "create", "--name", "ci", "--scope", "write:dbt_imports"))
	if !regexp.MustCompile(`^twg_[0-9A-Za-z]{8}_[0-9A-Za-z]{38}$`).MatchString(ci) {
		t.Errorf("keys create printed %q", ci)
	}
	t.Run("import", func(t *testing.T) { importByCommand(t, s, dir, ci) })
	t.Run("revert", func(t *testing.T) { revertByCommand(t, s, dir) })
	t.Run("keys", func(t *testing.T) {
		list := ok("keys", "list")
		id := regexp.MustCompile(`(?m)^(KEY-\d+)\tci\t`).FindStringSubmatch(list)
		if id == nil || strings.Contains(list, ci) {
			t.Fatalf("keys list printed %q", list)
		}
		if out := ok("keys", "revoke", id[1]); out != id[1]+" revoked\n" {
			t.Errorf("keys revoke printed %q", out)
		}
		r := command(t, dir, []string{"THALWEG_SERVER=" + s.url, "THALWEG_KEY=" + ci}, "import", "--schema", "SCH-101", "--manifest", "target/manifest.json")
		if r.code != 1 || r.stdout != "" || !strings.Contains(r.stderr, "401 invalid-credentials") {
			t.Errorf("import with a revoked key: %+v", r)
		}
	})
	if out := ok("schemas", "list"); out != "SCH-101\tAnalytics Warehouse\t36 tables\n" {
		t.Errorf("schemas list printed %q", out)
	}
	if out := ok("search", "--schema", "SCH-101", "--limit", "2", "order_id", "kind:model"); !regexp.MustCompile(`^TBL-\d+\tmodel\tfct_orders\.order_id\nTBL-\d+\tmodel\t[a-z_]+\.order_id\n$`).MatchString(out) {
		t.Errorf("search printed %q", out)
	}
	t.Run("folder in use", func(t *testing.T) { folderInUse(t, s, dir) })
	t.Run("backup and restore", func(t *testing.T) { backupAndRestore(t, s, dir) })
}

// importByCommand sends artifacts with a key that may do nothing else.
func importByCommand(t *testing.T, s *server, dir, key string) {
	env := []string{"THALWEG_SERVER=" + s.url, "THALWEG_KEY=" + key}
	all := []string{"import", "--schema", "SCH-101", "--manifest", "target/manifest.json", "--catalog", "target/catalog.json", "--run-results", "target/run_results.json"}
	r := command(t, dir, env, append(all, "--wait", "--json")...)
	var reply any
	if err := json.Unmarshal([]byte(r.stdout), &reply); err != nil || r.code != 0 {
		t.Fatalf("%+v: %v", r, err)
	}
	if apitest.At(reply, "data.attributes.status") != "completed" || apitest.At(reply, "data.attributes.tables_created") != 36.0 {
		t.Errorf("import --wait --json printed %s", r.stdout)
	}
	if !strings.Contains(r.stderr, "IMP-1 completed\n") || strings.Contains(r.stderr, "\r") {
		t.Errorf("progress on no terminal: %q", r.stderr)
	}
	again := command(t, dir, env, append(all, "--wait")...)
	if want := "IMP-2 completed: tables 0 created, 0 updated; columns 0 created, 0 updated; lineages 0 created\n" +
		"Unchanged: the catalog has all of it already.\n"; again.code != 0 || again.stdout != want {
		t.Errorf("the same again: %+v", again)
	}
	if left := command(t, dir, env, all...); left.code != 0 || left.stdout != "IMP-3 pending\n" {
		t.Errorf("import without --wait: %+v", left)
	}
	missing := command(t, dir, env, "import", "--schema", "SCH-101", "--manifest", "target/nothing.json")
	if missing.code != 2 || missing.stdout != "" || !strings.Contains(missing.stderr, "nothing.json") {
		t.Errorf("a file that is not there: %+v", missing)
	}
	unknown := command(t, dir, env, "import", "--schema", "SCH-999", "--manifest", "target/manifest.json")
	if unknown.code != 1 || !strings.Contains(unknown.stderr, "422 unknown-schema") {
		t.Errorf("an unknown schema: %+v", unknown)
	}
	if err := os.WriteFile(filepath.Join(dir, "cut.json"), []byte(`{"metadata":`), 0o600); err != nil {
		t.Fatal(err)
	}
	bad := command(t, dir, env, "import", "--schema", "SCH-101", "--manifest", "cut.json", "--wait")
	if bad.code != 1 || bad.stdout != "" || !strings.Contains(bad.stderr, "artifact-malformed: manifest") {
		t.Errorf("a manifest cut short: %+v", bad)
	}
	if schemas := command(t, dir, env, "schemas", "list"); schemas.code != 1 || !strings.Contains(schemas.stderr, "403 insufficient-scope") || !strings.Contains(schemas.stderr, "read:catalog") {
		t.Errorf("a key that may only import lists schemas: %+v", schemas)
	}
}

// revertByCommand restores the state before an import, and the import again.
func revertByCommand(t *testing.T, s *server, dir string) {
	preview := command(t, dir, s.env(), "revert", "IMP-1")
	if preview.code != 2 || preview.stdout != "" || !regexp.MustCompile(`changed \d{3} assets`).MatchString(preview.stderr) || !strings.Contains(preview.stderr, "nothing was done") || !strings.Contains(preview.stderr, "--yes") {
		t.Errorf("revert without --yes: %+v", preview)
	}
	if list := command(t, dir, s.env(), "schemas", "list"); !strings.Contains(list.stdout, "36 tables") {
		t.Errorf("a preview changed something: %+v", list)
	}
	if r := command(t, dir, s.env(), "revert", "IMP-1", "--yes"); r.code != 0 || !regexp.MustCompile(`^IMP-1 reverted; version 2: \d+ nodes restored\n$`).MatchString(r.stdout) {
		t.Errorf("revert --yes: %+v", r)
	}
	if list := command(t, dir, s.env(), "schemas", "list"); !strings.Contains(list.stdout, "\t0 tables") {
		t.Errorf("after the revert: %+v", list)
	}
	if r := command(t, dir, s.env(), "revert", "IMP-1", "--yes"); r.code != 1 || !strings.Contains(r.stderr, "reverted already") {
		t.Errorf("reverted twice: %+v", r)
	}
	if r := command(t, dir, s.env(), "revert", "IMP-1", "--undo", "--yes", "--json"); r.code != 0 || !strings.Contains(r.stdout, `"version"`) {
		t.Errorf("undone: %+v", r)
	}
	if r := command(t, dir, s.env(), "revert", "IMP-99", "--yes"); r.code != 1 || !strings.Contains(r.stderr, "IMP-99") {
		t.Errorf("an import that does not exist: %+v", r)
	}
}

// folderInUse: on a folder that is served, commands go through its server, and
// those that need the folder for themselves are refused.
func folderInUse(t *testing.T, s *server, dir string) {
	if r := command(t, dir, nil, "schemas", "list", "--data", s.data); r.code != 0 || !strings.HasPrefix(r.stdout, "SCH-101\t") {
		t.Errorf("through the socket: %+v", r)
	}
	r := command(t, dir, nil, "serve", "--listen", "127.0.0.1:0", "--data", s.data)
	if r.code != 1 || !strings.Contains(r.stderr, "in use") {
		t.Errorf("a second server on the folder: %+v", r)
	}
}

// backupAndRestore copies the folder while it is served and reads the copy.
func backupAndRestore(t *testing.T, s *server, dir string) {
	backup := filepath.Join(t.TempDir(), "backup")
	if r := command(t, dir, nil, "backup", backup, "--data", s.data); r.code != 0 || !strings.Contains(r.stdout, " artifacts") {
		t.Fatalf("backup: %+v", r)
	}
	if r := command(t, dir, nil, "backup", backup, "--data", s.data); r.code != 1 || !strings.Contains(r.stderr, "not empty") {
		t.Errorf("backup over a backup: %+v", r)
	}
	short, err := os.MkdirTemp("", "twg")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(short) })
	restored := filepath.Join(short, "new")
	if r := command(t, dir, nil, "restore", backup, "--data", restored, "--revoke-keys"); r.code != 0 || !regexp.MustCompile(`, [1-9]\d* keys revoked`).MatchString(r.stdout) {
		t.Fatalf("restore: %+v", r)
	}
	if r := command(t, dir, nil, "keys", "list", "--json", "--data", restored); r.code != 0 || strings.Contains(r.stdout, `"revoked_at":null`) {
		t.Errorf("keys of the copy: %+v", r)
	}
	if r := command(t, dir, nil, "schemas", "create", "--name", "Only in the copy", "--data", restored); r.code != 0 || r.stdout != "SCH-102\n" {
		t.Errorf("a schema in the copy: %+v", r)
	}
	// --data goes before THALWEG_SERVER, as flags do.
	if r := command(t, dir, s.env(), "schemas", "list", "--data", restored); r.code != 0 || !strings.Contains(r.stdout, "Only in the copy") {
		t.Errorf("the copy, with a server in the environment: %+v", r)
	}
	there, here := command(t, dir, nil, "schemas", "list", "--json", "--data", restored), command(t, dir, s.env(), "schemas", "list", "--json")
	if there.code != 0 || here.stdout == "" || !strings.HasPrefix(there.stdout, here.stdout) {
		t.Errorf("the copy lists %+v, the original %+v", there, here)
	}
	if r := command(t, dir, nil, "restore", backup, "--data", s.data); r.code != 1 || !strings.Contains(r.stderr, "not empty") {
		t.Errorf("restore over a folder in use: %+v", r)
	}
}

// The same commands on a PostgreSQL database, with the artifacts in a folder.
func TestCommandLineOnPostgres(t *testing.T) {
	dir := projectFolder(t)
	short, err := os.MkdirTemp("", "twg")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(short) })
	env := []string{"THALWEG_DATABASE_URL=" + pgtest.New(t), "THALWEG_DATA=" + filepath.Join(short, "data")}
	if r := command(t, dir, env, "migrate"); r.code != 0 || !regexp.MustCompile(`^tables are at version (\d+) of (\d+)\n$`).MatchString(r.stdout) {
		t.Fatalf("migrate: %+v", r)
	}
	if r := command(t, dir, env, "schemas", "list"); r.code != 1 || !strings.Contains(r.stderr, "does not exist") {
		t.Fatalf("without the data folder: %+v", r)
	}
	makeFolder(t, filepath.Join(short, "data"))
	if r := command(t, dir, env, "schemas", "create", "--name", "Analytics Warehouse"); r.code != 0 || r.stdout != "SCH-101\n" {
		t.Fatalf("schemas create: %+v", r)
	}
	imported := command(t, dir, env, "import", "--schema", "SCH-101", "--manifest", "target/manifest.json", "--catalog", "target/catalog.json", "--run-results", "target/run_results.json")
	if imported.code != 0 || !strings.HasPrefix(imported.stdout, "IMP-1 completed: tables 36 created") {
		t.Errorf("import: %+v", imported)
	}
	if r := command(t, dir, env, "schemas", "list"); r.code != 0 || r.stdout != "SCH-101\tAnalytics Warehouse\t36 tables\n" {
		t.Errorf("schemas list: %+v", r)
	}
	adoptTwice(t, dir, env)
	if r := command(t, dir, env, "backup", filepath.Join(short, "backup")); r.code != 1 || !strings.Contains(r.stderr, "pg_dump") {
		t.Errorf("backup: %+v", r)
	}
	wrong := []string{"THALWEG_DATABASE_URL=postgres://nobody:hunter2@127.0.0.1:1/x", "THALWEG_DATA=" + short}
	if r := command(t, dir, wrong, "schemas", "list"); r.code != 1 || !strings.Contains(r.stderr, "database x on 127.0.0.1") || strings.Contains(r.stderr, "hunter2") {
		t.Errorf("a database that is not there: %+v", r)
	}
}

func makeFolder(t *testing.T, path string) {
	t.Helper()
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
}

// B57: what passes a limit fails with the place of the node too many, and
// nothing of it is there.
func TestTooManyNodes(t *testing.T) {
	dir := projectFolder(t)
	makeFolder(t, filepath.Join(dir, "data"))
	data := []string{"THALWEG_DATA=" + filepath.Join(dir, "data"), "THALWEG_LIMITS_NODES=20"}
	if r := command(t, dir, data, "schemas", "create", "--name", "A"); r.code != 0 {
		t.Fatalf("%+v", r)
	}
	r := command(t, dir, data, "import", "--schema", "SCH-101", "--manifest", "target/manifest.json")
	if r.code != 1 || !regexp.MustCompile(`artifact-limit: manifest: .* 20 nodes .* in /nodes/`).MatchString(r.stderr) {
		t.Errorf("%+v", r)
	}
	if r := command(t, dir, data, "schemas", "list"); r.stdout != "SCH-101\tA\t0 tables\n" {
		t.Errorf("afterwards: %+v", r)
	}
}

// Commands that need no server, and what happens when there is none.
func TestCommandLineAlone(t *testing.T) {
	dir := projectFolder(t)
	inspect := command(t, dir, nil, "inspect", "--json", "target/manifest.json", "target/run_results.json")
	var stats map[string]map[string]any
	if err := json.Unmarshal([]byte(inspect.stdout), &stats); err != nil || inspect.code != 0 || len(stats) != 2 {
		t.Errorf("inspect: %+v, %v", inspect, err)
	}
	for path, s := range stats {
		if filepath.Base(path) == "manifest.json" && s["models"] != 25.0 || filepath.Base(path) == "run_results.json" && s["results"] != 78.0 {
			t.Errorf("inspect of %s: %v", path, s)
		}
	}
	if r := command(t, dir, nil, "version"); r.code != 0 || !regexp.MustCompile(`^thalweg \S+ go1\.\S+ \S+/\S+\n$`).MatchString(r.stdout) {
		t.Errorf("version: %+v", r)
	}
	secret := "twg_12345678_abcdefghijklmnopqrstuvwxyzABCDEF123456"
	config := command(t, dir, []string{"THALWEG_DATABASE_URL=postgres://ana:hunter2@db.example/x", "THALWEG_BOOTSTRAP_KEY=" + secret, "THALWEG_LISTEN=127.0.0.1:9"}, "config", "show", "--data", "elsewhere")
	if config.code != 0 || strings.Contains(config.stdout, "hunter2") || strings.Contains(config.stdout, secret) {
		t.Errorf("config show: %+v", config)
	}
	for _, want := range []string{`data +elsewhere +\(--data\)`, `listen +127\.0\.0\.1:9 +\(THALWEG_LISTEN`, `role +all +\(default`} {
		if !regexp.MustCompile(want).MatchString(config.stdout) {
			t.Errorf("config show has no line %s:\n%s", want, config.stdout)
		}
	}
	away := command(t, dir, []string{"THALWEG_SERVER=http://127.0.0.1:1", "THALWEG_KEY=x"}, "import", "--schema", "SCH-101", "--manifest", "target/manifest.json")
	if away.code != 1 || away.stdout != "" || !strings.Contains(away.stderr, "server http://127.0.0.1:1") || !strings.Contains(away.stderr, "refused") {
		t.Errorf("no server: %+v", away)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "thalweg-data")); err != nil || left != nil {
		t.Errorf("a data folder was made: %v, %v", left, err)
	}
}

// adoptTwice takes over another catalog, which a second run leaves as it is.
func adoptTwice(t *testing.T, dir string, env []string) {
	t.Helper()
	exports, err := filepath.Abs("../adopt/testdata/datahub.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, values := range []string{"values: 8 set, 2 skipped\n", "values: 2 skipped, 8 unchanged\n"} {
		if r := command(t, dir, env, "adopt", "datahub", exports); r.code != 0 || !strings.Contains(r.stdout, values) {
			t.Errorf("adopt: %+v", r)
		}
	}
}
