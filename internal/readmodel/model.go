package readmodel

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
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
	walks    chan struct{} // one for each walk over much of a state
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
		walks: make(chan struct{}, max(1, runtime.GOMAXPROCS(0)-1)),
	}, nil
}

// Bounds of what one request computes over a state in memory.
const (
	// longWalk is the number of steps, of some 50 ns, from which on a walk waits for
	// its turn.
	longWalk = 250_000
	// walkTime is how long a walk may take.
	walkTime = time.Second
)

// ErrCostly means that a request needed more than a second of computing.
var ErrCostly = errors.New("more than a second of computing")

// compute runs a step that walks over a state. Few long ones work at a time and leave
// a processor to all other requests, and none takes longer than walkTime.
func (m *Model) compute(ctx context.Context, steps int, walk func(context.Context) error) error {
	if steps >= longWalk {
		select {
		case m.walks <- struct{}{}:
			defer func() { <-m.walks }()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	ctx, cancel := context.WithTimeoutCause(ctx, walkTime, ErrCostly)
	defer cancel()
	err := walk(ctx)
	if err != nil && errors.Is(context.Cause(ctx), ErrCostly) {
		return fmt.Errorf("%w: %w", ErrCostly, err)
	}
	return err
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
	if (kind == classesPart || kind == latestPart) && v.asOf.IsNow() {
		version = 0 // those of now belong to all versions
	}
	key := v.schemaKey().key(kind, version)
	key.results = results
	if !v.asOf.IsNow() {
		key.asOf = v.asOf.At.UnixMicro()
	}
	return key
}
