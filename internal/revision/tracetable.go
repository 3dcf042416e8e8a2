package revision

import (
	"bytes"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/lineage"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// mergedTable is what the trace stage has to know about a table that was
// merged: far less than the asset with its columns.
type mergedTable struct {
	kind     catalog.Kind
	present  bool
	due      bool   // its code has to be read again
	recoded  bool   // because that is another one now, or makes another table
	disturbs bool   // its readers have to be looked at again
	now      string // its relation
	before   string // its relation before, if it has another one now or none
	unlisted bool   // no warehouse lists its columns any more
	// table is nil for tables that are gone, and once the trace stage has it.
	table *lineage.Table
}

// track notes a merged table for the trace stage.
func (m *merger) track(d catalog.Transition) {
	if !d.After.Kind.IsTable() {
		return
	}
	t := &mergedTable{kind: d.After.Kind, present: d.After.Present}
	m.apply.tables[d.After.ID] = t
	if d.Before != nil && d.Before.RelationKey != d.After.RelationKey || d.Before != nil && !t.present {
		t.before = d.Before.RelationKey
	}
	if !t.present {
		t.disturbs = d.Before != nil && d.Before.Present
		return
	}
	table := lineageTable(d.After, d.ColumnsAfter)
	t.table, t.now = &table, table.Key
	if d.Before == nil || !d.Before.Present {
		t.due, t.recoded, t.disturbs = table.Code != nil, true, true
		return
	}
	before := lineageTable(d.Before, d.ColumnsBefore)
	t.unlisted = d.Before.Listed && !d.After.Listed
	t.disturbs = before.Key != table.Key || before.Deferred != table.Deferred || before.Ephemeral != table.Ephemeral || before.Stated != table.Stated
	t.recoded = table.Code != nil && (before.Key != table.Key || before.Platform != table.Platform || !sameCode(before, table, d))
	t.due = t.recoded || table.Code != nil && m.traceAll()
}

// traceAll reports whether the code of every merged table is read, changed or
// not.
func (a *apply) traceAll() bool {
	return slices.ContainsFunc(a.observations, func(o *Observation) bool { return o.Retrace })
}

func sameCode(before, after lineage.Table, d catalog.Transition) bool {
	a, b := before.Code, after.Code
	if a == nil || a.Language != b.Language || a.Compiled != b.Compiled || !slices.Equal(a.Contract, b.Contract) {
		return false
	}
	if before.Stated != after.Stated {
		return false // code may read its own table; of code that is not SQL its columns are all that is known
	}
	return a.Snapshot == nil && b.Snapshot == nil || bytes.Equal(d.Before.Config, d.After.Config)
}

// lineageTable is an asset in the form that the lineage engine takes.
func lineageTable(a *catalog.Asset, columns []catalog.Column) lineage.Table {
	d := lineage.Description{
		ID: int64(a.ID), Name: a.Name, Platform: a.Relation.Platform, Key: a.RelationKey,
		Ephemeral: a.Kind == catalog.KindModel && a.RelationKey == "", Aliases: [2]string{a.Name, ""},
		Columns: schemaColumns(a, columns), Listed: a.Listed,
	}
	if a.DBT != nil {
		d.Deferred = a.DBT.Deferred
		d.Aliases[1] = a.DBT.Alias
		if a.DBT.UniqueID != "" {
			d.Name = a.DBT.UniqueID
		}
	}
	if hasCode(a) {
		d.Code = codeOf(a, columns)
	}
	return lineage.NewTable(d)
}

func codeOf(a *catalog.Asset, columns []catalog.Column) *lineage.CodeDescription {
	c := &lineage.CodeDescription{Materialized: a.Materialized, Snapshot: a.Kind == catalog.KindSnapshot, Config: a.Config}
	if a.Code != nil {
		c.Compiled = a.Code.Compiled
	}
	if a.Code != nil {
		c.Language = a.Code.Language
	}
	if a.DBT == nil {
		return c
	}
	if c.Language == "" {
		c.Language = a.DBT.Language
	}
	if a.DBT.Contract {
		c.Contract = func(yield func(string) bool) {
			for i := range columns {
				if c := &columns[i]; c.Present && c.Origin != catalog.OriginSQL && !yield(c.Name) {
					return
				}
			}
		}
	}
	return c
}

// schemaColumns are the columns that the warehouse lists, else those that a project documents. Those that the code is
// known to make are left out: the tracer has them from the code.
func schemaColumns(a *catalog.Asset, columns []catalog.Column) []resolve.Column {
	list := make([]resolve.Column, 0, len(columns))
	for i := range columns {
		c := &columns[i]
		if !c.Present || a.Listed && c.DocumentedOnly || c.Origin == catalog.OriginSQL {
			continue
		}
		list = append(list, lineage.SchemaColumn(c.Name, c.Type.Native))
	}
	return list
}
