package importing

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Worker takes imports from the queue and runs them: one at a time per schema,
// Slots at a time over all.
type Worker struct {
	*Pipeline
	Name  string
	Slots int
	// Grace is how long running imports may go on after the worker is told to
	// stop; what is not done by then is handed back without costing an attempt.
	Grace time.Duration
	// Done, if set, is told of every import that ended.
	Done func(catalog.Import)

	// company is held for reading by imports that run beside each other, for
	// writing by one that runs alone.
	company sync.RWMutex
}

const (
	heartbeatEvery = 15 * time.Second
	reportEvery    = 500 * time.Millisecond
	pollEvery      = 2 * time.Second
	maxAttempts    = 5
	// suspect is the attempt from which an import runs alone: one that ends its
	// process each time must not use up the attempts of those beside it.
	suspect = 3
)

// Reasons for which a running import is stopped from outside.
var (
	errCanceled = errors.New("canceled")
	errStopping = errors.New("the server is stopping")
)

// Run works until ctx ends, then lets running imports finish within Grace.
func (w *Worker) Run(ctx context.Context) error {
	jobs, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	defer stop(nil)
	var wg sync.WaitGroup
	for i := range max(w.Slots, 1) {
		wg.Go(func() { w.slot(ctx, jobs, fmt.Sprintf("%s/%d", w.Name, i)) })
	}
	idle := make(chan struct{})
	go func() { wg.Wait(); close(idle) }()
	<-ctx.Done()
	grace := time.NewTimer(w.Grace)
	defer grace.Stop()
	select {
	case <-idle:
	case <-grace.C:
		stop(errStopping)
		<-idle
	}
	return nil
}

// slot claims and runs one import after the other until ctx ends.
func (w *Worker) slot(ctx, jobs context.Context, name string) {
	for ctx.Err() == nil {
		if w.next(ctx, jobs, name) {
			continue
		}
		poll := time.NewTimer(pollEvery)
		select {
		case <-ctx.Done():
		case <-w.Store.Wake():
		case <-poll.C:
		}
		poll.Stop()
	}
}

// next claims and runs one import; false if there is none.
func (w *Worker) next(ctx, jobs context.Context, name string) bool {
	w.company.RLock()
	claim := w.claim(ctx, name)
	if claim == nil || claim.Import.Attempts < suspect {
		defer w.company.RUnlock()
		return w.handled(jobs, claim)
	}
	// It goes back, and is claimed again once nothing runs beside it.
	err := w.Store.Release(ctx, *claim, false, time.Time{})
	w.company.RUnlock()
	if err != nil {
		w.Log.Warn("handing back an import", slog.String("import_id", claim.Import.ID.String()), slog.String("error", err.Error()))
	}
	w.company.Lock()
	defer w.company.Unlock()
	return w.handled(jobs, w.claim(ctx, name))
}

func (w *Worker) claim(ctx context.Context, name string) *store.Claim {
	claim, err := w.Store.ClaimImport(ctx, name)
	if err != nil && ctx.Err() == nil {
		w.Log.Error("queue is not readable", slog.String("error", err.Error()))
	}
	return claim
}

func (w *Worker) handled(jobs context.Context, claim *store.Claim) bool {
	if claim != nil {
		w.handle(jobs, *claim)
	}
	return claim != nil
}

// handle runs one claimed import to its end, whatever the end is.
func (w *Worker) handle(jobs context.Context, claim store.Claim) {
	ctx, cancel := context.WithCancelCause(jobs)
	defer cancel(nil)
	rep := newReporter(w.Now)
	var beat sync.WaitGroup
	beat.Go(func() { w.keepAlive(ctx, claim, rep, cancel) })
	began := w.Now()
	imp, err := w.attempt(ctx, claim, rep)
	if cause := context.Cause(ctx); err != nil && cause != nil {
		err = cause
	}
	cancel(nil)
	beat.Wait()
	w.finish(jobs, claim, imp, rep, err, w.Now().Sub(began))
}

