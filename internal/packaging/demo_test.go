//go:build linux

package packaging

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

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

// process is a program that runs until the test ends, when it is told to stop and has to end well.
type process struct {
	log   *lockedBuffer
	cmd   *exec.Cmd
	ended chan struct{}
}

func start(t *testing.T, env []string, name string, args ...string) *process {
	t.Helper()
	p := &process{log: &lockedBuffer{}, ended: make(chan struct{})}
	p.cmd = exec.CommandContext(context.WithoutCancel(t.Context()), name, args...)
	p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr = env, p.log, p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = p.cmd.Wait(); close(p.ended) }() // its state is looked at in stop
	t.Cleanup(func() { p.stop(t) })
	return p
}

func (p *process) stop(t *testing.T) {
	t.Helper()
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	select {
	case <-p.ended:
	case <-time.After(40 * time.Second):
		_ = p.cmd.Process.Kill() // the test fails below
		<-p.ended
	}
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("%s ended with %d:\n%s", p.cmd.Path, code, p.log)
	}
}

// await waits for a line and returns what the pattern finds in it.
func (p *process) await(t *testing.T, pattern string) string {
	t.Helper()
	wanted := regexp.MustCompile(pattern)
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if found := wanted.FindStringSubmatch(p.log.String()); found != nil {
			return found[len(found)-1]
		}
		select {
		case <-p.ended:
			t.Fatalf("%s ended:\n%s", p.cmd.Path, p.log)
		default:
		}
	}
	t.Fatalf("no %q in:\n%s", pattern, p.log)
	return ""
}

// get reads a page, which has to be there.
func get(t *testing.T, url string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	body, err := io.ReadAll(reply.Body)
	if err != nil || reply.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %.300s %v", url, reply.Status, body, err)
	}
	return string(body)
}

// showDemo runs `thalweg demo` with the beginning of a command line, and reads a page of the UI with its script and
// what the example project became.
func showDemo(t *testing.T, env []string, name string, args ...string) {
	t.Helper()
	p := start(t, env, name, append(args, "demo", "--listen", "127.0.0.1:0")...)
	url := p.await(t, `demonstration: (http://\S+)`)
	p.await(t, `Ctrl-C stops it`)
	if assets := get(t, url+"/api/v1/assets?schema_id=SCH-101&kind=model"); !strings.Contains(assets, `"name":"fct_orders"`) {
		t.Errorf("the demo has no fct_orders: %.300s", assets)
	}
	readUI(t, url)
}

// readUI reads the first page and its script, where the UI was built before the program.
func readUI(t *testing.T, url string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(root, "web/dist/index.html")); err != nil {
		t.Log("SKIPPED: the UI is not built: make ui")
		return
	}
	script := regexp.MustCompile(`type="module"[^>]* src="(/[^"]+\.js)"`).FindStringSubmatch(get(t, url+"/"))
	if script == nil || len(get(t, url+script[1])) < 10_000 {
		t.Errorf("the page at / has the script %v", script)
	}
}
