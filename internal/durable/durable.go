// Package durable writes files so that they survive loss of power, whole or not at all.
package durable

import (
	"errors"
	"os"
	"path/filepath"
)

// WriteFile replaces a file, or makes it, with mode 0600.
func WriteFile(path string, content []byte) error { return write(path, content, os.Rename) }

// CreateFile makes a file with mode 0600; fs.ErrExist if there is one. Of several that make it at once, one does.
func CreateFile(path string, content []byte) error { return write(path, content, os.Link) }

// write writes content to a file in the same folder, which place then makes path.
func write(path string, content []byte, place func(from, to string) error) error {
	folder := filepath.Dir(path)
	file, err := os.CreateTemp(folder, filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = place(file.Name(), path)
	}
	if removed := os.Remove(file.Name()); !errors.Is(removed, os.ErrNotExist) { // renamed, it is gone
		err = errors.Join(err, removed)
	}
	if err != nil {
		return err
	}
	return SyncFolder(folder)
}
