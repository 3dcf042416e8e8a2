package lineage

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/resolve"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// ColumnGraph is all the column lineage of one state, immutable and safe for
// concurrent reading. Columns are numbered; those of one table stand together.
type ColumnGraph struct {
	tables   []int64 // ascending
	start    []int32 // columns of tables[i] are start[i] … start[i+1]-1
	columns  []GraphColumn
	links    []Link  // by From, then To
	down     []int32 // links of column i: down[i] … down[i+1]-1
	up       []int32 // links into column i: upLinks[up[i]] …
	upLinks  []int32
	steers   []Steer // by Table, then From
	steering []int32 // indexes of steers, by From
}

// GraphColumn is a column as it takes part in lineage.
type GraphColumn struct {
	Table int64
	Name  string
	// Span is its expression in the compiled code of its table; empty where no
	// code makes it.
	Span token.Span
	// Star stands for columns whose names are not known.
	Star, Masked, Gap bool
	// External tells that the table is none of the catalog: Table is 0 and
	// Relation names it.
	Relation string
}

// Link is a column edge; its ends are columns' numbers.
type Link struct {
	From, To   int32
	Kinds      resolve.KindSet
	Confidence resolve.Confidence
	Masked     bool
}

// Steer tells that a column decides which rows a table has.
type Steer struct {
	From       int32 // column
	Table      int64
	Kinds      resolve.KindSet
	Confidence resolve.Confidence
}

// TableBlock is the block of one table.
type TableBlock struct {
	Table int64
	Block *Block
}

// GraphOptions tell what blocks do not.
type GraphOptions struct {
	// Find gives the table of a relation key that was none of the catalog's when
	// the block was made; nil or 0 for none.
	Find func(key string) int64
	// Fold folds the name of a column as its warehouse does.
	Fold func(table int64, name string) string
}

// NewColumnGraph joins blocks, which it goes through twice. Names that differ by
// case alone are one column where the warehouse folds case and the table itself
// does not tell them apart.
func NewColumnGraph(blocks iter.Seq[TableBlock], o GraphOptions) *ColumnGraph {
	b := &graphBuilder{options: o, tables: map[int64]*tableColumns{}, externals: map[string]int64{}, seen: map[string]bool{}}
	for t := range blocks {
		b.outputs(t)
	}
	for t := range blocks {
		b.edges(t)
	}
	return b.finish()
}

type graphBuilder struct {
	options   GraphOptions
	columns   []GraphColumn
	owner     []int64 // of columns; negative for externals
	tables    map[int64]*tableColumns
	seen      map[string]bool // outputs of the table at hand
	externals map[string]int64
	relations []string
	links     []Link
	steers    []Steer
}

// tableColumns finds the columns of one table by name.
type tableColumns struct {
	// The columns that its own code tells stand together, count of them from first
	// on; byName are their numbers by name, once somebody asks.
	first, count int32
	byName       []int32
	doubled      bool // some outputs share their name; they make one column
	// more are the columns that only readers tell of.
	more map[string]int32
	// folded, once a name is not found as it is: by folded name, none where several
	// columns fold alike.
	folded map[string]int32
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
	b.columns = append(b.columns, c)
	b.owner = append(b.owner, table)
	return int32(len(b.columns) - 1)
}

