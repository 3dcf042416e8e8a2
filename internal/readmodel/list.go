package readmodel

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/near"
	"github.com/thalweg-data/thalweg/internal/search"
	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/turn"
)

// Filter narrows a list of assets; zero fields let everything through, except
// that removed assets are left out unless Removed asks for them, and kinds that are listed
// on request only (catalog.Kind.OnRequest) unless Kinds does. Sort is name, kind, created_at, updated_at, id or, of one
// schema, downstream, with "-" in front for the other way; "" = tables first, by name.
type Filter struct {
	Kinds          []catalog.Kind
	Project        catalog.ProjectID
	Package        string
	Tag            string
	Owner          string
	Group          string
	Status         string // class of the latest result
	TestStatus     string // class of the latest result of one of its tests
	ColumnTag      string // tag of one of its columns
	Materialized   string
	Removed        bool
	HasDescription *bool
	Query          string // of search.Parse
	Sort           string

	owners []string // who have Owner as their e-mail address
}

// AssetList is one page of a list of assets, with counts over the whole list.
type AssetList struct {
	store.Paged[catalog.Asset]
	Breakdown map[store.Breakdown]map[string]int64
	// Warnings are about values of the filter that no asset has, of an empty list.
	Warnings []catalog.Warning
}

// Assets lists assets. Matching, sorting and counting use the index of the cards in
// memory; only the rows of the page are read.
func (v *View) Assets(ctx context.Context, f Filter, p store.Page, by []store.Breakdown) (AssetList, error) {
	order, err := orderOf(f.Sort)
	if err != nil {
		return AssetList{}, err
	}
	if order, err = v.ordered(ctx, order); err != nil {
		return AssetList{}, err
	}
	after, err := order.after(p)
	if err != nil {
		return AssetList{}, err
	}
	list, err := v.list(ctx, f, order, after, p.Size()+1, by)
	if err != nil {
		return AssetList{}, err
	}
	out := AssetList{Breakdown: list.breakdown, Warnings: append(unknownKeys(search.Parse(f.Query)), warningsOf(list.values)...)}
	for _, want := range list.unmatched {
		out.Warnings = append(out.Warnings, want.warning(maps.Keys(list.assets.index.property(want.property))))
	}
	if f.ColumnTag != "" && list.total == 0 {
		warning, err := v.columnTagWarning(ctx, f.ColumnTag)
		if err != nil {
			return out, err
		}
		out.Warnings = append(out.Warnings, warning...)
	}
	chosen, next, err := cut(list.chosen, order, p, func(a *Asset) *Asset { return a })
	if err != nil {
		return out, err
	}
	out.Next, out.Total = next, list.total
	out.Rows, err = v.read(ctx, list.assets, chosen)
	return out, err
}

// listed is what the index of the cards gives for a list.
type listed struct {
	assets    *Assets
	chosen    []*Asset // the first ones behind the position, in order
	total     int64
	breakdown map[store.Breakdown]map[string]int64 // not to be changed
	unmatched []wanted                             // of an empty list: what no asset has
	values    []unmatchedValue                     // the same of the query
}

// list finds the first assets of a list behind a key, at most so many, and counts all.
func (v *View) list(ctx context.Context, f Filter, o order, after *sortKey, most int, by []store.Breakdown) (listed, error) {
	assets, err := v.m.assets(ctx, v.schemaKey(), v.Version)
	if err != nil {
		return listed{}, err
	}
	if f.owners, err = v.ownersReachedBy(ctx, f.Owner); err != nil {
		return listed{}, err
	}
	set, err := v.matches(ctx, f, assets)
	if err != nil {
		return listed{}, err
	}
	query := search.Parse(f.Query)
	unmatched, err := v.found(ctx, query, assets, set)
	if err != nil {
		return listed{}, err
	}
	out := listed{assets: assets, total: int64(set.count()), values: unmatched, breakdown: make(map[store.Breakdown]map[string]int64, len(by))}
	for _, b := range by {
		if f.everything() {
			out.breakdown[b] = assets.index.breakdown(b)
		} else {
			out.breakdown[b] = assets.index.among(set, brokenDown[b])
		}
	}
	if out.total == 0 {
		out.unmatched = assets.index.without(f.wanted())
	}
	out.chosen = assets.index.page(o, set, after, most)
	return out, nil
}

// found keeps of a set what a query finds, and returns the values of its filters that no asset has.
func (v *View) found(ctx context.Context, query search.Query, assets *Assets, set bitset) ([]unmatchedValue, error) {
	if len(query.Terms)+len(query.Filters) == 0 {
		return nil, nil
	}
	scope, err := v.searchScope(ctx, assets)
	if err != nil {
		return nil, err
	}
	unmatched, err := scope.narrow(ctx, query.Filters, set)
	if err != nil {
		return nil, err
	}
	phrases, err := scope.phrases(ctx, query, set)
	if err != nil {
		return nil, err
	}
	return unmatched, computeAll(ctx, searchSteps(query, len(assets.all)), func() error {
		set.keep(scope.index.hits(query, len(assets.all), phrases).all)
		return nil
	})
}

// wanted is a value of a filter that assets are found by.
type wanted struct {
	property
	param, value string
	more         []string // further values that do as well
}

// positions returns those of the assets with one of the values.
func (w wanted) positions(x *index) []int32 {
	positions := x.with(w.property, w.value)
	for _, value := range w.more {
		positions = slices.Concat(positions, x.with(w.property, value))
	}
	return positions
}

