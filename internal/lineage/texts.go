package lineage

import (
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// inMemory is how much code is kept in memory before it goes to a temporary file. Most projects have less.
const inMemory = 8 << 20 // bytes

// texts keeps the code of projects, each text once. What is more than fits is in a temporary file; where none can be
// made, it stays in memory.
type texts struct {
	mu     sync.RWMutex
	ranges map[catalog.Hash]textRange
	held   []byte // the texts from offset on
	offset int64  // size of the file
	limit  int
	file   *os.File
	path   string // to be removed; "" once it is
}

type textRange struct {
	offset int64
	length int32
}

func newTexts() *texts { return &texts{ranges: map[catalog.Hash]textRange{}, limit: inMemory} }

// add keeps a text and returns its hash, which is zero for the empty one.
func (t *texts) add(text string) (catalog.Hash, error) {
	hash := catalog.HashOfText(text)
	if text == "" {
		return hash, nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, has := t.ranges[hash]; has {
		return hash, nil
	}
	t.ranges[hash] = textRange{t.offset + int64(len(t.held)), int32(len(text))}
	t.held = append(t.held, text...)
	if len(t.held) < t.limit {
		return hash, nil
	}
	return hash, t.spill()
}

// spill moves what is held to the file.
func (t *texts) spill() error {
	if t.file == nil && !t.create() {
		t.limit *= 2
		return nil
	}
	if _, err := t.file.WriteAt(t.held, t.offset); err != nil {
		return fmt.Errorf("temporary file for the code of the project: %w; TMPDIR names another folder", err)
	}
	t.offset += int64(len(t.held))
	if t.held = t.held[:0]; t.limit != spillBytes {
		t.held, t.limit = make([]byte, 0, 2*spillBytes), spillBytes
	}
	return nil
}

// spillBytes is how much is written to the file at once.
const spillBytes = 256 << 10

// create makes the file, and removes its name at once where the system allows it, so that nothing is left of a process
// that is killed.
func (t *texts) create() bool {
	f, err := os.CreateTemp("", "thalweg-code-*")
	if err != nil {
		return false
	}
	t.file, t.path = f, f.Name()
	if os.Remove(t.path) == nil {
		t.path = ""
	}
	return true
}

// get returns a text that was added.
func (t *texts) get(hash catalog.Hash) (string, error) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	r, ok := t.ranges[hash]
	switch {
	case hash.IsZero():
		return "", nil
	case !ok:
		return "", fmt.Errorf("code %s: %w", hash, catalog.ErrNotFound)
	case r.offset >= t.offset:
		from := r.offset - t.offset
		return string(t.held[from : from+int64(r.length)]), nil
	}
	buf := make([]byte, r.length)
	if _, err := t.file.ReadAt(buf, r.offset); err != nil {
		return "", fmt.Errorf("temporary file for the code of the project: %w", err)
	}
	return string(buf), nil
}

// close removes the file.
func (t *texts) close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.file == nil {
		return nil
	}
	err := t.file.Close()
	if t.path != "" {
		err = errors.Join(err, os.Remove(t.path))
	}
	t.file, t.path = nil, ""
	return err
}
