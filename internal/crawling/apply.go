package crawling

import (
	"context"
	"errors"
	"fmt"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/lineage"
	"github.com/thalweg-data/thalweg/internal/revision"
	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/warehouse"
)

// apply reads the tables and applies them.
func (r *crawl) apply(ctx context.Context) (revision.Result, error) {
	if err := r.read(ctx); err != nil {
		return revision.Result{}, err
	}
	o, changed, err := r.observation()
	if err != nil {
		return revision.Result{}, err
	}
	r.Report.Count("tables_changed", changed)
	if err := r.Log(ctx, "info", fmt.Sprintf("%d tables and views with %d columns were read; %d are new or changed since the last crawl.",
		len(o.Claims), r.columns, changed)); err != nil {
		return revision.Result{}, err
	}
	memos := r.memos(o.Covers)
	result, err := r.Reviser.Apply(ctx, r.WS, r.Schema, revision.Options{
		TakeLease: r.Lease, Actor: r.Actor, Base: r.base, Report: r.Report, CountAll: true,
		Finish: func(*revision.Result) (store.Flip, error) { return store.Flip{Memos: memos}, nil },
	}, o)
	if err != nil {
		return result, fmt.Errorf("crawl of %s: %w", r.Schema, err)
	}
	r.count(&result)
	return result, r.logResult(ctx, &result)
}

// observation is what the crawl reports, with how many tables are new or changed.
func (r *crawl) observation() (o revision.Observation, changed int64, err error) {
	facets, err := r.spool.reader()
	if err != nil {
		return o, 0, err
	}
	o = revision.Observation{
		Origin: r.Origin, Source: catalog.FromCrawl, At: r.began, Cause: r.Cause, Report: "the crawl",
		Coverage: revision.Scoped, Scope: r.scopes, Facets: facets, Claims: make([]revision.Claim, len(r.spool.records)),
		Retrace: r.before != nil && r.before.engine != lineage.EngineVersion,
	}
	for i := range r.spool.records {
		t := &r.spool.records[i]
		if r.before.has(t) {
			o.Claims[i] = revision.Claim{ID: t.key, Same: true}
			continue
		}
		changed++
		o.Claims[i] = revision.Claim{ID: t.key, Kind: t.kind, Name: t.name, RelationKey: t.key}
	}
	return o, changed, nil
}

// count adds what an apply changed to the report.
func (r *crawl) count(result *revision.Result) {
	c := result.Counters
	for name, n := range map[string]int64{
		"tables_created": c.TablesCreated, "tables_updated": c.TablesUpdated, "columns_created": c.ColumnsCreated,
		"columns_updated": c.ColumnsUpdated, "lineages_created": c.LineagesCreated, "lineages_updated": c.LineagesUpdated,
	} {
		r.Report.Count(name, n)
	}
}

func (r *crawl) logResult(ctx context.Context, result *revision.Result) error {
	if result.Version == 0 {
		return r.Log(ctx, "info", "Nothing has changed.")
	}
	c := result.Counters
	return r.Log(ctx, "info", fmt.Sprintf("Version %d: tables created %d, updated %d, removed %d; columns created %d, updated %d; lineages created %d.",
		result.Version, c.TablesCreated, c.TablesUpdated, result.Removed, c.ColumnsCreated, c.ColumnsUpdated, c.LineagesCreated))
}

// messageOf is the sentence of an error for people.
func messageOf(err error) string {
	var refused *warehouse.Error
	if errors.As(err, &refused) {
		return refused.Message
	}
	return err.Error()
}
