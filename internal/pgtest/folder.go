//go:build unix

package pgtest

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	folderPrefix = "thalweg-pg-"
	lockSuffix   = ".lock"
	// young protects a lock file between its making and its locking.
	young = time.Minute
)

// folder is a temporary folder that a later run can distinguish from one whose owner was killed: its owner
// holds a lock, which the system lets go of with the process.
type folder struct {
	path string
	lock *os.File
}

// newFolder removes what killed runs left behind and makes a folder.
func newFolder() (folder, error) {
	if err := removeStale(os.TempDir()); err != nil {
		return folder{}, err
	}
	lock, err := os.CreateTemp("", folderPrefix+"*"+lockSuffix)
	if err != nil {
		return folder{}, err
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return folder{}, errors.Join(err, lock.Close(), os.Remove(lock.Name()))
	}
	f := folder{path: strings.TrimSuffix(lock.Name(), lockSuffix), lock: lock}
	if err := os.Mkdir(f.path, 0o755); err != nil {
		return folder{}, errors.Join(err, f.remove())
	}
	return f, nil
}

func (f folder) remove() error {
	return errors.Join(os.RemoveAll(f.path), os.Remove(f.lock.Name()), f.lock.Close())
}

// removeStale removes the folders whose owners are gone.
func removeStale(temporary string) error {
	locks, err := filepath.Glob(filepath.Join(temporary, folderPrefix+"*"+lockSuffix))
	if err != nil {
		return err
	}
	for _, name := range locks {
		info, err := os.Stat(name)
		if err != nil || time.Since(info.ModTime()) < young {
			continue
		}
		lock, err := os.OpenFile(name, os.O_RDWR, 0)
		if err != nil {
			continue // removed meanwhile, or another user's
		}
		if syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
			lock.Close()
			continue // its owner lives
		}
		if err := (folder{path: strings.TrimSuffix(name, lockSuffix), lock: lock}).remove(); err != nil {
			return err
		}
	}
	return nil
}
