package syncing

import (
	"context"
	"fmt"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/crawling"
	"github.com/thalweg-data/thalweg/internal/revision"
	"github.com/thalweg-data/thalweg/internal/store"
)

// What becomes of what an integration brought when it is deleted.
const (
	KeepAssets = "keep" // it stays as it is
	// FlagAssets flags it as removed, unless something else reports it: a warehouse, another project, or an upload to
	// the same project since.
	FlagAssets = "remove"
)

// Delete deletes an integration that check, which sees it as it is, does not refuse. One whose sync has not ended is
// catalog.ErrConflict.
func (r *Registry) Delete(ctx context.Context, ws int64, uuid, assets string, check func(store.Integration) error, by store.By) error {
	i, err := r.Store.Integration(ctx, ws, uuid)
	if err != nil {
		return err
	}
	if err := check(i); err != nil {
		return err
	}
	if assets == FlagAssets {
		if err := r.flag(ctx, i, by.Actor); err != nil {
			return err
		}
	}
	return r.Store.DeleteIntegration(ctx, ws, uuid, assets, func(now store.Integration) error {
		if now.Schema != i.Schema {
			return fmt.Errorf("it was changed at the same time: %w", catalog.ErrConflict)
		}
		return check(now)
	}, by)
}

// flag flags what an integration brought as removed. If the deletion fails after it, the next sync brings it back.
func (r *Registry) flag(ctx context.Context, i store.Integration, actor catalog.Actor) error {
	last, err := r.Store.LastSyncs(ctx, i.WS, []int64{i.ID})
	if err != nil {
		return err
	}
	if y, ok := last[i.ID]; ok && y.EndedAt.IsZero() {
		return fmt.Errorf("a sync has not ended: %w", catalog.ErrConflict)
	}
	if i.Kind != KindDBTCore {
		return r.flagCrawl(ctx, i, last[i.ID], actor)
	}
	projects, err := r.Store.IntegrationProjects(ctx, i.WS, i.ID)
	if err != nil {
		return err
	}
	for _, p := range projects {
		if _, err := r.Origins.Withdraw(ctx, i.WS, p, actor); err != nil {
			return err
		}
	}
	return nil
}

// flagWait is how long a deletion waits while something else is applied to the schema.
const flagWait = 20 * time.Second

func (r *Registry) flagCrawl(ctx context.Context, i store.Integration, last store.Sync, actor catalog.Actor) error {
	if last.ID == 0 {
		return nil // it has read nothing
	}
	cause := catalog.Cause{Kind: catalog.CauseCrawl, ID: last.ID}
	origin := crawling.OriginOf(i.UUID)
	_, err := r.Reviser.Withdraw(ctx, i.WS, i.Schema, revision.Withdrawn{Origin: origin, Cause: cause}, revision.Options{
		Holder: "withdraw:" + i.Label(), Wait: flagWait, Actor: actor,
		// If the crawl comes back, all is new to it.
		Finish: func(*revision.Result) (store.Flip, error) {
			return store.Flip{Memos: []store.Memo{crawling.Forget(origin)}}, nil
		},
	})
	if err != nil {
		return fmt.Errorf("what integration %s read: %w", i.UUID, err)
	}
	return nil
}
