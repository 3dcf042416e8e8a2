package apitest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/store/sqlite"
)

// FuzzRequest sends what comes, byte by byte, to the whole API on a real store with the demo's project. Whatever it is,
// the server has no fault of its own, does not panic, and replies with what its OpenAPI document describes. A request
// without credentials gets those of an administrator, so that what is behind the key is reached too.
//
// All inputs share one server for requests that read; those that write have a copy of it for each input. A finding
// therefore depends on its input alone.
func FuzzRequest(f *testing.F) {
	target := newRequestTarget(f)
	for _, seed := range requestSeeds(f) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) > 1<<16 {
			t.Skip("SKIPPED: a longer input finds no more and takes the time of many short ones")
		}
		target.send(t, raw)
	})
}

// requestTarget is what FuzzRequest sends to.
type requestTarget struct {
	reader   *exampleServer
	checker  *checker
	database string // a copy of the reader's
}

func newRequestTarget(f *testing.F) *requestTarget {
	f.Helper()
	reader := newExampleServer(f, "")
	folder := f.TempDir()
	if err := reader.Store.Backup(f.Context(), filepath.Join(folder, sqlite.FileName)); err != nil {
		f.Fatal(err)
	}
	return &requestTarget{reader: reader, checker: newChecker(f, reader.handler), database: folder}
}

// writer starts a server on a copy of the reader's state that ends with the test.
func (r *requestTarget) writer(t *testing.T) *Server {
	t.Helper()
	copied := func(t testing.TB, now func() time.Time) *store.Store {
		folder := t.TempDir()
		if err := os.CopyFS(folder, os.DirFS(r.database)); err != nil {
			t.Fatal(err)
		}
		st, err := sqlite.Open(t.Context(), folder, sqlite.Options{Now: now})
		if err != nil {
			t.Fatal(err)
		}
		return Migrated(t, st)
	}
	s := Start(t, Options{Store: copied, Now: r.reader.now})
	if err := os.CopyFS(s.folder, os.DirFS(r.reader.folder)); err != nil {
		t.Fatal(err)
	}
	return s
}

// send serves a connection on which raw arrives, and then its end.
func (r *requestTarget) send(t *testing.T, raw []byte) {
	t.Helper()
	var writer *Server
	handler := http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		defer func() { // net/http would recover it
			if v := recover(); v != nil && v != http.ErrAbortHandler {
				t.Errorf("%s %s: panic: %v", request.Method, request.URL, v)
			}
		}()
		on := r.reader.Server
		if m := request.Method; m != http.MethodGet && m != http.MethodHead && m != http.MethodOptions {
			if writer == nil {
				writer = r.writer(t)
			}
			on = writer
		}
		r.serve(t, on, w, request)
	})
	conn := newScriptedConn(raw)
	server := &http.Server{Handler: handler, MaxHeaderBytes: 1 << 17, ErrorLog: log.New(io.Discard, "", 0)}
	stopped := make(chan error, 1)
	go func() { stopped <- server.Serve(&oneConn{conn: conn, done: conn.closed}) }()
	<-conn.closed
	if err := server.Close(); err != nil {
		t.Error(err)
	}
	if err := <-stopped; !errors.Is(err, io.EOF) && !errors.Is(err, http.ErrServerClosed) {
		t.Error(err)
	}
}

// serve answers one request and checks the reply.
func (r *requestTarget) serve(t *testing.T, on *Server, w http.ResponseWriter, request *http.Request) {
	t.Helper()
	if request.Header.Get("Authorization")+request.Header.Get("X-Api-Key") == "" {
		request.Header.Set("Authorization", "Bearer "+r.reader.key)
	}
	tee := &teeWriter{ResponseWriter: w}
	method, path := request.Method, strings.TrimSuffix(request.URL.EscapedPath(), "/")
	// The end of what arrives is not the client's leaving.
	on.handler.ServeHTTP(tee, request.WithContext(context.WithoutCancel(request.Context())))
	if strings.HasPrefix(path, "/dbt_imports") {
		path = "/api/v1" + path
	}
	if err := r.checker.check(method, path, tee); err != nil {
		t.Errorf("%s %s: reply %d does not fit the OpenAPI document: %v\n%.500s", method, path, tee.status, err, tee.body.String())
	}
	if tee.status >= 500 {
		t.Errorf("%s %s: status %d: %.500s", method, path, tee.status, tee.body.String())
	}
	if lines := on.Log.take(); strings.Contains(lines, `"level":"ERROR"`) || access.LooksLikeKey(lines) {
		t.Errorf("%s %s: the log has a fault or a key: %s", method, path, lines)
	}
}

// take returns the lines of a log and removes them.
func (l *Log) take() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.buf.Reset()
	return l.buf.String()
}

// oneConn is a listener for one connection.
type oneConn struct {
	conn net.Conn
	done chan struct{}
}

// Accept implements [net.Listener].
func (l *oneConn) Accept() (net.Conn, error) {
	if conn := l.conn; conn != nil {
		l.conn = nil
		return conn, nil
	}
	<-l.done
	return nil, io.EOF
}

// Close implements [net.Listener].
func (l *oneConn) Close() error { return nil }

// Addr implements [net.Listener].
func (l *oneConn) Addr() net.Addr { return loopback }

var loopback = &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8080}

// scriptedConn is a connection on which some bytes arrive and what is sent is lost.
type scriptedConn struct {
	in     *bytes.Reader
	once   sync.Once
	closed chan struct{}
}

func newScriptedConn(raw []byte) *scriptedConn {
	return &scriptedConn{in: bytes.NewReader(raw), closed: make(chan struct{})}
}

