package apitest

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/httpserver"
)

// A key has so many requests and uploads a minute, and learns from the headers how many are left.
func TestRateLimits(t *testing.T) {
	var seconds atomic.Int64
	start := time.Date(2026, time.November, 20, 12, 0, 0, 0, time.UTC)
	limits := httpserver.DefaultLimits()
	limits.Requests, limits.Uploads = 5, 2
	s := Start(t, Options{NoWorker: true, Limits: limits, Now: func() time.Time { return start.Add(time.Duration(seconds.Load()) * time.Second) }})
	key, other := s.Key(t, access.AdminWorkspace), s.Key(t, access.AdminWorkspace)
	headers := func(r Reply) string {
		return r.Header.Get("RateLimit-Policy") + " " + r.Header.Get("RateLimit") + " " + r.Header.Get("Retry-After")
	}
	get := func() Reply { return s.Get(t, "/api/v1/schemas", key) }
	if r := get(); r.Status != http.StatusOK || headers(r) != `"requests";q=5;w=60 "requests";r=4;t=60 ` {
		t.Errorf("the first: %d %s", r.Status, headers(r))
	}
	seconds.Store(20)
	for range 4 {
		get()
	}
	r := get()
	if r.Status != http.StatusTooManyRequests || headers(r) != `"requests";q=5;w=60 "requests";r=0;t=40 40` || r.At(t, "limit") != "requests" ||
		r.At(t, "type") != "https://iana.org/assignments/http-problem-types#quota-exceeded" {
		t.Errorf("the sixth: %d %s %s", r.Status, headers(r), r.Body)
	}
	if r := s.Get(t, "/api/v1/schemas", other); r.Status != http.StatusOK {
		t.Errorf("another key: %d", r.Status)
	}
	if r := s.Get(t, "/livez", ""); r.Status != http.StatusOK || headers(r) != "  " {
		t.Errorf("health: %d %s", r.Status, headers(r))
	}
	seconds.Store(60)
	if r := get(); r.Status != http.StatusOK || headers(r) != `"requests";q=5;w=60 "requests";r=4;t=60 ` {
		t.Errorf("a minute later: %d %s", r.Status, headers(r))
	}
	upload := func() Reply {
		return s.Upload(t, key, Form(Text("schema_id", "SCH-999"), File("manifest", "manifest.json", beforeManifest)))
	}
	upload()
	if r := upload(); r.Header.Values("RateLimit")[1] != `"uploads";r=0;t=60` {
		t.Errorf("the second upload: %v", r.Header.Values("RateLimit"))
	}
	if r := upload(); r.Status != http.StatusTooManyRequests || r.At(t, "limit") != "uploads" {
		t.Errorf("the third upload: %d %s", r.Status, r.Body)
	}
	seconds.Store(0) // a clock that was set back locks out nobody
	if r := get(); r.Status != http.StatusOK {
		t.Errorf("the clock was set back: %d %s", r.Status, r.Body)
	}
	if r := s.Get(t, "/api/v1/limits", ""); r.At(t, "data.requests") != 5.0 || r.At(t, "data.uploads") != 2.0 || r.At(t, "data.streams") != 20.0 {
		t.Errorf("limits: %s", r.Body)
	}
}

// Without limits nothing is counted and no header is sent. An address with too many bad keys gets the headers, too.
func TestNoRateLimits(t *testing.T) {
	s := Start(t, Options{NoWorker: true, AuthFailures: 2})
	if r := s.Get(t, "/api/v1/schemas", s.Key(t, access.ReadCatalog)); r.Header.Get("RateLimit") != "" || r.Header.Get("RateLimit-Policy") != "" {
		t.Errorf("headers without a limit: %v", r.Header)
	}
	for range 2 {
		s.Get(t, "/api/v1/schemas", "nonsense")
	}
	r := s.Get(t, "/api/v1/schemas", "nonsense")
	if r.Status != http.StatusTooManyRequests || r.Header.Get("RateLimit-Policy") != `"auth_failures";q=2;w=900` || r.Header.Get("RateLimit") != `"auth_failures";r=0;t=`+r.Header.Get("Retry-After") {
		t.Errorf("bad keys: %d %v", r.Status, r.Header)
	}
}
