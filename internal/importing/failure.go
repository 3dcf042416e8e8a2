package importing

import (
	"errors"
	"fmt"
	"time"

	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/dbt"
)

type action int

const (
	complete action = iota
	fail
	retry
	drop // another worker has the import now
)

// verdict is what becomes of an attempt.
type verdict struct {
	action  action
	code    string
	message string
	wait    time.Duration
}

var errCrashed = errors.New("worker crashed")

// judge tells bad content, which fails at once, from crashes and I/O, which
// are tried again with a growing pause, five times at most.
func judge(err error, attempts int) verdict {
	var bad *dbt.Error
	switch {
	case err == nil:
		return verdict{action: complete}
	case errors.Is(err, catalog.ErrFenced):
		return verdict{action: drop}
	case errors.Is(err, errCanceled):
		return verdict{action: fail, code: "canceled", message: "canceled: the import was stopped on request; nothing was changed"}
	case errors.Is(err, errStopping):
		return verdict{action: retry}
	case errors.As(err, &bad):
		return verdict{action: fail, code: bad.Code, message: bad.Error()}
	case errors.Is(err, blob.ErrDamaged):
		return verdict{action: fail, code: "artifact-damaged", message: fmt.Sprintf("artifact-damaged: the stored artifact is damaged (%v); send it again", err)}
	case attempts >= maxAttempts:
		return verdict{action: fail, code: "worker-failed", message: fmt.Sprintf("worker-failed: gave up after %d attempts: %v; see the server's log, then send the artifacts again", attempts, err)}
	}
	return verdict{action: retry, wait: time.Duration(attempts*attempts) * time.Second}
}
