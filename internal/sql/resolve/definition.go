package resolve

import (
	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// maxDefinition bounds the names and stars that a definition is looked for
// through.
const maxDefinition = 100

// definition is the place of the expression that makes the values of a column.
// It looks through stars and plain names into the CTEs and subqueries that they
// come from. Empty where nothing but stars leads to a base column.
func (r *resolver) definition(c *column) token.Span {
	var last token.Span
	for range maxDefinition {
		if c.expr == nil {
			if c.same == nil || c.detail != nil && !c.detail.onlyParts() {
				return last
			}
			c = c.same
			continue
		}
		last = c.expr.Range()
		ref, plain := c.expr.(*ast.ColumnRef)
		if !plain || c.same != nil || c.detail != nil && !c.detail.onlyParts() {
			return last
		}
		named := r.named(ref, c.view)
		if named == nil || named == c {
			return last
		}
		c = named
	}
	return last
}

// named returns the one column that a plain name means; nil if it is not one, or a
// part of one.
func (r *resolver) named(ref *ast.ColumnRef, v view) *column {
	start := len(r.matches)
	path := r.resolve(ref, v)
	defer func() { r.matches = r.matches[:start] }()
	if len(r.matches) != start+1 || path != 0 {
		return nil
	}
	return r.matches[start].column
}
