// Package crawling applies what a warehouse has to a schema: a crawl reads schema by schema and makes one observation,
// which is complete within what it could read.
//
// The warehouse is read without the schema's lease, into a file: memory holds a claim for each table and the tables
// that are merged just then. A crawl never deletes because it got no answer: what could not be read is not observed,
// and a warehouse that shows nothing fails the crawl.
package crawling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/revision"
	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/warehouse"
)

// Reporter receives the progress of a crawl; *jobs.Reporter is one.
type Reporter interface {
	revision.Reporter
	Add(name string, n int64)
}

// Crawler crawls warehouses.
type Crawler struct {
	Reviser *revision.Reviser
	// Prints keeps what a crawl found, to recognize it.
	Prints Prints
	Spool  string // folder of what is read of a warehouse while it is applied; "" is the system's
	Now    func() time.Time
}

// Prints reads what Options.Finish left for an origin; *store.Store does.
type Prints interface {
	Fingerprint(ctx context.Context, ws int64, schema catalog.SchemaID, project catalog.ProjectID, name string) ([]byte, error)
}

// Crawl is one crawl of a warehouse for a schema.
type Crawl struct {
	WS     int64
	Schema catalog.SchemaID
	Origin catalog.Origin
	Cause  catalog.Cause
	Actor  catalog.Actor
	Choice Choice
	// Lease takes the schema's lease.
	Lease  func(ctx context.Context) (store.Lease, error)
	Report Reporter
	// Log writes a line for people.
	Log func(ctx context.Context, level, text string) error
}

// OriginOf returns the origin of what an integration reports of its warehouse.
func OriginOf(integration string) catalog.Origin { return catalog.Origin("crawl:" + integration) }

// crawl is one run of a Crawl.
type crawl struct {
	*Crawler
	Crawl
	warehouse warehouse.Warehouse
	began     time.Time
	selection Selection
	scopes    []revision.Scope
	spool     *spool
	columns   int64
	before    *print // what the last crawl found; nil: nothing
	base      *revision.Base
}

// Run reads the warehouse and applies what it has.
func (c *Crawler) Run(ctx context.Context, of Crawl, w warehouse.Warehouse) (revision.Result, error) {
	r := &crawl{Crawler: c, Crawl: of, warehouse: w}
	defer func() { r.base.Close() }()
	if err := r.choose(ctx); err != nil {
		return revision.Result{}, err
	}
	r.Report.Stage("read")
	r.base = c.Reviser.Read(ctx, of.WS, of.Schema)
	var err error
	if r.spool, err = newSpool(c.Spool); err != nil {
		return revision.Result{}, err
	}
	result, err := r.apply(ctx)
	return result, errors.Join(err, r.spool.close())
}

// choose finds out what is crawled, and what has become of what was crawled before.
func (r *crawl) choose(ctx context.Context) error {
	r.Report.Stage("list")
	known, err := r.Reviser.Crawled(ctx, r.WS, r.Schema, r.Origin)
	if err != nil {
		return err
	}
	if r.before, err = r.readPrint(ctx); err != nil {
		return err
	}
	// A crawl is newer than the one before it, even if the clock says otherwise.
	r.began = r.Now().UTC().Truncate(time.Microsecond)
	for _, s := range known {
		if !s.Last.At.Before(r.began) {
			r.began = s.Last.At.Add(time.Microsecond)
		}
	}
	listing, err := r.warehouse.Schemas(ctx)
	if err != nil {
		return err
	}
	r.selection = r.Choice.Select(listing, r.knownNames(known))
	for _, s := range known {
		if r.gone(listing, s.Scope) {
			s.Gone = true
			r.scopes = append(r.scopes, s.Scope)
		}
	}
	r.Report.Count("schemas_found", int64(len(listing.Schemas)))
	if err := r.logSelection(ctx, listing); err != nil {
		return err
	}
	return r.selection.Problem(listing)
}

// knownNames are the schemas that were crawled before; nil if none was.
func (r *crawl) knownNames(known []revision.Crawled) map[SchemaName]bool {
	if len(known) == 0 {
		return nil
	}
	names := map[SchemaName]bool{}
	for _, s := range known {
		names[SchemaName{s.Database, s.Schema}] = true
	}
	return names
}

// gone reports whether a schema that was crawled before is no longer crawled: because it is left out, or because a
// complete list does not have it.
func (r *crawl) gone(listing warehouse.Listing, s revision.Scope) bool {
	name := SchemaName{s.Database, s.Schema}
	if !r.Choice.matches(name) {
		return true
	}
	return listing.Complete && !slices.ContainsFunc(listing.Schemas, func(l warehouse.Schema) bool { return nameOf(l) == name })
}

func (r *crawl) logSelection(ctx context.Context, listing warehouse.Listing) error {
	if err := r.Log(ctx, "info", fmt.Sprintf("%s has %d schemas; %d are read, %d left out.",
		r.warehouse.Version(), len(listing.Schemas), len(r.selection.Read), r.selection.LeftOut)); err != nil {
		return err
	}
	for n, s := range r.selection.Unreadable {
		r.unreadable(s, s.Unreadable)
		if n < shownSchemas {
			if err := r.Log(ctx, "warning", fmt.Sprintf("Schema %s is not read: %s. What is known of it stays.", nameOf(s), s.Unreadable)); err != nil {
				return err
			}
		}
	}
	return nil
}

// shownSchemas is how many schemas that cannot be read have lines of their own in the log.
const shownSchemas = 50

// unreadable records a schema that could not be read.
func (r *crawl) unreadable(s warehouse.Schema, why string) {
	r.Report.Add("schemas_unreadable", 1)
	r.Report.Issue(catalog.Issue{
		Code: "schema-unreadable", Severity: "warning", Place: nameOf(s).String(), Message: "the schema is not read: " + why,
		Remedy: "grant the permission, or leave the schema out",
	})
}
