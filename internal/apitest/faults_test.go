package apitest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/editing"
)

// panickingEditor fails as no editor should.
type panickingEditor struct{}

func (panickingEditor) EditAsset(context.Context, int64, catalog.AssetID, catalog.Actor, editing.Edits) (catalog.Asset, error) {
	panic("secret thing")
}

func (panickingEditor) ConfirmRemovals(context.Context, int64, catalog.SchemaID, catalog.Actor) (int64, error) {
	panic("secret thing")
}

func (panickingEditor) DismissRemovals(context.Context, int64, catalog.SchemaID, catalog.Actor) error {
	return errors.New("secret thing")
}

type countingReader struct {
	source io.Reader
	read   int
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.source.Read(p)
	c.read += n
	return n, err
}

// dial speaks HTTP by hand: what no client library would send.
func (s *Server) dial(t *testing.T) net.Conn {
	t.Helper()
	conn, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func reply(t *testing.T, conn net.Conn) Reply {
	t.Helper()
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }() // read to its end below
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return Reply{Status: res.StatusCode, Header: res.Header, Body: body}
}

// B23: a body that ends before its length.
func TestIncompleteBody(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{NoWorker: true})
	key, schema := s.Key(t, access.AdminWorkspace), s.Schema(t, "Analytics Warehouse")
	form := Form(Text("schema_id", schema), File("manifest", "m", make([]byte, 10000)))
	for name, c := range map[string]struct{ request, kind, body string }{
		"length": {"POST /api/v1/dbt_imports", ContentType, string(form[:5000])},
		"json":   {"POST /api/v1/schemas", "application/json", `{"name":`},
	} {
		t.Run(name, func(t *testing.T) {
			conn := s.dial(t)
			fmt.Fprintf(conn, "%s HTTP/1.1\r\nHost: localhost\r\nX-API-Key: %s\r\nContent-Type: %s\r\nContent-Length: 20000\r\n\r\n%s", c.request, key, c.kind, c.body)
			if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
				t.Fatal(err)
			}
			if r := reply(t, conn); r.Status != 400 || r.At(t, "code") != "incomplete-body" {
				t.Errorf("%d %s", r.Status, r.Body)
			}
		})
	}
	t.Run("chunked", func(t *testing.T) {
		conn := s.dial(t)
		fmt.Fprintf(conn, "POST /api/v1/dbt_imports HTTP/1.1\r\nHost: localhost\r\nX-API-Key: %s\r\nContent-Type: %s\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n", key, ContentType, 100, form[:100])
		if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		if r := reply(t, conn); r.Status != 400 || r.At(t, "code") != "incomplete-body" {
			t.Errorf("%d %s", r.Status, r.Body)
		}
	})
}

// B25: a body that comes too slowly.
func TestSlowBody(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{NoWorker: true, SlowWindow: 300 * time.Millisecond})
	key := s.Key(t, access.WriteImports)
	conn := s.dial(t)
	fmt.Fprintf(conn, "POST /api/v1/dbt_imports HTTP/1.1\r\nHost: localhost\r\nX-API-Key: %s\r\nContent-Type: %s\r\nContent-Length: 20000\r\n\r\n--%s\r\n", key, ContentType, Boundary)
	if r := reply(t, conn); r.Status != 408 || r.At(t, "code") != "request-timeout" {
		t.Errorf("%d %s", r.Status, r.Body)
	}
}

// A client that pauses and then goes on in time is served.
func TestPausedBody(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{NoWorker: true, SlowWindow: 5 * time.Second})
	key, schema := s.Key(t, access.WriteImports), s.Schema(t, "Analytics Warehouse")
	form := Form(Text("schema_id", schema), File("manifest", "m", make([]byte, 100000)))
	conn := s.dial(t)
	fmt.Fprintf(conn, "POST /api/v1/dbt_imports HTTP/1.1\r\nHost: localhost\r\nX-API-Key: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n", key, ContentType, len(form))
	for _, piece := range [][]byte{form[:100], form[100:50000], form[50000:]} {
		if _, err := conn.Write(piece); err != nil {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Millisecond)
	}
	if r := reply(t, conn); r.Status != 202 {
		t.Errorf("%d %s", r.Status, r.Body)
	}
}

// fullBlobs stands before a folder whose disk is full: nothing is free, or a
// write fails halfway.
type fullBlobs struct {
	blob.Store
	free int64
	left *int64
}

func (b fullBlobs) Free(context.Context) (int64, error) { return b.free, nil }

func (b fullBlobs) Create(ctx context.Context) (blob.Writer, error) {
	w, err := b.Store.Create(ctx)
	return fullWriter{w, b.left}, err
}

type fullWriter struct {
	blob.Writer
	left *int64
}

func (w fullWriter) Write(p []byte) (int, error) {
	if *w.left -= int64(len(p)); *w.left < 0 {
		return 0, fmt.Errorf("blob: %w", blob.ErrNoSpace)
	}
	return w.Writer.Write(p)
}

func TestNoSpace(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ free, left int64 }{
		"told by the length":    {1 << 20, 1 << 40},
		"found while it writes": {1 << 40, 1000},
	} {
		t.Run(name, func(t *testing.T) {
			left := c.left
			s := Start(t, Options{NoWorker: true, Blobs: func(b blob.Store) blob.Store { return fullBlobs{b, c.free, &left} }})
			key, schema := s.Key(t, access.WriteImports), s.Schema(t, "Analytics Warehouse")
			r := s.Upload(t, key, Form(Text("schema_id", schema), File("manifest", "m", make([]byte, 100000))))
			if r.Status != 507 || r.At(t, "code") != "insufficient-storage" || r.Header.Get("Retry-After") == "" {
				t.Errorf("%d %s", r.Status, r.Body)
			}
			if r := s.Get(t, "/api/v1/dbt_imports", key); len(r.At(t, "data").([]any)) != 0 {
				t.Errorf("an import is left: %s", r.Body)
			}
		})
	}
}

// A refused upload leaves no spooled bytes and no blob.
func TestRefusedUploadLeavesNothing(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{NoWorker: true})
	key := s.Key(t, access.WriteImports)
	if r := s.Upload(t, key, Form(File("manifest", "m", []byte("{}")), Text("schema_id", "SCH-999"))); r.Status != 422 {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	if n, err := s.Blobs.Sweep(t.Context(), -time.Hour); err != nil || n != 0 {
		t.Errorf("%d spooled files are left, %v", n, err)
	}
	err := s.Blobs.List(t.Context(), func(info blob.Info) error { return fmt.Errorf("blob %s is left", info.Hash) })
	if err != nil {
		t.Error(err)
	}
}

// fullDisk has nothing free.
func fullDisk(left *int64) func(blob.Store) blob.Store {
	return func(b blob.Store) blob.Store { return fullBlobs{b, 0, left} }
}
