package importing

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/revision"
	"github.com/thalweg-data/thalweg/internal/store"
)

// The target of a project is where dbt builds its models, seeds and snapshots. That of
// the first manifest feeds the schema from then on, until a person changes it. A manifest
// most of whose nodes are elsewhere is of another target, such as a developer's: it waits
// until a person confirms that production moved. Which manifests wait follows from the
// setting and the manifest alone, never from the order in which they arrive.

const (
	// targetMemoName names what is kept of the target of a project.
	targetMemoName = "importing/target/1"
	// placesMemoName names where the first manifest of the target has its nodes; see
	// encodePlaces.
	placesMemoName = "importing/places/1"
)

// targetMemo is what is kept of the target of a project besides the setting.
type targetMemo struct {
	// Elsewhere are the nodes of the manifest that was applied last that are not in the
	// target, New those that are not compared, because the target's first manifest did
	// not have them.
	Elsewhere []string       `json:"elsewhere,omitempty"`
	New       []string       `json:"new,omitempty"`
	Placed    bool           `json:"placed,omitempty"` // the places of the first manifest are kept
	Waiting   *movedManifest `json:"waiting,omitempty"`

	stored []byte
}

// movedManifest is a manifest of another target that waits.
type movedManifest struct {
	Import catalog.ImportID `json:"import"`
	At     catalog.Stamp    `json:"at"`
	Target catalog.Target   `json:"target"`
}

func (p *Pipeline) targetMemo(ctx context.Context, ws int64, schema catalog.SchemaID, project catalog.ProjectID) (targetMemo, error) {
	var m targetMemo
	var err error
	if m.stored, err = p.Store.Fingerprint(ctx, ws, schema, project, targetMemoName); err == nil && m.stored != nil {
		err = json.Unmarshal(m.stored, &m)
	}
	if err != nil {
		return m, fmt.Errorf("target of %s: %w", project, err)
	}
	return m, nil
}

// memo is what is to be stored; false if that is stored already.
func (m targetMemo) memo(project catalog.ProjectID) (store.Memo, bool, error) {
	b, err := json.Marshal(m)
	if err != nil {
		return store.Memo{}, false, fmt.Errorf("target of %s: %w", project, err)
	}
	return store.Memo{Project: project, Name: targetMemoName, Value: b}, !bytes.Equal(b, m.stored), nil
}

// keepTarget stores the memo with the end of the import.
func (j *job) keepTarget(m targetMemo) error {
	memo, changed, err := m.memo(j.project.ID)
	if err == nil && changed {
		j.memos = append(j.memos, memo)
	}
	return err
}

// checkTarget reports whether a manifest is of another target and has to wait.
func (j *job) checkTarget(ctx context.Context, part catalog.Part, m *manifestIndex, memo targetMemo) (bool, error) {
	check := targetCheck{job: j, manifest: m, memo: memo}
	if err := check.run(ctx); err != nil {
		return false, err
	}
	switch {
	case check.moved() && !j.claim.Import.Force:
		return true, j.wait(check, j.stampOf(m.head, part))
	case !m.late:
		memo = check.applied()
	}
	if w := memo.Waiting; w != nil && j.replaces(w, j.stampOf(m.head, part)) {
		memo.Waiting, j.moved = nil, map[catalog.ProjectID][]store.PendingRemoval{j.project.ID: nil}
	}
	return false, j.keepTarget(memo)
}

// replaces reports whether a manifest that is applied is the one that waits, or a newer
// one of its target.
func (j *job) replaces(w *movedManifest, at catalog.Stamp) bool {
	order := at.Compare(w.At)
	return order == 0 || order > 0 && w.Target == j.project.Target
}

