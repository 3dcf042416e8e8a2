package blob

import (
	"crypto/sha256"
	"hash"
)

// Summing is a writer that works out the Sum of what is written to it.
type Summing struct {
	hash     hash.Hash
	checksum hash.Hash32
	size     int64
}

// NewSumming returns a Summing of no bytes.
func NewSumming() *Summing { return &Summing{hash: sha256.New(), checksum: NewChecksum()} }

// Write never fails.
func (s *Summing) Write(p []byte) (int, error) {
	s.hash.Write(p)
	s.checksum.Write(p)
	s.size += int64(len(p))
	return len(p), nil
}

// Sum describes the bytes written so far.
func (s *Summing) Sum() Sum {
	return Sum{Hash: Hash(s.hash.Sum(nil)), Size: s.size, Checksum: s.checksum.Sum32()}
}
