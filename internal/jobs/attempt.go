package jobs

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

// handle makes one attempt at a claimed job and writes what became of it.
func (r *Runner) handle(jobs context.Context, j store.Job) {
	kind, a, began := r.kinds[j.Kind], &Attempt{Job: j}, r.Now()
	var o outcome
	switch {
	case j.Canceled: // and its worker died before it stopped
		o = failure(catalog.Canceled())
		a.Job.Attempts--
	case j.Attempts > kind.maxAttempts(): // each worker died
		a.Job.Attempts--
		o = failure(catalog.Crashed(a.Job.Attempts))
	default:
		o = classify(r.attempt(jobs, kind, a), j.Attempts, kind.maxAttempts())
	}
	r.end(jobs, a, o, r.Now().Sub(began))
}

// attempt runs the work with its heartbeat.
func (r *Runner) attempt(jobs context.Context, kind Kind, a *Attempt) error {
	ctx, cancel := context.WithCancelCause(jobs)
	defer cancel(nil)
	var heart sync.WaitGroup
	heart.Go(func() { r.keepAlive(ctx, a, cancel) })
	err := r.protected(ctx, kind, a)
	// What stopped the work from outside explains its error better than the error.
	if cause := context.Cause(ctx); err != nil && cause != nil {
		err = cause
	}
	cancel(nil)
	heart.Wait()
	return err
}

// protected runs the work; a panic is a crash of this attempt, not of the process.
func (r *Runner) protected(ctx context.Context, kind Kind, a *Attempt) (err error) {
	defer func() {
		if p := recover(); p != nil {
			r.log(a.Job).Error("job crashed", slog.String("panic", fmt.Sprint(p)), slog.String("stack", string(debug.Stack())))
			err = fmt.Errorf("%w: %v", errCrashed, p)
		}
	}()
	return kind.Run(ctx, a)
}

// keepAlive renews the lease and shows the progress while the job runs.
func (r *Runner) keepAlive(ctx context.Context, a *Attempt, cancel context.CancelCauseFunc) {
	renew, show := time.NewTicker(heartbeatEvery), time.NewTicker(showEvery)
	defer renew.Stop()
	defer show.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-renew.C:
			r.heartbeat(ctx, a, nil, cancel)
		case <-show.C:
			if report := a.changed(); report != nil {
				r.heartbeat(ctx, a, report, cancel)
			} else {
				r.obey(ctx, a, cancel)
			}
		}
	}
}

// obey stops a job that was asked to, also where it has nothing to show.
func (r *Runner) obey(ctx context.Context, a *Attempt, cancel context.CancelCauseFunc) {
	canceled, err := r.queue.JobCanceled(ctx, a.Job.Claim())
	if err == nil && canceled { // an error is the heartbeat's
		cancel(errCanceled)
	}
}

func (r *Runner) heartbeat(ctx context.Context, a *Attempt, report *catalog.Report, cancel context.CancelCauseFunc) {
	canceled, err := r.queue.Heartbeat(ctx, a.Job.Claim(), report)
	switch {
	case errors.Is(err, catalog.ErrFenced):
		cancel(err)
	case err != nil && ctx.Err() == nil:
		r.log(a.Job).Warn("heartbeat failed", slog.String("error", err.Error()))
	case canceled:
		cancel(errCanceled)
	}
}

// end writes what became of an attempt.
func (r *Runner) end(jobs context.Context, a *Attempt, o outcome, took time.Duration) {
	log := r.log(a.Job).With(slog.Int64("duration_ms", took.Milliseconds()))
	if o.retry {
		r.release(jobs, a, o, log)
		return
	}
	report := a.report
	if !a.ended || o.failure != nil {
		end := store.JobEnd{Failure: o.failure, Attempts: a.Job.Attempts}
		switch {
		case o.failure == nil:
			report = a.finalReport("")
		case o.failure.Code == catalog.CodeCanceled:
			report = a.finalReport(catalog.OutcomeCanceled)
		default:
			report = a.finalReport(catalog.OutcomeFailed)
		}
		end.Report = report
		err := r.write(jobs, log, func(ctx context.Context) error { return r.queue.EndJob(ctx, a.Job.Claim(), end) })
		if err != nil {
			r.lost(log, "end", err)
			return
		}
	}
	log.Info("job ended", slog.Bool("failed", o.failure != nil), slog.String("outcome", report.Outcome))
	if r.Ended != nil {
		r.Ended(End{Job: a.Job, Failure: o.failure, Report: report, Took: took})
	}
}

func (r *Runner) release(jobs context.Context, a *Attempt, o outcome, log *slog.Logger) {
	err := r.write(jobs, log, func(ctx context.Context) error { return r.queue.ReleaseJob(ctx, a.Job.Claim(), o.keep, o.wait) })
	if err != nil {
		r.lost(log, "release", err)
		return
	}
	log.Warn("job will be tried again", slog.Int("attempt", a.Job.Attempts), slog.Bool("counts", o.keep), slog.String("error", o.err.Error()))
}

// lost logs an end that was not written: the job has passed to another worker,
// or will when its lease runs out.
func (r *Runner) lost(log *slog.Logger, step string, err error) {
	if errors.Is(err, catalog.ErrFenced) {
		log.Warn("job passed to another worker")
		return
	}
	log.Error("end of job could not be written", slog.String("step", step), slog.String("error", err.Error()))
}
