package observe

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func scrape(t *testing.T, m *Metrics) string {
	t.Helper()
	recorder := httptest.NewRecorder()
	m.Handler().ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), "GET", "/metrics", nil))
	if recorder.Code != 200 {
		t.Fatalf("status %d: %s", recorder.Code, recorder.Body)
	}
	return recorder.Body.String()
}

func wantLines(t *testing.T, text string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("no line %q in\n%s", line, text)
		}
	}
}

func TestMetrics(t *testing.T) {
	m := NewMetrics(Build{Version: "v1.2.3", Revision: "abc", Go: "go1.26.0"})
	m.Request("GET /api/v1/assets/{id}", "GET", 200, 15*time.Millisecond)
	m.Request("GET /api/v1/assets/{id}", "GET", 200, 3*time.Second)
	m.Request("", "BREW", 405, time.Millisecond)
	m.ImportEnded("completed")
	m.Stage("read", 300*time.Millisecond)
	m.Uploaded(1000)
	m.Uploaded(24)
	if err := m.QueueLength(func(context.Context) (int, error) { return 7, nil }); err != nil {
		t.Fatal(err)
	}
	wantLines(t, scrape(t, m),
		`thalweg_http_requests_total{method="GET",route="GET /api/v1/assets/{id}",status="200"} 2`,
		`thalweg_http_requests_total{method="other",route="none",status="405"} 1`,
		`thalweg_http_request_duration_seconds_bucket{method="GET",route="GET /api/v1/assets/{id}",le="0.02"} 1`,
		`thalweg_http_request_duration_seconds_count{method="GET",route="GET /api/v1/assets/{id}"} 2`,
		`thalweg_imports_total{status="completed"} 1`,
		`thalweg_import_stage_seconds_bucket{stage="read",le="0.25"} 0`,
		`thalweg_import_stage_seconds_bucket{stage="read",le="0.5"} 1`,
		`thalweg_uploaded_bytes_total 1024`,
		`thalweg_import_queue_length 7`,
		`thalweg_build_info{go_version="go1.26.0",revision="abc",version="v1.2.3"} 1`,
	)
}

func TestQueueThatCannotBeAskedHidesNothing(t *testing.T) {
	m := NewMetrics(Build{})
	m.ImportEnded("failed")
	if err := m.QueueLength(func(context.Context) (int, error) { return 0, errors.New("store is away") }); err != nil {
		t.Fatal(err)
	}
	text := scrape(t, m)
	wantLines(t, text, `thalweg_imports_total{status="failed"} 1`)
	if strings.Contains(text, "thalweg_import_queue_length ") {
		t.Error("a length is shown that nobody knows")
	}
}

func TestServersDoNotShareMetrics(t *testing.T) {
	one, two := NewMetrics(Build{}), NewMetrics(Build{})
	one.ImportEnded("completed")
	if strings.Contains(scrape(t, two), "thalweg_imports_total{") {
		t.Error("one server's import is counted by another")
	}
}

func TestLoggerJSON(t *testing.T) {
	var out bytes.Buffer
	log := NewLogger(&out, true, slog.LevelInfo, nil)
	log.Debug("not shown")
	log.Info("import ended", slog.String("import_id", "IMP-7"), slog.Int64("duration_ms", 1500))
	var line struct {
		Time       time.Time `json:"time"`
		Msg        string    `json:"msg"`
		ImportID   string    `json:"import_id"`
		DurationMS int       `json:"duration_ms"`
	}
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatalf("%v in %s", err, out.String())
	}
	if line.Msg != "import ended" || line.ImportID != "IMP-7" || line.DurationMS != 1500 || line.Time.Location() != time.UTC {
		t.Errorf("logged %s", out.String())
	}
}

func TestLoggerTextKeepsOneLine(t *testing.T) {
	var out bytes.Buffer
	NewLogger(&out, false, slog.LevelDebug, nil).Debug("odd name", slog.String("name", "a\nb\x1b[31m"))
	if text := out.String(); strings.Count(text, "\n") != 1 || strings.ContainsRune(text, '\x1b') || !strings.Contains(text, `name="a\nb`) {
		t.Errorf("logged %q", text)
	}
}
