package revision

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"runtime"
	"slices"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// merger merges assets from their facets and writes those that differ from the
// stored ones.
type merger struct {
	*apply
	policy catalog.Policy
	now    time.Time

	counters catalog.Counters
	removed  int64 // assets that nothing reports any more
	restored int64
	tables   int64 // present tables more than before

	// counted is what was counted of the columns of tables whose columns the trace may change once more.
	counted map[catalog.AssetID]columnCount
}

// columnCount is what was counted of the columns of a table.
type columnCount struct {
	before           []catalog.Column // of the version before
	created, updated int64
}

// run goes through the changed assets, batch by batch: one is read and merged
// while the one before it is written.
func (m *merger) run(ctx context.Context) error {
	ids := m.changes.assets()
	done := 0
	for now := range batches(ids, batch, m.sizeOf) {
		b, err := m.mergeBatch(ctx, now)
		if err != nil {
			return err
		}
		m.changes.forget(now)
		m.written() // at most two batches are in memory
		done += len(now)
		progress := int64(done)
		m.later(func(ctx context.Context) error {
			if err := m.writeBatch(ctx, &b); err != nil {
				return err
			}
			m.report().Progress(progress, int64(len(ids)))
			return nil
		})
	}
	return nil
}

// sizeOf returns how many bytes the observations report about an asset.
func (m *merger) sizeOf(id catalog.AssetID) (bytes int64) {
	for _, ref := range m.changes.reportsOf(id) {
		bytes += ref.observation.Facets.FacetSize(ref.claim)
	}
	return bytes
}

// stored is what the store holds of a batch of assets.
type stored struct {
	facets  map[catalog.AssetID][]catalog.Facet
	assets  map[catalog.AssetID]catalog.Asset
	columns map[catalog.AssetID][]catalog.Column
}

func (m *merger) load(ctx context.Context, ids []catalog.AssetID) (stored, error) {
	st := stored{assets: map[catalog.AssetID]catalog.Asset{}}
	var old []catalog.AssetID
	for _, id := range ids {
		if !m.changes.fresh[id] {
			old = append(old, id)
		}
	}
	if len(old) == 0 {
		return st, nil
	}
	facets, err := m.Store.FacetsOf(ctx, m.ws, m.schema.ID, m.schema.Version, old)
	if err != nil {
		return st, fmt.Errorf("facets of %d assets: %w", len(old), err)
	}
	if m.needTimes(facets) {
		if err := m.restamp(ctx, facets); err != nil {
			return st, err
		}
	}
	st.facets = byAsset(facets)
	assets, err := m.Store.AssetsOf(ctx, m.ws, m.schema.ID, m.schema.Version, old)
	if err != nil {
		return st, fmt.Errorf("%d assets: %w", len(old), err)
	}
	for _, a := range assets {
		st.assets[a.ID] = a
	}
	if st.columns, err = m.Store.ColumnsOf(ctx, m.ws, m.schema.ID, m.schema.Version, old); err != nil {
		return st, fmt.Errorf("columns of %d assets: %w", len(old), err)
	}
	return st, nil
}

// needTimes reports whether the times of stored facets matter: an edit only adds
// to an asset that one origin lists.
func (m *merger) needTimes(facets []catalog.Facet) bool {
	for _, o := range m.observations {
		if o.Origin != catalog.OriginUser {
			return true
		}
	}
	listing := map[catalog.AssetID]catalog.Origin{}
	for i := range facets {
		f := &facets[i]
		if !lists(f.Source) {
			continue
		}
		if origin := listing[f.Asset]; origin != "" && origin != f.Origin {
			return true
		}
		listing[f.Asset] = f.Origin
	}
	return false
}

// read decodes what the observations report about a batch of assets.
func (m *merger) read(ctx context.Context, ids []catalog.AssetID) (map[catalog.AssetID][]catalog.Facet, Texts, error) {
	facets := map[catalog.AssetID][]catalog.Facet{}
	texts := Texts{}
	for _, o := range m.observations {
		var claims []int
		var assets []catalog.AssetID
		for _, id := range ids {
			for _, ref := range m.changes.reportsOf(id) {
				if ref.observation == o {
					claims, assets = append(claims, ref.claim), append(assets, id)
				}
			}
		}
		if len(claims) == 0 {
			continue
		}
		read, t, err := o.Facets.ReadFacets(ctx, claims)
		if err != nil {
			return nil, nil, err
		}
		maps.Copy(texts, t)
		for i := range read {
			id := assets[i]
			f := o.facet(o.ids[claims[i]], id, read[i].Body)
			if o.Restored {
				f.Cause, f.At, f.Tie = read[i].Cause, read[i].At, read[i].Tie
			}
			facets[id] = append(facets[id], f)
		}
	}
	return facets, texts, nil
}

