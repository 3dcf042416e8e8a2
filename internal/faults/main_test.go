//go:build linux

package faults

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	_ "github.com/thalweg-data/thalweg/internal/cli" // a changed server is tested anew, not from go's cache
	"github.com/thalweg-data/thalweg/internal/pgtest"
)

// fullVariable asks for the long form: every point of the sweeps, every case on
// both stores, minutes instead of seconds.
const fullVariable = "THALWEG_FAULTS"

func full() bool { return os.Getenv(fullVariable) == "full" }

// long skips what only the long form runs.
func long(t *testing.T) {
	t.Helper()
	if !full() {
		t.Skip("SKIPPED: part of the long form, make faults")
	}
}

// work is the folder of this test binary: the built program and the grounds
// that tests copy.
var work struct {
	sync.Mutex
	dir     string
	binary  string
	grounds map[string]*ground
}

func TestMain(m *testing.M) { pgtest.Main(inFolder{m}) }

// inFolder runs the tests and removes the folder they share.
type inFolder struct{ *testing.M }

func (m inFolder) Run() int {
	dir, err := os.MkdirTemp("", "twf")
	if err == nil {
		dir, err = filepath.EvalSymlinks(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "faults:", err)
		return 1
	}
	work.dir, work.grounds = dir, map[string]*ground{}
	code := m.M.Run()
	if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, "faults:", err)
	}
	return code
}

// program gives the built server, once for all tests.
func program(t testing.TB) string {
	t.Helper()
	work.Lock()
	defer work.Unlock()
	if work.binary == "" {
		path := filepath.Join(work.dir, "thalweg")
		build := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", path, "github.com/thalweg-data/thalweg/cmd/thalweg")
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("build: %v\n%s", err, out)
		}
		work.binary = path
	}
	return work.binary
}

// folder gives a temporary folder with a path short enough for a socket in it.
func folder(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp(work.dir, "d")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}
