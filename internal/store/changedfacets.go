package store

import (
	"context"
	"fmt"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// ChangedFacets returns the facets of a project that a version changed, in the
// forms of before and after it, in the order of FacetsOf.
func (s *Store) ChangedFacets(ctx context.Context, ws int64, schema catalog.SchemaID, project catalog.ProjectID, version int64) (before, after []catalog.Facet, err error) {
	d := s.reader(ws)
	changed := func(bound string) ([]catalog.Facet, error) {
		facets, err := listBodies(ctx, d, facetRows(), `SELECT `+facetColumns+` FROM facets
			WHERE ws = ? AND schema_id = ? AND project_id = ? AND `+bound+` = ?`, ws, int64(schema), int64(project), version)
		if err != nil {
			return nil, fmt.Errorf("facets of version %d of %s: %w", version, schema, err)
		}
		sortFacets(facets)
		return facets, nil
	}
	if before, err = changed("valid_to"); err != nil {
		return nil, nil, err
	}
	after, err = changed("valid_from")
	return before, after, err
}

// CloseFacets ends facets, as if nothing had reported them.
func (w *Write) CloseFacets(ctx context.Context, keys []FacetKey) error {
	return chunks(keys, chunkRows, func(keys []FacetKey) error {
		hashes := make([]any, len(keys))
		for i, k := range keys {
			hashes[i] = k.identity().hash()
		}
		return w.replace(ctx, facetTable, hashes, nil)
	})
}
