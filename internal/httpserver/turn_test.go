package httpserver

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/turn"
)

// onWrite calls a function when the first byte is sent.
type onWrite struct {
	*httptest.ResponseRecorder
	sent func()
}

func (w *onWrite) Write(b []byte) (int, error) {
	if w.sent != nil {
		w.sent()
		w.sent = nil
	}
	return w.ResponseRecorder.Write(b)
}

// A client that takes its reply slowly keeps nobody from a turn, however long the reply was to make.
func TestTurnEndsBeforeTheReply(t *testing.T) {
	turns := turn.NewQueue(1)
	h := inTurn(turns, tagged(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := turn.Take(r.Context(), turn.Long); err != nil {
			t.Error(err)
		}
		_, _ = w.Write(make([]byte, 1<<20))
	})))
	asked := false
	w := &onWrite{httptest.NewRecorder(), func() {
		asked = true
		other, account := turns.Open(t.Context(), "another")
		defer account.End()
		if err := turn.Take(other, turn.Long); err != nil {
			t.Error(err)
		}
	}}
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/x", nil))
	if !asked || w.Code != http.StatusOK {
		t.Errorf("asked %v, status %d", asked, w.Code)
	}
}

// A read that computes too much, or replies with too much, is refused with the reason.
func TestCostlyReads(t *testing.T) {
	s, _ := newTestServer(t, nil)
	Register(s, Operation{Method: "GET", Path: "/api/v1/walk", ID: "walk", Scope: access.ReadCatalog}, func(ctx context.Context, _ access.Principal, _ *struct{}) (*Body[int], error) {
		return Reply(1), turn.Take(ctx, turn.Most+1)
	})
	Register(s, Operation{Method: "GET", Path: "/api/v1/large", ID: "large", Scope: access.ReadCatalog}, func(context.Context, access.Principal, *struct{}) (*Body[string], error) {
		return Reply(strings.Repeat("x", bytesPerStep*(turn.Most+2))), nil
	})
	h := serve(t, s)
	for _, path := range []string{"/api/v1/walk", "/api/v1/large"} {
		w := get(t, h, "GET", path, "Authorization", "Bearer reader")
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `"query-too-complex"`) {
			t.Errorf("%s: %d %.200s", path, w.Code, w.Body)
		}
	}
}
