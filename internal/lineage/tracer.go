package lineage

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/graph"
)

// Store provides what a Tracer reads and keeps what it finds.
type Store interface {
	// Load fills in the tables that have become due (Code above all) and what
	// their parents state, and the parents of those that are ephemeral; it is
	// called from one goroutine, before they are read.
	Load(ctx context.Context, due []int32) error
	// Columns returns the columns of a table that is read without being declared as
	// a parent. It may be called from several goroutines at once.
	Columns(n int32) Columns
	// Inferred returns the columns that the code of a table made when it was read
	// last, before this run; called after Load.
	Inferred(n int32) Columns
	// Texts returns compiled code by hash; all of it, or an error. It may be called
	// while Keep runs.
	Texts(ctx context.Context, hashes []catalog.Hash) (map[catalog.Hash]string, error)
	// IsCurrent reports whether the block of a table was made under this key.
	IsCurrent(n int32, key catalog.Hash) bool
	// Keep takes what was traced, always in the same order.
	Keep(ctx context.Context, traced []Traced) error
}

// Traced is one model that was read.
type Traced struct {
	Table   int32
	Key     catalog.Hash
	Block   *Block
	Encoded []byte
}

// Options control a Tracer.
type Options struct {
	Workers  int // 0 means two
	Progress func(done, total int64)
	Limits   Limits
	// Reads are edges from tables to those whose code reads them without declaring them as parents. A reader is read
	// after them and again when their columns change, but its code finds them as it finds any table.
	Reads []graph.Edge
}

// Tracer reads the code of models in the order in which they derive from one
// another, so that each is read knowing the columns of its parents.
type Tracer struct {
	tables     []Table
	graph      *graph.Graph // of declared parents and reads
	declared   *graph.Graph
	relations  *relations
	ephemerals []int32
	store      Store
	options    Options
	engine     string // EngineVersion

	inferred map[int32]Columns // of tables read in this run
	hashes   []catalog.Hash    // of effective columns, by table; zero: not made yet
	asked    sync.Map          // number → Columns, of tables that are not read in this run
	done     int64
	total    int64
	limits   Limits
	spent    cost
	ahead    *textsAhead // nil if none are read ahead
}

// NewTracer makes a tracer of tables and the edges between them (parent →
// child). tables are the tracer's and the store's to fill in while it runs. An
// edge of a table to itself is left out: it does not affect the order.
func NewTracer(tables []Table, edges []graph.Edge, store Store, o Options) (*Tracer, error) {
	declared, err := graphOf(tables, edges)
	if err != nil {
		return nil, err
	}
	all := declared
	if len(o.Reads) > 0 {
		if all, err = graphOf(tables, slices.Concat(edges, o.Reads)); err != nil {
			return nil, err
		}
	}
	t := &Tracer{
		tables: tables, graph: all, declared: declared, relations: newRelations(tables), store: store, options: o, engine: EngineVersion,
		limits: o.Limits.withDefaults(len(tables)), inferred: map[int32]Columns{}, hashes: make([]catalog.Hash, len(tables)),
	}
	for i := range tables {
		if tables[i].Ephemeral {
			t.ephemerals = append(t.ephemerals, int32(i))
		}
	}
	return t, nil
}

func graphOf(tables []Table, edges []graph.Edge) (*graph.Graph, error) {
	loop := func(e graph.Edge) bool { return e.From == e.To }
	if slices.ContainsFunc(edges, loop) {
		edges = slices.DeleteFunc(slices.Clone(edges), loop)
	}
	g, err := graph.New(len(tables), edges)
	if err != nil {
		return nil, fmt.Errorf("lineage of %d tables: %w", len(tables), err)
	}
	return g, nil
}

// parents returns the declared parents of a table.
func (t *Tracer) parents(n int32) []int32 { return t.declared.Parents(n) }

// IsDeclared reports whether a table is a declared parent of another, or of the ephemeral tables that are pasted into
// the code of that one.
func (t *Tracer) IsDeclared(reader, n int32) bool { return slices.Contains(t.visible(reader), n) }

// chunk is how many models are read between two calls of the store: it
// bounds the texts that are held.
const chunk = 256

