package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/config"
)

// syncBuffer is a log that a test may read while the server writes it.
type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// start serves a new folder until the test ends and returns its address and what it logs.
func start(t *testing.T, change func(*config.Config)) (a *App, address string, log *syncBuffer) {
	t.Helper()
	cfg := config.Default()
	cfg.Data, cfg.Listen, cfg.ShutdownGrace = folder(t), "127.0.0.1:0", 100*time.Millisecond
	change(&cfg)
	log = &syncBuffer{}
	a, err := Open(t.Context(), cfg, Options{Log: slog.New(slog.NewTextHandler(log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ready, ended := make(chan string, 1), make(chan error, 1)
	listeners := listening(t, cfg)
	go func() { ended <- a.Serve(ctx, listeners, func(at string) { ready <- at }) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("serve: %v", err)
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	select {
	case address = <-ready:
	case err := <-ended:
		ended <- err
		t.Fatalf("the server ended with %v", err)
	}
	return a, address, log
}

func status(t *testing.T, address, path string, header ...string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			req.Host = header[i+1]
		}
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// /metrics asks for a key unless it is configured otherwise; a listener of its own needs none and serves nothing else.
func TestWhoReadsMetrics(t *testing.T) {
	t.Parallel()
	a, address, log := start(t, func(c *config.Config) { c.MetricsListen = "127.0.0.1:0" })
	key, _, err := a.Access.Create(t.Context(), access.System(catalog.DefaultWorkspace), access.NewKey{Name: "prometheus", Scopes: []access.Scope{access.ReadMetrics}})
	if err != nil {
		t.Fatal(err)
	}
	if code, _ := status(t, address, "/metrics"); code != 401 {
		t.Errorf("without a key: %d", code)
	}
	if code, body := status(t, address, "/metrics", "Authorization", "Bearer "+key); code != 200 || !strings.Contains(body, "thalweg_build_info") {
		t.Errorf("with read:metrics: %d", code)
	}
	if code, _ := status(t, address, "/api/v1/schemas", "Authorization", "Bearer "+key); code != 403 {
		t.Errorf("schemas with read:metrics: %d", code)
	}
	_, rest, _ := strings.Cut(log.String(), "metrics are served\" address=")
	monitoring, _, _ := strings.Cut(rest, "\n")
	for path, want := range map[string]int{"/metrics": 200, "/livez": 200, "/readyz": 200, "/api/v1/schemas": 404, "/dbt_imports": 404} {
		if code, _ := status(t, monitoring, path); code != want {
			t.Errorf("%s on the listener for metrics: %d, want %d", path, code, want)
		}
	}
	_, open, _ := start(t, func(c *config.Config) { c.Metrics = config.MetricsOpen })
	if code, _ := status(t, open, "/metrics"); code != 200 {
		t.Errorf("open, without a key: %d", code)
	}
}

// Beyond loopback a server without hosts answers to every name and says so at its start; with hosts, to those alone.
// Health checks are asked for by address.
func TestHostsOfAServer(t *testing.T) {
	t.Parallel()
	const warning = "requests for any host name are answered"
	for _, tt := range []struct {
		listen        string
		hosts         []string
		warned        bool
		named, others int // status for catalog.example, and for another name
	}{
		{"127.0.0.1:0", nil, false, 421, 421},
		{"127.0.0.1:0", []string{"catalog.example"}, false, 200, 421},
		{"0.0.0.0:0", nil, true, 200, 200},
		{"0.0.0.0:0", []string{"catalog.example"}, false, 200, 421},
	} {
		_, address, log := start(t, func(c *config.Config) { c.Listen, c.Hosts = tt.listen, tt.hosts })
		address = "127.0.0.1" + address[strings.LastIndex(address, ":"):]
		if got := strings.Contains(log.String(), warning); got != tt.warned {
			t.Errorf("%s with %v: warned %v", tt.listen, tt.hosts, got)
		}
		for host, want := range map[string]int{"catalog.example": tt.named, "other.example": tt.others, "localhost": 200} {
			if code, _ := status(t, address, "/api/v1/limits", "Host", host); code != want {
				t.Errorf("%s with %v: Host %s gets %d, want %d", tt.listen, tt.hosts, host, code, want)
			}
			if code, _ := status(t, address, "/readyz", "Host", host); code != 200 {
				t.Errorf("%s with %v: /readyz for Host %s gets %d", tt.listen, tt.hosts, host, code)
			}
		}
	}
}

// A process that only runs imports answers health checks and metrics as the API does, and nothing else.
func TestHealthOfAWorker(t *testing.T) {
	t.Parallel()
	_, address, _ := start(t, func(c *config.Config) { c.Role = config.RoleWorker })
	for path, want := range map[string]int{
		"/livez": 200, "/readyz": 200, "/healthcheck": 200, "/healthcheck/": 200, "/api/v1/healthcheck": 200, "/metrics": 401,
		"/api/v1/schemas": 404, "/api/v1/openapi.json": 404,
	} {
		if code, body := status(t, address, path); code != want || path == "/readyz" && !strings.Contains(body, `"blobs":"ok"`) {
			t.Errorf("%s: %d, want %d: %s", path, code, want, body)
		}
	}
}

// Everything that config limits is in the reply to GET /api/v1/limits.
func TestLimitsAreListed(t *testing.T) {
	t.Parallel()
	_, address, _ := start(t, func(c *config.Config) {
		c.Limits = config.Limits{
			Request: 1001, Manifest: 1002, Artifact: 1003, UnpackRatio: 1004, Parts: 1005, Depth: 1006, Name: 1007, Text: 1008,
			Value: 1009, Nodes: 1010, Columns: 1011, Query: 1012, URI: 1013, Headers: 1014, Connections: 1015,
		}
	})
	_, body := status(t, address, "/api/v1/limits")
	for value := 1001; value <= 1015; value++ {
		if !strings.Contains(body, fmt.Sprintf(":%d", value)) {
			t.Errorf("%d is not in %s", value, body)
		}
	}
}
