package httpserver

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"sync"
	"sync/atomic"
)

const (
	pieceSize = 64 << 10 // bytes of a reply that are moved at once
	// heldPieces is how many pieces of one reply are in memory, and heldBytes what those of all replies have beyond the
	// first piece of each. What is more goes to a file.
	heldPieces = 16
	heldBytes  = 16 << 20
)

// errNoRoom means that the replies which clients have not taken fill the space for them, or the disk is full.
var errNoRoom = errors.New("no room for a reply")

// room is the space for replies that are complete but not sent: a few in memory, the others in files.
type room struct {
	folder string // of the files; "" is that of the system
	limit  int64  // bytes of all files
	memory atomic.Int64
	disk   atomic.Int64
}

// pieces are buffers of pieceSize.
var pieces = sync.Pool{New: func() any { return new([pieceSize]byte) }}

// take counts bytes unless there would be more than a limit.
func take(used *atomic.Int64, n, limit int64) bool {
	if used.Add(n) > limit {
		used.Add(-n)
		return false
	}
	return true
}

// spool holds a reply until it is sent.
type spool struct {
	room *room
	full []*[pieceSize]byte // in memory, before last; nil where there is a file
	last *[pieceSize]byte
	used int // of last
	file *os.File
	size int64
	sum  hash.Hash

	onDisk int64 // bytes that count against the limit
}

func (r *room) spool() *spool {
	return &spool{room: r, last: pieces.Get().(*[pieceSize]byte), sum: sha256.New()}
}

// Write implements [io.Writer]; its error is errNoRoom.
func (s *spool) Write(b []byte) (written int, err error) {
	for len(b) > 0 {
		if s.used == pieceSize {
			if err := s.next(); err != nil {
				return written, err
			}
		}
		n := copy(s.last[s.used:], b)
		_, _ = s.sum.Write(b[:n]) // never fails
		s.used, s.size, written, b = s.used+n, s.size+int64(n), written+n, b[n:]
	}
	return written, nil
}

// next makes room in last.
func (s *spool) next() error {
	if s.file == nil && len(s.full)+1 < heldPieces && take(&s.room.memory, pieceSize, heldBytes) {
		s.full, s.last, s.used = append(s.full, s.last), pieces.Get().(*[pieceSize]byte), 0
		return nil
	}
	if s.file == nil {
		if err := s.spill(); err != nil {
			return err
		}
	}
	if err := s.save(s.last); err != nil {
		return err
	}
	s.used = 0
	return nil
}

// spill moves the full pieces to a file, which has no name any more where the system allows that.
func (s *spool) spill() (err error) {
	if s.file, err = os.CreateTemp(s.room.folder, "reply-*"); err != nil {
		return fmt.Errorf("%w: file of a reply: %w", errNoRoom, err)
	}
	_ = os.Remove(s.file.Name()) // otherwise close does it
	for _, piece := range s.full {
		if err := s.save(piece); err != nil {
			return err
		}
	}
	s.forget()
	return nil
}

// save appends a piece to the file.
func (s *spool) save(piece *[pieceSize]byte) error {
	if !take(&s.room.disk, pieceSize, s.room.limit) {
		return errNoRoom
	}
	s.onDisk += pieceSize
	if _, err := s.file.Write(piece[:]); err != nil {
		return fmt.Errorf("%w: file of a reply: %w", errNoRoom, err)
	}
	return nil
}

// forget gives the memory of full pieces back.
func (s *spool) forget() {
	for _, piece := range s.full {
		pieces.Put(piece)
	}
	s.room.memory.Add(-int64(len(s.full)) * pieceSize)
	s.full = nil
}

// WriteTo implements [io.WriterTo].
func (s *spool) WriteTo(w io.Writer) (n int64, err error) {
	if s.file != nil {
		n, err = io.Copy(w, io.NewSectionReader(s.file, 0, s.onDisk))
	}
	for _, piece := range s.full {
		if err == nil {
			n, err = write(w, n, piece[:])
		}
	}
	if err == nil {
		n, err = write(w, n, s.last[:s.used])
	}
	return n, err
}

// write writes after n bytes and returns how many there are now.
func write(w io.Writer, n int64, b []byte) (int64, error) {
	more, err := w.Write(b)
	return n + int64(more), err
}

// close gives memory and file back.
func (s *spool) close() {
	s.forget()
	if s.last != nil {
		pieces.Put(s.last)
		s.last = nil
	}
	if s.file != nil {
		_ = s.file.Close() // nothing in it is needed any more
		_ = os.Remove(s.file.Name())
		s.room.disk.Add(-s.onDisk)
		s.file = nil
	}
}
