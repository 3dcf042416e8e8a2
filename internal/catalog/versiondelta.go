package catalog

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// VersionDelta lists what one version of a schema changed against the one
// before it. It is enough to derive the state of the new version from the old
// one and the rows that the ids name. The ids of each list are distinct and
// ascending.
type VersionDelta struct {
	Version int64
	// Assets are those whose row was written: new, changed, removed or restored.
	Assets []AssetID
	// Columns are those whose list of columns was written.
	Columns []AssetID
	// EdgesAdded and EdgesDropped are sorted by CompareEdges. An edge whose
	// confidence or source alone changed is in both.
	EdgesAdded, EdgesDropped []Edge
	// TestsPut are tests whose row was written, TestsDropped those that ended.
	TestsPut, TestsDropped []TestID
	// ColumnEdges are the assets whose block of column edges was written or ended.
	ColumnEdges []AssetID
	// Changes counts the assets of the version by what happened to them.
	Changes ChangeCounts
}

// ChangeCounts counts assets by kind of change.
type ChangeCounts struct {
	Created, Updated, Removed, Restored int64
}

// Total is the number of changed assets.
func (c ChangeCounts) Total() int64 { return c.Created + c.Updated + c.Removed + c.Restored }

// IsEmpty reports whether the delta changes nothing.
func (d *VersionDelta) IsEmpty() bool {
	return len(d.Assets)+len(d.Columns)+len(d.EdgesAdded)+len(d.EdgesDropped)+len(d.TestsPut)+len(d.TestsDropped)+len(d.ColumnEdges) == 0
}

// Normalize sorts the lists and drops duplicates.
func (d *VersionDelta) Normalize() {
	for _, ids := range []*[]AssetID{&d.Assets, &d.Columns, &d.ColumnEdges} {
		slices.Sort(*ids)
		*ids = slices.Compact(*ids)
	}
	for _, ids := range []*[]TestID{&d.TestsPut, &d.TestsDropped} {
		slices.Sort(*ids)
		*ids = slices.Compact(*ids)
	}
	for _, edges := range []*[]Edge{&d.EdgesAdded, &d.EdgesDropped} {
		slices.SortFunc(*edges, CompareEdges)
		*edges = slices.Compact(*edges)
	}
}

// deltaFormat is the first byte of an encoded delta.
const deltaFormat = 1

// ErrDelta means that the bytes are not an encoded VersionDelta of this format.
var ErrDelta = errors.New("not a version delta")

// Encode returns the delta in a compact form: ids as differences, texts as
// they are. The delta must be normalized.
func (d *VersionDelta) Encode() []byte {
	b := make([]byte, 0, 64+2*(len(d.Assets)+len(d.Columns)+len(d.ColumnEdges)+len(d.TestsPut)+len(d.TestsDropped))+12*(len(d.EdgesAdded)+len(d.EdgesDropped)))
	b = append(b, deltaFormat)
	b = binary.AppendVarint(b, d.Version)
	for _, n := range d.Changes.list() {
		b = binary.AppendVarint(b, *n)
	}
	b = appendIDs(b, d.Assets)
	b = appendIDs(b, d.Columns)
	b = appendIDs(b, d.ColumnEdges)
	b = appendIDs(b, d.TestsPut)
	b = appendIDs(b, d.TestsDropped)
	b = appendEdges(b, d.EdgesAdded)
	return appendEdges(b, d.EdgesDropped)
}

func (c *ChangeCounts) list() []*int64 {
	return []*int64{&c.Created, &c.Updated, &c.Removed, &c.Restored}
}

func appendIDs[T ~int64](b []byte, ids []T) []byte {
	b = binary.AppendUvarint(b, uint64(len(ids)))
	last := T(0)
	for _, id := range ids {
		b = binary.AppendVarint(b, int64(id-last))
		last = id
	}
	return b
}

func appendEdges(b []byte, edges []Edge) []byte {
	b = binary.AppendUvarint(b, uint64(len(edges)))
	for _, e := range edges {
		for _, n := range []int64{int64(e.Project), int64(e.From), int64(e.To)} {
			b = binary.AppendVarint(b, n)
		}
		for _, s := range []string{string(e.Type), e.FromNode, e.Confidence, e.Source} {
			b = binary.AppendUvarint(b, uint64(len(s)))
			b = append(b, s...)
		}
	}
	return b
}

// DecodeVersionDelta reads what Encode returned.
func DecodeVersionDelta(b []byte) (VersionDelta, error) {
	var d VersionDelta
	if len(b) == 0 || b[0] != deltaFormat {
		return d, ErrDelta
	}
	r := deltaReader{b: b[1:]}
	d.Version = r.varint()
	for _, n := range d.Changes.list() {
		*n = r.varint()
	}
	d.Assets = readIDs[AssetID](&r)
	d.Columns = readIDs[AssetID](&r)
	d.ColumnEdges = readIDs[AssetID](&r)
	d.TestsPut = readIDs[TestID](&r)
	d.TestsDropped = readIDs[TestID](&r)
	d.EdgesAdded = r.edges()
	d.EdgesDropped = r.edges()
	if r.bad || len(r.b) > 0 {
		return VersionDelta{}, fmt.Errorf("%w: cut short or too long", ErrDelta)
	}
	return d, nil
}

// deltaReader reads from b until something does not fit; bad is then set, and
// everything else reads as zero.
type deltaReader struct {
	b   []byte
	bad bool
}

func (r *deltaReader) varint() int64 {
	n, used := binary.Varint(r.b)
	r.skip(used)
	return n
}

func (r *deltaReader) uvarint() uint64 {
	n, used := binary.Uvarint(r.b)
	r.skip(used)
	return n
}

func (r *deltaReader) skip(n int) {
	if n <= 0 {
		r.bad, r.b = true, nil
		return
	}
	r.b = r.b[n:]
}

// count reads a length; each counted value takes at least size bytes.
func (r *deltaReader) count(size int) int {
	n := r.uvarint()
	if n > uint64(len(r.b)/size) {
		r.bad, r.b = true, nil
		return 0
	}
	return int(n)
}

func (r *deltaReader) text() string {
	n := r.count(1)
	s := string(r.b[:n])
	r.b = r.b[n:]
	return s
}

func readIDs[T ~int64](r *deltaReader) []T {
	n := r.count(1)
	if n == 0 {
		return nil
	}
	out := make([]T, n)
	last := T(0)
	for i := range out {
		last += T(r.varint())
		out[i] = last
	}
	return out
}

func (r *deltaReader) edges() []Edge {
	n := r.count(7)
	if n == 0 {
		return nil
	}
	out := make([]Edge, n)
	for i := range out {
		e := &out[i]
		e.Project, e.From, e.To = ProjectID(r.varint()), AssetID(r.varint()), AssetID(r.varint())
		e.Type, e.FromNode, e.Confidence, e.Source = EdgeType(r.text()), r.text(), r.text(), r.text()
	}
	return out
}
