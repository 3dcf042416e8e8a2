//go:build linux

package packaging

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.yaml.in/yaml/v4"
)

const root = "../.."

// The release that the tests pretend to make.
const (
	version = "1.2.3"
	commit  = "0123456789abcdef0123456789abcdef01234567"
	date    = "2026-01-02T03:04:05Z"
)

// release is what the tests read of .goreleaser.yaml.
type release struct {
	Builds []struct {
		Main    string   `yaml:"main"`
		Env     []string `yaml:"env"`
		Flags   []string `yaml:"flags"`
		Ldflags []string `yaml:"ldflags"`
		Goos    []string `yaml:"goos"`
		Goarch  []string `yaml:"goarch"`
	} `yaml:"builds"`
	NFPMs []map[string]any `yaml:"nfpms"`
}

func releaseFile(t *testing.T) release {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, ".goreleaser.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var r release
	if err := yaml.Unmarshal([]byte(filled(string(text))), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Builds) != 1 || len(r.NFPMs) != 1 {
		t.Fatalf("%d builds and %d kinds of packages", len(r.Builds), len(r.NFPMs))
	}
	return r
}

// filled puts the values of the pretended release where goreleaser would put those of a real one.
func filled(text string) string {
	return strings.NewReplacer("{{ .Version }}", version, "{{ .FullCommit }}", commit, "{{ .CommitDate }}", date).Replace(text)
}

// program is the binary of the release, built once a test run.
var program struct {
	sync.Once
	dir, path string
	err       error
	output    []byte
}

// thalweg returns the path of the binary, built as the release builds it.
func thalweg(t *testing.T) string {
	t.Helper()
	b := releaseFile(t).Builds[0]
	program.Do(func() {
		if program.dir, program.err = os.MkdirTemp("", "thalweg-packaging-"); program.err != nil {
			return
		}
		program.path = filepath.Join(program.dir, "thalweg")
		args := append([]string{"build", "-buildvcs=false", "-o", program.path, "-ldflags", strings.Join(b.Ldflags, " ")}, b.Flags...)
		build := exec.CommandContext(context.Background(), "go", append(args, b.Main)...)
		build.Dir, build.Env = root, append(os.Environ(), b.Env...)
		program.output, program.err = build.CombinedOutput()
	})
	if program.err != nil {
		t.Fatalf("%v: %s", program.err, program.output)
	}
	return program.path
}

// scripted runs one of our scripts and returns the line it prints, or skips the test where the script says that what
// it is asked for cannot be had here.
func scripted(t *testing.T, script string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), filepath.Join(root, "scripts", script), args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if cmd.ProcessState != nil && cmd.ProcessState.ExitCode() == 3 {
		t.Skipf("SKIPPED: %s", strings.TrimSpace(stderr.String()))
	}
	if err != nil {
		t.Fatalf("%s %v: %v: %s", script, args, err, stderr.String())
	}
	return strings.TrimSpace(string(out))
}

// run runs a program with this environment alone and returns all that it prints.
func run(t *testing.T, env []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Env = env
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// bare is an environment in which neither Go nor anything of ours is found.
func bare(t *testing.T) []string {
	t.Helper()
	return []string{"PATH=/usr/bin:/bin", "HOME=" + t.TempDir(), "LC_ALL=C.UTF-8"}
}

// The binary names its version, commit and date, is linked statically and has lost what only debuggers read.
func TestBinaryIsStampedAndStatic(t *testing.T) {
	path := thalweg(t)
	got := run(t, nil, path, "version")
	if want := "thalweg v1.2.3 (0123456789ab 2026-01-02T03:04:05Z) " + runtime.Version() + " linux/" + runtime.GOARCH + "\n"; got != want {
		t.Errorf("thalweg version printed %q, want %q", got, want)
	}
	var described map[string]string
	if err := json.Unmarshal([]byte(run(t, nil, path, "version", "--json")), &described); err != nil || described["commit"] != commit || described["date"] != date {
		t.Errorf("%v: %v", described, err)
	}
	if _, err := exec.LookPath("readelf"); err != nil {
		t.Skip("SKIPPED: no readelf")
	}
	headers := run(t, bare(t), "readelf", "--wide", "--program-headers", "--sections", path)
	if strings.Contains(headers, "INTERP") || strings.Contains(headers, ".dynamic") {
		t.Error("the binary needs a loader")
	}
	if strings.Contains(headers, ".symtab") || strings.Contains(headers, ".debug_info") {
		t.Error("the binary has symbols")
	}
}

// A release has every platform that is promised, with a wheel each.
func TestEveryPlatform(t *testing.T) {
	b := releaseFile(t).Builds[0]
	slices.Sort(b.Goos)
	slices.Sort(b.Goarch)
	if !slices.Equal(b.Goos, []string{"darwin", "linux", "windows"}) || !slices.Equal(b.Goarch, []string{"amd64", "arm64"}) {
		t.Errorf("%v on %v", b.Goos, b.Goarch)
	}
	text, err := os.ReadFile(filepath.Join(root, "scripts/wheel.py"))
	if err != nil {
		t.Fatal(err)
	}
	for _, system := range b.Goos {
		for _, machine := range b.Goarch {
			if !regexp.MustCompile(`\("` + system + `", "` + machine + `"\): "`).Match(text) {
				t.Errorf("there is no wheel for %s on %s", system, machine)
			}
		}
	}
}
