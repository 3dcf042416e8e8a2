package app

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/config"
	"github.com/thalweg-data/thalweg/internal/store"
)

// backedUp returns a backup of a folder with one artifact and one key.
func backedUp(t *testing.T) (backup string) {
	t.Helper()
	a := open(t, folder(t))
	schema, err := a.Store.CreateSchema(t.Context(), catalog.DefaultWorkspace, "A", "", store.By{})
	if err == nil {
		err = a.Enqueue(t.Context(), schema.ID, catalog.Actor{}, []Artifact{{Name: "manifest", Content: []byte("{}")}})
	}
	if err == nil {
		_, _, err = a.Access.Create(t.Context(), access.System(catalog.DefaultWorkspace), access.NewKey{Name: "ci", Scopes: []access.Scope{access.WriteImports}})
	}
	backup = filepath.Join(t.TempDir(), "backup")
	if err == nil {
		_, err = Backup(t.Context(), a.Config, backup, time.Now())
	}
	if err := errors.Join(err, a.Close()); err != nil {
		t.Fatal(err)
	}
	return backup
}

// artifactOf returns the path of the only artifact in a folder.
func artifactOf(t *testing.T, dir string) (path string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(at string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() && len(e.Name()) == 64 {
			path = at
		}
		return err
	})
	if err != nil || path == "" {
		t.Fatalf("no artifact in %s: %v", dir, err)
	}
	return path
}

// A restore that ends early, at whatever point, leaves a folder that nothing but another restore opens.
func TestUnfinishedRestore(t *testing.T) {
	backup := backedUp(t)
	for _, c := range []struct {
		name   string
		damage string // file of the backup that is damaged
	}{
		{"in the store", filepath.Join(backup, storeBackup)},
		{"in the artifacts", artifactOf(t, backup)},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := config.Default()
			cfg.Data = filepath.Join(folder(t), "new")
			whole, err := os.ReadFile(c.damage)
			if err != nil {
				t.Fatal(err)
			}
			write(t, c.damage, whole[:len(whole)/2])
			if r, err := Restore(t.Context(), cfg, backup, RestoreOptions{}); err == nil {
				t.Fatalf("restored from a damaged backup: %+v", r)
			}
			write(t, c.damage, whole)
			unopened(t, cfg)
			if _, err := Restore(t.Context(), cfg, backup, RestoreOptions{RevokeKeys: true}); err != nil {
				t.Fatalf("again: %v", err)
			}
			if err := try(t, cfg); err != nil {
				t.Errorf("the restored folder: %v", err)
			}
			if _, err := Restore(t.Context(), cfg, backup, RestoreOptions{}); !errors.Is(err, catalog.ErrConflict) {
				t.Errorf("restore over a restored folder: %v", err)
			}
		})
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	cfg := config.Default()
	cfg.Data = folder(t) // empty, as a mount point is
	if _, err := Restore(canceled, cfg, backup, RestoreOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a canceled restore: %v", err)
	}
	unopened(t, cfg)
}

// unopened checks that no command opens a folder.
func unopened(t *testing.T, cfg config.Config) {
	t.Helper()
	_, migrated := Migrate(t.Context(), cfg, false)
	_, copied := Backup(t.Context(), cfg, filepath.Join(t.TempDir(), "b"), time.Now())
	for name, err := range map[string]error{"open": try(t, cfg), "migrate": migrated, "backup": copied} {
		if err == nil || !strings.Contains(err.Error(), "did not finish") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A backup holds keys that were revoked after it was made.
func TestRestoreRevokesKeys(t *testing.T) {
	backup := backedUp(t)
	for _, revoke := range []bool{false, true} {
		cfg := config.Default()
		cfg.Data = filepath.Join(folder(t), "new")
		r, err := Restore(t.Context(), cfg, backup, RestoreOptions{RevokeKeys: revoke})
		if err != nil || (r.Revoked == 1) != revoke {
			t.Fatalf("revoke %t: %+v, %v", revoke, r, err)
		}
		a := open(t, cfg.Data)
		secret, err := a.Access.Bootstrap(t.Context(), "")
		if err != nil || (secret != "") != revoke {
			t.Errorf("revoke %t: a new administrator's key %t, %v", revoke, secret != "", err)
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}
