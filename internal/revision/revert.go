package revision

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Reversal is a version whose changes to what a project reports are to be undone.
type Reversal struct {
	Project catalog.ProjectID
	Version int64
	Cause   catalog.Cause // of the version that is made
	// Partly restores what no later version changed, and leaves the rest. Otherwise
	// later changes of the same things are a conflict.
	Partly bool
}

// RevertResult is what a Revert did.
type RevertResult struct {
	Result
	Restored    int64 // things that were restored
	NotRestored int64 // things that a later version changed
}

// Revert restores what a project reported before a version. What other origins
// report, and what people wrote, stays.
func (r *Reviser) Revert(ctx context.Context, ws int64, schema catalog.SchemaID, reversal Reversal, opts Options) (RevertResult, error) {
	opts, release, err := r.Hold(ctx, ws, schema, opts)
	if err != nil {
		return RevertResult{}, err
	}
	defer release()
	if reversal.Version > 1 {
		_, err := r.Store.Version(ctx, ws, schema, reversal.Version-1)
		if errors.Is(err, catalog.ErrNotFound) {
			return RevertResult{}, fmt.Errorf("the state before version %d is no longer stored: %w", reversal.Version, catalog.ErrConflict)
		}
		if err != nil {
			return RevertResult{}, err
		}
	}
	u := &undo{Reviser: r, ws: ws, schema: schema, Reversal: reversal}
	observations, err := u.observations(ctx)
	if err != nil {
		return RevertResult{}, err
	}
	if u.later > 0 && !reversal.Partly {
		return RevertResult{}, fmt.Errorf("later versions changed %d of the things that version %d changed; force restores the others: %w",
			u.later, reversal.Version, catalog.ErrConflict)
	}
	result, err := r.Apply(ctx, ws, schema, opts, observations...)
	return RevertResult{Result: result, Restored: u.restored, NotRestored: u.later}, err
}

// undo computes what a project reported before a version.
type undo struct {
	*Reviser
	Reversal
	ws              int64
	schema          catalog.SchemaID
	project         catalog.Project
	restored, later int64
}

func (u *undo) observations(ctx context.Context) ([]Observation, error) {
	var err error
	if u.project, err = u.Store.Project(ctx, u.ws, u.Project); err != nil {
		return nil, fmt.Errorf("project %s: %w", u.Project, err)
	}
	nodes, joined := u.observation(catalog.FromManifest, Partial), u.observation(catalog.FromCatalog, Joined)
	if err := u.facets(ctx, &nodes, &joined); err != nil {
		return nil, err
	}
	if err := u.tests(ctx, &nodes); err != nil {
		return nil, err
	}
	if nodes.Links, err = u.links(ctx); err != nil {
		return nil, err
	}
	return []Observation{nodes, joined}, nil
}

func (u *undo) observation(s catalog.Source, c Coverage) Observation {
	newest := u.project.Newest(s)
	held := &Held{}
	return Observation{
		Origin: u.project.Origin(), Project: u.Project, Source: s, At: newest.At, Tie: newest.Tie, Cause: u.Cause,
		Coverage: c, Restored: true, Facets: held, TestReader: held,
	}
}

// facets claims what was there before the version, with its facets of that time, and
// withdraws what was not.
func (u *undo) facets(ctx context.Context, nodes, joined *Observation) error {
	before, after, err := u.Store.ChangedFacets(ctx, u.ws, u.schema, u.Project, u.Version)
	if err != nil {
		return err
	}
	assets, keys := map[catalog.AssetID]bool{}, map[store.FacetKey]bool{}
	for _, f := range slices.Concat(before, after) {
		if (f.Source == catalog.FromManifest || f.Source == catalog.FromCatalog) && f.Asset != 0 {
			assets[f.Asset], keys[keyOf(f)] = true, true
		}
	}
	current, err := u.Store.FacetsOf(ctx, u.ws, u.schema, 0, slices.Sorted(maps.Keys(assets)))
	if err != nil {
		return err
	}
	was, then, now := byKey(before), byKey(after), byKey(current)
	for _, key := range slices.SortedFunc(maps.Keys(keys), compareKeys) {
		switch {
		case !sameFacet(then[key], now[key]):
			u.later++
		case key.Source == catalog.FromManifest:
			u.node(nodes, key, was[key], now[key])
		case was[key] != nil:
			joined.restore(was[key])
		default:
			joined.Closed = append(joined.Closed, ClosedFacet{now[key].Asset, key})
		}
	}
	return nil
}

// node restores one node that a report asserted.
func (u *undo) node(o *Observation, key store.FacetKey, was, now *catalog.Facet) {
	existed, exists := was != nil && was.Withdrawn.IsZero(), now != nil && now.Withdrawn.IsZero()
	switch {
	case existed:
		o.restore(was)
	case exists:
		o.Withdrawn = append(o.Withdrawn, key.UniqueID)
	default:
		return
	}
	u.restored++
}

// restore claims a thing with an earlier facet.
func (o *Observation) restore(f *catalog.Facet) {
	o.Claims = append(o.Claims, Claim{
		ID: f.UniqueID, Kind: f.Body.Kind, Name: f.Body.Name, RelationKey: catalog.ClaimOf(*f).Relation.Key(),
	})
	held := o.Facets.(*Held)
	held.Facets = append(held.Facets, *f)
}

func byKey(facets []catalog.Facet) map[store.FacetKey]*catalog.Facet {
	out := make(map[store.FacetKey]*catalog.Facet, len(facets))
	for i := range facets {
		out[keyOf(facets[i])] = &facets[i]
	}
	return out
}

