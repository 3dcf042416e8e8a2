package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/thalweg-data/thalweg/internal/config"
	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/store/sqlite"
)

// CheckAudit checks the audit log of a workspace of an installation, which may be in use, or of a backup.
func CheckAudit(ctx context.Context, cfg config.Config, ws int64, noted store.AuditHash) (c store.AuditChain, err error) {
	if cfg.DatabaseURL == "" {
		if err := dataFolder(cfg.Data, false); err != nil {
			return c, err
		}
		// A process has a folder for itself, so a copy is checked.
		folder, err := os.MkdirTemp("", "thalweg-audit-*")
		if err != nil {
			return c, fmt.Errorf("copy of the store: %w", err)
		}
		defer func() { _ = os.RemoveAll(folder) }()
		if err := sqlite.Copy(ctx, cfg.Data, filepath.Join(folder, sqlite.FileName)); err != nil {
			return c, fmt.Errorf("copy of the store: %w", err)
		}
		cfg.Data = folder
	}
	st, err := openExisting(ctx, cfg)
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	return st.CheckAudit(ctx, ws, noted)
}
