package cli

import (
	"context"
	"fmt"

	"github.com/thalweg-data/thalweg/internal/app"
)

// BackupCmd copies a data folder while it may be in use.
type BackupCmd struct {
	settings
	Dir string `arg:"" help:"Folder to write; must not exist or be empty."`
}

// Help gives an example.
func (BackupCmd) Help() string {
	return "The backup is a consistent copy of the store and of its artifacts. With PostgreSQL use pg_dump for the database and copy the artifacts.\n\nExample:\n  thalweg backup /backup/2026-11-25 --data /var/lib/thalweg"
}

// Run writes the backup.
func (c *BackupCmd) Run(ctx context.Context, out *output) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	b, err := app.Backup(ctx, cfg, c.Dir, out.now())
	if err != nil {
		return err
	}
	return out.line("%s: store %d bytes, %d artifacts", c.Dir, b.StoreSize, b.Blobs)
}

// RestoreCmd makes a data folder from a backup.
type RestoreCmd struct {
	settings
	Dir        string `arg:"" type:"existingdir" help:"Folder that backup wrote."`
	RevokeKeys bool   `help:"Revoke every key of the backup: keys that were revoked after it was made are valid in it."`
}

// Help gives an example.
func (RestoreCmd) Help() string {
	return "The data folder must not exist or be empty: nothing is overwritten. A folder whose restore did not finish is not served; restore begins again.\n\nExample:\n  thalweg restore /backup/2026-11-25 --data /var/lib/thalweg --revoke-keys"
}

// Run restores and checks what it restored.
func (c *RestoreCmd) Run(ctx context.Context, out *output) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	r, err := app.Restore(ctx, cfg, c.Dir, app.RestoreOptions{RevokeKeys: c.RevokeKeys})
	if err != nil {
		return err
	}
	line := fmt.Sprintf("%s restored from the state of %s: %d artifacts", cfg.Data, r.At.Format("2006-01-02 15:04:05 MST"), r.Blobs)
	if c.RevokeKeys {
		line += fmt.Sprintf(", %d keys revoked; serve prints a new administrator's key", r.Revoked)
	}
	return out.line("%s", line)
}
