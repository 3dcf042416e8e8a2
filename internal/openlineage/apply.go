package openlineage

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/jobs"
	"github.com/thalweg-data/thalweg/internal/revision"
	"github.com/thalweg-data/thalweg/internal/store"
)

// leaseWait is how long events wait for their schema: longer than a lease that a dead writer left can hold.
const leaseWait = 2 * store.LeaseTime

// ApplyStore is what an Applier asks of a store.
type ApplyStore interface {
	JobStore
	LeaseForJob(ctx context.Context, c store.JobClaim, schema catalog.SchemaID, wait time.Duration) (store.Lease, error)
	Projects(ctx context.Context, ws int64, schema catalog.SchemaID, p store.Page) (store.Paged[catalog.Project], error)
}

// Applier applies what the jobs of a schema read and write: one observation of all of them.
type Applier struct {
	Store   ApplyStore
	Reviser *revision.Reviser
}

// Kind returns the kind of the jobs that apply events.
func (a *Applier) Kind() jobs.Kind {
	return jobs.Kind{Name: store.KindLineage, Run: a.run}
}

func (a *Applier) run(ctx context.Context, attempt *jobs.Attempt) error {
	job := attempt.Job
	o, err := a.observe(ctx, job.WS, job.Schema)
	if err != nil {
		return err
	}
	o.Cause = catalog.Cause{Kind: catalog.CauseEvents, ID: job.ID}
	_, err = a.Reviser.Apply(ctx, job.WS, job.Schema, revision.Options{
		Actor: catalog.Actor{Kind: catalog.ActorSystem, Name: "openlineage"},
		TakeLease: func(ctx context.Context) (store.Lease, error) {
			return a.Store.LeaseForJob(ctx, job.Claim(), job.Schema, leaseWait)
		},
	}, o)
	if err != nil {
		return fmt.Errorf("events of %s: %w", job.Schema, err)
	}
	return nil
}

// observe returns what all jobs of a schema read and write. What none of them does any more is gone.
func (a *Applier) observe(ctx context.Context, ws int64, schema catalog.SchemaID) (revision.Observation, error) {
	projects, err := a.Store.Projects(ctx, ws, schema, store.Page{Limit: 1})
	if err != nil {
		return revision.Observation{}, err
	}
	t := tables{byKey: map[string]*table{}}
	for page := (store.Page{Limit: store.MaxLimit}); ; {
		rows, err := a.Store.LineageJobs(ctx, ws, schema, page)
		if err != nil {
			return revision.Observation{}, err
		}
		for _, row := range rows.Rows {
			s, err := ParseJobState(row.State)
			if err != nil {
				return revision.Observation{}, err
			}
			t.add(s, len(projects.Rows) == 0)
		}
		if page.After = rows.Next; page.After == "" {
			return t.observation()
		}
	}
}

func (t *tables) observation() (revision.Observation, error) {
	held := &revision.Held{Texts: revision.Texts{}}
	o := revision.Observation{
		Origin: catalog.OriginEvents, Source: catalog.FromEvents, At: t.at, Coverage: revision.Complete, Facets: held, Report: "the events",
	}
	for _, key := range slices.Sorted(maps.Keys(t.byKey)) {
		table := t.byKey[key]
		facet, err := table.facet(held.Texts)
		if err != nil {
			return o, err
		}
		held.Facets = append(held.Facets, facet)
		o.Claims = append(o.Claims, revision.Claim{ID: key, Kind: catalog.KindTable, Name: table.relation.Identifier, RelationKey: key})
	}
	return o, nil
}
