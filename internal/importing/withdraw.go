package importing

import (
	"context"
	"fmt"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/revision"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Withdraw flags what a project reported as removed, unless something else reports it, and returns how many assets
// that removes. Its next artifacts are read as a whole: those that were applied last bring it back.
func (p *Pipeline) Withdraw(ctx context.Context, ws int64, project catalog.Project, actor catalog.Actor) (int64, error) {
	cause := catalog.Cause{Kind: catalog.CauseRemoval, ID: int64(project.LastImport)}
	opts := revision.Options{Holder: "withdraw:" + project.ID.String(), Wait: revertWait, Actor: actor}
	opts.Finish = func(*revision.Result) (store.Flip, error) {
		return store.Flip{
			Cause: cause, Actor: actor,
			Memos: []store.Memo{
				{Project: project.ID, Name: fingerprintName(catalog.FromManifest)}, {Project: project.ID, Name: fingerprintName(catalog.FromCatalog)},
			},
			// Of no bytes.
			Applied: []store.AppliedPart{{Part: partManifest, Reader: readerVersion}, {Part: partCatalog, Reader: readerVersion}},
		}, nil
	}
	r, err := p.Reviser.Withdraw(ctx, ws, project.SchemaID, revision.Withdrawn{Origin: project.Origin(), Project: project.ID, Cause: cause}, opts)
	if err != nil {
		return 0, fmt.Errorf("what %s reported: %w", project.ID, err)
	}
	return r.Removed, nil
}
