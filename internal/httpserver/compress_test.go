package httpserver

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
)

func TestAcceptsGzip(t *testing.T) {
	for header, want := range map[string]bool{
		"gzip": true, "": false, "br, GZIP": true, "gzip;q=0": false, "gzip; q=0.5": true, "*": true, "*;q=0": false, "*, gzip;q=0": false,
		"identity": false, "gzip;q=x": false, "x-gzip": true, "gzipped": false,
	} {
		if acceptsGzip(header) != want {
			t.Errorf("acceptsGzip(%q) = %v", header, !want)
		}
	}
}

// A large reply is compressed for who accepts that. Its tag is weak, and finds the document all the same.
func TestCompressedReply(t *testing.T) {
	body := strings.Repeat("a page of a list, ", compressFrom/10)
	h := tagged(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path == "/small" {
			body = body[:compressFrom-1]
		}
		_, _ = io.WriteString(w, body)
	}))
	ask := func(path, encoding, tag string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		r.Header.Set("Accept-Encoding", encoding)
		r.Header.Set("If-None-Match", tag)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	plain, packed := ask("/", "identity", ""), ask("/", "gzip", "")
	unpacked, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(unpacked)
	if err != nil || string(text) != plain.Body.String() {
		t.Errorf("unpacked: %d bytes, %v", len(text), err)
	}
	tag := packed.Header().Get("ETag")
	if tag != "W/"+plain.Header().Get("ETag") || packed.Header().Get("Content-Encoding") != "gzip" || plain.Header().Get("Content-Encoding") != "" ||
		plain.Header().Get("Vary") != "Accept-Encoding" {
		t.Errorf("packed %v, plain %v", packed.Header(), plain.Header())
	}
	if again := ask("/", "gzip", tag); again.Code != http.StatusNotModified || again.Header().Get("Content-Encoding") != "" {
		t.Errorf("with its tag: %d %v", again.Code, again.Header())
	}
	if small := ask("/small", "gzip", ""); small.Header().Get("Content-Encoding") != "" || small.Body.Len() != compressFrom-1 {
		t.Errorf("a small reply: %v", small.Header())
	}
}
