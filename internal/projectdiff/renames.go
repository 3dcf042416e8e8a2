package projectdiff

import (
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/lineage"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// pairRenamed finds the tables that have another unique id: one that is gone and one that is new are the same if only
// they have the same table in the warehouse, or the same code or content. A pair may show another one, by whose name
// its code reads it.
func (c *comparer) pairRenamed() {
	for {
		found := false
		for _, same := range []func(*projectState, *lineage.Node) string{c.warehouseName, c.content} {
			found = c.pairBy(same) || found
		}
		if !found {
			return
		}
		c.namesBefore, c.namesAfter = nil, nil // those of a pair are one name
	}
}

// readNames makes the names of tables by which code is compared.
func (c *comparer) readNames() {
	base := newRelationNames(c.before.ProjectLineage, c.canonical)
	head := newRelationNames(c.after.ProjectLineage, c.canonical)
	c.namesBefore, c.namesAfter = tableNames{base, head}, tableNames{head, base}
}

// canonical returns the unique id that a table of either state has now.
func (c *comparer) canonical(id string) string {
	if now, ok := c.renamed[id]; ok {
		return now
	}
	return id
}

func (c *comparer) pairBy(key func(*projectState, *lineage.Node) string) bool {
	gone, fresh := c.unpaired(c.before, c.after, key), c.unpaired(c.after, c.before, key)
	found := false
	for k, was := range gone {
		if now := fresh[k]; len(was) == 1 && len(now) == 1 {
			c.renamed[was[0]], c.former[now[0]] = now[0], was[0]
			found = true
		}
	}
	return found
}

// unpaired lists the tables that only one state has, by what may make them the same as one of the other.
func (c *comparer) unpaired(s, other *projectState, key func(*projectState, *lineage.Node) string) map[string][]string {
	out := map[string][]string{}
	for _, n := range s.Nodes {
		_, both := other.number[n.UniqueID]
		if both || !lineage.IsTable(n) || c.renamed[n.UniqueID] != "" || c.former[n.UniqueID] != "" {
			continue
		}
		if k := key(s, n); k != "" {
			out[k] = append(out[k], n.UniqueID)
		}
	}
	return out
}

// warehouseName is the name of a node's table, wherever the state lies and whatever makes it, a model or a snapshot; of
// a source, which lies elsewhere, with its schema.
func (c *comparer) warehouseName(s *projectState, n *lineage.Node) string {
	name := strings.ToLower(identifier(n))
	if n.ResourceType == "source" {
		return "source\x00" + strings.ToLower(n.Schema) + "\x00" + name
	}
	return name
}

// content is the code of a node, or the checksum of a seed's file.
func (c *comparer) content(s *projectState, n *lineage.Node) string {
	if code := c.codeOf(s, n); code != "" {
		return n.ResourceType + "\x00" + code
	}
	return ""
}

func (c *comparer) codeOf(s *projectState, n *lineage.Node) string {
	switch {
	case n.ResourceType == "seed" && n.Checksum.Name == "sha256":
		return n.Checksum.Value
	case n.Raw.IsZero():
		return ""
	case n.Language != "" && n.Language != "sql":
		return n.Raw.String()
	case !n.Compiled.IsZero():
		return "compiled\x00" + c.normal(s, nil, n.Compiled)
	}
	return c.normal(s, nil, n.Raw)
}

// normalizer makes the one for code of a state.
func (c *comparer) normalizer(s *projectState, columns map[string]string) normalizer {
	return normalizer{platform: s.Head.AdapterType, dialect: s.dialect, names: c.namesOf(s), columns: columns}
}

// namesOf returns the names of tables in the code of a state.
func (c *comparer) namesOf(s *projectState) tableNames {
	if c.namesAfter == nil {
		c.readNames()
	}
	if s == c.before {
		return c.namesBefore
	}
	return c.namesAfter
}

// sameCode reports whether the code of a node does the same in both states. What dbt made of it decides where both have
// that: a changed ref() of a renamed model makes the same.
func (c *comparer) sameCode(a, b *lineage.Node) bool {
	if a.Raw == b.Raw {
		return true
	}
	if b.Language != "" && b.Language != "sql" {
		return false
	}
	was, now := a.Compiled, b.Compiled
	if was.IsZero() || now.IsZero() {
		was, now = a.Raw, b.Raw
	}
	columns := map[string]string{}
	if block := c.before.block(c.before.number[a.UniqueID]); block != nil {
		for _, ref := range block.Refs {
			for old, name := range c.columnNames[c.canonical(c.before.RefName(ref))] {
				columns[old] = name
			}
		}
	}
	if c.normal(c.before, columns, was) == c.normal(c.after, nil, now) {
		return true
	}
	// By their old names it is the same if some of the code gives a column its old name back.
	return len(columns) > 0 && c.normal(c.before, nil, was) == c.normal(c.after, inverse(columns, c.after.fold), now)
}

// normal is the normal form of code of a state.
func (c *comparer) normal(s *projectState, columns map[string]string, code catalog.Hash) string {
	return c.normalizer(s, columns).normal(s.code(code))
}

// sameExpression is the same for the expressions of two columns.
func (c *comparer) sameExpression(x, y column) bool {
	if x.code == y.code {
		return true
	}
	return c.normalBefore(x) == c.normalAfter(y)
}

// normalBefore is the normal form of the expression of a column of before, with the names that columns have now.
func (c *comparer) normalBefore(x column) string {
	columns := map[string]string{}
	for key := range x.edges {
		if name, ok := c.columnNames[c.canonical(key.from)][key.column]; ok {
			columns[key.column] = name
		}
	}
	return c.normalizer(c.before, columns).normal(x.code)
}

func (c *comparer) normalAfter(y column) string { return c.normalizer(c.after, nil).normal(y.code) }

// current writes the origins that the other state had by the names that they have now, except those that are still
// read by their old ones.
func (c *comparer) current(edges, now map[edgeKey]resolve.KindSet) map[edgeKey]resolve.KindSet {
	if len(c.renamed) == 0 && len(c.columnNames) == 0 {
		return edges
	}
	out := make(map[edgeKey]resolve.KindSet, len(edges))
	for key, kinds := range edges {
		if _, still := now[key]; still {
			out[key] |= kinds
			continue
		}
		key.from = c.canonical(key.from)
		if name, ok := c.columnNames[key.from][key.column]; ok {
			key.column = c.after.fold(name)
		}
		out[key] |= kinds
	}
	return out
}

// sameKinds compares the kinds of an edge. That of a column that was renamed on either side is a rename or not,
// whatever its code does.
func sameKinds(a, b resolve.KindSet, renamed bool) bool {
	if renamed {
		const name = resolve.Identity | resolve.Rename
		if a&name != 0 && b&name != 0 {
			a, b = a&^name, b&^name
		}
	}
	return a == b
}

// isRenamed reports whether an origin is a column that has another name now.
func (c *comparer) isRenamed(key edgeKey) bool {
	for _, name := range c.columnNames[key.from] {
		if c.after.fold(name) == key.column {
			return true
		}
	}
	return false
}

// pairColumns makes one change of a column that is gone and one that is new where only they are computed alike.
func (c *comparer) pairColumns(id string, old, have map[string]column) (renamed map[string]string) {
	fresh := map[string]string{} // new columns by folded name, their normal forms
	for name, y := range have {
		if _, had := old[name]; !had && y.code != "" {
			fresh[name] = c.normalAfter(y)
		}
	}
	alike := func(x, y column) bool {
		was := c.current(x.edges, y.edges)
		if len(was) != len(y.edges) {
			return false
		}
		for key, kinds := range was {
			if now, ok := y.edges[key]; !ok || !sameKinds(kinds, now, true) {
				return false
			}
		}
		return true
	}
	pairs := map[string][]string{}
	back := map[string]int{}
	for was, x := range old {
		if _, still := have[was]; still || x.code == "" {
			continue
		}
		normal := c.normalBefore(x)
		for now, form := range fresh {
			if y := have[now]; (x.code == y.code || normal == form) && alike(x, y) {
				pairs[was] = append(pairs[was], now)
				back[now]++
			}
		}
	}
	for was, now := range pairs {
		if len(now) == 1 && back[now[0]] == 1 {
			if c.columnNames[id] == nil {
				c.columnNames[id] = map[string]string{}
			}
			c.columnNames[id][was] = have[now[0]].name
		}
	}
	return c.columnNames[id]
}

// order lists the tables of both states by the unique ids that they have now, parents first.
func (c *comparer) order() []string {
	var ids []string
	numbers, _ := c.after.Graph.Order()
	for _, n := range numbers {
		if lineage.IsTable(c.after.Nodes[n]) {
			ids = append(ids, c.after.Nodes[n].UniqueID)
		}
	}
	var gone []string
	for _, n := range c.before.Nodes {
		if _, still := c.after.number[c.canonical(n.UniqueID)]; !still && lineage.IsTable(n) {
			gone = append(gone, n.UniqueID)
		}
	}
	slices.Sort(gone)
	return append(ids, gone...)
}
