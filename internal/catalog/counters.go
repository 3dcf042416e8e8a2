package catalog

// Transition is one asset before and after an observation is applied. Before is
// nil for a new one.
type Transition struct {
	Before, After               *Asset
	ColumnsBefore, ColumnsAfter []Column
	// AllTables counts tables that only a warehouse has, too.
	AllTables bool
}

// CountTables counts as an import's counters do: distinct assets of dbt's four
// kinds (ephemeral models included) that are new, and those whose own record
// changed or was restored. Columns are records of their own; a removal is in
// the report only.
func CountTables(transitions []Transition) (created, updated int64) {
	for _, d := range transitions {
		switch {
		case !d.counts():
		case d.Before == nil:
			created++
		case AssetHash(*d.Before) != AssetHash(*d.After): // a restored one too: it was not present
			updated++
		}
	}
	return created, updated
}

// CountColumns counts the columns of the same tables: those that are new, and
// those that changed or came back. A column that is now absent, and one that
// only changed its position, are not counted.
func CountColumns(transitions []Transition) (created, updated int64) {
	for _, d := range transitions {
		if !d.counts() {
			continue
		}
		pairs := pairColumns(d.After.Relation.Platform, d.ColumnsBefore, d.ColumnsAfter)
		for i := range d.ColumnsAfter {
			c, before := &d.ColumnsAfter[i], pairs.before[i]
			switch {
			case !c.Present:
			case before == nil:
				created++
			case !before.Present || columnChanged(before, c):
				updated++
			}
		}
	}
	return created, updated
}

// counts reports whether the table is counted: an import of dbt's artifacts counts those of dbt.
func (d Transition) counts() bool {
	if d.After == nil || !d.After.Present {
		return false
	}
	switch d.After.Kind {
	case KindModel, KindSeed, KindSnapshot, KindSource:
		return true
	}
	return d.AllTables && d.After.Kind.IsTable()
}

func columnChanged(before, after *Column) bool {
	var d differ
	d.columnFields(before, after)
	return len(d.changes) > 0
}
