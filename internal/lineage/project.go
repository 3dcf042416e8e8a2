package lineage

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/dbt"
	"github.com/thalweg-data/thalweg/internal/graph"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// Project is a dbt project as its artifacts describe it, held in memory.
type Project struct {
	Head   dbt.Head
	Nodes  []*dbt.Node // models, seeds, snapshots, sources, exposures, metrics …, by unique id; no tests, no macros
	Tests  []DataTest  // by unique id
	Issues []dbt.Issue
	// Catalog are the tables of catalog.json, by unique id.
	Catalog map[string]*dbt.CatalogTable

	number  map[string]int32
	parents map[string][]string
}

// DataTest is a data test, as much of it as is asked of a project.
type DataTest struct {
	UniqueID string
	Kind     string // name of the generic test; "" for one with a query of its own
	Table    string // unique id of the node that is tested; "" where the manifest does not say
	Column   string // a column or an expression; "" for a test of the whole table
}

// ReadProject reads a manifest and, unless it is nil, a catalog.
func ReadProject(ctx context.Context, manifest, tables io.Reader) (*Project, error) {
	p := &Project{Catalog: map[string]*dbt.CatalogTable{}, number: map[string]int32{}, parents: map[string][]string{}}
	nodes := map[string]*dbt.Node{}
	var err error
	opt := dbt.ManifestOptions{Limits: dbt.DefaultLimits(dbt.Manifest)}
	if p.Head, p.Issues, err = dbt.ReadManifest(ctx, manifest, opt, &projectSink{p, nodes}); err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	for _, n := range nodes {
		p.Nodes = append(p.Nodes, n)
	}
	slices.SortFunc(p.Nodes, func(a, b *dbt.Node) int { return cmp.Compare(a.UniqueID, b.UniqueID) })
	slices.SortFunc(p.Tests, func(a, b DataTest) int { return cmp.Compare(a.UniqueID, b.UniqueID) })
	for i, n := range p.Nodes {
		p.number[n.UniqueID] = int32(i)
	}
	if tables == nil {
		return p, nil
	}
	opts := dbt.CatalogOptions{Limits: dbt.DefaultLimits(dbt.Catalog)}
	if _, _, _, err = dbt.ReadCatalog(ctx, tables, opts, catalogSink{p}); err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	return p, nil
}

type projectSink struct {
	*Project
	nodes map[string]*dbt.Node
}

func (s *projectSink) Node(n *dbt.Node) error {
	if n.Test != nil && !n.Disabled {
		s.Tests = append(s.Tests, DataTest{UniqueID: n.UniqueID, Kind: n.Test.Kind, Table: n.Test.Attached, Column: n.Test.ColumnName})
	}
	if !n.Disabled && n.Macro == nil && n.Doc == nil && n.ResourceType != "test" {
		s.nodes[n.UniqueID] = n
	}
	return nil
}

func (s *projectSink) Unchanged(string, string, dbt.Hash) error { return nil }

func (s *projectSink) Parents(child string, parents []string) error {
	s.parents[child] = parents
	return nil
}

type catalogSink struct{ *Project }

func (s catalogSink) Table(t *dbt.CatalogTable) error {
	s.Catalog[t.UniqueID] = t
	return nil
}

func (s catalogSink) Unchanged(string, string, dbt.Hash) error { return nil }

// Parents returns the unique ids that a node derives from: of parent_map, else of
// depends_on.
func (p *Project) Parents(n *dbt.Node) []string {
	if parents, ok := p.parents[n.UniqueID]; ok && len(p.parents) > 0 {
		return parents
	}
	return n.DependsOn
}

// IsTable reports whether a node has columns.
func IsTable(n *dbt.Node) bool {
	switch n.ResourceType {
	case "model", "seed", "snapshot", "source":
		return true
	}
	return false
}

// relation is the address of a node that has one.
func (p *Project) relation(n *dbt.Node) catalog.Relation {
	name := cmp.Or(n.Identifier, n.Alias, n.Name)
	return catalog.NewRelation(p.Head.AdapterType, n.Database, n.Schema, name, n.RelationName)
}

// columns returns the columns that the catalog lists, else those of the YAML; listed reports which.
func (p *Project) columns(n *dbt.Node) (list []resolve.Column, listed bool) {
	if t := p.Catalog[n.UniqueID]; t != nil && len(t.Columns) > 0 {
		for _, c := range t.Columns {
			list = append(list, SchemaColumn(c.Name, c.Type))
		}
		return list, true
	}
	for _, c := range n.NamedColumns(p.Head.AdapterType) {
		list = append(list, SchemaColumn(c.Name, c.DataType))
	}
	return list, false
}

