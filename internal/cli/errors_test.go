package cli

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// libraryWords are the words in which libraries describe errors; users do not know them.
var libraryWords = regexp.MustCompile(`no such file or directory|connection refused|unsupported protocol|dial tcp|first path segment|readonly database|` +
	`mkdir |: (conflict|busy|unsupported|not found|invalid|forbidden)( \(|\n|$)|time: |strconv|EOF|syscall`)

// Every kind of wrong input is answered by a sentence that says what to do.
func TestWrongInput(t *testing.T) {
	dir := shortDir(t)
	data := filepath.Join(dir, "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "afile")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(dir, "broken")
	if err := os.Mkdir(broken, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(broken, "catalog.db"), []byte(strings.Repeat("not a database ", 500)), 0o600); err != nil {
		t.Fatal(err)
	}
	ok(t, "schemas", "create", "--name", "A", "--data", data)
	missing := filepath.Join(dir, "typo")
	full := filepath.Join(dir, "full.json")
	if err := os.WriteFile(full, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status, code := http.StatusUnauthorized, "invalid-credentials"
		if r.Method == http.MethodPost {
			status, code = http.StatusForbidden, "insufficient-scope"
		}
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, `{"status":%d,"code":%q,"detail":"Refused."}`, status, code)
	}))
	defer refusing.Close()
	for _, c := range []struct {
		want string
		args []string
	}{
		{"want an address such as", []string{"schemas", "list", "--server", "foo:8080"}},
		{"want an address such as", []string{"schemas", "list", "--server", "localhost"}},
		{"no server listens there", []string{"schemas", "list", "--server", "http://127.0.0.1:1"}},
		{"check --key (THALWEG_KEY)", []string{"schemas", "list", "--server", refusing.URL, "--key", "x"}},
		{"thalweg keys create --scope makes one", []string{"schemas", "create", "--name", "B", "--server", refusing.URL, "--key", "x"}},
		{"does not exist: thalweg serve makes it", []string{"schemas", "list", "--data", missing}},
		{"does not exist: thalweg serve makes it", []string{"migrate", "--data", missing}},
		{"does not exist: thalweg serve makes it", []string{"backup", filepath.Join(dir, "b"), "--data", missing}},
		{"is a file", []string{"schemas", "list", "--data", file}},
		{"is a file", []string{"serve", "--data", file, "--listen", "127.0.0.1:0"}},
		{"the store is damaged", []string{"schemas", "list", "--data", broken}},
		{"is not a complete backup", []string{"restore", dir, "--data", missing}},
		{"is not empty", []string{"restore", dir + "/backup", "--data", data}},
		{"is not empty", []string{"backup", dir, "--data", data}},
		{"want postgres://", []string{"migrate", "--database-url", "mysql://x"}},
		{"is it running", []string{"migrate", "--database-url", "postgres://127.0.0.1:1/x", "--data", data}},
		{"want file:///", []string{"migrate", "--blob-url", "gs://b", "--data", data}},
		{"does not exist", []string{"config", "show", "--config", missing}},
		{`"foo" is not a scope; want one of`, []string{"keys", "create", "--name", "x", "--scope", "foo", "--data", data}},
		{"want a time such as 30d", []string{"keys", "create", "--name", "x", "--scope", "read:catalog", "--expires", "soon", "--data", data}},
		{"the name is taken. (409 conflict); choose another, or use the schema that has it", []string{"schemas", "create", "--name", "A", "--data", data}},
		{"did you mean read:catalog? (422", []string{"keys", "create", "--name", "x", "--scope", "red:catalog", "--data", data}},
		{`"KEY-9" does not exist`, []string{"keys", "revoke", "KEY-9", "--data", data}},
		{`"SCH-9" does not exist`, []string{"schemas", "delete", "SCH-9", "--confirm", "x", "--data", data}},
		{"must be the name of the schema", []string{"schemas", "delete", "SCH-101", "--confirm", "x", "--data", data}},
		{"is empty", []string{"import", "--schema", "SCH-101", "--manifest", file, "--data", data}},
		{"does not exist", []string{"import", "--schema", "SCH-101", "--manifest", missing, "--data", data}},
		{"run dbt first", []string{"import", "--schema", "SCH-101", "--target", dir, "--data", data}},
		{"--manifest is required", []string{"import", "--catalog", file, "--data", data}},
		{"the file is empty", []string{"inspect", file}},
		{"does not exist", []string{"inspect", missing}},
		{"does not exist", []string{"diff", missing, missing}},
		{"want one of", []string{"sql-lineage", "--dialect", "nope"}},
		{"want host:port", []string{"serve", "--listen", "8080", "--data", data}},
		{`did you mean postgres?`, []string{"sql-lineage", "--dialect", "postgre"}},
		{`There is no schema "SCH-9"`, []string{"import", "--schema", "SCH-9", "--manifest", full, "--data", data}},
		{"see thalweg --help", []string{"frobnicate"}},
		{"Serve the API and run imports", nil},
	} {
		backup := filepath.Join(dir, "backup")
		if _, err := os.Stat(backup); slices.Contains(c.args, "restore") && err != nil {
			ok(t, "backup", backup, "--data", data)
		}
		code, out, errs := run(t, c.args...)
		if code == OK || !strings.Contains(out+errs, c.want) {
			t.Errorf("thalweg %s: exit code %d, %q, want %q", strings.Join(c.args, " "), code, out+errs, c.want)
		}
		if words := libraryWords.FindString(errs); words != "" {
			t.Errorf("thalweg %s: %q in %q", strings.Join(c.args, " "), words, errs)
		}
	}
	if _, err := os.Stat(missing); err == nil {
		t.Error("a command made the folder that was misspelled")
	}
}

