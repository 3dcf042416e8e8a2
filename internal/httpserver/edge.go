package httpserver

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/thalweg-data/thalweg/internal/access"
)

// edge is the outermost handler: it assigns request ids, refuses requests that are invalid for every route, recovers
// panics and writes one line per request to the log.
type edge struct {
	next    http.Handler
	log     *slog.Logger
	now     func() time.Time
	limits  Limits
	hosts   hostRule
	proxies proxies
	mounts  mounts
	observe func(route, method string, status int, took time.Duration)
	window  time.Duration // see Config.SlowWindow
	room    *room
}

func (e *edge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := &exchange{
		id: requestID(r.Header.Get("X-Request-Id")), url: r.URL, header: r.Header, accept: strings.Join(r.Header.Values("Accept"), ","), client: e.proxies.client(r), policy: e.mounts.of(r.URL.Path), room: e.room,
	}
	conn := connOf(r.Context())
	x.crowded = !conn.serve(x.client) || conn.beyondLimit()
	r = r.WithContext(withExchange(r.Context(), x))
	reply := newReplyWriter(w, e.window)
	if x.body = newBody(reply.control, r, e.window); x.body != nil {
		r.Body = x.body
		defer x.body.unread()
	}
	defer reply.extend() // net/http sends the rest
	x.policy.secure(reply.Header(), x.id)
	began := e.now()
	defer e.end(reply, r, x, began)
	defer e.recover(reply, r)
	if x.crowded {
		reply.Header().Set("Connection", "close")
	}
	if err := e.refuse(r); err != nil {
		WriteProblem(reply, r, err)
		return
	}
	e.next.ServeHTTP(reply, r)
}

// requestID returns the client's own id if it is short and plain, else a new one.
func requestID(given string) string {
	if given == "" || len(given) > 64 || access.LooksLikeKey(given) {
		return rand.Text()
	}
	for _, c := range []byte(given) {
		if (c < '0' || c > '9') && ((c|0x20) < 'a' || (c|0x20) > 'z') && c != '-' && c != '_' && c != '.' {
			return rand.Text()
		}
	}
	return given
}

// recover turns a panic into a reply, or closes the connection if the reply has begun.
func (e *edge) recover(w *replyWriter, r *http.Request) {
	v := recover()
	if v == nil {
		return
	}
	if v == http.ErrAbortHandler {
		panic(v) //nolint:forbidigo // net/http handles it
	}
	err := fmt.Errorf("panic: %v\n%s", v, debug.Stack())
	if w.status != 0 {
		NoteFailure(r.Context(), err)
		panic(http.ErrAbortHandler) //nolint:forbidigo // aborts the reply
	}
	WriteProblem(w, r, err)
}

func (e *edge) end(w *replyWriter, r *http.Request, x *exchange, began time.Time) {
	took := e.now().Sub(began)
	if e.observe != nil {
		e.observe(x.route, r.Method, w.status, took)
	}
	level := slog.LevelInfo
	attrs := []slog.Attr{
		slog.String("request_id", x.id), slog.String("method", access.Redact(r.Method)), slog.String("path", access.Redact(r.URL.Path)),
		slog.Int("status", w.status), slog.Float64("duration_ms", float64(took.Microseconds())/1000),
	}
	if x.client.IsValid() {
		attrs = append(attrs, slog.String("client", x.client.String()))
	}
	if x.by != "" {
		attrs = append(attrs, slog.String("by", x.by))
	}
	if x.key != "" {
		attrs = append(attrs, slog.String("key_id", x.key))
	}
	if x.refusal != nil {
		attrs = append(attrs, slog.String("refused", x.refusal.Error()))
	}
	if x.failure != nil {
		level = slog.LevelError
		attrs = append(attrs, slog.String("error", access.Redact(x.failure.Error())))
	}
	e.log.LogAttrs(r.Context(), level, "request", attrs...)
}
