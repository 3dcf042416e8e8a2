package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/config"
	"github.com/thalweg-data/thalweg/internal/store"
)

func open(t *testing.T, data string) *App {
	t.Helper()
	cfg := config.Default()
	cfg.Data, cfg.Listen, cfg.ShutdownGrace = data, "127.0.0.1:0", 100*time.Millisecond
	a, err := Open(t.Context(), cfg, Options{Log: slog.New(slog.DiscardHandler), Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "twg") // short enough for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// The folder's lock proves that who held a lease is gone, so nobody has to wait
// for it to run out.
func TestLeasesOfADeadProcessAreFree(t *testing.T) {
	data := folder(t)
	a := open(t, data)
	s, err := a.Store.CreateSchema(t.Context(), catalog.DefaultWorkspace, "A", "", store.By{})
	if err != nil {
		t.Fatal(err)
	}
	dead, err := a.Store.LeaseSchema(t.Context(), catalog.DefaultWorkspace, s.ID, "dead", 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	a = open(t, data)
	defer func() { _ = a.Close() }()
	alive, err := a.Store.LeaseSchema(t.Context(), catalog.DefaultWorkspace, s.ID, "alive", 0)
	if err != nil || alive.Token <= dead.Token {
		t.Errorf("lease after a crash: %+v, %v", alive, err)
	}
}

// Headers somewhat over the limit are refused by the API, as a problem, and not
// by the HTTP library in plain text.
func TestHeadersOverTheLimit(t *testing.T) {
	a := open(t, folder(t))
	defer func() { _ = a.Close() }()
	ctx, stop := context.WithCancel(t.Context())
	address, ended := make(chan string, 1), make(chan error, 1)
	listeners := listening(t, a.Config)
	go func() { ended <- a.Serve(ctx, listeners, func(at string) { address <- at }) }()
	defer func() { stop(); <-ended }()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+<-address+"/api/v1/schemas", nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		req.Header.Set(fmt.Sprintf("X-Filler-%d", i), strings.Repeat("x", 8<<10))
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if kind := res.Header.Get("Content-Type"); res.StatusCode != http.StatusRequestHeaderFieldsTooLarge || kind != "application/problem+json" {
		t.Errorf("status %d, %q", res.StatusCode, kind)
	}
}

// An upload that is slower than the grace is cut; the server still ends well.
func TestStopWithAnUploadUnderWay(t *testing.T) {
	a := open(t, folder(t))
	defer func() { _ = a.Close() }()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	address, ended := make(chan string, 1), make(chan error, 1)
	listeners := listening(t, a.Config)
	go func() { ended <- a.Serve(ctx, listeners, func(at string) { address <- at }) }()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", <-address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	head := "POST /api/v1/dbt_imports HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n"
	if _, err := fmt.Fprint(conn, head); err != nil {
		t.Fatal(err)
	}
	// The server asks for the body: from here on the upload is under way.
	if _, err := conn.Read(make([]byte, 16)); err != nil {
		t.Fatal(err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("the server ended with %v", err)
	}
}

// listening opens the addresses of a server.
func listening(t *testing.T, cfg config.Config) *Listeners {
	t.Helper()
	l, err := Listen(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// A data folder is its owner's alone, also one that existed, and so is every file in it.
func TestDataFolderIsPrivate(t *testing.T) {
	data := folder(t)
	if err := os.Chmod(data, 0o755); err != nil {
		t.Fatal(err)
	}
	a := open(t, data)
	defer func() { _ = a.Close() }()
	schema, err := a.Store.CreateSchema(t.Context(), catalog.DefaultWorkspace, "A", "", store.By{})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Enqueue(t.Context(), schema.ID, catalog.Actor{Kind: catalog.ActorSystem}, []Artifact{{Name: "manifest", Content: []byte("{}")}}); err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(data, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// A folder of others, such as /tmp or a home, is not taken away from them.
func TestFolderOfOthersIsLeftAlone(t *testing.T) {
	for name, prepare := range map[string]func(dir string) error{
		"shared": func(dir string) error { return os.Chmod(dir, 0o777|fs.ModeSticky) },
		"used": func(dir string) error {
			return errors.Join(os.WriteFile(filepath.Join(dir, "notes"), nil, 0o600), os.Chmod(dir, 0o755))
		},
	} {
		dir := folder(t)
		if err := prepare(dir); err != nil {
			t.Fatal(err)
		}
		cfg := config.Default()
		cfg.Data = dir
		if _, err := Open(t.Context(), cfg, Options{Log: slog.New(slog.DiscardHandler), Create: true}); err == nil || !strings.Contains(err.Error(), "others may read") {
			t.Errorf("%s: %v", name, err)
		}
		if info, err := os.Stat(dir); err != nil || info.Mode().Perm() == 0o700 {
			t.Errorf("%s: mode %v, %v", name, info.Mode(), err)
		}
	}
}
