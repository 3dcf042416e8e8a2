package importing

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// batch is how many assets are merged and written at a time: it bounds the
// memory of a save, not its atomicity.
const batch = 500

// settler merges assets anew from their facets and writes what comes out
// different, into one version that is being written.
type settler struct {
	store  *store.Store
	write  *store.Write
	ws     int64
	schema catalog.SchemaID
	at     int64 // version that is read
	policy catalog.Policy
	now    time.Time
	// withdrawal marks what the report that is applied no longer has.
	withdrawal catalog.Withdrawal

	counters catalog.Counters
	removed  int64 // assets that lost their last word
	restored int64
	written  int64 // rows written, of any kind
	// settled, if set, is told of every asset that was settled.
	settled func(catalog.Delta)
}

// settle goes through the assets spoken about, batch by batch: one is merged
// while the one before it is written.
func (s *settler) settle(ctx context.Context, w *words, progress func(done, total int64)) error {
	ids := w.assets()
	writing, ctx := errgroup.WithContext(ctx)
	writing.SetLimit(1)
	var err error
	for done := 0; done < len(ids) && err == nil; done += batch {
		now := ids[done:min(done+batch, len(ids))]
		var m merged
		if m, err = s.mergeBatch(ctx, w, now); err != nil {
			break
		}
		w.forget(now) // what is merged need not be held
		writing.Go(func() error {
			if err := s.writeBatch(ctx, m); err != nil {
				return err
			}
			if progress != nil {
				progress(int64(done+len(now)), int64(len(ids)))
			}
			return nil
		})
	}
	// A write that failed is why the merge of the next batch did.
	return cmp.Or(writing.Wait(), err)
}

// stand is what the store holds of a batch of assets.
type stand struct {
	facets  map[catalog.AssetID][]catalog.Facet
	assets  map[catalog.AssetID]catalog.Asset
	columns map[catalog.AssetID][]catalog.Column
}

func (s *settler) load(ctx context.Context, ids []catalog.AssetID, fresh map[catalog.AssetID]bool) (stand, error) {
	st := stand{facets: map[catalog.AssetID][]catalog.Facet{}, assets: map[catalog.AssetID]catalog.Asset{}}
	var known []catalog.AssetID
	for _, id := range ids {
		if !fresh[id] {
			known = append(known, id)
		}
	}
	if len(known) == 0 {
		return st, nil
	}
	facets, err := s.store.FacetsOf(ctx, s.ws, s.schema, s.at, known)
	if err != nil {
		return st, fmt.Errorf("facets of %d assets: %w", len(known), err)
	}
	for _, f := range facets {
		st.facets[f.Asset] = append(st.facets[f.Asset], f)
	}
	assets, err := s.store.AssetsOf(ctx, s.ws, s.schema, s.at, known)
	if err != nil {
		return st, fmt.Errorf("%d assets: %w", len(known), err)
	}
	for _, a := range assets {
		st.assets[a.ID] = a
	}
	st.columns, err = s.store.ColumnsOf(ctx, s.ws, s.schema, s.at, known)
	if err != nil {
		return st, fmt.Errorf("columns of %d assets: %w", len(known), err)
	}
	return st, nil
}

// merged is what has to be written of a batch of assets.
type merged struct {
	facets   []catalog.Facet
	rows     []store.AssetRow
	untraced []catalog.AssetID // that have no column edges any more
}

func (s *settler) mergeBatch(ctx context.Context, w *words, ids []catalog.AssetID) (m merged, err error) {
	st, err := s.load(ctx, ids, w.fresh)
	if err != nil {
		return m, err
	}
	for _, id := range ids {
		runtime.Gosched() // requests go first
		facets, changed := w.apply(id, st.facets[id], s.withdrawal)
		m.facets = append(m.facets, changed...)
		asset, columns := catalog.Merge(id, facets, s.policy)
		var old *catalog.Asset
		if a, ok := st.assets[id]; ok {
			old = &a
		}
		d := catalog.Delta{Before: old, After: &asset, ColumnsBefore: st.columns[id], ColumnsAfter: columns}
		if row, ok := s.compare(d); ok {
			m.rows = append(m.rows, row)
		}
		if old != nil && isTraced(old) && !isTraced(&asset) {
			m.untraced = append(m.untraced, id)
		}
		if s.settled != nil {
			s.settled(d)
		}
	}
	s.written += int64(len(m.facets) + len(m.rows))
	return m, nil
}

func (s *settler) writeBatch(ctx context.Context, m merged) error {
	if err := s.write.PutFacets(ctx, m.facets); err != nil {
		return fmt.Errorf("write %d facets: %w", len(m.facets), err)
	}
	if err := s.write.PutAssets(ctx, m.rows); err != nil {
		return fmt.Errorf("write %d assets: %w", len(m.rows), err)
	}
	if err := s.write.CloseColumnEdges(ctx, m.untraced); err != nil {
		return fmt.Errorf("column edges of %d assets: %w", len(m.untraced), err)
	}
	return nil
}

// isTraced tells the assets that have column edges into them.
func isTraced(a *catalog.Asset) bool { return a.Present && a.DBT != nil && hasCode(a.Kind) }

// compare counts what changed between two states of an asset and gives the
// row to write, if one is due.
func (s *settler) compare(d catalog.Delta) (store.AssetRow, bool) {
	hash := catalog.AssetHash(*d.After)
	sameAsset := d.Before != nil && catalog.AssetHash(*d.Before) == hash && sameMarks(d.Before, d.After)
	sameColumns := d.Before != nil && catalog.ColumnsHash(d.ColumnsBefore) == catalog.ColumnsHash(d.ColumnsAfter)
	if sameAsset && sameColumns {
		return store.AssetRow{}, false
	}
	s.count(d)
	now := *d.After
	now.CreatedAt, now.UpdatedAt = s.now, s.now
	if d.Before != nil {
		now.CreatedAt = d.Before.CreatedAt
	}
	row := store.AssetRow{Asset: now, Hash: hash}
	if !sameColumns {
		row.Columns = append([]catalog.Column{}, d.ColumnsAfter...)
	}
	return row, true
}

// sameMarks compares what is kept of an asset without being a change of it.
func sameMarks(a, b *catalog.Asset) bool {
	return a.Listed == b.Listed && a.RemovedBy == b.RemovedBy && compiledBy(a) == compiledBy(b)
}

func compiledBy(a *catalog.Asset) catalog.Cause {
	if a.Code == nil {
		return catalog.Cause{}
	}
	return a.Code.CompiledBy
}

// count adds an asset to the counters; what lost its last word is told in the
// report only.
func (s *settler) count(d catalog.Delta) {
	switch was, is := d.Before != nil && d.Before.Present, d.After.Present; {
	case was && !is:
		s.removed++
	case d.Before != nil && !was && is:
		s.restored++
	}
	deltas := []catalog.Delta{d}
	created, updated := catalog.CountTables(deltas)
	s.counters.TablesCreated += created
	s.counters.TablesUpdated += updated
	created, updated = catalog.CountColumns(deltas)
	s.counters.ColumnsCreated += created
	s.counters.ColumnsUpdated += updated
}
