package revision

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/lineage"
	"github.com/thalweg-data/thalweg/internal/store"
)

var _ lineage.Store = (*tracing)(nil)

// Load fetches the tables that have become due and those that they read, with
// what was traced of them before.
func (t *tracing) Load(ctx context.Context, due []int32) error {
	var blocks []int32
	unknown := map[int32]bool{}
	want := func(n int32) {
		if !t.filled[n] {
			unknown[n] = true
		}
		if !t.fetched[n] && mayHaveCode(t.kinds[n]) && !t.isFresh(n) {
			t.fetched[n] = true
			blocks = append(blocks, n)
		}
	}
	for _, n := range due {
		want(n)
		for _, p := range t.parentsOf(n) {
			want(p)
		}
	}
	if err := t.fill(ctx, slices.Sorted(maps.Keys(unknown))); err != nil {
		return err
	}
	return t.fetch(ctx, blocks)
}

// parentsOf returns the parents of a table, and the parents of those that are
// ephemeral: their code is pasted into its own.
func (t *tracing) parentsOf(n int32) []int32 {
	seen := map[int32]bool{n: true}
	var out []int32
	for open := []int32{n}; len(open) > 0; open = open[1:] {
		for _, p := range t.graph.Parents(open[0]) {
			if seen[p] {
				continue
			}
			seen[p] = true
			out = append(out, p)
			if t.tables[p].Ephemeral {
				open = append(open, p)
			}
		}
	}
	return out
}

// isFresh reports whether a table did not exist before this apply.
func (t *tracing) isFresh(n int32) bool { return t.changes.fresh[t.ids[n]] }

// fill reads tables that were not merged.
func (t *tracing) fill(ctx context.Context, numbers []int32) error {
	tables, err := t.storedTables(ctx, numbers)
	for n, table := range tables {
		t.tables[n], t.filled[n] = table, true
	}
	return err
}

// storedTables returns tables as they were before this apply.
func (t *tracing) storedTables(ctx context.Context, numbers []int32) (map[int32]lineage.Table, error) {
	if len(numbers) == 0 {
		return nil, nil
	}
	ids := t.idsOf(numbers)
	assets, err := t.Store.AssetsOf(ctx, t.ws, t.schema.ID, t.schema.Version, ids)
	if err != nil {
		return nil, fmt.Errorf("%d tables that are read: %w", len(ids), err)
	}
	columns, err := t.Store.ColumnsOf(ctx, t.ws, t.schema.ID, t.schema.Version, ids)
	if err != nil {
		return nil, fmt.Errorf("columns of %d tables that are read: %w", len(ids), err)
	}
	out := make(map[int32]lineage.Table, len(assets))
	for i := range assets {
		out[t.number[assets[i].ID]] = lineageTable(&assets[i], columns[assets[i].ID])
	}
	return out, nil
}

func (t *tracing) idsOf(numbers []int32) []catalog.AssetID {
	ids := make([]catalog.AssetID, len(numbers))
	for i, n := range numbers {
		ids[i] = t.ids[n]
	}
	return ids
}

// fetch reads what was traced before this apply.
func (t *tracing) fetch(ctx context.Context, numbers []int32) error {
	blocks, err := t.storedBlocks(ctx, numbers)
	maps.Copy(t.blocks, blocks)
	return err
}

func (t *tracing) storedBlocks(ctx context.Context, numbers []int32) (map[int32]storedBlock, error) {
	if len(numbers) == 0 {
		return nil, nil
	}
	blocks, err := t.Store.ColumnEdgesOf(ctx, t.ws, t.schema.ID, t.schema.Version, t.idsOf(numbers))
	if err != nil {
		return nil, err
	}
	out := make(map[int32]storedBlock, len(blocks))
	for _, b := range blocks {
		before := storedBlock{key: b.Hash, content: catalog.HashOf(b.Block)}
		if decoded, err := lineage.Decode(b.Block); err != nil {
			before.key = catalog.Hash{} // written by another version of the engine: read again
		} else {
			before.columns = decoded.Columns()
		}
		out[t.number[b.Asset]] = before
	}
	return out, nil
}