// settle writes the end of an attempt, even when the job was told to stop. A
// store that does not answer is asked again for as long as the lease can hold:
// giving up would leave the import to the lease's end, at the cost of an attempt.
func (w *Worker) settle(jobs context.Context, log *slog.Logger, write func(context.Context) error) error {
	ctx, done := context.WithTimeout(context.WithoutCancel(jobs), store.LeaseTime)
	defer done()
	const first, longest = 50 * time.Millisecond, 2 * time.Second
	for pause := first; ; pause = min(2*pause, longest) {
		err := write(ctx)
		if err == nil || permanent(err) || ctx.Err() != nil {
			return err
		}
		log.Warn("end of import is not written yet", slog.String("error", err.Error()))
		next := time.NewTimer(pause)
		select {
		case <-next.C:
		case <-ctx.Done():
		case <-jobs.Done(): // there is no time left: once more, at once
			next.Stop()
			return write(ctx)
		}
		next.Stop()
	}
}

// permanent tells errors that asking again does not heal.
func permanent(err error) bool {
	return errors.Is(err, catalog.ErrFenced) || errors.Is(err, catalog.ErrInvalid) || errors.Is(err, catalog.ErrNotFound)
}

// attempt runs the pipeline; a panic is a crash of this attempt, not of the
// process.
func (w *Worker) attempt(ctx context.Context, claim store.Claim, rep *reporter) (imp catalog.Import, err error) {
	defer func() {
		if p := recover(); p != nil {
			w.Log.Error("import crashed", slog.String("import_id", claim.Import.ID.String()), slog.String("panic", fmt.Sprint(p)), slog.String("stack", string(debug.Stack())))
			imp, err = claim.Import, fmt.Errorf("%w: %v", errCrashed, p)
		}
	}()
	return w.run(ctx, claim, rep)
}

// keepAlive renews the lease and shows the progress while the import runs.
func (w *Worker) keepAlive(ctx context.Context, claim store.Claim, rep *reporter, cancel context.CancelCauseFunc) {
	beat, show := time.NewTicker(heartbeatEvery), time.NewTicker(reportEvery)
	defer beat.Stop()
	defer show.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
			w.beat(ctx, claim, cancel)
		case <-show.C:
			if report, ok := rep.changed(); ok {
				if err := w.Store.SaveReport(ctx, claim, report); errors.Is(err, catalog.ErrFenced) {
					cancel(err)
				}
				w.beat(ctx, claim, cancel)
			}
		}
	}
}

func (w *Worker) beat(ctx context.Context, claim store.Claim, cancel context.CancelCauseFunc) {
	canceled, err := w.Store.Heartbeat(ctx, claim)
	switch {
	case errors.Is(err, catalog.ErrFenced):
		cancel(err)
	case err != nil && ctx.Err() == nil:
		w.Log.Warn("heartbeat", slog.String("import_id", claim.Import.ID.String()), slog.String("error", err.Error()))
	case canceled:
		cancel(errCanceled)
	}
}

// finish writes the end of an attempt.
func (w *Worker) finish(jobs context.Context, claim store.Claim, imp catalog.Import, rep *reporter, err error, took time.Duration) {
	log := w.Log.With(slog.String("import_id", claim.Import.ID.String()), slog.String("schema_id", claim.Import.SchemaID.String()), slog.Int64("duration_ms", took.Milliseconds()))
	v := judge(err, claim.Import.Attempts)
	switch v.action {
	case drop:
		log.Warn("import passed to another worker")
		return
	case retry:
		log.Warn("import will be tried again", slog.Int("attempt", claim.Import.Attempts), slog.String("error", err.Error()))
		burn, again := !errors.Is(err, errStopping), w.Now().Add(v.wait)
		if err := w.settle(jobs, log, func(ctx context.Context) error { return w.Store.Release(ctx, claim, burn, again) }); err != nil {
			log.Error("handing back an import", slog.String("error", err.Error()))
		}
		return
	case fail:
		imp = claim.Import
		imp.Status, imp.Error, imp.ErrorCode = catalog.Failed, v.message, v.code
		outcome := outcomeFailed
		if v.code == "canceled" {
			outcome = outcomeCanceled
		}
		imp.Report = rep.end(outcome)
	case complete:
	}
	imp.EndedAt = w.Now()
	if err := w.settle(jobs, log, func(ctx context.Context) error { return w.Store.Finish(ctx, claim, imp) }); err != nil {
		log.Error("end of import", slog.String("error", err.Error()))
		return
	}
	log.Info("import ended", slog.String("status", string(imp.Status)), slog.String("outcome", imp.Report.Outcome))
	if w.Done != nil {
		w.Done(imp)
	}
}