// mergedBatch is what has to be written of a batch of assets.
type mergedBatch struct {
	texts    Texts
	edits    []store.Edit
	facets   []catalog.Facet
	closed   []store.FacetKey
	rows     []store.AssetRow
	blames   []store.AssetBlame
	untraced []catalog.AssetID // that have no column edges any more
}

func (m *merger) mergeBatch(ctx context.Context, ids []catalog.AssetID) (b mergedBatch, err error) {
	st, err := m.load(ctx, ids)
	if err != nil {
		return b, err
	}
	reported, texts, err := m.read(ctx, ids)
	if err != nil {
		return b, err
	}
	b.texts = texts
	b.facets, b.rows = make([]catalog.Facet, 0, count(reported)), make([]store.AssetRow, 0, len(ids))
	var changed []catalog.Transition
	for _, id := range ids {
		runtime.Gosched() // yield to requests
		b.closed = append(b.closed, m.changes.closed[id]...)
		facets, written := m.changes.facets(id, st.facets[id], reported[id])
		written = slices.DeleteFunc(slices.Clone(written), isFromUser) // which are stored edit by edit
		b.edits = append(b.edits, freshEdits(st.facets[id], reported[id])...)
		m.restampLists(facets)
		asset, columns := catalog.Merge(id, facets, m.policy)
		if asset.Present && !hasCode(&asset) && slices.ContainsFunc(facets, isFromSQL) {
			// It has no code any more, maybe since it was removed and came back as another node.
			if facet, after, changed := withColumns(id, facets, nil); changed {
				facets, written = after, append(written, facet)
				asset, columns = catalog.Merge(id, facets, m.policy)
			}
		}
		var old *catalog.Asset
		if a, ok := st.assets[id]; ok {
			old = &a
			keepName(&asset, old, facets)
		}
		b.facets = append(b.facets, hideColumns(&asset, facets, written)...)
		d := catalog.Transition{Before: old, After: &asset, ColumnsBefore: st.columns[id], ColumnsAfter: columns}
		if row, ok := m.compare(d, st.facets[id]); ok {
			b.rows = append(b.rows, row)
			if old != nil {
				changed = append(changed, d)
			}
		}
		if old != nil && isTraced(old) && !isTraced(&asset) {
			b.untraced = append(b.untraced, id)
		}
		m.track(d)
	}
	m.untraced = append(m.untraced, b.untraced...)
	b.blames, err = m.blames(ctx, changed)
	return b, err
}

func isFromUser(f catalog.Facet) bool { return f.Source == catalog.FromUser }

// freshEdits returns the reported edits that differ from the stored ones.
func freshEdits(stored, reported []catalog.Facet) []store.Edit {
	var out []store.Edit
	for i := range reported {
		f := &reported[i]
		if !isFromUser(*f) {
			continue
		}
		var edits []catalog.Edit
		if at := slices.IndexFunc(stored, isFromUser); at >= 0 {
			edits = stored[at].Body.Edits
		}
		_, fresh := catalog.JoinEdits(edits, f.Body.Edits)
		for _, e := range fresh {
			out = append(out, store.Edit{Edit: e, Asset: f.Asset, Number: f.Cause.ID})
		}
	}
	return out
}

// keepName keeps the name and the kind of an asset whose facets have moved to another
// one: it is removed, and readers of its history need to know what it was. If edits
// remain, its relation is kept as well: without one it is not listed.
func keepName(a, old *catalog.Asset, facets []catalog.Facet) {
	if a.Kind != "" {
		return
	}
	a.Name, a.Kind = old.Name, old.Kind
	if slices.ContainsFunc(facets, isFromUser) {
		a.Relation = old.Relation
	}
}

// count is how many facets there are of all assets.
func count(facets map[catalog.AssetID][]catalog.Facet) int {
	n := 0
	for _, of := range facets {
		n += len(of)
	}
	return n
}

