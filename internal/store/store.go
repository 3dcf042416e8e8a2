package store

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/pressly/goose/v3"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Store is the catalog's storage; safe for concurrent use.
type Store struct {
	eng    Engine
	now    func() time.Time
	wake   chan struct{}
	leases leaseLines
	saves  atomic.Int64 // begun by this process
	fresh  Fresh        // what a connection must have before it is read
	fullAt atomic.Int64 // when the medium was last found full; microseconds, 0 = never
}

// New makes a store over an engine, with now as its clock. The packages sqlite
// and postgres call it.
func New(eng Engine, now func() time.Time) *Store {
	s := &Store{eng: eng, now: now, wake: make(chan struct{}, 1)}
	eng.Listen(s.tick)
	return s
}

// Close ends the store's connections and releases what it locked.
func (s *Store) Close() error { return s.eng.Close() }

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.eng.Reader().PingContext(ctx); err != nil {
		return fmt.Errorf("%s: %w", s.eng.Name(), err)
	}
	return nil
}

// fullTime is how long the medium counts as full after a write failed for lack
// of space. An import that waits for space tries more often.
const fullTime = 30 * time.Second

// Ready reports whether the database answers, accepts writes, is not damaged and has the tables that requests read;
// catalog.ErrNoSpace if a write failed for lack of space a moment ago.
func (s *Store) Ready(ctx context.Context) error {
	if err := s.Ping(ctx); err != nil {
		return err
	}
	if at := s.fullAt.Load(); at != 0 && s.now().Sub(timeOf(at)).Abs() < fullTime {
		return fmt.Errorf("%s: a write failed at %s: %w", s.eng.Name(), timeOf(at).Format(time.RFC3339), catalog.ErrNoSpace)
	}
	if err := s.eng.Verify(ctx); err != nil {
		return fmt.Errorf("%s: %w", s.eng.Name(), err)
	}
	if err := s.probe(ctx); err != nil {
		return fmt.Errorf("%s: %w", s.eng.Name(), err)
	}
	return nil
}

// Backup writes a consistent copy of the database to a new file while reads
// and writes go on. catalog.ErrUnsupported on PostgreSQL, which has pg_dump.
func (s *Store) Backup(ctx context.Context, path string) error {
	if err := s.eng.Backup(ctx, path); err != nil {
		return fmt.Errorf("backup to %s: %w", path, s.failed(err))
	}
	return nil
}

// Migrate brings the tables up to this version. Tables that a newer version
// made are refused with catalog.ErrUnsupported.
func (s *Store) Migrate(ctx context.Context) error {
	p, err := s.migrations()
	if err != nil {
		return err
	}
	current, supported, err := versionOf(ctx, p)
	if err != nil {
		return err
	}
	if current > supported {
		return fmt.Errorf("tables of version %d, this program knows %d; use the newer program: %w", current, supported, catalog.ErrUnsupported)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate tables: %w", s.failed(err))
	}
	return s.splitUserFacets(ctx)
}

// SchemaVersion returns the version of the tables and the newest one that this
// program knows; they differ before Migrate.
func (s *Store) SchemaVersion(ctx context.Context) (current, supported int64, err error) {
	p, err := s.migrations()
	if err != nil {
		return 0, 0, err
	}
	return versionOf(ctx, p)
}

func versionOf(ctx context.Context, p *goose.Provider) (current, supported int64, err error) {
	current, supported, err = p.GetVersions(ctx)
	if err != nil {
		return 0, 0, fmt.Errorf("version of the tables: %w", err)
	}
	return current, supported, nil
}

func (s *Store) migrations() (*goose.Provider, error) {
	dialect, files, options, err := s.eng.Migrations()
	if err != nil {
		return nil, fmt.Errorf("migrations: %w", err)
	}
	options = append(options, goose.WithDisableGlobalRegistry(true))
	p, err := goose.NewProvider(dialect, s.eng.Writer(), files, options...)
	if err != nil {
		return nil, fmt.Errorf("migrations: %w", err)
	}
	return p, nil
}

// classify asks the engine about an error and remembers a full medium.
func (s *Store) classify(err error) (sentinel error, retry bool) {
	sentinel, retry = s.eng.Failed(err)
	if errors.Is(sentinel, catalog.ErrNoSpace) {
		s.fullAt.Store(micros(s.now()))
	}
	return sentinel, retry
}

// failed wraps an error with what the engine knows about it.
func (s *Store) failed(err error) error {
	if err == nil || errors.Is(err, catalog.ErrFenced) {
		return err
	}
	if sentinel, _ := s.classify(err); sentinel != nil && !errors.Is(err, sentinel) {
		return fmt.Errorf("%w: %w", sentinel, err)
	}
	return err
}