// warning names the value and those that are near it.
func (w wanted) warning(existing iter.Seq[string]) catalog.Warning {
	message := withNear(fmt.Sprintf("%s: no asset has %q", w.param, w.value), w.value, existing)
	return catalog.Warning{Code: catalog.WarningNoMatch, Field: w.param, Message: message}
}

// withNear adds the names that are near a value to a warning about it.
func withNear(warning, value string, existing iter.Seq[string]) string {
	if similar := near.Names(value, existing, maxNearNames); len(similar) > 0 {
		warning += "; near names: " + strings.Join(similar, ", ")
	}
	return warning
}

// wanted lists the values of the filter that may be misspelt.
func (f Filter) wanted() []wanted {
	all := []wanted{
		{pkg, "package", f.Package, nil},
		{group, "group", f.Group, nil},
		{materialized, "materialized", f.Materialized, nil},
		{tag, "tag", f.Tag, nil},
		{owner, "owner", f.Owner, f.owners},
	}
	return slices.DeleteFunc(all, func(w wanted) bool { return w.value == "" })
}

// without returns the values that no asset has.
func (x *index) without(values []wanted) []wanted {
	return slices.DeleteFunc(values, func(w wanted) bool { return len(w.positions(x)) > 0 })
}

// everything reports whether the filter lets all present assets through.
func (f Filter) everything() bool {
	f.Sort = ""
	return reflect.DeepEqual(f, Filter{})
}

// Counts counts the present assets of a project (0 = of all) by kind, each once.
func (v *View) Counts(ctx context.Context, project catalog.ProjectID) (map[string]int64, error) {
	assets, err := v.m.assets(ctx, v.schemaKey(), v.Version)
	if err != nil {
		return nil, err
	}
	set, err := v.matches(ctx, Filter{Project: project}, assets)
	if err != nil {
		return nil, err
	}
	counts := map[string]int64{}
	set.each(func(i int32) bool {
		counts[string(assets.all[i].Kind)]++
		return true
	})
	return counts, nil
}

// About how many steps it takes to read and decode the row of an asset, and to reply with it.
const (
	rowSteps   = 600
	replySteps = 550
)

// read reads the rows of assets and keeps their order.
func (v *View) read(ctx context.Context, assets *Assets, chosen []*Asset) ([]catalog.Asset, error) {
	rows, missing := assets.rows.split(chosen)
	ids := make([]catalog.AssetID, len(missing))
	for i, a := range missing {
		ids[i] = a.ID
	}
	if err := turn.Take(ctx, rowSteps*len(ids)); err != nil {
		return nil, err
	}
	if err := turn.Expect(ctx, replySteps*len(chosen)); err != nil {
		return nil, err
	}
	stored, err := v.m.store.AssetsAt(ctx, v.ws(), v.Schema.ID, v.Version, ids)
	if err != nil {
		return nil, err
	}
	for _, a := range missing {
		n, ok := slices.BinarySearchFunc(stored, a.ID, func(row catalog.Asset, id catalog.AssetID) int { return cmp.Compare(row.ID, id) })
		if !ok {
			return nil, fmt.Errorf("asset %d of version %d is gone: %w", a.ID, v.Version, catalog.ErrConflict)
		}
		rows[a] = stored[n]
		assets.rows.add(a, stored[n])
	}
	out := make([]catalog.Asset, len(chosen))
	for i, a := range chosen {
		out[i] = rows[a]
	}
	return out, nil
}

// matches returns the positions of the assets that a filter lets through.
func (v *View) matches(ctx context.Context, f Filter, assets *Assets) (bitset, error) {
	x := assets.index
	set := x.listed(!f.Removed, len(f.Kinds) > 0 || search.Parse(f.Query).NamesKind())
	if len(f.Kinds) > 0 {
		var lists [][]int32
		for _, k := range f.Kinds {
			lists = append(lists, x.with(kind, string(k)))
		}
		set.keep(x.set(lists...))
	}
	if f.Project != 0 {
		set.keep(x.set(x.with(project, f.Project.String())))
	}
	if f.HasDescription != nil {
		set.keep(x.set(x.with(described, boolean(*f.HasDescription))))
	}
	for _, want := range f.wanted() {
		set.keep(x.set(want.positions(x)))
	}
	if f.Status != "" {
		classes, _, err := v.classes(ctx)
		if err != nil {
			return nil, err
		}
		set.keep(x.set(x.status(classes, f.Status)))
	}
	narrowed, err := v.narrowed(ctx, f)
	if err != nil {
		return nil, err
	}
	for _, ids := range narrowed {
		set.each(func(i int32) bool {
			if !ids[x.all[i].ID] {
				set.remove(i)
			}
			return true
		})
	}
	return set, nil
}

// narrowed returns the sets of assets that the filters on tests and columns let
// through.
func (v *View) narrowed(ctx context.Context, f Filter) ([]map[catalog.AssetID]bool, error) {
	var sets []map[catalog.AssetID]bool
	if f.TestStatus != "" {
		states, err := v.testStates(ctx)
		if err != nil {
			return nil, err
		}
		sets = append(sets, states.assets(f.TestStatus))
	}
	if f.ColumnTag != "" {
		part, err := v.m.part(ctx, v.schemaKey(), columnTagsPart, v.Version)
		if err != nil {
			return nil, err
		}
		sets = append(sets, part.(*ColumnTags).assets(f.ColumnTag))
	}
	return sets, nil
}
