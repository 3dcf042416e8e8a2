package httpapi

import (
	"context"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/store"
)

// pagesPerRequest bounds the pages of changed assets that are read for a page of changes: some have no change that is
// shown.
const pagesPerRequest = 8

// changedAssets reads a page of changed assets.
type changedAssets func(context.Context, store.Page) (store.Paged[store.ChangedAsset], error)

// changes returns a page of changes. Changes are the differences of assets, so a position has the position of the
// asset, in the store's form, and how many of its changes were on earlier pages.
func (a *API) changes(ctx context.Context, p access.Principal, params httpserver.PageParams, of changeList, read changedAssets) (*httpserver.Body[Changes], error) {
	page, err := a.cursors.Page(ctx, p.WS, params)
	if err != nil {
		return nil, err
	}
	var from string
	var skip int64
	if _, err := page.Position(&from, &skip); err != nil {
		return nil, httpserver.InvalidCursor()
	}
	cut := changePage{limit: params.Limit, rows: []ChangeRow{}, before: from, skip: int(skip)}
	complete := false
	for range pagesPerRequest {
		assets, err := read(ctx, store.Page{Limit: params.Limit, After: cut.before})
		if err != nil {
			return nil, httpserver.StaleCursor(err, page)
		}
		of.assets = assets.Total
		if err := cut.add(assets.Rows); err != nil {
			return nil, err
		}
		if complete = assets.Next == "" && !cut.full; complete || cut.full {
			break
		}
	}
	next := ""
	if !complete {
		if next, err = store.NewPosition(cut.before, int64(cut.skip)); err != nil {
			return nil, err
		}
	}
	rows := -1
	if complete && page.After == "" {
		rows = len(cut.rows)
	}
	count, err := a.counts.count(ctx, of, read, rows)
	if err != nil {
		return nil, err
	}
	frame := httpserver.ListOf[Change](ctx, a.cursors, p.WS, params.Limit, next, count)
	return httpserver.Reply(Changes{Data: cut.rows, Links: frame.Links, Meta: ChangesMeta{ListMeta: frame.Meta, ChangedAssets: of.assets}}), nil
}

// changePage collects the rows of a page.
type changePage struct {
	limit  int
	rows   []ChangeRow
	before string // position of the asset that comes next
	skip   int    // how many of its changes were taken
	bytes  int    // of the values of the rows
	full   bool
}

// changeBytes is how many bytes the values of a page of changes have at most, unless a single change has more.
const changeBytes = 1 << 20

// room returns how many of some changes the page has room for.
func (c *changePage) room(changes []ChangeRow) int {
	n := 0
	for n < min(len(changes), c.limit-len(c.rows)) {
		size := changes[n].valueBytes()
		if c.bytes+size > changeBytes && len(c.rows)+n > 0 {
			break
		}
		c.bytes += size
		n++
	}
	return n
}

// valueBytes is the length of the two values of a change.
func (c *Change) valueBytes() int {
	n := 0
	for _, value := range []*string{c.Old, c.New} {
		if value != nil {
			n += len(*value)
		}
	}
	return n
}

// add takes the changes of assets until the page is full.
func (c *changePage) add(assets []store.ChangedAsset) error {
	for i := range assets {
		changes := changesOf(assets[i])
		left := changes[min(c.skip, len(changes)):]
		if room := c.room(left); len(left) > room {
			c.rows = append(c.rows, left[:room]...)
			c.skip += room
			c.full = true
			return nil
		}
		c.rows, c.skip = append(c.rows, left...), 0
		var err error
		if c.before, err = assets[i].Position(); err != nil {
			return err
		}
	}
	return nil
}
