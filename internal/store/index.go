package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// AssetRef is what the pipeline needs to know of every asset.
type AssetRef struct {
	ID          catalog.AssetID
	Kind        catalog.Kind
	Name        string
	RelationKey string
	Project     catalog.ProjectID
	Present     bool
	Hash        catalog.Hash // of AssetRow
	CreatedAt   time.Time
}

// FacetRef is what the pipeline needs to know of every facet.
type FacetRef struct {
	Asset     catalog.AssetID
	Origin    catalog.Origin
	Source    catalog.Source
	UniqueID  string
	Project   catalog.ProjectID
	Hash      catalog.Hash
	Withdrawn bool
}

// Index lists the assets and facets of a schema's served version, assets by
// id, facets by origin, source, unique id and asset.
type Index struct {
	Version int64
	Assets  []AssetRef
	Facets  []FacetRef
}

// Index returns the identities and hashes of a schema's served version.
func (s *Store) Index(ctx context.Context, ws int64, schema catalog.SchemaID) (*Index, error) {
	d := s.reader(ws)
	served, err := d.schema(ctx, ws, schema)
	if err != nil {
		return nil, err
	}
	index := &Index{Version: served.Version}
	if index.Version == 0 {
		return index, nil
	}
	index.Assets, err = list(ctx, d, scanAssetRef, `SELECT id, kind, name, relation_key, project_id, present, hash, created_at
		FROM assets WHERE ws = ? AND schema_id = ? AND valid_to > ? AND +valid_from <= ?`, ws, int64(schema), index.Version, index.Version)
	if err != nil {
		return nil, fmt.Errorf("index of %s: assets: %w", schema, err)
	}
	index.Facets, err = list(ctx, d, scanFacetRef, `SELECT asset, origin, source, unique_id, project_id, hash, CASE withdrawn_kind WHEN '' THEN 0 ELSE 1 END
		FROM facets WHERE ws = ? AND schema_id = ? AND valid_to > ? AND +valid_from <= ?`, ws, int64(schema), index.Version, index.Version)
	if err != nil {
		return nil, fmt.Errorf("index of %s: facets: %w", schema, err)
	}
	slices.SortFunc(index.Assets, func(a, b AssetRef) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(index.Facets, func(a, b FacetRef) int {
		return cmp.Or(strings.Compare(string(a.Origin), string(b.Origin)), strings.Compare(string(a.Source), string(b.Source)),
			strings.Compare(a.UniqueID, b.UniqueID), cmp.Compare(a.Asset, b.Asset))
	})
	return index, nil
}

func scanAssetRef(row scanner) (r AssetRef, err error) {
	var hash []byte
	var created int64
	err = row.Scan((*int64)(&r.ID), (*string)(&r.Kind), &r.Name, &r.RelationKey, (*int64)(&r.Project), &r.Present, &hash, &created)
	r.Hash, r.CreatedAt = hashOf(hash), timeOf(created)
	return r, err
}

func scanFacetRef(row scanner) (r FacetRef, err error) {
	var hash []byte
	err = row.Scan((*int64)(&r.Asset), (*string)(&r.Origin), (*string)(&r.Source), &r.UniqueID, (*int64)(&r.Project), &hash, &r.Withdrawn)
	r.Hash = hashOf(hash)
	return r, err
}
