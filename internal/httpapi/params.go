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
	"github.com/thalweg-data/thalweg/internal/httpserver"
)

// AtParam asks for an older state.
type AtParam struct {
	At string `query:"at" maxLength:"64" doc:"An older state: number of a version, or an RFC 3339 time"`
}

// IDParam is the id in a path.
type IDParam struct {
	ID string `path:"id" maxLength:"64"`
}

// schema finds a schema that the principal may see; catalog.ErrNotFound else.
func (a *API) schema(ctx context.Context, p access.Principal, id string) (catalog.Schema, error) {
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
func (a *API) schemaFilter(ctx context.Context, p access.Principal, id string) (catalog.SchemaID, error) {
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
	return 0, httpserver.InvalidParameter("schema_id", "this key is limited to some schemas: one of them is required")
}

// version finds the version that `at` means. The served one is its default.
func (a *API) version(ctx context.Context, p access.Principal, s catalog.Schema, at string) (int64, error) {
	if at == "" {
		return s.Version, nil
	}
	if n, err := strconv.ParseInt(at, 10, 64); err == nil {
		if n < 0 {
			return 0, httpserver.InvalidParameter("at", "must not be negative")
		}
		if n > s.Version {
			return 0, fmt.Errorf("version %d of %s: %w", n, s.ID, catalog.ErrNotFound)
		}
		return n, nil
	}
	// A plus sign that was not escaped in the address reads as a space.
	t, err := time.Parse(time.RFC3339Nano, strings.Replace(at, " ", "+", 1))
	if err != nil {
		return 0, httpserver.InvalidParameter("at", "want a version number or a time such as 2026-01-10T18:00:00Z")
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
