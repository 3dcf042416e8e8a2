package parser

import (
	"sync"

	"github.com/thalweg-data/thalweg/internal/sql/arena"
	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// Memory holds the trees of a parser. A caller that parses many texts one after the
// other, and is done with each tree before the next, saves most of the garbage by
// passing the same Memory to all of them, see Options.Memory. It is for one
// goroutine at a time; the zero value is ready.
type Memory struct{ nodes nodes }

// nodes are the arenas of the node types that make up most of a tree.
type nodes struct {
	refs     arena.Of[ast.ColumnRef]
	idents   arena.Of[ast.Ident]
	literals arena.Of[ast.Literal]
	binaries arena.Of[ast.Binary]
	calls    arena.Of[ast.Call]
	names    arena.Of[ast.ObjectName]
	exprs    arena.Of[ast.Expr]
	ops      arena.Of[ast.Operator]
	args     arena.Of[ast.Arg]
	items    arena.Of[ast.SelectItem]
	selects  arena.Of[ast.Select]
	queries  arena.Of[ast.Query]
	ctes     arena.Of[ast.CTE]
	tables   arena.Of[ast.TableRef]
	stars    arena.Of[ast.Star]
	casts    arena.Of[ast.Cast]
	types    arena.Of[ast.TypeName]
}

func (n *nodes) reset() {
	n.refs.Reset()
	n.idents.Reset()
	n.literals.Reset()
	n.binaries.Reset()
	n.calls.Reset()
	n.names.Reset()
	n.exprs.Reset()
	n.ops.Reset()
	n.args.Reset()
	n.items.Reset()
	n.selects.Reset()
	n.queries.Reset()
	n.ctes.Reset()
	n.tables.Reset()
	n.stars.Reset()
	n.casts.Reset()
	n.types.Reset()
}

// scratch is the memory of a parse that does not outlive it.
type scratch struct {
	toks []token.Token
	// match gives for an opening bracket the index of its closing one; 0 where
	// there is none, and for every other token.
	match, open []int32
	// The stacks collect lists whose length is not known yet. They are cleared
	// as they shrink, so that no tree stays alive through them.
	exprStack []ast.Expr
	itemStack []ast.SelectItem
	argStack  []ast.Arg
}

// scratches keeps the memory of finished parses for the next ones.
var scratches = sync.Pool{New: func() any { return new(scratch) }}

// largestScratch is the number of tokens up to which scratch memory is kept.
const largestScratch = 1 << 18

// release returns the scratch memory to the pool.
func (p *parser) release() {
	s := p.scratch
	p.scratch = nil
	if cap(s.toks) > largestScratch {
		return
	}
	s.toks, s.match = s.toks[:0], s.match[:0]
	scratches.Put(s)
}