func compareKeys(a, b store.FacetKey) int {
	return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.UniqueID, b.UniqueID))
}

// sameFacet reports whether nothing changed a facet in between; nil is one that does
// not exist.
func sameFacet(a, b *catalog.Facet) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Hash == b.Hash && a.Asset == b.Asset && a.Withdrawn.IsZero() == b.Withdrawn.IsZero()
}

// tests states the current tests of the project. Those that the version changed are
// stated as before it.
func (u *undo) tests(ctx context.Context, o *Observation) error {
	was, err := u.testsAt(ctx, u.Version-1, true)
	if err != nil {
		return err
	}
	then, err := u.testsAt(ctx, u.Version, false)
	if err != nil {
		return err
	}
	now, err := u.testsAt(ctx, 0, false)
	if err != nil {
		return err
	}
	h, err := u.readHeldMemo(ctx, u.ws, u.schema, u.Project)
	if err != nil {
		return err
	}
	waiting := setOf(slices.Concat(h.memo.Tests, h.memo.KeptTests))
	ids := maps.Clone(was)
	maps.Copy(ids, now)
	held := o.TestReader.(*Held)
	o.Tests = []TestClaim{}
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		undone := sameTest(then[id], now[id]) && !sameTest(was[id], then[id])
		switch {
		case waiting[id]: // the memo has them
		case undone && was[id] != nil:
			o.Tests = append(o.Tests, TestClaim{ID: id})
			held.Tests = append(held.Tests, *was[id])
		case !undone && now[id] != nil:
			o.Tests = append(o.Tests, TestClaim{ID: id, Same: true})
			held.Tests = append(held.Tests, catalog.Test{})
		}
	}
	return nil
}

// testsAt are the tests of the project at a version, by id; before the first version
// there are none.
func (u *undo) testsAt(ctx context.Context, version int64, full bool) (map[string]*catalog.Test, error) {
	out := map[string]*catalog.Test{}
	if full && version == 0 {
		return out, nil
	}
	tests, err := u.Store.TestsOf(ctx, u.ws, u.schema, version, u.Project, full)
	if err != nil {
		return nil, err
	}
	for i := range tests {
		out[tests[i].UniqueID] = &tests[i]
	}
	return out, nil
}

func sameTest(a, b *catalog.Test) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Hash == b.Hash
}

// links are the links that the project reported last, with those from before the
// version for the tables whose edges it changed; nil if none are remembered.
func (u *undo) links(ctx context.Context) (Links, error) {
	links, err := u.readLinksOf(ctx, u.ws, u.schema, u.Project)
	if err != nil || links == nil {
		return nil, err
	}
	was, err := u.edgesInto(ctx, u.Version-1)
	if err != nil {
		return nil, err
	}
	then, err := u.edgesInto(ctx, u.Version)
	if err != nil {
		return nil, err
	}
	now, err := u.edgesInto(ctx, 0)
	if err != nil {
		return nil, err
	}
	undone := map[catalog.AssetID]bool{}
	assets := map[catalog.AssetID]bool{}
	for id, edges := range was {
		if slices.Equal(then[id], now[id]) && !slices.Equal(edges, then[id]) {
			undone[id], assets[id] = true, true
			for _, e := range edges {
				assets[e.From] = true
			}
		}
	}
	for id, edges := range then {
		if was[id] == nil && slices.Equal(edges, now[id]) {
			undone[id], assets[id] = true, true
		}
	}
	return links, u.relink(ctx, links, undone, assets, was)
}

// relink replaces the parents of the nodes of some assets by those that edges have.
func (u *undo) relink(ctx context.Context, links Links, undone, assets map[catalog.AssetID]bool, was map[catalog.AssetID][]catalog.Edge) error {
	if u.Version == 1 || len(undone) == 0 {
		return nil // nothing was there: the nodes are withdrawn with their links
	}
	delete(assets, 0)
	facets, err := u.Store.FacetsOf(ctx, u.ws, u.schema, u.Version-1, slices.Sorted(maps.Keys(assets)))
	if err != nil {
		return err
	}
	own, others := map[catalog.AssetID][]string{}, map[catalog.AssetID]string{}
	for _, f := range facets {
		if !asserts(f.Source) || !f.Withdrawn.IsZero() {
			continue
		}
		others[f.Asset] = f.UniqueID
		if f.Project == u.Project {
			own[f.Asset] = append(own[f.Asset], f.UniqueID)
		}
	}
	for id := range undone {
		var parents []string
		for _, e := range was[id] {
			switch {
			case e.From == 0:
				parents = append(parents, e.FromNode)
			case len(own[e.From]) > 0:
				parents = append(parents, own[e.From][0])
			case others[e.From] != "":
				parents = append(parents, others[e.From])
			}
		}
		for _, child := range own[id] {
			links[child] = parents
		}
	}
	return nil
}

// edgesInto are the edges that the project states at a version, by their lower end.
func (u *undo) edgesInto(ctx context.Context, version int64) (map[catalog.AssetID][]catalog.Edge, error) {
	out := map[catalog.AssetID][]catalog.Edge{}
	if version == 0 && u.Version == 1 {
		return out, nil
	}
	edges, err := u.Store.EdgesOf(ctx, u.ws, u.schema, version, u.Project)
	if err != nil {
		return nil, err
	}
	for _, e := range edges {
		if !e.Traced() {
			out[e.To] = append(out[e.To], e)
		}
	}
	return out, nil
}
