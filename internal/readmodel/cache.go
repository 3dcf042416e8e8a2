package readmodel

import (
	"container/list"
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/turn"
)

// partKind names one part of the state of a version. Parts are loaded, derived
// and dropped one by one: a list of assets needs no graph.
type partKind uint8

const (
	assetsPart partKind = iota
	tableGraphPart
	testsPart
	columnsPart
	configsPart
	columnTagsPart
	contactsPart
	testNodesPart
	searchPart
	usesPart
	tablesCoveragePart // of each table
	classesPart        // of latest results
	latestPart         // latest results of the nodes of pages
	testStatesPart     // tests with the class of their latest result
	freshnessPart      // of the sources that are there
	coveragePart       // of all tables together
	testOrderPart      // what tests are sorted by
	recentRunsPart     // newest runs with their results
	flakyPart          // outcomes of data tests over those runs
	healthPart         // of each table
	partKinds
)

// partKey identifies a part. It is a value of one workspace and schema, so no
// part is ever shared between tenants.
type partKey struct {
	kind    partKind
	ws      int64
	schema  catalog.SchemaID
	version int64
	results int64 // count of stored runs, where the part depends on results
	renames int64 // how many times names of projects changed, where the part depends on results
	asOf    int64 // time in µs of which results are known; 0 = all
}

// allVersions is the version of parts that belong to every version: of the latest results that there are.
const allVersions = 0

// sized is a part; it never changes once it is in the cache, so requests share it.
type sized interface{ size() int64 }

// cache keeps parts within a budget of bytes, the most recently used ones first.
// One goroutine loads a missing part for all that wait for it. A load is not
// canceled with the request that caused it: the others still want it.
type cache struct {
	budget  int64
	within  time.Duration // of one load
	slots   chan struct{} // one for each load that may work at a time
	waiters int           // requests that may wait at a time

	mu      sync.Mutex
	kept    map[partKey]*list.Element
	order   list.List // of *cacheEntry, the last used in front
	used    int64
	loads   map[partKey]*pendingLoad
	waiting int
}

type cacheEntry struct {
	key  partKey
	part sized
	size int64
}

// pendingLoad is a load that works. Its fields are set before done is closed.
type pendingLoad struct {
	done chan struct{}
	part sized
	err  error
}

func newCache(budget int64, loads, waiters int, within time.Duration) *cache {
	return &cache{
		budget: budget, within: within, slots: make(chan struct{}, loads), waiters: waiters,
		kept: map[partKey]*list.Element{}, loads: map[partKey]*pendingLoad{},
	}
}

