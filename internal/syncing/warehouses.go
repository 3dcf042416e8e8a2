package syncing

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/crawling"
	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/warehouse"
)

// Warehouses opens warehouses; app has the implementations.
type Warehouses interface {
	// Open connects to a warehouse with the settings of an integration. Its errors are *warehouse.Error where a person
	// can do something about them.
	Open(ctx context.Context, s Settings, credential string) (warehouse.Warehouse, error)
	// CheckCredential returns an error unless a credential can be one of the warehouse. It does not use it.
	CheckCredential(s Settings, credential string) error
}

const (
	// leaseWait is how long a crawl waits for its schema: longer than a lease that a dead writer left can hold.
	leaseWait = 2 * store.LeaseTime
	// crawlTime ends a crawl whose warehouse does not.
	crawlTime = time.Hour
	// trialTime ends a test of a connection.
	trialTime = time.Minute
)

// crawl reads the warehouse of the integration and applies what it has.
func (r *run) crawl(ctx context.Context) (err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, crawlTime, &warehouse.Error{
		Reason: warehouse.Timeout, Message: fmt.Sprintf("the crawl took longer than %v; leave schemas out, or ask whether the server is slow", crawlTime),
	})
	defer cancel()
	r.report.Stage("connect")
	credential, err := r.Registry.credential(ctx, r.integration, r.settings.SecretField())
	if err != nil {
		return err
	}
	w, err := r.Registry.Warehouses.Open(ctx, r.settings, credential)
	if err != nil {
		return err
	}
	defer func() {
		// A connection that breaks off when everything is read changes nothing.
		_ = w.Close(context.WithoutCancel(ctx))
	}()
	_, err = r.Crawler.Run(ctx, crawling.Crawl{
		WS: r.sync.WS, Schema: r.integration.Schema, Origin: crawling.OriginOf(r.integration.UUID),
		Cause: catalog.Cause{Kind: catalog.CauseCrawl, ID: r.sync.ID}, Actor: r.sync.Actor, Choice: r.settings.Schemas, Report: r.report,
		Lease: func(ctx context.Context) (store.Lease, error) {
			return r.Store.LeaseForJob(ctx, r.job.Claim(), r.integration.Schema, leaseWait)
		},
		Log: func(ctx context.Context, level, text string) error { return r.log(ctx, level, "%s", text) },
	}, w)
	var late *warehouse.Error
	if cause := context.Cause(ctx); err != nil && errors.As(cause, &late) {
		return late
	}
	return err
}

// passing reports whether a warehouse may be readable soon, and there is an attempt left.
func (r *run) passing(err *warehouse.Error) bool {
	switch err.Reason {
	case warehouse.Unavailable, warehouse.Busy:
		return r.job.Attempts < syncAttempts
	}
	return false
}

// tryWarehouse connects to a warehouse and lists its schemas.
func (r *Registry) tryWarehouse(ctx context.Context, s Settings, credential string) (Trial, error) {
	ctx, cancel := context.WithTimeout(ctx, trialTime)
	defer cancel()
	w, err := r.Warehouses.Open(ctx, s, credential)
	if err != nil {
		return failedTrial(err)
	}
	listing, err := w.Schemas(ctx)
	if closed := w.Close(ctx); err == nil {
		err = closed
	}
	if err != nil {
		return failedTrial(err)
	}
	selection := s.Schemas.Select(listing, nil)
	t := Trial{Total: len(selection.Read)}
	for _, l := range [][]warehouse.Schema{selection.Read, selection.Unreadable} {
		for _, schema := range l[:min(len(l), shown)] {
			t.Schemas = append(t.Schemas, TrialSchema{Name: crawling.SchemaName{Database: schema.Database, Schema: schema.Name}.String(), Problem: schema.Unreadable})
		}
	}
	if problem := selection.Problem(listing); problem != nil {
		failed, err := failedTrial(problem)
		failed.Schemas = t.Schemas
		return failed, err
	}
	t.OK, t.Message = true, fmt.Sprintf("%s answers %s. %d schemas would be read, %d cannot be read, %d are left out.",
		w.Version(), s.who(credential), len(selection.Read), len(selection.Unreadable), selection.LeftOut)
	return t, nil
}

// who is the user or the account that reads the warehouse, for people.
func (s Settings) who(credential string) string {
	if s.Kind == KindBigQuery {
		return "the service account " + warehouse.ServiceAccountName(credential)
	}
	return s.User
}
