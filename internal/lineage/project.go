package lineage

import (
	"cmp"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/dbt"
	"github.com/thalweg-data/thalweg/internal/graph"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// Project is a dbt project as its artifacts describe it.
type Project struct {
	Head   dbt.Head
	Nodes  []*Node    // models, seeds, snapshots, sources, exposures, metrics …, by unique id; no tests, no macros
	Tests  []DataTest // by unique id
	Issues []dbt.Issue
	// Catalog are the tables of catalog.json, by unique id.
	Catalog map[string]*CatalogTable

	reader  *Reader
	number  map[string]int32
	parents [][]int32 // by the place of the node: of parent_map, else of depends_on
	ids     []int64   // likewise: the numbers of nodes in blocks
}

// CatalogTable is a table that the warehouse has.
type CatalogTable struct {
	Columns Columns // with their types as the warehouse writes them
	hash    dbt.Hash
}

// DataTest is a data test, as much of it as is asked of a project.
type DataTest struct {
	UniqueID string
	Kind     string // name of the generic test; "" for one with a query of its own
	Table    string // unique id of the node that is tested; "" where the manifest does not say
	Column   string // a column or an expression; "" for a test of the whole table
	hash     dbt.Hash
}

// Parents returns the places of the nodes that a node derives from: of parent_map, else of depends_on.
func (p *Project) Parents(n int32) []int32 { return p.parents[n] }

// Code returns code of a node by its hash.
func (p *Project) Code(hash catalog.Hash) (string, error) { return p.reader.texts.get(hash) }

// IsTable reports whether a node has columns.
func IsTable(n *Node) bool {
	switch n.ResourceType {
	case "model", "seed", "snapshot", "source":
		return true
	}
	return false
}

// relation is the address of a node that has one.
func (p *Project) relation(n *Node) catalog.Relation {
	name := cmp.Or(n.Identifier, n.Alias, n.Name)
	return catalog.NewRelation(p.Head.AdapterType, n.Database, n.Schema, name, n.RelationName)
}

// columns returns the columns that the catalog lists, else those of the YAML; listed reports which.
func (p *Project) columns(n *Node) (list []resolve.Column, listed bool) {
	if t := p.Catalog[n.UniqueID]; t != nil && !t.Columns.IsEmpty() {
		for c := range t.Columns.All() {
			list = append(list, SchemaColumn(c.Name, c.Type))
		}
		return list, true
	}
	for _, c := range n.NamedColumns(p.Head.AdapterType) {
		list = append(list, SchemaColumn(c.Name, c.DataType))
	}
	return list, false
}

// table makes the tracer's view of a node.
func (p *Project) table(i int, n *Node) Table {
	d := Description{ID: p.ids[i], Name: n.UniqueID, Platform: p.Head.AdapterType}
	if !IsTable(n) {
		return NewTable(d)
	}
	d.Columns, d.Listed = p.columns(n)
	d.Ephemeral, d.Aliases = n.Materialized == "ephemeral", [2]string{n.Name, n.Alias}
	if !d.Ephemeral {
		d.Key = p.relation(n).Key()
		d.Deferred = n.DeferredRelation(p.Head.AdapterType).Key()
	}
	if (n.ResourceType == "model" || n.ResourceType == "snapshot") && !n.isExternal(p.Head.ProjectName) {
		d.Code = &CodeDescription{
			Language: n.Language, Compiled: n.Compiled, Materialized: n.Materialized,
			Snapshot: n.ResourceType == "snapshot", Config: n.config,
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

// Tables makes the tracer's view of the project: table i is node i. edges lead from parents to children.
func (p *Project) Tables() (tables []Table, edges []graph.Edge) {
	tables = make([]Table, len(p.Nodes))
	for i, n := range p.Nodes {
		tables[i] = p.table(i, n)
		for _, from := range p.parents[i] {
			edges = append(edges, graph.Edge{From: from, To: int32(i)})
		}
	}
	return tables, edges
}

// DatasetName is how the warehouse names the table of a node,
// database.schema.identifier; the unique id for what has no table.
func (p *Project) DatasetName(n *Node) string {
	if !IsTable(n) || n.Materialized == "ephemeral" {
		return n.UniqueID
	}
	return p.relation(n).Display()
}
