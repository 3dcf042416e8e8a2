package httpserver

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"

	"github.com/thalweg-data/thalweg/internal/access"
)

// What comes out of a spool is what went in, whatever the sizes, and nothing is left after it.
func TestSpool(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{0, 1, pieceSize - 1, pieceSize, pieceSize + 1, heldPieces * pieceSize, heldPieces*pieceSize + 1, 5*heldPieces*pieceSize + 7} {
		t.Run(strconv.Itoa(size), func(t *testing.T) {
			rm := &room{folder: t.TempDir(), limit: 1 << 30}
			body := make([]byte, size)
			for i := range body {
				body[i] = byte(r.Uint32())
			}
			s := rm.spool()
			for rest := body; len(rest) > 0; {
				n := min(1+r.IntN(3*pieceSize), len(rest))
				if _, err := s.Write(rest[:n]); err != nil {
					t.Fatal(err)
				}
				rest = rest[n:]
			}
			for range 2 {
				var out bytes.Buffer
				n, err := s.WriteTo(&out)
				if err != nil || n != int64(size) || s.size != n || !bytes.Equal(out.Bytes(), body) {
					t.Errorf("%d bytes, %v; the same: %v", n, err, bytes.Equal(out.Bytes(), body))
				}
			}
			if spilled := size > heldPieces*pieceSize; spilled != (s.file != nil) {
				t.Errorf("in a file: %v", s.file != nil)
			}
			if tag := tagOf(s.sum.Sum(nil)); tag != etagOf(body) {
				t.Errorf("tag %s, want %s", tag, etagOf(body))
			}
			s.close()
			s.close()
			if memory, disk := rm.memory.Load(), rm.disk.Load(); memory != 0 || disk != 0 {
				t.Errorf("%d bytes of memory and %d of files still count", memory, disk)
			}
			if left, err := os.ReadDir(rm.folder); err != nil || len(left) > 0 {
				t.Errorf("%v is left, %v", left, err)
			}
		})
	}
}

// Replies of several pieces share the memory for them: where it is used up, smaller ones go to files as well.
func TestSpoolsShareMemory(t *testing.T) {
	rm := &room{folder: t.TempDir(), limit: 1 << 30}
	body := make([]byte, heldPieces*pieceSize)
	for range 2 * heldBytes / len(body) {
		s := rm.spool()
		defer s.close()
		if _, err := s.Write(body); err != nil {
			t.Fatal(err)
		}
	}
	if memory := rm.memory.Load(); memory > heldBytes || memory < heldBytes/2 {
		t.Errorf("%d bytes in memory", memory)
	}
	if rm.disk.Load() == 0 {
		t.Error("nothing is in files")
	}
}

// large serves documents of many rows, of about size bytes.
func large(t *testing.T, limit int64, size int) http.Handler {
	t.Helper()
	s, _ := newTestServer(t, func(c *Config) {
		c.Folder, c.Limits = t.TempDir(), DefaultLimits()
		c.Limits.Replies = limit
	})
	rows := slicesOf(size)
	Register(s, Operation{Method: "GET", Path: "/rows", Scope: access.Public, ID: "rows"}, func(context.Context, access.Principal, *struct{}) (*Body[[]string], error) {
		return Reply(rows), nil
	})
	return serve(t, s)
}

func slicesOf(size int) []string {
	var rows []string
	for n := 0; n < size; n += 1000 {
		rows = append(rows, strings.Repeat(strconv.Itoa(n%10), 997))
	}
	return rows
}

// A large reply has the tag, the length and the encodings of a small one.
func TestLargeReply(t *testing.T) {
	h := large(t, 1<<30, 4<<20)
	want, err := Encode(slicesOf(4 << 20))
	if err != nil {
		t.Fatal(err)
	}
	plain := get(t, h, "GET", "/rows")
	if plain.Code != 200 || plain.Body.String() != string(want) || plain.Header().Get("ETag") != etagOf(want) ||
		plain.Header().Get("Content-Length") != strconv.Itoa(len(want)) {
		t.Errorf("%d, %d bytes, %v", plain.Code, plain.Body.Len(), plain.Header())
	}
	packed := get(t, h, "GET", "/rows", "Accept-Encoding", "gzip")
	if length := strconv.Itoa(packed.Body.Len()); packed.Header().Get("ETag") != "W/"+etagOf(want) || packed.Header().Get("Content-Length") != length {
		t.Errorf("packed: %s bytes, %v", length, packed.Header())
	}
	z, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(z); err != nil || !bytes.Equal(text, want) {
		t.Errorf("unpacked: %d bytes, %v", len(text), err)
	}
	head := get(t, h, "HEAD", "/rows")
	if head.Code != 200 || head.Header().Get("ETag") != etagOf(want) || head.Header().Get("Content-Length") != strconv.Itoa(len(want)) {
		t.Errorf("HEAD: %d %v", head.Code, head.Header())
	}
	if same := get(t, h, "GET", "/rows", "If-None-Match", etagOf(want)); same.Code != 304 || same.Body.Len() != 0 {
		t.Errorf("with its tag: %d", same.Code)
	}
}

// Beyond the limit of all replies in files a reply is 503 with Retry-After; smaller ones are served.
func TestNoRoomForReplies(t *testing.T) {
	full := get(t, large(t, 1<<20, 4<<20), "GET", "/rows")
	if full.Code != 503 || full.Header().Get("Retry-After") == "" || full.Header().Get("ETag") != "" || !strings.Contains(full.Body.String(), "limits.replies") {
		t.Errorf("%d %v %.200s", full.Code, full.Header(), full.Body)
	}
	if small := get(t, large(t, 1<<20, 1<<10), "GET", "/rows"); small.Code != 200 {
		t.Errorf("a small reply: %d", small.Code)
	}
	packed := get(t, large(t, 1<<20, 4<<20), "GET", "/rows", "Accept-Encoding", "gzip")
	if packed.Code != 503 || packed.Header().Get("Content-Encoding") != "" {
		t.Errorf("packed: %d %v", packed.Code, packed.Header())
	}
}

// Twenty clients that take nothing of large replies cost little memory.
func TestSlowReadersInMemory(t *testing.T) {
	const readers, size = 20, 16 << 20
	h := large(t, 1<<30, size)
	heap := func() uint64 {
		runtime.GC()
		runtime.GC() // empties pools
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	stuck, release := make(chan struct{}), make(chan struct{})
	done := make(chan struct{})
	for range readers {
		go func() {
			h.ServeHTTP(&stuckWriter{header: http.Header{}, stuck: stuck, release: release}, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://localhost/rows", nil))
			done <- struct{}{}
		}()
	}
	for range readers {
		<-stuck
	}
	if after := heap(); after > before+heldBytes {
		t.Errorf("%d MB above idle", (after-before)>>20)
	}
	close(release)
	for range readers {
		<-done
	}
}

// stuckWriter is a client that takes nothing until it is released.
type stuckWriter struct {
	header         http.Header
	stuck, release chan struct{}
	began          bool
}

func (w *stuckWriter) Header() http.Header { return w.header }
func (w *stuckWriter) WriteHeader(int)     {}
func (w *stuckWriter) Write(b []byte) (int, error) {
	if !w.began {
		w.began = true
		w.stuck <- struct{}{}
		<-w.release
	}
	return len(b), nil
}
