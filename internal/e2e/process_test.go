package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/examples/shop"
)

// program is the thalweg binary, built once a test run.
var program struct {
	sync.Once
	path string
	err  error
}

// thalweg gives the path of the binary.
func thalweg(t *testing.T) string {
	t.Helper()
	program.Do(func() {
		dir, err := os.MkdirTemp("", "thalweg-e2e-")
		if err != nil {
			program.err = err
			return
		}
		program.path = filepath.Join(dir, "thalweg")
		build := exec.CommandContext(context.Background(), "go", "build", "-buildvcs=false", "-o", program.path, "../../cmd/thalweg")
		if out, err := build.CombinedOutput(); err != nil {
			program.err = fmt.Errorf("go build: %w\n%s", err, out)
		}
	})
	if program.err != nil {
		t.Fatal(program.err)
	}
	return program.path
}

// removeProgram ends what thalweg began.
func removeProgram() error {
	if program.path == "" {
		return nil
	}
	return os.RemoveAll(filepath.Dir(program.path))
}

// result is how a command ended.
type result struct {
	code           int
	stdout, stderr string
}

// command runs the binary to its end, in a folder and with more environment.
func command(t *testing.T, dir string, env []string, args ...string) result {
	t.Helper()
	return execute(t, dir, env, thalweg(t), args...)
}

func execute(t *testing.T, dir string, env []string, name string, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	var stdout, stderr bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &stdout, &stderr
	cmd.Env = append(cleanEnvironment(), env...)
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("%s %s: %v", filepath.Base(name), strings.Join(args, " "), err)
	}
	return result{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// cleanEnvironment is ours without settings of the product.
func cleanEnvironment() []string {
	var out []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "THALWEG_") {
			out = append(out, v)
		}
	}
	return out
}

// server is `thalweg serve` as a process of its own.
type server struct {
	url, key, data string
	log            *lockedBuffer
	cmd            *exec.Cmd
	ended          chan struct{}
}

var (
	addressLine = regexp.MustCompile(`serves (http://\S+)`)
	keyLine     = regexp.MustCompile(`shown this once: (\S+)`)
)

// serve starts a server on a new folder. It is told to stop when the test
// ends, and has to end well.
func serve(t *testing.T) *server {
	t.Helper()
	dir, err := os.MkdirTemp("", "twg") // short enough for a socket
	if err != nil {
		t.Fatal(err)
	}
	s := &server{data: filepath.Join(dir, "data"), log: &lockedBuffer{}, ended: make(chan struct{})}
	s.cmd = exec.CommandContext(context.WithoutCancel(t.Context()), thalweg(t), "serve", "--listen", "127.0.0.1:0", "--data", s.data)
	s.cmd.Stderr, s.cmd.Env = s.log, cleanEnvironment()
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = s.cmd.Wait(); close(s.ended) }() // its state is looked at below
	t.Cleanup(func() {
		s.stop(t)
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	s.url = s.await(t, addressLine)
	s.key = s.await(t, keyLine)
	return s
}

// await waits for a line of the log and gives what the pattern finds in it.
func (s *server) await(t *testing.T, pattern *regexp.Regexp) string {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if found := pattern.FindStringSubmatch(s.log.String()); found != nil {
			return found[1]
		}
		select {
		case <-s.ended:
			t.Fatalf("the server ended:\n%s", s.log.String())
		default:
		}
	}
	t.Fatalf("no %q in the log:\n%s", pattern, s.log.String())
	return ""
}

// stop tells the server to stop and checks how it ends.
func (s *server) stop(t *testing.T) {
	t.Helper()
	_ = s.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	select {
	case <-s.ended:
	case <-time.After(40 * time.Second):
		_ = s.cmd.Process.Kill() // the test fails below
		<-s.ended
	}
	if code := s.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("the server ended with %d:\n%s", code, s.log.String())
	}
}

// env is what lets a command find the server.
func (s *server) env() []string { return []string{"THALWEG_SERVER=" + s.url, "THALWEG_KEY=" + s.key} }

// lockedBuffer keeps what a process writes.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// projectFolder is a folder with the shop's artifacts in target, as dbt leaves
// them.
func projectFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "target"), 0o700); err != nil {
		t.Fatal(err)
	}
	state := shop.States()[0]
	for name, content := range map[string][]byte{
		"manifest": state.Manifest, "catalog": state.Catalog, "run_results": state.RunResults, "sources": state.Sources,
	} {
		if err := os.WriteFile(filepath.Join(dir, "target", name+".json"), unzipped(t, content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
