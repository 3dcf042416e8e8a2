package importing

import (
	"encoding/binary"
	"fmt"
	"sort"

	"github.com/klauspost/compress/zstd"

	"github.com/thalweg-data/thalweg/internal/dbt"
)

// fingerprint remembers what one artifact kind of one project looked like when
// it was last applied: a hash for each node, without the volatile fields. A
// project that is regenerated without a change is recognised from it alone,
// before any row of the catalog is read.
type fingerprint struct {
	nodes map[string]dbt.Hash
	links dbt.Hash // of parent_map
}

func newFingerprint() *fingerprint { return &fingerprint{nodes: map[string]dbt.Hash{}} }

func (f *fingerprint) knows(uniqueID string, h dbt.Hash) bool {
	if f == nil {
		return false
	}
	old, ok := f.nodes[uniqueID]
	return ok && old == h
}

// same tells whether both were taken of the same nodes and links.
func (f *fingerprint) same(g *fingerprint) bool {
	if f == nil || g == nil || f.links != g.links || len(f.nodes) != len(g.nodes) {
		return false
	}
	for id, h := range f.nodes {
		if g.nodes[id] != h {
			return false
		}
	}
	return true
}

// encode writes the hash of the links, then id length, id and hash of each
// node in the order of the ids, compressed.
func (f *fingerprint) encode() ([]byte, error) {
	ids := make([]string, 0, len(f.nodes))
	size := 16
	for id := range f.nodes {
		ids = append(ids, id)
		size += len(id) + 20
	}
	sort.Strings(ids)
	raw := make([]byte, 0, size)
	raw = append(raw, f.links[:]...)
	for _, id := range ids {
		raw = binary.AppendUvarint(raw, uint64(len(id)))
		raw = append(raw, id...)
		h := f.nodes[id]
		raw = append(raw, h[:]...)
	}
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, fmt.Errorf("fingerprint: %w", err)
	}
	return enc.EncodeAll(raw, nil), nil
}

func decodeFingerprint(b []byte) (*fingerprint, error) {
	if len(b) == 0 {
		return nil, nil
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(1<<30))
	if err != nil {
		return nil, fmt.Errorf("fingerprint: %w", err)
	}
	defer dec.Close()
	raw, err := dec.DecodeAll(b, nil)
	if err != nil {
		return nil, fmt.Errorf("fingerprint: %w", err)
	}
	f := newFingerprint()
	if len(raw) < len(f.links) {
		return nil, errFingerprint
	}
	raw = raw[copy(f.links[:], raw):]
	for len(raw) > 0 {
		n, used := binary.Uvarint(raw)
		if used <= 0 || uint64(len(raw)-used) < n+16 {
			return nil, errFingerprint
		}
		raw = raw[used:]
		id := string(raw[:n])
		var h dbt.Hash
		copy(h[:], raw[n:])
		f.nodes[id] = h
		raw = raw[n+16:]
	}
	return f, nil
}

var errFingerprint = fmt.Errorf("fingerprint: cut short")
