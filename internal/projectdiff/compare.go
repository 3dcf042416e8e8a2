package projectdiff

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/lineage"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// Compare returns how base became head. Tables with equal unique ids are the same table, whatever their database and
// schema, so that one state may be production and the other a developer's.
//
// Tables and columns that are gone or renamed, and types that changed, are breaking: somebody outside the project
// may use them. Values that are computed in another way are not.
func Compare(base, head *lineage.ProjectLineage) (*Diff, error) {
	before, err := newProjectState(base)
	if err != nil {
		return nil, err
	}
	after, err := newProjectState(head)
	if err != nil {
		return nil, err
	}
	c := &comparer{
		before: before, after: after, gone: map[string]map[string]bool{}, renamed: map[string]string{}, former: map[string]string{},
		columnNames: map[string]map[string]string{},
	}
	c.pairRenamed()
	for _, id := range c.order() {
		c.table(id)
	}
	slices.SortFunc(c.out.Tables, func(a, b TableChange) int { return cmp.Compare(a.UniqueID, b.UniqueID) })
	c.broken()
	c.hits()
	c.tests()
	c.constraints()
	c.owners()
	c.summary()
	c.coverage()
	if err := errors.Join(before.failed, after.failed); err != nil {
		return nil, err
	}
	return &c.out, nil
}

type comparer struct {
	before, after *projectState
	out           Diff
	// What to follow downstream, in either state.
	ofBefore, ofAfter []difference
	gone              map[string]map[string]bool // columns that a table lost, folded

	renamed, former map[string]string            // unique ids: the new one by the old one, and the other way
	columnNames     map[string]map[string]string // of tables: the new names of renamed columns by the old ones, folded
	// The names of tables in the code of a state, and those of the other one.
	namesBefore, namesAfter tableNames
}

// table compares one table.
func (c *comparer) table(id string) {
	was, had := c.before.number[cmp.Or(c.former[id], id)]
	now, has := c.after.number[id]
	switch {
	case !had:
		c.add(c.whole(c.after, now, Added))
	case !has:
		c.add(c.whole(c.before, was, Removed))
		c.ofBefore = append(c.ofBefore, difference{table: was})
	default:
		c.both(was, now)
	}
}

func (c *comparer) add(t TableChange) { c.out.Tables = append(c.out.Tables, t) }

// whole is a table that one state alone has. Nobody outside the project can have
// used an ephemeral model.
func (c *comparer) whole(s *projectState, n int32, change string) TableChange {
	node := s.Nodes[n]
	return TableChange{
		UniqueID: node.UniqueID, Kind: node.ResourceType, Change: change, Breaking: change == Removed && node.Materialized != "ephemeral",
		Path: node.Path, Reasons: []string{}, Columns: []ColumnChange{}, Edges: []EdgeChange{}, Rows: []EdgeChange{},
	}
}

// both compares a table that both states have.
func (c *comparer) both(was, now int32) {
	a, b := c.before.Nodes[was], c.after.Nodes[now]
	if a == b && c.oneAdapter() && c.before.SameBlock(int(was), c.after.ProjectLineage, int(now)) && c.before.table(was) == c.after.table(now) {
		return
	}
	t := c.whole(c.after, now, Changed)
	if a.UniqueID != b.UniqueID {
		t.Change, t.RenamedFrom = Renamed, a.UniqueID
	}
	t.Reasons = append(t.Reasons, c.reasons(a, b)...)
	moved := identifier(a) != identifier(b) && a.Materialized != "ephemeral"
	t.Breaking = moved
	lost, differ := c.columns(&t, was, now)
	rows := c.rows(&t, was, now)
	if t.RenamedFrom == "" && len(t.Reasons) == 0 && len(t.Columns) == 0 && len(t.Edges) == 0 && len(t.Rows) == 0 {
		return
	}
	for _, col := range t.Columns {
		t.Breaking = t.Breaking || col.Breaking
	}
	t.ContractBroken = a.Contract && (!b.Contract || slices.ContainsFunc(t.Columns, func(col ColumnChange) bool { return col.Breaking }))
	t.Breaking = t.Breaking || t.ContractBroken
	c.add(t)
	if moved {
		lost = append(lost, noColumn) // code reads it by ref(), other users by its name
	}
	if len(lost) > 0 {
		c.ofBefore = append(c.ofBefore, difference{was, lost})
	}
	// Code that changed without any column that shows it may have changed all.
	hidden := slices.Contains(t.Reasons, "code") && len(t.Columns) == 0 && len(t.Edges) == 0
	switch {
	case rows || hidden || slices.Contains(t.Reasons, "content"):
		c.ofAfter = append(c.ofAfter, difference{table: now})
	case len(differ) > 0:
		c.ofAfter = append(c.ofAfter, difference{now, differ})
	}
}

