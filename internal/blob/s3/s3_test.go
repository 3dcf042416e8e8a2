package s3

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"go.uber.org/goleak"

	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/blob/blobtest"
	"github.com/thalweg-data/thalweg/internal/blob/s3/s3test"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, server s3test.Bucket) *Store {
	t.Helper()
	for name, value := range s3test.Environment() {
		t.Setenv(name, value)
	}
	bucket, err := Open(t.Context(), Options{
		Bucket: s3test.Name, Prefix: "/some/where/", Endpoint: server.Endpoint, PathStyle: true, Spool: t.TempDir(), Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = bucket.Close() })
	store, err := bucket.Workspace(1)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// replace changes the bytes of an object behind the store's back.
func replace(t *testing.T, server s3test.Bucket, key string, change func([]byte) []byte) {
	t.Helper()
	out, err := server.Client.GetObject(t.Context(), &sdk.GetObjectInput{Bucket: aws.String(s3test.Name), Key: aws.String(key)})
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(out.Body)
	if err != nil {
		t.Fatal(err)
	}
	_, err = server.Client.PutObject(t.Context(), &sdk.PutObjectInput{
		Bucket: aws.String(s3test.Name), Key: aws.String(key), Body: bytes.NewReader(change(content)), Metadata: out.Metadata,
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestStore(t *testing.T) {
	for name, start := range map[string]func(testing.TB) s3test.Bucket{
		"in process": func(t testing.TB) s3test.Bucket { return s3test.New(t) },
		"versitygw":  s3test.NewProcess,
	} {
		t.Run(name, func(t *testing.T) {
			var server s3test.Bucket
			blobtest.Run(t, blobtest.Fixture{
				Open: func(t *testing.T) blob.Store { server = start(t); return open(t, server) },
				Damage: func(t *testing.T, store blob.Store, hash blob.Hash) {
					replace(t, server, store.(*Store).key(hash), func(b []byte) []byte { b[len(b)/2] ^= 1; return b })
				},
			})
		})
	}
}

// cutter breaks the connection of every answer with a body after some bytes, as long as cuts are left.
type cutter struct {
	next  http.Handler
	after int
	left  atomic.Int64
}

func (c *cutter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet || c.left.Add(-1) < 0 {
		c.next.ServeHTTP(w, r)
		return
	}
	c.next.ServeHTTP(&cutWriter{w, c.after}, r)
}

type cutWriter struct {
	http.ResponseWriter
	left int
}

func (w *cutWriter) Write(p []byte) (int, error) {
	if len(p) <= w.left {
		w.left -= len(p)
		return w.ResponseWriter.Write(p)
	}
	_, _ = w.ResponseWriter.Write(p[:w.left])
	_ = http.NewResponseController(w.ResponseWriter).Flush()
	panic(http.ErrAbortHandler)
}

// A connection that breaks in the middle of a blob is made again where it broke.
func TestReadGoesOnAfterABrokenConnection(t *testing.T) {
	cuts := &cutter{after: 30_000}
	store := open(t, s3test.New(t, func(h http.Handler) http.Handler { cuts.next = h; return cuts }))
	content := bytes.Repeat([]byte("0123456789"), 20_000)
	hash := blobtest.Put(t, store, content)
	cuts.left.Store(5)
	if got, err := blobtest.Get(t, store, hash); err != nil || !bytes.Equal(got, content) {
		t.Errorf("read %d bytes, %v", len(got), err)
	}
	if cuts.left.Load() >= 0 {
		t.Error("no connection was cut")
	}
	cuts.left.Store(1000)
	cuts.after = 0
	if _, err := blobtest.Get(t, store, hash); !errors.Is(err, blob.ErrUnavailable) {
		t.Errorf("without a byte: %v, want %v", err, blob.ErrUnavailable)
	}
}

// An object that was replaced is not read on after a broken connection, whether or not the server knows conditions.
func TestReadIsPinnedToOneObject(t *testing.T) {
	var server s3test.Bucket
	cuts := &cutter{after: 30_000}
	server = s3test.New(t, func(h http.Handler) http.Handler { cuts.next = h; return cuts })
	store := open(t, server)
	hash := blobtest.Put(t, store, bytes.Repeat([]byte("0123456789"), 20_000))
	cuts.left.Store(1)
	r, err := store.Open(t.Context(), hash)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := io.ReadFull(r, make([]byte, 20_000)); err != nil {
		t.Fatal(err)
	}
	replace(t, server, store.key(hash), func(b []byte) []byte { b[150_000]++; return b })
	if _, err := io.Copy(io.Discard, r); !errors.Is(err, blob.ErrUnavailable) || errors.Is(err, blob.ErrDamaged) {
		t.Errorf("read of a replaced object: %v, want %v", err, blob.ErrUnavailable)
	}
}

// flaky refuses every third request as an overloaded bucket does.
type flaky struct {
	next  http.Handler
	n     atomic.Int64
	parts atomic.Int64 // that arrived
}

func (f *flaky) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if f.n.Add(1)%3 == 0 {
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = io.WriteString(w, `<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>`)
		return
	}
	if r.URL.Query().Has("partNumber") {
		f.parts.Add(1)
	}
	f.next.ServeHTTP(w, r)
}

// A large blob goes in parts; requests that are refused are made again.
func TestLargeBlobThroughAFlakyBucket(t *testing.T) {
	f := &flaky{}
	store := open(t, s3test.New(t, func(h http.Handler) http.Handler { f.next = h; return f }))
	content := bytes.Repeat([]byte("0123456789abcdef"), (2*partSize+partSize/2)/16)
	hash := blobtest.Put(t, store, content)
	if got, err := blobtest.Get(t, store, hash); err != nil || !bytes.Equal(got, content) {
		t.Errorf("read %d bytes, %v", len(got), err)
	}
	if n := f.parts.Load(); n != 3 {
		t.Errorf("%d parts, want 3", n)
	}
}

// What an upload by parts left behind is swept once it is old.
func TestSweepEndsUnfinishedUploads(t *testing.T) {
	server := s3test.New(t)
	store := open(t, server)
	begin := func(key string) {
		in := &sdk.CreateMultipartUploadInput{Bucket: aws.String(s3test.Name), Key: aws.String(key)}
		if _, err := server.Client.CreateMultipartUpload(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
	begin(store.key(blob.Hash{1}))
	begin("of/somebody/else")
	if n, err := store.Sweep(t.Context(), time.Hour); n != 0 || err != nil {
		t.Errorf("Sweep = %d, %v, want 0: it is young", n, err)
	}
	if n, err := store.Sweep(t.Context(), -time.Hour); n != 1 || err != nil {
		t.Errorf("Sweep = %d, %v, want 1", n, err)
	}
	left, err := server.Client.ListMultipartUploads(t.Context(), &sdk.ListMultipartUploadsInput{Bucket: aws.String(s3test.Name)})
	if err != nil || len(left.Uploads) != 1 {
		t.Errorf("%d uploads left, %v, want that of somebody else", len(left.Uploads), err)
	}
}

// A bucket that does not answer is unavailable within the time of a probe, and available again by itself.
func TestProbe(t *testing.T) {
	var away atomic.Bool
	server := s3test.New(t, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if away.Load() {
				panic(http.ErrAbortHandler)
			}
			h.ServeHTTP(w, r)
		})
	})
	store := open(t, server)
	now := time.Now()
	store.bucket.now = func() time.Time { return now }
	probe := func(want error) {
		t.Helper()
		if err := store.Probe(t.Context()); !errors.Is(err, want) {
			t.Errorf("Probe: %v, want %v", err, want)
		}
	}
	probe(nil)
	away.Store(true)
	probe(nil) // what was found out a moment ago
	now = now.Add(time.Minute)
	probe(blob.ErrUnavailable)
	now = now.Add(time.Second)
	probe(blob.ErrUnavailable)
	away.Store(false)
	probe(nil)
}

// All readers of a blob at offsets share one copy, which is gone after the last of them.
func TestOneCopyForAllReaders(t *testing.T) {
	var gets atomic.Int64
	store := open(t, s3test.New(t, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet && strings.Contains(r.URL.Path, "/sha256/") {
				gets.Add(1)
			}
			h.ServeHTTP(w, r)
		})
	}))
	hash := blobtest.Put(t, store, []byte("some text"))
	var readers []blob.ReaderAtCloser
	for range 3 {
		r, err := store.OpenAt(t.Context(), hash)
		if err != nil {
			t.Fatal(err)
		}
		readers = append(readers, r)
	}
	if n := gets.Load(); n != 1 {
		t.Errorf("%d requests for three readers, want 1", n)
	}
	for _, r := range readers {
		if err := errors.Join(r.Close(), r.Close()); err != nil {
			t.Error(err)
		}
	}
	if n, err := store.Sweep(t.Context(), -time.Hour); n != 0 || err != nil {
		t.Errorf("Sweep = %d, %v: a copy was left", n, err)
	}
}

