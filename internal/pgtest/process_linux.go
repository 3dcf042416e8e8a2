package pgtest

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// attributes makes a program run unprivileged and end with the thread that started it. SIGQUIT is PostgreSQL's
// immediate shutdown: it takes the backends with it.
func (t tools) attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: t.credential, Pdeathsig: syscall.SIGQUIT, Setpgid: true}
}

// children lists the processes that pid started.
func children(pid int) []int {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		return nil
	}
	var pids []int
	for field := range strings.FieldsSeq(string(text)) {
		if child, err := strconv.Atoi(field); err == nil {
			pids = append(pids, child)
		}
	}
	return pids
}

// gone reports whether a process no longer runs. One that nobody has waited for yet counts as
// gone.
func gone(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return true
	}
	state := stat[bytes.LastIndexByte(stat, ')')+1:]
	return bytes.HasPrefix(state, []byte(" Z")) || bytes.HasPrefix(state, []byte(" X"))
}
