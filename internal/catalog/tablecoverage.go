package catalog

import "strings"

// Coverage counts the present tables and columns of some assets, and those that are documented, tested and the like.
type Coverage struct {
	Tables          int64
	TablesDescribed int64
	TablesOwned     int64
	TablesTested    int64 // with an enabled data test of the table or one of its columns
	TablesMatched   int64 // whose columns a catalog or crawl lists

	Columns          int64 // that exist or are documented
	ColumnsDescribed int64
	ColumnsTested    int64
	ColumnsMatched   int64 // that a catalog or crawl lists
	ColumnsUnmatched int64 // documented, but not among those that a catalog or crawl lists
}

// Add adds the counts of other assets.
func (c *Coverage) Add(o Coverage) { c.add(o, 1) }

// Subtract takes the counts of other assets away.
func (c *Coverage) Subtract(o Coverage) { c.add(o, -1) }

func (c *Coverage) add(o Coverage, times int64) {
	c.Tables += times * o.Tables
	c.TablesDescribed += times * o.TablesDescribed
	c.TablesOwned += times * o.TablesOwned
	c.TablesTested += times * o.TablesTested
	c.TablesMatched += times * o.TablesMatched
	c.Columns += times * o.Columns
	c.ColumnsDescribed += times * o.ColumnsDescribed
	c.ColumnsTested += times * o.ColumnsTested
	c.ColumnsMatched += times * o.ColumnsMatched
	c.ColumnsUnmatched += times * o.ColumnsUnmatched
}

// CoverageOf counts one asset: nothing, unless it is a present table.
func CoverageOf(a *Asset, columns []Column, tests []Test) (c Coverage) {
	if !a.Present || !a.Kind.IsTable() {
		return c
	}
	c.Tables = 1
	if strings.TrimSpace(a.Description.Value) != "" {
		c.TablesDescribed = 1
	}
	if len(a.Owners) > 0 {
		c.TablesOwned = 1
	}
	if a.Listed {
		c.TablesMatched = 1
	}
	tested := make([]bool, len(columns))
	for i := range tests {
		if !tests[i].Body.Enabled {
			continue
		}
		c.TablesTested = 1
		for _, name := range tests[i].Body.ColumnNames() {
			if n := FindColumn(a.Relation.Platform, name, len(columns), func(i int) string { return columns[i].Name }); n >= 0 {
				tested[n] = true
			}
		}
	}
	for i := range columns {
		column := &columns[i]
		if !column.Present && !column.DocumentedOnly {
			continue
		}
		c.Columns++
		if strings.TrimSpace(column.Description.Value) != "" {
			c.ColumnsDescribed++
		}
		if tested[i] {
			c.ColumnsTested++
		}
		switch {
		case column.DocumentedOnly:
			c.ColumnsUnmatched++
		case a.Listed && column.Origin == "":
			c.ColumnsMatched++
		}
	}
	return c
}
