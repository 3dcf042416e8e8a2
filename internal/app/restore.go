package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/thalweg-data/thalweg/internal/access"
	blobfs "github.com/thalweg-data/thalweg/internal/blob/fs"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/config"
	"github.com/thalweg-data/thalweg/internal/durable"
	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/store/sqlite"
)

// restoreMark is the file that a data folder has while it is being restored. Nothing but another restore opens a
// folder with it. The folder itself may be a mount point, so it cannot be made elsewhere and renamed.
const restoreMark = "thalweg-restore-unfinished"

// RestoreOptions are choices of the caller of Restore.
type RestoreOptions struct {
	// RevokeKeys revokes every key of the backup. Those that were revoked after it was made would be valid again.
	RevokeKeys bool
}

// Restored is what a restore did.
type Restored struct {
	BackupNote
	Revoked int64 // keys
}

// Restore creates the data folder of cfg from a backup and verifies the store and every artifact. The folder must not
// exist, be empty or be left from a restore that did not finish.
func Restore(ctx context.Context, cfg config.Config, dir string, o RestoreOptions) (Restored, error) {
	var out Restored
	text, err := os.ReadFile(filepath.Join(dir, noteName))
	if err == nil {
		err = json.Unmarshal(text, &out.BackupNote)
	}
	if err != nil {
		return out, fmt.Errorf("%s is not a complete backup: %w", dir, err)
	}
	if cfg.DatabaseURL != "" {
		return out, fmt.Errorf("restore into PostgreSQL: use pg_restore: %w", catalog.ErrUnsupported)
	}
	if err := beginRestore(cfg.Data); err != nil {
		return out, fmt.Errorf("restore: %w", err)
	}
	if err := restoreFiles(ctx, cfg, dir, out.Blobs); err != nil {
		return out, err
	}
	if out.Revoked, err = takeOver(ctx, cfg, o); err != nil {
		return out, fmt.Errorf("restored store: %w", err)
	}
	if err := endRestore(cfg.Data); err != nil {
		return out, fmt.Errorf("restore: %w", err)
	}
	return out, nil
}

// beginRestore marks an empty folder. Of one that is marked it deletes what an earlier restore wrote.
func beginRestore(data string) error {
	mark := filepath.Join(data, restoreMark)
	if _, err := os.Stat(mark); err == nil {
		return clearRestored(data)
	}
	if err := emptyFolder(data); err != nil {
		return err
	}
	file, err := os.OpenFile(mark, os.O_CREATE|os.O_EXCL|os.O_WRONLY, statePerm)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close(), durable.SyncFolder(data))
}

// clearRestored deletes everything but the mark. The folder was empty before it had the mark, and nothing has used it
// since.
func clearRestored(data string) error {
	entries, err := os.ReadDir(data)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() == restoreMark {
			continue
		}
		if err := os.RemoveAll(filepath.Join(data, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// endRestore removes the mark, once everything else is on the disk.
func endRestore(data string) error {
	if err := durable.SyncFolder(data); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(data, restoreMark)); err != nil {
		return err
	}
	return durable.SyncFolder(data)
}

// restoring reports whether a folder is left from a restore that did not finish.
func restoring(data string) bool {
	_, err := os.Stat(filepath.Join(data, restoreMark))
	return err == nil
}

func restoreFiles(ctx context.Context, cfg config.Config, dir string, blobs int) error {
	if err := copyFile(filepath.Join(dir, storeBackup), filepath.Join(cfg.Data, storeBackup)); err != nil {
		return fmt.Errorf("restore the store: %w", err)
	}
	if err := sqlite.Check(ctx, cfg.Data); err != nil {
		return fmt.Errorf("restored store: %w", err)
	}
	n, err := restoreBlobs(ctx, cfg, filepath.Join(dir, blobsName))
	if err != nil {
		return fmt.Errorf("restore the artifacts: %w", err)
	}
	if n != blobs {
		return fmt.Errorf("restored %d of %d artifacts: %w", n, blobs, catalog.ErrInvalid)
	}
	return nil
}

func restoreBlobs(ctx context.Context, cfg config.Config, dir string) (n int, err error) {
	to, err := artifactsOf(ctx, cfg)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	return copyBlobs(ctx, folderLocation{blobfs.Folder(dir)}, to)
}

// takeOver gives a restored data folder an id of its own and revokes keys, if asked to.
func takeOver(ctx context.Context, cfg config.Config, o RestoreOptions) (revoked int64, err error) {
	at, err := artifactsOf(ctx, cfg)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, at.Close()) }()
	st, err := openMigrated(ctx, cfg)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	if err := rebind(ctx, st, at); err != nil {
		return 0, err
	}
	if err := st.EndAllSessions(ctx); err != nil { // those that ended since the backup would be valid again
		return 0, err
	}
	return revokeRestored(ctx, st, o)
}

func revokeRestored(ctx context.Context, st *store.Store, o RestoreOptions) (int64, error) {
	if !o.RevokeKeys {
		return 0, nil
	}
	return st.RevokeAllKeys(ctx, access.System(catalog.DefaultWorkspace).By())
}
