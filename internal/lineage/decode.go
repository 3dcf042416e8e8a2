package lineage

import (
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// Decode reads what Encode wrote. Bytes that are not a block are
// catalog.ErrInvalid; texts share one copy of data.
func Decode(data []byte) (*Block, error) {
	r := newBlockReader(data)
	defer r.free()
	b := r.block()
	if r.bad != "" {
		return nil, fmt.Errorf("column edges: %s at byte %d of %d: %w", r.bad, len(data)-len(r.rest), len(data), catalog.ErrInvalid)
	}
	return b, nil
}

// DecodeOutputs reads the outputs of a block without their edges, and nothing else of
// it: what it takes to know a table's columns.
func DecodeOutputs(data []byte) (*Block, error) {
	r := newBlockReader(data)
	defer r.free()
	r.outputsOnly = true
	b := r.block()
	if r.bad != "" {
		return nil, fmt.Errorf("outputs: %s at byte %d of %d: %w", r.bad, len(data)-len(r.rest), len(data), catalog.ErrInvalid)
	}
	return b, nil
}

// blockReader reads from the front; after the first error all reads return
// zero.
type blockReader struct {
	rest  string
	texts []string
	list  *[]string // where the memory of texts comes from
	refs  int
	bad   string

	outputsOnly bool
}

// textLists are lists of a block's texts, which are only needed while it is decoded.
var textLists = sync.Pool{New: func() any { return new([]string) }}

func newBlockReader(data []byte) *blockReader {
	return &blockReader{rest: string(data), list: textLists.Get().(*[]string)}
}

func (r *blockReader) free() {
	clear(r.texts)
	*r.list = r.texts
	textLists.Put(r.list)
}

func (r *blockReader) fail(reason string) {
	if r.bad == "" {
		r.bad = reason
	}
}

func (r *blockReader) block() *Block {
	if format := r.byte(); format != blockFormat {
		r.fail("an unknown format")
		return nil
	}
	b := &Block{Status: Status(r.byte())}
	if int(b.Status) >= len(statusNames) {
		r.fail("an unknown status")
	}
	n := r.count(1)
	r.texts = slices.Grow((*r.list)[:0], n)[:n]
	for i := range r.texts {
		r.texts[i] = r.bytes()
	}
	b.Dialect = r.text()
	b.Refs = r.readRefs()
	r.refs = len(b.Refs)
	b.Outputs = r.readOutputs()
	if r.outputsOnly {
		return b
	}
	b.Rows = r.readRows()
	b.Issues = r.readIssues()
	if r.rest != "" {
		r.fail("bytes after the end")
	}
	return b
}

func (r *blockReader) byte() byte {
	if r.bad != "" || r.rest == "" {
		r.fail("an unexpected end")
		return 0
	}
	b := r.rest[0]
	r.rest = r.rest[1:]
	return b
}

func (r *blockReader) number() uint64 {
	var n uint64
	for shift := 0; ; shift += 7 {
		b := r.byte()
		if shift == 63 && b > 1 {
			r.fail("a number that is too large")
			return 0
		}
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return n
		}
	}
}

// signed undoes binary.AppendVarint.
func (r *blockReader) signed() int64 {
	u := r.number()
	n := int64(u >> 1)
	if u&1 != 0 {
		n = ^n
	}
	return n
}

// count reads how many things of at least size bytes follow.
func (r *blockReader) count(size int) int {
	n := r.number()
	if n > uint64(len(r.rest)/size) {
		r.fail("a count beyond the end")
		return 0
	}
	return int(n)
}

func (r *blockReader) bytes() string {
	n := r.count(1)
	if r.bad != "" {
		return ""
	}
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}

func (r *blockReader) text() string {
	n := r.number()
	if r.bad == "" && n >= uint64(len(r.texts)) {
		r.fail("a reference to a missing text")
	}
	if r.bad != "" {
		return ""
	}
	return r.texts[n]
}

func (r *blockReader) ref() int32 {
	n := r.number()
	if n >= uint64(r.refs) {
		r.fail("a reference to a missing table")
		return 0
	}
	return int32(n)
}

func (r *blockReader) confidence() (c resolve.Confidence, masked bool) {
	b := r.byte()
	c = resolve.Confidence(b & confidenceMask)
	if c > resolve.Failed || b>>confidenceBits > 1 {
		r.fail("an unknown confidence")
	}
	return c, b>>confidenceBits == 1
}

func (r *blockReader) kinds() resolve.KindSet {
	n := r.number()
	if n > math.MaxUint32 {
		r.fail("unknown kinds")
	}
	return resolve.KindSet(n)
}

func (r *blockReader) readRefs() []Ref {
	n := r.count(1)
	if n == 0 {
		return nil
	}
	refs := make([]Ref, n)
	for i := range refs {
		if refs[i].Table = r.signed(); refs[i].Table == 0 {
			refs[i].Name, refs[i].Key = r.text(), r.text()
		}
	}
	return refs
}

func (r *blockReader) readOutputs() []Output {
	n := r.count(5)
	if n == 0 {
		return nil
	}
	outputs := make([]Output, n)
	end := int64(0)
	for i := range outputs {
		o := &outputs[i]
		o.Name = r.text()
		flags := r.byte()
		if flags > flagStar|flagMasked|flagGap {
			r.fail("unknown flags")
		}
		o.Star, o.Masked, o.Gap = flags&flagStar != 0, flags&flagMasked != 0, flags&flagGap != 0
		start := end + r.signed()
		end = start + r.signed()
		if start < 0 || end < start || end > math.MaxInt32 {
			r.fail("a span outside the code")
			return nil
		}
		o.Span = token.Span{Start: int32(start), End: int32(end)}
		o.Edges = r.readEdges()
	}
	return outputs
}

func (r *blockReader) readEdges() []Edge {
	n := r.count(5)
	if n == 0 {
		return nil
	}
	if r.outputsOnly {
		r.skipEdges(n)
		return nil
	}
	edges := make([]Edge, n)
	for i := range edges {
		e := &edges[i]
		e.Ref, e.Column, e.Path, e.Kinds = r.ref(), r.text(), r.text(), r.kinds()
		e.Confidence, e.Masked = r.confidence()
	}
	return edges
}

func (r *blockReader) skipEdges(n int) {
	for range n {
		for range 4 { // table, column, path, kinds
			r.number()
		}
		r.byte()
	}
}

func (r *blockReader) readRows() []Use {
	n := r.count(4)
	if n == 0 {
		return nil
	}
	rows := make([]Use, n)
	for i := range rows {
		u := &rows[i]
		u.Ref, u.Column, u.Kinds = r.ref(), r.text(), r.kinds()
		u.Confidence, _ = r.confidence()
	}
	return rows
}

func (r *blockReader) readIssues() []Issue {
	n := r.count(4)
	if n == 0 {
		return nil
	}
	issues := make([]Issue, n)
	for i := range issues {
		issues[i] = Issue{Code: r.text(), Message: r.text(), Line: r.small(), Column: r.small()}
	}
	return issues
}

func (r *blockReader) small() int {
	n := r.number()
	if n > math.MaxInt32 {
		r.fail("a position outside the code")
		return 0
	}
	return int(n)
}
