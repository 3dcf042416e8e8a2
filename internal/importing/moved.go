package importing

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/revision"
	"github.com/thalweg-data/thalweg/internal/store"
)

// A manifest of another target, such as a developer's, has the nodes of the served
// one, but most of their relations are in another database or schema. It waits until a
// person confirms that production moved.

// targetMemoName names what is kept of the target of a project.
const targetMemoName = "importing/target/1"

// guarded is how many manifests a project has sent before its target is guarded.
const guarded = 2

// targetMemo is what is kept of the target of a project.
type targetMemo struct {
	Manifests int            `json:"manifests"` // that were applied, up to guarded
	Waiting   *movedManifest `json:"waiting,omitempty"`
}

// movedManifest is a manifest of another target that waits.
type movedManifest struct {
	Import catalog.ImportID `json:"import"`
	At     catalog.Stamp    `json:"at"`
}

func (p *Pipeline) targetMemo(ctx context.Context, ws int64, schema catalog.SchemaID, project catalog.ProjectID) (targetMemo, error) {
	var m targetMemo
	b, err := p.Store.Fingerprint(ctx, ws, schema, project, targetMemoName)
	if err == nil && b != nil {
		err = json.Unmarshal(b, &m)
	}
	if err != nil {
		return m, fmt.Errorf("target of %s: %w", project, err)
	}
	return m, nil
}

func (m targetMemo) memo(project catalog.ProjectID) (store.Memo, error) {
	b, err := json.Marshal(m)
	if err != nil {
		return store.Memo{}, fmt.Errorf("target of %s: %w", project, err)
	}
	return store.Memo{Project: project, Name: targetMemoName, Value: b}, nil
}

// checkTarget reports whether a manifest is of another target and has to wait.
// Otherwise it counts as one of the served target.
func (j *job) checkTarget(ctx context.Context, part catalog.Part, m *manifestIndex) (bool, error) {
	if m.late {
		return false, nil
	}
	memo, err := j.targetMemo(ctx, j.claim.WS, j.schema.ID, j.project.ID)
	if err != nil {
		return false, err
	}
	if memo.Manifests >= guarded && !j.claim.Import.Force {
		moved, compared, err := j.movedNodes(ctx, m)
		if err != nil {
			return false, err
		}
		if 2*len(moved) > compared {
			return true, j.wait(memo, j.stampOf(m.head, part), moved, compared)
		}
	}
	if memo.Manifests < guarded {
		memo.Manifests++
		kept, err := memo.memo(j.project.ID)
		if err != nil {
			return false, err
		}
		j.memos = append(j.memos, kept)
	}
	return false, nil
}

// movedNodes are the models, seeds and snapshots that are in another database or
// schema than before, and how many were there before.
func (j *job) movedNodes(ctx context.Context, m *manifestIndex) (moved []store.PendingRemoval, compared int, err error) {
	var ids []string
	keys := map[string]string{}
	for i := range m.claims {
		c := &m.claims[i]
		switch {
		case !isBuilt(c.ID):
		case c.Same:
			compared++
		case c.RelationKey != "":
			ids, keys[c.ID] = append(ids, c.ID), c.RelationKey
		}
	}
	stored, err := j.Store.NodeAssets(ctx, j.claim.WS, j.schema.ID, j.project.Origin(), ids)
	if err != nil {
		return nil, 0, err
	}
	for _, id := range ids {
		a := stored[id]
		if a.RelationKey == "" {
			continue
		}
		if compared++; !catalog.SamePlace(a.RelationKey, keys[id]) {
			moved = append(moved, store.PendingRemoval{
				Asset: a.ID, Name: a.Name, Kind: a.Kind, UniqueID: id, Project: j.project.ID,
				Cause: catalog.ImportCause(j.claim.Import.ID), At: j.generated(m.head), Since: j.Now(),
			})
		}
	}
	return moved, compared, nil
}

