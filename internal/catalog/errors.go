package catalog

import (
	"errors"
	"fmt"
)

// Sentinels that cross layers. Each maps to one HTTP status and one problem
// type, in one place (internal/httpserver/problem.go).
var (
	// ErrNotFound: the thing named does not exist in this workspace.
	ErrNotFound = errors.New("not found")
	// ErrInvalid: the request is invalid, whatever the state.
	ErrInvalid = errors.New("invalid")
	// ErrConflict: the request conflicts with the current state.
	ErrConflict = errors.New("conflict")
	// ErrForbidden: this key may not do it.
	ErrForbidden = errors.New("forbidden")
	// ErrTooLarge: a limit was exceeded.
	ErrTooLarge = errors.New("too large")
	// ErrUnsupported: this version does not support it.
	ErrUnsupported = errors.New("unsupported")
	// ErrBusy: another writer holds the schema; try again.
	ErrBusy = errors.New("busy")
	// ErrFenced: the lease under which the caller wrote has passed to another.
	ErrFenced = errors.New("lease lost")
	// ErrNoSpace: the disk is full; nothing was changed.
	ErrNoSpace = errors.New("no space left")
	// ErrUnavailable: the store does not answer; nothing is known to have
	// changed. Try again.
	ErrUnavailable = errors.New("store unavailable")
	// ErrOverloaded: too many requests wait for the same work; try again later.
	ErrOverloaded = errors.New("overloaded")
	// ErrIdempotencyReused: an idempotency key came again with another request.
	ErrIdempotencyReused = errors.New("idempotency key reused")
)

// HistoryError reports that retention has deleted the requested version. It is
// an ErrNotFound.
type HistoryError struct {
	Schema SchemaID
	First  int64 // the oldest version that is left
}

func (e *HistoryError) Error() string {
	return fmt.Sprintf("the history of %s begins with version %d: older versions were deleted", e.Schema, e.First)
}

// Is makes it an ErrNotFound.
func (e *HistoryError) Is(target error) bool { return target == ErrNotFound }
