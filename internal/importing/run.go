package importing

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/dbt"
	"github.com/thalweg-data/thalweg/internal/jobs"
	"github.com/thalweg-data/thalweg/internal/revision"
	"github.com/thalweg-data/thalweg/internal/store"
)

// claim is an import with the claim of its job.
type claim struct {
	WS     int64
	Import catalog.Import
	Job    store.JobClaim
}

// leaseWait is how long an import waits for its schema: longer than a lease that
// a dead writer left can hold.
const leaseWait = 2 * store.LeaseTime

// job is one attempt at one import.
type job struct {
	*Pipeline
	claim  claim
	rep    *jobs.Reporter
	schema catalog.Schema
	// project is set once the head of the manifest is read.
	project catalog.Project
	ctx     context.Context //nolint:containedctx // of the attempt: base is read in the background
	// reverted are the reverted imports of the project, nil until read; memos are
	// committed with the end.
	reverted []reverted
	memos    []store.Memo
	moved    map[catalog.ProjectID][]store.PendingRemoval // nodes of a manifest that waits
	// others are the projects that a manifest read as a whole was compared with, and their
	// last imports; former are those that it is a new name of.
	others map[catalog.ProjectID]catalog.ImportID
	former []*twin
	base   *revision.Base // nil until something differs from what was applied
}

// run takes an import through its stages and returns its final state. The
// artifacts are read without the schema's lease. If the import made a version,
// it was ended in the same transaction.
func (p *Pipeline) run(ctx context.Context, c claim, rep *jobs.Reporter) (catalog.Import, error) {
	end, err := p.turns.take(ctx, c.Import.Parts)
	if err != nil {
		return c.Import, err
	}
	defer end()
	j := &job{Pipeline: p, claim: c, rep: rep, ctx: ctx}
	var read contents
	defer func() {
		j.base.Close()
		read.close()
	}()
	return j.stages(ctx, &read)
}

func (j *job) stages(ctx context.Context, c *contents) (catalog.Import, error) {
	imp := j.claim.Import
	var err error
	j.rep.Stage("open")
	if j.schema, err = j.Store.Schema(ctx, j.claim.WS, imp.SchemaID); err != nil {
		return imp, err
	}
	o, err := j.open(ctx)
	if err != nil {
		return imp, err
	}
	j.rep.Stage("read")
	if err := j.read(ctx, o, c); err != nil {
		return imp, err
	}
	if err := j.adoptRuns(ctx, c); err != nil {
		return imp, err
	}
	end := &ending{job: j, opened: o, contents: c, prints: c.encodePrints()}
	opts := revision.Options{
		TakeLease: j.lease, Actor: imp.Actor, Base: j.base, Report: j.rep, Check: j.check, Finish: end.flip,
	}
	if !c.changed() {
		err = j.Reviser.Note(ctx, j.claim.WS, j.schema.ID, opts)
	} else {
		_, err = j.Reviser.Apply(ctx, j.claim.WS, j.schema.ID, opts, j.observations(c)...)
	}
	if err != nil {
		return imp, err
	}
	return end.imp, nil
}

// adoptRuns assigns to the project the runs that came before its first
// manifest.
func (j *job) adoptRuns(ctx context.Context, c *contents) error {
	if newest := j.project.Newest(catalog.FromManifest); c.manifest == nil || !newest.IsZero() {
		return nil
	}
	own := func(ids []string) bool {
		known := c.manifest.print.count(ids)
		return known > 0 && owns(j.project, known, ids)
	}
	_, err := j.Store.AdoptRuns(ctx, j.claim.WS, j.schema.ID, j.project.ID, own)
	return err
}

// lease takes the schema's lease; one that a crashed attempt at the same job
// still holds is taken over at once.
func (j *job) lease(ctx context.Context) (store.Lease, error) {
	return j.Store.LeaseForJob(ctx, j.claim.Job, j.schema.ID, leaseWait)
}

// observations are the artifacts that have to be applied.
func (j *job) observations(c *contents) []revision.Observation {
	var out []revision.Observation
	adapter := j.project.Adapter // of the manifest that was applied last
	if c.manifest != nil {
		adapter = c.manifest.head.AdapterType
		for _, t := range j.former {
			out = append(out, j.retire(t, c)...)
		}
		out = append(out, c.manifest.observation(j))
	}
	if c.catalog != nil {
		out = append(out, c.catalog.observation(j, adapter))
	}
	return out
}

// readBase begins to read what the store holds of the schema, while the artifacts
// are read.
func (j *job) readBase() {
	if j.base == nil {
		j.base = j.Reviser.Read(j.ctx, j.claim.WS, j.schema.ID)
	}
}

// check makes sure that the artifacts were compared with what was applied last:
// another import of the project may have been applied meanwhile.
func (j *job) check(ctx context.Context) error {
	if j.project.ID == 0 {
		return nil
	}
	now, err := j.Store.Project(ctx, j.claim.WS, j.project.ID)
	if err != nil {
		return err
	}
	if !now.UpdatedAt.Equal(j.project.UpdatedAt) && now.LastImport == j.project.LastImport {
		return fmt.Errorf("an import of the project was reverted, or its target changed, while %s was read: %w", j.claim.Import.ID, catalog.ErrConflict)
	}
	if now.LastImport != j.project.LastImport {
		return fmt.Errorf("%s was applied while %s was read: %w", now.LastImport, j.claim.Import.ID, catalog.ErrConflict)
	}
	return j.sameOthers(ctx)
}

