package httpapi

import (
	"context"
	"sync"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

const (
	// countedAssets is how many changed assets are compared to count their changes.
	countedAssets = 200
	// keptCounts is how many counts are kept.
	keptCounts = 4096
)

// changeList names a list of changes. What served versions changed is never changed, but retention deletes the oldest
// of them: assets is how many changed assets the list has.
type changeList struct {
	schema   catalog.SchemaID
	asset    catalog.AssetID // 0: of all
	from, to int64
	assets   int64
}

// changeCounts keeps how many changes lists have, so that further pages and requests compare no assets to count them.
type changeCounts struct {
	mu     sync.Mutex
	counts map[changeList]int64
	order  []changeList // the oldest comes first
}

func (c *changeCounts) get(of changeList) (int64, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n, ok := c.counts[of]
	return n, ok
}

func (c *changeCounts) put(of changeList, n int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.counts[of]; ok {
		return
	}
	if len(c.order) >= keptCounts {
		delete(c.counts, c.order[0])
		c.order = c.order[1:]
	}
	if c.counts == nil {
		c.counts = map[changeList]int64{}
	}
	c.counts[of] = n
	c.order = append(c.order, of)
}

// count returns the number of changes of a list; -1 if too many assets changed. rows is that number if the list has one
// page, else -1.
func (c *changeCounts) count(ctx context.Context, of changeList, read changedAssets, rows int) (int64, error) {
	if of.assets > countedAssets && rows < 0 {
		return -1, nil
	}
	if n, ok := c.get(of); ok {
		return n, nil
	}
	n := int64(rows)
	if rows < 0 {
		page, err := read(ctx, store.Page{Limit: countedAssets})
		if err != nil {
			return 0, err
		}
		n = 0
		for i := range page.Rows {
			n += int64(len(changesOf(page.Rows[i])))
		}
	}
	c.put(of, n)
	return n, nil
}
