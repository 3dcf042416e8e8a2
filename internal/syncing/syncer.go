package syncing

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/bucket"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/crawling"
	"github.com/thalweg-data/thalweg/internal/jobs"
	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/warehouse"
)

// Syncer runs syncs.
type Syncer struct {
	Store    *store.Store
	Registry *Registry
	Crawler  *crawling.Crawler
	Blobs    func(ws int64) blob.Store
	Now      func() time.Time
	// Poll is how often the imports of a sync are looked at.
	Poll time.Duration
}

// slots is how many syncs run at a time: they wait for other systems and for imports.
const slots = 4

// syncAttempts is how often a sync is tried that failed for a reason that may pass.
const syncAttempts = 3

// Kind returns the kind of the jobs behind syncs.
func (s *Syncer) Kind() jobs.Kind {
	return jobs.Kind{
		Name: store.KindSync, Slots: slots, MaxAttempts: syncAttempts, Run: s.attempt,
		Label: func(j store.Job) slog.Attr {
			return slog.String("sync", catalog.FormatID(catalog.PrefixSync, j.Record))
		},
	}
}

// Codes of syncs that failed.
const (
	codeNoManifest   = "no-manifest"
	codeImportFailed = "import-failed"
)

// run is one attempt at a sync.
type run struct {
	*Syncer
	job         store.Job
	sync        store.Sync
	integration store.Integration
	settings    Settings
	report      *jobs.Reporter
}

func (s *Syncer) attempt(ctx context.Context, a *jobs.Attempt) error {
	r := &run{Syncer: s, job: a.Job, report: jobs.NewReporter(s.Now)}
	a.Show(r.report)
	var err error
	if r.sync, err = s.Store.SyncByID(ctx, a.Job.WS, a.Job.Record); err != nil {
		return err
	}
	if r.integration, err = s.Store.IntegrationByID(ctx, r.sync.WS, r.sync.Integration); err != nil {
		return err
	}
	if r.settings, err = ReadSettings(r.integration.Settings); err != nil {
		return err
	}
	if err := r.do(ctx); err != nil {
		return r.failed(ctx, err)
	}
	return nil
}

// failed writes the end of an attempt to the log and returns its error, final unless it may pass by itself.
func (r *run) failed(ctx context.Context, err error) error {
	var failure *SyncError
	var refused *bucket.Error
	var unread *warehouse.Error
	var field *catalog.FieldError
	final := catalog.Failure{}
	switch {
	case errors.As(err, &unread) && r.passing(unread):
		return errors.Join(err, r.log(ctx, "warning", "Attempt %d failed: %s. It is tried again.", r.job.Attempts, unread.Message))
	case unread != nil:
		final = catalog.Failure{Code: string(unread.Reason), Message: unread.Message}
	case errors.As(err, &failure):
		final = catalog.Failure{Code: failure.Code, Message: failure.Message}
	case errors.As(err, &refused):
		final = catalog.Failure{Code: string(refused.Reason), Message: refused.Message}
	case errors.As(err, &field):
		final = catalog.Failure{Code: "settings", Message: field.Error()}
	default:
		return err
	}
	if logErr := r.log(ctx, "error", "%s", final.Message); logErr != nil {
		return errors.Join(err, logErr)
	}
	return jobs.Fail(final)
}

// SyncError is why a sync cannot succeed until somebody does something.
type SyncError struct{ Code, Message string }

func (f *SyncError) Error() string { return f.Code + ": " + f.Message }

// log adds a line to the log of the sync.
func (r *run) log(ctx context.Context, level, format string, args ...any) error {
	return r.Store.AppendSyncLog(ctx, r.sync.WS, r.sync.ID, store.LogLine{Level: level, Text: fmt.Sprintf(format, args...)})
}

func (r *run) do(ctx context.Context) error {
	if r.settings.Source() == SourceWarehouse {
		return r.crawl(ctx)
	}
	begun, err := r.resume(ctx)
	if err != nil {
		return err
	}
	sets, err := r.uploads(ctx)
	if err != nil {
		return err
	}
	if r.settings.Source() != SourceUploads {
		found, err := r.fetch(ctx)
		if err != nil {
			return err
		}
		sets = append(sets, found...)
	}
	if len(sets) == 0 && begun == 0 {
		return r.nothing(ctx)
	}
	return r.importAll(ctx, sets)
}

