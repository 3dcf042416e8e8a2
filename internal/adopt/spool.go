package adopt

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// spool keeps what files have about each asset in a temporary file, because exports scatter it: the tags of a table may
// be gigabytes after its columns. In memory is where the parts of each asset are, and nothing of them.
type spool struct {
	file  *os.File
	out   *bufio.Writer
	size  int64
	limit int // of assets
	count int // of parts
	order []string
	parts map[string][]span
}

// partsPerAsset bounds the parts of all assets, by their limit.
const partsPerAsset = 16

type span struct{ offset, length int64 }

func newSpool(limit int) (*spool, error) {
	f, err := os.CreateTemp("", "thalweg-adopt-*")
	if err != nil {
		return nil, fmt.Errorf("temporary file: %w", err)
	}
	return &spool{file: f, out: bufio.NewWriter(f), limit: limit, parts: map[string][]span{}}, nil
}

func (s *spool) close() error {
	return errors.Join(s.file.Close(), os.Remove(s.file.Name()))
}

// add appends a part to those of an asset.
func (s *spool) add(key string, part any) error {
	b, err := json.Marshal(part)
	if err != nil {
		return fmt.Errorf("part of %s: %w", key, err)
	}
	spans, found := s.parts[key]
	if !found {
		if len(s.order) == s.limit {
			return fmt.Errorf("more than %d assets", s.limit)
		}
		s.order = append(s.order, key)
	}
	if s.count++; s.count > s.limit*partsPerAsset {
		return fmt.Errorf("more than %d records about assets", s.limit*partsPerAsset)
	}
	if _, err := s.out.Write(b); err != nil {
		return fmt.Errorf("temporary file: %w", err)
	}
	s.parts[key] = append(spans, span{s.size, int64(len(b))})
	s.size += int64(len(b))
	return nil
}

// each calls do with every part of an asset, in the order in which they were added.
func (s *spool) each(key string, do func(part []byte) error) error {
	for _, at := range s.parts[key] {
		b := make([]byte, at.length)
		if _, err := s.file.ReadAt(b, at.offset); err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("temporary file: %w", err)
		}
		if err := do(b); err != nil {
			return err
		}
	}
	return nil
}
