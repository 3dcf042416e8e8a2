package readmodel

import (
	"context"
	"errors"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/turn"
)

// Options of New; zero values mean the defaults.
type Options struct {
	Store Store
	// CacheBytes is the room for the states of all schemas together.
	CacheBytes int64
	// Loads is how many states may be loaded at a time, Waiters how many requests
	// may wait for them, and LoadTime how long one may take.
	Loads, Waiters int
	LoadTime       time.Duration
}

// Defaults of the options.
const (
	DefaultCacheBytes = 256 << 20
	defaultLoads      = 2
	defaultWaiters    = 256
	defaultLoadTime   = 5 * time.Minute // of a million assets on a busy machine
)

// Model reads catalogs; safe for concurrent use.
type Model struct {
	store    Store
	cache    *cache
	derivers []deriver // by kind
	prepared preparedParts
}

// New makes a model.
func New(o Options) (*Model, error) {
	if o.Store == nil {
		return nil, errors.New("read model: no store")
	}
	if o.CacheBytes <= 0 {
		o.CacheBytes = DefaultCacheBytes
	}
	if o.Loads <= 0 {
		o.Loads = defaultLoads
	}
	if o.Waiters <= 0 {
		o.Waiters = defaultWaiters
	}
	if o.LoadTime <= 0 {
		o.LoadTime = defaultLoadTime
	}
	return &Model{
		store: o.Store, cache: newCache(o.CacheBytes, o.Loads, o.Waiters, o.LoadTime), derivers: derivers(),
	}, nil
}

// compute runs a step that walks over a state, and is expected to take so many steps. It counts those that it takes by
// turn.Take; see package turn.
func compute(ctx context.Context, expected int, walk func(context.Context) error) error {
	ctx = turn.Bounded(ctx)
	if err := turn.Expect(ctx, expected); err != nil {
		return err
	}
	return walk(ctx)
}

// computeAll is compute for a step of a known length.
func computeAll(ctx context.Context, steps int, walk func() error) error {
	if err := turn.Take(turn.Bounded(ctx), steps); err != nil {
		return err
	}
	return walk()
}

// schemaKey is the schema that parts are of.
type schemaKey struct {
	ws     int64
	schema catalog.SchemaID
}

func (s schemaKey) key(kind partKind, version int64) partKey {
	return partKey{kind: kind, ws: s.ws, schema: s.schema, version: version}
}

// resultsKey is the key of a part that depends on how many runs were stored, and on
// which of them the view knows.
func (v *View) resultsKey(kind partKind, results int64) partKey {
	version := v.Version
	if (kind == classesPart || kind == latestPart || kind == recentRunsPart) && v.asOf.IsNow() {
		version = allVersions
	}
	key := v.schemaKey().key(kind, version)
	key.results, key.renames = results, v.Schema.Renames.Changed
	if !v.asOf.IsNow() {
		key.asOf = v.asOf.At.UnixMicro()
	}
	return key
}
