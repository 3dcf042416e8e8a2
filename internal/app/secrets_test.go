package app

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/config"
	"github.com/thalweg-data/thalweg/internal/secret"
	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/webhook"
)

// The master key is made once, is in no copy of the database, and is missed at the start where it is needed.
func TestMasterKeyOfAFolder(t *testing.T) {
	cfg := config.Default()
	cfg.Data = t.TempDir()
	path := filepath.Join(cfg.Data, secret.FileName)
	open := func() (*App, error) { return Open(t.Context(), cfg, Options{Log: slog.New(slog.DiscardHandler)}) }
	a, err := open()
	if err != nil {
		t.Fatal(err)
	}
	name, address := "w", "https://93.184.216.34/"
	w, shown, err := a.Webhooks.Add(t.Context(), catalog.DefaultWorkspace, webhook.Change{Name: &name, URL: &address}, store.By{})
	if err != nil || shown == "" {
		t.Fatal(err)
	}
	reads := func(a *App) {
		t.Helper()
		sealed, _, err := a.Store.Secret(t.Context(), catalog.DefaultWorkspace, w.Label(), webhook.FieldSecret)
		if err != nil {
			t.Fatal(err)
		}
		value, err := a.Secrets.Open(t.Context(), catalog.DefaultWorkspace, secret.Place{Owner: w.Label(), Field: webhook.FieldSecret}, sealed)
		if err != nil || string(value) != shown {
			t.Errorf("%q, %v", value, err)
		}
	}
	reads(a)
	secretOfKey, _, err := a.Access.Create(t.Context(), access.System(catalog.DefaultWorkspace), access.NewKey{Name: "ci", Scopes: []access.Scope{access.WriteImports}})
	if err != nil {
		t.Fatal(err)
	}
	backup := filepath.Join(t.TempDir(), "backup")
	if _, err := Backup(t.Context(), cfg, backup, time.Now()); err != nil { // while it is in use
		t.Fatal(err)
	}
	closed(t, a)
	canaries := []string{strings.TrimPrefix(shown, "whsec_"), secretOfKey}
	lacks(t, cfg.Data, canaries...)
	lacks(t, backup, append(canaries, strings.TrimSpace(read(t, path)))...)

	for _, values := range []bool{false, true} {
		before := read(t, path)
		if err := RotateSecrets(context.Background(), cfg, values); err != nil {
			t.Fatal(err)
		}
		if read(t, path) == before {
			t.Error("the key did not change")
		}
		if a, err = open(); err != nil {
			t.Fatal(err)
		}
		reads(a)
		closed(t, a)
	}

	key := read(t, path)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := open(); !errors.Is(err, secret.ErrNoMasterKey) || !strings.Contains(err.Error(), "secrets drop") {
		t.Fatalf("%v", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Error("a new key was made, which decrypts nothing")
	}
	cfg.SecretKey = key
	if a, err = open(); err != nil {
		t.Fatal(err)
	}
	reads(a)
	closed(t, a)
	cfg.SecretKey = ""
	if n, err := DropSecrets(context.Background(), cfg); err != nil || n != 1 {
		t.Errorf("%d, %v", n, err)
	}
	if a, err = open(); err != nil {
		t.Fatal(err)
	}
	closed(t, a)
}

// lacks checks that no file of a folder has one of some texts.
func lacks(t *testing.T, dir string, canaries ...string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		files++
		text, err := os.ReadFile(path)
		for _, canary := range canaries {
			if len(canary) < 16 || strings.Contains(string(text), canary) {
				t.Errorf("%s has the secret %.4s…", path, canary)
			}
		}
		return err
	})
	if err != nil || files == 0 {
		t.Fatalf("%d files in %s: %v", files, dir, err)
	}
}

func closed(t *testing.T, a *App) {
	t.Helper()
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
