package store

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// ErrBehind means that a standby does not have the version of a schema yet.
var ErrBehind = errors.New("the standby is behind")

// Fresh is what a connection to a standby must have before a query is sent on it: a served version of a schema. The
// zero value asks for nothing.
type Fresh struct {
	WS      int64
	Schema  catalog.SchemaID
	Version int64
}

// StandbyRead is how a read that a standby could answer was answered.
type StandbyRead string

// Ways in which reads are answered.
const (
	StandbyServed StandbyRead = "served"
	// By the database itself: the standby does not have the version yet, it stopped the query in favour of replay, or
	// it does not answer.
	StandbyBehind   StandbyRead = "behind"
	StandbyConflict StandbyRead = "conflict"
	StandbyAway     StandbyRead = "away"
)

// standbyPause is for how long a standby that failed is not asked again.
const standbyPause = 5 * time.Second

// WithStandby is a store some of whose reads a standby of its database answers: those of a version of a schema, which
// never change. Which version is served is always asked of the database itself, so a client that saw its import
// completed reads what it made, however far the standby lags.
type WithStandby struct {
	*Store
	standby *Store
	note    func(StandbyRead, error) // may be nil

	mu    sync.Mutex
	pause time.Time // the standby is not asked until then
}

// NewWithStandby joins a store and one on a standby of its database. note, if set, is called with how each read was
// answered, and with the error of the standby where it failed.
func NewWithStandby(primary, standby *Store, note func(StandbyRead, error)) *WithStandby {
	return &WithStandby{Store: primary, standby: standby, note: note}
}

// Close closes both stores.
func (w *WithStandby) Close() error { return errors.Join(w.Store.Close(), w.standby.Close()) }

// PingStandby reports whether the standby answers.
func (w *WithStandby) PingStandby(ctx context.Context) error { return w.standby.Ping(ctx) }

// needing returns a store whose reads are refused by ErrBehind unless the connection has a version.
func (s *Store) needing(f Fresh) *Store {
	return &Store{eng: s.eng, now: s.now, wake: s.wake, fresh: f}
}

func (w *WithStandby) usable() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now().After(w.pause)
}

// noteRead remembers and passes on how a read was answered.
func (w *WithStandby) noteRead(err error) {
	how := StandbyServed
	switch {
	case errors.Is(err, ErrBehind):
		how, err = StandbyBehind, nil
	case errors.Is(err, catalog.ErrBusy):
		how, err = StandbyConflict, nil
	case err != nil:
		how = StandbyAway
		w.mu.Lock()
		w.pause = w.now().Add(standbyPause)
		w.mu.Unlock()
	}
	if w.note != nil {
		w.note(how, err)
	}
}

// atVersion reads a version of a schema from the standby, or from the database itself.
func atVersion[T any](ctx context.Context, w *WithStandby, f Fresh, read func(*Store) (T, error)) (T, error) {
	if f.Version == 0 || !w.usable() { // version 0 is the served one, whichever that is
		return read(w.Store)
	}
	out, err := read(w.standby.needing(f))
	if err == nil || ctx.Err() != nil || errors.Is(err, catalog.ErrNotFound) || errors.Is(err, catalog.ErrInvalid) {
		w.noteRead(nil)
		return out, err
	}
	w.noteRead(err)
	return read(w.Store)
}
