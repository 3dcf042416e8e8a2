package httpserver

import (
	"context"
	"errors"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// PageParams ask for a page.
type PageParams struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Maximum number of rows per page"`
	Cursor string `query:"cursor" maxLength:"4096" doc:"Position of the page, from links.next of the previous one"`
}

// Page returns the page of the store that the parameters ask for.
func (c *Cursors) Page(ctx context.Context, ws int64, params PageParams) (store.Page, error) {
	page := store.Page{Limit: params.Limit}
	if params.Cursor == "" {
		return page, nil
	}
	var err error
	page.After, err = c.Position(ws, Filter(URL(ctx)), params.Cursor)
	return page, err
}

// ListOf returns an empty page for rows to be appended. next is the position of the next page, "" without one; a
// negative total means that rows are not counted.
func ListOf[A any](ctx context.Context, c *Cursors, ws int64, limit int, next string, total int64) List[A] {
	list := List[A]{Data: []Resource[A]{}, Meta: ListMeta{Limit: limit}}
	list.Links.Next = c.Next(URL(ctx), ws, next)
	if total >= 0 {
		list.Meta.Total = &total
	}
	return list
}

// ListOfPage returns an empty page for rows to be appended, of a page of the store.
func ListOfPage[A, R any](ctx context.Context, c *Cursors, ws int64, limit int, rows store.Paged[R]) List[A] {
	list := ListOf[A](ctx, c, ws, limit, rows.Next, rows.Total)
	if rows.More {
		list.Meta.Total, list.Meta.AtLeast = nil, rows.Total
	}
	return list
}

// StaleCursor turns the store's rejection of a page position into the reply for an invalid cursor; every other error
// is returned unchanged.
func StaleCursor(err error, page store.Page) error {
	if page.After != "" && errors.Is(err, catalog.ErrInvalid) {
		return InvalidCursor()
	}
	return err
}
