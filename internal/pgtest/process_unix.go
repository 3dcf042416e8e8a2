//go:build unix && !linux

package pgtest

import "syscall"

func (t tools) attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: t.credential, Setpgid: true}
}

// children is not known here; backends end by themselves when they notice that the server is gone.
func children(int) []int { return nil }

func gone(int) bool { return true }
