package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// CodeChange is a change of the raw code of an asset, or of what a data test executes.
type CodeChange struct {
	Asset catalog.AssetID
	Test  catalog.TestID // 0: of the asset
	At    time.Time      // of the version that brought it
}

// CodeChanges returns the changes of the code of assets by the versions after from, up to to, by asset and time. An
// asset that is new has none.
func (s *Store) CodeChanges(ctx context.Context, ws int64, schema catalog.SchemaID, from, to int64) ([]CodeChange, error) {
	type state struct {
		catalog.Asset
		at int64
	}
	rows := bodyRow[state]{
		func(row scanner) (a state, body sql.RawBytes, err error) {
			err = row.Scan((*int64)(&a.ID), &a.at, &body)
			return a, body, err
		},
		func(a *state, body storedBody) error { return body.decode(&a.Asset) },
	}
	// The rows that the versions ended, and those that they replaced them by.
	states, err := listBodies(ctx, s.reader(ws), rows, `SELECT a.id, coalesce(v.at, 0), a.body FROM assets a
		LEFT JOIN versions v ON v.ws = a.ws AND v.schema_id = a.schema_id AND v.number = a.valid_from
		WHERE a.ws = ? AND a.schema_id = ? AND a.valid_from <= ? AND EXISTS (SELECT 1 FROM assets b WHERE b.ws = a.ws AND b.id = a.id AND b.valid_to > ? AND b.valid_to <= ?)
		AND a.valid_to > ? ORDER BY a.id, a.valid_from`, ws, int64(schema), to, from, to, from)
	if err != nil {
		return nil, fmt.Errorf("code of assets of %s: %w", schema, err)
	}
	var out []CodeChange
	for i := 1; i < len(states); i++ {
		if before, after := &states[i-1], &states[i]; before.ID == after.ID && rawCode(before.Code) != rawCode(after.Code) {
			out = append(out, CodeChange{Asset: after.ID, At: timeOf(after.at)})
		}
	}
	return out, nil
}

// TestCodeChanges returns the changes of what tests execute by the versions after from, up to to, by test and time.
func (s *Store) TestCodeChanges(ctx context.Context, ws int64, schema catalog.SchemaID, from, to int64, ids []catalog.TestID) ([]CodeChange, error) {
	type state struct {
		id, at int64
		body   catalog.TestBody
	}
	scan := func(row scanner) (t state, err error) {
		var body []byte
		if err = row.Scan(&t.id, &t.at, &body); err == nil {
			err = decode(body, &t.body)
		}
		return t, err
	}
	var states []state
	err := inBatches(int64s(ids), func(ids []int64) error {
		marks, args := in([]any{ws, int64(schema), to, from}, ids)
		some, err := list(ctx, s.reader(ws), scan, `SELECT t.id, coalesce(v.at, 0), t.body FROM tests t
			LEFT JOIN versions v ON v.ws = t.ws AND v.schema_id = t.schema_id AND v.number = t.valid_from
			WHERE t.ws = ? AND t.schema_id = ? AND t.valid_from <= ? AND t.valid_to > ? AND t.id IN `+marks+` ORDER BY t.id, t.valid_from`, args...)
		states = append(states, some...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("code of tests of %s: %w", schema, err)
	}
	var out []CodeChange
	for i := 1; i < len(states); i++ {
		if before, after := &states[i-1], &states[i]; before.id == after.id && !before.body.SameCode(&after.body) {
			out = append(out, CodeChange{Test: catalog.TestID(after.id), At: timeOf(after.at)})
		}
	}
	return out, nil
}

func rawCode(c *catalog.Code) catalog.Hash {
	if c == nil {
		return catalog.Hash{}
	}
	return c.Raw
}