// Run reads every due table whose block is not current, and the children of those whose columns came out different. A
// table whose stated columns or whose relation changed makes its children due as well: the caller has to name them.
// Children of an ephemeral table that is due are due. Tables that read one another are read once in a run, in a fixed
// order.
func (t *Tracer) Run(ctx context.Context, due []int32) error {
	const (
		waiting uint8 = iota
		isDue
		passed
	)
	state := make([]uint8, len(t.tables))
	mark := func(n int32) {
		if state[n] == waiting {
			state[n] = isDue
			t.total++
		}
	}
	markChildren := func(n int32) {
		for _, child := range t.graph.Children(n) {
			mark(child)
		}
	}
	for _, n := range due {
		mark(n)
	}
	levels := t.levels()
	dueOf := func(level int) (out []int32) {
		for _, n := range levels[level] {
			if state[n] == isDue {
				out = append(out, n)
			}
		}
		return out
	}
	defer func() { t.ahead.wait() }()
	for i := range levels {
		now := dueOf(i)
		for _, n := range levels[i] {
			state[n] = passed
		}
		for first := 0; first < len(now); first += chunk {
			part := now[first:min(first+chunk, len(now))]
			changed, err := t.part(ctx, part, func() []int32 {
				if rest := now[first+len(part):]; len(rest) > 0 || i+1 == len(levels) {
					return rest
				}
				return dueOf(i + 1)
			})
			if err != nil {
				return err
			}
			for _, n := range changed {
				markChildren(n)
			}
		}
		for _, n := range now {
			if t.tables[n].Ephemeral {
				markChildren(n)
			}
		}
	}
	return nil
}

// levels groups the tables so that the parents of each are in an earlier group,
// except for cycles.
func (t *Tracer) levels() [][]int32 {
	order, _ := t.graph.Order()
	level := make([]int32, len(t.tables))
	var levels [][]int32
	for i := range level {
		level[i] = none
	}
	for _, n := range order {
		at := int32(0)
		for _, p := range t.graph.Parents(n) {
			at = max(at, level[p]+1)
		}
		level[n] = at
		for len(levels) <= int(at) {
			levels = append(levels, nil)
		}
		levels[at] = append(levels[at], n)
	}
	for _, l := range levels {
		slices.Sort(l)
	}
	return levels
}

// part reads some tables of one level; changed are those whose columns, as
// their readers see them, are different from before. next are the tables that
// are likely to be read after them.
func (t *Tracer) part(ctx context.Context, numbers []int32, next func() []int32) (changed []int32, err error) {
	if err := t.store.Load(ctx, numbers); err != nil {
		return nil, err
	}
	var work []Traced
	var hashes []catalog.Hash
	for _, n := range numbers {
		code := t.tables[n].Code
		if code == nil {
			continue
		}
		key := t.key(n)
		if t.store.IsCurrent(n, key) {
			t.forget(n)
			continue
		}
		work = append(work, Traced{Table: n, Key: key})
		if code.hasText() {
			hashes = append(hashes, code.Compiled)
		}
	}
	texts, err := t.texts(ctx, hashes)
	if err != nil {
		return nil, err
	}
	if 2*len(work) > len(numbers) { // otherwise most of what follows may be current as well
		t.readAhead(ctx, next())
	}
	changed, err = t.readPart(ctx, work, texts)
	if err != nil {
		return nil, err
	}
	if t.done += int64(len(numbers)); t.options.Progress != nil {
		t.options.Progress(t.done, t.total)
	}
	return changed, nil
}

// How many texts are read in parallel before they are counted, and how many edges
// are held before they are kept.
const (
	batch     = 32
	heldEdges = 100_000
)

// forget drops what was asked about a table before its turn, by tables that read it without declaring it.
func (t *Tracer) forget(n int32) {
	t.asked.Delete(n)
	t.hashes[n] = catalog.Hash{}
}

// readPart reads the tables of a part and keeps them: first those within the common
// budget, in batches, then the others one by one. What is read and in which order it
// is kept does not depend on the number of workers.
func (t *Tracer) readPart(ctx context.Context, work []Traced, texts map[catalog.Hash]string) (changed []int32, err error) {
	var held, large []Traced
	edges := 0
	keep := func() error {
		if len(held) == 0 {
			return nil
		}
		for i := range held {
			if t.adopt(&held[i]) {
				changed = append(changed, held[i].Table)
			}
		}
		err := t.store.Keep(ctx, held)
		held, edges = nil, 0
		return err
	}
	for list := range slices.Chunk(work, batch) {
		if err := t.readBatch(ctx, list, texts); err != nil {
			return nil, err
		}
		for _, w := range list {
			if w.Block == nil {
				large = append(large, w)
				continue
			}
			edges += w.Block.EdgeCount() + len(w.Block.Rows)
			held = append(held, w)
		}
		if edges > heldEdges {
			if err := keep(); err != nil {
				return nil, err
			}
		}
	}
	if err := keep(); err != nil {
		return nil, err
	}
	for i := range large {
		w := &large[i]
		t.readOne(ctx, w, texts[t.tables[w.Table].Code.Compiled], t.limits.Text)
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		held = append(held, *w)
		if err := keep(); err != nil {
			return nil, err
		}
		*w = Traced{}
	}
	slices.Sort(changed)
	return changed, nil
}

