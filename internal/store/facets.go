package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// FacetKey is the identity of a facet inside a schema. Asset counts only for
// facets without a unique id: those of code, and those of people, which have no
// rows of their own.
type FacetKey struct {
	Origin   catalog.Origin
	Source   catalog.Source
	UniqueID string
	Asset    catalog.AssetID
}

func keyOf(f catalog.Facet) FacetKey {
	return FacetKey{Origin: f.Origin, Source: f.Source, UniqueID: f.UniqueID, Asset: f.Asset}
}

// identity leaves out what does not count.
func (k FacetKey) identity() FacetKey {
	if k.UniqueID != "" {
		k.Asset = 0
	}
	return k
}

// hash replaces the key in the table, which is three texts of any length.
func (k FacetKey) hash() catalog.Hash {
	b := make([]byte, 0, 64+len(k.UniqueID))
	for _, part := range []string{string(k.Origin), string(k.Source), k.UniqueID} {
		b = binary.AppendUvarint(b, uint64(len(part)))
		b = append(b, part...)
	}
	if k.UniqueID == "" {
		b = binary.AppendVarint(b, int64(k.Asset))
	}
	return catalog.HashOf(b)
}

const facetColumns = `asset, origin, source, unique_id, project_id, hash, cause_kind, cause_id, at, tie,
	withdrawn_kind, withdrawn_id, withdrawn_at, body`

func scanFacet(row scanner) (f catalog.Facet, body sql.RawBytes, err error) {
	var hash, tie []byte
	var at, withdrawnAt int64
	if err := row.Scan((*int64)(&f.Asset), (*string)(&f.Origin), (*string)(&f.Source), &f.UniqueID, (*int64)(&f.Project),
		&hash, (*string)(&f.Cause.Kind), &f.Cause.ID, &at, &tie,
		(*string)(&f.Withdrawn.Cause.Kind), &f.Withdrawn.Cause.ID, &withdrawnAt, &body); err != nil {
		return f, nil, err
	}
	f.Hash, f.At, f.Tie, f.Withdrawn.At = hashOf(hash), timeOf(at), hashOf(tie), timeOf(withdrawnAt)
	return f, body, nil
}

func fillFacet(f *catalog.Facet, body storedBody) error {
	if err := body.decode(&f.Body); err != nil {
		return fmt.Errorf("facet %s/%s %q: %w", f.Origin, f.Source, f.UniqueID, err)
	}
	return nil
}

// facetRows reads facets.
func facetRows() bodyRow[catalog.Facet] { return bodyRow[catalog.Facet]{scanFacet, fillFacet} }

// FacetsOf returns all facets of the assets at a version (0 = served), by asset,
// origin, source and unique id. That of people is made of their current edits.
func (s *Store) FacetsOf(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, assets []catalog.AssetID) ([]catalog.Facet, error) {
	d := s.reader(ws)
	at, err := d.served(ctx, ws, schema, at)
	if err != nil {
		return nil, err
	}
	return d.facetsOf(ctx, ws, schema, at, assets)
}

// FacetsOf is Store.FacetsOf at the version in the making.
func (w *Write) FacetsOf(ctx context.Context, assets []catalog.AssetID) ([]catalog.Facet, error) {
	return w.s.reader(w.lease.WS).facetsOf(ctx, w.lease.WS, w.lease.Schema, w.next, assets)
}

// facetsOf is FacetsOf for any version, even one in the making.
func (d db) facetsOf(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, assets []catalog.AssetID) ([]catalog.Facet, error) {
	var found []catalog.Facet
	err := inBatches(int64s(assets), func(ids []int64) error {
		marks, args := in([]any{ws, int64(schema), at, at}, ids)
		some, err := listBodies(ctx, d, facetRows(), `SELECT `+facetColumns+` FROM facets
			WHERE ws = ? AND schema_id = ? AND valid_from <= ? AND +valid_to > ? AND asset IN `+marks, args...)
		found = append(found, some...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("facets of %s: %w", schema, err)
	}
	people, err := d.userFacets(ctx, ws, schema, at, assets)
	if err != nil {
		return nil, fmt.Errorf("edits of %s: %w", schema, err)
	}
	found = append(found, people...)
	sortFacets(found)
	return found, nil
}

// PendingFacets returns the facets of a project (0 = all) whose asset is
// unknown, in the order of FacetsOf.
func (s *Store) PendingFacets(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, project catalog.ProjectID) ([]catalog.Facet, error) {
	d := s.reader(ws)
	at, err := d.served(ctx, ws, schema, at)
	if err != nil {
		return nil, err
	}
	found, err := listBodies(ctx, d, facetRows(), `SELECT `+facetColumns+` FROM facets
		WHERE ws = ? AND schema_id = ? AND asset = 0 AND valid_from <= ? AND +valid_to > ? AND (CAST(? AS bigint) = 0 OR project_id = ?)`,
		ws, int64(schema), at, at, int64(project), int64(project))
	if err != nil {
		return nil, fmt.Errorf("pending facets of %s: %w", schema, err)
	}
	sortFacets(found)
	return found, nil
}

func sortFacets(facets []catalog.Facet) {
	slices.SortFunc(facets, func(a, b catalog.Facet) int {
		return cmp.Or(cmp.Compare(a.Asset, b.Asset), strings.Compare(string(a.Origin), string(b.Origin)),
			strings.Compare(string(a.Source), string(b.Source)), strings.Compare(a.UniqueID, b.UniqueID))
	})
}
