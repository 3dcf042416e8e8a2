package readmodel

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/near"
	"github.com/thalweg-data/thalweg/internal/search"
)

// filterProperties are the properties of assets that filters of a query name.
var filterProperties = map[string]property{
	search.KeyKind: kind, search.KeyTag: tag, search.KeyOwner: owner, search.KeyPackage: pkg, search.KeyGroup: group,
	search.KeyMaterialized: materialized,
}

// searchScope is what the filters of a query are evaluated over.
type searchScope struct {
	v      *View
	assets *Assets
	index  *SearchIndex
}

func (s searchScope) newSet() bitset { return newBitset(len(s.assets.all)) }

// narrow keeps of a set the assets that the filters let through. unmatched are the values that no asset has.
func (s searchScope) narrow(ctx context.Context, filters []search.Filter, set bitset) (unmatched []unmatchedValue, err error) {
	for _, f := range filters {
		found := s.newSet()
		for _, value := range f.Values {
			one, existing, err := s.with(ctx, f.Key, value)
			if err != nil {
				return nil, err
			}
			if one == nil {
				unmatched = append(unmatched, unmatchedValue{f.Key, value, existing})
				continue
			}
			found.join(one)
		}
		if f.Not {
			set.without(found)
		} else {
			set.keep(found)
		}
	}
	return unmatched, nil
}

// unmatchedValue is a value of a filter that no asset has.
type unmatchedValue struct {
	key, value string
	existing   []string // values that there are
}

func (u unmatchedValue) warning() catalog.Warning {
	message := withNear(fmt.Sprintf("%s: no asset has %q", u.key, u.value), u.value, slices.Values(u.existing))
	return catalog.Warning{Code: catalog.WarningNoMatch, Field: "q", Message: message}
}

// with returns the assets with a value of a filter; nil, with the values that there are, if there is none.
func (s searchScope) with(ctx context.Context, key, value string) (found bitset, existing []string, err error) {
	switch key {
	case search.KeyProject:
		return s.ofProject(ctx, value)
	case search.KeyStatus:
		return s.withStatus(ctx, value)
	case search.KeyTest:
		return s.withTest(ctx, value)
	case search.KeyColumnTag:
		return s.withColumnTag(ctx, value)
	case search.KeyHas:
		return s.having(ctx, strings.ToLower(value))
	case search.KeyOwner:
		names, err := s.v.ownersReachedBy(ctx, value)
		if err != nil {
			return nil, nil, err
		}
		found, existing = s.withProperty(owner, append(names, value)...)
		return found, existing, nil
	}
	found, existing = s.withProperty(filterProperties[key], value)
	return found, existing, nil
}

// withProperty returns the assets with one of some values of a property, in any case of their letters.
func (s searchScope) withProperty(p property, values ...string) (bitset, []string) {
	lists := s.assets.index.property(p)
	var found [][]int32
	for _, value := range values {
		if positions, ok := lists[value]; ok {
			found = append(found, positions)
			continue
		}
		for other, positions := range lists {
			if strings.EqualFold(other, value) {
				found = append(found, positions)
			}
		}
	}
	if len(found) == 0 {
		return nil, slices.Collect(maps.Keys(lists))
	}
	return s.assets.index.set(found...), nil
}

func (s searchScope) ofProject(ctx context.Context, value string) (bitset, []string, error) {
	names, err := s.v.ProjectNames(ctx)
	if err != nil {
		return nil, nil, err
	}
	var found [][]int32
	for id, name := range names {
		if strings.EqualFold(name, value) || strings.EqualFold(id.String(), value) {
			found = append(found, s.assets.index.with(project, id.String()))
		}
	}
	if len(found) == 0 {
		return nil, slices.Collect(maps.Values(names)), nil
	}
	return s.assets.index.set(found...), nil, nil
}

