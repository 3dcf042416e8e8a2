package lineagecase

import (
	"slices"
	"sort"
	"strings"
)

// edgeKey is a base column in the case's own spelling of the table, folded.
type edgeKey struct{ table, column string }

type edgeSet map[edgeKey]bool

func (s edgeSet) less(o edgeSet) int {
	n := 0
	for e := range s {
		if !o[e] {
			n++
		}
	}
	return n
}

func (s edgeSet) common(o edgeSet) int { return len(s) - s.less(o) }

func (s edgeSet) equal(o edgeSet) bool { return len(s) == len(o) && s.less(o) == 0 }

func (s edgeSet) sorted() []string {
	list := make([]string, 0, len(s))
	for e := range s {
		list = append(list, e.table+"."+e.column)
	}
	sort.Strings(list)
	return list
}

// tableNames maps a table's name to the spelling of the case.
type tableNames struct {
	names map[string][]string
	fold  func(string) string
}

func newTableNames(c *Case) tableNames {
	t := tableNames{names: map[string][]string{}, fold: strings.ToLower}
	if c.CaseSensitive {
		t.fold = func(s string) string { return s }
	}
	for _, table := range c.Schema {
		t.add(table.Name)
	}
	for _, name := range c.TablesIn {
		t.add(name)
	}
	for _, want := range c.Expect {
		for _, e := range want.From {
			t.add(e.Table)
		}
	}
	return t
}

func (t tableNames) parts(name string) []string {
	var parts []string
	for _, p := range strings.Split(unquoted.Replace(name), ".") {
		if p != "" {
			parts = append(parts, t.fold(p))
		}
	}
	return parts
}

func (t tableNames) add(name string) {
	if parts := t.parts(name); len(parts) > 0 {
		t.names[strings.Join(parts, ".")] = parts
	}
}

// key is the known name that is equal, or of which one is the other's tail; the
// longest if there is one.
func (t tableNames) key(name string) string {
	parts := t.parts(name)
	text := strings.Join(parts, ".")
	if _, ok := t.names[text]; ok || len(parts) == 0 {
		return text
	}
	var best []string
	for key, other := range t.names {
		if n := commonTail(other, parts); n == len(other) || n == len(parts) {
			best = append(best, key)
		}
	}
	if len(best) == 0 {
		return text
	}
	slices.SortFunc(best, func(a, b string) int { return len(t.names[b]) - len(t.names[a]) })
	if len(best) == 1 || len(t.names[best[0]]) != len(t.names[best[1]]) {
		return best[0]
	}
	return text
}

func (t tableNames) edges(list []Edge) edgeSet {
	set := edgeSet{}
	for _, e := range list {
		set[edgeKey{t.key(e.Table), t.fold(unquoted.Replace(e.Column))}] = true
	}
	return set
}

// matcher finds the output for each expected one; each is taken once.
type matcher struct {
	tables tableNames
	names  []string
	edges  []edgeSet
	taken  []bool
}

func newMatcher(c *Case, line Line) *matcher {
	m := &matcher{tables: newTableNames(c), taken: make([]bool, len(line.Columns))}
	for _, out := range line.Columns {
		m.names = append(m.names, m.tables.fold(unquoted.Replace(out.Output)))
		m.edges = append(m.edges, m.tables.edges(out.edges()))
	}
	return m
}

// take finds an output by name, of several the one with the same edges; one
// without a name by its position or its edges.
func (m *matcher) take(want *Want) (edgeSet, bool) {
	name := m.tables.fold(unquoted.Replace(want.Output))
	expected := m.tables.edges(want.From)
	at := m.search(func(i int) bool { return m.names[i] == name && m.edges[i].equal(expected) })
	if at < 0 {
		at = m.search(func(i int) bool { return m.names[i] == name })
	}
	if at < 0 && want.Unnamed {
		if p := want.Position; p != nil && *p < len(m.names) && !m.taken[*p] {
			at = *p
		} else if p == nil {
			at = m.search(func(i int) bool { return m.edges[i].equal(expected) })
		}
	}
	if at < 0 {
		return edgeSet{}, false
	}
	m.taken[at] = true
	return m.edges[at], true
}

func (m *matcher) search(fits func(int) bool) int {
	for i := range m.names {
		if !m.taken[i] && fits(i) {
			return i
		}
	}
	return -1
}

func (m *matcher) left() int {
	n := 0
	for _, taken := range m.taken {
		if !taken {
			n++
		}
	}
	return n
}

// same compares edges: optional ones may be there, of a group one is enough.
func (m *matcher) same(want *Want, expected, got edgeSet) bool {
	if got.equal(expected) {
		return true
	}
	free, anyTable := edgeSet{}, map[string]bool{}
	for _, e := range want.Optional {
		if e.Table == "" {
			anyTable[m.tables.fold(unquoted.Replace(e.Column))] = true
			continue
		}
		for key := range m.tables.edges([]Edge{e}) {
			free[key] = true
		}
	}
	loose := edgeSet{}
	for key := range free {
		loose[key] = true
	}
	for _, group := range want.AnyOf {
		set := m.tables.edges(group)
		if set.common(got) == 0 {
			return false
		}
		for key := range set {
			loose[key] = true
		}
	}
	for key := range expected {
		if !got[key] && !loose[key] && !anyTable[key.column] {
			return false
		}
	}
	for key := range got {
		if !expected[key] && !free[key] && !anyTable[key.column] {
			return false
		}
	}
	return true
}
