package readmodel

import (
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/lineage"
	"github.com/thalweg-data/thalweg/internal/store"
)

// ChangesOf returns how an asset changed: its fields and columns, then its column lineage.
func ChangesOf(row store.ChangedAsset) []catalog.Change {
	return append(catalog.DiffAsset(row.Before, row.After, row.BeforeColumns, row.AfterColumns), lineageChanges(row, refLabel)...)
}

// lineageChanges returns how the column lineage of a model changed. Blocks written by another version of the engine
// are not compared. table names the tables that it reads.
func lineageChanges(row store.ChangedAsset, table func(lineage.Ref) string) []catalog.Change {
	if row.Before == nil || row.After == nil || !row.Before.Present || !row.After.Present {
		return nil
	}
	before, err := decodeBlock(row.BeforeColumnEdges)
	if err != nil {
		return nil
	}
	after, err := decodeBlock(row.AfterColumnEdges)
	if err != nil {
		return nil
	}
	var out []catalog.Change
	for _, c := range lineage.DiffBlocks(before, after, table) {
		out = append(out, catalog.Change{Asset: row.Asset, Kind: catalog.Updated, Field: c.Field, Column: c.Column, Old: c.Old, New: c.New})
	}
	return out
}

func decodeBlock(b []byte) (*lineage.Block, error) {
	if b == nil {
		return nil, nil //nolint:nilnil // no block is not a fault
	}
	return lineage.Decode(b)
}

// refLabel returns the id of a table that code reads, or its name in the SQL.
func refLabel(r lineage.Ref) string {
	if r.Table != 0 {
		return catalog.AssetID(r.Table).Label(catalog.KindModel) // every table has the same prefix
	}
	return r.Name
}
