package parser

import (
	"sync"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// slab hands out values of one type from chunks, so that a tree costs few
// allocations. Chunks grow, so that a short text does not pay for a long one.
type slab[T any] struct {
	free []T
	next int
}

// largestChunk bounds what one surviving node can keep alive.
const largestChunk = 256

func (s *slab[T]) new() *T {
	if len(s.free) == 0 {
		s.grow(1)
	}
	v := &s.free[0]
	s.free = s.free[1:]
	return v
}

// copy gives a stable copy of a list, with no spare capacity.
func (s *slab[T]) copy(list []T) []T {
	n := len(list)
	if n == 0 {
		return nil
	}
	if len(s.free) < n {
		s.grow(n)
	}
	c := s.free[:n:n]
	s.free = s.free[n:]
	copy(c, list)
	return c
}

func (s *slab[T]) grow(least int) {
	s.next = min(max(8, s.next*2), largestChunk)
	s.free = make([]T, max(s.next, least))
}

// nodes are the slabs of the node types that make up most of a tree.
type nodes struct {
	refs     slab[ast.ColumnRef]
	idents   slab[ast.Ident]
	literals slab[ast.Literal]
	binaries slab[ast.Binary]
	calls    slab[ast.Call]
	names    slab[ast.ObjectName]
	exprs    slab[ast.Expr]
	ops      slab[ast.Operator]
	args     slab[ast.Arg]
	items    slab[ast.SelectItem]
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

// release gives the scratch memory back.
func (p *parser) release() {
	s := p.scratch
	p.scratch = nil
	if cap(s.toks) > largestScratch {
		return
	}
	s.toks, s.match = s.toks[:0], s.match[:0]
	scratches.Put(s)
}
