package projectdiff

import (
	"cmp"
	"slices"

	"github.com/thalweg-data/thalweg/internal/lineage"
)

// tests finds the data tests of head whose column is gone, and those of base that are gone although what they test is
// not.
func (c *comparer) tests() {
	c.out.Tests = []TestChange{}
	still, ids := map[testKey]bool{}, map[string]bool{}
	for _, t := range c.after.Tests {
		ids[t.UniqueID] = true
		still[c.testKey(t.UniqueID, t.Kind, t.Table, t.Column)] = true
		if t.Column != "" && c.gone[t.Table][c.after.fold(t.Column)] {
			c.out.Tests = append(c.out.Tests, TestChange{UniqueID: t.UniqueID, Change: Orphaned, Table: t.Table, Column: t.Column})
		}
	}
	for _, t := range c.before.Tests {
		if now, ok := c.nowTested(t); ok && !still[now] && !ids[t.UniqueID] {
			c.out.Tests = append(c.out.Tests, TestChange{UniqueID: t.UniqueID, Change: Removed, Table: now.table, Column: t.Column})
		}
	}
	slices.SortFunc(c.out.Tests, func(a, b TestChange) int {
		return cmp.Or(cmp.Compare(a.Table, b.Table), cmp.Compare(a.UniqueID, b.UniqueID), cmp.Compare(a.Change, b.Change))
	})
}

// testKey is what makes a test the same one in both states. The unique id of a generic test has its arguments and the
// name of its table in it, so what it tests counts instead.
type testKey struct{ id, kind, table, column string }

func (c *comparer) testKey(id, kind, table, column string) testKey {
	if kind == "" {
		return testKey{id: id, table: table}
	}
	return testKey{kind: kind, table: table, column: c.after.fold(column)}
}

// nowTested returns what a test of base would be in head; false where what it tests is gone, which is said of the table
// or the column.
func (c *comparer) nowTested(t lineage.DataTest) (testKey, bool) {
	table := c.canonical(t.Table)
	if _, ok := c.after.number[table]; !ok {
		return testKey{}, false
	}
	column := c.before.fold(t.Column)
	if now, renamed := c.columnNames[table][column]; renamed {
		column = now
	} else if c.gone[table][column] {
		return testKey{}, false
	}
	return c.testKey(t.UniqueID, t.Kind, table, column), true
}
