package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

const testColumns = `id, project_id, unique_id, asset, hash`

func scanTest(row scanner) (t catalog.Test, err error) {
	var hash []byte
	err = row.Scan((*int64)(&t.ID), (*int64)(&t.Project), &t.UniqueID, (*int64)(&t.Asset), &hash)
	t.Hash = hashOf(hash)
	return t, err
}

func scanFullTest(row scanner) (t catalog.Test, err error) {
	var hash, body []byte
	if err := row.Scan((*int64)(&t.ID), (*int64)(&t.Project), &t.UniqueID, (*int64)(&t.Asset), &hash, &body); err != nil {
		return t, err
	}
	t.Hash = hashOf(hash)
	if err := decode(body, &t.Body); err != nil {
		return t, fmt.Errorf("test %s: %w", t.ID, err)
	}
	return t, nil
}

// TestsOf returns the tests of a project (0 = all) at a version (0 = served), by
// id. Without full, Body is left empty.
func (s *Store) TestsOf(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, project catalog.ProjectID, full bool) ([]catalog.Test, error) {
	d := s.reader(ws)
	at, err := d.served(ctx, ws, schema, at)
	if err != nil {
		return nil, err
	}
	columns, scan := testColumns, scanTest
	if full {
		columns, scan = testColumns+`, body`, scanFullTest
	}
	tests, err := list(ctx, d, scan, `SELECT `+columns+` FROM tests
		WHERE ws = ? AND schema_id = ? AND valid_from <= ? AND valid_to > ? AND (CAST(? AS bigint) = 0 OR project_id = ?)
		ORDER BY id`, // the order in which most of the rows lie
		ws, int64(schema), at, at, int64(project), int64(project))
	if err != nil {
		return nil, fmt.Errorf("tests of %s: %w", schema, err)
	}
	return tests, nil
}

// TestsOfAsset returns the tests on a table and its columns at a version (0 =
// served), by id.
func (s *Store) TestsOfAsset(ctx context.Context, ws int64, schema catalog.SchemaID, asset catalog.AssetID, at int64) ([]catalog.Test, error) {
	d := s.reader(ws)
	at, err := d.served(ctx, ws, schema, at)
	if err != nil {
		return nil, err
	}
	tests, err := list(ctx, d, scanFullTest, `SELECT `+testColumns+`, body FROM tests
		WHERE ws = ? AND schema_id = ? AND asset = ? AND valid_from <= ? AND valid_to > ?`, ws, int64(schema), int64(asset), at, at)
	if err != nil {
		return nil, fmt.Errorf("tests of asset %d: %w", asset, err)
	}
	sortTests(tests)
	return tests, nil
}

func sortTests(tests []catalog.Test) {
	slices.SortFunc(tests, func(a, b catalog.Test) int { return cmp.Compare(a.ID, b.ID) })
}
