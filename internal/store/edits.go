package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Edit is an edit of a person as it is stored: a row of its own. The facet of
// people, as FacetsOf returns it, has the current edits of an asset: the newest of
// each property. Rows that are replaced stay, whatever versions are deleted.
type Edit struct {
	catalog.Edit
	Asset   catalog.AssetID
	Number  int64 // of the request that made it
	Version int64 // that it made; set by the store
	Until   int64 // version that replaced it; catalog.Open while it is the newest of its property; set by the store
}

// editKey is the identity of a property.
func editKey(e *Edit) catalog.Hash {
	b := binary.AppendVarint(make([]byte, 0, 64+len(e.Column)), int64(e.Asset))
	b = append(append(append(b, e.Field...), 0), e.Column...)
	return catalog.HashOf(b)
}

// editBody is the value of an edit.
type editBody struct {
	Text   string   `json:"text,omitempty"`
	Add    []string `json:"add,omitempty"`
	Remove []string `json:"remove,omitempty"`
}

func bodyOfEdit(e *Edit) editBody { return editBody{e.Text, e.Add, e.Remove} }

func (b editBody) size() int64 {
	n := len(b.Text)
	for _, label := range slices.Concat(b.Add, b.Remove) {
		n += len(label)
	}
	return int64(n)
}

// PutEdits writes edits under their properties.
func (w *Write) PutEdits(ctx context.Context, edits []Edit) error {
	edits = last(edits, func(e Edit) catalog.Hash { return editKey(&e) })
	return chunks(edits, chunkRows, func(edits []Edit) error {
		bodies, err := splitBodies(ctx, w, edits, func(e *Edit) any { body := bodyOfEdit(e); return &body })
		if err != nil {
			return fmt.Errorf("edits: %w", err)
		}
		keys, rows := make([]any, len(edits)), make([][]any, len(edits))
		for i := range edits {
			key := editKey(&edits[i])
			keys[i] = key
			rows[i] = append(w.row(key), editValues(&edits[i], w.edits, bodies[i])...)
			w.edits++
		}
		return w.replace(ctx, editTable, keys, rows)
	})
}

// editValues are the columns of a row behind its versions.
func editValues(e *Edit, position int64, body []byte) []any {
	return []any{
		int64(e.Asset), position, e.Number, e.Field, e.Column, string(e.By.Kind), e.By.ID, e.By.Name, micros(e.At), bodyOfEdit(e).size(), body,
	}
}

const editColumns = `asset, valid_from, valid_to, number, field, column_name, actor_kind, actor_id, actor_name, at, body`

func scanEdit(row scanner) (e Edit, body sql.RawBytes, err error) {
	var at int64
	err = row.Scan((*int64)(&e.Asset), &e.Version, &e.Until, &e.Number, &e.Field, &e.Column,
		(*string)(&e.By.Kind), &e.By.ID, &e.By.Name, &at, &body)
	e.At = timeOf(at)
	return e, body, err
}

func fillEdit(e *Edit, body storedBody) error {
	var value editBody
	if err := body.decode(&value); err != nil {
		return fmt.Errorf("edit %d of asset %d: %w", e.Number, e.Asset, err)
	}
	e.Text, e.Add, e.Remove = value.Text, value.Add, value.Remove
	return nil
}

// editRows reads edits.
func editRows() bodyRow[Edit] { return bodyRow[Edit]{scanEdit, fillEdit} }

