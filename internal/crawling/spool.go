package crawling

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/go-json-experiment/json"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/revision"
)

// spool is a file of facets that is deleted already: they are read of the warehouse once and merged in another order.
type spool struct {
	file    *os.File
	out     *bufio.Writer
	size    int64
	records []record
	index   map[string]int // records by key
}

// record is where the facet of a table is.
type record struct {
	key       string
	kind      catalog.Kind
	name      string
	hash      printHash
	at, bytes int64
}

// stored is the form of a facet in the file.
type stored struct {
	Body catalog.Body `json:"body"`
	Code string       `json:"code,omitempty"`
}

func newSpool(folder string) (*spool, error) {
	file, err := os.CreateTemp(folder, "thalweg-crawl-*")
	if err != nil {
		return nil, fmt.Errorf("spool of a crawl: %w", err)
	}
	if err := os.Remove(file.Name()); err != nil {
		return nil, errors.Join(fmt.Errorf("spool of a crawl: %w", err), file.Close())
	}
	return &spool{file: file, out: bufio.NewWriterSize(file, 256<<10), index: map[string]int{}}, nil
}

func (s *spool) close() error {
	if err := s.file.Close(); err != nil {
		return fmt.Errorf("spool of a crawl: %w", err)
	}
	return nil
}

// add appends a facet; false if there is one of its key.
func (s *spool) add(f facet) (bool, error) {
	if _, ok := s.index[f.key]; ok || f.key == "" {
		return false, nil
	}
	text, err := json.Marshal(stored{f.body, f.code}, json.Deterministic(true))
	if err != nil {
		return false, fmt.Errorf("%.200q: %w", f.key, err)
	}
	if _, err := s.out.Write(text); err != nil {
		return false, fmt.Errorf("spool of a crawl: %w", err)
	}
	sum := sha256.Sum256(text)
	s.index[f.key] = len(s.records)
	s.records = append(s.records, record{f.key, f.body.Kind, f.body.Name, printHash(sum[:len(printHash{})]), s.size, int64(len(text))})
	s.size += int64(len(text))
	return true, nil
}

// mark returns where the spool is now.
func (s *spool) mark() int { return len(s.records) }

// reset forgets what was added after a mark. Its bytes stay in the file, unused.
func (s *spool) reset(mark int) {
	for _, r := range s.records[mark:] {
		delete(s.index, r.key)
	}
	s.records = s.records[:mark]
}

// reader returns what reads the facets of the records, which are the claims in their order.
func (s *spool) reader() (*facetReader, error) {
	if err := s.out.Flush(); err != nil {
		return nil, fmt.Errorf("spool of a crawl: %w", err)
	}
	return &facetReader{s.file, s.records}, nil
}

// facetReader implements revision.FacetReader.
type facetReader struct {
	file    io.ReaderAt
	records []record
}

// ReadFacets implements revision.FacetReader.
func (r *facetReader) ReadFacets(ctx context.Context, claims []int) ([]catalog.Facet, revision.Texts, error) {
	out, texts := make([]catalog.Facet, len(claims)), revision.Texts{}
	for i, claim := range claims {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		at := r.records[claim]
		text := make([]byte, at.bytes)
		if _, err := r.file.ReadAt(text, at.at); err != nil {
			return nil, nil, fmt.Errorf("spool of a crawl: %w", err)
		}
		var s stored
		if err := json.Unmarshal(text, &s); err != nil {
			return nil, nil, fmt.Errorf("%.200q: %w", at.key, err)
		}
		out[i].Body = s.Body
		if s.Code != "" {
			texts[s.Body.Code.Compiled] = s.Code
		}
	}
	return out, texts, nil
}

// FacetSize implements revision.FacetReader.
func (r *facetReader) FacetSize(claim int) int64 { return r.records[claim].bytes }
