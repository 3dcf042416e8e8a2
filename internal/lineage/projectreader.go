package lineage

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/dbt"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// Reader reads states of projects. What is equal in several of them is held once, and tables with equal unique ids have
// the same number in the blocks of all. It is not for concurrent use.
type Reader struct {
	texts  *texts
	ids    map[string]int64 // of nodes, by unique id: 1, 2, 3 …
	names  []string         // the unique ids
	nodes  map[string]*Node // as they were read last
	tests  map[string]*DataTest
	tables map[string]*CatalogTable
}

// NewReader returns a reader that is to be closed.
func NewReader() *Reader {
	return &Reader{
		texts: newTexts(), ids: map[string]int64{}, nodes: map[string]*Node{}, tests: map[string]*DataTest{}, tables: map[string]*CatalogTable{},
	}
}

// Close forgets the code of the projects that were read.
func (r *Reader) Close() error { return r.texts.close() }

// Read reads a manifest and, unless it is nil, a catalog.
func (r *Reader) Read(ctx context.Context, manifest, tables io.Reader) (*Project, error) {
	p := &Project{Catalog: map[string]*CatalogTable{}, reader: r}
	s := &projectSink{Reader: r, nodes: map[string]*Node{}, parents: map[string][]string{}}
	var err error
	opt := dbt.ManifestOptions{Limits: dbt.DefaultLimits(dbt.Manifest), IsUnchanged: r.hasNode}
	if p.Head, p.Issues, err = dbt.ReadManifest(ctx, manifest, opt, s); err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	p.take(s)
	if tables == nil {
		return p, nil
	}
	opts := dbt.CatalogOptions{Limits: dbt.DefaultLimits(dbt.Catalog), IsUnchanged: r.hasTable}
	if _, _, _, err = dbt.ReadCatalog(ctx, tables, opts, catalogSink{r, p.Catalog}); err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	for id, t := range p.Catalog {
		r.tables[id] = t
	}
	return p, nil
}

// take makes a project of what was read of its manifest.
func (p *Project) take(s *projectSink) {
	for _, n := range s.nodes {
		p.Nodes = append(p.Nodes, n)
	}
	slices.SortFunc(p.Nodes, func(a, b *Node) int { return cmp.Compare(a.UniqueID, b.UniqueID) })
	for _, t := range s.found {
		p.Tests = append(p.Tests, *t)
	}
	slices.SortFunc(p.Tests, func(a, b DataTest) int { return cmp.Compare(a.UniqueID, b.UniqueID) })
	p.number = make(map[string]int32, len(p.Nodes))
	for i, n := range p.Nodes {
		p.number[n.UniqueID] = int32(i)
		p.reader.nodes[n.UniqueID] = n
	}
	for _, t := range s.found {
		p.reader.tests[t.UniqueID] = t
	}
	p.parents = make([][]int32, len(p.Nodes))
	for i, n := range p.Nodes {
		list, ok := s.parents[n.UniqueID]
		if !ok || len(s.parents) == 0 {
			list = n.DependsOn
		}
		for _, parent := range list {
			if from, ok := p.number[parent]; ok && int(from) != i {
				p.parents[i] = append(p.parents[i], from)
			}
		}
	}
	p.giveIDs()
}

// giveIDs numbers the nodes, those that were read before as they were then.
func (p *Project) giveIDs() {
	r := p.reader
	p.ids = make([]int64, len(p.Nodes))
	for i, n := range p.Nodes {
		id, ok := r.ids[n.UniqueID]
		if !ok {
			r.names = append(r.names, n.UniqueID)
			id = int64(len(r.names))
			r.ids[n.UniqueID] = id
		}
		p.ids[i] = id
	}
}

// hasNode reports whether a node or test was read before.
func (r *Reader) hasNode(id string, h dbt.Hash) bool {
	if n := r.nodes[id]; n != nil && n.hash == h {
		return true
	}
	t := r.tests[id]
	return t != nil && t.hash == h
}

func (r *Reader) hasTable(id string, h dbt.Hash) bool {
	t := r.tables[id]
	return t != nil && t.hash == h
}

// projectSink gathers the nodes and tests of a manifest.
type projectSink struct {
	*Reader
	nodes   map[string]*Node
	found   []*DataTest
	parents map[string][]string // parent_map
}

func (s *projectSink) Node(n *dbt.Node) error {
	if n.Disabled || n.Macro != nil || n.Doc != nil {
		return nil
	}
	if n.Test != nil {
		t := &DataTest{UniqueID: n.UniqueID, Kind: n.Test.Kind, Table: n.Test.Attached, Column: n.Test.ColumnName, hash: n.Hash}
		if was := s.tests[n.UniqueID]; was != nil {
			share(was.UniqueID, &t.UniqueID)
			share(was.Kind, &t.Kind)
			share(was.Table, &t.Table)
			share(was.Column, &t.Column)
		}
		s.found = append(s.found, t)
	}
	if n.ResourceType == "test" {
		return nil
	}
	kept, err := s.keep(n)
	s.nodes[n.UniqueID] = kept
	return err
}

func (s *projectSink) Unchanged(_, id string, _ dbt.Hash) error {
	if t := s.tests[id]; t != nil {
		s.found = append(s.found, t)
	}
	if n := s.Reader.nodes[id]; n != nil {
		s.nodes[id] = n
	}
	return nil
}

func (s *projectSink) Parents(child string, parents []string) error {
	s.parents[child] = parents
	return nil
}

