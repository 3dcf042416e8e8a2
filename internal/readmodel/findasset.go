package readmodel

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// FoundAsset is the asset that a name means.
type FoundAsset struct {
	catalog.Asset
	// Others have the name too, and are of kinds that it means less: a semantic model named like its table.
	Others []*Asset
}

// FindAsset finds an asset by what people call it: a dbt unique_id of a project ("" means any), a relation, or the name
// alone. A name alone means what dbt builds, else another table, else anything; catalog.AmbiguousError if that leaves
// several.
func (v *View) FindAsset(ctx context.Context, project, name string) (FoundAsset, error) {
	asset, err := v.AssetByUniqueID(ctx, project, name)
	if !errors.Is(err, catalog.ErrNotFound) {
		return FoundAsset{Asset: asset}, err
	}
	asset, err = v.AssetByRelation(ctx, name)
	if _, unreadable := errors.AsType[*RelationError](err); !unreadable && !errors.Is(err, catalog.ErrNotFound) {
		return FoundAsset{Asset: asset}, err
	}
	return v.assetByName(ctx, name)
}

func (v *View) assetByName(ctx context.Context, name string) (FoundAsset, error) {
	assets, err := v.m.assets(ctx, v.schemaKey(), v.Version)
	if err != nil {
		return FoundAsset{}, err
	}
	found := assets.called(name)
	if len(found) == 0 {
		return FoundAsset{}, fmt.Errorf("asset %.200q: %w", name, catalog.ErrNotFound)
	}
	best, others := meant(found)
	if len(best) > 1 {
		return FoundAsset{}, ambiguousName(name, best)
	}
	asset, err := v.Asset(ctx, best[0].ID)
	return FoundAsset{Asset: asset, Others: others}, err
}

// meant splits assets of one name, those that it means most first, into those that it may mean and the others. Of the
// versions of a model it means the latest one, as dbt's ref does.
func meant(found []*Asset) (best, others []*Asset) {
	same := 1
	for same < len(found) && nameRank(found[same].Kind) == nameRank(found[0].Kind) {
		same++
	}
	older := func(a *Asset) bool { return a.Version != a.LatestVersion }
	for _, a := range found[:same] {
		if older(a) {
			others = append(others, a)
		} else {
			best = append(best, a)
		}
	}
	if len(best) == 0 {
		best, others = found[:same], nil
	}
	return best, append(others, found[same:]...)
}

// called returns the present assets that have a name, those that it means most first. The case of letters counts only
// where several names differ by nothing else.
func (a *Assets) called(name string) []*Asset {
	var exact, folded []*Asset
	for _, asset := range a.all {
		switch {
		case !asset.Present:
		case asset.isCalled(func(n string) bool { return n == name }):
			exact = append(exact, asset)
		case asset.isCalled(func(n string) bool { return strings.EqualFold(n, name) }):
			folded = append(folded, asset)
		}
	}
	if len(exact) == 0 {
		exact = folded
	}
	slices.SortStableFunc(exact, func(x, y *Asset) int { return cmp.Compare(nameRank(x.Kind), nameRank(y.Kind)) })
	return exact
}

// isCalled reports whether one of the asset's names is the wanted one: the name itself, that of a source's table with
// the name of the source, and that of a model without its version.
func (a *Asset) isCalled(wanted func(string) bool) bool {
	if wanted(a.Name) || a.SourceName != "" && wanted(a.SourceName+"."+a.Name) || a.Version != "" && wanted(strings.TrimSuffix(a.Name, ".v"+a.Version)) {
		return true
	}
	return slices.ContainsFunc(a.Others, func(o catalog.OtherNode) bool {
		return wanted(o.Name) || o.SourceName != "" && wanted(o.SourceName+"."+o.Name)
	})
}

// nameRank orders the kinds that a name alone may mean.
func nameRank(k catalog.Kind) int {
	switch {
	case k == catalog.KindModel, k == catalog.KindSeed, k == catalog.KindSnapshot:
		return 0
	case k.IsTable():
		return 1
	case !k.OnRequest():
		return 2
	}
	return 3
}

// mostCandidates bounds the assets that the error for an ambiguous name lists.
const mostCandidates = 20

func ambiguousName(name string, found []*Asset) error {
	out := &catalog.AmbiguousError{Name: name, Remedy: "use the id, the unique_id or the relation of one of them"}
	for _, a := range found[:min(len(found), mostCandidates)] {
		out.Candidates = append(out.Candidates, catalog.Candidate{ID: a.ID, Kind: a.Kind, Name: a.callable(), Relation: a.Relation.Display()})
	}
	return out
}

// callable returns the name by which an asset can be asked for: its unique_id, else its relation; "" without either.
func (a *Asset) callable() string {
	return cmp.Or(a.UniqueID, a.Relation.Display())
}