// statusClasses are the classes of latest results of nodes.
var statusClasses = []string{
	catalog.ClassSuccess, catalog.ClassError, catalog.ClassSkipped, catalog.ClassWarn, catalog.ClassFail, catalog.ClassPass, catalog.ClassOther,
}

func (s searchScope) withStatus(ctx context.Context, value string) (bitset, []string, error) {
	value = strings.ToLower(value)
	if !slices.Contains(statusClasses, value) {
		return nil, statusClasses, nil
	}
	classes, _, err := s.v.classes(ctx)
	if err != nil {
		return nil, nil, err
	}
	return s.assets.index.set(s.assets.index.status(classes, value)), nil, nil
}

func (s searchScope) withTest(ctx context.Context, value string) (bitset, []string, error) {
	value = strings.ToLower(value)
	if !slices.Contains(testClasses[:], value) {
		return nil, testClasses[:], nil
	}
	states, err := s.v.testStates(ctx)
	if err != nil {
		return nil, nil, err
	}
	return s.positions(states.assets(value)), nil, nil
}

func (s searchScope) withColumnTag(ctx context.Context, value string) (bitset, []string, error) {
	part, err := s.v.m.part(ctx, s.v.schemaKey(), columnTagsPart, s.v.Version)
	if err != nil {
		return nil, nil, err
	}
	found, existing := s.newSet(), map[string]bool{}
	for id, tags := range part.(*ColumnTags).of {
		for _, tag := range tags {
			if strings.EqualFold(tag, value) {
				s.add(found, id)
			}
			existing[tag] = true
		}
	}
	if found.empty() {
		return nil, slices.Collect(maps.Keys(existing)), nil
	}
	return found, nil, nil
}

// positions returns assets by their ids.
func (s searchScope) positions(ids map[catalog.AssetID]bool) bitset {
	set := s.newSet()
	for id := range ids {
		s.add(set, id)
	}
	return set
}

func (s searchScope) add(set bitset, id catalog.AssetID) {
	if n, ok := slices.BinarySearchFunc(s.assets.all, id, compareID); ok {
		set.add(int32(n))
	}
}

// Values of has:.
var hasValues = []string{"description", "owner", "tag", "column", "meta", "code", "test", "run"}

// having returns the assets that have something. A plural is as good as a singular.
func (s searchScope) having(ctx context.Context, value string) (bitset, []string, error) {
	x := s.assets.index
	switch strings.TrimSuffix(value, "s") {
	case "description":
		return x.set(x.with(described, boolean(true))), nil, nil
	case "owner":
		return x.set(slices.Collect(maps.Values(x.property(owner)))...), nil, nil
	case "tag":
		return x.set(slices.Collect(maps.Values(x.property(tag)))...), nil, nil
	case "column":
		return s.index.filled(search.Column, len(s.assets.all)), nil, nil
	case "meta":
		return s.index.filled(search.Meta, len(s.assets.all)), nil, nil
	case "code", "sql":
		return s.index.filled(search.Code, len(s.assets.all)), nil, nil
	case "test":
		states, err := s.v.testStates(ctx)
		if err != nil {
			return nil, nil, err
		}
		set := s.newSet()
		for _, ref := range states.refs {
			s.add(set, ref.Asset)
		}
		return set, nil, nil
	case "run":
		classes, _, err := s.v.classes(ctx)
		if err != nil {
			return nil, nil, err
		}
		set := s.newSet()
		for _, class := range statusClasses {
			set.join(x.set(x.status(classes, class)))
		}
		return set, nil, nil
	}
	return nil, hasValues, nil
}

// unknownKey is the warning about a key of a query that is none.
func unknownKey(key string) catalog.Warning {
	message := key + ": is not a key, so it was searched for as a word"
	if similar := near.Names(key, slices.Values(search.Keys()), maxNearNames); len(similar) > 0 {
		message += "; near keys: " + strings.Join(similar, ", ")
	}
	return catalog.Warning{Code: catalog.WarningUnknownKey, Field: "q", Message: message}
}