func (c *scriptedConn) Read(p []byte) (int, error)       { return c.in.Read(p) }
func (c *scriptedConn) Write(p []byte) (int, error)      { return len(p), nil }
func (c *scriptedConn) Close() error                     { c.once.Do(func() { close(c.closed) }); return nil }
func (c *scriptedConn) LocalAddr() net.Addr              { return loopback }
func (c *scriptedConn) RemoteAddr() net.Addr             { return loopback }
func (c *scriptedConn) SetDeadline(time.Time) error      { return nil }
func (c *scriptedConn) SetReadDeadline(time.Time) error  { return nil }
func (c *scriptedConn) SetWriteDeadline(time.Time) error { return nil }

// requestSeeds are the examples of the OpenAPI document, and requests that were answered wrongly once.
func requestSeeds(f *testing.F) [][]byte {
	f.Helper()
	var seeds [][]byte
	for _, op := range samples(f) {
		seeds = append(seeds, rawCall(f, op.call))
	}
	form := "--b\r\nContent-Disposition: form-data; name=\"schema_id\"\r\n\r\nSCH-101\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"manifest\"; filename=\"m\"\r\n\r\n{\"metadata\":{},\"nodes\":{}}\r\n--b--\r\n"
	for _, target := range []string{
		"/api/v1/assets?schema_id=SCH-101&limit=2&sort=-name&breakdown=kind,status,tag&kind=model&q=o&has_description=true",
		"/api/v1/assets?tag=a&owner=b&group=c&status=error&test_status=fail&materialized=view&removed=true&column_tag=x&at=1",
		"/api/v1/assets/model.shop.fct_orders?schema_id=SCH-101&project=PRJ-1&at=2026-11-09T07:00:00Z",
		"/api/v1/assets/TBL-31/columns/order_id/lineage?direction=both&depth=3&limit=10&kinds=value,filter&confidence=low&expressions=true",
		"/api/v1/lineage?schema_id=SCH-101&select=%2Btag:core%2B2,config.materialized:view%20@source:*&depth=2&limit=5&hooks=true",
		"/api/v1/lineage?schema_id=SCH-101&layout=true&fold=2&limit=9", "/api/v1/map?schema_id=SCH-101&by=folder&depth=2&limit=3",
		"/api/v1/lineage?schema_id=SCH-101&select=path:models/**,test_type:unit%20state:modified",
		"/api/v1/impact?asset=TBL-31&column=order_id&rows=5&limit=5&kinds=value&confidence=high",
		"/api/v1/audit?action=key.created&subject=KEY-1&actor=KEY-1&from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z",
		"/api/v1/changes?schema_id=SCH-101&from=1&to=2&limit=3", "/metrics", "/", "/dbt_imports/IMP-1",
	} {
		seeds = append(seeds, []byte("GET "+target+" HTTP/1.1\r\nHost: localhost\r\n\r\n"))
	}
	for _, raw := range []string{
		"POST /api/v1/dbt_imports?wait=5 HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: " +
			fmt.Sprint(len(form)) + "\r\n\r\n" + form,
		"POST /api/v1/dbt_imports HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\nTransfer-Encoding: chunked\r\n\r\n" +
			"5\r\n--b\r\n\r\nzz\r\n",
		"POST /api/v1/dbt_imports HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 999\r\n\r\n" + form,
		"POST /api/v1/dbt_imports HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: \xff\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n" +
			"Content-Type: multipart/form-data; boundary=b\r\n\r\n\x1f",
		"GET /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n",
		"GET /livez HTTP/1.0\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", "HEAD /api/v1/schemas HTTP/1.1\r\nHost: x\r\nIf-None-Match: \"x\", *\r\n\r\n",
		"GET //api/v1/schemas HTTP/1.1\r\nHost: x\r\nAuthorization: Basic eA==\r\n\r\n",
		"GET /api/v1/assets?cursor=%0d%0a&schema_id=SCH-101 HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nX-Request-Id: \x01\r\n\r\n",
		"PATCH /api/v1/assets/TBL-31 HTTP/1.1\r\nHost: x\r\nIf-Match: W/\"1\"\r\nContent-Type: application/json\r\nContent-Length: 22\r\n\r\n{\"description\":\"\\u0000\"}",
		"GET /livez HTTP/1.1\r\nHost: x\r\n\r\nDELETE /api/v1/keys/KEY-99999999999999999999 HTTP/1.1\r\nHost: x\r\nOrigin: http://y\r\n\r\n",
	} {
		seeds = append(seeds, []byte(raw))
	}
	return seeds
}

// rawCall returns an example's command as it is on the wire.
func rawCall(t testing.TB, command string) []byte {
	t.Helper()
	m := callMethod.FindStringSubmatch(command)
	if m == nil {
		t.Fatalf("not a call: %s", command)
	}
	method, media, body := m[1], "", ""
	if method == "" {
		method = http.MethodGet
	}
	if d := callBody.FindStringSubmatch(command); d != nil {
		media, body = "application/json", d[1]
	}
	if parts := callPart.FindAllStringSubmatch(command, -1); parts != nil {
		var form []Part
		for _, part := range parts {
			form = append(form, Text(part[1], strings.Replace(part[2], "@target/manifest.json", `{"metadata":{},"nodes":{}}`, 1)))
		}
		media, body = ContentType, string(Form(form...))
	}
	head := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: localhost\r\n", method, m[2])
	if media != "" {
		head += fmt.Sprintf("Content-Type: %s\r\nContent-Length: %d\r\n", media, len(body))
	}
	return []byte(head + "\r\n" + body)
}
