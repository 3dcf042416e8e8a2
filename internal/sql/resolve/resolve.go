// Package resolve finds out which base columns each output column of a SQL
// statement is made of, in which way, and which columns decide what rows there
// are.
//
// It works on the tree that package parser makes, with the rules of one
// dialect, and asks a Schema for the columns of tables. It reads nothing else
// and keeps nothing: the same input gives the same result, in the same order.
//
// Names are resolved scope by scope. Every column of every subquery, CTE and
// table function is computed when something needs it and only once, so the
// cost follows the size of the text. What cannot be resolved costs one column
// and is listed in the result; a hostile text runs into the budget of Options.
package resolve

import (
	"context"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/dialect"
)

// Options are limits and choices. The zero value is good.
type Options struct {
	// Budget bounds the work on one script.
	Budget Budget
	// Boundary reports whether a CTE stands for a table of its own, such as an
	// ephemeral model that was pasted in: edges end there, and what is inside
	// does not count. Nil for none.
	Boundary func(cte string) bool
	// Values leaves out Result.Indirect.
	Values bool
}

// Query resolves a script and returns the result of its last statement that
// returns or writes columns. Tables and views that earlier statements create
// are seen through.
func Query(ctx context.Context, script *ast.Script, d *dialect.Dialect, schema Schema, options Options) Result {
	results := Script(ctx, script, d, schema, options)
	if len(results) == 0 {
		return Result{Status: NoQuery}
	}
	return results[len(results)-1]
}

// Script resolves all statements of a script and returns one result for each
// that returns or writes columns, in order.
func Script(ctx context.Context, script *ast.Script, d *dialect.Dialect, schema Schema, options Options) []Result {
	if script == nil {
		return nil
	}
	r := newResolver(ctx, script, d, schema, options)
	results := r.statements(nil, script.Statements, 0)
	if len(results) > 0 {
		results[len(results)-1].Steps = r.steps
	}
	r.release()
	return results
}
