package resolve

import (
	"context"
	"fmt"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/dialect"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// resolver resolves the statements of one script.
type resolver struct {
	// variables are the names that DECLARE made.
	variables map[name]bool
	dialect   *dialect.Dialect
	schema    Schema
	options   Options
	sql       string

	*memory
	// byName finds base tables where there are many.
	byName   map[string]*table
	inByName int
	// created are the tables and views that earlier statements of the script made.
	created map[string]Result
	pathIDs map[string]int32
	// subqueries remember the rows of queries inside expressions.
	subqueries map[*ast.Query]resolvedQuery
	// choice is the column that COLUMNS(...) means in the current expression.
	choice *column
	// failed are the names that nothing answers to; edges to table -1 point here.
	failed      []string
	failedAt    map[string]int
	diagnostics []Diagnostic
	reported    map[token.Span]bool
	incomplete  bool

	// behind counts the boundaries around the current query.
	behind       int
	budget       Budget
	steps, depth int
	// checkAt is the step at which the budget and the context are looked at next.
	checkAt int
	// over is set when the budget is spent or the context is canceled: whatever is
	// not known by then stays unknown.
	over bool
	ctx  context.Context //nolint:containedctx // of the call that made the resolver, which it does not outlive
}

func newResolver(ctx context.Context, script *ast.Script, d *dialect.Dialect, schema Schema, options Options) *resolver {
	if d == nil {
		d = dialect.Default
	}
	if schema == nil {
		schema = NoSchema{}
	}
	m := memories.Get().(*memory)
	m.names.start(len(script.SQL))
	m.paths = append(m.paths, "")
	return &resolver{
		ctx: ctx, dialect: d, schema: schema, options: options, budget: options.Budget.withDefaults(), sql: script.SQL, memory: m,
	}
}

// maxDiagnostics bounds what one statement can complain about.
const maxDiagnostics = 200

// report notes a problem, once per place.
func (r *resolver) report(span token.Span, code Code, format string, args ...any) {
	r.incomplete = true
	if r.over && code != OverBudget && code != Canceled {
		return // what follows from the budget alone
	}
	if len(r.diagnostics) >= maxDiagnostics || r.reported[span] {
		return
	}
	if r.reported == nil {
		r.reported = map[token.Span]bool{}
	}
	r.reported[span] = true
	r.diagnostics = append(r.diagnostics, Diagnostic{Span: span, Code: code, Message: fmt.Sprintf(format, args...)})
}

// path interns the path to a field.
func (r *resolver) path(text string) int32 {
	if text == "" {
		return 0
	}
	if id, ok := r.pathIDs[text]; ok {
		return id
	}
	if r.pathIDs == nil {
		r.pathIDs = map[string]int32{}
	}
	id := int32(len(r.paths))
	r.use(len(text) + mapEntry)
	r.paths = append(r.paths, text)
	r.pathIDs[text] = id
	return id
}

// joinPaths goes on from a field to a field within it.
func (r *resolver) joinPaths(outer, inner int32) int32 {
	if outer == 0 {
		return inner
	}
	if inner == 0 || len(r.paths[outer]) > maxPath {
		return outer
	}
	return r.path(r.paths[outer] + "." + r.paths[inner])
}

// maxPath bounds the length of a path, which a recursive CTE could make endless.
const maxPath = 400
