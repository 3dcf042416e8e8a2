package httpapi

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// PageParams ask for a page.
type PageParams struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Rows of a page at most"`
	Cursor string `query:"cursor" maxLength:"4096" doc:"Where the page begins, from links.next of the page before"`
}

// AtParam asks for an older state.
type AtParam struct {
	At string `query:"at" maxLength:"64" doc:"An older state: number of a version, or an RFC 3339 time"`
}

// IDParam is the id in a path.
type IDParam struct {
	ID string `path:"id" maxLength:"64"`
}

// page reads where a list goes on.
func (a *api) page(ctx context.Context, p access.Principal, params PageParams) (store.Page, error) {
	page := store.Page{Limit: params.Limit}
	if params.Cursor == "" {
		return page, nil
	}
	var err error
	page.After, err = a.cursors.Position(p.WS, Filter(exchangeOf(ctx).url), params.Cursor)
	return page, err
}

// listed makes the frame of a list from a page of the store.
func listed[A any](ctx context.Context, a *api, p access.Principal, limit int, next string, total int64) List[A] {
	list := List[A]{Data: []Resource[A]{}, Meta: ListMeta{Limit: limit}}
	list.Links.Next = a.cursors.Next(exchangeOf(ctx).url, p.WS, next)
	if total >= 0 {
		list.Meta.Total = &total
	}
	return list
}

// stale tells a page position that the store no longer takes from other
// errors.
func stale(err error, page store.Page) error {
	if page.After != "" && errors.Is(err, catalog.ErrInvalid) {
		return invalidCursor()
	}
	return err
}

// schema finds a schema that the principal may see; catalog.ErrNotFound else.
func (a *api) schema(ctx context.Context, p access.Principal, id string) (catalog.Schema, error) {
	n, err := catalog.ParseIDOf(catalog.PrefixSchema, id)
	if err != nil {
		return catalog.Schema{}, err
	}
	if !p.Sees(catalog.SchemaID(n)) {
		return catalog.Schema{}, fmt.Errorf("schema %s: %w", id, catalog.ErrNotFound)
	}
	return a.store.Schema(ctx, p.WS, catalog.SchemaID(n))
}

// schemaFilter reads an optional schema_id; 0 = all. A key that is limited to
// some schemas has to name one.
func (a *api) schemaFilter(ctx context.Context, p access.Principal, id string) (catalog.SchemaID, error) {
	if id != "" {
		s, err := a.schema(ctx, p, id)
		return s.ID, err
	}
	switch len(p.Schemas) {
	case 0:
		return 0, nil
	case 1:
		return p.Schemas[0], nil
	}
	return 0, invalidParameter("schema_id", "this key is limited to some schemas; name one")
}

func invalidParameter(name, format string, args ...any) *Problem {
	detail := fmt.Sprintf(format, args...)
	return NewProblem(CodeInvalidParameter, "%s: %s.", name, detail).About(name, detail)
}

// version finds the version that `at` means. The served one is its default.
func (a *api) version(ctx context.Context, p access.Principal, s catalog.Schema, at string) (int64, error) {
	if at == "" {
		return s.Version, nil
	}
	if n, err := strconv.ParseInt(at, 10, 64); err == nil {
		if n < 0 {
			return 0, invalidParameter("at", "a version is not negative")
		}
		if n > s.Version {
			return 0, fmt.Errorf("version %d of %s: %w", n, s.ID, catalog.ErrNotFound)
		}
		return n, nil
	}
	// A plus sign that was not escaped in the address reads as a space.
	t, err := time.Parse(time.RFC3339Nano, strings.Replace(at, " ", "+", 1))
	if err != nil {
		return 0, invalidParameter("at", "give a number or a time such as 2026-01-10T18:00:00Z")
	}
	n, err := a.store.VersionAt(ctx, p.WS, s.ID, t)
	if errors.Is(err, catalog.ErrNotFound) {
		return 0, nil
	}
	return n, err
}

// words splits a parameter with commas.
func words(s string) []string {
	var out []string
	for w := range strings.SplitSeq(s, ",") {
		if w = strings.TrimSpace(w); w != "" {
			out = append(out, w)
		}
	}
	return out
}
