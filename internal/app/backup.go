package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/thalweg-data/thalweg/internal/blob"
	blobfs "github.com/thalweg-data/thalweg/internal/blob/fs"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/config"
	"github.com/thalweg-data/thalweg/internal/store/sqlite"
)

// BackupNote describes a backup, in thalweg-backup.json.
type BackupNote struct {
	At        time.Time `json:"at"`
	StoreSize int64     `json:"store_size"` // bytes
	Blobs     int       `json:"blobs"`
}

const (
	noteName    = "thalweg-backup.json"
	blobsName   = "blobs"
	statePerm   = 0o600
	folderPerm  = 0o700
	storeBackup = sqlite.FileName
)

// Backup copies a data folder into dir, which must not exist or be empty. The folder may be in use: the copy of the
// store is one committed state, taken before the artifacts are copied, which are only ever added.
func Backup(ctx context.Context, cfg config.Config, dir string, at time.Time) (BackupNote, error) {
	note := BackupNote{At: at.UTC()}
	if cfg.DatabaseURL != "" {
		return note, fmt.Errorf("backup of PostgreSQL: use pg_dump, then copy the folder or bucket of the artifacts: %w", catalog.ErrUnsupported)
	}
	if err := dataFolder(cfg.Data, false); err != nil {
		return note, err
	}
	if err := emptyFolder(dir); err != nil {
		return note, fmt.Errorf("backup: %w", err)
	}
	target := filepath.Join(dir, storeBackup)
	if err := sqlite.Copy(ctx, cfg.Data, target); err != nil {
		return note, fmt.Errorf("backup of the store: %w", err)
	}
	info, err := os.Stat(target)
	if err != nil {
		return note, fmt.Errorf("backup of the store: %w", err)
	}
	note.StoreSize = info.Size()
	if note.Blobs, err = backupBlobs(ctx, cfg, filepath.Join(dir, blobsName)); err != nil {
		return note, fmt.Errorf("backup of the artifacts: %w", err)
	}
	text, err := json.MarshalIndent(note, "", "  ")
	if err != nil {
		return note, fmt.Errorf("backup: %w", err)
	}
	// The note is written last: a backup without it is incomplete.
	return note, os.WriteFile(filepath.Join(dir, noteName), text, statePerm)
}

// emptyFolder creates a folder, or accepts an existing empty one.
func emptyFolder(dir string) error {
	if err := os.MkdirAll(dir, folderPerm); err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	if len(entries) > 0 {
		return fmt.Errorf("folder %s is not empty: %w", dir, catalog.ErrConflict)
	}
	return os.Chmod(dir, folderPerm)
}

func backupBlobs(ctx context.Context, cfg config.Config, dir string) (n int, err error) {
	from, err := artifactsOf(ctx, cfg)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	return copyBlobs(ctx, from, folderLocation{blobfs.Folder(dir)})
}

// copyBlobs copies every blob and verifies its hash.
func copyBlobs(ctx context.Context, from, to location) (int, error) {
	source, err := from.Artifacts()
	if err != nil {
		return 0, err
	}
	target, err := to.Artifacts()
	if err != nil {
		return 0, err
	}
	n := 0
	err = source.List(ctx, func(i blob.Info) error {
		n++
		return copyBlob(ctx, source, target, i.Hash)
	})
	return n, err
}

func copyBlob(ctx context.Context, from, to blob.Store, hash blob.Hash) error {
	r, err := from.Open(ctx, hash)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // only read
	w, err := to.Create(ctx)
	if err != nil {
		return err
	}
	if _, err := io.Copy(w, r); err != nil {
		return errors.Join(err, w.Abort())
	}
	_, _, err = w.Commit(ctx)
	return err
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // only read
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, statePerm)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		return errors.Join(err, out.Close())
	}
	return errors.Join(out.Sync(), out.Close())
}