// The id of an empty place is "".
func TestIdentity(t *testing.T) {
	store := open(t, s3test.New(t))
	want := func(want string) {
		t.Helper()
		if id, err := store.bucket.Identity(t.Context()); id != want || err != nil {
			t.Errorf("Identity = %q, %v, want %q", id, err, want)
		}
	}
	want("")
	if err := store.bucket.SetIdentity(t.Context(), "an id"); err != nil {
		t.Fatal(err)
	}
	want("an id")
	for range 2 {
		if err := store.bucket.RemoveIdentity(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	want("")
}

// Errors name the bucket and the reason, not the credentials.
func TestErrorsAreWithoutSecrets(t *testing.T) {
	server := s3test.New(t)
	store := open(t, server)
	store.bucket.name = "missing"
	_, err := store.bucket.Identity(t.Context())
	if !errors.Is(err, blob.ErrUnavailable) || !strings.Contains(err.Error(), "s3://missing/some/where") || !strings.Contains(err.Error(), "NoSuchBucket") {
		t.Errorf("a bucket that does not exist: %v", err)
	}
	for name, value := range s3test.Environment() {
		if strings.HasSuffix(name, "KEY") && strings.Contains(err.Error(), value) {
			t.Errorf("%s is in %v", name, err)
		}
	}
}
