package httpapi

import (
	"context"
	"strconv"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/httpserver"
)

// LongPageParams ask for a page of a list that is nearly always short enough to be one page, such as the columns of a
// table.
type LongPageParams struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"2000" default:"2000" doc:"Maximum number of rows per page"`
	Cursor string `query:"cursor" maxLength:"4096" doc:"Position of the page, from links.next of the previous one"`
}

// pageOf returns a page of a list that is in memory.
func pageOf[A any](ctx context.Context, a *API, p access.Principal, params LongPageParams, all []httpserver.Resource[A]) (httpserver.List[A], error) {
	start := 0
	if params.Cursor != "" {
		position, err := a.cursors.Position(p.WS, httpserver.Filter(httpserver.URL(ctx)), params.Cursor)
		if err != nil {
			return httpserver.List[A]{}, err
		}
		if start, err = strconv.Atoi(position); err != nil {
			return httpserver.List[A]{}, httpserver.InvalidCursor()
		}
	}
	start = min(start, len(all))
	end := min(start+params.Limit, len(all))
	next := ""
	if end < len(all) {
		next = strconv.Itoa(end)
	}
	out := httpserver.ListOf[A](ctx, a.cursors, p.WS, params.Limit, next, int64(len(all)))
	out.Data = append(out.Data, all[start:end]...)
	return out, nil
}