// wait notes a manifest of another target. The newest one of those waits.
func (j *job) wait(c targetCheck, at catalog.Stamp) error {
	target := targetOf(c.manifest.built)
	j.rep.Issue(catalog.Issue{
		Code: "target-moved", Severity: "warning", Place: partManifest, Count: len(c.elsewhere),
		Message: fmt.Sprintf("%d of %d models, seeds and snapshots are in another database or schema than the target that feeds the schema (%s), such as %s; they are in %s; "+
			"nothing of the manifest was applied, and the results that came with it belong to no project",
			len(c.elsewhere), c.compared, targetText(j.project.Target), c.node(c.elsewhere[0]).ID, targetText(target)),
		Remedy: fmt.Sprintf("send another target to a schema of its own; if production moved, see GET /api/v1/schemas/%s/removals, then POST …/removals/confirm or …/removals/dismiss", j.schema.ID),
	})
	if w := c.memo.Waiting; w != nil && w.At.Compare(at) > 0 {
		return nil
	}
	c.memo.Waiting = &movedManifest{Import: j.claim.Import.ID, At: at, Target: target}
	moved := []store.PendingRemoval{}
	for i := range c.manifest.built {
		claim := c.node(i)
		if claim.Reference || claim.RelationKey == "" {
			continue
		}
		moved = append(moved, store.PendingRemoval{
			Name: claim.Name, Kind: claim.Kind, UniqueID: claim.ID, Project: j.project.ID, Place: c.manifest.built[i].place,
			Cause: catalog.ImportCause(j.claim.Import.ID), At: j.generated(c.manifest.head), Since: j.Now(),
		})
	}
	j.moved = map[catalog.ProjectID][]store.PendingRemoval{j.project.ID: moved}
	return j.keepTarget(c.memo)
}

func targetText(t catalog.Target) string {
	if t.Database == "" || t.Schema == "" {
		return cmp.Or(t.Database, t.Schema, "of the served tables")
	}
	return t.Database + "." + t.Schema
}

// ConfirmTarget applies the manifests of another target that wait in a schema, with
// the catalogs that came with them: each becomes a new import, which is forced, and its
// target is from now on the one that feeds the schema. It returns those imports.
func (p *Pipeline) ConfirmTarget(ctx context.Context, ws int64, schema catalog.SchemaID, by store.By) ([]catalog.ImportID, error) {
	var queued []catalog.ImportID
	err := p.eachWaiting(ctx, ws, schema, func(project catalog.Project, memo targetMemo) error {
		imp, err := p.confirmTarget(ctx, ws, project, memo, memo.Waiting.Target, by)
		if err == nil {
			queued = append(queued, imp)
		}
		return err
	})
	return queued, err
}

// confirmTarget makes a target the one that feeds the schema and queues an import of the
// manifest that waits, which waits until it is applied.
func (p *Pipeline) confirmTarget(ctx context.Context, ws int64, project catalog.Project, memo targetMemo, target catalog.Target, by store.By) (catalog.ImportID, error) {
	imp, err := p.Store.Import(ctx, ws, memo.Waiting.Import)
	if err != nil {
		return 0, err
	}
	again := store.NewImport{SchemaID: project.SchemaID, Force: true, NoStaling: imp.NoStaling, Integration: imp.Integration, Actor: by.Actor}
	for _, part := range imp.Parts {
		if part.Name == partManifest || part.Name == partCatalog {
			again.Parts = append(again.Parts, part)
		}
	}
	if again.Touch, err = p.touchStored(ctx, ws, again.Parts); err != nil {
		return 0, err
	}
	if err := p.changeTarget(ctx, ws, project, memo, target, audited{by, store.ActionTargetChanged}); err != nil {
		return 0, err
	}
	next, _, err := p.Store.CreateImport(ctx, ws, again)
	return next.ID, err
}

// touchStored notes that an import will refer to artifacts of an earlier one. It
// returns catalog.ErrUnavailable where the bytes of one are no longer there.
func (p *Pipeline) touchStored(ctx context.Context, ws int64, parts []catalog.Part) (store.Touch, error) {
	touch, err := p.Store.TouchBlobs(ctx, parts)
	if err != nil {
		return 0, err
	}
	for _, part := range parts {
		hash, err := blob.ParseHash(part.SHA256)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", part.Name, err)
		}
		_, err = p.Blobs(ws).Stat(ctx, hash)
		if errors.Is(err, blob.ErrNotFound) {
			return 0, fmt.Errorf("the %s is no longer kept, send it again: %w", part.Name, catalog.ErrUnavailable)
		}
		if err != nil {
			return 0, fmt.Errorf("%s: %w", part.Name, err)
		}
	}
	return touch, nil
}

