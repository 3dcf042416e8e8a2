package readmodel

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

// At chooses a version of a schema; the zero At means the served one.
type At struct {
	set    bool
	number int64
	time   time.Time
}

// AtVersion chooses a version by its number.
func AtVersion(n int64) At { return At{set: true, number: n} }

// AtTime chooses the version that was served at a time; 0 before the first.
func AtTime(t time.Time) At { return At{set: true, time: t} }

// ParseAt reads a version's number, a time or a day, which is read as its end, UTC.
func ParseAt(text string) (At, error) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		if n < 0 {
			return At{}, errors.New("must not be negative")
		}
		return AtVersion(n), nil
	}
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return AtTime(day.AddDate(0, 0, 1).Add(-time.Microsecond)), nil // of the store's precision
	}
	// An unescaped plus sign in an address is read as a space.
	t, err := time.Parse(time.RFC3339Nano, strings.Replace(text, " ", "+", 1))
	if err != nil {
		return At{}, errors.New("want a version number, a time such as 2026-01-10T18:00:00Z or a day such as 2026-01-10")
	}
	return AtTime(t), nil
}

// View is one version of one schema as one principal sees it. Everything that it
// answers is of that version, whatever is imported meanwhile.
type View struct {
	m         *Model
	Principal access.Principal
	Schema    catalog.Schema
	Version   int64      // 0: nothing was there yet
	asOf      store.AsOf // the results of runs that the view shows
}

// View makes a view of the served version. It is where visibility is checked: a
// schema of another workspace, one outside the principal's limits and one that
// does not exist are the same catalog.ErrNotFound.
func (m *Model) View(ctx context.Context, p access.Principal, id catalog.SchemaID) (*View, error) {
	if !p.Sees(id) {
		return nil, fmt.Errorf("schema %s: %w", id, catalog.ErrNotFound)
	}
	schema, err := m.store.Schema(ctx, p.WS, id)
	if err != nil {
		return nil, err
	}
	return &View{m: m, Principal: p, Schema: schema, Version: schema.Version}, nil
}

// At returns the view of another version of the schema; catalog.ErrNotFound for
// one that is not served yet, catalog.HistoryError for one that retention has
// deleted.
func (v *View) At(ctx context.Context, at At) (*View, error) {
	n, err := v.versionAt(ctx, at)
	if err == nil && at.set && n < v.Schema.Version {
		err = v.kept(ctx, n)
	}
	if err != nil {
		return nil, err
	}
	other := *v
	other.Version = n
	other.asOf, err = v.resultsAsOf(ctx, at, n)
	return &other, err
}

// resultsAsOf bounds the results that a view shows: those that were known at the time that was
// asked for, or when the version was made.
func (v *View) resultsAsOf(ctx context.Context, at At, n int64) (store.AsOf, error) {
	switch {
	case !at.set || at.time.IsZero() && n == v.Schema.Version:
		return store.AsOf{}, nil
	case !at.time.IsZero():
		return store.AsOf{At: at.time, Version: n}, nil
	case n == 0:
		return store.AsOf{At: v.Schema.CreatedAt}, nil
	}
	version, err := v.m.store.Version(ctx, v.ws(), v.Schema.ID, n)
	return store.AsOf{At: version.At, Version: n}, err
}

func (v *View) versionAt(ctx context.Context, at At) (int64, error) {
	switch {
	case !at.set:
		return v.Schema.Version, nil
	case !at.time.IsZero():
		n, err := v.m.store.VersionAt(ctx, v.ws(), v.Schema.ID, at.time)
		if errors.Is(err, catalog.ErrNotFound) {
			return 0, nil
		}
		return n, err
	case at.number < 0 || at.number > v.Schema.Version:
		return 0, fmt.Errorf("version %d of %s: %w", at.number, v.Schema.ID, catalog.ErrNotFound)
	}
	return at.number, nil
}

// kept refuses a version that retention has deleted.
func (v *View) kept(ctx context.Context, version int64) error {
	first, err := v.m.store.FirstVersion(ctx, v.ws(), v.Schema.ID)
	if err == nil && version < first {
		err = &catalog.HistoryError{Schema: v.Schema.ID, First: first}
	}
	return err
}

func (v *View) ws() int64 { return v.Principal.WS }

func (v *View) schemaKey() schemaKey { return schemaKey{v.Principal.WS, v.Schema.ID} }

// of makes the view of what belongs to a schema, once it is found.
func of[T any](ctx context.Context, m *Model, p access.Principal, found T, err error, schema func(T) catalog.SchemaID) (*View, T, error) {
	var none T
	if err != nil {
		return nil, none, err
	}
	v, err := m.View(ctx, p, schema(found))
	if err != nil {
		return nil, none, err
	}
	return v, found, nil
}

// Project finds a project and makes the view of its schema.
func (m *Model) Project(ctx context.Context, p access.Principal, id catalog.ProjectID) (*View, catalog.Project, error) {
	project, err := m.store.Project(ctx, p.WS, id)
	return of(ctx, m, p, project, err, func(r catalog.Project) catalog.SchemaID { return r.SchemaID })
}

// Import finds an import and makes the view of its schema.
func (m *Model) Import(ctx context.Context, p access.Principal, id catalog.ImportID) (*View, catalog.Import, error) {
	imp, err := m.store.Import(ctx, p.WS, id)
	return of(ctx, m, p, imp, err, func(r catalog.Import) catalog.SchemaID { return r.SchemaID })
}

// Run finds a run and makes the view of its schema.
func (m *Model) Run(ctx context.Context, p access.Principal, id catalog.RunID) (*View, catalog.Run, error) {
	run, err := m.store.Run(ctx, p.WS, id)
	return of(ctx, m, p, run, err, func(r catalog.Run) catalog.SchemaID { return r.SchemaID })
}

// Asset finds an asset in the served version of its schema. kindPrefix is that of
// the id by which it was asked for.
func (m *Model) Asset(ctx context.Context, p access.Principal, id catalog.AssetID, kindPrefix string) (*View, catalog.Asset, error) {
	var asset catalog.Asset
	schemas, err := m.store.SchemasOf(ctx, p.WS, []catalog.AssetID{id})
	if err != nil {
		return nil, asset, err
	}
	schema, ok := schemas[id]
	if !ok {
		return nil, asset, fmt.Errorf("asset %d: %w", id, catalog.ErrNotFound)
	}
	v, err := m.View(ctx, p, schema)
	if err != nil {
		return nil, asset, err
	}
	if asset, err = v.Asset(ctx, id); err == nil && asset.Kind.Prefix() != kindPrefix {
		err = fmt.Errorf("asset %d: %w", id, catalog.ErrNotFound)
	}
	if err != nil {
		return nil, catalog.Asset{}, err
	}
	return v, asset, nil
}