// writeBatch writes a batch and drops what is written: the next one is in memory
// already. Its texts, edits and facets, and assets do not depend on one another.
func (m *merger) writeBatch(ctx context.Context, b *mergedBatch) error {
	return together(ctx,
		func(ctx context.Context) error {
			texts := b.texts
			b.texts = nil
			return m.putTexts(ctx, texts)
		},
		func(ctx context.Context) error {
			facets := b.facets
			b.facets = nil
			if err := m.write.PutEdits(ctx, b.edits); err != nil {
				return fmt.Errorf("write %d edits: %w", len(b.edits), err)
			}
			if err := m.write.PutFacets(ctx, facets); err != nil {
				return fmt.Errorf("write %d facets: %w", len(facets), err)
			}
			if err := m.write.CloseFacets(ctx, b.closed); err != nil {
				return fmt.Errorf("end %d facets: %w", len(b.closed), err)
			}
			return nil
		},
		func(ctx context.Context) error {
			rows := b.rows
			b.rows = nil
			if err := m.write.PutAssets(ctx, rows); err != nil {
				return fmt.Errorf("write %d assets: %w", len(rows), err)
			}
			if err := m.write.PutBlames(ctx, b.blames); err != nil {
				return fmt.Errorf("write blame of %d assets: %w", len(b.blames), err)
			}
			if err := m.write.CloseColumnEdges(ctx, b.untraced); err != nil {
				return fmt.Errorf("column edges of %d assets: %w", len(b.untraced), err)
			}
			return nil
		})
}

// putTexts writes texts.
func (a *apply) putTexts(ctx context.Context, texts Texts) error {
	if err := a.Store.PutTexts(ctx, a.ws, texts); err != nil {
		return fmt.Errorf("write %d texts: %w", len(texts), err)
	}
	return nil
}

// isTraced reports whether an asset has column edges into it.
func isTraced(a *catalog.Asset) bool { return a.Present && hasCode(a) }

// compare counts what changed between two states of an asset and returns the
// row to write, if one is due.
func (m *merger) compare(d catalog.Transition, stored []catalog.Facet) (store.AssetRow, bool) {
	hash := catalog.AssetHash(*d.After)
	sameAsset := d.Before != nil && catalog.AssetHash(*d.Before) == hash && sameMarks(d.Before, d.After)
	sameColumns := d.Before != nil && catalog.ColumnsHash(d.ColumnsBefore) == catalog.ColumnsHash(d.ColumnsAfter)
	if sameAsset && sameColumns {
		return store.AssetRow{}, false
	}
	m.count(d, stored)
	now := *d.After
	now.CreatedAt, now.UpdatedAt = m.now, m.now
	if d.Before != nil {
		now.CreatedAt = d.Before.CreatedAt
	}
	row := store.AssetRow{Asset: now, Hash: hash}
	if !sameColumns {
		row.Columns = d.ColumnsAfter
		if row.Columns == nil {
			row.Columns = []catalog.Column{}
		}
	}
	return row, true
}

// sameMarks compares what is stored of an asset but does not count as a change
// to it.
func sameMarks(a, b *catalog.Asset) bool {
	return a.Listed == b.Listed && a.RemovedBy == b.RemovedBy && compiledBy(a) == compiledBy(b) && sameOthers(a, b)
}

// sameOthers compares the nodes that are not the leading ones. An older program
// stored none, which readers make up for: this alone writes no row.
func sameOthers(a, b *catalog.Asset) bool {
	return len(a.Others) == 0 && len(a.Nodes) > 1 || reflect.DeepEqual(a.Others, b.Others)
}

func compiledBy(a *catalog.Asset) catalog.Cause {
	if a.Code == nil {
		return catalog.Cause{}
	}
	return a.Code.CompiledBy
}

// count adds an asset to the counters. Removals are not counted on the wire. stored are
// the facets before this apply: the columns of a restored table are compared with those
// that it had before it was removed.
func (m *merger) count(d catalog.Transition, stored []catalog.Facet) {
	was, is := d.Before != nil && d.Before.Present, d.After.Present
	switch {
	case was && !is:
		m.removed++
	case d.Before != nil && !was && is:
		m.restored++
		last := slices.Clone(stored)
		for i := range last {
			last[i].Withdrawn = catalog.Withdrawal{}
		}
		_, d.ColumnsBefore = catalog.Merge(d.After.ID, last, m.policy)
	}
	if was && d.Before.Kind.IsTable() {
		m.tables--
	}
	if is && d.After.Kind.IsTable() {
		m.tables++
	}
	d.AllTables = m.opts.CountAll
	transitions := []catalog.Transition{d}
	created, updated := catalog.CountTables(transitions)
	m.counters.TablesCreated += created
	m.counters.TablesUpdated += updated
	created, updated = catalog.CountColumns(transitions)
	m.counters.ColumnsCreated += created
	m.counters.ColumnsUpdated += updated
	if is && d.After.Kind.IsTable() && !d.After.Listed {
		if m.counted == nil {
			m.counted = map[catalog.AssetID]columnCount{}
		}
		m.counted[d.After.ID] = columnCount{d.ColumnsBefore, created, updated}
	}
}
