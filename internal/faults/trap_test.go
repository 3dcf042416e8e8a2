//go:build linux

package faults

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// trap follows a process's system calls and springs at the exact one: strace
// counts calls of each thread for itself, and Go moves its work between
// threads. A trap counts over all threads, from arm on. It holds a call before
// the kernel has done any of it.
type trap struct {
	match  func(call) bool
	spring func(t *trap, pid int) // at the chosen call; nil kills the process
	eio    bool                   // the chosen call fails instead

	mu     sync.Mutex
	armed  bool
	left   int  // matching calls to let pass
	passed int  // matching calls seen since arm
	hit    call // where it sprang; zero: not yet
	failed bool // the call was made to fail
	tid    int  // whose call fails, until it has

	sprung chan struct{} // closed when it springs
	hold   chan struct{} // freeze waits for it
}

func newTrap(match func(call) bool) *trap {
	return &trap{match: match, sprung: make(chan struct{}), hold: make(chan struct{})}
}

// arm springs the trap at the n-th matching call from now on, the first being
// 1; with 0 it only counts.
func (t *trap) arm(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.armed, t.left, t.passed = true, n, 0
}

// count gives the matching calls since arm.
func (t *trap) count() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.passed
}

// where gives the call at which the trap sprang, "" before.
func (t *trap) where() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.hit.name == "" {
		return ""
	}
	return fmt.Sprintf("%s %s", t.hit.name, t.hit.file)
}

// freeze stands the whole process still at its chosen call until thaw: every
// thread stops at its next system call.
func freeze(t *trap, _ int) { <-t.hold }

func (t *trap) thaw() { close(t.hold) }

// terminate asks the process to stop, as an operator does, and goes on.
func terminate(_ *trap, pid int) { _ = syscall.Kill(pid, syscall.SIGTERM) }

// call is a system call about to be made.
type call struct {
	name string
	file string // of the descriptor, or the path; "socket:[…]" for a connection
	head string // the first bytes of what a write writes
}

// Calls that change what outlives the process, or what others see of it.
var watched = map[uint64]string{
	unix.SYS_WRITE: "write", unix.SYS_PWRITE64: "pwrite64", unix.SYS_FSYNC: "fsync", unix.SYS_FDATASYNC: "fdatasync",
	unix.SYS_FTRUNCATE: "ftruncate", unix.SYS_RENAMEAT: "rename", unix.SYS_UNLINKAT: "unlink", unix.SYS_MKDIRAT: "mkdir",
	unix.SYS_OPENAT: "open",
}

// start starts the command under the trap and returns once it runs. It sends
// how the process ended. The command's Wait must not be called.
func (t *trap) start(tb testing.TB, cmd *exec.Cmd) <-chan syscall.WaitStatus {
	tb.Helper()
	started, ended := make(chan error), make(chan syscall.WaitStatus, 1)
	go func() {
		runtime.LockOSThread() // a process is traced by one thread
		defer runtime.UnlockOSThread()
		err := begin(cmd)
		started <- err
		if err == nil {
			ended <- t.follow(cmd.Process.Pid)
		}
	}()
	if err := <-started; err != nil {
		tb.Skipf("SKIPPED: this machine does not let a process be traced: %v", err)
	}
	return ended
}

func begin(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		return err
	}
	pid := cmd.Process.Pid
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(pid, &status, syscall.WALL, nil); err != nil {
		return err
	}
	const options = syscall.PTRACE_O_TRACECLONE | syscall.PTRACE_O_TRACESYSGOOD | unix.PTRACE_O_EXITKILL
	if err := syscall.PtraceSetOptions(pid, options); err != nil {
		return err
	}
	return syscall.PtraceSyscall(pid, 0)
}

// follow lets the process run from call to call until it is gone.
func (t *trap) follow(pid int) (end syscall.WaitStatus) {
	known := map[int]bool{pid: true}
	for {
		var status syscall.WaitStatus
		tid, err := syscall.Wait4(-1, &status, syscall.WALL|unix.WNOTHREAD, nil)
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			return end
		}
		if !status.Stopped() {
			if tid == pid {
				end = status
			}
			continue
		}
		signal := status.StopSignal()
		switch {
		case signal == syscall.SIGTRAP|0x80:
			t.atCall(pid, tid)
			signal = 0
		case signal == syscall.SIGTRAP, signal == syscall.SIGSTOP && !known[tid]:
			signal = 0 // a thread was made, or begins
		}
		known[tid] = true
		_ = syscall.PtraceSyscall(tid, int(signal)) // of a thread that is gone there is nothing to go on
	}
}

