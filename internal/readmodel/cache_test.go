package readmodel

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

type fakePart int64

func (f fakePart) size() int64 { return int64(f) }

func versionKey(version int64) partKey { return partKey{ws: 1, schema: 101, version: version} }

// Parts are kept within the budget, those used last; the very last whatever its
// size.
func TestCacheKeepsWhatWasUsedLast(t *testing.T) {
	t.Parallel()
	c := newCache(100, 1, 10, time.Minute)
	var loaded []int64
	sizes := map[int64]fakePart{1: 40, 2: 40, 3: 40, 4: 500}
	ask := func(version int64) error {
		_, err := c.get(t.Context(), versionKey(version), func(context.Context) (sized, error) {
			loaded = append(loaded, version)
			if sizes[version] == 0 {
				return nil, errors.New("no such version")
			}
			return sizes[version], nil
		})
		return err
	}
	for _, version := range []int64{1, 2, 1, 3, 1, 2, 4, 4, 1} {
		if err := ask(version); err != nil {
			t.Error(err)
		}
	}
	// 3 pushes out 2, which was used before 1; 2 pushes out 3; 4 pushes out all, and 1 pushes out 4.
	if want := []int64{1, 2, 3, 2, 4, 1}; !slices.Equal(loaded, want) {
		t.Errorf("loaded %v, want %v", loaded, want)
	}
	if c.used != 40 || c.order.Len() != 1 {
		t.Errorf("%d parts of %d bytes are kept", c.order.Len(), c.used)
	}
	if ask(9) == nil {
		t.Error("a part that cannot be loaded is no error")
	}
	if err := ask(1); err != nil || len(loaded) != 7 || c.order.Len() != 1 {
		t.Errorf("a failure is kept, or pushed out what was there: %v, %d kept", loaded, c.order.Len())
	}
}

// The parts of one state are dropped together or not at all: a state that is larger
// than the budget does not push out its own parts, and the assets that other parts
// hold are used whenever those are.
func TestCacheKeepsAState(t *testing.T) {
	t.Parallel()
	c := newCache(100, 1, 10, time.Minute)
	ask := func(kind partKind, version int64) {
		key := versionKey(version)
		key.kind = kind
		if _, err := c.get(t.Context(), key, func(context.Context) (sized, error) { return fakePart(45), nil }); err != nil {
			t.Fatal(err)
		}
	}
	kept := func(kind partKind, version int64) bool {
		key := versionKey(version)
		key.kind = kind
		return c.kept[key] != nil
	}
	for _, kind := range []partKind{assetsPart, tableGraphPart, columnsPart} {
		ask(kind, 1)
	}
	if !kept(assetsPart, 1) || !kept(tableGraphPart, 1) || c.used != 135 {
		t.Error("a part pushed out another one of its own state")
	}
	ask(assetsPart, 2)
	if !kept(assetsPart, 1) || kept(tableGraphPart, 1) || kept(columnsPart, 1) {
		t.Error("the assets went while another part held them")
	}
}

// The latest results belong to all versions: neither do they push out the rest of a state, nor that them.
func TestCacheKeepsLatestResultsWithAState(t *testing.T) {
	t.Parallel()
	c := newCache(100, 1, 10, time.Minute)
	for range 2 {
		for kind, version := range map[partKind]int64{assetsPart: 7, tableGraphPart: 7, searchPart: 7, latestPart: allVersions, recentRunsPart: allVersions} {
			key := versionKey(version)
			key.kind = kind
			if _, err := c.get(t.Context(), key, func(context.Context) (sized, error) { return fakePart(45), nil }); err != nil {
				t.Fatal(err)
			}
		}
	}
	if c.order.Len() != 5 {
		t.Errorf("%d parts are kept, want all 5 of the state", c.order.Len())
	}
}

