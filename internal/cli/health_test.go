package cli

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A server is ready, not ready, something else, or not there: health exits with 0 for the first alone.
func TestHealth(t *testing.T) {
	reply, status := "", http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/readyz" {
			t.Errorf("health asks for %s", r.URL.Path)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, reply)
	}))
	defer server.Close()
	for _, tt := range []struct {
		reply   string
		status  int
		args    []string
		code    int
		printed string
	}{
		{`{"status":"ok","checks":{"store":"ok","blobs":"ok"}}`, 200, []string{"--server", server.URL}, OK, "ok: blobs ok, store ok\n"},
		{`{"status":"degraded","checks":{"bucket":"failing","store":"ok"}}`, 200, []string{"--server", server.URL + "/"}, OK, "degraded: bucket failing, store ok\n"},
		{`{"status":"failing","checks":{"store":"failing"}}`, 503, []string{"--server", server.URL}, Failed, "not ready: store failing"},
		{`<html>`, 200, []string{"--server", server.URL}, Failed, "reply 200 OK of /readyz"},
		{"", 200, []string{"--server", "http://127.0.0.1:1"}, Failed, "no server answers"},
		{"", 200, []string{"--server", "%"}, Usage, "--server"},
		{"", 200, []string{"--data", t.TempDir()}, Failed, "no server answers"},
	} {
		reply, status = tt.reply, tt.status
		var printed bytes.Buffer
		if code := Run(t.Context(), append([]string{"health"}, tt.args...), &printed, &printed); code != tt.code || !strings.Contains(printed.String(), tt.printed) {
			t.Errorf("health %v: %d %s, want %d %s", tt.args, code, &printed, tt.code, tt.printed)
		}
	}
}