func (t *trap) atCall(pid, tid int) {
	c, ok := readCall(tid)
	if !ok && t.tid == tid {
		failed(tid)
		t.tid = 0
	}
	if !ok || !t.match(c) {
		return
	}
	t.mu.Lock()
	spring := t.armed && t.left == 1
	if t.armed {
		t.passed++
		t.left--
	}
	if spring {
		t.hit = c
	}
	t.mu.Unlock()
	if !spring {
		return
	}
	close(t.sprung)
	switch {
	case t.eio:
		t.fail(tid)
	case t.spring != nil:
		t.spring(t, pid)
	default:
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

// fail makes the call at which a thread stands fail with EIO.
func (t *trap) fail(tid int) {
	done := eio(tid)
	t.tid = tid
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failed = done
}

// hasFailed tells whether a call was made to fail.
func (t *trap) hasFailed() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.failed
}

// readCall reads the call that a stopped thread is about to make.
func readCall(tid int) (call, bool) {
	var info struct {
		op      uint8
		_       [3]uint8
		arch    uint32
		ip, sp  uint64
		nr      uint64
		args    [6]uint64
		retData uint64
	}
	_, _, errno := syscall.Syscall6(syscall.SYS_PTRACE, unix.PTRACE_GET_SYSCALL_INFO, uintptr(tid), unsafe.Sizeof(info), uintptr(unsafe.Pointer(&info)), 0, 0)
	name, ok := watched[info.nr]
	if errno != 0 || info.op != unix.PTRACE_SYSCALL_INFO_ENTRY || !ok {
		return call{}, false
	}
	c := call{name: name}
	switch name {
	case "open", "unlink", "mkdir", "rename":
		c.file = text(peek(tid, info.args[1], 256))
	default:
		c.file, _ = os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", tid, info.args[0]))
	}
	if name == "write" {
		c.head = string(peek(tid, info.args[1], min(64, int(info.args[2]))))
	}
	return c, true
}

func peek(tid int, address uint64, size int) []byte {
	mem, err := os.Open(fmt.Sprintf("/proc/%d/mem", tid))
	if err != nil {
		return nil
	}
	defer mem.Close()
	b := make([]byte, size)
	n, _ := mem.ReadAt(b, int64(address)) // up to the end of its page is as good
	return b[:n]
}

func text(b []byte) string {
	s, _, _ := strings.Cut(string(b), "\x00")
	return s
}

// toDisk matches what changes a file below folder.
func toDisk(folder string) func(call) bool {
	return func(c call) bool { return c.name != "open" && strings.HasPrefix(c.file, folder) }
}

// named matches calls of one name that change a file below folder.
func named(name, folder string) func(call) bool {
	return func(c call) bool { return c.name == name && strings.HasPrefix(c.file, folder) }
}

// toDatabase matches messages to PostgreSQL: a letter, then their length in four
// bytes, which is never so large that the first of them is not 0.
func toDatabase(c call) bool {
	return c.name == "write" && strings.HasPrefix(c.file, "socket:") && len(c.head) > 4 && c.head[1] == 0
}

// accepted matches the reply to an upload that was accepted.
func accepted(c call) bool { return c.name == "write" && strings.HasPrefix(c.head, "HTTP/1.1 202") }

// betweenWrites matches the beginning of the first transaction after rows were
// copied: the worker is in the middle of its import and holds no lock.
func betweenWrites() func(call) bool {
	copied := false
	return func(c call) bool {
		if !toDatabase(c) || len(c.head) < 10 {
			return false
		}
		copied = copied || strings.HasPrefix(c.head[5:], "copy")
		return copied && strings.HasPrefix(c.head[5:], "begin")
	}
}

// readsBlob matches the opening of a stored artifact with these bytes.
func readsBlob(p place, content []byte) func(call) bool {
	name := fmt.Sprintf("%x", sha256.Sum256(content))
	return func(c call) bool { return c.name == "open" && strings.HasSuffix(c.file, name) }
}
