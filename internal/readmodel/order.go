package readmodel

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// order sorts assets by a property and then by id.
type order struct {
	by     string // name, kind, created_at, updated_at, id or downstream; "" is tables first, by name
	down   bool
	text   func(*Asset) string // one of the two
	number func(*Asset) int64
}

// byDownstream sorts by the number of direct children, which is of a version's graph and not of an asset.
const byDownstream = "downstream"

// ordered completes an order that needs the graph of the version.
func (v *View) ordered(ctx context.Context, o order) (order, error) {
	if o.by != byDownstream || v.Version == 0 {
		return o, nil
	}
	tables, err := v.m.tableGraph(ctx, v.schemaKey(), v.Version)
	if err != nil {
		return o, err
	}
	o.number = func(a *Asset) int64 {
		n, ok := tables.assets.number(a.ID)
		if !ok {
			return 0
		}
		return int64(tables.count(tables.graph.Children(n)))
	}
	return o, nil
}

func orderOf(sort string) (order, error) {
	o := order{}
	o.by, o.down = strings.CutPrefix(sort, "-")
	switch o.by {
	case "":
		o.text = func(a *Asset) string { return store.TablesFirst(a.Kind, a.Name) }
	case "name":
		o.text = func(a *Asset) string { return store.SortName(a.Name) }
	case "kind":
		o.text = func(a *Asset) string { return string(a.Kind) }
	case "created_at":
		o.number = func(a *Asset) int64 { return micros(a.CreatedAt) }
	case "updated_at":
		o.number = func(a *Asset) int64 { return micros(a.UpdatedAt) }
	case "id":
		o.number = func(a *Asset) int64 { return int64(a.ID) }
	case byDownstream:
		o.number = func(*Asset) int64 { return 0 } // until View.ordered knows the graph
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

// cut returns the rows of a page and the position of the next one. rows has one more
// than the page if there is a next one.
func cut[R any](rows []R, o order, p store.Page, asset func(R) *Asset) (page []R, next string, err error) {
	if len(rows) <= p.Size() {
		return rows, "", nil
	}
	page = rows[:p.Size()]
	next, err = o.position(asset(page[len(page)-1]))
	return page, next, err
}

func (o order) position(a *Asset) (string, error) {
	k := o.key(a)
	if o.text != nil {
		return store.NewPosition(k.text, k.id)
	}
	return store.NewPosition(k.number, k.id)
}
