//go:build linux

package faults

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// process is a server of its own.
type process struct {
	tb   testing.TB
	pid  int
	base string // http://127.0.0.1:…
	key  string // the administrator's key, where this start made it
	log  *output

	gone   chan struct{} // closed when it has ended
	status syscall.WaitStatus
}

// options of a start.
type options struct {
	trap  *trap
	under []string // the program that starts it, with arguments: strace
	env   []string
	args  []string
}

// launch starts `thalweg serve` on a place and returns without waiting for it
// to be ready. It is killed when the test ends.
func launch(tb testing.TB, p place, o options) *process {
	tb.Helper()
	return launchBinary(tb, program(tb), p, o)
}

func launchBinary(tb testing.TB, binary string, p place, o options) *process {
	tb.Helper()
	args := append([]string{}, o.under...)
	args = append(args, binary, "serve", "--data", p.data, "--listen", "127.0.0.1:0")
	if p.dsn != "" {
		args = append(args, "--database-url", p.dsn)
	}
	args = append(args, o.args...)
	cmd := exec.Command(args[0], args[1:]...) // it is killed below
	cmd.Env = append(os.Environ(), "GOCOVERDIR=")
	cmd.Env = append(cmd.Env, o.env...)
	r, w, err := os.Pipe()
	if err != nil {
		tb.Fatal(err)
	}
	cmd.Stderr = w
	s := &process{tb: tb, log: &output{}, gone: make(chan struct{})}
	ended := begun(tb, cmd, o.trap)
	_ = w.Close()
	s.pid = cmd.Process.Pid
	go s.log.read(r)
	go func() { s.status = <-ended; close(s.gone) }()
	tb.Cleanup(func() {
		s.kill()
		if tb.Failed() {
			tb.Logf("process %d ended with %s; its last lines:\n%s", s.pid, ending(s.status), s.log.tail(15))
		}
	})
	return s
}

// begun starts the command, under the trap if there is one.
func begun(tb testing.TB, cmd *exec.Cmd, t *trap) <-chan syscall.WaitStatus {
	tb.Helper()
	if t != nil {
		return t.start(tb, cmd)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	ended := make(chan syscall.WaitStatus, 1)
	go func() {
		_ = cmd.Wait() // its state tells more
		status, _ := cmd.ProcessState.Sys().(syscall.WaitStatus)
		ended <- status
	}()
	return ended
}

// serve starts a server and waits until it is ready.
func serve(tb testing.TB, p place, o options) *process {
	tb.Helper()
	return serveWith(tb, program(tb), p, o)
}

func serveWith(tb testing.TB, binary string, p place, o options) *process {
	tb.Helper()
	s := launchBinary(tb, binary, p, o)
	if !s.ready(60 * time.Second) {
		tb.Fatalf("the server did not start:\n%s", s.log.tail(20))
	}
	return s
}

// ready waits until the server tells its address.
func (s *process) ready(within time.Duration) bool {
	for end := time.Now().Add(within); time.Now().Before(end); time.Sleep(3 * time.Millisecond) {
		text := s.log.String()
		if _, key, ok := strings.Cut(text, "shown this once: "); ok {
			s.key, _, _ = strings.Cut(key, "\n")
		}
		if _, base, ok := strings.Cut(text, " serves "); ok && strings.Contains(base, "\n") {
			s.base, _, _ = strings.Cut(base, "\n")
			return true
		}
		if s.end() != nil {
			return false
		}
	}
	return false
}

// setupToken waits for the secret of the link by which the first account is
// made, which a server prints after its address.
func (s *process) setupToken() string {
	s.tb.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(3 * time.Millisecond) {
		if _, link, ok := strings.Cut(s.log.String(), "/setup#"); ok && strings.Contains(link, "\n") {
			token, _, _ := strings.Cut(link, "\n")
			return token
		}
	}
	s.tb.Fatalf("no setup link:\n%s", s.log.tail(20))
	return ""
}

// end tells how the process ended; nil while it runs.
func (s *process) end() *syscall.WaitStatus {
	select {
	case <-s.gone:
		return &s.status
	default:
		return nil
	}
}

// signal sends a signal; to a process that is gone it does nothing.
func (s *process) signal(sig syscall.Signal) {
	if s.end() == nil {
		_ = syscall.Kill(s.pid, sig)
	}
}

// kill ends the process at once and waits for it.
func (s *process) kill() {
	s.signal(syscall.SIGKILL)
	<-s.gone
}

// stop asks the process to end and demands that it does, well.
func (s *process) stop() {
	s.tb.Helper()
	s.signal(syscall.SIGTERM)
	if !s.within(45 * time.Second) {
		s.tb.Fatal("SIGTERM did not stop the server")
	}
	if !s.status.Exited() || s.status.ExitStatus() != 0 {
		s.tb.Errorf("after SIGTERM the server ended with %s", ending(s.status))
	}
}

// within waits for the end.
func (s *process) within(d time.Duration) bool {
	select {
	case <-s.gone:
		return true
	case <-time.After(d):
		return false
	}
}

// mustBeKilled demands that the process died of the trap or the tracer: the
// proof that a kill took place.
func (s *process) mustBeKilled(within time.Duration) {
	s.tb.Helper()
	if !s.within(within) {
		s.tb.Fatal("the kill did not take place: the process lives")
	}
	if !s.status.Signaled() || s.status.Signal() != syscall.SIGKILL {
		s.tb.Fatalf("the process was not killed, it ended with %s", ending(s.status))
	}
}

func ending(w syscall.WaitStatus) string {
	if w.Signaled() {
		return w.Signal().String()
	}
	return fmt.Sprintf("exit code %d", w.ExitStatus())
}

// output keeps what a process writes.
type output struct {
	mu    sync.Mutex
	lines []string
}

func (o *output) read(r io.ReadCloser) {
	defer r.Close()
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "method=GET") && strings.Contains(lines.Text(), "status=200") {
			continue // the rig's own looking
		}
		o.mu.Lock()
		o.lines = append(o.lines, lines.Text())
		o.mu.Unlock()
	}
}

func (o *output) String() string { return o.tail(1 << 20) }

func (o *output) tail(n int) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return strings.Join(o.lines[max(0, len(o.lines)-n):], "\n") + "\n"
}

// has waits until a line contains all the words.
func (o *output) has(within time.Duration, words ...string) bool {
	for end := time.Now().Add(within); ; time.Sleep(10 * time.Millisecond) {
		for line := range strings.Lines(o.String()) {
			if containsAll(line, words) {
				return true
			}
		}
		if time.Now().After(end) {
			return false
		}
	}
}

func containsAll(line string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(line, w) {
			return false
		}
	}
	return true
}
