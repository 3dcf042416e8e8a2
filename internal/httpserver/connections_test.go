package httpserver

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/access"
)

// listen serves a handler on loopback, with at most limit connections (0: any), and returns the address.
func listen(t *testing.T, h http.Handler, limit int) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	if limit > 0 {
		l = NewConnections(2*limit, nil).Limit(server, l) // one address has half of them
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close(); <-ended })
	return address
}

// dial opens a connection that ends with the test, and sends text.
func dial(t *testing.T, address, text string) net.Conn {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	return conn
}

// replyOn reads a reply.
func replyOn(t *testing.T, conn net.Conn) (status int, body string) {
	t.Helper()
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(text)
}

// closed fails unless the server ends a connection, after a reply or without one.
func closed(t *testing.T, what string, conn net.Conn) {
	t.Helper()
	if _, err := io.Copy(io.Discard, conn); err != nil && !strings.Contains(err.Error(), "reset") {
		t.Errorf("%s: the connection stays open: %v", what, err)
	}
}

const getLive = "GET /livez HTTP/1.1\r\nHost: localhost\r\n"

// A body that does not come keeps no connection: not where no handler reads it, whatever the reply, and not where one
// does.
func TestBodyThatDoesNotCome(t *testing.T) {
	s, _ := newTestServer(t, func(c *Config) { c.SlowWindow = 500 * time.Millisecond })
	s.Health()
	s.Handle(Route{Method: "POST", Path: "/read", Scope: access.Public, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			WriteProblem(w, r, err)
		}
	})})
	Register(s, Operation{Method: "POST", Path: "/json", Scope: access.Public, ID: "json"}, func(context.Context, access.Principal, *struct{ Body struct{} }) (*Body[int], error) {
		return Reply(1), nil
	})
	address := listen(t, serve(t, s), 0)
	for name, request := range map[string]struct {
		text   string
		status int
	}{
		"health":            {getLive + "Content-Length: 10\r\n\r\n", 200},
		"chunked":           {getLive + "Transfer-Encoding: chunked\r\n\r\n", 200},
		"half a chunk":      {getLive + "Transfer-Encoding: chunked\r\n\r\n5\r\nab", 200},
		"large":             {getLive + "Content-Length: 1000000000\r\n\r\n", 200},
		"expected":          {getLive + "Content-Length: 10\r\nExpect: 100-continue\r\n\r\n", 200},
		"refused":           {"GET /api/v1/nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n", 404},
		"method":            {"PUT /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n", 405},
		"read":              {"POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc", 408},
		"read, no chunk":    {"POST /read HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n", 408},
		"malformed chunk":   {"POST /read HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400},
		"JSON":              {"POST /json HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{", 408},
		"malformed in JSON": {"POST /json HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn := dial(t, address, request.text)
			if status, body := replyOn(t, conn); status != request.status {
				t.Errorf("%d %s, want %d", status, body, request.status)
			}
			closed(t, name, conn)
		})
	}
}

// A handler that takes longer than a window after the body has come goes on, and so does the connection.
func TestHandlerLongerThanTheWindow(t *testing.T) {
	const window = 300 * time.Millisecond
	s, _ := newTestServer(t, func(c *Config) { c.SlowWindow = window })
	slow := func(ctx context.Context) error {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(window + window/2):
			return nil
		}
	}
	Register(s, Operation{Method: "POST", Path: "/json", Scope: access.Public, ID: "json"}, func(ctx context.Context, _ access.Principal, _ *struct{ Body struct{} }) (*Body[int], error) {
		return Reply(1), slow(ctx)
	})
	address := listen(t, serve(t, s), 0)
	conn := dial(t, address, "")
	for range 2 {
		if _, err := fmt.Fprint(conn, "POST /json HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"); err != nil {
			t.Fatal(err)
		}
		if status, body := replyOn(t, conn); status != 200 {
			t.Errorf("%d %s", status, body)
		}
	}
}

