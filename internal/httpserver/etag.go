package httpserver

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
)

// etagOf returns the strong tag of a reply's body.
func etagOf(body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:18]) + `"`
}

// Tagged adds ETags to the replies of a handler that sets none, answers 304 to a read if the client already has the
// body and compresses large bodies for clients that accept it. It holds the whole reply in memory: replies of the API
// are pages.
func Tagged(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		held := &heldReply{ResponseWriter: w}
		h.ServeHTTP(held, r)
		held.send(r)
	})
}

type heldReply struct {
	http.ResponseWriter
	body   bytes.Buffer
	status int
}

func (h *heldReply) WriteHeader(status int) {
	if h.status == 0 {
		h.status = status
	}
}

func (h *heldReply) Write(b []byte) (int, error) { return h.body.Write(b) }

func (h *heldReply) send(r *http.Request) {
	w := h.ResponseWriter
	if h.status == 0 {
		h.status = http.StatusOK
	}
	body := h.body.Bytes()
	w.Header().Add("Vary", "Accept-Encoding")
	if h.status == http.StatusOK {
		packs := len(body) >= compressFrom && acceptsGzip(r.Header.Get("Accept-Encoding"))
		tag := w.Header().Get("ETag")
		if tag == "" {
			tag = etagOf(body)
		}
		w.Header().Set("ETag", tag)
		if packs { // the same document by other bytes
			w.Header().Set("ETag", "W/"+tag)
		}
		reads := r.Method == http.MethodGet || r.Method == http.MethodHead
		if reads && matches(r.Header.Get("If-None-Match"), tag) {
			w.Header().Del("Content-Type")
			w.Header().Del("Content-Length")
			w.WriteHeader(http.StatusNotModified)
			return
		}
		if packs {
			w.Header().Set("Content-Encoding", "gzip")
			body = compressed(body)
		}
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(h.status)
	_, _ = w.Write(body) // a client that has gone away is not an error
}

// matches reports whether a condition header names a tag. Weak tags, which proxies make, are accepted for reads.
func matches(header, tag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		part = strings.TrimPrefix(strings.TrimSpace(part), "W/")
		if part == tag || part == "*" {
			return true
		}
	}
	return false
}

// Changed is the reply to a change of a document, with the tag that the next change takes as If-Match.
type Changed[T any] struct {
	ETag string `header:"ETag" doc:"Tag of the changed document, as a GET serves it"`
	Body T
}

// ReplyChanged returns the reply to a change, tagged with the document that a GET serves now.
func ReplyChanged[T any](body T, document any) (*Changed[T], error) {
	b, err := Encode(document)
	if err != nil {
		return nil, err
	}
	return &Changed[T]{ETag: etagOf(b), Body: body}, nil
}

// Precondition checks If-Match against the current document. An empty header always passes.
func Precondition(ifMatch string, document any) error {
	if ifMatch == "" {
		return nil
	}
	body, err := Encode(document)
	if err != nil {
		return err
	}
	if !matches(ifMatch, etagOf(body)) {
		return NewProblem(CodePreconditionFailed, "The document no longer matches If-Match. Read it again, then resend the change.")
	}
	return nil
}
