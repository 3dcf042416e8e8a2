package revision

import (
	"context"
	"fmt"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/lineage"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Where no warehouse lists the columns of a table, those that its code was found to make are columns of the asset: a
// facet of origin sql, merged as any other. The facet follows from the code and what it reads, so it has no time, and
// an asset that a warehouse lists needs none.

// madeColumns are the columns that the code of a table makes.
type madeColumns struct {
	table   int32
	columns lineage.Columns
}

// noteColumns notes the columns of a table that was traced, unless a warehouse lists them.
func (t *tracing) noteColumns(w lineage.Traced) {
	if t.tables[w.Table].Stated.Full || w.Block.Status == lineage.NotSQL {
		return
	}
	t.made = append(t.made, madeColumns{w.Table, w.Block.Columns()})
	t.traced[w.Table] = true
}

// bodyColumns are columns in the form of a facet. They have a position only if they are all that there are.
func bodyColumns(c lineage.Columns) []catalog.BodyColumn {
	var out []catalog.BodyColumn
	for column := range c.All() {
		b := catalog.BodyColumn{Name: column.Name}
		if c.Full {
			b.Ordinal = len(out) + 1
		}
		out = append(out, b)
	}
	return out
}

// revealColumns does the same for tables that were not traced: those that no warehouse lists any more, and those that
// have no code any more.
func (t *tracing) revealColumns(ctx context.Context) error {
	var unlisted []int32
	for n, m := range t.merged {
		if m.unlisted && t.tables[n].Code != nil && !t.traced[n] {
			unlisted = append(unlisted, n)
		}
	}
	slices.Sort(unlisted)
	blocks, err := t.storedBlocks(ctx, unlisted)
	if err != nil {
		return err
	}
	var made []madeColumns
	for _, n := range unlisted {
		made = append(made, madeColumns{n, blocks[n].columns})
	}
	for _, id := range t.untraced {
		if n, ok := t.number[id]; ok {
			made = append(made, madeColumns{table: n})
		}
	}
	if len(made) > 0 {
		t.later(func(ctx context.Context) error { return t.writeColumns(ctx, made) })
	}
	return nil
}

// writeColumns merges the assets whose code makes other columns than before.
func (t *tracing) writeColumns(ctx context.Context, made []madeColumns) error {
	for part := range slices.Chunk(made, batch) {
		ids := make([]catalog.AssetID, len(part))
		for i, m := range part {
			ids[i] = t.ids[m.table]
		}
		facets, err := t.write.FacetsOf(ctx, ids)
		if err != nil {
			return fmt.Errorf("facets of %d tables that were traced: %w", len(ids), err)
		}
		if err := t.mergeColumns(ctx, part, byAsset(facets)); err != nil {
			return err
		}
	}
	return nil
}

// lastMade drops all but the last columns of each table.
func lastMade(made []madeColumns) []madeColumns {
	last := make(map[int32]int, len(made))
	for i, m := range made {
		last[m.table] = i
	}
	var out []madeColumns
	for i, m := range made {
		if last[m.table] == i {
			out = append(out, m)
		}
	}
	return out
}

func byAsset(facets []catalog.Facet) map[catalog.AssetID][]catalog.Facet {
	out := map[catalog.AssetID][]catalog.Facet{}
	for _, f := range facets {
		out[f.Asset] = append(out[f.Asset], f)
	}
	return out
}

func (t *tracing) mergeColumns(ctx context.Context, made []madeColumns, facets map[catalog.AssetID][]catalog.Facet) error {
	var written []catalog.Facet
	var rows []store.AssetRow
	for _, m := range made {
		id := t.ids[m.table]
		before := facets[id]
		facet, after, ok := withColumns(id, before, bodyColumns(m.columns))
		if !ok {
			continue
		}
		written = append(written, facet)
		if row, ok := t.merger.columnsRow(id, before, after); ok {
			rows = append(rows, row)
		}
	}
	if err := t.write.PutFacets(ctx, written); err != nil {
		return fmt.Errorf("columns that the code of %d tables makes: %w", len(written), err)
	}
	if err := t.write.PutAssets(ctx, rows); err != nil {
		return fmt.Errorf("%d tables with columns that their code makes: %w", len(rows), err)
	}
	blames, err := t.columnBlames(ctx, rows)
	if err != nil {
		return err
	}
	if err := t.write.PutBlames(ctx, blames); err != nil {
		return fmt.Errorf("blame of %d tables with columns that their code makes: %w", len(blames), err)
	}
	return nil
}

// withColumns replaces the columns that code makes among the facets of an asset; false if they are the same.
func withColumns(id catalog.AssetID, facets []catalog.Facet, columns []catalog.BodyColumn) (facet catalog.Facet, after []catalog.Facet, changed bool) {
	facet = catalog.Facet{
		Asset: id, Origin: catalog.OriginSQL, Source: catalog.FromSQL, Body: catalog.NormalizeBody(catalog.Body{Columns: columns}),
	}
	facet.Hash = catalog.HashBody(facet.Body)
	at := slices.IndexFunc(facets, isFromSQL)
	if at < 0 {
		return facet, append(slices.Clone(facets), facet), len(columns) > 0
	}
	if facets[at].Hash == facet.Hash {
		return facet, nil, false
	}
	after = slices.Clone(facets)
	after[at] = facet
	return facet, after, true
}

func isFromSQL(f catalog.Facet) bool { return f.Source == catalog.FromSQL }

// hideColumns adds the facet of code that loses its columns because a warehouse lists those of the asset: what is
// stored does not depend on which of the two came first.
func hideColumns(asset *catalog.Asset, facets, written []catalog.Facet) []catalog.Facet {
	if !asset.Listed || !slices.ContainsFunc(facets, isFromSQL) {
		return written
	}
	if facet, _, changed := withColumns(asset.ID, facets, nil); changed {
		return append(written, facet)
	}
	return written
}

// columnsRow merges an asset again, counts the columns that this brings and returns the row to write, if it differs.
func (m *merger) columnsRow(id catalog.AssetID, before, after []catalog.Facet) (store.AssetRow, bool) {
	asset, columns := catalog.Merge(id, after, m.policy)
	_, old := catalog.Merge(id, before, m.policy)
	if catalog.ColumnsHash(old) == catalog.ColumnsHash(columns) {
		return store.AssetRow{}, false
	}
	// What a new version of the engine finds in the code of tables that did not change is not the import's.
	if t := m.apply.tables[id]; !m.traceAll() || t != nil && t.recoded {
		// What the merge counted of the table is counted again: a column that it added is not changed by the trace.
		already, merged := m.counted[id]
		if !merged {
			already.before = old
		}
		created, updated := catalog.CountColumns([]catalog.Transition{{After: &asset, ColumnsBefore: already.before, ColumnsAfter: columns, AllTables: m.opts.CountAll}})
		m.counters.ColumnsCreated += created - already.created
		m.counters.ColumnsUpdated += updated - already.updated
	}
	return store.AssetRow{Asset: asset, Hash: catalog.AssetHash(asset), Columns: append([]catalog.Column{}, columns...)}, true
}