// isBuilt reports whether an id is that of a node that dbt builds in its target.
func isBuilt(id string) bool {
	return strings.HasPrefix(id, "model.") || strings.HasPrefix(id, "seed.") || strings.HasPrefix(id, "snapshot.")
}

// wait notes a manifest of another target. The newest one of those waits.
func (j *job) wait(memo targetMemo, at catalog.Stamp, moved []store.PendingRemoval, compared int) error {
	j.rep.Issue(catalog.Issue{
		Code: "target-moved", Severity: "warning", Place: partManifest, Count: len(moved),
		Message: fmt.Sprintf("%d of %d models, seeds and snapshots are in another database or schema than the served ones (such as %s); "+
			"nothing of the manifest was applied, and the results that came with it belong to no project", len(moved), compared, moved[0].UniqueID),
		Remedy: fmt.Sprintf("send another target to a schema of its own; if production moved, see GET /api/v1/schemas/%s/removals, then POST …/removals/confirm or …/removals/dismiss", j.schema.ID),
	})
	if memo.Waiting != nil && memo.Waiting.At.Compare(at) > 0 {
		return nil
	}
	memo.Waiting = &movedManifest{Import: j.claim.Import.ID, At: at}
	kept, err := memo.memo(j.project.ID)
	if err != nil {
		return err
	}
	j.memos = append(j.memos, kept)
	j.moved = map[catalog.ProjectID][]store.PendingRemoval{j.project.ID: moved}
	return nil
}

// ConfirmTarget applies the manifests of another target that wait in a schema, with
// the catalogs that came with them: each becomes a new import, which is forced. It
// returns those.
func (p *Pipeline) ConfirmTarget(ctx context.Context, ws int64, schema catalog.SchemaID, by catalog.Actor) ([]catalog.ImportID, error) {
	var queued []catalog.ImportID
	err := p.decideTarget(ctx, ws, schema, by, func(w movedManifest) error {
		imp, err := p.Store.Import(ctx, ws, w.Import)
		if err != nil {
			return err
		}
		again := store.NewImport{SchemaID: schema, Force: true, Actor: by}
		for _, part := range imp.Parts {
			if part.Name == partManifest || part.Name == partCatalog {
				again.Parts = append(again.Parts, part)
			}
		}
		next, _, err := p.Store.CreateImport(ctx, ws, again)
		if err == nil {
			queued = append(queued, next.ID)
		}
		return err
	})
	return queued, err
}

// DismissTarget forgets the manifests of another target that wait in a schema.
func (p *Pipeline) DismissTarget(ctx context.Context, ws int64, schema catalog.SchemaID, by catalog.Actor) error {
	return p.decideTarget(ctx, ws, schema, by, func(movedManifest) error { return nil })
}

// decideTarget calls a function with each manifest that waits, which does not wait
// any more then.
func (p *Pipeline) decideTarget(ctx context.Context, ws int64, schema catalog.SchemaID, by catalog.Actor, decide func(movedManifest) error) error {
	projects, err := p.Store.Projects(ctx, ws, schema, store.Page{Limit: 1000})
	if err != nil {
		return err
	}
	for _, project := range projects.Rows {
		memo, err := p.targetMemo(ctx, ws, schema, project.ID)
		if err != nil {
			return err
		}
		if memo.Waiting == nil {
			continue
		}
		if err := decide(*memo.Waiting); err != nil {
			return fmt.Errorf("target of %s: %w", project.Name, err)
		}
		memo.Waiting = nil
		kept, err := memo.memo(project.ID)
		if err != nil {
			return err
		}
		flip := store.Flip{Memos: []store.Memo{kept}, Moved: map[catalog.ProjectID][]store.PendingRemoval{project.ID: nil}}
		err = p.Reviser.Note(ctx, ws, schema, revision.Options{
			Holder: "target:" + by.Name, Wait: 20 * time.Second, Actor: by,
			Finish: func(*revision.Result) (store.Flip, error) { return flip, nil },
		})
		if err != nil {
			return fmt.Errorf("target of %s: %w", project.Name, err)
		}
	}
	return nil
}
