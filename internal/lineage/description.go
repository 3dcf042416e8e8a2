package lineage

import (
	"iter"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// Description is a table with its columns and code: the nodes of a manifest ([Project]) or the assets of a catalog
// (package revision). NewTable is the one place that makes the tracer's view of it, so that a project is traced alike
// with and without a server.
type Description struct {
	ID       int64
	Name     string // for messages
	Platform string // dbt's adapter type
	Key      string // folded relation; "" without an address
	Deferred string // likewise, where dbt's --defer has children read another one
	// Ephemeral models have no address; children name them by one of Aliases.
	Ephemeral bool
	Aliases   [2]string // name and alias
	// Columns are those that the warehouse lists, if Listed, else those of the YAML.
	Columns []resolve.Column
	Listed  bool
	Code    *CodeDescription // nil for tables that no code produces
}

// CodeDescription is the code of a model or snapshot.
type CodeDescription struct {
	Language     string
	Compiled     catalog.Hash
	Materialized string
	Snapshot     bool
	Config       []byte           // dbt's config as JSON; read for snapshots
	Contract     iter.Seq[string] // the columns of an enforced contract; nil without one
}

// NewTable makes the tracer's view of a table.
func NewTable(d Description) Table {
	t := Table{
		ID: d.ID, Name: d.Name, Platform: d.Platform, Key: d.Key, Deferred: d.Deferred, Ephemeral: d.Ephemeral,
		Stated: statedColumns(d.Platform, d.Columns, d.Listed),
	}
	if d.Ephemeral {
		t.CTENames = cteNames(d.Aliases[0], d.Aliases[1])
	}
	if c := d.Code; c != nil {
		t.Code = &Code{Language: c.Language, Compiled: c.Compiled}
		if c.Snapshot {
			t.Code.Snapshot = ParseSnapshot(d.Platform, c.Config)
		}
		if c.Contract != nil && contractOrders(c.Materialized) {
			t.Code.Contract = slices.Collect(c.Contract)
		}
	}
	return t
}
