package importing

import (
	"bytes"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/lineage"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// settledTable is what the trace stage has to know of a table that was settled:
// far less than the asset with its columns.
type settledTable struct {
	kind     catalog.Kind
	present  bool
	due      bool // its code has to be read again
	disturbs bool // those who read it have to look at it again
	table    lineage.Table
}

// tracks gathers the tables that an import settles.
type tracks struct {
	tables map[catalog.AssetID]*settledTable
	// anew tells that the code of every settled table is read, changed or not:
	// the project is new, was forced, or another version of the engine read it.
	anew bool
}

// settled takes a table as it was and as it is now.
func (t *tracks) settled(d catalog.Delta) {
	if !d.After.Kind.IsTable() {
		return
	}
	s := &settledTable{kind: d.After.Kind, present: d.After.Present}
	t.tables[d.After.ID] = s
	if !s.present {
		return
	}
	s.table = lineageTable(d.After, d.ColumnsAfter)
	if d.Before == nil || !d.Before.Present {
		s.due, s.disturbs = s.table.Code != nil, true
		return
	}
	before := lineageTable(d.Before, d.ColumnsBefore)
	s.disturbs = before.Key != s.table.Key || before.Ephemeral != s.table.Ephemeral || !sameColumns(before.Stated, s.table.Stated)
	s.due = s.table.Code != nil && (t.anew || before.Key != s.table.Key || before.Platform != s.table.Platform || !sameCode(before, s.table, d))
}

func sameCode(before, after lineage.Table, d catalog.Delta) bool {
	a, b := before.Code, after.Code
	if a == nil || a.Language != b.Language || a.Compiled != b.Compiled || !slices.Equal(a.Contract, b.Contract) {
		return false
	}
	if !sameColumns(before.Stated, after.Stated) {
		return false // code may read its own table; of code that is not SQL its columns are all that is known
	}
	return a.Snapshot == nil && b.Snapshot == nil || bytes.Equal(d.Before.Config, d.After.Config)
}

func sameColumns(a, b lineage.Columns) bool { return a.Full == b.Full && slices.Equal(a.List, b.List) }

// lineageTable is an asset as the lineage engine knows tables.
func lineageTable(a *catalog.Asset, columns []catalog.Column) lineage.Table {
	t := lineage.Table{
		ID: int64(a.ID), Name: a.Name, Platform: a.Relation.Platform, Key: a.RelationKey,
		Ephemeral: a.Kind == catalog.KindModel && a.RelationKey == "", Stated: statedColumns(a, columns),
	}
	if a.DBT != nil && a.DBT.UniqueID != "" {
		t.Name = a.DBT.UniqueID
	}
	if t.Ephemeral {
		alias := ""
		if a.DBT != nil {
			alias = a.DBT.Alias
		}
		t.CTENames = lineage.CTENames(a.Name, alias)
	}
	if hasCode(a.Kind) && a.DBT != nil {
		t.Code = codeOf(a, columns)
	}
	return t
}

func codeOf(a *catalog.Asset, columns []catalog.Column) *lineage.Code {
	c := &lineage.Code{Language: a.DBT.Language}
	if a.Code != nil {
		c.Compiled = a.Code.Compiled
	}
	if a.Kind == catalog.KindSnapshot {
		c.Snapshot = lineage.ParseSnapshot(a.Config)
	}
	if a.DBT.Contract && lineage.ContractOrders(a.Materialized) {
		for i := range columns {
			if columns[i].Present {
				c.Contract = append(c.Contract, columns[i].Name)
			}
		}
	}
	return c
}

// statedColumns are the columns that the warehouse lists, else those that dbt's
// YAML names.
func statedColumns(a *catalog.Asset, columns []catalog.Column) lineage.Columns {
	list := make([]resolve.Column, 0, len(columns))
	for i := range columns {
		c := &columns[i]
		if !c.Present || a.Listed && c.DocumentedOnly {
			continue
		}
		list = append(list, lineage.SchemaColumn(c.Name, c.Type.Native))
	}
	return lineage.StatedColumns(a.Relation.Platform, list, a.Listed)
}