// get returns a part, loading it if it is missing. It is
// catalog.ErrOverloaded at once where too many requests wait already.
func (c *cache) get(ctx context.Context, key partKey, load func(context.Context) (sized, error)) (sized, error) {
	c.mu.Lock()
	if part := c.find(key); part != nil {
		c.mu.Unlock()
		return part, nil
	}
	if c.waiting >= c.waiters {
		c.mu.Unlock()
		return nil, fmt.Errorf("%d requests wait for the state of a schema: %w", c.waiters, catalog.ErrOverloaded)
	}
	l := c.loads[key]
	if l == nil {
		l = &pendingLoad{done: make(chan struct{})}
		c.loads[key] = l
		go c.load(turn.Without(context.WithoutCancel(ctx)), key, l, load)
	}
	c.waiting++
	c.mu.Unlock()
	turn.Pause(ctx)
	defer func() {
		c.mu.Lock()
		c.waiting--
		c.mu.Unlock()
	}()
	select {
	case <-l.done:
		return l.part, l.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// load runs one load and caches its result.
func (c *cache) load(ctx context.Context, key partKey, l *pendingLoad, load func(context.Context) (sized, error)) {
	ctx, cancel := context.WithTimeout(ctx, c.within)
	defer cancel()
	l.part, l.err = guarded(ctx, load)
	c.mu.Lock()
	delete(c.loads, key)
	if l.err == nil {
		c.add(key, l.part)
	}
	c.mu.Unlock()
	close(l.done)
}

// guarded turns a panic into an error: a load runs on no request's goroutine, so
// nothing else would recover it.
func guarded(ctx context.Context, load func(context.Context) (sized, error)) (part sized, err error) {
	defer func() {
		if v := recover(); v != nil {
			part, err = nil, fmt.Errorf("load: panic: %v\n%s", v, debug.Stack())
		}
	}()
	return load(ctx)
}

// work runs the costly step of a load, of which a few run at a time. A load asks
// for the parts that it builds on before it comes here: one that waited inside
// would keep the slot from the load that it waits for.
func (c *cache) work(ctx context.Context, step func() error) error {
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
		return step()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// peek returns a part that is kept; nil if it is not.
func (c *cache) peek(key partKey) sized {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.find(key)
}

// has reports whether a part is kept, without counting that as a use of it.
func (c *cache) has(key partKey) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.kept[key] != nil
}

// demote makes a part the first to be evicted: a newer one was derived from it.
func (c *cache) demote(key partKey) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if el := c.kept[key]; el != nil {
		c.order.MoveToBack(el)
	}
}

// newest returns the part of the newest kept version below a key's, and that
// version; nil if there is none.
func (c *cache) newest(key partKey, least int64) (sized, int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for version := key.version - 1; version >= max(least, 1); version-- {
		key.version = version
		if part := c.find(key); part != nil {
			return part, version
		}
	}
	return nil, 0
}

func (c *cache) find(key partKey) sized {
	el := c.kept[key]
	if el == nil {
		return nil
	}
	c.order.MoveToFront(el)
	c.touchAssets(key)
	return el.Value.(*cacheEntry).part
}

// touchAssets counts the use of a part as one of the assets that it is numbered by,
// and holds: dropping those before it would free nothing, and the next load would
// make them a second time.
func (c *cache) touchAssets(key partKey) {
	if assets := c.kept[partKey{kind: assetsPart, ws: key.ws, schema: key.schema, version: key.version}]; assets != nil {
		c.order.MoveToFront(assets)
	}
}

// add keeps a part and evicts the least recently used ones, but none of the state
// that the new one belongs to: a schema larger than the budget is still served, and
// a request that needs several parts does not load them in turn.
func (c *cache) add(key partKey, part sized) {
	if el := c.kept[key]; el != nil {
		c.remove(el)
	}
	e := &cacheEntry{key: key, part: part, size: part.size()}
	c.kept[key] = c.order.PushFront(e)
	c.touchAssets(key)
	c.used += e.size
	if c.used <= c.budget {
		return
	}
	state, room := c.state(key), c.room()
	for el := c.order.Back(); el != nil && c.used > room; {
		last := el
		el = el.Prev()
		if last != state[last.Value.(*cacheEntry).key.kind] {
			c.remove(last)
		}
	}
}

// room returns the budget, or what the largest state takes and a little more: what a schema larger than that needs
// is in memory whenever it is read, and a look at a small one in between pushes out none of it.
func (c *cache) room() int64 {
	seen, largest := map[schemaKey]bool{}, int64(0)
	for el := c.order.Front(); el != nil; el = el.Next() {
		of := el.Value.(*cacheEntry).key
		if schema := (schemaKey{of.ws, of.schema}); !seen[schema] {
			seen[schema] = true
			of.version = allVersions
			size := int64(0)
			for _, part := range c.state(of) {
				if part != nil {
					size += part.Value.(*cacheEntry).size
				}
			}
			largest = max(largest, size)
		}
	}
	if largest <= c.budget {
		return c.budget
	}
	return largest + c.budget/8
}

// state returns the state that a part belongs to: of each kind the part that was used last, so that the results of many
// times at one version are not all kept.
func (c *cache) state(of partKey) (parts [partKinds]*list.Element) {
	version := c.stateOf(of)
	for el := c.order.Front(); el != nil; el = el.Next() {
		key := el.Value.(*cacheEntry).key
		if key.ws == of.ws && key.schema == of.schema && (key.version == version || key.version == allVersions) && parts[key.kind] == nil {
			parts[key.kind] = el
		}
	}
	return parts
}

// stateOf returns the version of the state that a part belongs to: its own, or the newest one if it is of all versions.
func (c *cache) stateOf(key partKey) int64 {
	version := key.version
	if version != allVersions {
		return version
	}
	for other := range c.kept {
		if other.ws == key.ws && other.schema == key.schema {
			version = max(version, other.version)
		}
	}
	return version
}

func (c *cache) remove(el *list.Element) {
	e := c.order.Remove(el).(*cacheEntry)
	delete(c.kept, e.key)
	c.used -= e.size
}
