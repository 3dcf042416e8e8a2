// Package spool keeps the bytes of blobs that are not committed in the files of one folder. A file is marked as its
// writer's for as long as it is open, so what a process that died left behind is found at once.
package spool

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/thalweg-data/thalweg/internal/blob"
)

// Folder is a folder of spool files. Make one with Open.
type Folder struct {
	path string
	now  func() time.Time
}

// Open makes the folder if it does not exist: only the server's own user may read it. now is the clock that Sweep
// measures age by.
func Open(path string, now func() time.Time) (*Folder, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, Failed("blob spool", err)
	}
	return &Folder{path: path, now: now}, nil
}

// New makes a file that Sweep knows to be in use for as long as it is open.
func (f *Folder) New() (*os.File, error) {
	for range 10 {
		file, err := os.CreateTemp(f.path, "")
		if err != nil {
			return nil, Failed("blob spool", err)
		}
		if claim(file) {
			return file, nil
		}
		file.Close()
	}
	return nil, errors.New("blob spool: new files are swept before they are claimed")
}

// Discard closes and removes a file that New made; one that was swept meanwhile is gone already.
func Discard(file *os.File) error {
	err := errors.Join(file.Close(), os.Remove(file.Name()))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Swept reports whether a file that New made was removed by a sweep.
func Swept(file *os.File) bool {
	mine, err := file.Stat()
	if err != nil {
		return true
	}
	named, err := os.Stat(file.Name())
	return err != nil || !os.SameFile(mine, named)
}

// Sweep removes files untouched for longer than olderThan, and those that no living process has open, whatever their
// age. It returns how many it removed.
func (f *Folder) Sweep(ctx context.Context, olderThan time.Duration) (int, error) {
	entries, err := os.ReadDir(f.path)
	if err != nil {
		return 0, Failed("blob spool", err)
	}
	removed := 0
	limit := f.now().Add(-olderThan)
	for _, entry := range entries {
		if err := ctx.Err(); err != nil {
			return removed, err
		}
		info, err := entry.Info()
		if err != nil || info.IsDir() {
			continue // gone, or not ours
		}
		gone, err := remove(filepath.Join(f.path, entry.Name()), !info.ModTime().After(limit))
		if err != nil {
			return removed, Failed("blob spool", err)
		}
		if gone {
			removed++
		}
	}
	return removed, nil
}

// remove removes a file that is old or has no owner.
func remove(path string, old bool) (gone bool, err error) {
	if !old {
		file := orphan(path)
		if file == nil {
			return false, nil
		}
		defer file.Close()
	}
	err = os.Remove(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// Failed adds what was being done to an error of the file system and translates it into those of package blob.
func Failed(noun string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: %w", noun, blob.ErrNotFound)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, errQuota):
		return fmt.Errorf("%s: %w: %w", noun, blob.ErrNoSpace, err)
	}
	return fmt.Errorf("%s: %w", noun, err)
}
