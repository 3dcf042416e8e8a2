package lineage

import (
	"cmp"
	"iter"
	"slices"
	"strings"
)

// NewColumnGraph joins blocks, which it goes through twice. Names that differ by
// case alone are one column where the warehouse folds case and the table itself
// does not distinguish them.
func NewColumnGraph(blocks iter.Seq[TableBlock], o GraphOptions) *ColumnGraph {
	return JoinColumnGraph(blocks, blocks, o)
}

// JoinColumnGraph is NewColumnGraph for blocks that are decoded while it goes through
// them: the first sequence needs their outputs only, see [DecodeOutputs].
func JoinColumnGraph(outputs, blocks iter.Seq[TableBlock], o GraphOptions) *ColumnGraph {
	b := newGraphBuilder(o)
	b.columns, b.owner = make([]GraphColumn, 0, o.Columns), make([]int64, 0, o.Columns)
	b.edges = make([]ColumnEdge, 0, o.Columns)
	for t := range outputs {
		b.outputs(t)
	}
	for t := range blocks {
		b.addEdges(t)
	}
	return b.finish()
}

func newGraphBuilder(o GraphOptions) *graphBuilder {
	return &graphBuilder{
		options: o, tables: map[int64]*tableColumns{}, externals: map[string]int64{}, seen: map[string]bool{}, found: map[string]int64{},
	}
}

type graphBuilder struct {
	options   GraphOptions
	columns   []GraphColumn
	owner     []int64 // of columns; negative for externals
	tables    map[int64]*tableColumns
	seen      map[string]bool  // outputs of the current table
	externals map[string]int64 // negative, in the order of first reading
	relations []string         // names of externals
	keys      []string         // of externals
	found     map[string]int64
	edges     []ColumnEdge
	controls  []Control
	ends      []refEnd // by refs of the current table
}

// refEnd is the table that a ref means, once it is known.
type refEnd struct {
	table    int64 // 0: not yet known
	relation string
	columns  *tableColumns
}

// tableColumns finds the columns of one table by name.
type tableColumns struct {
	// The columns that its own code makes are consecutive, count of them from first
	// on; byName are their numbers by name, made when first needed.
	first, count int32
	byName       []int32
	// next is the column behind the one found last: most readers take columns in the
	// table's order.
	next int32
	// more are the columns that only readers name.
	more map[string]int32
	// folded, once a name is not found as it is: by folded name, none where several
	// columns fold alike.
	folded map[string]int32
}

// add notes a column that only a reader names.
func (t *tableColumns) add(name string, n int32) {
	if t.more == nil {
		t.more = map[string]int32{}
	}
	t.more[name] = n
}

func (b *graphBuilder) table(table int64) *tableColumns {
	t := b.tables[table]
	if t == nil {
		t = &tableColumns{}
		b.tables[table] = t
	}
	return t
}

func (b *graphBuilder) fold(table int64, name string) string {
	if b.options.Fold == nil || table < 0 {
		return name
	}
	return b.options.Fold(table, name)
}

func (b *graphBuilder) add(table int64, c GraphColumn) int32 {
	b.columns = append(doubled(b.columns), c)
	b.owner = append(doubled(b.owner), table)
	return int32(len(b.columns) - 1)
}

// doubled makes room where a long slice is full. Appending alone would copy it four
// times as often.
func doubled[T any](s []T) []T {
	if len(s) < cap(s) {
		return s
	}
	return slices.Grow(s, max(len(s), 64))
}

// outputs registers the columns that a table's own code makes. Of two outputs of
// one name the warehouse keeps one, if any.
func (b *graphBuilder) outputs(t TableBlock) {
	columns := b.table(t.Table)
	columns.first = int32(len(b.columns))
	clear(b.seen)
	for i := range t.Block.Outputs {
		o := &t.Block.Outputs[i]
		if b.seen[o.Name] {
			continue
		}
		b.seen[o.Name] = true
		b.add(t.Table, GraphColumn{Table: t.Table, Name: o.Name, Span: o.Span, Star: o.Star, Masked: o.Masked, Gap: o.Gap})
	}
	columns.count = int32(len(b.columns)) - columns.first
}

