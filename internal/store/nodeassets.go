package store

import (
	"context"
	"fmt"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// NodeAssets returns the assets that an origin's nodes have in the served version, by
// unique id. Nodes that are not stored are left out.
func (s *Store) NodeAssets(ctx context.Context, ws int64, schema catalog.SchemaID, origin catalog.Origin, uniqueIDs []string) (map[string]AssetRef, error) {
	d := s.reader(ws)
	at, err := d.served(ctx, ws, schema, 0)
	if err != nil {
		return nil, err
	}
	keys := make([][]byte, len(uniqueIDs))
	for i, id := range uniqueIDs {
		key := FacetKey{Origin: origin, Source: catalog.FromManifest, UniqueID: id}.hash()
		keys[i] = key[:]
	}
	out := make(assetsByNode, len(uniqueIDs))
	err = inBatches(keys, func(keys [][]byte) error {
		marks, args := in([]any{at, at, ws, int64(schema), at, at}, keys)
		_, err := list(ctx, d, out.scan, `SELECT f.unique_id, a.id, a.kind, a.name, a.relation_key FROM facets f CROSS JOIN assets a
			WHERE a.ws = f.ws AND +a.schema_id = f.schema_id AND a.id = f.asset AND a.valid_from <= ? AND a.valid_to > ?
			AND f.ws = ? AND f.schema_id = ? AND +f.valid_from <= ? AND +f.valid_to > ? AND f.key IN `+marks, args...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("assets of nodes of %s: %w", schema, err)
	}
	return out, nil
}

// assetsByNode are assets by the unique ids of nodes.
type assetsByNode map[string]AssetRef

func (m assetsByNode) scan(row scanner) (none struct{}, err error) {
	var id string
	var a AssetRef
	err = row.Scan(&id, &a.ID, &a.Kind, &a.Name, &a.RelationKey)
	m[id] = a
	return none, err
}

// AssetsOfNodes returns the assets that dbt nodes of projects report on at a
// version. Nodes that nothing reports any more have none.
func (s *Store) AssetsOfNodes(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, nodes []catalog.NodeRef) (map[catalog.NodeRef]catalog.AssetID, error) {
	out := make(map[catalog.NodeRef]catalog.AssetID, len(nodes))
	projects, err := list(ctx, s.reader(ws), scanProject, `SELECT `+projectColumns+` FROM projects WHERE ws = ? AND schema_id = ?`, ws, int64(schema))
	if err != nil {
		return nil, fmt.Errorf("projects of %s: %w", schema, err)
	}
	origins := make(map[catalog.ProjectID]catalog.Origin, len(projects))
	for _, p := range projects {
		origins[p.ID] = p.Origin()
	}
	var keys [][]byte
	for _, n := range nodes {
		if origin, ok := origins[n.Project]; ok {
			key := FacetKey{Origin: origin, Source: catalog.FromManifest, UniqueID: n.UniqueID}.hash()
			keys = append(keys, key[:])
		}
	}
	scan := func(row scanner) (none struct{}, err error) {
		var n catalog.NodeRef
		var asset catalog.AssetID
		err = row.Scan((*int64)(&n.Project), &n.UniqueID, &asset)
		out[n] = asset
		return none, err
	}
	err = inBatches(keys, func(keys [][]byte) error {
		marks, args := in([]any{ws, int64(schema), at, at}, keys)
		_, err := list(ctx, s.reader(ws), scan, `SELECT project_id, unique_id, asset FROM facets
			WHERE ws = ? AND schema_id = ? AND valid_from <= ? AND +valid_to > ? AND withdrawn_kind = '' AND asset <> 0 AND key IN `+marks, args...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("assets of %d nodes: %w", len(nodes), err)
	}
	return out, nil
}