// outputs registers the columns that a table's own code tells. Of two outputs of
// one name the warehouse keeps one, if any.
func (b *graphBuilder) outputs(t TableBlock) {
	columns := b.table(t.Table)
	columns.first = int32(len(b.columns))
	clear(b.seen)
	for i := range t.Block.Outputs {
		o := &t.Block.Outputs[i]
		if b.seen[o.Name] {
			columns.doubled = true
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
	return t.byName[i], true
}

// column finds or makes a column that is read.
func (b *graphBuilder) column(table int64, relation, name string) int32 {
	t := b.table(table)
	if n, ok := b.exact(t, name); ok {
		return n
	}
	if t.folded == nil {
		t.folded = make(map[string]int32, t.count)
		for n := t.first; n < t.first+t.count; n++ {
			b.keepFolded(t, table, n)
		}
	}
	if n, ok := t.folded[b.fold(table, name)]; ok && n != none {
		return n
	}
	n := b.add(table, GraphColumn{Table: max(table, 0), Name: name, Relation: relation, Star: name == "*"})
	if t.more == nil {
		t.more = map[string]int32{}
	}
	t.more[name] = n
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

// tableOf gives the number of the table that a ref means; relations outside the
// catalog get negative ones.
func (b *graphBuilder) tableOf(r Ref) (table int64, relation string) {
	if r.Table != 0 {
		return r.Table, ""
	}
	if b.options.Find != nil && r.Key != "" {
		if n := b.options.Find(r.Key); n != 0 {
			return n, ""
		}
	}
	key := cmp.Or(r.Key, r.Name)
	n, ok := b.externals[key]
	if !ok {
		n = -1 - int64(len(b.externals))
		b.externals[key] = n
		b.relations = append(b.relations, r.Name)
	}
	return n, b.relations[-1-n]
}

func (b *graphBuilder) edges(t TableBlock) {
	columns := b.table(t.Table)
	for i := range t.Block.Outputs {
		o := &t.Block.Outputs[i]
		to := columns.first + int32(i)
		if columns.doubled {
			to, _ = b.exact(columns, o.Name)
		}
		for _, e := range o.Edges {
			table, relation := b.tableOf(t.Block.Refs[e.Ref])
			from := b.column(table, relation, e.Column)
			b.links = append(b.links, Link{From: from, To: to, Kinds: e.Kinds, Confidence: e.Confidence, Masked: e.Masked})
		}
	}
	for _, u := range t.Block.Rows {
		table, relation := b.tableOf(t.Block.Refs[u.Ref])
		b.steers = append(b.steers, Steer{From: b.column(table, relation, u.Column), Table: t.Table, Kinds: u.Kinds, Confidence: u.Confidence})
	}
}

// finish renumbers the columns table by table and lays the links in rows.
func (b *graphBuilder) finish() *ColumnGraph {
	order := make([]int32, len(b.columns))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(x, y int32) int { return cmp.Compare(b.owner[x], b.owner[y]) })
	number := make([]int32, len(order))
	g := &ColumnGraph{columns: make([]GraphColumn, len(order))}
	for at, old := range order {
		number[old] = int32(at)
		g.columns[at] = b.columns[old]
		if at == 0 || b.owner[old] != b.owner[order[at-1]] {
			g.tables = append(g.tables, b.owner[old])
			g.start = append(g.start, int32(at))
		}
	}
	g.start = append(g.start, int32(len(order)))
	for i := range b.links {
		l := &b.links[i]
		l.From, l.To = number[l.From], number[l.To]
	}
	g.links = mergeLinks(b.links)
	g.down = starts(len(order), g.links, func(l Link) int32 { return l.From })
	g.up = starts(len(order), g.links, func(l Link) int32 { return l.To })
	g.upLinks = make([]int32, len(g.links))
	next := slices.Clone(g.up)
	for i, l := range g.links {
		g.upLinks[next[l.To]] = int32(i)
		next[l.To]++
	}
	g.finishSteers(b.steers, number)
	return g
}

func (g *ColumnGraph) finishSteers(steers []Steer, number []int32) {
	for i := range steers {
		steers[i].From = number[steers[i].From]
	}
	slices.SortFunc(steers, func(a, b Steer) int { return cmp.Or(cmp.Compare(a.Table, b.Table), cmp.Compare(a.From, b.From)) })
	for _, s := range steers {
		if n := len(g.steers); n > 0 && g.steers[n-1].Table == s.Table && g.steers[n-1].From == s.From {
			last := &g.steers[n-1]
			last.Kinds |= s.Kinds
			last.Confidence = min(last.Confidence, s.Confidence)
			continue
		}
		g.steers = append(g.steers, s)
	}
	g.steering = make([]int32, len(g.steers))
	for i := range g.steering {
		g.steering[i] = int32(i)
	}
	slices.SortStableFunc(g.steering, func(a, b int32) int { return cmp.Compare(g.steers[a].From, g.steers[b].From) })
}

// mergeLinks sorts links and unites those between the same columns: fields of
// one structure, or an external relation spelled in two ways.
func mergeLinks(links []Link) []Link {
	slices.SortFunc(links, func(a, b Link) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	out := links[:0]
	for _, l := range links {
		if n := len(out); n > 0 && out[n-1].From == l.From && out[n-1].To == l.To {
			last := &out[n-1]
			last.Kinds |= l.Kinds
			last.Confidence = min(last.Confidence, l.Confidence)
			last.Masked = last.Masked && l.Masked
			continue
		}
		out = append(out, l)
	}
	return slices.Clip(out)
}

// starts counts the links of each of n columns.
func starts(n int, links []Link, end func(Link) int32) []int32 {
	out := make([]int32, n+1)
	for _, l := range links {
		out[end(l)+1]++
	}
	for i := range n {
		out[i+1] += out[i]
	}
	return out
}

// Len is the number of columns.
func (g *ColumnGraph) Len() int { return len(g.columns) }

// Links is the number of edges.
func (g *ColumnGraph) Links() int { return len(g.links) }

// Column gives a column by its number.
func (g *ColumnGraph) Column(n int32) GraphColumn { return g.columns[n] }

// Find gives the number of a column: spelled exactly, else as fold makes it
// equal if just one is. False if lineage knows no such column.
func (g *ColumnGraph) Find(table int64, name string, fold func(string) string) (int32, bool) {
	columns := g.Of(table)
	same, count := none, 0
	for _, n := range columns {
		if g.columns[n].Name == name {
			return n, true
		}
		if fold != nil && fold(g.columns[n].Name) == fold(name) {
			same = n
			count++
		}
	}
	return same, count == 1
}

// Of lists the columns of a table, in the order of its code.
func (g *ColumnGraph) Of(table int64) []int32 {
	i, ok := slices.BinarySearch(g.tables, table)
	if !ok {
		return nil
	}
	out := make([]int32, 0, g.start[i+1]-g.start[i])
	for n := g.start[i]; n < g.start[i+1]; n++ {
		out = append(out, n)
	}
	return out
}

// Steers lists the columns that decide which rows a table has.
func (g *ColumnGraph) Steers(table int64) []Steer {
	from, _ := slices.BinarySearchFunc(g.steers, table, func(s Steer, t int64) int { return cmp.Compare(s.Table, t) })
	to := from
	for to < len(g.steers) && g.steers[to].Table == table {
		to++
	}
	return g.steers[from:to:to]
}

// SteeredBy lists the tables whose rows a column decides.
func (g *ColumnGraph) SteeredBy(column int32) []Steer {
	from, _ := slices.BinarySearchFunc(g.steering, column, func(at, c int32) int { return cmp.Compare(g.steers[at].From, c) })
	var out []Steer
	for ; from < len(g.steering) && g.steers[g.steering[from]].From == column; from++ {
		out = append(out, g.steers[g.steering[from]])
	}
	return out
}
