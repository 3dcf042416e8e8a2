package fs

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/thalweg-data/thalweg/internal/blob/spool"
	"github.com/thalweg-data/thalweg/internal/durable"
)

// identityName is the file that names the database to which a folder of blobs belongs.
const identityName = "blob-store-id"

// Folder is a folder of blobs; it may not exist yet.
type Folder string

// Workspace opens the store of one workspace.
func (f Folder) Workspace(workspace int64, now func() time.Time) (*Store, error) {
	return Open(string(f), workspace, now)
}

// String returns the folder's address.
func (f Folder) String() string { return "file://" + string(f) }

// Identity returns the id that SetIdentity wrote; "" if there is none.
func (f Folder) Identity() (string, error) {
	text, err := os.ReadFile(filepath.Join(string(f), identityName))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", spool.Failed("blob folder", err)
	}
	return strings.TrimSpace(string(text)), nil
}

// SetIdentity writes the id, and makes the folder if there is none. The id survives loss of power.
func (f Folder) SetIdentity(id string) error {
	if err := writeIdentity(string(f), id); err != nil {
		return spool.Failed("blob folder", err)
	}
	return nil
}

func writeIdentity(folder, id string) error {
	if err := os.MkdirAll(folder, folderMode); err != nil {
		return err
	}
	return durable.WriteFile(filepath.Join(folder, identityName), []byte(id+"\n"))
}

// RemoveIdentity removes the id.
func (f Folder) RemoveIdentity() error {
	if err := os.Remove(filepath.Join(string(f), identityName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return spool.Failed("blob folder", err)
	}
	return nil
}
