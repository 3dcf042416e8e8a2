package catalog

import "maps"

// Blame names the versions that last set the values of an asset and its columns. A value that it does not name is as
// old as the asset, or as the column. Fields are named as those of changes are; "" is the asset or column itself, which
// was created, removed or restored.
type Blame struct {
	// Created is the version that brought the asset; 0 if that was before blame was recorded.
	Created int64                  `json:"created,omitempty"`
	Fields  map[string]int64       `json:"fields,omitempty"`
	Columns map[string]ColumnBlame `json:"columns,omitempty"`
}

// ColumnBlame is the blame of a column.
type ColumnBlame struct {
	Created int64            `json:"created,omitempty"` // version that brought the column; 0 = with the asset
	Fields  map[string]int64 `json:"fields,omitempty"`
}

// Of returns the version that last set a value, of the asset itself where column is "". It is 0 if that was before
// blame was recorded.
func (b *Blame) Of(column, field string) int64 {
	fields, created := b.Fields, b.Created
	if column != "" {
		c := b.Columns[column]
		fields = c.Fields
		if c.Created != 0 {
			created = c.Created
		}
	}
	if n, ok := fields[field]; ok {
		return n
	}
	return created
}

// Next returns the blame after a version whose changes DiffAsset found, for the columns that there are then. b is not
// changed.
func (b *Blame) Next(version int64, changes []Change, columns []Column) Blame {
	next := Blame{Created: b.Created, Fields: maps.Clone(b.Fields), Columns: b.columnsAfter(changes, columns)}
	for i := range changes {
		c := &changes[i]
		switch {
		case c.Column == "":
			next.Fields = noted(next.Fields, c.Field, version)
		case c.Kind == Created:
			next.Columns[c.Column] = ColumnBlame{Created: version}
		default:
			if of, ok := next.Columns[c.Column]; ok {
				of.Fields = noted(of.Fields, c.Field, version)
				next.Columns[c.Column] = of
			}
		}
	}
	maps.DeleteFunc(next.Columns, func(_ string, c ColumnBlame) bool { return c.Created == 0 && len(c.Fields) == 0 })
	return next
}

// columnsAfter returns the blame that each of the columns had before, under the name that it had then.
func (b *Blame) columnsAfter(changes []Change, columns []Column) map[string]ColumnBlame {
	named := make(map[string]string)
	for i := range changes {
		if c := &changes[i]; c.Column != "" && c.Field == "name" {
			named[c.Column] = c.Old
		}
	}
	out := make(map[string]ColumnBlame, len(columns))
	for i := range columns {
		name := columns[i].Name
		before := name
		if old, ok := named[name]; ok {
			before = old
		}
		c := b.Columns[before]
		out[name] = ColumnBlame{Created: c.Created, Fields: maps.Clone(c.Fields)}
	}
	return out
}

func noted(fields map[string]int64, field string, version int64) map[string]int64 {
	if fields == nil {
		fields = map[string]int64{}
	}
	fields[field] = version
	return fields
}
