package crawling

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/klauspost/compress/s2"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/lineage"
	"github.com/thalweg-data/thalweg/internal/store"
)

// print is what the last crawl found: a hash for each table. What has the same hash is not read, merged or traced.
type print struct {
	engine string // that traced the views
	tables map[string]printHash
	text   []byte // that it was read from
}

type printHash [16]byte

// printName leads the name under which the print of an origin is kept; its number grows when facets are made otherwise.
const printName = "crawling/print/1/"

func (r *crawl) readPrint(ctx context.Context) (*print, error) {
	b, err := r.Prints.Fingerprint(ctx, r.WS, r.Schema, 0, printName+string(r.Origin))
	if err != nil || len(b) == 0 {
		return nil, err
	}
	p, err := decodePrint(b)
	if err != nil {
		return nil, fmt.Errorf("last crawl of %s: %w", r.Origin, err)
	}
	return p, nil
}

// memos returns what is kept after this crawl, unless that is kept already: what it found, and what is known of
// schemas that it could not read.
func (r *crawl) memos(observed func(key string) bool) []store.Memo {
	next := print{engine: lineage.EngineVersion, tables: make(map[string]printHash, len(r.spool.records))}
	if r.before != nil {
		for key, hash := range r.before.tables {
			if !observed(key) {
				next.tables[key] = hash
			}
		}
	}
	for _, record := range r.spool.records {
		next.tables[record.key] = record.hash
	}
	text := next.encode()
	if r.before != nil && bytes.Equal(text, r.before.text) {
		return nil
	}
	return []store.Memo{{Name: printName + string(r.Origin), Value: text}}
}

// Forget deletes what is kept of the last crawl of an origin, which is withdrawn.
func Forget(origin catalog.Origin) store.Memo { return store.Memo{Name: printName + string(origin)} }

func (p *print) has(r *record) bool {
	if p == nil || p.engine != lineage.EngineVersion {
		return false
	}
	hash, ok := p.tables[r.key]
	return ok && hash == r.hash
}

// encode writes the engine, then length, key and hash of each table, compressed.
func (p *print) encode() []byte {
	raw := appendText(nil, p.engine)
	for _, key := range slices.Sorted(maps.Keys(p.tables)) {
		hash := p.tables[key]
		raw = append(appendText(raw, key), hash[:]...)
	}
	return s2.Encode(nil, raw)
}

func appendText(b []byte, text string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

var errPrint = errors.New("damaged")

// maxPrint bounds the size that a compressed print may claim to have, in bytes.
const maxPrint = 1 << 30

func decodePrint(b []byte) (*print, error) {
	if size, err := s2.DecodedLen(b); err != nil || size > maxPrint {
		return nil, errPrint
	}
	raw, err := s2.Decode(nil, b)
	if err != nil {
		return nil, err
	}
	text := func() (string, bool) {
		n, used := binary.Uvarint(raw)
		if used <= 0 || n > uint64(len(raw)-used) {
			return "", false
		}
		t := string(raw[used : used+int(n)])
		raw = raw[used+int(n):]
		return t, true
	}
	p := &print{tables: map[string]printHash{}, text: b}
	ok := false
	if p.engine, ok = text(); !ok {
		return nil, errPrint
	}
	for len(raw) > 0 {
		key, ok := text()
		var hash printHash
		if !ok || copy(hash[:], raw) < len(hash) {
			return nil, errPrint
		}
		raw = raw[len(hash):]
		p.tables[key] = hash
	}
	return p, nil
}