// Columns returns the columns of a table that is read without being declared.
func (t *tracing) Columns(n int32) lineage.Columns {
	if t.filled[n] {
		return lineage.Columns{} // its columns were asked for already
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if c, ok := t.asked[n]; ok {
		return c
	}
	c, err := t.undeclared(n)
	if err != nil {
		// The engine reads on without the columns; what comes of it is not kept.
		t.askErr = cmp.Or(t.askErr, err)
	}
	t.asked[n] = c
	return c
}

// asking is the first error of Columns.
func (t *tracing) asking() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.askErr
}

func (t *tracing) undeclared(n int32) (lineage.Columns, error) {
	tables, err := t.storedTables(t.ctx, []int32{n})
	if err != nil {
		return lineage.Columns{}, err
	}
	stated := tables[n].Stated
	if stated.Full || !mayHaveCode(t.kinds[n]) {
		return stated, nil
	}
	blocks, err := t.storedBlocks(t.ctx, []int32{n})
	if inferred := blocks[n].columns; inferred.Full {
		return inferred, nil
	}
	return stated, err
}

// Inferred returns the columns that the code of a table gave last time; none if it has no
// code any more, such as a source whose model is gone.
func (t *tracing) Inferred(n int32) lineage.Columns {
	if t.filled[n] && t.tables[n].Code == nil {
		return lineage.Columns{}
	}
	return t.blocks[n].columns
}

// Texts returns compiled code by hash.
func (t *tracing) Texts(ctx context.Context, hashes []catalog.Hash) (map[catalog.Hash]string, error) {
	if len(hashes) == 0 {
		return nil, nil
	}
	return t.Store.Texts(ctx, t.ws, hashes)
}

// IsCurrent reports whether reading a table again would give what is stored.
func (t *tracing) IsCurrent(n int32, key catalog.Hash) bool {
	b, ok := t.blocks[n]
	return ok && b.key == key
}

// keptBytes is how much of what was traced is collected before it is written:
// in a deep project a level has only a model or two.
const keptBytes = 1 << 20

// Keep takes what was traced and writes it in large parts. A block that came out
// equal gets its new key only, so that it is not a change.
func (t *tracing) Keep(_ context.Context, traced []lineage.Traced) error {
	if err := t.asking(); err != nil {
		return err
	}
	for _, w := range traced {
		t.tally.add(t.tables[w.Table].Name, w.Block)
		row := store.ColumnEdgeBlock{Asset: t.ids[w.Table], Hash: w.Key, Block: w.Encoded}
		if b, ok := t.blocks[w.Table]; ok && b.content == catalog.HashOf(w.Encoded) {
			t.same = append(t.same, row)
		} else {
			t.changed = append(t.changed, row)
		}
		t.kept += len(w.Encoded)
		t.noteColumns(w)
		t.remember(w)
	}
	if t.kept >= keptBytes {
		t.flush()
	}
	return nil
}

// remember notes what was traced for a second run, and which tables the code
// reads that are not its declared parents.
func (t *tracing) remember(w lineage.Traced) {
	n := w.Table
	if isDeclared(t.kinds[n]) {
		t.noteReads(n, w.Block.Refs)
	} else {
		t.found[n] = w.Block.Refs
	}
	t.blocks[n] = storedBlock{key: w.Key, content: catalog.HashOf(w.Encoded), columns: t.blocks[n].columns}
}

func (t *tracing) flush() {
	changed, same, made := t.changed, t.same, lastMade(t.made)
	t.changed, t.same, t.made, t.kept = nil, nil, nil, 0
	t.later(func(ctx context.Context) error {
		if err := t.write.PutColumnEdges(ctx, changed); err != nil {
			return fmt.Errorf("column edges of %d models: %w", len(changed), err)
		}
		if err := t.write.KeyColumnEdges(ctx, same); err != nil {
			return fmt.Errorf("keys of column edges of %d models: %w", len(same), err)
		}
		return t.writeColumns(ctx, made)
	})
}
