package buckettest

import (
	"bytes"
	"context"
	"io"
	"testing"

	"github.com/thalweg-data/thalweg/internal/bucket"
)

// Client returns a client of a bucket with small limits, which waits for nothing between attempts.
func Client(b bucket.Bucket) bucket.Client {
	return bucket.Client{
		Bucket: b, Limits: bucket.Limits{Keys: 5000, Pages: 20, Object: 1 << 20}, Attempts: 8,
		Pause: func(ctx context.Context, _ int) error { return ctx.Err() },
	}
}

// List returns what a bucket has below a prefix.
func List(t *testing.T, c bucket.Client, prefix string) ([]bucket.Object, error) {
	t.Helper()
	var out []bucket.Object
	for o, err := range c.Objects(t.Context(), prefix) {
		if err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, nil
}

// Read returns the bytes of an object.
func Read(t *testing.T, c bucket.Client, o bucket.Object) (string, error) {
	t.Helper()
	var got bytes.Buffer
	err := c.Fetch(t.Context(), o, func(r io.Reader) error {
		got.Reset()
		_, err := got.ReadFrom(r)
		return err
	})
	return got.String(), err
}