// resume waits for the imports that an attempt before this one began, and returns how many there are.
func (r *run) resume(ctx context.Context) (begun int, err error) {
	imports, err := r.Store.SyncImports(ctx, r.sync.WS, r.sync.ID)
	if err != nil || len(imports) == 0 {
		return 0, err
	}
	r.report.Stage("resume")
	for _, id := range imports {
		imp, err := r.await(ctx, id)
		if err != nil {
			return 0, err
		}
		if err := r.endUploads(ctx, imp); err != nil {
			return 0, err
		}
	}
	return len(imports), nil
}

// nothing ends a sync that found nothing new. One that has never had a manifest fails, so that it is seen.
func (r *run) nothing(ctx context.Context) error {
	if r.settings.Source() != SourceUploads {
		return r.log(ctx, "info", "Nothing has changed since the last sync.")
	}
	parts, err := r.Store.IntegrationParts(ctx, r.sync.WS, r.integration.ID)
	if err != nil {
		return err
	}
	if newestManifest(parts) == nil {
		return &SyncError{codeNoManifest, "there is no manifest yet: upload manifest.json to this integration; it stays, and what comes is synced"}
	}
	return r.log(ctx, "info", "Nothing was uploaded since the last sync.")
}

// set is what one import gets.
type set struct {
	name  string // for the log
	parts []catalog.Part
	drop  []int64 // parts of uploads that are deleted with the creation of the import
	// ended, if set, is called when the import has ended, whatever became of it.
	ended func(ctx context.Context, imp catalog.Import) error
}

// importAll imports the sets one after the other.
func (r *run) importAll(ctx context.Context, sets []set) error {
	r.report.Stage("import")
	for n, one := range sets {
		r.report.Progress(int64(n), int64(len(sets)))
		imp, err := r.importOne(ctx, one)
		if err != nil {
			return err
		}
		if imp, err = r.await(ctx, imp.ID); err != nil {
			return err
		}
		if one.ended != nil {
			if err := one.ended(ctx, imp); err != nil {
				return err
			}
		}
		if err := r.note(ctx, imp); err != nil {
			return err
		}
	}
	r.report.Progress(int64(len(sets)), int64(len(sets)))
	return nil
}

func (r *run) importOne(ctx context.Context, one set) (catalog.Import, error) {
	n := store.NewImport{
		SchemaID: r.integration.Schema, Parts: one.parts, NoStaling: r.settings.NoStaling, Integration: r.integration.ID, Actor: r.sync.Actor,
	}
	var err error
	if n.Touch, err = r.Store.TouchBlobs(ctx, one.parts); err != nil {
		return catalog.Import{}, err
	}
	imp, err := r.Store.ImportParts(ctx, r.sync, n, one.drop)
	if err != nil {
		return imp, err
	}
	return imp, r.log(ctx, "info", "%s imports %s.", imp.ID, one.name)
}

// await waits until an import has ended.
func (r *run) await(ctx context.Context, id catalog.ImportID) (catalog.Import, error) {
	tick := time.NewTicker(r.Poll)
	defer tick.Stop()
	for {
		imp, err := r.Store.Import(ctx, r.sync.WS, id)
		if err != nil || imp.Status == catalog.Completed || imp.Status == catalog.Failed {
			return imp, err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return imp, context.Cause(ctx)
		}
	}
}

// note adds what an import changed to the report. One that failed ends the sync.
func (r *run) note(ctx context.Context, imp catalog.Import) error {
	if imp.Status == catalog.Failed {
		return &SyncError{codeImportFailed, fmt.Sprintf("%s failed: %s", imp.ID, imp.Error)}
	}
	c := imp.Counters
	for name, n := range map[string]int64{
		"tables_created": c.TablesCreated, "tables_updated": c.TablesUpdated, "columns_created": c.ColumnsCreated,
		"columns_updated": c.ColumnsUpdated, "lineages_created": c.LineagesCreated, "lineages_updated": c.LineagesUpdated,
	} {
		r.report.Add(name, n)
	}
	r.report.Add("imports", 1)
	for _, issue := range imp.Report.Issues {
		r.report.Issue(issue)
	}
	return r.log(ctx, "info", "%s: %s; tables created %d, updated %d; columns created %d, updated %d; lineages created %d, updated %d; issues %d.",
		imp.ID, imp.Report.Outcome, c.TablesCreated, c.TablesUpdated, c.ColumnsCreated, c.ColumnsUpdated, c.LineagesCreated, c.LineagesUpdated, imp.Report.IssuesTotal)
}
