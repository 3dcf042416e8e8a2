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

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/config"
	"github.com/thalweg-data/thalweg/internal/pgtest"
	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/store/sqlite"
)

// try opens and closes an App.
func try(t *testing.T, cfg config.Config) error {
	t.Helper()
	a, err := Open(t.Context(), cfg, Options{Log: slog.New(slog.DiscardHandler), Create: true})
	if err != nil {
		return err
	}
	return a.Close()
}

func refusal(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want one with %q", err, want)
	}
}

// Two processes on one database use one folder of artifacts: the second one with another folder does not start, and
// leaves nothing behind. A moved folder is bound by migrate, once everything is in it.
func TestOneFolderPerDatabase(t *testing.T) {
	url := pgtest.New(t)
	with := func(data, blobs string) config.Config {
		cfg := config.Default()
		cfg.DatabaseURL, cfg.Data, cfg.Listen = url, data, "127.0.0.1:0"
		if blobs != "" {
			cfg.BlobURL = "file://" + blobs
		}
		return cfg
	}
	first, second, moved := folder(t), folder(t), folder(t)
	if err := try(t, with(first, "")); err != nil {
		t.Fatal(err)
	}
	refusal(t, try(t, with(second, "")), "in another folder or bucket")
	if _, err := os.Stat(filepath.Join(second, "blobs")); err == nil {
		t.Error("the refused process made its folder of artifacts")
	}
	if err := try(t, with(second, filepath.Join(first, "blobs"))); err != nil {
		t.Errorf("with the same folder: %v", err)
	}

	a, err := Open(t.Context(), with(first, ""), Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	schema, err := a.Store.CreateSchema(t.Context(), catalog.DefaultWorkspace, "A", "", store.By{})
	if err == nil {
		err = a.Enqueue(t.Context(), schema.ID, catalog.Actor{}, []Artifact{{Name: "manifest", Content: []byte("{}")}})
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = Migrate(t.Context(), with(first, moved), true)
	refusal(t, err, "1 of the 1 artifacts")
	if err := os.CopyFS(filepath.Join(moved, "copy"), os.DirFS(filepath.Join(first, "blobs"))); err != nil {
		t.Fatal(err)
	}
	if _, err = Migrate(t.Context(), with(first, filepath.Join(moved, "copy")), true); err != nil {
		t.Fatal(err)
	}
	if err := try(t, with(second, filepath.Join(moved, "copy"))); err != nil {
		t.Errorf("with the folder that was bound: %v", err)
	}
	refusal(t, try(t, with(first, "")), "in another folder or bucket")
}

// A new database takes the folder of another one only if it is asked to bind it. An interrupted binding is repeated.
func TestFolderOfAnotherDatabase(t *testing.T) {
	cfg := config.Default()
	cfg.Data = folder(t)
	for range 2 {
		if err := try(t, cfg); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(filepath.Join(cfg.Data, sqlite.FileName)); err != nil {
		t.Fatal(err)
	}
	refusal(t, try(t, cfg), "belong to another database")
	marker := filepath.Join(cfg.Data, "blobs", "blob-store-id")
	id, err := os.ReadFile(marker)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(marker, append([]byte(claimed), id...), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := try(t, cfg); err != nil {
			t.Fatalf("after an interruption: %v", err)
		}
	}
	if now, err := os.ReadFile(marker); err != nil || string(now) != string(id) {
		t.Errorf("the id is %q, %v, want %q", now, err, id)
	}
}

// Two processes on PostgreSQL may use one data folder, as an API and a worker on one machine do. The socket stays that
// of the first, and commands still reach it when the second has ended.
func TestSocketStaysWithTheFirstProcess(t *testing.T) {
	data, url := folder(t), pgtest.New(t)
	log := &syncBuffer{}
	serve := func() (stop func()) {
		cfg := config.Default()
		cfg.DatabaseURL, cfg.Data, cfg.Listen = url, data, "127.0.0.1:0"
		a, err := Open(t.Context(), cfg, Options{Log: slog.New(slog.NewTextHandler(log, nil)), Create: true})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		ready, ended := make(chan string, 1), make(chan error, 1)
		listeners := listening(t, cfg)
		go func() { ended <- a.Serve(ctx, listeners, func(at string) { ready <- at }) }()
		<-ready
		return func() {
			cancel()
			if err := errors.Join(<-ended, a.Close()); err != nil {
				t.Error(err)
			}
		}
	}
	socket := func() (os.FileInfo, error) { return os.Stat(SocketPath(data)) }
	stopFirst := serve()
	var first os.FileInfo
	for err := error(os.ErrNotExist); err != nil; first, err = socket() { // it is made while the server starts
		time.Sleep(time.Millisecond)
	}
	serve()()
	if now, err := socket(); err != nil || !os.SameFile(first, now) {
		t.Errorf("after a second process: %v, %v", now, err)
	}
	if !strings.Contains(log.String(), "another process's") {
		t.Errorf("logged %s", log)
	}
	stopFirst()
	if _, err := socket(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("after the first process: %v", err)
	}
}
