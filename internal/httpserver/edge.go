package httpserver

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"runtime/debug"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/thalweg-data/thalweg/internal/access"
)

// edge is the outermost handler: it gives every request an id, refuses what
// no route should see, and writes one line a request to the log.
type edge struct {
	next         http.Handler
	log          *slog.Logger
	now          func() time.Time
	limits       Limits
	loopbackOnly bool
	hosts        []string
	observe      func(route, method string, status int, took time.Duration)
}

func (e *edge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := &exchange{id: requestID(r.Header.Get("X-Request-Id")), url: r.URL}
	r = r.WithContext(withExchange(r.Context(), x))
	reply := &replyWriter{ResponseWriter: w}
	secure(reply.Header(), x.id)
	began := e.now()
	defer e.end(reply, r, x, began)
	defer e.recover(reply, r)
	if err := e.refuse(r); err != nil {
		WriteProblem(reply, r, err)
		return
	}
	e.next.ServeHTTP(reply, r)
}

// secure sets what every reply carries. There are no CORS headers: a page of
// another origin has no business here.
func secure(h http.Header, id string) {
	h.Set("X-Request-Id", id)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Cache-Control", "private, no-cache")
}

// refuse finds what is wrong with a request whatever its route.
func (e *edge) refuse(r *http.Request) error {
	if !e.hostAllowed(r.Host) {
		return NewProblem(CodeHostNotAllowed, "This server answers to its own names only.")
	}
	if len(r.RequestURI) > e.limits.URI {
		return NewProblem(CodeURITooLong, "The URI is longer than %d bytes.", e.limits.URI).Limited("uri")
	}
	if headerSize(r) > e.limits.Headers {
		return NewProblem(CodeHeadersTooLarge, "The headers are larger than %d bytes.", e.limits.Headers).Limited("headers")
	}
	if !isClean(r.URL) {
		return NotFound()
	}
	if name, ok := oddParameter(r.URL); ok {
		return InvalidParameter(name, "not text in UTF-8 without NUL")
	}
	if hasCredentials(r.URL) {
		return NewProblem(CodeCredentialsInURL, "Send the key in the header 'Authorization: Bearer KEY'; a URL ends up in logs. Revoke the key that was sent.")
	}
	return nil
}

// hostAllowed guards a server on loopback against DNS rebinding: a page of any
// site could otherwise speak to it under a name of its own.
func (e *edge) hostAllowed(host string) bool {
	if !e.loopbackOnly && len(e.hosts) == 0 {
		return true
	}
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.ToLower(strings.TrimSuffix(strings.Trim(name, "[]"), "."))
	if slices.Contains(e.hosts, name) || name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return true
	}
	addr, err := netip.ParseAddr(name)
	return err == nil && addr.Unmap().IsLoopback()
}

func headerSize(r *http.Request) int {
	size := 0
	for name, values := range r.Header {
		for _, v := range values {
			size += len(name) + len(v) + 4
		}
	}
	return size
}

// isClean is false for paths that ServeMux would answer with a redirect, and
// for those that are no text that a store could hold.
func isClean(u *url.URL) bool {
	p := u.EscapedPath()
	if p == "" || p[0] != '/' || !isText(u.Path) {
		return false
	}
	cleaned := path.Clean(p)
	return p == cleaned || p == cleaned+"/"
}

// isText tells text that every store can hold.
func isText(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

// oddParameter finds a parameter that is no text.
func oddParameter(u *url.URL) (name string, found bool) {
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return "query", true
	}
	for name, values := range query {
		if !isText(name) {
			return "query", true
		}
		if slices.ContainsFunc(values, func(v string) bool { return !isText(v) }) {
			return name, true
		}
	}
	return "", false
}

func hasCredentials(u *url.URL) bool {
	for name, values := range u.Query() {
		switch strings.ToLower(name) {
		case "api_key", "apikey", "api-key", "x-api-key", "access_token", "authorization", "token":
			return true
		}
		if slices.ContainsFunc(values, access.LooksLikeKey) {
			return true
		}
	}
	return false
}

// requestID takes a client's own id if it is plain and short.
func requestID(given string) string {
	if given == "" || len(given) > 64 {
		return rand.Text()
	}
	for _, c := range []byte(given) {
		if (c < '0' || c > '9') && ((c|0x20) < 'a' || (c|0x20) > 'z') && c != '-' && c != '_' && c != '.' {
			return rand.Text()
		}
	}
	return given
}

// recover turns a panic into a reply, or closes the connection where the reply
// had begun.
func (e *edge) recover(w *replyWriter, r *http.Request) {
	v := recover()
	if v == nil {
		return
	}
	if v == http.ErrAbortHandler {
		panic(v) //nolint:forbidigo // it is net/http's, on its way
	}
	err := fmt.Errorf("panic: %v\n%s", v, debug.Stack())
	if w.status != 0 {
		NoteFailure(r.Context(), err)
		panic(http.ErrAbortHandler) //nolint:forbidigo // how net/http is told to cut a reply
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
		slog.String("request_id", x.id), slog.String("method", r.Method), slog.String("path", r.URL.Path),
		slog.Int("status", w.status), slog.Float64("duration_ms", float64(took.Microseconds())/1000),
	}
	if x.by != "" {
		attrs = append(attrs, slog.String("by", x.by))
	}
	if x.failure != nil {
		level = slog.LevelError
		attrs = append(attrs, slog.String("error", x.failure.Error()))
	}
	e.log.LogAttrs(r.Context(), level, "request", attrs...)
}

// replyWriter remembers the status of a reply.
type replyWriter struct {
	http.ResponseWriter
	status int
}

func (w *replyWriter) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *replyWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap serves http.ResponseController.
func (w *replyWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