// Whoever reads a schema larger than the budget and a small one in turn loads each once.
func TestCacheKeepsALargeStateBesideSmallOnes(t *testing.T) {
	t.Parallel()
	c, loads := newCache(100, 1, 10, time.Minute), 0
	for range 10 {
		for schema, size := range map[catalog.SchemaID]fakePart{101: 80, 102: 2, 103: 2} {
			for _, kind := range []partKind{assetsPart, tableGraphPart, searchPart} {
				key := partKey{kind: kind, ws: 1, schema: schema, version: 3}
				if _, err := c.get(t.Context(), key, func(context.Context) (sized, error) { loads++; return size, nil }); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if loads != 9 {
		t.Errorf("%d loads, want 9", loads)
	}
	for schema := range catalog.SchemaID(50) { // together they take its place
		key := partKey{kind: assetsPart, ws: 2, schema: schema + 1, version: 1}
		if _, err := c.get(t.Context(), key, func(context.Context) (sized, error) { return fakePart(10), nil }); err != nil {
			t.Fatal(err)
		}
	}
	if c.used > 112 {
		t.Errorf("%d bytes are kept of what nobody reads any more", c.used)
	}
}

// Results of many times at one version are many parts of a kind: only the last one of them is part of a state.
func TestCacheDropsResultsOfOtherTimes(t *testing.T) {
	t.Parallel()
	c := newCache(100, 1, 10, time.Minute)
	for at := range int64(50) {
		for _, kind := range []partKind{assetsPart, testStatesPart} {
			key := versionKey(1)
			if key.kind = kind; kind == testStatesPart {
				key.asOf = 1 + at
			}
			if _, err := c.get(t.Context(), key, func(context.Context) (sized, error) { return fakePart(60), nil }); err != nil {
				t.Fatal(err)
			}
		}
	}
	if c.used != 120 {
		t.Errorf("%d bytes are kept, want a part of each kind", c.used)
	}
}

// An older version from which a newer one was derived goes first.
func TestCacheDropsDerivedFromFirst(t *testing.T) {
	t.Parallel()
	c := newCache(100, 1, 10, time.Minute)
	for _, version := range []int64{1, 2} {
		if _, err := c.get(t.Context(), versionKey(version), func(context.Context) (sized, error) { return fakePart(40), nil }); err != nil {
			t.Fatal(err)
		}
	}
	c.demote(versionKey(2))
	c.demote(versionKey(7)) // is not there
	if _, err := c.get(t.Context(), versionKey(3), func(context.Context) (sized, error) { return fakePart(40), nil }); err != nil {
		t.Fatal(err)
	}
	if c.peek(versionKey(2)) != nil || c.peek(versionKey(1)) == nil {
		t.Error("the version that was derived from was kept longer than one that was not")
	}
	if part, version := c.newest(versionKey(9), 0); part != fakePart(40) || version != 3 {
		t.Errorf("the newest before version 9 is %v, %d", part, version)
	}
	if part, _ := c.newest(versionKey(1), -50); part != nil {
		t.Errorf("before the first version: %v", part)
	}
}

// One load serves all that wait for it, and goes on when the first of them leaves.
func TestCacheLoadOutlivesItsFirstClient(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCache(100, 1, 10, time.Minute)
		loads := 0
		load := func(ctx context.Context) (sized, error) {
			loads++
			select {
			case <-time.After(time.Second):
				return fakePart(1), nil
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		first, cancel := context.WithCancel(t.Context())
		var wait sync.WaitGroup
		var left error
		wait.Go(func() { _, left = c.get(first, versionKey(1), load) })
		synctest.Wait()
		var served error
		wait.Go(func() { _, served = c.get(t.Context(), versionKey(1), load) })
		synctest.Wait()
		cancel()
		wait.Wait()
		if !errors.Is(left, context.Canceled) || served != nil || loads != 1 {
			t.Errorf("the first got %v, the second %v, after %d loads", left, served, loads)
		}
	})
}

// A load that takes too long is given up, and so is one that panics.
func TestCacheLoadFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCache(100, 1, 10, time.Minute)
		_, err := c.get(t.Context(), versionKey(1), func(ctx context.Context) (sized, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("an endless load: %v", err)
		}
		_, err = c.get(t.Context(), versionKey(1), func(context.Context) (sized, error) { panic("odd") })
		if err == nil || !strings.Contains(err.Error(), "odd") {
			t.Errorf("a panic: %v", err)
		}
	})
}

// Beyond the waiters that are allowed, requests are refused at once.
func TestCacheRefusesAQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCache(100, 1, 3, time.Minute)
		release := make(chan struct{})
		var wait sync.WaitGroup
		for range 3 {
			wait.Go(func() {
				_, err := c.get(t.Context(), versionKey(1), func(context.Context) (sized, error) { <-release; return fakePart(1), nil })
				if err != nil {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		if _, err := c.get(t.Context(), versionKey(2), nil); !errors.Is(err, catalog.ErrOverloaded) {
			t.Errorf("the fourth: %v", err)
		}
		close(release)
		wait.Wait()
		if part, err := c.get(t.Context(), versionKey(1), nil); err != nil || part != fakePart(1) {
			t.Errorf("afterwards: %v, %v", part, err)
		}
	})
}

// At most as many loads work at a time as there are slots.
func TestCacheBoundsLoads(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCache(100, 2, 10, time.Hour)
		working, most := 0, 0
		var mu sync.Mutex
		count := func(by int) {
			mu.Lock()
			defer mu.Unlock()
			working += by
			most = max(most, working)
		}
		var wait sync.WaitGroup
		for version := range int64(6) {
			wait.Go(func() {
				_, err := c.get(t.Context(), versionKey(version), func(ctx context.Context) (sized, error) {
					return fakePart(1), c.work(ctx, func() error {
						count(1)
						time.Sleep(time.Second)
						count(-1)
						return nil
					})
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if most != 2 {
			t.Errorf("%d loads worked at a time, want 2", most)
		}
		stopped, cancel := context.WithCancel(t.Context())
		cancel()
		c.slots <- struct{}{}
		c.slots <- struct{}{}
		if err := c.work(stopped, nil); !errors.Is(err, context.Canceled) {
			t.Errorf("without a slot: %v", err)
		}
	})
}