// exact finds a column by its very name.
func (b *graphBuilder) exact(t *tableColumns, name string) (int32, bool) {
	if n, ok := t.more[name]; ok {
		return n, true
	}
	if t.count == 0 {
		return none, false
	}
	if t.next < t.count && b.columns[t.first+t.next].Name == name {
		t.next++
		return t.first + t.next - 1, true
	}
	if t.byName == nil {
		t.byName = make([]int32, t.count)
		for i := range t.byName {
			t.byName[i] = t.first + int32(i)
		}
		slices.SortFunc(t.byName, func(x, y int32) int { return strings.Compare(b.columns[x].Name, b.columns[y].Name) })
	}
	i, ok := slices.BinarySearchFunc(t.byName, name, func(n int32, name string) int { return strings.Compare(b.columns[n].Name, name) })
	if !ok {
		return none, false
	}
	t.next = t.byName[i] - t.first + 1
	return t.byName[i], true
}

// column finds a column that is read, or makes it.
func (b *graphBuilder) column(end *refEnd, name string) int32 {
	t, table := end.columns, end.table
	if n, ok := b.exact(t, name); ok {
		return n
	}
	if t.folded == nil {
		t.folded = make(map[string]int32, t.count)
		for n := t.first; n < t.first+t.count; n++ {
			b.keepFolded(t, table, n)
		}
		for _, n := range t.more {
			b.keepFolded(t, table, n)
		}
	}
	if n, ok := t.folded[b.fold(table, name)]; ok && n != none {
		return n
	}
	n := b.add(table, GraphColumn{Table: max(table, 0), Name: name, Relation: end.relation, Star: name == "*"})
	t.add(name, n)
	b.keepFolded(t, table, n)
	return n
}

func (b *graphBuilder) keepFolded(t *tableColumns, table int64, n int32) {
	fold := b.fold(table, b.columns[n].Name)
	if _, twice := t.folded[fold]; twice {
		n = none
	}
	t.folded[fold] = n
}

// tableOf returns the number of the table that a ref means; relations outside the
// catalog get negative ones.
func (b *graphBuilder) tableOf(r Ref) (table int64, relation string) {
	if r.Table != 0 {
		return r.Table, ""
	}
	if b.options.Find != nil && r.Key != "" {
		if n := b.options.Find(r.Key); n != 0 {
			b.found[r.Key] = n
			return n, ""
		}
	}
	n := b.external(cmp.Or(r.Key, r.Name), r.Name)
	return n, b.relations[-1-n]
}

// external returns the number of a relation outside the catalog. The name is that
// of the first who reads it.
func (b *graphBuilder) external(key, name string) int64 {
	n, ok := b.externals[key]
	if !ok {
		n = -1 - int64(len(b.externals))
		b.externals[key] = n
		b.relations = append(b.relations, name)
		b.keys = append(b.keys, key)
	}
	return n
}

// end returns the table that a ref of a block means.
func (b *graphBuilder) end(block *Block, ref int32) *refEnd {
	end := &b.ends[ref]
	if end.table == 0 {
		end.table, end.relation = b.tableOf(block.Refs[ref])
		end.columns = b.table(end.table)
	}
	return end
}

