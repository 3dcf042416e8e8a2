package importing

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/dbt"
	"github.com/thalweg-data/thalweg/internal/jobs"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Kind returns the kind of the jobs behind imports. Imports of one schema run in
// the order in which they came.
func (p *Pipeline) Kind() jobs.Kind {
	return jobs.Kind{
		Name: store.KindImport, Ordered: true, Run: p.attempt,
		Label: func(j store.Job) slog.Attr { return slog.String("import_id", catalog.ImportID(j.Record).String()) },
	}
}

// attempt makes one attempt at an import.
func (p *Pipeline) attempt(ctx context.Context, a *jobs.Attempt) error {
	imp, err := p.Store.Import(ctx, a.Job.WS, catalog.ImportID(a.Job.Record))
	if err != nil {
		return err
	}
	rep := jobs.NewReporter(p.Now)
	a.Show(rep)
	imp, err = p.run(ctx, claim{WS: a.Job.WS, Import: imp, Job: a.Job.Claim()}, rep)
	if err != nil {
		return content(err)
	}
	a.Ended(imp.Report)
	return nil
}

// content marks errors that the artifacts cause: another attempt would not
// help.
func content(err error) error {
	var bad *dbt.Error
	switch {
	case errors.As(err, &bad):
		return jobs.Fail(catalog.Failure{Code: bad.Code, Message: bad.Error()})
	case errors.Is(err, blob.ErrDamaged), errors.Is(err, blob.ErrNotFound):
		return jobs.Fail(catalog.Failure{
			Code:    "artifact-damaged",
			Message: fmt.Sprintf("artifact-damaged: the stored artifact is damaged or missing (%v); send it again", err),
		})
	}
	return err
}

// Outcomes of an import that completed.
const (
	outcomeApplied    = "applied"
	outcomeUnchanged  = "unchanged"
	outcomeSuperseded = "superseded"
)
