package store

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Before there were rows of edits, people had one facet per asset, and each edit
// wrote it again with all edits so far. The migration put these facets apart.

// userFacet is such a facet.
type userFacet struct {
	from, to, number int64
	edits            []catalog.Edit
}

func scanUserFacet(row scanner) (f userFacet, err error) {
	var raw []byte
	if err := row.Scan(&f.from, &f.to, &f.number, &raw); err != nil {
		return f, err
	}
	var body catalog.Body
	err = decode(raw, &body)
	f.edits = body.Edits
	return f, err
}

// editedAsset names an asset with facets of people.
type editedAsset struct {
	ws     int64
	schema catalog.SchemaID
	asset  catalog.AssetID
}

func scanEditedAsset(row scanner) (a editedAsset, err error) {
	return a, row.Scan(&a.ws, (*int64)(&a.schema), (*int64)(&a.asset))
}

// splitUserFacets turns the facets of people into edits, an asset per transaction.
func (s *Store) splitUserFacets(ctx context.Context) error {
	for {
		var a editedAsset
		err := s.tx(ctx, func(tx Tx) (err error) {
			// Of several processes that start at once one goes on.
			if _, err := tx.exec(ctx, `UPDATE workspaces SET name = name WHERE id = ?`, catalog.DefaultWorkspace); err != nil {
				return err
			}
			a, err = one(ctx, tx.db, scanEditedAsset, `SELECT ws, schema_id, asset FROM user_facets ORDER BY ws, schema_id, asset LIMIT 1`)
			if err != nil {
				return err
			}
			return s.splitFacetsOf(ctx, tx, a)
		})
		if errors.Is(err, catalog.ErrNotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("edits of asset %d: %w", a.asset, err)
		}
	}
}

func (s *Store) splitFacetsOf(ctx context.Context, tx Tx, a editedAsset) error {
	const of = ` WHERE ws = ? AND schema_id = ? AND asset = ?`
	args := []any{a.ws, int64(a.schema), int64(a.asset)}
	versions, err := list(ctx, tx.db, scalar[int64], `SELECT valid_from FROM user_facets`+of+` ORDER BY valid_from`, args...)
	if err != nil {
		return err
	}
	var edits editHistory
	for _, version := range versions { // one at a time: each has all edits before it
		f, err := one(ctx, tx.db, scanUserFacet, `SELECT valid_from, valid_to, cause_id, body FROM user_facets`+of+` AND valid_from = ?`, append(args, version)...)
		if err != nil {
			return err
		}
		edits.add(f)
	}
	rows, err := edits.rows(a)
	if err != nil {
		return err
	}
	if err := s.eng.Load(ctx, tx, editTable.load, rows); err != nil {
		return err
	}
	_, err = tx.exec(ctx, `DELETE FROM user_facets`+of, args...)
	return err
}

// editHistory collects the edits of an asset, the oldest first.
type editHistory struct {
	edits []Edit
	end   int64 // of the last facet
}

// add takes the edits that a facet has and the one before it has not.
func (h *editHistory) add(f userFacet) {
	same := 0
	for same < min(len(h.edits), len(f.edits)) && reflect.DeepEqual(h.edits[same].Edit, f.edits[same]) {
		same++
	}
	for _, e := range f.edits[same:] {
		h.edits = append(h.edits, Edit{Edit: e, Number: f.number, Version: f.from})
	}
	h.end = f.to
}

// rows are the rows of the edits: each ends where the next of its property begins.
func (h *editHistory) rows(a editedAsset) ([][]any, error) {
	rows := make([][]any, len(h.edits))
	ends := map[catalog.Hash]int64{}
	for i := len(h.edits) - 1; i >= 0; i-- {
		e := &h.edits[i]
		e.Asset = a.asset
		key := editKey(e)
		end, ok := ends[key]
		if !ok {
			end = h.end
		}
		ends[key] = e.Version
		value := bodyOfEdit(e)
		body, err := encode(&value)
		if err != nil {
			return nil, err
		}
		rows[i] = append([]any{a.ws, int64(a.schema), key[:], e.Version, end}, editValues(e, int64(i), body)...)
	}
	return rows, nil
}
