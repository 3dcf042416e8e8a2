package importing

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/revision"
	"github.com/thalweg-data/thalweg/internal/store"
)

// revertedMemoName names the reverted imports of a project, as a JSON list.
const revertedMemoName = "importing/reverted/1"

// revertWait is how long a revert waits while something else is applied to the schema.
const revertWait = 20 * time.Second

// reverted is an import whose changes were undone.
type reverted struct {
	Import  catalog.ImportID `json:"import"`
	Version int64            `json:"version"` // that undid them
	Parts   []string         `json:"parts"`   // hashes of its manifest and catalog
}

// Reverted is what reverting an import did, or undoing that.
type Reverted struct {
	Version     int64 // that was made; 0 if nothing changed
	Restored    int64 // nodes that were restored
	NotRestored int64 // nodes and tables that a later version changed
}

// Revert restores what the project of an import reported before it. With partly, what
// later versions changed stays as it is; otherwise it is a catalog.ErrConflict. The
// bytes of the import are not applied again unless they are sent with force. Edits of
// people and results of runs stay.
func (p *Pipeline) Revert(ctx context.Context, ws int64, imp catalog.Import, by store.By, partly bool) (Reverted, error) {
	list, err := p.readReverted(ctx, ws, imp)
	if err != nil {
		return Reverted{}, err
	}
	if indexOf(list, imp.ID) >= 0 {
		return Reverted{}, fmt.Errorf("%s is reverted already: %w", imp.ID, catalog.ErrConflict)
	}
	entry := reverted{Import: imp.ID}
	for _, part := range imp.Parts {
		if part.Name == partManifest || part.Name == partCatalog {
			entry.Parts = append(entry.Parts, part.SHA256)
		}
	}
	return p.undo(ctx, ws, imp, audited{by, store.ActionImportReverted}, imp.Version, partly, func(version int64) []reverted {
		entry.Version = version
		return append(list, entry)
	})
}

// Unrevert undoes the revert of an import: what the revert changed is restored.
func (p *Pipeline) Unrevert(ctx context.Context, ws int64, imp catalog.Import, by store.By, partly bool) (Reverted, error) {
	list, err := p.readReverted(ctx, ws, imp)
	if err != nil {
		return Reverted{}, err
	}
	i := indexOf(list, imp.ID)
	if i < 0 {
		return Reverted{}, fmt.Errorf("%s is not reverted: %w", imp.ID, catalog.ErrConflict)
	}
	return p.undo(ctx, ws, imp, audited{by, store.ActionRevertUndone}, list[i].Version, partly, func(int64) []reverted { return slices.Delete(list, i, i+1) })
}

func indexOf(list []reverted, id catalog.ImportID) int {
	return slices.IndexFunc(list, func(r reverted) bool { return r.Import == id })
}

// audited is who does what, as the audit log has it.
type audited struct {
	by     store.By
	action string
}

// undo undoes what a version changed of the project of an import. The next artifacts of
// the project are read as a whole: what was applied last is not what is stored.
func (p *Pipeline) undo(ctx context.Context, ws int64, imp catalog.Import, a audited, version int64, partly bool, listed func(version int64) []reverted) (Reverted, error) {
	cause := catalog.Cause{Kind: catalog.CauseRevert, ID: int64(imp.ID)}
	opts := revision.Options{Holder: "revert:" + imp.ID.String(), Wait: revertWait, Actor: a.by.Actor}
	opts.Audit = func(r *revision.Result) store.AuditEntry {
		return store.AuditEntry{Action: a.action, Subject: imp.ID.String(), By: a.by, Details: map[string]any{"version": r.Version, "force": partly}}
	}
	opts.Finish = func(r *revision.Result) (store.Flip, error) {
		project, err := p.Store.Project(ctx, ws, imp.Project)
		if err != nil {
			return store.Flip{}, err
		}
		memo, err := revertedMemo(imp.Project, listed(r.Version))
		return store.Flip{
			Cause: cause, Actor: a.by.Actor, Project: &project,
			Memos: []store.Memo{memo, {Project: imp.Project, Name: fingerprintName(catalog.FromManifest)}, {Project: imp.Project, Name: fingerprintName(catalog.FromCatalog)}},
		}, err
	}
	reversal := revision.Reversal{Project: imp.Project, Version: version, Cause: cause, Partly: partly}
	r, err := p.Reviser.Revert(ctx, ws, imp.SchemaID, reversal, opts)
	if err != nil {
		return Reverted{}, fmt.Errorf("revert of %s: %w", imp.ID, err)
	}
	return Reverted{Version: r.Version, Restored: r.Restored, NotRestored: r.NotRestored}, nil
}

// readReverted reads the reverted imports of the project of an import, which must have
// changed something.
func (p *Pipeline) readReverted(ctx context.Context, ws int64, imp catalog.Import) ([]reverted, error) {
	if imp.Status != catalog.Completed || imp.Project == 0 || imp.Version == 0 {
		return nil, fmt.Errorf("%s changed nothing that could be reverted: %w", imp.ID, catalog.ErrConflict)
	}
	return p.revertedOf(ctx, ws, imp.SchemaID, imp.Project)
}

func (p *Pipeline) revertedOf(ctx context.Context, ws int64, schema catalog.SchemaID, project catalog.ProjectID) ([]reverted, error) {
	b, err := p.Store.Fingerprint(ctx, ws, schema, project, revertedMemoName)
	if err != nil || b == nil {
		return nil, err
	}
	var list []reverted
	if err := json.Unmarshal(b, &list); err != nil {
		return nil, fmt.Errorf("reverted imports of %s: %w", project, err)
	}
	return list, nil
}

func revertedMemo(project catalog.ProjectID, list []reverted) (store.Memo, error) {
	memo := store.Memo{Project: project, Name: revertedMemoName}
	if len(list) == 0 {
		return memo, nil
	}
	var err error
	if memo.Value, err = json.Marshal(list); err != nil {
		return memo, fmt.Errorf("reverted imports of %s: %w", project, err)
	}
	return memo, nil
}

// checkReverted reports whether a part came with an import of the project that was
// reverted: such bytes are applied again with force alone, and no longer count as
// reverted then.
func (j *job) checkReverted(ctx context.Context, p catalog.Part) (bool, error) {
	if j.project.ID == 0 {
		return false, nil
	}
	if j.reverted == nil {
		list, err := j.revertedOf(ctx, j.claim.WS, j.schema.ID, j.project.ID)
		if err != nil {
			return false, err
		}
		j.reverted = list
	}
	i := slices.IndexFunc(j.reverted, func(r reverted) bool { return slices.Contains(r.Parts, p.SHA256) })
	if i < 0 {
		return false, nil
	}
	if j.claim.Import.Force {
		j.reverted = slices.Delete(j.reverted, i, i+1)
		memo, err := revertedMemo(j.project.ID, j.reverted)
		j.memos = append(j.memos, memo)
		return false, err
	}
	j.rep.Issue(catalog.Issue{
		Code: "import-reverted", Severity: "warning", Place: p.Name,
		Message: fmt.Sprintf("the %s is that of %s, which was reverted; it was not applied", p.Name, j.reverted[i].Import),
		Remedy:  "resend with force=true to apply it again, or undo the revert",
	})
	return true, nil
}
