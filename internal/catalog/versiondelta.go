package catalog

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// VersionDelta names what one version of a schema wrote or ended, as ids in
// ascending order without repeats. A reader that holds the state of the version
// before reads only these rows to derive the next state. An id may be listed although
// its row came out equal; a row that differs is always listed.
type VersionDelta struct {
	Version int64
	// Save distinguishes the attempts at one version: a save that was aborted
	// leaves its number to the next.
	Save int64

	Assets      []AssetID // assets written: new, changed, removed or restored
	Columns     []AssetID // assets whose columns were written or ended
	EdgesInto   []AssetID // downstream ends of the table edges written or ended
	ColumnEdges []AssetID // assets whose block of column edges was written or ended
	Tests       []TestID  // tests written or ended

	// Changes is how many assets the version changed: those written and those
	// with a new block of column edges. It is what the change feed counts.
	Changes int64
}

// deltaFormat leads the encoding and is increased with every change to it.
const deltaFormat = 1

// Encode returns a compact form of the delta: each list as runs of consecutive
// ids, so that the first version of a large schema takes a few bytes.
func (d VersionDelta) Encode() []byte {
	b := []byte{deltaFormat}
	b = binary.AppendUvarint(b, uint64(d.Version))
	b = binary.AppendVarint(b, d.Save)
	b = binary.AppendUvarint(b, uint64(d.Changes))
	for _, ids := range [][]AssetID{d.Assets, d.Columns, d.EdgesInto, d.ColumnEdges} {
		b = appendRuns(b, ids)
	}
	return appendRuns(b, d.Tests)
}

// DecodeVersionDelta reads what Encode returned; ErrUnsupported for another
// format, ErrInvalid for bytes that are not a delta.
func DecodeVersionDelta(b []byte) (VersionDelta, error) {
	if len(b) == 0 || b[0] != deltaFormat {
		return VersionDelta{}, fmt.Errorf("version delta: format: %w", ErrUnsupported)
	}
	r := runReader{rest: b[1:]}
	d := VersionDelta{Version: int64(r.unsigned()), Save: r.signed(), Changes: int64(r.unsigned())}
	d.Assets, d.Columns = readRuns[AssetID](&r), readRuns[AssetID](&r)
	d.EdgesInto, d.ColumnEdges = readRuns[AssetID](&r), readRuns[AssetID](&r)
	d.Tests = readRuns[TestID](&r)
	if r.broken || len(r.rest) > 0 {
		return VersionDelta{}, fmt.Errorf("version delta: %w", ErrInvalid)
	}
	return d, nil
}

// SortedIDs sorts ids in place and drops repeats.
func SortedIDs[T ~int64](ids []T) []T {
	slices.Sort(ids)
	return slices.Compact(ids)
}

// appendRuns writes the number of runs, then for each the distance from the end
// of the run before and its length less one.
func appendRuns[T ~int64](b []byte, ids []T) []byte {
	runs := 0
	for i := range ids {
		if i == 0 || ids[i] != ids[i-1]+1 {
			runs++
		}
	}
	b = binary.AppendUvarint(b, uint64(runs))
	end := T(0)
	for i := 0; i < len(ids); {
		j := i + 1
		for j < len(ids) && ids[j] == ids[j-1]+1 {
			j++
		}
		b = binary.AppendVarint(b, int64(ids[i]-end))
		b = binary.AppendUvarint(b, uint64(j-i-1))
		end, i = ids[j-1], j
	}
	return b
}

// maxDeltaIDs bounds a decoded list, so that damaged bytes cannot make it
// allocate all memory.
const maxDeltaIDs = 1 << 26

// runReader reads lists of runs; broken is set at the first invalid byte.
type runReader struct {
	rest   []byte
	broken bool
}

func (r *runReader) unsigned() uint64 {
	n, size := binary.Uvarint(r.rest)
	if size <= 0 {
		r.broken = true
		return 0
	}
	r.rest = r.rest[size:]
	return n
}

func (r *runReader) signed() int64 {
	n, size := binary.Varint(r.rest)
	if size <= 0 {
		r.broken = true
		return 0
	}
	r.rest = r.rest[size:]
	return n
}

func readRuns[T ~int64](r *runReader) []T {
	var ids []T
	end := int64(0)
	for runs := r.unsigned(); runs > 0 && !r.broken; runs-- {
		first, more := end+r.signed(), r.unsigned()
		if r.broken || more > maxDeltaIDs || len(ids)+int(more) >= maxDeltaIDs {
			r.broken = true
			return nil
		}
		for i := range int64(more) + 1 {
			ids = append(ids, T(first+i))
		}
		end = first + int64(more)
	}
	return ids
}
