package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// A version 0 asks for the served one in every method that takes at.

const assetColumns = `a.id, a.valid_from, a.created_at, a.updated_at, a.body`

func scanAsset(row scanner) (catalog.Asset, sql.RawBytes, error) {
	return scanAssetAnd(row)
}

// scanAssetAnd scans an asset and more columns behind it.
func scanAssetAnd(row scanner, more ...any) (a catalog.Asset, body sql.RawBytes, err error) {
	var created, updated int64
	err = row.Scan(append([]any{(*int64)(&a.ID), &a.Version, &created, &updated, &body}, more...)...)
	a.CreatedAt, a.UpdatedAt = timeOf(created), timeOf(updated)
	return a, body, err
}

func fillAsset(a *catalog.Asset, body storedBody) error {
	if err := body.decode(a); err != nil { // id, version and times are not part of it
		return fmt.Errorf("asset %d: %w", a.ID, err)
	}
	return nil
}

// assetRows reads assets.
func assetRows() bodyRow[catalog.Asset] { return bodyRow[catalog.Asset]{scanAsset, fillAsset} }

// served returns the version to read: at, or the served one where at is 0. A
// version that is not yet served is catalog.ErrNotFound, though rows of it may
// be there.
func (d db) served(ctx context.Context, ws int64, schema catalog.SchemaID, at int64) (int64, error) {
	s, err := d.schema(ctx, ws, schema)
	switch {
	case err != nil:
		return 0, err
	case at == 0:
		return s.Version, nil
	case at < 0 || at > s.Version:
		return 0, fmt.Errorf("version %d of %s: %w", at, schema, catalog.ErrNotFound)
	}
	return at, nil
}

// Asset returns one asset and its schema, at a version of it.
func (s *Store) Asset(ctx context.Context, ws int64, id catalog.AssetID, at int64) (catalog.Asset, catalog.SchemaID, error) {
	var schema catalog.SchemaID
	rows := bodyRow[catalog.Asset]{func(row scanner) (catalog.Asset, sql.RawBytes, error) { return scanAssetAnd(row, &schema) }, fillAsset}
	a, err := oneBody(ctx, s.reader(ws), rows,
		`SELECT `+assetColumns+`, a.schema_id FROM assets a JOIN schemas s ON s.ws = a.ws AND s.id = a.schema_id
		WHERE a.ws = ? AND a.id = ? AND a.valid_from <= s.version
			AND a.valid_from <= CASE WHEN CAST(? AS bigint) = 0 THEN s.version ELSE ? END AND a.valid_to > CASE WHEN CAST(? AS bigint) = 0 THEN s.version ELSE ? END`,
		ws, int64(id), at, at, at, at)
	if err != nil {
		return catalog.Asset{}, 0, fmt.Errorf("asset %d: %w", id, err)
	}
	return a, schema, nil
}