// table makes the tracer's view of a node; its number + 1 is its id.
func (p *Project) table(i int, n *dbt.Node) Table {
	d := Description{ID: int64(i) + 1, Name: n.UniqueID, Platform: p.Head.AdapterType}
	if !IsTable(n) {
		return NewTable(d)
	}
	d.Columns, d.Listed = p.columns(n)
	d.Ephemeral, d.Aliases = n.Materialized == "ephemeral", [2]string{n.Name, n.Alias}
	if !d.Ephemeral {
		d.Key = p.relation(n).Key()
		d.Deferred = n.DeferredRelation(p.Head.AdapterType).Key()
	}
	if (n.ResourceType == "model" || n.ResourceType == "snapshot") && !n.IsExternal(p.Head.ProjectName) {
		d.Code = &CodeDescription{
			Language: n.Language, Compiled: catalog.HashOfText(n.CompiledCode), Materialized: n.Materialized,
			Snapshot: n.ResourceType == "snapshot", Config: n.Config,
		}
	}
	if n.Contract && d.Code != nil {
		d.Code.Contract = func(yield func(string) bool) {
			for _, c := range n.NamedColumns(p.Head.AdapterType) {
				if !yield(c.Name) {
					return
				}
			}
		}
	}
	return NewTable(d)
}

// Tables makes the tracer's view of the project: table i is node i, its id i + 1.
// edges lead from parents to children; texts are the compiled code by hash.
func (p *Project) Tables() (tables []Table, edges []graph.Edge, texts map[catalog.Hash]string) {
	tables = make([]Table, len(p.Nodes))
	texts = make(map[catalog.Hash]string, len(p.Nodes))
	for i, n := range p.Nodes {
		tables[i] = p.table(i, n)
		if tables[i].Code != nil {
			texts[tables[i].Code.Compiled] = n.CompiledCode
		}
		for _, parent := range p.Parents(n) {
			if from, ok := p.number[parent]; ok && int(from) != i {
				edges = append(edges, graph.Edge{From: from, To: int32(i)})
			}
		}
	}
	return tables, edges, texts
}

// Trace reads all the code of the project. Blocks name a table by its place in
// Nodes plus one.
func (p *Project) Trace(ctx context.Context, o Options) (*ProjectLineage, error) {
	tables, edges, texts := p.Tables()
	var due []int32
	for i := range tables {
		if tables[i].Code != nil {
			due = append(due, int32(i))
		}
	}
	store := &projectStore{texts: texts, blocks: make([]*Block, len(tables))}
	first, err := NewTracer(tables, edges, store, o)
	if err != nil {
		return nil, err
	}
	if err := first.Run(ctx, due); err != nil {
		return nil, err
	}
	readers := undeclaredReads(first, store.blocks, &o.Reads)
	if len(readers) > 0 { // they may have been read before what they read
		second, err := NewTracer(tables, edges, store, o)
		if err != nil {
			return nil, err
		}
		second.Continue(first)
		if err := second.Run(ctx, readers); err != nil {
			return nil, err
		}
	}
	return &ProjectLineage{Project: p, Blocks: store.blocks}, nil
}

// undeclaredReads returns the tables that read others without declaring them, and adds an edge for each such read.
func undeclaredReads(t *Tracer, blocks []*Block, reads *[]graph.Edge) (readers []int32) {
	for i, b := range blocks {
		if b == nil {
			continue
		}
		reader, before := int32(i), len(*reads)
		for _, ref := range b.Refs {
			from := int32(ref.Table) - 1
			if from >= 0 && from != reader && !t.IsDeclared(reader, from) {
				*reads = append(*reads, graph.Edge{From: from, To: reader})
			}
		}
		if len(*reads) > before {
			readers = append(readers, reader)
		}
	}
	return readers
}

// projectStore is a project of which nothing was traced before.
type projectStore struct {
	texts  map[catalog.Hash]string
	blocks []*Block
}

func (*projectStore) Load(context.Context, []int32) error { return nil }
func (*projectStore) Columns(int32) Columns               { return Columns{} }
func (*projectStore) Inferred(int32) Columns              { return Columns{} }
func (*projectStore) IsCurrent(int32, catalog.Hash) bool  { return false }

func (s *projectStore) Texts(context.Context, []catalog.Hash) (map[catalog.Hash]string, error) {
	return s.texts, nil
}

func (s *projectStore) Keep(_ context.Context, traced []Traced) error {
	for _, t := range traced {
		s.blocks[t.Table] = t.Block
	}
	return nil
}

// ProjectLineage is a project with the lineage of its columns.
type ProjectLineage struct {
	*Project
	Blocks []*Block // by the place of the node; nil where no code makes it
}

// RefName is the unique id of the table that a block names, else the relation
// as the SQL has it.
func (l *ProjectLineage) RefName(r Ref) string {
	if r.Table == 0 {
		return r.Name
	}
	return l.Nodes[r.Table-1].UniqueID
}

// DatasetName is how the warehouse names the table of a node,
// database.schema.identifier; the unique id for what has no table.
func (p *Project) DatasetName(n *dbt.Node) string {
	if !IsTable(n) || n.Materialized == "ephemeral" {
		return n.UniqueID
	}
	return p.relation(n).Display()
}
