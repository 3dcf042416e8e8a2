//go:build unix

package fs

import (
	"os"

	"golang.org/x/sys/unix"
)

// renameOpen: a file may be renamed while it is open, and stays its writer's.
const renameOpen = true

// claim marks a spool file as its writer's for as long as it is open: the
// kernel takes the mark back when the process dies, however it dies. A sweep
// may have come between the file's making and this; then it is false.
func claim(file *os.File) bool {
	// Where a file system has no locks, age alone decides what may be removed.
	_ = unix.Flock(int(file.Fd()), unix.LOCK_EX)
	mine, err := file.Stat()
	if err != nil {
		return false
	}
	named, err := os.Stat(file.Name())
	return err == nil && os.SameFile(mine, named)
}

// orphan takes a spool file that no living writer has; nil if one has it, or if
// it cannot be found out. Close it once the file is removed.
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