// SchemasOf returns the schema of each asset; one that does not exist has none.
func (s *Store) SchemasOf(ctx context.Context, ws int64, ids []catalog.AssetID) (map[catalog.AssetID]catalog.SchemaID, error) {
	schemas := make(map[catalog.AssetID]catalog.SchemaID, len(ids))
	scan := func(row scanner) (none struct{}, err error) {
		var id catalog.AssetID
		var schema catalog.SchemaID
		err = row.Scan(&id, &schema)
		schemas[id] = schema
		return none, err
	}
	err := inBatches(ids, func(ids []catalog.AssetID) error {
		marks, args := in([]any{ws, catalog.Open}, ids)
		_, err := list(ctx, s.reader(ws), scan, `SELECT a.id, a.schema_id FROM assets a
			JOIN schemas s ON s.ws = a.ws AND s.id = a.schema_id AND +a.valid_from <= s.version AND +a.valid_to > s.version
			WHERE a.ws = ? AND a.valid_from < ? AND a.id IN `+marks, args...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("schemas of %d assets: %w", len(ids), err)
	}
	return schemas, nil
}

// AssetsOf returns those of the assets that exist at a version, by id.
func (s *Store) AssetsOf(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) ([]catalog.Asset, error) {
	d := s.reader(ws)
	at, err := d.served(ctx, ws, schema, at)
	if err != nil {
		return nil, err
	}
	found, err := d.assetsOf(ctx, ws, schema, at, ids)
	if err != nil {
		return nil, fmt.Errorf("assets of %s: %w", schema, err)
	}
	return found, nil
}

// AssetsAt is AssetsOf at a version that may be the one in the making.
func (s *Store) AssetsAt(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) ([]catalog.Asset, error) {
	found, err := s.reader(ws).assetsOf(ctx, ws, schema, at, ids)
	if err != nil {
		return nil, fmt.Errorf("assets of %s: %w", schema, err)
	}
	return found, nil
}

func (d db) assetsOf(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) ([]catalog.Asset, error) {
	var found []catalog.Asset
	err := inBatches(int64s(ids), func(ids []int64) error {
		marks, args := in([]any{ws, int64(schema), at, at}, ids)
		some, err := listBodies(ctx, d, assetRows(), `SELECT `+assetColumns+` FROM assets a
			WHERE a.ws = ? AND +a.schema_id = ? AND a.valid_from <= ? AND +a.valid_to > ? AND a.id IN `+marks, args...)
		found = append(found, some...)
		return err
	})
	slices.SortFunc(found, func(a, b catalog.Asset) int { return cmp.Compare(a.ID, b.ID) })
	return found, err
}

// int64s turns ids into arguments, sorted and without duplicates.
func int64s[T ~int64](ids []T) []int64 {
	out := make([]int64, len(ids))
	for i, id := range ids {
		out[i] = int64(id)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// AssetByUniqueID finds the asset that a dbt node of a project (by its key or name; "" = any project of the schema)
// reports on. catalog.AmbiguousError if nodes of several projects have the unique_id and report on different assets.
func (s *Store) AssetByUniqueID(ctx context.Context, ws int64, schema catalog.SchemaID, project, uniqueID string, at int64) (catalog.Asset, error) {
	a, err := s.reader(ws).assetByUniqueID(ctx, ws, schema, project, uniqueID, at)
	if err != nil {
		return catalog.Asset{}, fmt.Errorf("asset %q of %s: %w", uniqueID, schema, err)
	}
	return a, nil
}

func (d db) assetByUniqueID(ctx context.Context, ws int64, schema catalog.SchemaID, project, uniqueID string, at int64) (none catalog.Asset, err error) {
	if at, err = d.served(ctx, ws, schema, at); err != nil {
		return none, err
	}
	projects, err := list(ctx, d, scanProject, `SELECT `+projectColumns+` FROM projects WHERE ws = ? AND schema_id = ? AND (CAST(? AS text) = '' OR key = ? OR name = ?)`,
		ws, int64(schema), project, project, project)
	if err != nil || len(projects) == 0 {
		return none, cmp.Or(err, catalog.ErrNotFound)
	}
	var keys [][]byte
	names := map[catalog.ProjectID]string{}
	for _, p := range projects {
		names[p.ID] = p.Name
		for _, source := range []catalog.Source{catalog.FromManifest, catalog.FromCatalog} {
			key := FacetKey{Origin: p.Origin(), Source: source, UniqueID: uniqueID}.hash()
			keys = append(keys, key[:])
		}
	}
	marks, args := in([]any{ws, int64(schema), at, at}, keys)
	nodes, err := list(ctx, d, scanNode, `SELECT asset, project_id, withdrawn_kind FROM facets WHERE ws = ? AND schema_id = ? AND +valid_from <= ? AND +valid_to > ?
		AND +asset <> 0 AND key IN `+marks+` ORDER BY CASE withdrawn_kind WHEN '' THEN 0 ELSE 1 END, project_id, source DESC, asset`, args...)
	if err != nil {
		return none, err
	}
	nodes = leading(nodes)
	switch len(nodes) {
	case 0:
		return none, catalog.ErrNotFound
	case 1:
		return d.assetAt(ctx, ws, schema, nodes[0].asset, at)
	}
	ambiguous := &catalog.AmbiguousError{Name: uniqueID, Remedy: "project is required too"}
	for _, n := range nodes {
		a, err := d.assetAt(ctx, ws, schema, n.asset, at)
		if err != nil {
			return none, err
		}
		ambiguous.Candidates = append(ambiguous.Candidates, catalog.Candidate{
			ID: a.ID, Kind: a.Kind, Name: a.Name, Project: names[n.project], Relation: a.Relation.Display(),
		})
	}
	return none, ambiguous
}

// node is the asset that a dbt node reports on.
type node struct {
	asset     catalog.AssetID
	project   catalog.ProjectID
	withdrawn bool
}

func scanNode(row scanner) (n node, err error) {
	var withdrawn string
	err = row.Scan((*int64)(&n.asset), (*int64)(&n.project), &withdrawn)
	n.withdrawn = withdrawn != ""
	return n, err
}

// leading returns the first node of each project, each asset once. Of sorted nodes, withdrawn ones count only where
// all are withdrawn.
func leading(nodes []node) (out []node) {
	for _, n := range nodes {
		if n.withdrawn && !nodes[0].withdrawn {
			break
		}
		same := func(o node) bool { return o.project == n.project || o.asset == n.asset }
		if !slices.ContainsFunc(out, same) {
			out = append(out, n)
		}
	}
	return out
}

func (d db) assetAt(ctx context.Context, ws int64, schema catalog.SchemaID, id catalog.AssetID, at int64) (catalog.Asset, error) {
	return oneBody(ctx, d, assetRows(), `SELECT `+assetColumns+` FROM assets a
		WHERE a.ws = ? AND a.id = ? AND +a.schema_id = ? AND a.valid_from <= ? AND +a.valid_to > ?`, ws, int64(id), int64(schema), at, at)
}

// AssetByRelationKey finds the asset with a folded relation; a present one
// takes precedence over a removed one, then the older.
func (s *Store) AssetByRelationKey(ctx context.Context, ws int64, schema catalog.SchemaID, key string, at int64) (catalog.Asset, error) {
	d := s.reader(ws)
	at, err := d.served(ctx, ws, schema, at)
	if err != nil {
		return catalog.Asset{}, err
	}
	if key == "" {
		return catalog.Asset{}, fmt.Errorf("asset without a relation: %w", catalog.ErrNotFound)
	}
	a, err := oneBody(ctx, d, assetRows(), `SELECT `+assetColumns+` FROM assets a
		WHERE a.ws = ? AND a.schema_id = ? AND a.relation_hash = ? AND a.relation_key <> '' AND +a.valid_from <= ? AND +a.valid_to > ?
		ORDER BY a.present DESC, a.id LIMIT 1`, ws, int64(schema), keyHash(key), at, at)
	if err != nil {
		return catalog.Asset{}, fmt.Errorf("asset %q of %s: %w", key, schema, err)
	}
	return a, nil
}

// keyHash replaces a long text in a key.
func keyHash(s string) []byte {
	h := catalog.HashOf([]byte(s))
	return h[:]
}

// AssetIDs returns the ids of all assets at a version, removed ones too, in order.
func (s *Store) AssetIDs(ctx context.Context, ws int64, schema catalog.SchemaID, at int64) ([]catalog.AssetID, error) {
	ids, err := list(ctx, s.reader(ws), scalar[catalog.AssetID], `SELECT id FROM assets
		WHERE ws = ? AND schema_id = ? AND valid_to > ? AND +valid_from <= ?`, ws, int64(schema), at, at)
	if err != nil {
		return nil, fmt.Errorf("ids of the assets of %s: %w", schema, err)
	}
	slices.Sort(ids)
	return ids, nil
}