// ending is the end of an import that succeeds.
type ending struct {
	*job
	opened
	*contents
	imp    catalog.Import
	prints func() map[string][]byte // fingerprints, encoded in the background
}

// flip is what is committed with the version, or alone where none is made.
func (e *ending) flip(r *revision.Result) (store.Flip, error) {
	outcome := outcomeApplied
	switch {
	case e.anyLate() && r.Version == 0:
		outcome = outcomeSuperseded
	case !e.changed() || r.Version == 0 && e.rep.Counted("removals_pending") == 0:
		// What was read again for another reason, such as a newer SQL engine, may come out equal, too.
		outcome = outcomeUnchanged
	}
	imp := e.claim.Import
	imp.Status, imp.Project = catalog.Completed, e.job.project.ID
	imp.Report = e.rep.End(outcome)
	imp.EndedAt = e.Now()
	imp.Counters, imp.Version = r.Counters, r.Version
	e.imp = imp
	flip := store.Flip{Cause: catalog.ImportCause(imp.ID), Actor: imp.Actor, End: &store.ImportEnd{Claim: e.claim.Job, Import: imp}, Memos: e.memos, Moved: e.moved}
	if e.job.project.ID == 0 {
		return flip, nil
	}
	flip.Project, flip.Applied = e.projectNow(e.contents), e.applied(e.late())
	flip.Serves, flip.Former = e.renames(e.contents)
	if e.changed() {
		flip.Fingerprints = e.prints()
	}
	return flip, nil
}

// late are the names of the parts that are older than what was applied, or were not
// applied.
func (c *contents) late() map[string]bool {
	late := maps.Clone(c.ignored)
	if late == nil {
		late = map[string]bool{}
	}
	late[partManifest] = late[partManifest] || c.manifest != nil && c.manifest.late
	late[partCatalog] = late[partCatalog] || c.catalog != nil && c.catalog.late
	return late
}

// encodePrints begins to encode the fingerprints of what is applied. The returned
// function waits for them.
func (c *contents) encodePrints() func() map[string][]byte {
	prints := sync.OnceValue(c.fingerprints)
	if c.changed() {
		go prints()
	}
	return prints
}

// fingerprints are those of the artifacts that are applied.
func (c *contents) fingerprints() map[string][]byte {
	prints := map[string][]byte{}
	if c.manifest != nil && !c.manifest.late {
		prints[fingerprintName(catalog.FromManifest)] = c.manifest.print.encode()
	}
	if c.catalog != nil && !c.catalog.late {
		prints[fingerprintName(catalog.FromCatalog)] = c.catalog.print.encode()
	}
	return prints
}

// projectNow is the project with the properties that its artifacts report.
func (j *job) projectNow(c *contents) *catalog.Project {
	p := j.project
	p.LastImport, p.UpdatedAt = j.claim.Import.ID, j.Now()
	if m := c.manifest; m != nil && !m.late {
		p.DBTVersion, p.Adapter, p.InvocationID = m.head.DBTVersion, m.head.AdapterType, m.head.InvocationID
		s := j.stampOf(m.head, m.artifact.part)
		p.ManifestGeneratedAt, p.ManifestTie = s.At, s.Tie
	}
	if c := c.catalog; c != nil && !c.late {
		s := j.stampOf(c.head, c.artifact.part)
		p.CatalogGeneratedAt, p.CatalogTie = s.At, s.Tie
	}
	return &p
}

// observed is the part of an observation that every artifact of a project shares.
func (j *job) observed(h dbt.Head, part catalog.Part) revision.Observation {
	s := j.stampOf(h, part)
	return revision.Observation{
		Origin: j.project.Origin(), Project: j.project.ID,
		Cause: catalog.ImportCause(j.claim.Import.ID), At: s.At, Tie: s.Tie,
	}
}

// stampOf is when an artifact was made. Of two that were made at one time the
// invocation decides, then the content.
func (j *job) stampOf(h dbt.Head, part catalog.Part) catalog.Stamp {
	return catalog.Stamp{At: j.generated(h), Tie: catalog.TieOf(h.InvocationID, catalog.HashOfText(part.SHA256))}
}

// aheadOfClock is how far an artifact's clock may be ahead of ours.
const aheadOfClock = 10 * time.Minute

// generated is when an artifact was made. One that is absent or lies in the
// future is taken as the time of receipt, so that the next normal artifact
// still wins.
func (j *job) generated(h dbt.Head) time.Time {
	received := j.claim.Import.CreatedAt.Truncate(time.Microsecond)
	if h.GeneratedAt.IsZero() || h.GeneratedAt.After(received.Add(aheadOfClock)) {
		return received
	}
	return h.GeneratedAt.Truncate(time.Microsecond)
}