// texts asks the store for compiled code that was not read ahead. A missing text
// is an error of the store and must not be mistaken for a model that could not be
// read.
func (t *Tracer) texts(ctx context.Context, hashes []catalog.Hash) (map[catalog.Hash]string, error) {
	texts := t.ahead.wait()
	t.ahead = nil
	has := func(h catalog.Hash) bool { _, ok := texts[h]; return ok }
	if missing := slices.DeleteFunc(slices.Clone(hashes), has); len(missing) > 0 {
		more, err := t.store.Texts(ctx, missing)
		if err != nil {
			return nil, err
		}
		if len(texts) == 0 {
			texts = more
		} else {
			maps.Copy(texts, more)
		}
	}
	for _, h := range hashes {
		if _, ok := texts[h]; !ok {
			return nil, fmt.Errorf("compiled code %s: %w", h, catalog.ErrNotFound)
		}
	}
	return texts, nil
}

// readBatch reads tables with several workers. Those that need more than the common
// budget are left without a block.
func (t *Tracer) readBatch(ctx context.Context, work []Traced, texts map[catalog.Hash]string) error {
	workers := t.options.Workers
	if workers <= 0 {
		workers = 2
	}
	common := t.limits.Text.common()
	spent := t.spent.within(t.limits)
	steps := make([]int, len(work))
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(workers, len(work)) {
		wg.Go(func() {
			for i := range next {
				w := &work[i]
				if spent != nil {
					t.leaveOut(w, *spent)
					continue
				}
				block, n := t.read(ctx, w.Table, texts[t.tables[w.Table].Code.Compiled], common)
				if steps[i] = n; !block.exceeded() || common == t.limits.Text {
					w.Block, w.Encoded = block, block.Encode()
				}
				runtime.Gosched() // yield to waiting requests
			}
		})
	}
	for i := range work {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	wg.Wait()
	for i := range work {
		if work[i].Block != nil {
			t.spent.add(work[i].Block, steps[i])
		} else {
			t.spent.steps += steps[i]
		}
	}
	return ctx.Err()
}

// readOne reads a table on its own, if the run's limits allow it.
func (t *Tracer) readOne(ctx context.Context, w *Traced, text string, budget Budget) {
	if spent := t.spent.within(t.limits); spent != nil {
		t.leaveOut(w, *spent)
		return
	}
	block, steps := t.read(ctx, w.Table, text, budget)
	w.Block, w.Encoded = block, block.Encode()
	t.spent.add(block, steps)
}

// leaveOut sets a block that records why a table was not read. Without a key the
// next run does not take the block for a current one.
func (t *Tracer) leaveOut(w *Traced, why Issue) {
	w.Key = catalog.Hash{}
	w.Block = &Block{Status: Partial, Dialect: DialectOf(t.tables[w.Table].Platform).Name, Issues: []Issue{why}}
	w.Encoded = w.Block.Encode()
}

// adopt notes the columns of a table that was read, for the tables that read it
// later, and reports whether they are different from before.
func (t *Tracer) adopt(w *Traced) bool {
	n := w.Table
	before, again := t.inferred[n]
	if !again {
		before = t.effective(n, t.store.Inferred(n))
	}
	now := t.effective(n, w.Block.columns())
	t.inferred[n] = now
	t.hashes[n] = catalog.Hash{}
	return before != now
}

// Continue lets a tracer of the same tables know what another has read: a second
// run over other edges then sees the columns that the first one found.
func (t *Tracer) Continue(first *Tracer) { t.inferred = first.inferred }

// columnsOf returns the columns of a table, as far as they are known.
func (t *Tracer) columnsOf(n int32) Columns {
	if c, ok := t.inferred[n]; ok {
		return c
	}
	if c, ok := t.asked.Load(n); ok {
		return c.(Columns)
	}
	c := t.effective(n, t.store.Inferred(n))
	if c.IsEmpty() {
		c = t.store.Columns(n)
	}
	t.asked.Store(n, c)
	return c
}

// effective joins what is known about a table's columns: the warehouse's list,
// then the outputs of the table's own code, then the YAML. Code that was read
// completely adds to the warehouse's list, which may be older than the code.
func (t *Tracer) effective(n int32, inferred Columns) Columns {
	stated := t.tables[n].Stated
	switch {
	case stated.Full && inferred.Full:
		return t.union(n, stated, inferred, true)
	case stated.Full:
		return stated
	case inferred.Full || stated.IsEmpty():
		return inferred
	}
	return t.union(n, inferred, stated, false)
}

// union appends the columns of added that columns does not have.
func (t *Tracer) union(n int32, columns, added Columns, full bool) Columns {
	if strings.HasPrefix(columns.packed, added.packed) {
		return Columns{packed: columns.packed, Full: full} // the usual case: the catalog is of this code
	}
	list, more := columns.List(), added.List()
	platform := t.tables[n].Platform
	has := make(map[string]bool, len(list))
	for _, c := range list {
		has[catalog.FoldColumn(platform, c.Name)] = true
	}
	for _, c := range more {
		if !has[catalog.FoldColumn(platform, c.Name)] {
			list = append(list, c)
		}
	}
	return NewColumns(list, full)
}
