package httpserver

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/thalweg-data/thalweg/internal/turn"
)

// etagOf returns the strong tag of a reply's body.
func etagOf(body []byte) string {
	sum := sha256.Sum256(body)
	return tagOf(sum[:])
}

// tagOf returns the strong tag of a body by its SHA-256.
func tagOf(sum []byte) string { return `"` + base64.RawURLEncoding.EncodeToString(sum[:18]) + `"` }

// tagged adds ETags to the replies of a handler that sets none, answers 304 to a read if the client already has the
// body and compresses large bodies for clients that accept it. It holds the reply until it is complete, a large one in
// a file.
func tagged(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		held := &heldReply{ResponseWriter: w, ctx: r.Context(), body: exchangeOf(r.Context()).room.spool()}
		defer held.body.close()
		h.ServeHTTP(held, r)
		held.send(r)
	})
}

type heldReply struct {
	http.ResponseWriter
	ctx    context.Context //nolint:containedctx // the request's
	body   *spool
	status int
	err    error // why the body is not complete
}

func (h *heldReply) WriteHeader(status int) {
	if h.status == 0 {
		h.status = status
	}
}

// bytesPerStep is about how many bytes of a reply are made in a step of package turn.
const bytesPerStep = 3

func (h *heldReply) Write(b []byte) (n int, err error) {
	if h.err == nil {
		h.err = turn.Take(h.ctx, len(b)/bytesPerStep)
	}
	if h.err == nil {
		n, h.err = h.body.Write(b)
	}
	return n, h.err
}

// send sends the reply.
func (h *heldReply) send(r *http.Request) {
	body := h.body
	if h.status == 0 {
		h.status = http.StatusOK
	}
	header := h.Header()
	header.Add("Vary", "Accept-Encoding")
	if h.status == http.StatusOK && h.err == nil {
		packs := body.size >= compressFrom && acceptsGzip(r.Header.Get("Accept-Encoding"))
		if h.tag(r, packs) {
			header.Del("Content-Type")
			header.Del("Content-Length")
			h.ResponseWriter.WriteHeader(http.StatusNotModified)
			return
		}
		if packs {
			body = body.room.spool()
			defer body.close()
			header.Set("Content-Encoding", "gzip")
			h.err = compress(body, h.body)
			h.body.close()
		}
	}
	turn.Of(h.ctx).End()
	if h.err != nil {
		h.refuse(r)
		return
	}
	header.Set("Content-Length", strconv.FormatInt(body.size, 10))
	h.ResponseWriter.WriteHeader(h.status)
	if r.Method != http.MethodHead {
		_, _ = body.WriteTo(h.ResponseWriter) // a client that has gone away is not an error
	}
}

// tag sets the ETag and reports whether the client has the document already.
func (h *heldReply) tag(r *http.Request, packs bool) bool {
	tag := h.Header().Get("ETag")
	if tag == "" {
		tag = tagOf(h.body.sum.Sum(nil))
	}
	h.Header().Set("ETag", tag)
	if packs { // the same document by other bytes
		h.Header().Set("ETag", "W/"+tag)
	}
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	return reads && matches(r.Header.Get("If-None-Match"), tag)
}

// refuse answers why there is no reply: there is no room for it, or it was too costly to make.
func (h *heldReply) refuse(r *http.Request) {
	for _, name := range []string{"ETag", "Content-Encoding", "Content-Length"} {
		h.Header().Del(name)
	}
	WriteProblem(h.ResponseWriter, r, h.err)
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

// HasTag reports whether an If-None-Match header names a tag: the client has the document.
func HasTag(ifNoneMatch, tag string) bool { return ifNoneMatch != "" && matches(ifNoneMatch, tag) }

// describeTags adds to the description of a read its ETag, and the condition and reply that save sending it again.
func describeTags(op *huma.Operation) {
	ok := op.Responses["200"]
	if op.Metadata[taggedKey] == nil || ok == nil {
		return
	}
	text := &huma.Schema{Type: huma.TypeString}
	described := *ok
	described.Headers = maps.Clone(ok.Headers)
	if described.Headers == nil {
		described.Headers = map[string]*huma.Param{}
	}
	described.Headers["ETag"] = &huma.Param{Description: "Tag of the document, for If-None-Match and for If-Match of a change", Schema: text}
	op.Responses["200"] = &described
	op.Responses["304"] = &huma.Response{Description: "The client has the document already"}
	if !slices.ContainsFunc(op.Parameters, func(p *huma.Param) bool { return p.Name == "If-None-Match" }) {
		op.Parameters = append(op.Parameters, &huma.Param{
			Name: "If-None-Match", In: "header", Schema: text,
			Description: "ETags of documents that the client has: if the document still has one of them, the reply is 304 without a body.",
		})
	}
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
