package jobs

import (
	"errors"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Reasons for which a running attempt is stopped from outside.
var (
	errCanceled = errors.New("canceled")
	errStopping = errors.New("the server is stopping")
)

// errCrashed is what an attempt that panicked ends with.
var errCrashed = errors.New("worker crashed")

// Fail returns the error of work that cannot succeed however often it is tried.
func Fail(f catalog.Failure) error { return &failed{f} }

type failed struct{ failure catalog.Failure }

func (f *failed) Error() string { return f.failure.Message }

// outcome is what becomes of an attempt.
type outcome struct {
	failure *catalog.Failure // set: the job ends with it
	retry   bool             // the job goes back to the queue
	keep    bool             // the attempt counts
	wait    time.Duration    // before the next attempt
	err     error            // why it is tried again
}

// classify decides what becomes of an attempt that ended with err. It is the
// one place that does: a crash has the same code and text whether this process
// saw the panic or a later one found the lease of a dead worker.
func classify(err error, attempts, maxAttempts int) outcome {
	var bad *failed
	switch {
	case err == nil:
		return outcome{}
	case errors.Is(err, errCanceled), errors.Is(err, catalog.ErrCanceled):
		return failure(catalog.Canceled())
	case errors.Is(err, errStopping):
		return outcome{retry: true, err: err}
	case errors.As(err, &bad):
		return failure(bad.failure)
	case attempts < maxAttempts:
		return outcome{retry: true, keep: true, wait: time.Duration(attempts*attempts) * time.Second, err: err}
	case errors.Is(err, errCrashed):
		return failure(catalog.Crashed(attempts))
	}
	return failure(catalog.GaveUp(attempts, err))
}

func failure(f catalog.Failure) outcome { return outcome{failure: &f} }
