package dbt

import (
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// NamedColumns returns the columns of a node by the names that the warehouse has: those that are written with quotes in
// YAML without them. Columns that are then the same are one, with everything that either has.
func (n *Node) NamedColumns(adapter string) []Column {
	if !slices.ContainsFunc(n.Columns, func(c Column) bool { return c.Name != "" && strings.IndexByte("\"`[", c.Name[0]) >= 0 }) {
		return n.Columns
	}
	out := make([]Column, 0, len(n.Columns))
	for _, c := range n.Columns {
		name, quoted := catalog.UnquoteColumn(adapter, c.Name)
		c.Name, c.Quote = name, c.Quote || quoted
		if same := slices.IndexFunc(out, func(o Column) bool { return o.Name == c.Name }); same >= 0 {
			out[same] = out[same].joined(c)
			continue
		}
		out = append(out, c)
	}
	return out
}

// joined returns the column with what it lacks from another description of it.
func (c Column) joined(o Column) Column {
	c.Description, c.DataType = orText(c.Description, o.Description), orText(c.DataType, o.DataType)
	c.Granularity = orText(c.Granularity, o.Granularity)
	c.Quote = c.Quote || o.Quote
	if c.Meta == nil {
		c.Meta = o.Meta
	}
	c.Tags = distinct(slices.Concat(c.Tags, o.Tags))
	c.Constraints = slices.Concat(c.Constraints, o.Constraints)
	return c
}
