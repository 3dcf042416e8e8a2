package revision

import (
	"context"
	"fmt"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// blames returns the blame of what this version changes, of the assets that were there before.
func (a *apply) blames(ctx context.Context, transitions []catalog.Transition) ([]store.AssetBlame, error) {
	if len(transitions) == 0 {
		return nil, nil
	}
	assets := make([]catalog.Asset, len(transitions))
	for i := range transitions {
		assets[i] = *transitions[i].Before
	}
	before, err := a.Store.BlamesOf(ctx, a.ws, a.schema.ID, a.schema.Version, assets)
	if err != nil {
		return nil, err
	}
	out := make([]store.AssetBlame, len(transitions))
	for i := range transitions {
		t := &transitions[i]
		of := before[t.After.ID]
		changes := catalog.DiffAsset(t.Before, t.After, t.ColumnsBefore, t.ColumnsAfter)
		out[i] = store.AssetBlame{Asset: t.After.ID, Blame: of.Next(a.schema.Version+1, changes, t.ColumnsAfter)}
	}
	return out, nil
}

// columnBlames returns the blame of assets whose rows are written again, with the columns that their code makes.
func (a *apply) columnBlames(ctx context.Context, rows []store.AssetRow) ([]store.AssetBlame, error) {
	if a.schema.Version == 0 || len(rows) == 0 {
		return nil, nil
	}
	ids := make([]catalog.AssetID, len(rows))
	after := make(map[catalog.AssetID]*store.AssetRow, len(rows))
	for i := range rows {
		ids[i], after[rows[i].ID] = rows[i].ID, &rows[i]
	}
	assets, err := a.Store.AssetsOf(ctx, a.ws, a.schema.ID, a.schema.Version, ids)
	if err != nil {
		return nil, fmt.Errorf("%d assets before their columns changed: %w", len(ids), err)
	}
	columns, err := a.Store.ColumnsOf(ctx, a.ws, a.schema.ID, a.schema.Version, ids)
	if err != nil {
		return nil, fmt.Errorf("columns of %d assets before they changed: %w", len(ids), err)
	}
	transitions := make([]catalog.Transition, len(assets))
	for i := range assets {
		row := after[assets[i].ID]
		transitions[i] = catalog.Transition{Before: &assets[i], After: &row.Asset, ColumnsBefore: columns[row.ID], ColumnsAfter: row.Columns}
	}
	return a.blames(ctx, transitions)
}
