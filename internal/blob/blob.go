// Package blob keeps artifacts by the sha256 of their content. Writing hashes while it streams, reading checks
// the hash again, or a checksum that costs a tenth as much, so damage on disk is reported and never parsed. The
// package does not know what the bytes mean; who may read them is decided by its callers.
package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"
)

var (
	// ErrNotFound means that no blob has that hash.
	ErrNotFound = errors.New("blob not found")
	// ErrDamaged means that stored bytes no longer have the hash they are named by.
	ErrDamaged = errors.New("stored artifact is damaged")
	// ErrNoSpace means that the medium is full. The caller may try again once there is room; no restart is needed.
	ErrNoSpace = errors.New("no space left for artifacts")
	// ErrUnavailable means that the medium does not answer, or refuses what it has to do. It may later.
	ErrUnavailable = errors.New("the store of artifacts is unavailable")
	// ErrClosed means that a Writer was used after Commit or Abort.
	ErrClosed = errors.New("blob writer is closed")
)

// Hash is the sha256 of a blob's content.
type Hash [sha256.Size]byte

// String returns 64 lower-case hex digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// ParseHash reads 64 hex digits, in either case.
func ParseHash(text string) (Hash, error) {
	var h Hash
	if len(text) != hex.EncodedLen(len(h)) {
		return h, fmt.Errorf("sha256 of %d digits, want %d", len(text), hex.EncodedLen(len(h)))
	}
	if _, err := hex.Decode(h[:], []byte(text)); err != nil {
		return h, fmt.Errorf("sha256 %q: %w", text, err)
	}
	return h, nil
}

// Sum describes the content of a blob.
type Sum struct {
	Hash     Hash
	Size     int64  // bytes
	Checksum uint32 // CRC-32C
}

// Info is what is known about a blob without reading it.
type Info struct {
	Hash     Hash
	Size     int64     // bytes
	Modified time.Time // when these bytes were last committed
}

// Store holds the blobs of one workspace. All methods may be called from many goroutines; Writers and
// readers may not be shared between them. Every error wraps one of this package's sentinels, a context's error, or
// an I/O error of the medium.
type Store interface {
	// Create starts a blob of unknown length. Exactly one of Commit and Abort must follow.
	Create(ctx context.Context) (Writer, error)

	// Open returns a blob's bytes. The reader's last Read returns ErrDamaged in place of io.EOF when the
	// bytes do not have the hash, so act on nothing before io.EOF. ErrNotFound if there is none.
	Open(ctx context.Context, hash Hash) (io.ReadCloser, error)

	// Stat returns the size and age of a blob without checking its content, or ErrNotFound.
	Stat(ctx context.Context, hash Hash) (Info, error)

	// Delete removes a blob. Deleting a blob that does not exist is not an error. Readers that have it open are
	// not affected.
	Delete(ctx context.Context, hash Hash) error

	// List calls visit for each committed blob, in order of hashes, until visit returns an error, which List
	// returns. Blobs committed or deleted meanwhile may or may not be visited.
	List(ctx context.Context, visit func(Info) error) error

	// Sweep removes what writers that died left behind: spooled bytes untouched for longer than olderThan, and
	// younger ones where the medium shows that their writer is dead. It returns how many it removed. Open Writers
	// younger than olderThan are safe.
	Sweep(ctx context.Context, olderThan time.Duration) (removed int, err error)

	// Free returns how many bytes may still be written, or -1 if the medium has no limit that can be known.
	Free(ctx context.Context) (int64, error)
}

// Compressor is a Store that can keep a blob in less space. Whether a blob is compressed changes nothing that a Store
// answers, only what reading it costs.
type Compressor interface {
	// Compress compresses a blob and returns how many bytes that saved: 0 if it was compressed before. ErrDamaged,
	// and nothing is changed, if its bytes are not those of the hash; ErrNotFound if there is none.
	Compress(ctx context.Context, hash Hash) (saved int64, err error)
}

// Prober is a Store whose medium may be away.
type Prober interface {
	// Probe returns ErrUnavailable if blobs cannot be stored now. It is cheap: what was found out a few seconds ago
	// counts.
	Probe(ctx context.Context) error
}

// Ranged is a Store whose blobs can be read at any offset without reading what
// is before.
type Ranged interface {
	// OpenAt returns a blob's bytes. They are not checked: read them with Open
	// or by VerifyChecksum first. ErrNotFound if there is none.
	OpenAt(ctx context.Context, hash Hash) (ReaderAtCloser, error)
}

// ReaderAtCloser reads at any offset, from several goroutines at once.
type ReaderAtCloser interface {
	io.ReaderAt
	io.Closer
}

// Writer takes the bytes of one blob.
type Writer interface {
	io.Writer

	// Sum describes the bytes written so far: its hash and size are what Commit will return.
	Sum() Sum

	// Commit makes the blob permanent and returns its hash and size in bytes. When it returns nil, the blob
	// survives loss of power. If the store already has these bytes, a damaged copy of them is repaired.
	Commit(ctx context.Context) (Hash, int64, error)

	// Abort discards the bytes. After Commit it does nothing, so it may be deferred.
	Abort() error
}
