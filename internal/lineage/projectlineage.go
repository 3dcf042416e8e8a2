package lineage

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/graph"
)

// ProjectLineage is a project with the lineage of its columns.
type ProjectLineage struct {
	*Project
	traced []tracedNode // by the place of the node
	places []int32      // of nodes, by their number in blocks less one; none for those of other states
}

// tracedNode is a node whose code was read.
type tracedNode struct {
	key   catalog.Hash
	block []byte // encoded; nil where no code makes the node
	reads []int64
}

// Trace reads all the code of the project. A block names a table by a number, see RefName.
func (p *Project) Trace(ctx context.Context, o Options) (*ProjectLineage, error) {
	return p.TraceAfter(ctx, o, nil)
}

// TraceAfter is Trace for a project of which another state, read by the same reader, was traced: what would come out
// the same is taken over.
func (p *Project) TraceAfter(ctx context.Context, o Options, other *ProjectLineage) (*ProjectLineage, error) {
	tables, edges := p.Tables()
	var due []int32
	for i := range tables {
		if tables[i].Code != nil {
			due = append(due, int32(i))
		}
	}
	l := p.untraced()
	store := &projectStore{ProjectLineage: l, tables: tables, taken: make([]bool, len(tables))}
	if other != nil {
		store.takeFrom(other)
	}
	first, err := NewTracer(tables, edges, store, o)
	if err != nil {
		return nil, err
	}
	if err := first.Run(ctx, due); err != nil {
		return nil, err
	}
	readers := l.undeclaredReads(first, &o.Reads)
	if len(readers) > 0 { // they may have been read before what they read
		store.other = nil
		second, err := NewTracer(tables, edges, store, o)
		if err != nil {
			return nil, err
		}
		second.Continue(first)
		if err := second.Run(ctx, readers); err != nil {
			return nil, err
		}
	}
	return l, nil
}

func (p *Project) untraced() *ProjectLineage {
	l := &ProjectLineage{Project: p, traced: make([]tracedNode, len(p.Nodes)), places: make([]int32, len(p.reader.names))}
	for i := range l.places {
		l.places[i] = none
	}
	for i, id := range p.ids {
		l.places[id-1] = int32(i)
	}
	return l
}

// undeclaredReads returns the tables that read others without declaring them, and adds an edge for each such read.
func (l *ProjectLineage) undeclaredReads(t *Tracer, reads *[]graph.Edge) (readers []int32) {
	for i := range l.traced {
		reader, before := int32(i), len(*reads)
		for _, id := range l.traced[i].reads {
			if from := l.places[id-1]; from != reader && !t.IsDeclared(reader, from) {
				*reads = append(*reads, graph.Edge{From: from, To: reader})
			}
		}
		if len(*reads) > before {
			readers = append(readers, reader)
		}
	}
	return readers
}

// HasBlock reports whether code makes a node.
func (l *ProjectLineage) HasBlock(n int) bool { return l.traced[n].block != nil }

// Status returns how well the code of a node was read, which has a block.
func (l *ProjectLineage) Status(n int) Status { return Status(l.traced[n].block[1]) }

// Block returns the block of a node; nil where no code makes it. It is decoded each time.
func (l *ProjectLineage) Block(n int) *Block {
	data := l.traced[n].block
	if data == nil {
		return nil
	}
	b, err := Decode(data)
	if err != nil { // this process wrote it
		return failed("", Issue{Code: IssueCrash, Message: err.Error()})
	}
	return b
}

// Reads returns the places of the nodes whose columns are in the block of a node.
func (l *ProjectLineage) Reads(n int) []int32 {
	var out []int32
	for _, id := range l.traced[n].reads {
		if place := l.places[id-1]; place != none {
			out = append(out, place)
		}
	}
	return out
}

// SameBlock reports whether a node and one of another state have the same block.
func (l *ProjectLineage) SameBlock(n int, other *ProjectLineage, m int) bool {
	return string(l.traced[n].block) == string(other.traced[m].block)
}

// ID returns the number of a node in blocks.
func (l *ProjectLineage) ID(n int) int64 { return l.ids[n] }