// reasons are the differences of two nodes other than their columns.
func (c *comparer) reasons(a, b *lineage.Node) []string {
	var out []string
	if !c.sameCode(a, b) {
		out = append(out, "code")
	}
	if a.ResourceType == "seed" && a.Checksum != b.Checksum {
		out = append(out, "content")
	}
	from := func(what, x, y string) {
		if x != y {
			out = append(out, what+" "+cmp.Or(x, "none")+" → "+cmp.Or(y, "none"))
		}
	}
	from("name", identifier(a), identifier(b))
	from("materialization", a.Materialized, b.Materialized)
	from("access", a.Access, b.Access)
	if a.Contract != b.Contract {
		from("contract", enforced(a.Contract), enforced(b.Contract))
	}
	was, now := int(c.before.number[a.UniqueID]), int(c.after.number[b.UniqueID])
	if c.before.HasBlock(was) && c.after.HasBlock(now) {
		from("lineage", c.before.Status(was).String(), c.after.Status(now).String())
	}
	return out
}

func enforced(contract bool) string {
	if contract {
		return "enforced"
	}
	return "not enforced"
}

// columns compares the columns of a table, as far as they can be; lost are those of before that are
// gone or have another type, differ those of after whose values differ.
func (c *comparer) columns(t *TableChange, was, now int32) (lost, differ []string) {
	if c.sameColumns(was, now) {
		return nil, nil
	}
	old, have := c.lists(was, now)
	if old == nil {
		if c.known(was, now) {
			c.out.Summary.NotCompared++
		}
		return nil, nil
	}
	id := t.UniqueID
	former := inverse(c.pairColumns(id, old, have), c.after.fold)
	for _, name := range slices.Sorted(maps.Keys(former)) {
		oldName := former[name]
		x, y := old[oldName], have[name]
		change := ColumnChange{Name: y.name, Change: Renamed, RenamedFrom: x.name, Breaking: true}
		if x.typ != "" && y.typ != "" && !strings.EqualFold(x.typ, y.typ) {
			change.Before, change.After = x.typ, y.typ
		}
		t.Columns = append(t.Columns, change)
		lost = append(lost, noColumn)
		c.loses(id, oldName)
		delete(old, oldName)
		delete(have, name)
	}
	for _, name := range slices.Sorted(maps.Keys(union(old, have))) {
		x, had := old[name]
		y, has := have[name]
		switch {
		case !had:
			t.Columns = append(t.Columns, ColumnChange{Name: y.name, Change: Added, After: y.typ})
			t.Edges = append(t.Edges, c.edges(y.name, nil, y.edges)...)
			continue
		case !has:
			t.Columns = append(t.Columns, ColumnChange{Name: x.name, Change: Removed, Before: x.typ, Breaking: true})
			t.Edges = append(t.Edges, c.edges(x.name, x.edges, nil)...)
			lost = append(lost, x.name)
			c.loses(id, name)
			continue
		}
		edges := c.edges(y.name, x.edges, y.edges)
		t.Edges = append(t.Edges, edges...)
		if x.typ != "" && y.typ != "" && !strings.EqualFold(x.typ, y.typ) {
			t.Columns = append(t.Columns, ColumnChange{Name: y.name, Change: Retyped, Before: x.typ, After: y.typ, Breaking: true})
			lost = append(lost, x.name)
		}
		if same := c.sameExpression(x, y); len(edges) > 0 || !same {
			change := ColumnChange{Name: y.name, Change: Changed}
			if !same {
				change.Before, change.After = oneLine(x.code), oneLine(y.code)
			}
			t.Columns = append(t.Columns, change)
			differ = append(differ, y.name)
		}
	}
	return lost, differ
}

// noColumn stands for a column that takes part in no lineage.
const noColumn = ""

func (c *comparer) loses(id, column string) {
	if c.gone[id] == nil {
		c.gone[id] = map[string]bool{}
	}
	c.gone[id][column] = true
}

