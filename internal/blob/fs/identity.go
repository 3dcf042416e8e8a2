package fs

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/thalweg-data/thalweg/internal/durable"
)

// identityName is the file that names the database to which a folder of blobs belongs.
const identityName = "blob-store-id"

// Identity returns the id that SetIdentity wrote into a folder; "" if there is none.
func Identity(folder string) (string, error) {
	text, err := os.ReadFile(filepath.Join(folder, identityName))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", failure("blob folder", err)
	}
	return strings.TrimSpace(string(text)), nil
}

// SetIdentity writes the id of a folder, which it makes if there is none. The id survives loss of power.
func SetIdentity(folder, id string) error {
	if err := writeIdentity(folder, id); err != nil {
		return failure("blob folder", err)
	}
	return nil
}

func writeIdentity(folder, id string) error {
	if err := os.MkdirAll(folder, folderMode); err != nil {
		return err
	}
	return durable.WriteFile(filepath.Join(folder, identityName), []byte(id+"\n"))
}

// RemoveIdentity removes the id of a folder.
func RemoveIdentity(folder string) error {
	if err := os.Remove(filepath.Join(folder, identityName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return failure("blob folder", err)
	}
	return nil
}