// Place returns the node that has a number in blocks.
func (l *ProjectLineage) Place(id int64) (n int32, ok bool) {
	if id <= 0 || id > int64(len(l.places)) || l.places[id-1] == none {
		return none, false
	}
	return l.places[id-1], true
}

// RefName is the unique id of the table that a block names, else the relation
// as the SQL has it.
func (l *ProjectLineage) RefName(r Ref) string {
	if r.Table == 0 {
		return r.Name
	}
	return l.reader.names[r.Table-1]
}

// projectStore keeps what is traced of a project.
type projectStore struct {
	*ProjectLineage
	tables []Table
	other  *ProjectLineage // state that was traced before, or nil
	differ []string        // names of tables that are not the same in both states, lower case
	taken  []bool          // tables whose block is that of other
}

// mostDiffering is the number of names from which on nothing is taken over: looking for them would take longer than
// reading the code.
const mostDiffering = 32

// takeFrom lets the store take over blocks of another state. Code that names one of the tables that differ may mean
// another table now, whatever its key.
func (s *projectStore) takeFrom(other *ProjectLineage) {
	names := map[string]bool{}
	note := func(l, than *ProjectLineage) {
		for i, n := range l.Nodes {
			if at, ok := than.Place(l.ids[i]); IsTable(n) && (!ok || n != than.Nodes[at] && l.address(n) != than.address(than.Nodes[at])) {
				for _, name := range []string{n.Identifier, n.Alias, n.Name} {
					if name != "" {
						names[strings.ToLower(name)] = true
					}
				}
			}
		}
	}
	note(s.ProjectLineage, other)
	note(other, s.ProjectLineage)
	if len(names) <= mostDiffering && s.Head.AdapterType == other.Head.AdapterType && s.Head.ProjectName == other.Head.ProjectName {
		s.other, s.differ = other, slices.Sorted(maps.Keys(names))
	}
}

// address is everything by which code finds a table.
func (p *Project) address(n *Node) [3]string {
	if n.Materialized == "ephemeral" {
		return [3]string{"ephemeral", n.Name, n.Alias}
	}
	return [3]string{"", p.relation(n).Key(), n.DeferredRelation(p.Head.AdapterType).Key()}
}

func (*projectStore) Load(context.Context, []int32) error { return nil }
func (*projectStore) Columns(int32) Columns               { return Columns{} }

// Inferred returns columns of the other state only once they are certain to be those of this one.
func (s *projectStore) Inferred(n int32) Columns {
	if !s.taken[n] {
		return Columns{}
	}
	b, err := DecodeOutputs(s.traced[n].block)
	if err != nil {
		return Columns{}
	}
	return b.columns()
}

func (s *projectStore) IsCurrent(n int32, key catalog.Hash) bool {
	if s.other == nil {
		return false
	}
	at, ok := s.other.Place(s.ids[n])
	if !ok || s.other.traced[at].key != key || key.IsZero() || s.namesDiffering(s.tables[n].Code) {
		return false
	}
	s.traced[n], s.taken[n] = s.other.traced[at], true
	return true
}

// namesDiffering reports whether code may name a table that is not the same in both states.
func (s *projectStore) namesDiffering(code *Code) bool {
	if len(s.differ) == 0 || !code.hasText() {
		return false
	}
	text, err := s.Code(code.Compiled)
	if err != nil {
		return true // which shows when it is read
	}
	text = strings.ToLower(text)
	return slices.ContainsFunc(s.differ, func(name string) bool { return strings.Contains(text, name) })
}

func (s *projectStore) Texts(_ context.Context, hashes []catalog.Hash) (map[catalog.Hash]string, error) {
	out := make(map[catalog.Hash]string, len(hashes))
	for _, h := range hashes {
		text, err := s.Code(h)
		if err != nil {
			return nil, err
		}
		out[h] = text
	}
	return out, nil
}

func (s *projectStore) Keep(_ context.Context, traced []Traced) error {
	for _, t := range traced {
		var reads []int64
		for _, r := range t.Block.Refs {
			if r.Table != 0 {
				reads = append(reads, r.Table)
			}
		}
		s.traced[t.Table], s.taken[t.Table] = tracedNode{key: t.Key, block: t.Encoded, reads: reads}, false
	}
	return nil
}
