package apitest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/editing"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/store"
)

// panickingEditor fails as no editor should.
type panickingEditor struct{}

func (panickingEditor) EditAsset(context.Context, int64, catalog.AssetID, catalog.Actor, editing.Edits) (catalog.Asset, error) {
	panic("secret thing")
}

func (panickingEditor) UpdateSchema(context.Context, int64, catalog.SchemaID, catalog.Actor, store.SchemaPatch) error {
	panic("secret thing")
}

func (panickingEditor) ConfirmRemovals(context.Context, int64, catalog.SchemaID, store.By) (int64, error) {
	panic("secret thing")
}

func (panickingEditor) DismissRemovals(context.Context, int64, catalog.SchemaID, store.By) error {
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

// shrinkingBlobs is a store on a disk that fills up as blobs are written.
type shrinkingBlobs struct {
	blob.Store
	free *atomic.Int64
}

func (b shrinkingBlobs) Free(context.Context) (int64, error) { return b.free.Load(), nil }

func (b shrinkingBlobs) Create(ctx context.Context) (blob.Writer, error) {
	w, err := b.Store.Create(ctx)
	return shrinkingWriter{w, b.free}, err
}

type shrinkingWriter struct {
	blob.Writer
	free *atomic.Int64
}

func (w shrinkingWriter) Write(p []byte) (int, error) {
	w.free.Add(-int64(len(p)))
	return w.Writer.Write(p)
}

// The space is that of what is written, not of what arrives: a body that unpacks to more, or whose length is not known,
// is refused before the disk is full.
func TestSpaceForWhatIsWritten(t *testing.T) {
	t.Parallel()
	const free, reserve = 48 << 20, 20 << 20
	random := make([]byte, 256<<10)
	for i := range random {
		random[i] = byte(i * i >> 5)
	}
	for name, packed := range map[string]bool{"packed": true, "chunked": false} {
		t.Run(name, func(t *testing.T) {
			left := &atomic.Int64{}
			left.Store(free)
			s := Start(t, Options{NoWorker: true, Blobs: func(b blob.Store) blob.Store { return shrinkingBlobs{b, left} }})
			key, schema := s.Key(t, access.WriteImports), s.Schema(t, "Analytics Warehouse")
			form := Form(Text("schema_id", schema), File("manifest", "m", bytes.Repeat(random, 200)))
			header := []string{"Content-Type", ContentType}
			if packed {
				form, header = zipped(t, form), append(header, "Content-Encoding", "gzip")
			}
			r := s.Do(t, "POST", "/api/v1/dbt_imports", key, struct{ io.Reader }{bytes.NewReader(form)}, header...)
			if r.Status != 507 || r.At(t, "code") != "insufficient-storage" {
				t.Errorf("%d %s", r.Status, r.Body)
			}
			if left.Load() < reserve {
				t.Errorf("%d bytes were left free", left.Load())
			}
			s.nothingIsLeft(t)
		})
	}
}

// B34: a body that unpacks to more than artifacts may is refused at once, whatever it hides in.
func TestBodyOverTheRatio(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{NoWorker: true})
	key, schema := s.Key(t, access.WriteImports), s.Schema(t, "Analytics Warehouse")
	zeros, small := make([]byte, 16<<20), File("manifest", "m", []byte("{}"))
	whole := Form(Text("schema_id", schema), File("manifest", "m", zeros))
	for name, body := range map[string][]byte{
		"manifest":    zipped(t, whole),
		"run results": zipped(t, Form(Text("schema_id", schema), small, File("run_results", "r", zeros), File("run_results", "r", zeros))),
		"unknown":     zipped(t, Form(Text("schema_id", schema), small, File("other", "o", zeros))),
		"preamble":    zipped(t, bytes.Repeat([]byte("line\r\n"), 4<<20), Form(Text("schema_id", schema), small)),
		"members":     append(zipped(t, whole[:len(whole)/2]), zipped(t, whole[len(whole)/2:])...),
	} {
		r := s.Upload(t, key, body, "Content-Encoding", "gzip")
		if r.Status != 413 || r.At(t, "code") != "artifact-limit" || r.At(t, "limit") != "unpack_ratio" {
			t.Errorf("%s, %d bytes: %d %s", name, len(body), r.Status, r.Body)
		}
		s.nothingIsLeft(t)
	}
}

// A part that is larger than an artifact may be is refused while it arrives.
func TestPartOverTheLimit(t *testing.T) {
	t.Parallel()
	limits := httpserver.DefaultLimits()
	limits.Artifacts.Manifest, limits.Artifacts.Other = 3<<20, 1<<20
	s := Start(t, Options{NoWorker: true, Limits: limits})
	key, schema := s.Key(t, access.WriteImports), s.Schema(t, "Analytics Warehouse")
	large := bytes.Repeat([]byte("{}"), 1<<20)
	if r := s.Upload(t, key, Form(Text("schema_id", schema), File("manifest", "m", large))); r.Status != 202 {
		t.Errorf("within the limit: %d %s", r.Status, r.Body)
	}
	for limit, parts := range map[string][]Part{
		"manifest": {File("manifest", "m", append(bytes.Clone(large), large...))},
		"other":    {File("manifest", "m", []byte("{}")), File("catalog", "c", large)},
	} {
		r := s.Upload(t, key, Form(append([]Part{Text("schema_id", schema)}, parts...)...))
		if r.Status != 413 || r.At(t, "code") != "artifact-limit" || r.At(t, "limit") != limit {
			t.Errorf("%s: %d %s", limit, r.Status, r.Body)
		}
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
	s.nothingIsLeft(t)
}

// nothingIsLeft fails if a file or a row of an upload is there.
func (s *Server) nothingIsLeft(t *testing.T) {
	t.Helper()
	if n, err := s.Blobs.Sweep(t.Context(), -time.Hour); err != nil || n != 0 {
		t.Errorf("%d spooled files are left, %v", n, err)
	}
	err := s.Blobs.List(t.Context(), func(info blob.Info) error { return fmt.Errorf("blob %s is left", info.Hash) })
	if err != nil {
		t.Error(err)
	}
	imports, err := s.Store.Imports(t.Context(), catalog.DefaultWorkspace, store.ImportFilter{}, store.Page{Limit: 1})
	if err != nil || len(imports.Rows) != 0 {
		t.Errorf("%d imports are left, %v", len(imports.Rows), err)
	}
}

// fullDisk has nothing free.
func fullDisk(left *int64) func(blob.Store) blob.Store {
	return func(b blob.Store) blob.Store { return fullBlobs{b, 0, left} }
}
