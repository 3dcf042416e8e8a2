package lineage

import (
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// nameStar gives names to the columns behind a star over tables whose columns are not known, if it is the only one and
// all columns of the model are: they are those that no other output makes. It reports whether it did. That a table
// that is read has columns of these names is an inference.
func (m *model) nameStar() bool {
	list := m.allColumns()
	at := m.onlyStar()
	if at < 0 || len(list) == 0 {
		return false
	}
	outputs := m.block.Outputs
	if len(list)*len(outputs[at].Edges) > m.budget.Edges {
		return false
	}
	made := m.made(list)
	named := make([]Output, 0, len(list))
	named = append(named, outputs[:at]...)
	for i, name := range list {
		if !made[i] {
			named = append(named, behindStar(&outputs[at], name))
		}
	}
	m.block.Outputs = inOrder(append(named, outputs[at+1:]...), list)
	return true
}

// made marks the names that outputs have: exactly, or folded if no other name is meant exactly.
func (m *model) made(list []string) []bool {
	made := make([]bool, len(list))
	exact, folded := make(map[string]int, len(list)), make(map[string][]int, len(list))
	for i, name := range list {
		fold := catalog.FoldColumn(m.platform(), name)
		exact[name], folded[fold] = i, append(folded[fold], i)
	}
	for i := range m.block.Outputs {
		name := m.block.Outputs[i].Name
		if at, ok := exact[name]; ok {
			made[at] = true
		} else if at := folded[catalog.FoldColumn(m.platform(), name)]; len(at) == 1 {
			made[at[0]] = true
		}
	}
	return made
}

// allColumns are the names of all columns that the model's query has according to the warehouse or to its contract, in
// order; none where neither lists them.
func (m *model) allColumns() []string {
	table := &m.tables[m.self]
	if !table.Stated.Full {
		return table.Code.Contract
	}
	var names []string
	for c := range table.Stated.All() {
		if table.Code.Snapshot == nil || !table.Code.Snapshot.adds(c.Name) {
			names = append(names, c.Name)
		}
	}
	return names
}

// onlyStar returns the place of the star among the outputs, -1 where there is none, several, or one whose columns are
// neither those of a table under their names nor all made of the same columns, as those of a pivot are.
func (m *model) onlyStar() int {
	at := -1
	for i := range m.block.Outputs {
		o := &m.block.Outputs[i]
		if !o.Star {
			continue
		}
		if at >= 0 || o.Gap || len(o.Edges) == 0 {
			return -1
		}
		for _, e := range o.Edges {
			passes, made := e.Column == "*" && e.Kinds == resolve.Identity, e.Column != "*" && e.Kinds&passedOn == 0
			if !passes && !made {
				return -1
			}
		}
		at = i
	}
	return at
}

// passedOn are the kinds of edges of a column that has the value of another one, or a part of it.
const passedOn = resolve.Identity | resolve.Rename | resolve.Field

// behindStar returns one of the columns that a star expands to.
func behindStar(star *Output, name string) Output {
	o := Output{Name: name, Masked: star.Masked, Edges: make([]Edge, len(star.Edges))}
	for i, e := range star.Edges {
		if e.Confidence = resolve.Inferred; e.Column == "*" {
			e.Column = name
		}
		o.Edges[i] = e
	}
	return o
}
