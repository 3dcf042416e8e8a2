package lineage

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/thalweg-data/thalweg/internal/sql/parser"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// Budget bounds what the engine spends on one text. Zero fields mean their
// defaults.
type Budget struct {
	Tokens int // that are read of the text
	resolve.Budget
}

// Limits bound what the engine spends on one run.
type Limits struct {
	// Text is for each text. A text that needs more is partial.
	Text Budget
	// Outputs, Edges and Steps are for all texts of a run together, 0 for defaults
	// that grow with the number of tables. Once they are spent, the remaining texts are left
	// to the next run.
	Outputs, Edges, Steps int
}

// The largest real text has a third of a megabyte and some 60,000 tokens; those with
// most columns have some thousand edges. Texts within the common budget are read in
// parallel and held for a while; those that need more are read again, one at a time,
// so that few of them are in memory together.
var (
	commonBudget = Budget{Tokens: 20_000, Budget: resolve.Budget{Steps: 1_000_000, Outputs: 2_000, Edges: 4_000, Bytes: 3 << 20}}
	textBudget   = Budget{Tokens: 80_000, Budget: resolve.Budget{Steps: 8_000_000, Outputs: 20_000, Edges: 60_000, Bytes: 8 << 20}}
)

func (l Limits) withDefaults(tables int) Limits {
	t := &l.Text
	t.Tokens = cmp.Or(t.Tokens, textBudget.Tokens)
	t.Steps, t.Depth = cmp.Or(t.Steps, textBudget.Steps), cmp.Or(t.Depth, textBudget.Depth)
	t.Outputs, t.Edges = cmp.Or(t.Outputs, textBudget.Outputs), cmp.Or(t.Edges, textBudget.Edges)
	t.Bytes = cmp.Or(t.Bytes, textBudget.Bytes)
	l.Outputs = cmp.Or(l.Outputs, 250_000+250*tables)
	l.Edges = cmp.Or(l.Edges, 1_000_000+1_000*tables)
	l.Steps = cmp.Or(l.Steps, 200_000_000+100_000*tables)
	return l
}

// common is the smaller of a budget and the common one.
func (b Budget) common() Budget {
	return Budget{Tokens: min(b.Tokens, commonBudget.Tokens), Budget: resolve.Budget{
		Steps: min(b.Steps, commonBudget.Steps), Depth: b.Depth, Outputs: min(b.Outputs, commonBudget.Outputs),
		Edges: min(b.Edges, commonBudget.Edges), Bytes: min(b.Bytes, commonBudget.Bytes),
	}}
}

// cost is what reading texts took.
type cost struct{ outputs, edges, steps int }

func (c *cost) add(b *Block, steps int) {
	c.outputs += len(b.Outputs)
	c.edges += b.EdgeCount() + len(b.Rows)
	c.steps += steps
}

// within returns the issue of a run whose budget is spent, or nil.
func (c cost) within(l Limits) *Issue {
	for _, spent := range []struct {
		name      string
		got, most int
	}{{"outputs", c.outputs, l.Outputs}, {"edges", c.edges, l.Edges}, {"steps", c.steps, l.Steps}} {
		if spent.got >= spent.most {
			return &Issue{Code: IssueOverBudget, Message: fmt.Sprintf(
				"not read: the code before it used up the %d %s that one import may use; the next import reads it", spent.most, spent.name)}
		}
	}
	return nil
}

// exceeded reports whether a larger budget would have read more of a text.
func (b *Block) exceeded() bool {
	for _, i := range b.Issues {
		if i.Code == string(parser.TooLong) || i.Code == IssueOverBudget {
			return true
		}
	}
	return false
}

// tooDeep reports whether a text nests deeper than is read.
func (b *Block) tooDeep() bool {
	return slices.ContainsFunc(b.Issues, func(i Issue) bool { return i.Code == string(parser.TooDeep) })
}
