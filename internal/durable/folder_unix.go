//go:build unix

package durable

import (
	"errors"
	"os"
)

// SyncFolder makes renames and new entries of a folder permanent.
func SyncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