// A client that takes nothing of a reply is given up; one that takes it slowly gets all of it.
func TestClientThatDoesNotRead(t *testing.T) {
	const size = 64 << 20
	s, _ := newTestServer(t, func(c *Config) { c.SlowWindow = time.Second })
	given := make(chan error, 1)
	s.Handle(Route{Method: "GET", Path: "/large", Scope: access.Public, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, err := w.Write(make([]byte, size))
		given <- err
	})})
	address := listen(t, serve(t, s), 0)
	const request = "GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n"
	dial(t, address, request)
	if err := <-given; err == nil {
		t.Error("a reply that nobody reads was written to its end")
	}
	conn := dial(t, address, request)
	piece := make([]byte, 8<<20)
	for n := 0; n < size; n += len(piece) { // the whole takes longer than a window
		time.Sleep(200 * time.Millisecond)
		if _, err := io.ReadFull(conn, piece); err != nil {
			t.Fatalf("after %d bytes: %v", n, err)
		}
	}
	if err := <-given; err != nil {
		t.Error(err)
	}
}

// With every connection taken, the one that has waited longest makes room; where all are at work, health checks are
// still answered.
func TestConnectionsAreLimited(t *testing.T) {
	const limit = 4
	s, _ := newTestServer(t, nil)
	s.Health()
	release := make(chan struct{})
	working := make(chan struct{})
	s.Handle(Route{Method: "GET", Path: "/work", Scope: access.Public, Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		working <- struct{}{}
		<-release
	})})
	defer func() { close(release) }()
	address := listen(t, serve(t, s), limit)

	var silent []net.Conn
	for range 3 * limit {
		silent = append(silent, dial(t, address, "GET /livez HTTP/1.1\r\nHost: loc"))
	}
	live := dial(t, address, getLive+"Connection: close\r\n\r\n")
	if status, _ := replyOn(t, live); status != 200 {
		t.Errorf("among clients that send nothing: %d", status)
	}
	closed(t, "after its only request", live) // its place is free
	for _, conn := range silent[:2*limit] {
		closed(t, "the longest silent ones", conn)
	}
	for range limit {
		dial(t, address, "GET /work HTTP/1.1\r\nHost: localhost\r\n\r\n")
		select {
		case <-working:
		case <-time.After(20 * time.Second):
			t.Fatal("a request takes no place of a silent connection")
		}
	}
	for range 2 * reserved {
		silent = append(silent, dial(t, address, ""))
	}
	for range 3 {
		conn := dial(t, address, getLive+"\r\n")
		if status, _ := replyOn(t, conn); status != 200 {
			t.Errorf("a health check with all connections at work: %d", status)
		}
		closed(t, "after a health check", conn)
	}
	conn := dial(t, address, "GET /work HTTP/1.1\r\nHost: localhost\r\n\r\n")
	if status, body := replyOn(t, conn); status != 503 || !strings.Contains(body, "not-ready") {
		t.Errorf("another request: %d %s", status, body)
	}
}

// A connection that ends gives its place back, however it ends.
func TestPlacesAreGivenBack(t *testing.T) {
	s, _ := newTestServer(t, nil)
	s.Health()
	h := serve(t, s)
	limited := NewConnections(4, nil)
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	server := &http.Server{Handler: h, ReadHeaderTimeout: time.Second}
	l = limited.Limit(server, l)
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	for i := range 20 {
		conn := dial(t, address, getLive+"\r\n")
		if status, _ := replyOn(t, conn); status != 200 {
			t.Errorf("request %d: %d", i, status)
		}
		if i%2 == 0 {
			_ = conn.Close()
		}
	}
	_ = server.Close()
	<-done
	deadline := time.Now().Add(10 * time.Second)
	for open := -1; open != 0 && time.Now().Before(deadline); {
		limited.mu.Lock()
		open = limited.open + limited.waiting.Len() + limited.reserve.Len()
		limited.mu.Unlock()
		if open == 0 {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Error("closed connections still count")
}
