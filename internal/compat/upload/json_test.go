package upload

import (
	"bytes"
	"errors"
	"io"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/blob/fs"
	"github.com/thalweg-data/thalweg/internal/httpserver"
)

// FuzzJSON: whatever comes is artifacts or a problem of the client's, and nothing is left of what is refused.
func FuzzJSON(f *testing.F) {
	blobs, err := fs.Open(filepath.Join(f.TempDir(), "blobs"), 1, time.Now)
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{
		`{"integration":"x","manifest":{"a":[1,{"b":"c"}]}}`, `{"manifest":"{}","other":[{}],"run_results":null}`, `{"manifest":{"a":1,"a":2}}`, `{`, ``, `[]`, `{"manifest":"x"}`,
		"{\"manifest\":{\"\xff\":\"\\ud800\"}}",
	} {
		f.Add([]byte(seed))
	}
	limits := httpserver.DefaultLimits()
	limits.Request = 1 << 16
	f.Fuzz(func(t *testing.T, data []byte) {
		b := newBody(bytes.NewReader(data), limits.Request)
		form := &Form{Limits: limits, Fields: []string{"integration"}, OnText: map[string]func(string) error{"integration": func(string) error { return nil }}}
		err := form.readJSON(t.Context(), blobs, b, b)
		var problem *httpserver.Problem
		if err != nil && (!errors.As(err, &problem) || problem.Status < 400 || problem.Status > 499) {
			t.Errorf("%q: %v", data, err)
		}
		if err := form.Drop(); err != nil {
			t.Error(err)
		}
		if n, err := blobs.Sweep(t.Context(), -time.Hour); n != 0 || err != nil {
			t.Errorf("%d spooled files left, %v", n, err)
		}
	})
}

// An artifact that is an object is not held in memory, and its content is that of the object.
func TestJSONIsStreamed(t *testing.T) {
	blobs, err := fs.Open(filepath.Join(t.TempDir(), "blobs"), 1, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	const size = 64 << 20
	node := `{"a":"` + strings.Repeat("x", 1000) + `"},`
	body := io.MultiReader(strings.NewReader(`{"manifest":{"nodes":[`), &repeated{text: node, left: size / len(node)}, strings.NewReader(`{}]}}`))
	limits := httpserver.DefaultLimits()
	b := newBody(body, limits.Request)
	form := &Form{Limits: limits}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	if err := form.readJSON(t.Context(), blobs, b, b); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if len(form.Parts) != 1 || form.Parts[0].writer.Sum().Size < size*99/100 {
		t.Fatalf("%+v", form.Parts)
	}
	if grown := int64(after.HeapSys) - int64(before.HeapSys); grown > size/4 {
		t.Errorf("the heap grew by %d bytes", grown)
	}
	if err := form.Drop(); err != nil {
		t.Error(err)
	}
}

// repeated is a text, many times.
type repeated struct {
	text string
	left int
	rest string
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.rest == "" {
		if r.left == 0 {
			return 0, io.EOF
		}
		r.left--
		r.rest = r.text
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}
