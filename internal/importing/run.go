package importing

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/dbt"
	"github.com/thalweg-data/thalweg/internal/store"
)

// job is one attempt at one import.
type job struct {
	*Pipeline
	claim  claim
	rep    *reporter
	schema catalog.Schema
	write  *store.Write // nil until something has to be written
	// project is known once the head of the manifest is read.
	project catalog.Project
	stands  *standing // nil until somebody asks for it

	renewing sync.WaitGroup
	stop     context.CancelCauseFunc
}

// run takes an import through its stages and gives its final state. Where a
// new state came of it, the import was ended in the same transaction.
func (p *Pipeline) run(ctx context.Context, c claim, rep *reporter) (catalog.Import, error) {
	within, stop := context.WithCancelCause(ctx)
	j := &job{Pipeline: p, claim: c, rep: rep, stop: stop}
	imp, err := j.stages(within)
	if err != nil && ctx.Err() == nil && within.Err() != nil {
		err = context.Cause(within)
	}
	stop(nil)
	if j.stands != nil {
		_ = j.stands.reading.Wait() // whoever needed it has heard of its error
	}
	j.renewing.Wait()
	j.release(context.WithoutCancel(ctx), err != nil)
	return imp, err
}

func (j *job) stages(ctx context.Context) (catalog.Import, error) {
	imp := j.claim.Import
	var err error
	j.rep.stage("open")
	if j.schema, err = j.Store.Schema(ctx, j.claim.WS, imp.SchemaID); err != nil {
		return imp, err
	}
	opened, err := j.open(ctx)
	if err != nil {
		return imp, err
	}
	j.rep.stage("read")
	said, err := j.read(ctx, opened)
	if err != nil {
		return imp, err
	}
	if !said.changed() {
		return j.unchanged(ctx, opened, said)
	}
	j.rep.stage("merge")
	plan, err := j.merge(ctx, said)
	if err != nil {
		return imp, err
	}
	j.rep.stage("trace")
	if err := j.planLinks(ctx, said, plan); err != nil {
		return imp, err
	}
	if err := j.trace(ctx, plan); err != nil {
		return imp, err
	}
	j.rep.stage("save")
	return j.save(ctx, opened, said, plan)
}

// writer takes the schema's lease and begins the next version, once.
func (j *job) writer(ctx context.Context) (*store.Write, error) {
	if j.write == nil {
		if err := j.hold(ctx); err != nil {
			return nil, err
		}
		w, err := j.Store.Begin(ctx, j.claim.Lease)
		if err != nil {
			return nil, fmt.Errorf("next version of %s: %w", j.schema.ID, err)
		}
		j.write = w
	}
	return j.write, nil
}

// unchanged ends an import that brought nothing new for the catalog.
func (j *job) unchanged(ctx context.Context, o opened, s *said) (catalog.Import, error) {
	outcome := outcomeUnchanged
	if s.superseded {
		outcome = outcomeSuperseded
	}
	imp := j.ended(outcome)
	flip := store.Flip{Cause: catalog.ImportCause(imp.ID), Actor: imp.Actor, End: j.end(imp)}
	if !s.superseded && j.project.ID != 0 {
		flip.Project, flip.Applied = j.projectNow(s), o.applied()
	}
	w, err := j.writer(ctx)
	if err != nil {
		return imp, err
	}
	return imp, w.Note(ctx, flip)
}

// ended is the import in its final, completed state.
func (j *job) ended(outcome string) catalog.Import {
	imp := j.claim.Import
	imp.Status, imp.Project = catalog.Completed, j.project.ID
	imp.Report = j.rep.End(outcome)
	imp.EndedAt = j.Now()
	return imp
}

// end is the end of the import under the claim of its job.
func (j *job) end(imp catalog.Import) *store.ImportEnd {
	return &store.ImportEnd{Claim: j.claim.Job, Import: imp}
}

// projectNow is the project with what the artifacts at hand say about it.
func (j *job) projectNow(s *said) *catalog.Project {
	p := j.project
	p.LastImport, p.UpdatedAt = j.claim.Import.ID, j.Now()
	if m := s.manifest; m != nil {
		p.DBTVersion, p.Adapter, p.InvocationID = m.head.DBTVersion, m.head.AdapterType, m.head.InvocationID
		p.ManifestGeneratedAt = j.generated(m.head)
	}
	if c := s.catalog; c != nil {
		p.CatalogGeneratedAt = j.generated(c.head)
	}
	return &p
}

// report is where the facets of one artifact come from.
type report struct {
	cause catalog.Cause
	at    time.Time
	tie   catalog.Hash // of the invocation: it decides between artifacts of one time
}

func (j *job) reportOf(h dbt.Head) report {
	return report{catalog.ImportCause(j.claim.Import.ID), j.generated(h), catalog.HashOfText(h.InvocationID)}
}

// aheadOfClock is how far an artifact's clock may be ahead of ours.
const aheadOfClock = 10 * time.Minute

// generated is when an artifact was made. One that is absent or lies in the
// future is taken as the time of receipt, so that the next normal artifact
// still wins.
func (j *job) generated(h dbt.Head) time.Time {
	received := j.claim.Import.CreatedAt
	if h.GeneratedAt.IsZero() || h.GeneratedAt.After(received.Add(aheadOfClock)) {
		return received
	}
	return h.GeneratedAt
}
