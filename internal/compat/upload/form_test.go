package upload

import (
	"bytes"
	"errors"
	"io"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/blob/fs"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
)

// FuzzForm: whatever comes is a form or a problem of the client's, within the
// limits, and nothing is left of what is refused.
func FuzzForm(f *testing.F) {
	blobs, err := fs.Open(filepath.Join(f.TempDir(), "blobs"), 1, time.Now)
	if err != nil {
		f.Fatal(err)
	}
	good := "--b\r\nContent-Disposition: form-data; name=\"schema_id\"\r\n\r\nSCH-101\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"manifest\"; filename=\"m\"\r\n\r\n{}\r\n--b--\r\n"
	for _, seed := range []string{good, good[:60], "", "--b--\r\n", strings.ReplaceAll(good, "\r\n", "\n"), strings.Replace(good, "manifest", "x", 1)} {
		f.Add([]byte(seed))
	}
	limits := httpserver.DefaultLimits()
	limits.Request = 1 << 16
	f.Fuzz(func(t *testing.T, data []byte) {
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/", bytes.NewReader(data))
		b := newBody(r.Body, limits.Request)
		form := &Form{Limits: limits, Fields: []string{"schema_id"}, OnText: map[string]func(string) error{"schema_id": func(string) error { return nil }}}
		err := form.read(t.Context(), blobs, b, b, "b")
		var problem *httpserver.Problem
		if err != nil && (!errors.As(err, &problem) || problem.Status < 400 || problem.Status > 499) {
			t.Errorf("%q: %v", data, err)
		}
		if b.read > limits.Request+1 {
			t.Errorf("%d bytes read", b.read)
		}
		if len(form.Parts) > limits.Parts {
			t.Errorf("%d parts", len(form.Parts))
		}
		if err := form.Drop(); err != nil {
			t.Error(err)
		}
		if n, err := blobs.Sweep(t.Context(), -time.Hour); n != 0 || err != nil {
			t.Errorf("%d spooled files left, %v", n, err)
		}
	})
}

// A store that does not answer while a form is read is not the form's fault.
func TestStoreFailsWhileAFormIsRead(t *testing.T) {
	text := "--b\r\nContent-Disposition: form-data; name=\"schema_id\"\r\n\r\nSCH-101\r\n--b--\r\n"
	r := httptest.NewRequestWithContext(t.Context(), "POST", "/", strings.NewReader(text))
	b := newBody(r.Body, 1000)
	form := &Form{
		Limits: httpserver.DefaultLimits(), Fields: []string{"schema_id"},
		OnText: map[string]func(string) error{"schema_id": func(string) error { return catalog.ErrUnavailable }},
	}
	err := form.read(t.Context(), nil, b, b, "b")
	var problem *httpserver.Problem
	if !errors.Is(err, catalog.ErrUnavailable) || errors.As(err, &problem) {
		t.Errorf("%v", err)
	}
}

// The body never gives more than its limit and one byte.
func TestBodyIsLimited(t *testing.T) {
	for size, ok := range map[int]bool{0: true, 99: true, 100: true, 101: false, 100000: false} {
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/", bytes.NewReader(make([]byte, size)))
		b := newBody(r.Body, 100)
		n, err := io.Copy(io.Discard, b)
		if (err == nil) != ok || n > 101 {
			t.Errorf("%d bytes: %d read, %v", size, n, err)
		}
	}
}
