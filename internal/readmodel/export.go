package readmodel

import (
	"context"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/lineage"
	"github.com/thalweg-data/thalweg/internal/store"
)

// ExportParts chooses what Export reads in addition to the assets themselves.
type ExportParts struct {
	Columns, Tests, Edges, ColumnEdges bool
	Code                               bool // raw and compiled code
	Removed                            bool // assets that are no longer present
}

// Exported is some assets of a view with everything that belongs to them.
type Exported struct {
	Assets  []Summary
	Columns map[catalog.AssetID][]catalog.Column
	Tests   []Test
	// Edges and Blocks lead into the assets. Kinds has the kind of every asset at either end.
	Edges  []catalog.Edge
	Blocks []lineage.TableBlock
	Kinds  map[catalog.AssetID]catalog.Kind
	Texts  map[catalog.Hash]string
}

// AtVersion is the view of another version with the results that this one shows; catalog.HistoryError if retention has
// deleted it. It continues what was begun when that version was served.
func (v *View) AtVersion(ctx context.Context, n int64) (*View, error) {
	if n < 0 || n > v.Schema.Version {
		return nil, catalog.ErrNotFound
	}
	other := *v
	other.Version = n
	return &other, other.stillKept(ctx)
}

// stillKept refuses a view whose version retention has deleted.
func (v *View) stillKept(ctx context.Context) error {
	if v.Version == 0 {
		return nil
	}
	return v.kept(ctx, v.Version)
}

// AssetIDs returns the ids of all assets, removed ones too, in order.
func (v *View) AssetIDs(ctx context.Context) ([]catalog.AssetID, error) {
	if v.Version == 0 {
		return nil, nil
	}
	return v.m.store.AssetIDs(ctx, v.ws(), v.Schema.ID, v.Version)
}

// Export reads assets by id, with what belongs to them. It holds nothing in memory beyond them, so that a whole schema
// can be read piece by piece. catalog.HistoryError if retention deleted the version meanwhile.
func (v *View) Export(ctx context.Context, ids []catalog.AssetID, parts ExportParts) (out Exported, err error) {
	if out.Assets, err = v.exportedAssets(ctx, ids, parts.Removed); err != nil {
		return out, err
	}
	ids = make([]catalog.AssetID, len(out.Assets))
	out.Kinds = make(map[catalog.AssetID]catalog.Kind, len(ids))
	for i := range out.Assets {
		ids[i] = out.Assets[i].ID
		out.Kinds[ids[i]] = out.Assets[i].Kind
	}
	if parts.Columns {
		if out.Columns, err = v.m.store.ColumnsOf(ctx, v.ws(), v.Schema.ID, v.Version, ids); err != nil {
			return out, err
		}
	}
	if parts.Tests {
		if out.Tests, err = v.exportedTests(ctx, ids); err != nil {
			return out, err
		}
	}
	if err = v.exportedEdges(ctx, &out, ids, parts); err != nil {
		return out, err
	}
	if parts.Code {
		if out.Texts, err = v.m.store.Texts(ctx, v.ws(), out.codes()); err != nil {
			return out, err
		}
	}
	return out, v.stillKept(ctx)
}

func (v *View) exportedAssets(ctx context.Context, ids []catalog.AssetID, removed bool) ([]Summary, error) {
	assets, err := v.m.store.AssetsAt(ctx, v.ws(), v.Schema.ID, v.Version, ids)
	if err != nil {
		return nil, err
	}
	assets = slices.DeleteFunc(assets, func(a catalog.Asset) bool {
		card := store.CardOf(&a)
		return !a.Present && !removed || (&Asset{&card}).vacated()
	})
	return v.Summaries(ctx, assets)
}

func (v *View) exportedTests(ctx context.Context, ids []catalog.AssetID) ([]Test, error) {
	tests, err := v.m.store.TestBodiesOfAssets(ctx, v.ws(), v.Schema.ID, v.Version, ids)
	if err != nil {
		return nil, err
	}
	return v.completed(ctx, tests)
}

// UnattachedTests lists the tests whose table is not known.
func (v *View) UnattachedTests(ctx context.Context) ([]Test, error) {
	if v.Version == 0 {
		return nil, nil
	}
	return v.exportedTests(ctx, []catalog.AssetID{0})
}

// exportedEdges reads the edges into assets. Those at an asset that is removed are left out, as they are from graphs.
func (v *View) exportedEdges(ctx context.Context, out *Exported, ids []catalog.AssetID, parts ExportParts) (err error) {
	var ends []catalog.AssetID
	if parts.Edges {
		if out.Edges, err = v.m.store.EdgesInto(ctx, v.ws(), v.Schema.ID, v.Version, ids); err != nil {
			return err
		}
		for _, e := range out.Edges {
			ends = append(ends, e.From)
		}
	}
	if parts.ColumnEdges {
		rows, err := v.m.store.ColumnBlocks(ctx, v.ws(), v.Schema.ID, v.Version, ids)
		if err != nil {
			return err
		}
		if out.Blocks, err = decodeBlocks(ctx, rows, lineage.Decode); err != nil {
			return err
		}
		for _, b := range out.Blocks {
			for _, r := range b.Block.Refs {
				ends = append(ends, catalog.AssetID(r.Table))
			}
		}
	}
	if len(ends) == 0 {
		return nil
	}
	cards, err := v.m.store.AssetCards(ctx, v.ws(), v.Schema.ID, v.Version, append(ends, ids...))
	if err != nil {
		return err
	}
	for _, card := range cards {
		if card.Present {
			out.Kinds[card.ID] = card.Kind
		} else {
			delete(out.Kinds, card.ID)
		}
	}
	present := func(id catalog.AssetID) bool { return id == 0 || out.Kinds[id] != "" }
	out.Edges = slices.DeleteFunc(out.Edges, func(e catalog.Edge) bool { return !present(e.From) || !present(e.To) })
	return nil
}

// codes returns the hashes of the code of the assets.
func (e *Exported) codes() []catalog.Hash {
	var hashes []catalog.Hash
	for i := range e.Assets {
		if code := e.Assets[i].Code; code != nil {
			hashes = append(hashes, code.Raw, code.Compiled)
		}
	}
	return hashes
}