// DismissTarget forgets the manifests of another target that wait in a schema.
func (p *Pipeline) DismissTarget(ctx context.Context, ws int64, schema catalog.SchemaID, by store.By) error {
	return p.eachWaiting(ctx, ws, schema, func(project catalog.Project, memo targetMemo) error {
		memo.Waiting = nil
		return p.changeTarget(ctx, ws, project, memo, project.Target, audited{by, store.ActionTargetDismissed})
	})
}

// SetTarget makes a target the one that feeds a schema. What is served stays until a
// manifest of that target is applied: that which waits, if it is of this target.
func (p *Pipeline) SetTarget(ctx context.Context, ws int64, id catalog.ProjectID, target catalog.Target, by store.By) error {
	project, err := p.Store.Project(ctx, ws, id)
	if err != nil || project.Target == target {
		return err
	}
	memo, err := p.targetMemo(ctx, ws, project.SchemaID, id)
	if err != nil {
		return err
	}
	if memo.Waiting != nil && memo.Waiting.Target == target {
		_, err = p.confirmTarget(ctx, ws, project, memo, target, by)
		return err
	}
	return p.changeTarget(ctx, ws, project, memo, target, audited{by, store.ActionTargetChanged})
}

// ExpectTarget sets the target of a project of a name before it is imported for the
// first time.
func (p *Pipeline) ExpectTarget(ctx context.Context, ws int64, schema catalog.SchemaID, name string, target catalog.Target, by store.By) error {
	project, err := p.Store.ExpectProject(ctx, ws, schema, name)
	if err != nil {
		return err
	}
	return p.SetTarget(ctx, ws, project.ID, target, by)
}

// eachWaiting calls a function with each project of a schema that has a manifest that
// waits.
func (p *Pipeline) eachWaiting(ctx context.Context, ws int64, schema catalog.SchemaID, do func(catalog.Project, targetMemo) error) error {
	for after := ""; ; {
		projects, err := p.Store.Projects(ctx, ws, schema, store.Page{Limit: 1000, After: after})
		if err != nil {
			return err
		}
		for _, project := range projects.Rows {
			memo, err := p.targetMemo(ctx, ws, schema, project.ID)
			if err == nil && memo.Waiting != nil {
				err = do(project, memo)
			}
			if err != nil {
				return fmt.Errorf("target of %s: %w", project.Name, err)
			}
		}
		if after = projects.Next; after == "" {
			return nil
		}
	}
}

// targetWait is how long a change of the target waits while something else is applied.
const targetWait = 20 * time.Second

// changeTarget stores a memo, and the target if that is another one: then the next
// manifest is read as a whole.
func (p *Pipeline) changeTarget(ctx context.Context, ws int64, project catalog.Project, memo targetMemo, target catalog.Target, a audited) error {
	opts := revision.Options{Holder: "target:" + a.by.Actor.Name, Wait: targetWait, Actor: a.by.Actor}
	opts.Audit = func(*revision.Result) store.AuditEntry { return a.ofTarget(project, target) }
	opts.Finish = func(*revision.Result) (store.Flip, error) {
		var flip store.Flip
		if memo.Waiting == nil {
			flip.Moved = map[catalog.ProjectID][]store.PendingRemoval{project.ID: nil}
		}
		if target != project.Target {
			now, err := p.Store.Project(ctx, ws, project.ID)
			if err != nil {
				return flip, err
			}
			now.Target, flip.Project = target, &now
			memo.Elsewhere, memo.New, memo.Placed = nil, nil, false
			for _, name := range []string{placesMemoName, fingerprintName(catalog.FromManifest)} {
				flip.Memos = append(flip.Memos, store.Memo{Project: project.ID, Name: name})
			}
		}
		kept, _, err := memo.memo(project.ID)
		flip.Memos = append(flip.Memos, kept)
		return flip, err
	}
	return p.Reviser.Note(ctx, ws, project.SchemaID, opts)
}

// ofTarget is the entry of the audit log about a target.
func (a audited) ofTarget(project catalog.Project, target catalog.Target) store.AuditEntry {
	return store.AuditEntry{Action: a.action, Subject: project.SchemaID.String(), By: a.by, Details: map[string]any{
		"project": project.ID.String(), "before": targetDetails(project.Target), "after": targetDetails(target),
	}}
}

func targetDetails(t catalog.Target) map[string]any {
	return map[string]any{"database": t.Database, "schema": t.Schema}
}
