package app

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/config"
	"github.com/thalweg-data/thalweg/internal/store"
)

// The audit log is checked while its folder is in use, in a backup and after a restore, all of which have one chain.
func TestCheckAudit(t *testing.T) {
	a := open(t, folder(t))
	if err := a.Store.AppendAudit(t.Context(), catalog.DefaultWorkspace, store.AuditEntry{Action: "one"}, store.AuditEntry{Action: "two"}); err != nil {
		t.Fatal(err)
	}
	check := func(data string, noted store.AuditHash) (store.AuditChain, error) {
		cfg := config.Default()
		cfg.Data = data
		return CheckAudit(t.Context(), cfg, catalog.DefaultWorkspace, noted)
	}
	used, err := check(a.Config.Data, store.AuditHash{})
	if err != nil || used.Entries < 2 || used.Broken != 0 {
		t.Fatalf("in use: %+v, %v", used, err)
	}
	backup := filepath.Join(t.TempDir(), "backup")
	if _, err := Backup(t.Context(), a.Config, backup, time.Now()); err != nil {
		t.Fatal(err)
	}
	if err := a.Store.AppendAudit(t.Context(), catalog.DefaultWorkspace, store.AuditEntry{Action: "three"}); err != nil {
		t.Fatal(err)
	}
	later, err := check(a.Config.Data, used.Head)
	if err != nil || later.Entries != used.Entries+1 {
		t.Fatalf("later: %+v, %v", later, err)
	}
	closed(t, a)

	cfg := config.Default()
	cfg.Data = filepath.Join(folder(t), "restored")
	if _, err := Restore(t.Context(), cfg, backup, RestoreOptions{}); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{"backup": backup, "restored": cfg.Data} {
		if c, err := check(data, used.Head); err != nil || c != used {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
		if _, err := check(data, later.Head); !errors.Is(err, catalog.ErrNotFound) {
			t.Errorf("%s: an entry that it lacks: %v", name, err)
		}
	}
	if _, err := check(filepath.Join(cfg.Data, "none"), store.AuditHash{}); err == nil {
		t.Error("a folder that is not there")
	}
}
