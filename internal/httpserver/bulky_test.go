package httpserver

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/thalweg-data/thalweg/internal/access"
)

// Few bulky requests are worked on at a time; one that waits ends with its client, and a client that does not take its
// reply keeps nobody waiting.
func TestBulkyRequests(t *testing.T) {
	s, _ := newTestServer(t, nil)
	working, release := make(chan struct{}), make(chan struct{})
	Register(s, Operation{Method: "GET", Path: "/bulky", Scope: access.Public, ID: "bulky", Bulky: true}, func(context.Context, access.Principal, *struct{}) (*Body[int], error) {
		working <- struct{}{}
		<-release
		return Reply(1), nil
	})
	h := serve(t, s)
	begin := func(ctx context.Context, w http.ResponseWriter) (done chan struct{}) {
		done = make(chan struct{})
		go func() {
			h.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, "http://localhost/bulky", nil))
			close(done)
		}()
		return done
	}
	untaken := &stuckWriter{header: http.Header{}, stuck: make(chan struct{}), release: make(chan struct{})}
	slow := begin(t.Context(), untaken)
	<-working
	release <- struct{}{}
	<-untaken.stuck // its reply is complete

	var ended []chan struct{}
	for range bulkyAtOnce {
		ended = append(ended, begin(t.Context(), httptest.NewRecorder()))
		<-working
	}
	ctx, leave := context.WithCancel(t.Context())
	waiting := httptest.NewRecorder()
	left := begin(ctx, waiting)
	leave()
	select {
	case <-left:
	case <-working:
		t.Fatal("more bulky requests are worked on than may be")
	}
	if waiting.Code != http.StatusServiceUnavailable {
		t.Errorf("a request whose client left while it waited: %d", waiting.Code)
	}
	for range bulkyAtOnce {
		release <- struct{}{}
	}
	for _, done := range ended {
		<-done
	}
	close(untaken.release)
	<-slow
}
