package store

import (
	"encoding/binary"
	"math/bits"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// keySet is a set of keys of one table: ids, or hashes by their first eight bytes.
// A save of a large project has some 100,000 of them per table, ids in runs.
type keySet struct {
	ids    map[int64]uint64 // bit id%64 of id/64
	hashes map[uint64]struct{}
}

// add adds a key: an int64 or a catalog.Hash.
func (s *keySet) add(key any) {
	switch k := key.(type) {
	case int64:
		if s.ids == nil {
			s.ids = map[int64]uint64{}
		}
		s.ids[k>>6] |= 1 << (k & 63)
	case catalog.Hash:
		if s.hashes == nil {
			s.hashes = map[uint64]struct{}{}
		}
		s.hashes[prefixOf(k)] = struct{}{}
	}
}

func (s *keySet) remove(key any) {
	switch k := key.(type) {
	case int64:
		if word := s.ids[k>>6] &^ (1 << (k & 63)); word != 0 {
			s.ids[k>>6] = word
		} else {
			delete(s.ids, k>>6)
		}
	case catalog.Hash:
		delete(s.hashes, prefixOf(k))
	}
}

// size is the number of keys, or somewhat less where hashes begin alike.
func (s *keySet) size() int {
	n := len(s.hashes)
	for _, word := range s.ids {
		n += bits.OnesCount64(word)
	}
	return n
}

// mayHave reports whether a key is in the set. Of hashes it may be another one
// with the same beginning.
func (s *keySet) mayHave(key any) bool {
	switch k := key.(type) {
	case int64:
		return s.hasID(k)
	case catalog.Hash:
		_, ok := s.hashes[prefixOf(k)]
		return ok
	}
	return false
}

func (s *keySet) hasID(id int64) bool { return s.ids[id>>6]&(1<<(id&63)) != 0 }

// unionSize is the number of ids in either set.
func (s *keySet) unionSize(other *keySet) int64 {
	n := 0
	for at, word := range s.ids {
		n += bits.OnesCount64(word | other.ids[at])
	}
	for at, word := range other.ids {
		if s.ids[at] == 0 {
			n += bits.OnesCount64(word)
		}
	}
	return int64(n)
}

func prefixOf(h catalog.Hash) uint64 { return binary.BigEndian.Uint64(h[:]) }
