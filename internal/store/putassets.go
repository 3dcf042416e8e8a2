package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// AssetRow is an asset to be written. Hash covers what the caller compares.
// Columns nil leaves the columns as they are; empty removes them.
type AssetRow struct {
	catalog.Asset
	Hash    catalog.Hash
	Columns []catalog.Column
}

// assetChunk assets, with their labels and columns, go in one transaction.
const assetChunk = 4096

// PutAssets writes assets under their ids. UpdatedAt and Version are set by the
// store; CreatedAt too, where it is zero: to that of the older row, else to the
// time of the save.
func (w *Write) PutAssets(ctx context.Context, assets []AssetRow) error {
	w.assets = true
	assets = last(assets, func(a AssetRow) catalog.AssetID { return a.ID })
	return chunks(assets, assetChunk, func(assets []AssetRow) error { return w.putAssets(ctx, assets) })
}

func (w *Write) putAssets(ctx context.Context, assets []AssetRow) error {
	bodies, err := splitBodies(ctx, w, assets, func(a *AssetRow) any { return &a.Asset })
	if err != nil {
		return fmt.Errorf("assets: %w", err)
	}
	columns := slices.DeleteFunc(slices.Clone(assets), func(a AssetRow) bool { return a.Columns == nil })
	blocks, err := splitBodies(ctx, w, columns, func(a *AssetRow) any { return a.Columns })
	if err != nil {
		return fmt.Errorf("columns: %w", err)
	}
	ids, labelIDs := assetIDs(assets), []any{}
	columnIDs, columnRows := w.columnRows(columns, blocks)
	w.writing.Lock()
	defer w.writing.Unlock()
	err = w.tx(ctx, func(tx Tx) error {
		created, err := w.createdAt(ctx, tx, assets)
		if err != nil {
			return err
		}
		relabeled, err := w.relabeled(ctx, tx, assets)
		if err != nil {
			return err
		}
		labelIDs = assetIDs(relabeled)
		for _, step := range []struct {
			table versionedTable
			keys  []any
			rows  [][]any
		}{
			{assetTable, ids, w.assetRows(assets, bodies, created)},
			{labelTable, labelIDs, w.labelRows(relabeled)},
			{columnTable, columnIDs, columnRows},
		} {
			if err := w.clear(ctx, tx, step.table, step.keys); err != nil {
				return err
			}
			if err := w.s.eng.Load(ctx, tx, step.table.load, step.rows); err != nil {
				return fmt.Errorf("%s: %w", step.table.name, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("version %d of %s, assets: %w", w.next, w.lease.Schema, err)
	}
	w.remember(assetTable, ids)
	w.remember(labelTable, labelIDs)
	w.remember(columnTable, columnIDs)
	w.wrote.note(assetTable, ids)
	w.wrote.note(columnTable, columnIDs)
	return nil
}

func assetIDs(assets []AssetRow) []any {
	ids := make([]any, len(assets))
	for i := range assets {
		ids[i] = int64(assets[i].ID)
	}
	return ids
}

// createdAt returns the times of creation in the older rows.
func (w *Write) createdAt(ctx context.Context, tx Tx, assets []AssetRow) (map[catalog.AssetID]int64, error) {
	var ids []int64
	for _, a := range assets {
		if a.CreatedAt.IsZero() && (w.served > 0 || w.putKeys(assetTable).hasID(int64(a.ID))) {
			ids = append(ids, int64(a.ID))
		}
	}
	created := make(map[catalog.AssetID]int64, len(ids))
	scan := func(row scanner) (none struct{}, err error) {
		var id, at int64
		err = row.Scan(&id, &at)
		created[catalog.AssetID(id)] = at
		return none, err
	}
	err := inBatches(ids, func(ids []int64) error {
		marks, args := in([]any{w.lease.WS, int64(w.lease.Schema), w.next, catalog.Open}, ids)
		_, err := list(ctx, tx.db, scan, `SELECT id, created_at FROM assets
			WHERE ws = ? AND +schema_id = ? AND valid_from <= ? AND +valid_to = ? AND id IN `+marks, args...)
		return err
	})
	return created, err
}

func (w *Write) assetRows(assets []AssetRow, bodies [][]byte, created map[catalog.AssetID]int64) [][]any {
	rows := make([][]any, len(assets))
	for i := range assets {
		a := &assets[i]
		at := micros(a.CreatedAt)
		if at == 0 {
			at = created[a.ID]
		}
		if at == 0 {
			at = w.at
		}
		var dbt catalog.DBT
		if a.DBT != nil {
			dbt = *a.DBT
		}
		card := CardOf(&a.Asset)
		rows[i] = w.row(int64(a.ID), string(a.Kind), a.Name, SortName(a.Name), a.RelationKey, keyHash(a.RelationKey), int64(a.Project),
			bit(a.Present), bit(strings.TrimSpace(a.Description.Value) != ""), a.Hash[:], at, w.at,
			dbt.UniqueID, dbt.PackageName, a.Materialized, dbt.Group, bodies[i], card.encode())
	}
	return rows
}

// SortName is what lists of assets sort a name by: as much of it as an index takes.
func SortName(name string) string {
	const longest = 200
	if len(name) <= longest {
		return name
	}
	n := 0
	for i := range name {
		if n == longest {
			return name[:i]
		}
		n++
	}
	return name
}

// Kinds of labels.
const (
	labelTag   = "tag"
	labelOwner = "owner"
)

// label is a tag or an owner.
type label struct{ kind, value string }

// labelsOf returns the labels of an asset, each once.
func labelsOf(a *AssetRow) []label {
	labels := make([]label, 0, len(a.Tags)+len(a.Owners))
	for _, value := range a.Tags {
		labels = append(labels, label{labelTag, value})
	}
	for _, value := range a.Owners {
		labels = append(labels, label{labelOwner, value})
	}
	return last(labels, func(l label) label { return l })
}

func (w *Write) labelRows(assets []AssetRow) [][]any {
	var rows [][]any
	for i := range assets {
		for _, l := range labelsOf(&assets[i]) {
			rows = append(rows, w.row(int64(assets[i].ID), l.kind, keyHash(l.value), l.value))
		}
	}
	return rows
}

// manyLabels is the number from which an asset's labels are compared with the stored ones before they are written.
// Fewer are written again with the asset: that costs less than a query.
const manyLabels = 64

// relabeled returns the assets whose labels are written: all but those with many that are stored as they are.
func (w *Write) relabeled(ctx context.Context, tx Tx, assets []AssetRow) ([]AssetRow, error) {
	same := map[catalog.AssetID]bool{}
	for i := range assets {
		a := &assets[i]
		if w.served == 0 || len(a.Tags)+len(a.Owners) < manyLabels || w.putKeys(labelTable).mayHave(int64(a.ID)) {
			continue
		}
		stored, err := list(ctx, tx.db, scanLabel, `SELECT kind, value FROM asset_labels
			WHERE ws = ? AND schema_id = ? AND asset = ? AND valid_from < ? AND valid_to = ?`,
			w.lease.WS, int64(w.lease.Schema), int64(a.ID), w.next, catalog.Open)
		if err != nil {
			return nil, err
		}
		same[a.ID] = sameLabels(labelsOf(a), stored)
	}
	if len(same) == 0 {
		return assets, nil
	}
	return slices.DeleteFunc(slices.Clone(assets), func(a AssetRow) bool { return same[a.ID] }), nil
}

func scanLabel(row scanner) (l label, err error) { return l, row.Scan(&l.kind, &l.value) }

// sameLabels compares labels that are there once each, in any order.
func sameLabels(a, b []label) bool {
	if len(a) != len(b) {
		return false
	}
	set := make(map[label]bool, len(a))
	for _, l := range a {
		set[l] = true
	}
	return !slices.ContainsFunc(b, func(l label) bool { return !set[l] })
}

// columnRows returns the assets whose columns change and the rows of those that
// have any.
func (w *Write) columnRows(assets []AssetRow, blocks [][]byte) (ids []any, rows [][]any) {
	for i, a := range assets {
		ids = append(ids, int64(a.ID))
		if len(a.Columns) > 0 {
			rows = append(rows, w.row(int64(a.ID), blocks[i]))
		}
	}
	return ids, rows
}
