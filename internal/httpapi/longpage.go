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
	return pageWithin(ctx, a, p, params, len(all), 0, func(i int) (httpserver.Resource[A], int, error) { return all[i], 0, nil })
}

// pageWithin returns a page of n resources, which a function makes one by one with their sizes. The page ends early
// where they have more bytes, unless a single one has.
func pageWithin[A any](ctx context.Context, a *API, p access.Principal, params LongPageParams, n, bytes int,
	at func(int) (httpserver.Resource[A], int, error),
) (httpserver.List[A], error) {
	start, err := pageStart(ctx, a, p, params)
	if err != nil {
		return httpserver.List[A]{}, err
	}
	var rows []httpserver.Resource[A]
	for i := min(start, n); i < min(start+params.Limit, n); i++ {
		r, size, err := at(i)
		if err != nil {
			return httpserver.List[A]{}, err
		}
		if bytes -= size; bytes < 0 && len(rows) > 0 {
			break
		}
		rows = append(rows, r)
	}
	next := ""
	if end := start + len(rows); end < n {
		next = strconv.Itoa(end)
	}
	out := httpserver.ListOf[A](ctx, a.cursors, p.WS, params.Limit, next, int64(n))
	out.Data = append(out.Data, rows...)
	return out, nil
}

// pageStart is the number of the first row of a page.
func pageStart(ctx context.Context, a *API, p access.Principal, params LongPageParams) (int, error) {
	if params.Cursor == "" {
		return 0, nil
	}
	position, err := a.cursors.Position(p.WS, httpserver.Filter(httpserver.URL(ctx)), params.Cursor)
	if err != nil {
		return 0, err
	}
	start, err := strconv.Atoi(position)
	if err != nil {
		return 0, httpserver.InvalidCursor()
	}
	return start, nil
}
