package readmodel

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// order sorts assets by a property and then by id.
type order struct {
	down   bool
	text   func(*Asset) string // one of the two
	number func(*Asset) int64
}

func orderOf(sort string) (order, error) {
	o := order{}
	sort, o.down = strings.CutPrefix(sort, "-")
	switch sort {
	case "", "name":
		o.text = func(a *Asset) string { return store.SortName(a.Name) }
	case "kind":
		o.text = func(a *Asset) string { return string(a.Kind) }
	case "created_at":
		o.number = func(a *Asset) int64 { return micros(a.CreatedAt) }
	case "updated_at":
		o.number = func(a *Asset) int64 { return micros(a.UpdatedAt) }
	case "id":
		o.number = func(a *Asset) int64 { return int64(a.ID) }
	default:
		return o, fmt.Errorf("sort %q: %w", sort, catalog.ErrInvalid)
	}
	return o, nil
}

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// sortKey is what one asset is sorted by.
type sortKey struct {
	text   string
	number int64
	id     catalog.AssetID
}

func (o order) key(a *Asset) sortKey {
	if o.text != nil {
		return sortKey{text: o.text(a), id: a.ID}
	}
	return sortKey{number: o.number(a), id: a.ID}
}

func (o order) compare(a, b sortKey) int {
	c := cmp.Or(strings.Compare(a.text, b.text), cmp.Compare(a.number, b.number), cmp.Compare(a.id, b.id))
	if o.down {
		return -c
	}
	return c
}

// after reads the key after which a page begins; nil for the first page.
func (o order) after(p store.Page) (*sortKey, error) {
	var k sortKey
	var value any = &k.number
	if o.text != nil {
		value = &k.text
	}
	given, err := p.Position(value, (*int64)(&k.id))
	if err != nil || !given {
		return nil, err
	}
	return &k, nil
}

func (o order) position(a *Asset) (string, error) {
	k := o.key(a)
	if o.text != nil {
		return store.NewPosition(k.text, k.id)
	}
	return store.NewPosition(k.number, k.id)
}

// topAssets keeps the first assets of a list in order, without sorting the rest.
type topAssets struct {
	order  order
	most   int
	after  *sortKey
	chosen []*Asset
	keys   []sortKey // of chosen
}

func (t *topAssets) offer(a *Asset) {
	key := t.order.key(a)
	if t.after != nil && t.order.compare(key, *t.after) <= 0 {
		return
	}
	if n := len(t.keys); n == t.most {
		if t.order.compare(key, t.keys[n-1]) >= 0 {
			return
		}
		t.keys, t.chosen = t.keys[:n-1], t.chosen[:n-1]
	}
	at, _ := slices.BinarySearchFunc(t.keys, key, t.order.compare)
	t.keys, t.chosen = slices.Insert(t.keys, at, key), slices.Insert(t.chosen, at, a)
}
