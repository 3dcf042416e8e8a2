package catalog

import (
	"errors"
	"fmt"
	"strings"
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
	// ErrCanceled: the work was asked to stop before its end was committed.
	ErrCanceled = errors.New("canceled")
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

// AmbiguousError reports that a name fits several assets. It is an ErrConflict.
type AmbiguousError struct {
	Name       string
	Remedy     string // what makes the name unambiguous
	Candidates []Candidate
}

// Candidate is one of the assets that a name fits.
type Candidate struct {
	ID       AssetID
	Kind     Kind
	Name     string
	Project  string // name of the dbt project; "" if unknown
	Relation string
}

func (e *AmbiguousError) Error() string {
	return fmt.Sprintf("%q is the name of %d assets: %s", e.Name, len(e.Candidates), e.Remedy)
}

// Is makes it an ErrConflict.
func (e *AmbiguousError) Is(target error) bool { return target == ErrConflict }

// sentinels are the errors whose text only classifies an error.
var sentinels = []error{ //nolint:gochecknoglobals // constant
	ErrNotFound, ErrInvalid, ErrConflict, ErrForbidden, ErrTooLarge, ErrUnsupported, ErrBusy, ErrFenced, ErrNoSpace, ErrUnavailable,
	ErrOverloaded, ErrIdempotencyReused,
}

// Message returns the text of an error as a sentence for people: without the sentinel at its end, which only
// classifies it.
func Message(err error) string {
	text := err.Error()
	for _, s := range sentinels {
		if errors.Is(err, s) {
			if cut, ok := strings.CutSuffix(text, ": "+s.Error()); ok && cut != "" {
				text = cut
			}
		}
	}
	return text
}
