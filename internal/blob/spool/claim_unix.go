//go:build unix

package spool

import (
	"os"

	"golang.org/x/sys/unix"
)

// RenameOpen reports whether a file may be renamed while it is open, and stays its writer's.
const RenameOpen = true

// claim marks a spool file as its writer's for as long as it is open: the
// kernel removes the mark when the process dies, however it dies. It returns
// false if a sweep removed the file before it was marked.
func claim(file *os.File) bool {
	// Where a file system has no locks, age alone decides what may be removed.
	_ = unix.Flock(int(file.Fd()), unix.LOCK_EX)
	return !Swept(file)
}

// orphan claims a spool file that no living writer holds; it returns nil if one
// does, or if that cannot be determined. Close it once the file is removed.
func orphan(path string) *os.File {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil
	}
	if unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB) != nil || !claim(file) {
		file.Close()
		return nil
	}
	return file
}
