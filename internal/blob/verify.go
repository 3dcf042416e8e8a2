package blob

import (
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
)

// Verify returns a reader of source that ends in ErrDamaged in place of io.EOF if what was read does not
// have the hash want. Closing it closes source.
func Verify(source io.ReadCloser, want Hash) io.ReadCloser {
	return &verifier{source: source, want: want, sum: sha256.New()}
}

type verifier struct {
	source io.ReadCloser
	want   Hash
	sum    hash.Hash
}

func (v *verifier) Read(p []byte) (int, error) {
	n, err := v.source.Read(p)
	v.sum.Write(p[:n])
	if err == io.EOF {
		if got := Hash(v.sum.Sum(nil)); got != v.want {
			return n, fmt.Errorf("blob %s holds bytes of %s: %w", v.want, got, ErrDamaged)
		}
	}
	return n, err
}

func (v *verifier) Close() error { return v.source.Close() }