func (b *graphBuilder) addEdges(t TableBlock) {
	columns := b.table(t.Table)
	b.ends = slices.Grow(b.ends[:0], len(t.Block.Refs))[:len(t.Block.Refs)]
	clear(b.ends)
	for i := range t.Block.Outputs {
		o := &t.Block.Outputs[i]
		to := columns.first + int32(i)
		if int(columns.count) < len(t.Block.Outputs) { // some share their name and make one column
			to, _ = b.exact(columns, o.Name)
		}
		for _, e := range o.Edges {
			from := b.column(b.end(t.Block, e.Ref), e.Column)
			b.edges = append(doubled(b.edges), ColumnEdge{From: from, To: to, Kinds: e.Kinds, Confidence: e.Confidence, Masked: e.Masked})
		}
	}
	for _, u := range t.Block.Rows {
		b.controls = append(b.controls, Control{From: b.column(b.end(t.Block, u.Ref), u.Column), Table: t.Table, Kinds: u.Kinds, Confidence: u.Confidence})
	}
}

// finish numbers the columns table by table and lays the edges in rows.
func (b *graphBuilder) finish() *ColumnGraph {
	segments, number := b.segments()
	g := &ColumnGraph{found: b.found}
	g.lay(segments)
	first := b.starts(segments, g.start)
	for from, to := range b.runs() {
		start := first[b.owner[from]]
		for i := from; i < to; i++ {
			number[i] += start
		}
	}
	g.edges = mergeEdges(g.Len(), renumberEdges(b.edges, number))
	g.controls = mergeControls(renumberControls(b.controls, number))
	g.index()
	return g
}

// runs goes through the columns by consecutive ones of one owner, which are most of a table's.
func (b *graphBuilder) runs() iter.Seq2[int, int] {
	return func(yield func(from, to int) bool) {
		for from := 0; from < len(b.owner); {
			to := from + 1
			for to < len(b.owner) && b.owner[to] == b.owner[from] {
				to++
			}
			if !yield(from, to) {
				return
			}
			from = to
		}
	}
}

// segment is the columns of one table, or of a relation outside the catalog,
// which has a key.
type segment struct {
	table   int64
	key     string
	columns []GraphColumn
	outputs int32
}

// compareSegments orders relations outside the catalog by key, then tables.
func compareSegments(a, b segment) int {
	return cmp.Or(cmp.Compare(max(a.table, 0), max(b.table, 0)), cmp.Compare(a.key, b.key))
}

// starts returns the number of the first column of each owner.
func (b *graphBuilder) starts(segments []segment, start []int32) map[int64]int32 {
	first := make(map[int64]int32, len(segments))
	for i := range segments {
		first[b.ownerOf(&segments[i])] = start[i]
	}
	return first
}

// ownerOf is the builder's number of a segment's table.
func (b *graphBuilder) ownerOf(s *segment) int64 {
	if s.table < 0 {
		return b.externals[s.key]
	}
	return s.table
}

// rank is the segment of an owner, without its columns.
func (b *graphBuilder) rank(owner int64) segment {
	if owner < 0 {
		return segment{table: -1, key: b.keys[-1-owner]}
	}
	return segment{table: owner}
}

// segments gathers the columns by owner, in order, and gives the position of each
// column in its segment.
func (b *graphBuilder) segments() (segments []segment, position []int32) {
	size := map[int64]int32{}
	position = make([]int32, len(b.columns))
	for from, to := range b.runs() {
		owner := b.owner[from]
		n := size[owner]
		for i := from; i < to; i++ {
			position[i] = n + int32(i-from)
		}
		size[owner] = n + int32(to-from)
	}
	for owner := range size {
		s := b.rank(owner)
		if t := b.tables[owner]; t != nil {
			s.outputs = t.count
		}
		segments = append(segments, s)
	}
	slices.SortFunc(segments, compareSegments)
	all := make([]GraphColumn, len(b.columns))
	at := map[int64]*segment{}
	for i := range segments {
		owner := b.ownerOf(&segments[i])
		n := size[owner]
		segments[i].columns, all = all[:n:n], all[n:]
		at[owner] = &segments[i]
	}
	for from, to := range b.runs() {
		copy(at[b.owner[from]].columns[position[from]:], b.columns[from:to])
	}
	return segments, position
}