// Of many schemas an error names the first.
func TestManySchemas(t *testing.T) {
	data := filepath.Join(shortDir(t), "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	for i := range maxListed + 2 {
		ok(t, "schemas", "create", "--name", fmt.Sprint("schema ", i), "--data", data)
	}
	code, _, errs := run(t, "export", "--data", data)
	if code != Usage || !strings.Contains(errs, "(schema 9), and 2 more; thalweg schemas list has them all") {
		t.Errorf("exit code %d, %q", code, errs)
	}
}

// A port in use is reported before anything is made.
func TestPortInUse(t *testing.T) {
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	data := filepath.Join(shortDir(t), "data")
	for _, command := range []string{"serve", "demo"} {
		code, _, errs := run(t, command, "--listen", l.Addr().String(), "--data", data)
		if code != Failed || !strings.Contains(errs, "another program listens there") || strings.Contains(errs, "key") {
			t.Errorf("%s: exit code %d, %q", command, code, errs)
		}
		if _, err := os.Stat(data); err == nil {
			t.Errorf("%s made the data folder", command)
		}
	}
}

func TestUnknownVariableWarns(t *testing.T) {
	t.Setenv("THALWEG_DATABASE_URI", "x")
	code, _, errs := run(t, "config", "show")
	if code != OK || !strings.Contains(errs, "did you mean THALWEG_DATABASE_URL?") {
		t.Errorf("exit code %d, %q", code, errs)
	}
}

// Without files an import takes dbt's target folder, and without a schema the only one; the summary has what a person
// looks for, and --json the document of the API.
func TestImportOfTheTargetFolder(t *testing.T) {
	data, project := shortDir(t), shortDir(t)
	target := filepath.Join(project, "target")
	if err := os.Mkdir(target, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"manifest", "catalog", "run_results"} {
		content, err := os.ReadFile(artifacts + name + ".json.gz")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(target, name+".json.gz"), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(project)
	if code, _, errs := run(t, "import", "--data", data); code != Usage || !strings.Contains(errs, "thalweg schemas create") {
		t.Errorf("without a schema: exit code %d, %q", code, errs)
	}
	ok(t, "schemas", "create", "--name", "A", "--data", data)
	if again := ok(t, "schemas", "create", "--name", "A", "--if-not-exists", "--data", data); again != "SCH-101\n" {
		t.Errorf("--if-not-exists printed %q", again)
	}
	code, out, errs := run(t, "import", "--data", data)
	if code != OK || !strings.Contains(out, "tables 36 created, 0 updated; columns") || !strings.Contains(errs, "Into SCH-101") ||
		!strings.Contains(errs, filepath.Join("target", "run_results.json.gz")) {
		t.Errorf("exit code %d, %q, %q", code, out, errs)
	}
	if out := ok(t, "import", "--data", data); !strings.HasPrefix(out, "IMP-2 completed: tables 0 created, 0 updated;") || !strings.Contains(out, "\nUnchanged: ") {
		t.Errorf("the same again: %q", out)
	}
	var document struct {
		Data struct {
			Type          string         `json:"type"`
			Relationships map[string]any `json:"relationships"`
		} `json:"data"`
	}
	if err := json.Unmarshal([]byte(ok(t, "import", "--data", data, "--json")), &document); err != nil || document.Data.Type != "dbt_import" || document.Data.Relationships["schema"] == nil {
		t.Errorf("--json: %+v, %v", document, err)
	}
	if err := os.WriteFile(filepath.Join(target, "run_results.json"), []byte(`{"args":{"which":"generate"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, errs := run(t, "import", "--data", data); !strings.Contains(errs, "that of dbt docs generate") {
		t.Errorf("run results of docs generate: %q", errs)
	}
	ok(t, "schemas", "create", "--name", "B", "--data", data)
	if code, _, errs := run(t, "import", "--data", data); code != Usage || !strings.Contains(errs, "SCH-102 (B)") {
		t.Errorf("of two schemas: exit code %d, %q", code, errs)
	}
}

func TestKeyForThirtyDays(t *testing.T) {
	data := shortDir(t)
	ok(t, "keys", "create", "--name", "ci", "--scope", "read:catalog", "--expires", "30d", "--data", data)
	if out := ok(t, "keys", "list", "--data", data); !strings.Contains(out, "expires 20") {
		t.Errorf("keys list printed %q", out)
	}
}
