package importing

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sort"

	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"

	"github.com/thalweg-data/thalweg/internal/dbt"
)

// fingerprint remembers what one artifact kind of one project looked like when
// it was last applied: a hash for each node, without the volatile fields. A
// project that is regenerated without a change is recognized by it alone,
// before any row of the catalog is read.
type fingerprint struct {
	nodes   map[string]dbt.Hash
	parents dbt.Hash // of parent_map

	sorted []string // scratch of addParents
	text   []byte   // scratch of addParents
}

// newFingerprint makes room for n nodes.
func newFingerprint(nodes int) *fingerprint {
	return &fingerprint{nodes: make(map[string]dbt.Hash, nodes)}
}

// len is how many nodes there are.
func (f *fingerprint) len() int {
	if f == nil {
		return 0
	}
	return len(f.nodes)
}

// tests is how many of the nodes are data tests.
func (f *fingerprint) tests() int {
	n := 0
	if f != nil {
		for id := range f.nodes {
			if isTest(id) {
				n++
			}
		}
	}
	return n
}

// addParents adds one entry of the parent map. Its hash goes into that of the map by
// exclusive or, so that neither the order of the file nor that of the parents
// matters.
func (f *fingerprint) addParents(child string, parents []string) {
	f.sorted = append(f.sorted[:0], parents...)
	slices.Sort(f.sorted)
	f.text = append(f.text[:0], child...)
	for _, p := range f.sorted {
		f.text = append(append(f.text, 0), p...) // no id holds NUL
	}
	h := sha256.Sum256(f.text)
	for i := range f.parents {
		f.parents[i] ^= h[i]
	}
}

func (f *fingerprint) has(uniqueID string, h dbt.Hash) bool {
	if f == nil {
		return false
	}
	old, ok := f.nodes[uniqueID]
	return ok && old == h
}

// same reports whether both were taken of the same nodes and parent map.
func (f *fingerprint) same(g *fingerprint) bool {
	if f == nil || g == nil || f.parents != g.parents || len(f.nodes) != len(g.nodes) {
		return false
	}
	for id, h := range f.nodes {
		if g.nodes[id] != h {
			return false
		}
	}
	return true
}

// sameTests reports whether both were made from the same tests.
func (f *fingerprint) sameTests(g *fingerprint) bool {
	if f == nil || g == nil {
		return false
	}
	n := 0
	for id, h := range f.nodes {
		if isTest(id) {
			if g.nodes[id] != h {
				return false
			}
			n++
		}
	}
	for id := range g.nodes {
		if isTest(id) {
			n--
		}
	}
	return n == 0
}

// sameParents reports whether both were taken of the same parent map.
func (f *fingerprint) sameParents(g *fingerprint) bool {
	return f != nil && g != nil && f.parents == g.parents
}

// encode writes the hash of the parent map, then id length, id and hash of each
// node in the order of the ids, compressed.
func (f *fingerprint) encode() []byte {
	ids := make([]string, 0, len(f.nodes))
	size := 16
	for id := range f.nodes {
		ids = append(ids, id)
		size += len(id) + 20
	}
	sort.Strings(ids)
	raw := make([]byte, 0, size)
	raw = append(raw, f.parents[:]...)
	for _, id := range ids {
		raw = binary.AppendUvarint(raw, uint64(len(id)))
		raw = append(raw, id...)
		h := f.nodes[id]
		raw = append(raw, h[:]...)
	}
	return s2.Encode(nil, raw)
}

func decodeFingerprint(b []byte) (*fingerprint, error) {
	if len(b) == 0 {
		return nil, nil
	}
	raw, err := unpackFingerprint(b)
	if err != nil {
		return nil, fmt.Errorf("fingerprint: %w", err)
	}
	f := newFingerprint(len(raw) / perNode)
	if len(raw) < len(f.parents) {
		return nil, errFingerprint
	}
	raw = raw[copy(f.parents[:], raw):]
	text := string(raw) // all ids at once
	for len(raw) > 0 {
		n, used := binary.Uvarint(raw)
		if used <= 0 || uint64(len(raw)-used) < n+16 {
			return nil, errFingerprint
		}
		raw, text = raw[used:], text[used:]
		id := text[:n]
		var h dbt.Hash
		copy(h[:], raw[n:])
		f.nodes[id] = h
		raw, text = raw[n+16:], text[n+16:]
	}
	return f, nil
}

// unpackFingerprint undoes the compression: S2, whose encoder needs no memory of its own, or in databases of older
// versions zstd, whose encoder takes a megabyte however small the fingerprint is.
func unpackFingerprint(b []byte) ([]byte, error) {
	if bytes.HasPrefix(b, []byte("\x28\xb5\x2f\xfd")) {
		dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxFingerprint))
		if err != nil {
			return nil, err
		}
		defer dec.Close()
		return dec.DecodeAll(b, nil)
	}
	if size, err := s2.DecodedLen(b); err != nil || size > maxFingerprint {
		return nil, errFingerprint
	}
	return s2.Decode(nil, b)
}

// maxFingerprint bounds the size that a compressed fingerprint may claim to have.
const maxFingerprint = 1 << 30 // bytes

// perNode is the approximate size of a node in bytes.
const perNode = 80

var errFingerprint = errors.New("fingerprint: damaged")
