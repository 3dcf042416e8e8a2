package readmodel

import (
	"cmp"
	"context"
	"path"
	"slices"
	"strings"
	"unsafe"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// TableHealth is the health of a table.
type TableHealth struct {
	Table  *Asset
	Health catalog.Health
}

// health is that of the tables of a version after some number of runs, by id. It does not depend on the weights.
type health struct{ tables []TableHealth }

func (h *health) size() int64 { return int64(len(h.tables)) * int64(unsafe.Sizeof(TableHealth{})) }

// health returns the health of all tables.
func (v *View) health(ctx context.Context) (*health, error) {
	if v.Version == 0 {
		return &health{}, nil
	}
	assets, err := v.m.assets(ctx, v.schemaKey(), v.Version)
	if err != nil {
		return nil, err
	}
	part, err := v.m.part(ctx, v.schemaKey(), tablesCoveragePart, v.Version)
	if err != nil {
		return nil, err
	}
	covered := part.(*tablesCoverage)
	tests, err := v.testStates(ctx)
	if err != nil {
		return nil, err
	}
	classes, stored, err := v.classes(ctx)
	if err != nil {
		return nil, err
	}
	fresh, err := v.freshness(ctx)
	if err != nil {
		return nil, err
	}
	made, err := v.m.cache.get(ctx, v.resultsKey(healthPart, stored), func(context.Context) (sized, error) {
		return healthOf(assets, covered, tests, classes, fresh), nil
	})
	if err != nil {
		return nil, err
	}
	return made.(*health), nil
}

func healthOf(assets *Assets, covered *tablesCoverage, tests *testStates, classes *Classes, fresh *freshness) *health {
	statuses := map[catalog.AssetID]string{}
	for i := range fresh.rows {
		statuses[fresh.rows[i].Table.ID] = fresh.rows[i].Status
	}
	keys := assets.index.nodeKeys()
	out := &health{}
	for i, a := range assets.all {
		c := covered.of(a.ID)
		if c == nil || !a.inGraph() {
			continue
		}
		counts := tests.tables[a.ID]
		out.tables = append(out.tables, TableHealth{a, catalog.HealthOf(catalog.HealthFacts{
			Coverage: c.coverage(), Pass: counts.Pass, Warn: counts.Warn, Fail: counts.Fail + counts.Error,
			Run: classes.class(keys[i]), Freshness: statuses[a.ID],
		})})
	}
	return out
}

// Health returns the health of all tables of the version together.
func (v *View) Health(ctx context.Context) (mean catalog.HealthMean, err error) {
	all, err := v.health(ctx)
	if err != nil {
		return mean, err
	}
	for _, t := range all.tables {
		mean.Add(t.Health, v.Schema.Health)
	}
	return mean, nil
}

// FolderHealth is the health of the tables of a folder together, without those of folders in it.
type FolderHealth struct {
	Folder string // of the files, below the name of the package: shop/models/marts
	catalog.HealthMean
}

// HealthByFolder lists the health of the folders of the version, by name.
func (v *View) HealthByFolder(ctx context.Context, p store.Page) (store.Paged[FolderHealth], error) {
	all, err := v.health(ctx)
	if err != nil {
		return store.Paged[FolderHealth]{}, err
	}
	of := map[string]*FolderHealth{}
	for _, t := range all.tables {
		name := healthFolder(t.Table)
		if of[name] == nil {
			of[name] = &FolderHealth{Folder: name}
		}
		of[name].Add(t.Health, v.Schema.Health)
	}
	rows := make([]FolderHealth, 0, len(of))
	for _, f := range of {
		rows = append(rows, *f)
	}
	slices.SortFunc(rows, func(a, b FolderHealth) int { return strings.Compare(a.Folder, b.Folder) })
	return slicePage(rows, p)
}

// healthFolder is the folder of a table's file, below the name of its package.
func healthFolder(a *Asset) string {
	folder := path.Dir(strings.ReplaceAll(a.Path, `\`, "/"))
	if a.Path == "" || folder == "." || folder == "/" {
		folder = ""
	}
	return path.Join(a.Package, folder)
}

// HealthSort is an order of tables.
type HealthSort string

// The orders of tables. Of equal scores the name decides, then the unique id.
const (
	WorstFirst  HealthSort = "score" // tables without a score come last
	BestFirst   HealthSort = "-score"
	ByTableName HealthSort = "name"
)

// HealthFilter chooses tables; zero fields let everything through.
type HealthFilter struct {
	Folder string // with the folders in it
	Asset  catalog.AssetID
	Sort   HealthSort
}

// TablesHealth lists the health of tables.
func (v *View) TablesHealth(ctx context.Context, f HealthFilter, p store.Page) (store.Paged[TableHealth], error) {
	all, err := v.health(ctx)
	if err != nil {
		return store.Paged[TableHealth]{}, err
	}
	type scored struct {
		TableHealth
		score float64
	}
	var chosen []scored
	for _, t := range all.tables {
		if f.Asset != 0 && t.Table.ID != f.Asset || f.Folder != "" && !inFolder(healthFolder(t.Table), f.Folder) {
			continue
		}
		score, ok := t.Health.Score(v.Schema.Health)
		switch {
		case f.Sort == ByTableName:
			score = 0
		case !ok:
			score = 101
		case f.Sort == BestFirst:
			score = -score
		}
		chosen = append(chosen, scored{t, score})
	}
	slices.SortFunc(chosen, func(a, b scored) int {
		return cmp.Or(cmp.Compare(a.score, b.score), strings.Compare(a.Table.Name, b.Table.Name),
			strings.Compare(a.Table.UniqueID, b.Table.UniqueID), cmp.Compare(a.Table.ID, b.Table.ID))
	})
	page, err := slicePage(chosen, p)
	out := store.Paged[TableHealth]{Next: page.Next, Total: page.Total}
	for _, t := range page.Rows {
		out.Rows = append(out.Rows, t.TableHealth)
	}
	return out, err
}

// inFolder reports whether a folder is another one or in it.
func inFolder(folder, other string) bool {
	return folder == other || strings.HasPrefix(folder, other+"/")
}
