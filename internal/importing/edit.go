package importing

import (
	"context"
	"fmt"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// editWait is how long an edit waits for an import that writes the schema.
const editWait = 20 * time.Second

// EditAsset adds edits of a person to an asset and gives the asset as it then
// stands. Edits are appended, never overwritten; an edit that changes nothing
// makes no version. catalog.ErrBusy if an import holds the schema too long.
func (p *Pipeline) EditAsset(ctx context.Context, ws int64, id catalog.AssetID, by catalog.Actor, edits []catalog.Edit) (catalog.Asset, error) {
	asset, schemaID, err := p.Store.Asset(ctx, ws, id, 0)
	if err != nil {
		return asset, err
	}
	err = p.versioned(ctx, ws, schemaID, by, func(s *settler) (cause catalog.Cause, err error) {
		facet, err := p.userFacet(ctx, s, id)
		if err != nil {
			return cause, err
		}
		cause.Kind = catalog.CauseEdit
		if cause.ID, err = s.write.NewIDs(ctx, catalog.PrefixEdit, 1); err != nil {
			return cause, err
		}
		facet.Cause, facet.At = cause, s.now
		for _, e := range edits {
			e.By, e.At = by, s.now
			facet.Body.Edits = append(facet.Body.Edits, e)
		}
		w := newWords()
		w.say(facet)
		return cause, s.settle(ctx, w, nil)
	})
	if err != nil {
		return asset, fmt.Errorf("edit of %s: %w", id.Label(asset.Kind), err)
	}
	asset, _, err = p.Store.Asset(ctx, ws, id, 0)
	return asset, err
}

func (p *Pipeline) userFacet(ctx context.Context, s *settler, id catalog.AssetID) (catalog.Facet, error) {
	facets, err := p.Store.FacetsOf(ctx, s.ws, s.schema, s.at, []catalog.AssetID{id})
	if err != nil {
		return catalog.Facet{}, err
	}
	for _, f := range facets {
		if f.Origin == catalog.OriginUser {
			return f, nil
		}
	}
	return catalog.Facet{Asset: id, Origin: catalog.OriginUser, Source: catalog.FromUser}, nil
}

// versioned runs a small write as one version of a schema, under its lease.
func (p *Pipeline) versioned(ctx context.Context, ws int64, id catalog.SchemaID, by catalog.Actor, write func(*settler) (catalog.Cause, error)) error {
	lease, err := p.Store.LeaseSchema(ctx, ws, id, "edit by "+by.Name, editWait)
	if err != nil {
		return err
	}
	free := context.WithoutCancel(ctx)
	defer func() { _ = p.Store.ReleaseLease(free, lease) }() // it lapses by itself where this fails
	schema, err := p.Store.Schema(ctx, ws, id)
	if err != nil {
		return err
	}
	w, err := p.Store.Begin(ctx, lease)
	if err != nil {
		return err
	}
	s := &settler{store: p.Store, write: w, ws: ws, schema: id, at: schema.Version, policy: schema.Policy, now: p.Now()}
	cause, err := write(s)
	if err != nil {
		_ = w.Abort(free) // the next writer sweeps what this leaves
		return err
	}
	if s.written == 0 {
		return w.Abort(ctx)
	}
	return w.Flip(ctx, store.Flip{Cause: cause, Actor: by})
}

// ConfirmRemovals applies the removals that the guard withheld and tells how
// many assets lost their last word by it.
func (p *Pipeline) ConfirmRemovals(ctx context.Context, ws int64, id catalog.SchemaID, by catalog.Actor) (int64, error) {
	var removed int64
	err := p.versioned(ctx, ws, id, by, func(s *settler) (catalog.Cause, error) {
		w, cause, err := p.withheld(ctx, s)
		if err != nil {
			return cause, err
		}
		if err := s.settle(ctx, w, nil); err != nil {
			return cause, err
		}
		removed = s.removed
		return cause, nil
	})
	if err != nil {
		return 0, fmt.Errorf("removals of %s: %w", id, err)
	}
	return removed, p.DismissRemovals(ctx, ws, id, by)
}

// withheld returns the facets that wait for their removal, withdrawn, and the
// cause of the removal: the last import that withheld any.
func (p *Pipeline) withheld(ctx context.Context, s *settler) (*words, catalog.Cause, error) {
	w, cause := newWords(), catalog.Cause{Kind: catalog.CauseRemoval}
	for after := ""; ; {
		page, err := p.Store.Removals(ctx, s.ws, s.schema, store.Page{Limit: 1000, After: after})
		if err != nil {
			return nil, cause, err
		}
		for _, r := range page.Rows {
			facets, err := p.Store.FacetsOf(ctx, s.ws, s.schema, s.at, []catalog.AssetID{r.Asset})
			if err != nil {
				return nil, cause, err
			}
			cause.ID = max(cause.ID, r.Cause.ID)
			for _, f := range facets {
				if f.Project == r.Project && f.UniqueID == r.UniqueID && f.Withdrawn.IsZero() && f.Origin != catalog.OriginUser {
					f.Withdrawn = catalog.Withdrawal{Cause: catalog.Cause{Kind: catalog.CauseRemoval, ID: r.Cause.ID}, At: r.At}
					w.say(f)
				}
			}
		}
		if after = page.Next; after == "" {
			return w, cause, nil
		}
	}
}

// DismissRemovals forgets the removals that wait; the tables stay.
func (p *Pipeline) DismissRemovals(ctx context.Context, ws int64, id catalog.SchemaID, by catalog.Actor) error {
	lease, err := p.Store.LeaseSchema(ctx, ws, id, "edit by "+by.Name, editWait)
	if err != nil {
		return fmt.Errorf("removals of %s: %w", id, err)
	}
	defer func() { _ = p.Store.ReleaseLease(context.WithoutCancel(ctx), lease) }()
	return p.Store.ClearRemovals(ctx, lease, 0)
}