// keep keeps of a node what is asked of a project.
func (r *Reader) keep(n *dbt.Node) (*Node, error) {
	out := &Node{
		UniqueID: n.UniqueID, ResourceType: n.ResourceType, Name: n.Name, Alias: n.Alias, Identifier: n.Identifier,
		Database: n.Database, Schema: n.Schema, RelationName: n.RelationName, Deferred: n.Deferred,
		Package: n.Package, Path: n.OriginalFilePath, Materialized: n.Materialized, Access: n.Access, Language: n.Language,
		Contract: n.Contract, Group: n.Group, Owner: n.Owner, DependsOn: n.DependsOn, hash: n.Hash,
		Constraints: constraintsOf(n), columns: yamlColumns(n.Columns), onlyNamed: n.IsExternal("\x00"),
	}
	if n.Owner == nil && bytes.Contains(n.Meta, []byte(`"owner`)) {
		out.meta = n.Meta
	}
	switch n.ResourceType {
	case "snapshot":
		out.config = n.Config
	case "seed":
		out.Checksum = n.Checksum
	}
	if was := r.nodes[n.UniqueID]; was != nil {
		out.shareWith(was)
	}
	var err error
	if out.Compiled, err = r.texts.add(n.CompiledCode); err != nil {
		return nil, err
	}
	out.Raw, err = r.texts.add(n.RawCode)
	return out, err
}

// shareWith replaces texts by those of the node in another state where they are equal, so that they are held once.
func (n *Node) shareWith(was *Node) {
	share(was.UniqueID, &n.UniqueID)
	share(was.Name, &n.Name)
	share(was.Alias, &n.Alias)
	share(was.Identifier, &n.Identifier)
	share(was.Path, &n.Path)
	share(was.columns, &n.columns)
	if slices.Equal(was.DependsOn, n.DependsOn) {
		n.DependsOn = was.DependsOn
	}
}

func share[T comparable](was T, now *T) {
	if was == *now {
		*now = was
	}
}

// catalogSink gathers the tables of a catalog.
type catalogSink struct {
	*Reader
	found map[string]*CatalogTable
}

func (s catalogSink) Table(t *dbt.CatalogTable) error {
	list := make([]resolve.Column, len(t.Columns))
	for i, c := range t.Columns {
		list[i] = resolve.Column{Name: c.Name, Type: c.Type}
	}
	s.found[t.UniqueID] = &CatalogTable{Columns: NewColumns(list, true), hash: t.Hash}
	return nil
}

func (s catalogSink) Unchanged(_, id string, _ dbt.Hash) error {
	s.found[id] = s.tables[id]
	return nil
}

// yamlColumns are the columns that a manifest describes, as they are written there.
func yamlColumns(columns []dbt.Column) Columns {
	list := make([]resolve.Column, len(columns))
	for i, c := range columns {
		list[i] = resolve.Column{Name: c.Name, Type: c.DataType}
	}
	return NewColumns(list, false)
}

// Node is a node of a project, as much of it as is asked of one; its fields are those of [dbt.Node].
type Node struct {
	UniqueID, ResourceType, Name, Alias, Identifier string
	Database, Schema, RelationName                  string
	Deferred                                        *dbt.Deferred
	Package, Path                                   string // Path is that of its file, from the folder of the project
	Materialized, Access, Language, Group           string
	Owner                                           *dbt.Owner
	Contract                                        bool
	Checksum                                        dbt.Checksum // of a seed
	DependsOn                                       []string
	Raw, Compiled                                   catalog.Hash // of its code, which Project.Code returns
	Constraints                                     []Constraint // of the table and of its columns

	hash      dbt.Hash
	columns   Columns        // of the YAML
	config    jsontext.Value // of a snapshot
	meta      jsontext.Value // where it may name owners
	onlyNamed bool           // it has neither file nor code
}

// Constraint is a constraint of a table.
type Constraint struct {
	Type      string
	Columns   []string
	To        string // relation that a foreign key points to
	ToColumns []string
}

// constraintsOf returns the constraints of a node; those of a column name it.
func constraintsOf(n *dbt.Node) []Constraint {
	var out []Constraint
	for _, c := range n.Constraints {
		out = append(out, Constraint{c.Type, c.Columns, c.To, c.ToColumns})
	}
	for _, col := range n.Columns {
		for _, c := range col.Constraints {
			out = append(out, Constraint{c.Type, []string{col.Name}, c.To, c.ToColumns})
		}
	}
	return out
}

// NamedColumns returns the columns of the YAML by the names that the warehouse has.
func (n *Node) NamedColumns(adapter string) []dbt.Column {
	var list []dbt.Column
	for c := range n.columns.All() {
		list = append(list, dbt.Column{Name: c.Name, DataType: c.Type})
	}
	return (&dbt.Node{Columns: list}).NamedColumns(adapter)
}

// SameYAML reports whether the YAML describes the same columns of two nodes.
func (n *Node) SameYAML(other *Node) bool { return n.columns == other.columns }

// DeferredRelation returns the relation that other nodes read in place of the node's own; zero if they read that.
func (n *Node) DeferredRelation(platform string) catalog.Relation {
	return (&dbt.Node{Deferred: n.Deferred}).DeferredRelation(platform)
}

// Owned returns what tells who is responsible for the node, see [dbt.Groups].
func (n *Node) Owned() *dbt.Node {
	return &dbt.Node{ResourceType: n.ResourceType, Name: n.Name, Package: n.Package, Group: n.Group, Owner: n.Owner, Meta: n.meta}
}

// isExternal reports whether the node belongs to a project other than that of its manifest.
func (n *Node) isExternal(project string) bool {
	return n.onlyNamed && project != "" && n.Package != "" && n.Package != project
}
