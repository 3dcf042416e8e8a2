// Package editing turns what people write, confirm and dismiss into
// observations, which package revision applies.
package editing

import (
	"context"
	"fmt"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/revision"
	"github.com/thalweg-data/thalweg/internal/store"
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
// rows of their own and never overwritten; those that set what is set already make
// no version. catalog.ErrBusy if the schema is in use for
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
	current, err := e.currentEdits(ctx, ws, schema, id)
	if err != nil {
		return err
	}
	now := e.Now()
	for i := range list {
		list[i].By, list[i].At = by, now
	}
	_, fresh := catalog.JoinEdits(current, list)
	if len(fresh) == 0 {
		return nil
	}
	facet := catalog.Facet{Body: catalog.Body{Edits: fresh}}
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

// currentEdits returns the newest edit of each property of an asset.
func (e *Editor) currentEdits(ctx context.Context, ws int64, schema catalog.SchemaID, id catalog.AssetID) ([]catalog.Edit, error) {
	facets, err := e.Store.FacetsOf(ctx, ws, schema, 0, []catalog.AssetID{id})
	if err != nil {
		return nil, err
	}
	for _, f := range facets {
		if f.Source == catalog.FromUser {
			return f.Body.Edits, nil
		}
	}
	return nil, nil
}

// UpdateSchema changes a schema. The assets that a new merge policy concerns are merged
// again, in one version that is stored together with the policy.
func (e *Editor) UpdateSchema(ctx context.Context, ws int64, schema catalog.SchemaID, by catalog.Actor, patch store.SchemaPatch) error {
	if patch.Policy == nil {
		_, err := e.Store.UpdateSchema(ctx, ws, schema, patch)
		return err
	}
	opts, release, err := e.Reviser.Hold(ctx, ws, schema, options(by))
	if err != nil {
		return fmt.Errorf("policy of %s: %w", schema, err)
	}
	defer release()
	current, err := e.Store.Schema(ctx, ws, schema)
	if err != nil {
		return err
	}
	number, err := e.Store.NewIDs(ctx, catalog.PrefixEdit, 1)
	if err != nil {
		return err
	}
	policy := current.Policy
	patch.Policy(&policy)
	opts.Policy = &policy
	opts.Finish = func(*revision.Result) (store.Flip, error) {
		return store.Flip{Cause: catalog.Cause{Kind: catalog.CauseEdit, ID: number}, Patch: &patch}, nil
	}
	if _, err = e.Reviser.Apply(ctx, ws, schema, opts); err != nil {
		return fmt.Errorf("policy of %s: %w", schema, err)
	}
	return nil
}

// ConfirmRemovals applies the pending removals and returns how many assets that
// removes. The entry of the audit log is committed with it.
func (e *Editor) ConfirmRemovals(ctx context.Context, ws int64, schema catalog.SchemaID, by store.By) (int64, error) {
	opts := options(by.Actor)
	opts.Audit = func(r *revision.Result) store.AuditEntry {
		return store.AuditEntry{Action: store.ActionRemovalsConfirmed, Subject: schema.String(), By: by, Details: map[string]any{"removed": r.Removed}}
	}
	n, err := e.Reviser.ConfirmRemovals(ctx, ws, schema, opts)
	if err != nil {
		return 0, fmt.Errorf("removals of %s: %w", schema, err)
	}
	return n, nil
}

// DismissRemovals discards the pending removals; the assets stay. The entry of the audit
// log is committed with it.
func (e *Editor) DismissRemovals(ctx context.Context, ws int64, schema catalog.SchemaID, by store.By) error {
	opts := options(by.Actor)
	opts.Audit = func(*revision.Result) store.AuditEntry {
		return store.AuditEntry{Action: store.ActionRemovalsDismissed, Subject: schema.String(), By: by}
	}
	if err := e.Reviser.DismissRemovals(ctx, ws, schema, opts); err != nil {
		return fmt.Errorf("removals of %s: %w", schema, err)
	}
	return nil
}
