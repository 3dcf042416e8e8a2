package catalog

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Hash is the first 16 bytes of a sha256. The zero hash means "nothing".
type Hash [16]byte

// HashOf hashes bytes.
func HashOf(b []byte) Hash {
	sum := sha256.Sum256(b)
	return Hash(sum[:16])
}

// HashOfText hashes a text; the empty text has the zero hash.
func HashOfText(s string) Hash {
	if s == "" {
		return Hash{}
	}
	return hashed(func(d *digest) { write(d, s) })
}

// IsZero reports whether there is nothing.
func (h Hash) IsZero() bool { return h == Hash{} }

func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText returns 32 hexadecimal digits.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (h *Hash) UnmarshalText(b []byte) error {
	if len(b) != 2*len(h) {
		return fmt.Errorf("hash of %d characters: %w", len(b), ErrInvalid)
	}
	if _, err := hex.Decode(h[:], b); err != nil {
		return fmt.Errorf("hash: %w", ErrInvalid)
	}
	return nil
}
