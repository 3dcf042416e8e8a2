package revision

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Base is what the store has of a schema, read in the background. It may be
// begun before the lease is taken: Apply reads it again if the schema has moved
// on by then.
type Base struct {
	reading *errgroup.Group
	cancel  context.CancelFunc
	index   *store.Index
}

// Read begins to read what the store has of a schema. The caller calls Close.
func (r *Reviser) Read(ctx context.Context, ws int64, schema catalog.SchemaID) *Base {
	b := &Base{}
	ctx, b.cancel = context.WithCancel(ctx)
	b.reading, ctx = errgroup.WithContext(ctx)
	b.reading.Go(func() (err error) {
		if b.index, err = r.Store.Index(ctx, ws, schema); err != nil {
			err = fmt.Errorf("index of %s: %w", schema, err)
		}
		return err
	})
	return b
}

// Close waits until nothing is read any more.
func (b *Base) Close() {
	if b != nil {
		b.cancel()
		_ = b.reading.Wait() // an error matters only to callers that use what was read
	}
}

// index returns the assets and facets of the served version.
func (a *apply) index(ctx context.Context) (*store.Index, error) {
	if a.base != nil {
		return a.base.index, nil
	}
	b := a.opts.Base
	if b != nil {
		if err := b.reading.Wait(); err != nil {
			return nil, err
		}
	}
	if b == nil || b.index.Version != a.schema.Version {
		b = a.Read(ctx, a.ws, a.schema.ID)
		defer b.cancel()
		if err := b.reading.Wait(); err != nil {
			return nil, err
		}
	}
	a.base = b
	return b.index, nil
}

// nodeIndex is the index by node.
type nodeIndex struct {
	index  *store.Index
	assets map[catalog.AssetID]*store.AssetRef
	facets map[Node][]store.FacetRef // of the origins that are observed
}

func (a *apply) readNodes(ctx context.Context) error {
	index, err := a.index(ctx)
	if err != nil {
		return err
	}
	k := &nodeIndex{index: index, assets: make(map[catalog.AssetID]*store.AssetRef, len(index.Assets)), facets: map[Node][]store.FacetRef{}}
	for i := range index.Assets {
		k.assets[index.Assets[i].ID] = &index.Assets[i]
	}
	observed := map[catalog.Origin]bool{}
	for _, o := range a.observations {
		observed[o.Origin] = true
	}
	for _, f := range index.Facets {
		if observed[f.Origin] && f.Asset != 0 {
			n := Node{f.Origin, f.UniqueID}
			k.facets[n] = append(k.facets[n], f)
		}
	}
	a.nodes = k
	return nil
}

// asserts reports whether facets of a source assert that a thing exists.
func asserts(s catalog.Source) bool { return s == catalog.FromManifest || s.ByRelation() }

// claim returns the claim of a node as it is stored.
func (k *nodeIndex) claim(n Node) catalog.Claim {
	c := catalog.Claim{Origin: n.Origin, UniqueID: n.ID, Same: true}
	for _, f := range k.facets[n] {
		if asset := k.assets[f.Asset]; asset != nil && asserts(f.Source) {
			c.Kind, c.Name, c.RelationKey = kindOf(f, asset.Kind), asset.Name, asset.RelationKey
			if f.Source.ByRelation() {
				c.RelationKey = f.UniqueID
			}
		}
	}
	return c
}

// kindOf is the kind of one node of an asset. Several nodes may be one asset,
// whose kind is that of the first among them.
func kindOf(f store.FacetRef, asset catalog.Kind) catalog.Kind {
	if f.Source.ByRelation() {
		if asset.IsTable() && asset != catalog.KindView {
			return catalog.KindTable
		}
		return asset
	}
	return catalog.KindOfNode(f.UniqueID, asset)
}

// asserted returns the facet by which the origin asserts that the node exists; false
// if it does not.
func (k *nodeIndex) asserted(n Node) (store.FacetRef, bool) {
	for _, f := range k.facets[n] {
		if asserts(f.Source) && !f.Withdrawn {
			return f, true
		}
	}
	return store.FacetRef{}, false
}

// identities returns the index in the form that identity resolution takes.
// Nodes in gone count as withdrawn.
func (k *nodeIndex) identities(gone map[Node]bool) *catalog.Identities {
	assets := make([]catalog.StoredAsset, len(k.index.Assets))
	for i, a := range k.index.Assets {
		assets[i] = catalog.StoredAsset{ID: a.ID, Kind: a.Kind, Name: a.Name, RelationKey: a.RelationKey, Present: a.Present}
	}
	var nodes []catalog.StoredNode
	for _, f := range k.index.Facets {
		if f.Asset != 0 && asserts(f.Source) {
			withdrawn := f.Withdrawn || gone[Node{f.Origin, f.UniqueID}]
			nodes = append(nodes, catalog.StoredNode{Asset: f.Asset, Origin: f.Origin, UniqueID: f.UniqueID, Withdrawn: withdrawn})
		}
	}
	return catalog.NewIdentities(assets, nodes)
}