func oneLine(code string) string { return strings.Join(strings.Fields(code), " ") }

// inverse returns the old names of renamed columns by the new ones, folded.
func inverse(renamed map[string]string, fold func(string) string) map[string]string {
	out := make(map[string]string, len(renamed))
	for was, now := range renamed {
		out[fold(now)] = was
	}
	return out
}

// lists returns the columns of both states, both as code makes them or both as
// catalogs list them: a catalog is often older than its code. Edges are compared
// only where both states have them.
func (c *comparer) lists(was, now int32) (old, have map[string]column) {
	if old, have = c.before.byCode(was), c.after.byCode(now); old != nil && have != nil {
		return old, have
	}
	if old, have = c.before.byCatalog(was), c.after.byCatalog(now); old == nil || have == nil {
		return nil, nil
	}
	if (c.before.block(was) == nil) != (c.after.block(now) == nil) {
		for _, list := range []map[string]column{old, have} {
			for name, col := range list {
				col.edges = nil
				list[name] = col
			}
		}
	}
	return old, have
}

// known reports whether either state knows columns of a table.
func (c *comparer) known(was, now int32) bool {
	return c.before.byCode(was) != nil || c.after.byCode(now) != nil || c.before.byCatalog(was) != nil || c.after.byCatalog(now) != nil
}

func union(a, b map[string]column) map[string]column {
	out := maps.Clone(a)
	maps.Copy(out, b)
	return out
}

// edges compares the origins of one column, or of the rows where it has no name.
func (c *comparer) edges(name string, old, now map[edgeKey]resolve.KindSet) []EdgeChange {
	var out []EdgeChange
	old = c.current(old, now)
	for key, kinds := range old {
		change := EdgeChange{Column: name, From: key.from, FromColumn: key.column, Before: kinds.Names()}
		switch after, still := now[key]; {
		case !still:
			change.Change = Removed
		case !sameKinds(after, kinds, c.isRenamed(key)):
			change.Change, change.After = Changed, after.Names()
		default:
			continue
		}
		out = append(out, change)
	}
	for key, kinds := range now {
		if _, had := old[key]; !had {
			out = append(out, EdgeChange{Column: name, From: key.from, FromColumn: key.column, Change: Added, After: kinds.Names()})
		}
	}
	slices.SortFunc(out, func(a, b EdgeChange) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.FromColumn, b.FromColumn), cmp.Compare(a.Change, b.Change))
	})
	return out
}

// rows compares the columns that decide the rows, where both states have them.
func (c *comparer) rows(t *TableChange, was, now int32) bool {
	a, b := c.before.block(was), c.after.block(now)
	if a == nil || b == nil || sameRows(a, b) {
		return false
	}
	t.Rows = append(t.Rows, c.edges("", c.before.rows(a), c.after.rows(b))...)
	return len(t.Rows) > 0
}

// broken finds what still reads columns that are gone.
func (c *comparer) broken() {
	if len(c.gone) == 0 {
		return
	}
	for i, node := range c.after.Nodes {
		if !slices.ContainsFunc(c.after.Reads(i), func(read int32) bool { return c.gone[c.after.Nodes[read].UniqueID] != nil }) {
			continue
		}
		b := c.after.Block(i)
		note := func(name string, r lineage.Ref, from string) {
			table := c.after.RefName(r)
			read := BrokenRead{UniqueID: node.UniqueID, Path: node.Path, Column: name, From: table, FromColumn: from}
			if c.gone[table][c.after.fold(from)] && !slices.Contains(c.out.Broken, read) {
				c.out.Broken = append(c.out.Broken, read)
				c.breaks(table, from)
			}
		}
		for k := range b.Outputs {
			for _, e := range b.Outputs[k].Edges {
				note(b.Outputs[k].Name, b.Refs[e.Ref], e.Column)
			}
		}
		for _, u := range b.Rows {
			note("", b.Refs[u.Ref], u.Column)
		}
	}
}

// breaks follows a renamed column, which is still read by its old name, as one that is gone.
func (c *comparer) breaks(table, column string) {
	if _, renamed := c.columnNames[table][c.after.fold(column)]; renamed {
		was := c.before.number[cmp.Or(c.former[table], table)]
		c.ofBefore = append(c.ofBefore, difference{was, []string{column}})
	}
}