// userFacets returns the facets of what people wrote about assets, by asset.
func (d db) userFacets(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, assets []catalog.AssetID) ([]catalog.Facet, error) {
	var out []catalog.Facet
	err := inBatches(int64s(assets), func(ids []int64) error {
		marks, args := in([]any{ws, int64(schema), at, at}, ids)
		edits, err := listBodies(ctx, d, editRows(), `SELECT `+editColumns+` FROM edits
			WHERE ws = ? AND schema_id = ? AND valid_from <= ? AND valid_to > ? AND asset IN `+marks+` ORDER BY asset, valid_from, position`, args...)
		for i := range edits {
			e := &edits[i]
			if n := len(out); n == 0 || out[n-1].Asset != e.Asset {
				out = append(out, catalog.Facet{Asset: e.Asset, Origin: catalog.OriginUser, Source: catalog.FromUser})
			}
			f := &out[len(out)-1]
			f.Body.Edits = append(f.Body.Edits, e.Edit)
			f.At, f.Cause = e.At, catalog.Cause{Kind: catalog.CauseEdit, ID: e.Number}
		}
		return err
	})
	for i := range out {
		out[i].Hash = catalog.HashBody(out[i].Body)
	}
	return out, err
}

// editPlace is where an edit is among those of its asset.
type editPlace struct{ version, position, size int64 }

// EditedAssets returns the assets that people have edited at a version.
func (s *Store) EditedAssets(ctx context.Context, ws int64, schema catalog.SchemaID, at int64) ([]catalog.AssetID, error) {
	ids, err := list(ctx, s.reader(ws), scalar[catalog.AssetID], `SELECT DISTINCT asset FROM edits
		WHERE ws = ? AND schema_id = ? AND valid_from <= ? AND valid_to > ? ORDER BY asset`, ws, int64(schema), at, at)
	if err != nil {
		return nil, fmt.Errorf("edited assets of %s: %w", schema, err)
	}
	return ids, nil
}

func scanEditPlace(row scanner) (p editPlace, err error) {
	return p, row.Scan(&p.version, &p.position, &p.size)
}

// next is the position of a page after the edit.
func (p editPlace) next() (string, error) { return position(p.version, p.position) }

// editBytes is how many bytes the values of a page of edits have at most, unless a
// single one has more.
const editBytes = 1 << 20

// Edits lists the edits of an asset up to a version (0 = served), the newest first. A page ends early where values
// are long.
func (s *Store) Edits(ctx context.Context, ws int64, schema catalog.SchemaID, asset catalog.AssetID, at int64, p Page) (Paged[Edit], error) {
	d := s.reader(ws)
	at, err := d.served(ctx, ws, schema, at)
	if err != nil {
		return Paged[Edit]{}, err
	}
	before, position := at, catalog.Open
	if _, err := p.after(&before, &position); err != nil {
		return Paged[Edit]{}, err
	}
	page, err := d.editPage(ctx, ws, schema, asset, min(before, at), position, p)
	if err != nil {
		return page, fmt.Errorf("edits of asset %d: %w", asset, err)
	}
	page.Total, err = one(ctx, d, scalar[int64], `SELECT count(*) FROM edits WHERE ws = ? AND schema_id = ? AND asset = ? AND valid_from <= ?`,
		ws, int64(schema), int64(asset), at)
	if err != nil {
		return page, fmt.Errorf("edits of asset %d: %w", asset, err)
	}
	return page, nil
}

func (d db) editPage(ctx context.Context, ws int64, schema catalog.SchemaID, asset catalog.AssetID, version, position int64, p Page) (page Paged[Edit], err error) {
	const from = ` FROM edits WHERE ws = ? AND schema_id = ? AND asset = ? AND valid_from <= ? AND (valid_from < ? OR position < ?)
		ORDER BY valid_from DESC, position DESC LIMIT ?`
	args := []any{ws, int64(schema), int64(asset), version, version, position}
	places, err := list(ctx, d, scanEditPlace, `SELECT valid_from, position, size`+from, append(args, p.limit()+1)...)
	if err != nil {
		return page, err
	}
	n, bytes := 0, int64(0)
	for n < min(len(places), p.limit()) && (n == 0 || bytes+places[n].size <= editBytes) {
		bytes += places[n].size
		n++
	}
	if n < len(places) && n > 0 {
		if page.Next, err = places[n-1].next(); err != nil {
			return page, err
		}
	}
	page.Rows, err = listBodies(ctx, d, editRows(), `SELECT `+editColumns+from, append(args, n)...)
	return page, err
}
