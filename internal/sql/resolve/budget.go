package resolve

import (
	"cmp"
	"unsafe"

	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// Budget bounds the work on one script. Zero fields mean their defaults.
type Budget struct {
	// Steps bounds the time: an expression visited or an edge passed on is a step.
	Steps int
	// Depth bounds nested queries and columns that rest on columns.
	Depth int
	// Outputs and Edges bound the size of each result.
	Outputs, Edges int
	// Bytes bounds the memory in use at one time, the result included. It is counted
	// roughly; the true use is below twice as much.
	Bytes int
}

// DefaultBudget is what zero fields of a Budget mean.
var DefaultBudget = Budget{Steps: 20_000_000, Depth: 5_000, Outputs: 100_000, Edges: 1_000_000, Bytes: 48 << 20}

func (b Budget) withDefaults() Budget {
	return Budget{
		Steps: cmp.Or(max(b.Steps, 0), DefaultBudget.Steps), Depth: cmp.Or(max(b.Depth, 0), DefaultBudget.Depth),
		Outputs: cmp.Or(max(b.Outputs, 0), DefaultBudget.Outputs), Edges: cmp.Or(max(b.Edges, 0), DefaultBudget.Edges),
		Bytes: cmp.Or(max(b.Bytes, 0), DefaultBudget.Bytes),
	}
}

// Estimates of memory that no arena gives out.
const (
	columnBytes  = int(unsafe.Sizeof(column{})) + int(unsafe.Sizeof(name(0)))
	pointerBytes = int(unsafe.Sizeof(uintptr(0)))
	edgeBytes    = int(unsafe.Sizeof(Edge{}))
	detailBytes  = int(unsafe.Sizeof(detail{}))
	clauseBytes  = int(unsafe.Sizeof(clause{}))
	tableBytes   = 256
	mapEntry     = 48
)

// stepsPerCheck is how many steps pass between two looks at the context.
const stepsPerCheck = 1 << 12

// enter goes one level down. It returns false if the budget is spent:
// leave must not be called then.
func (r *resolver) enter() bool {
	if r.depth >= r.budget.Depth {
		r.exceed("levels of nesting", r.budget.Depth)
		return false
	}
	if !r.spend(1) {
		return false
	}
	r.depth++
	return true
}

func (r *resolver) leave() { r.depth-- }

// spend takes steps from the budget and reports whether the work may go on.
func (r *resolver) spend(steps int) bool {
	r.steps += steps
	if r.steps < r.checkAt && r.meter.Bytes <= r.budget.Bytes {
		return !r.over
	}
	return r.check()
}

// check compares with the budget and looks at the context.
func (r *resolver) check() bool {
	r.checkAt = r.steps + stepsPerCheck
	switch {
	case r.over:
	case r.ctx.Err() != nil:
		r.over = true
		r.report(token.Span{}, Canceled, "the work on the statement was canceled")
	case r.steps > r.budget.Steps:
		r.exceed("steps", r.budget.Steps)
	case r.meter.Bytes > r.budget.Bytes:
		r.exceed("bytes of memory", r.budget.Bytes)
	}
	return !r.over
}

// look takes steps for looking through a list, a step for some tens of members.
func (r *resolver) look(members int) { r.spend(members >> 5) }

// use counts memory that no arena gives out.
func (r *resolver) use(bytes int) { r.meter.Bytes += bytes }

// room reports whether more bytes are within the budget. It is called before
// lists are made whose length is not bounded by that of the text.
func (r *resolver) room(bytes int) bool {
	if !r.over && r.meter.Bytes+bytes > r.budget.Bytes {
		r.exceed("bytes of memory", r.budget.Bytes)
	}
	return !r.over
}

func (r *resolver) exceed(what string, limit int) {
	if !r.over {
		r.over = true
		r.report(token.Span{}, OverBudget, "the statement needs more than %d %s; the rest is left out", limit, what)
	}
}
