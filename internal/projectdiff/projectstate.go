package projectdiff

import (
	"fmt"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/dbt"
	"github.com/thalweg-data/thalweg/internal/graph"
	"github.com/thalweg-data/thalweg/internal/impact"
	"github.com/thalweg-data/thalweg/internal/lineage"
	"github.com/thalweg-data/thalweg/internal/sql/dialect"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// projectState is a project that was traced, with everything that a comparison
// needs.
type projectState struct {
	*lineage.ProjectLineage
	impact.State
	dialect *dialect.Dialect
	number  map[string]int32 // node by unique id
	groups  dbt.Groups
	failed  error // why some code could not be read
	// The block that was asked for last.
	last      *lineage.Block
	lastBlock int32
}

func newProjectState(l *lineage.ProjectLineage) (*projectState, error) {
	s := &projectState{ProjectLineage: l, dialect: lineage.DialectOf(l.Head.AdapterType), number: map[string]int32{}, lastBlock: -1}
	for i, n := range l.Nodes {
		s.number[n.UniqueID] = int32(i)
		if n.ResourceType == "group" {
			s.groups.Add(n.Owned())
		}
	}
	var pairs []graph.Edge
	for i := range l.Nodes {
		for _, from := range l.Parents(int32(i)) {
			pairs = append(pairs, graph.Edge{From: from, To: int32(i)})
		}
	}
	g, err := graph.New(len(l.Nodes), pairs)
	if err != nil {
		return nil, fmt.Errorf("graph of %d nodes: %w", len(l.Nodes), err)
	}
	s.State = impact.State{
		Graph:   g,
		Number:  l.Place,
		IsTable: func(n int32) bool { return lineage.IsTable(l.Nodes[n]) },
		Unread: func(n, _ int32) bool {
			return l.HasBlock(int(n)) && l.Status(int(n)) != lineage.Read
		},
	}
	return s, nil
}

func (s *projectState) fold(name string) string {
	return catalog.FoldColumn(s.Head.AdapterType, name)
}

// block returns the block of a node, nil if its code was not read.
func (s *projectState) block(n int32) *lineage.Block {
	if n != s.lastBlock {
		s.last, s.lastBlock = s.Block(int(n)), n
	}
	b := s.last
	if b == nil || b.Status == lineage.Failed || b.Status == lineage.NotCompiled {
		return nil
	}
	return b
}

// code returns code of a node; "" if it cannot be read, which failed notes.
func (s *projectState) code(hash catalog.Hash) string {
	text, err := s.Code(hash)
	if err != nil && s.failed == nil {
		s.failed = err
	}
	return text
}

// table returns the catalog's table of a node; nil if there is none.
func (s *projectState) table(n int32) *lineage.CatalogTable { return s.Catalog[s.Nodes[n].UniqueID] }

// column is a column of one state of a table.
type column struct {
	name, typ string
	code      string // its expression
	edges     map[edgeKey]resolve.KindSet
}

// edgeKey names the origin of an edge, its column folded.
type edgeKey struct{ from, column string }

// byCode lists the columns that the code of a table makes, by folded name; nil
// if the code does not show them all.
func (s *projectState) byCode(i int32) map[string]column {
	b := s.block(i)
	if b == nil || b.Status == lineage.NotSQL || !b.Columns().Full {
		return nil
	}
	n := s.Nodes[i]
	types, code := s.types(n), s.code(n.Compiled)
	out := make(map[string]column, len(b.Outputs))
	for k := range b.Outputs {
		o := &b.Outputs[k]
		text := o.Span.Text(code)
		out[s.fold(o.Name)] = column{
			name: o.Name, typ: types[s.fold(o.Name)], edges: s.edges(b, o.Edges),
			code: text,
		}
	}
	return out
}

// byCatalog returns the columns that the catalog lists of a table. Their edges
// are those that its code shows, even if it is in another language or has an
// unexpanded star.
func (s *projectState) byCatalog(i int32) map[string]column {
	t := s.Catalog[s.Nodes[i].UniqueID]
	if t == nil || t.Columns.IsEmpty() {
		return nil
	}
	out := map[string]column{}
	for c := range t.Columns.All() {
		out[s.fold(c.Name)] = column{name: c.Name, typ: c.Type}
	}
	if b := s.block(i); b != nil {
		for k := range b.Outputs {
			name := s.fold(b.Outputs[k].Name)
			if c, ok := out[name]; ok {
				c.edges = s.edges(b, b.Outputs[k].Edges)
				out[name] = c
			}
		}
	}
	return out
}

// types returns the types of a node's columns by folded name: the warehouse's,
// else the YAML's where no catalog lists the table.
func (s *projectState) types(n *lineage.Node) map[string]string {
	out := map[string]string{}
	if t := s.Catalog[n.UniqueID]; t != nil && !t.Columns.IsEmpty() {
		for c := range t.Columns.All() {
			out[s.fold(c.Name)] = c.Type
		}
		return out
	}
	for _, c := range n.NamedColumns(s.Head.AdapterType) {
		out[s.fold(c.Name)] = c.DataType
	}
	return out
}

func (s *projectState) edges(b *lineage.Block, edges []lineage.Edge) map[edgeKey]resolve.KindSet {
	out := make(map[edgeKey]resolve.KindSet, len(edges))
	for _, e := range edges {
		out[edgeKey{s.RefName(b.Refs[e.Ref]), s.fold(e.Column)}] |= e.Kinds
	}
	return out
}

// rows are the columns that decide the rows of a table.
func (s *projectState) rows(b *lineage.Block) map[edgeKey]resolve.KindSet {
	out := make(map[edgeKey]resolve.KindSet, len(b.Rows))
	for _, u := range b.Rows {
		out[edgeKey{s.RefName(b.Refs[u.Ref]), s.fold(u.Column)}] |= u.Kinds
	}
	return out
}
