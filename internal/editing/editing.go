// Package editing turns what people write, confirm and dismiss into
// observations, which package revision applies.
package editing

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/revision"
)

// Editor applies what people do. It holds no state of its own.
type Editor struct {
	Store   Store
	Reviser *revision.Reviser
	Now     func() time.Time
}

// wait is how long an edit waits while something else is applied to the schema.
const wait = 20 * time.Second

// Edits computes the edits of one asset. It runs while nobody else can change the
// schema, so what it reads is what is edited; its error ends the edit.
type Edits func(ctx context.Context) ([]catalog.Edit, error)

// EditAsset adds edits of a person to an asset and returns the asset. Edits are
// appended, never overwritten; edits that change neither an effective value nor
// the person's own make no version. catalog.ErrBusy if the schema is in use for
// too long.
func (e *Editor) EditAsset(ctx context.Context, ws int64, id catalog.AssetID, by catalog.Actor, edits Edits) (catalog.Asset, error) {
	asset, schema, err := e.Store.Asset(ctx, ws, id, 0)
	if err != nil {
		return asset, err
	}
	if err := e.edit(ctx, ws, schema, id, by, edits); err != nil {
		return asset, fmt.Errorf("edit of %s: %w", id.Label(asset.Kind), err)
	}
	asset, _, err = e.Store.Asset(ctx, ws, id, 0)
	return asset, err
}

func (e *Editor) edit(ctx context.Context, ws int64, schema catalog.SchemaID, id catalog.AssetID, by catalog.Actor, edits Edits) error {
	opts, release, err := e.Reviser.Hold(ctx, ws, schema, options(by))
	if err != nil {
		return err
	}
	defer release()
	list, err := edits(ctx)
	if err != nil {
		return err
	}
	facet, err := e.ownFacet(ctx, ws, schema, id)
	if err != nil {
		return err
	}
	now := e.Now()
	changed := false
	for _, edit := range list {
		edit.By, edit.At = by, now
		if !repeats(facet.Body.Edits, edit) {
			facet.Body.Edits = append(facet.Body.Edits, edit)
			changed = true
		}
	}
	if !changed {
		return nil
	}
	number, err := e.Store.NewIDs(ctx, catalog.PrefixEdit, 1)
	if err != nil {
		return err
	}
	_, err = e.Reviser.Apply(ctx, ws, schema, opts, revision.Observation{
		Origin: catalog.OriginUser, Source: catalog.FromUser, At: now, Cause: catalog.Cause{Kind: catalog.CauseEdit, ID: number},
		Claims: []revision.Claim{{Asset: id}}, Facets: &revision.Held{Facets: []catalog.Facet{facet}},
	})
	return err
}

func options(by catalog.Actor) revision.Options {
	return revision.Options{Holder: "edit:" + by.Name, Wait: wait, Actor: by}
}

// ownFacet returns the facet with everything that people wrote about an asset.
func (e *Editor) ownFacet(ctx context.Context, ws int64, schema catalog.SchemaID, id catalog.AssetID) (catalog.Facet, error) {
	facets, err := e.Store.FacetsOf(ctx, ws, schema, 0, []catalog.AssetID{id})
	if err != nil {
		return catalog.Facet{}, err
	}
	for _, f := range facets {
		if f.Origin == catalog.OriginUser {
			return f, nil
		}
	}
	return catalog.Facet{}, nil
}

// repeats reports whether an edit has no effect: it equals the newest edit of
// its field, or withdraws a value that nobody set.
func repeats(edits []catalog.Edit, e catalog.Edit) bool {
	for _, old := range slices.Backward(edits) {
		if old.Field == e.Field && old.Column == e.Column {
			return old.Text == e.Text && slices.Equal(old.Add, e.Add) && slices.Equal(old.Remove, e.Remove)
		}
	}
	return e.Text == "" && len(e.Add)+len(e.Remove) == 0
}

// ConfirmRemovals applies the pending removals and returns how many assets that
// removes.
func (e *Editor) ConfirmRemovals(ctx context.Context, ws int64, schema catalog.SchemaID, by catalog.Actor) (int64, error) {
	n, err := e.Reviser.ConfirmRemovals(ctx, ws, schema, options(by))
	if err != nil {
		return 0, fmt.Errorf("removals of %s: %w", schema, err)
	}
	return n, nil
}

// DismissRemovals discards the pending removals; the assets stay.
func (e *Editor) DismissRemovals(ctx context.Context, ws int64, schema catalog.SchemaID, by catalog.Actor) error {
	if err := e.Reviser.DismissRemovals(ctx, ws, schema, options(by)); err != nil {
		return fmt.Errorf("removals of %s: %w", schema, err)
	}
	return nil
}
