//go:build linux

package faults

import "syscall"

// eio makes the call at which a thread stands fail: the kernel gets a call that
// there is not, and the thread, by failed, EIO for an answer.
func eio(tid int) bool {
	var regs syscall.PtraceRegs
	if syscall.PtraceGetRegs(tid, &regs) != nil {
		return false
	}
	regs.Orig_rax = ^uint64(0)
	return syscall.PtraceSetRegs(tid, &regs) == nil
}

// failed answers the call of a thread that stands at its end.
func failed(tid int) {
	code := syscall.EIO
	var regs syscall.PtraceRegs
	if syscall.PtraceGetRegs(tid, &regs) == nil {
		regs.Rax = -uint64(code)
		_ = syscall.PtraceSetRegs(tid, &regs) // a thread that is gone hears nothing
	}
}
