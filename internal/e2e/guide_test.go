package e2e

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/examples/shop"
	"github.com/thalweg-data/thalweg/internal/apitest"
)

const guides = "../../docs/guide/"

var fence = regexp.MustCompile("(?ms)^```([a-z]+)\n(.*?)^```$")

// blocks gives the fenced blocks of a guide in one language.
func blocks(t *testing.T, guide, language string) []string {
	t.Helper()
	text, err := os.ReadFile(guides + guide)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, m := range fence.FindAllStringSubmatch(string(text), -1) {
		if m[1] == language {
			out = append(out, m[2])
		}
	}
	return out
}

// The requests that the compatible API publishes, verbatim but for host, key
// and id, by curl; and the replies have the published shape.
func TestPublishedSamples(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("SKIPPED: no curl")
	}
	s, dir := serve(t), projectFolder(t)
	if r := command(t, dir, s.env(), "schemas", "create", "--name", "Analytics Warehouse"); r.code != 0 {
		t.Fatalf("%+v", r)
	}
	key := command(t, dir, s.env(), "keys", "create", "--name", "ci", "--scope", "write:dbt_imports")
	requests, replies := blocks(t, "compatibility.md", "sh"), blocks(t, "compatibility.md", "json")
	if len(requests) != 2 || len(replies) != 2 {
		t.Fatalf("%d requests and %d replies in the guide", len(requests), len(replies))
	}
	verbatim := func(request, id string) any {
		t.Helper()
		script := strings.NewReplacer("https://aylesbury.io", s.url, "YOUR_API_KEY", strings.TrimSpace(key.stdout), "ABC-123", id).Replace(request)
		r := execute(t, dir, nil, "sh", "-eu", "-c", script)
		var reply any
		if err := json.Unmarshal([]byte(r.stdout), &reply); err != nil || r.code != 0 {
			t.Fatalf("%s: %+v: %v", script, r, err)
		}
		return reply
	}
	sameShape := func(want string, got any) {
		t.Helper()
		var published any
		if err := json.Unmarshal([]byte(want), &published); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(shape(published), shape(got)); diff != "" {
			t.Errorf("shape (-published +ours):\n%s", diff)
		}
	}
	created := verbatim(requests[0], "")
	sameShape(replies[0], created)
	id := apitest.At(created, "data.id").(string)
	if apitest.At(created, "meta.job_id") != id || apitest.At(created, "data.attributes.status") != "pending" {
		t.Errorf("%v", created)
	}
	state := verbatim(requests[1], id)
	for deadline := time.Now().Add(30 * time.Second); apitest.At(state, "data.attributes.status") != "completed" && time.Now().Before(deadline); {
		time.Sleep(50 * time.Millisecond)
		state = verbatim(requests[1], id)
	}
	sameShape(replies[1], state)
	if apitest.At(state, "data.attributes.tables_created") != 36.0 {
		t.Errorf("%v", state)
	}
}

// Tests that the guide names are there.
func TestCompatibilityNamesTests(t *testing.T) {
	text, err := os.ReadFile(guides + "compatibility.md")
	if err != nil {
		t.Fatal(err)
	}
	var sources strings.Builder
	err = filepath.WalkDir("..", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		b, err := os.ReadFile(path)
		sources.Write(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`Test[A-Z]\w+`).FindAllString(string(text), -1)
	if len(named) < 30 {
		t.Errorf("%d tests are named", len(named))
	}
	for _, name := range named {
		if !strings.Contains(sources.String(), "func "+name+"(") {
			t.Errorf("there is no %s", name)
		}
	}
}

// shape is a JSON value with each scalar replaced by its type.
func shape(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, value := range v {
			out[key] = shape(value)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, value := range v {
			out[i] = shape(value)
		}
		return out
	}
	return fmt.Sprintf("%T", v)
}

// Every command of the guides runs, in their order, as a reader would run it:
// in a dbt project, with the server and the key in the environment.
func TestGuides(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("SKIPPED: no curl")
	}
	for _, guide := range []string{"import.md", "adopt.md", "cli.md", "column-lineage.md", "reading.md", "selectors.md", "search.md", "access.md", "people.md", "webhooks.md", "mcp.md", "openlineage.md", "operations.md"} {
		t.Run(guide, func(t *testing.T) {
			s, dir := serve(t), projectFolder(t)
			env := append(s.env(), "PATH="+filepath.Dir(thalweg(t))+":"+os.Getenv("PATH"), "DATA="+s.data, "RECEIVER=https://93.184.216.34/hooks/thalweg")
			commands := blocks(t, guide, "sh")
			if len(commands) == 0 {
				t.Error("no commands")
			}
			for _, c := range commands {
				if r := execute(t, dir, env, "sh", "-eu", "-c", c); r.code != 0 {
					t.Fatalf("%s\nexit code %d\n%s%s", c, r.code, r.stdout, r.stderr)
				}
			}
			if scripts := blocks(t, guide, "python"); len(scripts) > 0 {
				runPython(t, dir, env, scripts)
			}
		})
	}
}

// runPython runs the guide's Python where python3 has requests.
func runPython(t *testing.T, dir string, env, scripts []string) {
	t.Helper()
	python := os.Getenv("THALWEG_PYTHON")
	if python == "" {
		python = "python3"
	}
	if exec.CommandContext(t.Context(), python, "-c", "import requests").Run() != nil {
		t.Logf("SKIPPED: %s has no requests; set THALWEG_PYTHON to one that has", python)
		return
	}
	for _, script := range scripts {
		r := execute(t, dir, slices.Clone(env), python, "-c", script)
		if r.code != 0 {
			t.Errorf("%s\nexit code %d\n%s%s", script, r.code, r.stdout, r.stderr)
		}
	}
}

// The requests of the README, verbatim but for host and key, after the imports
// that `make run` makes.
func TestReadmeSamples(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("SKIPPED: no curl")
	}
	s, dir := serve(t), projectFolder(t)
	if r := command(t, dir, s.env(), "schemas", "create", "--name", "Analytics Warehouse"); r.code != 0 {
		t.Fatalf("%+v", r)
	}
	for range shop.States() {
		r := command(t, dir, s.env(), "import", "--schema", "SCH-101", "--manifest", "target/manifest.json", "--catalog", "target/catalog.json", "--wait")
		if r.code != 0 {
			t.Fatalf("%+v", r)
		}
	}
	requests := blocks(t, "../../README.md", "sh")
	if len(requests) != 2 {
		t.Fatalf("%d blocks of requests in the README", len(requests))
	}
	for _, request := range requests {
		script := strings.NewReplacer("http://127.0.0.1:8080", s.url, "YOUR_API_KEY", s.key, "curl ", "curl --fail-with-body -sS ").Replace(request)
		r := execute(t, dir, nil, "sh", "-eu", "-c", script)
		if r.code != 0 {
			t.Fatalf("%s: %+v", script, r)
		}
		if !strings.Contains(r.stdout, `"id":"IMP-3"`) {
			t.Errorf("the import is not IMP-3: %.200s", r.stdout)
		}
	}
}
