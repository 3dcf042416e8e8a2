package sqlite

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// LockName is the file in the folder that its holder locks. It stays there
// unlocked when nobody holds the folder.
const LockName = "lock"

// FolderLock is the exclusive right to use a folder. The kernel releases it
// when the process dies, however it dies.
type FolderLock struct{ file *os.File }

// LockFolder locks the folder or reports who holds it, with catalog.ErrBusy.
// Open does it; a process whose store is elsewhere does it for what else is in
// the folder.
func LockFolder(dir string) (*FolderLock, error) {
	file, err := os.OpenFile(filepath.Join(dir, LockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock of %s: %w", dir, err)
	}
	if err := lockFile(file); err != nil {
		defer file.Close()
		if !errors.Is(err, errLocked) {
			return nil, fmt.Errorf("lock of %s: %w", dir, err)
		}
		return nil, fmt.Errorf("%s is in use by %s: %w", dir, holderOf(file.Name()), catalog.ErrBusy)
	}
	host, err := os.Hostname()
	if err != nil {
		host = "unknown host"
	}
	if err := write(file, fmt.Sprintf("process %d on %s\n", os.Getpid(), host)); err != nil {
		return nil, errors.Join(fmt.Errorf("lock of %s: %w", dir, err), file.Close())
	}
	return &FolderLock{file}, nil
}

func write(file *os.File, text string) error {
	if err := file.Truncate(0); err != nil {
		return err
	}
	_, err := file.WriteAt([]byte(text), 0)
	return err
}

func holderOf(name string) string {
	text, err := os.ReadFile(name)
	if holder := strings.TrimSpace(string(text)); err == nil && holder != "" {
		return holder
	}
	return "another process"
}

// Close gives the folder back. A nil lock holds none.
func (l *FolderLock) Close() error {
	if l == nil || l.file == nil {
		return nil
	}
	err := l.file.Close()
	l.file = nil
	return err
}
