//go:build linux

package packaging

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// The workflows are valid, and so are the shell scripts in them.
func TestWorkflows(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(root, ".github/workflows/*.yml"))
	if err != nil || len(files) < 3 {
		t.Fatalf("workflows %v: %v", files, err)
	}
	run(t, bare(t), scripted(t, "tool.sh", "actionlint"), append([]string{"-shellcheck", scripted(t, "tool.sh", "shellcheck"), "-pyflakes", ""}, files...)...)
}

// Workflows may read the repository and nothing else unless a job says so, end by themselves, and run scripts that exist.
func TestWorkflowsMayDoLittle(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(root, ".github/workflows/*.yml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var file struct {
			Permissions map[string]string `yaml:"permissions"`
			Jobs        map[string]struct {
				Timeout int `yaml:"timeout-minutes"`
			} `yaml:"jobs"`
		}
		if err := yaml.Unmarshal(text, &file); err != nil {
			t.Fatal(err)
		}
		if len(file.Permissions) != 1 || file.Permissions["contents"] != "read" {
			t.Errorf("%s may %v", path, file.Permissions)
		}
		for name, job := range file.Jobs {
			if job.Timeout == 0 {
				t.Errorf("%s: the job %s has no timeout", path, name)
			}
		}
		for _, script := range regexp.MustCompile(`(?:scripts/\w+\.sh|\.ci/run|deploy/[\w./-]+)`).FindAllString(string(text), -1) {
			if _, err := os.Stat(filepath.Join(root, script)); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
	}
}

// Forms and settings are what GitHub reads, by its schemas.
func TestRepositorySettings(t *testing.T) {
	check := scripted(t, "tool.sh", "check-jsonschema")
	forms, err := filepath.Glob(filepath.Join(root, ".github/ISSUE_TEMPLATE/*.yml"))
	if err != nil || len(forms) < 4 {
		t.Fatalf("forms %v: %v", forms, err)
	}
	config := filepath.Join(root, ".github/ISSUE_TEMPLATE/config.yml")
	forms = slices.DeleteFunc(forms, func(f string) bool { return f == config })
	for schema, files := range map[string][]string{
		"vendor.github-issue-forms": forms, "vendor.github-issue-config": {config}, "vendor.dependabot": {filepath.Join(root, ".github/dependabot.yml")},
		"vendor.github-workflows": {filepath.Join(root, ".github/workflows/ci.yml"), filepath.Join(root, ".github/workflows/container.yml"), filepath.Join(root, ".github/workflows/release.yml")},
	} {
		run(t, bare(t), check, append([]string{"--builtin-schema", schema}, files...)...)
	}
}

// What CODEOWNERS, dependabot and the attributes name exists.
func TestRepositoryPathsExist(t *testing.T) {
	exists := func(file, path string) {
		t.Helper()
		if found, err := filepath.Glob(filepath.Join(root, path)); err != nil || len(found) == 0 {
			t.Errorf("%s names %s, which does not exist", file, path)
		}
	}
	for _, file := range []string{".github/CODEOWNERS", ".gitattributes"} {
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if path, _, _ := strings.Cut(strings.TrimSpace(line), " "); strings.Contains(path, "/") && !strings.HasPrefix(path, "**") && !strings.HasPrefix(path, "#") {
				exists(file, path)
			}
		}
	}
	text, err := os.ReadFile(filepath.Join(root, ".github/dependabot.yml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range regexp.MustCompile(`directory: (\S+),`).FindAllStringSubmatch(string(text), -1) {
		exists("dependabot.yml", folder[1])
	}
}

// The development container and the workflows have the Go that go.mod asks for, and the Node that the UI does.
func TestVersionsOfTools(t *testing.T) {
	module, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	wanted := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(string(module))[1]
	for _, path := range []string{".devcontainer/devcontainer.json", ".github/workflows/ci.yml", "deploy/docker/Dockerfile"} {
		text, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			t.Fatal(err)
		}
		if !regexp.MustCompile(`\b(go|golang):` + regexp.QuoteMeta(wanted) + `-`).Match(text) {
			t.Errorf("%s is not of Go %s", path, wanted)
		}
		if !regexp.MustCompile(`20\.19`).Match(text) {
			t.Errorf("%s is not of Node 20.19", path)
		}
	}
	container, err := os.ReadFile(filepath.Join(root, ".devcontainer/devcontainer.json"))
	if err != nil || !json.Valid(container) {
		t.Errorf("devcontainer.json: %v", err)
	}
}

// Versions that a release changes by hand agree.
func TestVersionsAgree(t *testing.T) {
	number := func(path, pattern string) string {
		t.Helper()
		text, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			t.Fatal(err)
		}
		found := regexp.MustCompile(pattern).FindSubmatch(text)
		if found == nil {
			t.Fatalf("%s has no version", path)
		}
		return string(found[1])
	}
	sdk := number("sdk/python/src/thalweg/version.py", `__version__ = "(.+)"`)
	for _, pattern := range []string{`(?m)^version: (.+)$`, `(?m)^appVersion: (.+)$`} {
		if of := number("deploy/helm/thalweg/Chart.yaml", pattern); of != sdk {
			t.Errorf("the chart has %s, the Python package %s", of, sdk)
		}
	}
}

// The hooks of pre-commit pass on a file that is in order and fail on one that is not.
func TestPreCommitHooks(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, ".pre-commit-config.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Repos []struct {
			Hooks []struct{ ID, Entry string } `yaml:"hooks"`
		} `yaml:"repos"`
	}
	if err := yaml.Unmarshal(text, &file); err != nil || len(file.Repos) != 1 {
		t.Fatalf("%v: %v", file, err)
	}
	dir := t.TempDir()
	write := func(name, content string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for id, files := range map[string][2]string{
		"gofmt": {write("good.go", "package a\n"), write("bad.go", "package  a\n")},
		"sh":    {write("good.sh", "echo a\n"), write("bad.sh", "if\n")},
	} {
		for _, repo := range file.Repos {
			for _, hook := range repo.Hooks {
				if hook.ID != id {
					continue
				}
				passes := func(path string) bool {
					return exec.CommandContext(t.Context(), "sh", "-c", hook.Entry+` "$@"`, "hook", path).Run() == nil
				}
				if !passes(files[0]) || passes(files[1]) {
					t.Errorf("the hook %s: good %v, bad %v", id, passes(files[0]), passes(files[1]))
				}
			}
		}
	}
}

// The scripts of the packages run as root on other people's machines, and ours make releases: shellcheck is silent.
func TestScriptsAreLinted(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(root, "deploy/packages/*.sh"))
	if err != nil || len(files) < 2 {
		t.Fatalf("%v: %v", files, err)
	}
	for _, name := range []string{"tool.sh", "debian.sh", "dist.sh"} {
		files = append(files, filepath.Join(root, "scripts", name))
	}
	run(t, bare(t), scripted(t, "tool.sh", "shellcheck"), files...)
}
