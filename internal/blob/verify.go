package blob

import (
	"crypto/sha256"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
)

// Verify returns a reader of source that ends in ErrDamaged in place of io.EOF if what was read does not
// have the hash want. Closing it closes source.
func Verify(content io.ReadCloser, want Hash) io.ReadCloser {
	sum := sha256.New()
	return &verifier{content: content, sum: sum, check: func() error {
		if got := Hash(sum.Sum(nil)); got != want {
			return fmt.Errorf("blob %s holds bytes of %s: %w", want, got, ErrDamaged)
		}
		return nil
	}}
}

// VerifyChecksum is Verify by size and checksum instead of the hash, at a tenth of the cost. It finds damage,
// but not bytes that somebody chose in order to deceive it.
func VerifyChecksum(content io.ReadCloser, want Sum) io.ReadCloser {
	sum := NewChecksum()
	v := &verifier{content: content, sum: sum}
	v.check = func() error {
		if v.size != want.Size || sum.Sum32() != want.Checksum {
			return fmt.Errorf("blob %s holds %d other bytes: %w", want.Hash, v.size, ErrDamaged)
		}
		return nil
	}
	return v
}

// NewChecksum returns the hash of [Sum.Checksum].
func NewChecksum() hash.Hash32 { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) }

type verifier struct {
	content io.ReadCloser
	sum     hash.Hash
	size    int64
	check   func() error // of all that was read
}

func (v *verifier) Read(p []byte) (int, error) {
	n, err := v.content.Read(p)
	v.sum.Write(p[:n])
	v.size += int64(n)
	if err == io.EOF {
		if damage := v.check(); damage != nil {
			return n, damage
		}
	}
	return n, err
}

func (v *verifier) Close() error { return v.content.Close() }
