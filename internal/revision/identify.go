package revision

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// location is where a node is in the catalog.
type location struct {
	asset catalog.AssetID
	kind  catalog.Kind
}

// identification is the state of finding the assets of the observations' claims.
type identification struct {
	*apply
	past     map[Node]catalog.AssetID // of nodes that are only reported late
	expired  []expired
	claims   []catalog.Claim
	absences []absence
	gone     map[Node]bool
	fresh    map[Node]bool // of which no facet was stored, or only withdrawn ones
	moved    map[catalog.AssetID][]move
}

// claimRef names a claim of an observation.
type claimRef struct {
	observation *Observation
	claim       int
}

// move states that the facets of a node go to another asset.
type move struct {
	node Node
	to   catalog.AssetID
}

// identify finds the asset of every claim, and notes by asset what changes.
func (a *apply) identify(ctx context.Context) error {
	if a.identifyCertain() {
		return nil
	}
	if err := a.readNodes(ctx); err != nil {
		return err
	}
	p := &identification{
		apply: a, gone: map[Node]bool{}, fresh: map[Node]bool{}, moved: map[catalog.AssetID][]move{}, past: map[Node]catalog.AssetID{},
	}
	for _, o := range a.observations {
		if o.Forced {
			a.changes.forced[o.Origin] = true
		}
		a.changes.close(o.Closed)
		if o.Restored {
			a.changes.exact[o.Origin] = true
		}
		if err := p.noteTables(ctx, o); err != nil {
			return err
		}
		if err := p.noteCrawl(ctx, o); err != nil {
			return err
		}
		if err := p.gather(ctx, o); err != nil {
			return err
		}
	}
	p.withholdAbsent()
	for i := range p.absences {
		p.applyAbsence(&p.absences[i])
	}
	if err := p.resolve(ctx); err != nil {
		return err
	}
	p.expire()
	for i := range p.absences {
		p.listPending(&p.absences[i])
	}
	if err := p.moveFacets(ctx); err != nil {
		return err
	}
	if err := p.adoptPending(ctx); err != nil {
		return err
	}
	if err := p.assign(ctx); err != nil {
		return err
	}
	a.moves, a.goneOf = p.moved, p.goneOf()
	a.restate = p.mustRestate()
	for n := range p.fresh {
		a.arrived = append(a.arrived, n)
	}
	slices.SortFunc(a.arrived, compareNodes)
	return nil
}

// identifyCertain finds the assets of observations whose claims all name their asset, such as
// edits. They need nothing of the index.
func (a *apply) identifyCertain() bool {
	for _, o := range a.observations {
		if o.Coverage != Partial || len(o.Withdrawn) > 0 || o.Links != nil || o.Tests != nil {
			return false
		}
		for i := range o.Claims {
			if o.Claims[i].Asset == 0 {
				return false
			}
		}
	}
	for _, o := range a.observations {
		for i := range o.Claims {
			a.changes.report(o.Claims[i].Asset, claimRef{o, i})
		}
	}
	return true
}

// gather collects the claims of an observation and what it no longer claims.
func (p *identification) gather(ctx context.Context, o *Observation) error {
	switch {
	case o.Coverage == Joined:
		return nil
	case o.Late:
		return p.gatherLate(ctx, o)
	}
	seen := make(map[string]bool, len(o.Claims))
	for i := range o.Claims {
		c := &o.Claims[i]
		n := Node{o.Origin, c.ID}
		seen[c.ID] = true
		claim := catalog.Claim{Origin: o.Origin, UniqueID: c.ID, Kind: c.Kind, Name: c.Name, RelationKey: c.RelationKey, Reference: c.Reference}
		if c.Same {
			if len(p.nodes.facets[n]) == 0 {
				continue // nothing of it was ever applied
			}
			claim = p.nodes.claim(n)
		} else if _, ok := p.nodes.asserted(n); !ok {
			p.fresh[n] = true
		}
		p.claims = append(p.claims, claim)
	}
	missing, present := p.missing(o, seen)
	if err := p.remember(ctx, o, seen, missing); err != nil {
		return err
	}
	if err := p.absent(ctx, absence{observation: o, missing: missing, present: present, claimed: len(seen)}); err != nil {
		return err
	}
	if o.Coverage != Complete {
		for _, id := range missing {
			seen[id] = true
		}
		p.claimOthers(o, seen)
	}
	return nil
}

// missing returns the stored nodes of the origin that are gone according to the
// observation, sorted, and those that it still claims, in any order.
func (p *identification) missing(o *Observation, seen map[string]bool) (missing []string, present []string) {
	named := make(map[string]bool, len(o.Withdrawn))
	for _, id := range o.Withdrawn {
		named[id] = true
	}
	for n := range p.nodes.facets {
		if n.Origin != o.Origin {
			continue
		}
		_, ok := p.nodes.asserted(n)
		switch {
		case !ok:
		case seen[n.ID]:
			present = append(present, n.ID)
		case named[n.ID] || o.Coverage == Complete || o.Coverage == Scoped && o.Covers(n.ID):
			missing = append(missing, n.ID)
		}
	}
	slices.Sort(missing)
	return missing, present
}

// goneOf returns the assets that origins withdrew their last node of.
func (p *identification) goneOf() map[catalog.Origin]map[catalog.AssetID]bool {
	if len(p.gone) == 0 {
		return nil
	}
	out := map[catalog.Origin]map[catalog.AssetID]bool{}
	for n := range p.gone {
		if out[n.Origin] == nil {
			out[n.Origin] = map[catalog.AssetID]bool{}
		}
		for _, f := range p.nodes.facets[n] {
			out[n.Origin][f.Asset] = true
		}
	}
	for n, at := range p.at {
		delete(out[n.Origin], at.asset)
	}
	return out
}

// Covers reports whether a relation is in a schema that was observed.
func (o *Observation) Covers(relationKey string) bool {
	if o.places == nil {
		o.places = make(map[string]bool, len(o.Scope))
		for _, s := range o.Scope {
			o.places[s.place()] = true
		}
	}
	return o.places[catalog.PlaceOf(relationKey)]
}

// mustRestate reports whether the edges of projects that are not observed may
// be different now, although nobody reported anything new about them: a node
// went to another asset or is gone, or an id means several nodes now.
func (p *identification) mustRestate() bool {
	if len(p.moved) > 0 || len(p.gone) > 0 {
		return true
	}
	ids := map[string]catalog.Origin{}
	for n := range p.fresh {
		ids[n.ID] = n.Origin
	}
	for n := range p.at {
		if origin, ok := ids[n.ID]; ok && origin != n.Origin {
			return true
		}
	}
	return false
}

// withdraw notes that the origin no longer reports a node.
func (p *identification) withdraw(n Node, since catalog.Withdrawal) {
	p.gone[n] = true
	for _, f := range p.nodes.facets[n] {
		if !f.Withdrawn && f.Source != catalog.FromUser {
			p.changes.withdraw(f, since)
		}
	}
}

// claimOthers claims the nodes of the origin that the observation does not
// mention: identity resolution takes the claims of an origin to be all its
// nodes.
func (p *identification) claimOthers(o *Observation, seen map[string]bool) {
	if len(o.Claims) == 0 && len(o.Withdrawn) == 0 {
		return
	}
	var ids []string
	for n := range p.nodes.facets {
		if n.Origin != o.Origin || seen[n.ID] {
			continue
		}
		if _, ok := p.nodes.asserted(n); ok {
			ids = append(ids, n.ID)
		}
	}
	slices.Sort(ids)
	for _, id := range ids {
		p.claims = append(p.claims, p.nodes.claim(Node{o.Origin, id}))
	}
}

// resolve finds the asset of every claim, and takes ids for new assets.
func (p *identification) resolve(ctx context.Context) error {
	identities := p.nodes.identities(p.gone)
	if assets := identities.UnclearReferences(p.claims); len(assets) > 0 {
		facets, err := p.Store.FacetsOf(ctx, p.ws, p.schema.ID, p.schema.Version, assets)
		if err != nil {
			return fmt.Errorf("facets of %d assets that change hands: %w", len(assets), err)
		}
		identities.MarkReferences(facets)
	}
	for _, o := range p.observations {
		for i := range o.Claims {
			if c := &o.Claims[i]; c.Inherits != 0 {
				identities.Inherit(o.Origin, c.ID, c.Inherits)
			}
		}
	}
	resolutions := identities.Resolve(p.claims)
	kinds := make(map[Node]catalog.Kind, len(p.claims))
	for _, c := range p.claims {
		kinds[Node{c.Origin, c.UniqueID}] = c.Kind
	}
	fresh, err := p.newAssets(ctx, resolutions, kinds)
	if err != nil {
		return err
	}
	p.locate()
	for _, r := range resolutions {
		to := r.Asset
		if r.New > 0 {
			to = fresh[r.New]
			p.changes.fresh[to] = true
		}
		n := Node{r.Origin, r.UniqueID}
		kind, ok := kinds[n]
		if !ok {
			kind = p.at[n].kind
		}
		p.at[n] = location{to, kind}
		if r.From != 0 {
			p.moved[r.From] = append(p.moved[r.From], move{n, to})
		}
	}
	for n := range p.gone {
		delete(p.at, n)
	}
	p.reportShared()
	return nil
}

// reportShared reports nodes of one origin that each make a table, but at one
// relation: they are one asset, and each replaces what the others made.
func (p *identification) reportShared() {
	type table struct {
		origin catalog.Origin
		asset  catalog.AssetID
	}
	first := make(map[table]string, len(p.claims))
	for _, c := range p.claims {
		switch c.Kind {
		case catalog.KindModel, catalog.KindSeed, catalog.KindSnapshot:
		default:
			continue
		}
		at, ok := p.at[Node{c.Origin, c.UniqueID}]
		if !ok {
			continue
		}
		key := table{c.Origin, at.asset}
		other, twice := first[key]
		if !twice {
			first[key] = c.UniqueID
			continue
		}
		p.opts.Report.Issue(catalog.Issue{
			Code: "relation-shared", Severity: "warning", Place: string(c.Origin), UniqueID: c.UniqueID,
			Message: other + " and " + c.UniqueID + " have one relation: they are shown as one table",
			Remedy:  "give one of them another alias or schema",
		})
	}
}

// locate fills in where every node was before.
func (p *identification) locate() {
	p.at = make(map[Node]location, len(p.nodes.index.Facets))
	for _, f := range p.nodes.index.Facets {
		if asset := p.nodes.assets[f.Asset]; asset != nil && asserts(f.Source) && !f.Withdrawn {
			p.at[Node{f.Origin, f.UniqueID}] = location{f.Asset, kindOf(f, asset.Kind)}
		}
	}
}

// newAssets takes ids for the assets that a resolution makes, by number. Those of dbt's graph come first: a project
// has far more macros than tables.
func (p *identification) newAssets(ctx context.Context, rs []catalog.Resolution, kinds map[Node]catalog.Kind) (map[int]catalog.AssetID, error) {
	most := 0
	inGraph := map[int]bool{}
	for _, r := range rs {
		most = max(most, r.New)
		if r.New > 0 && kinds[Node{r.Origin, r.UniqueID}].InGraph() {
			inGraph[r.New] = true
		}
	}
	ids := make(map[int]catalog.AssetID, most)
	if most == 0 {
		return ids, nil
	}
	first, err := p.write.NewIDs(ctx, catalog.PrefixTable, int64(most))
	if err != nil {
		return nil, fmt.Errorf("ids of %d assets: %w", most, err)
	}
	next := catalog.AssetID(first)
	for _, early := range []bool{true, false} {
		for n := 1; n <= most; n++ {
			if inGraph[n] == early {
				ids[n] = next
				next++
			}
		}
	}
	return ids, nil
}

// assign hands every facet that has to be read to its asset.
func (p *identification) assign(ctx context.Context) error {
	for _, o := range p.observations {
		var waiting []int
		for i := range o.Claims {
			c := &o.Claims[i]
			if c.Same {
				continue
			}
			n := Node{o.Origin, c.ID}
			at, ok := p.at[n]
			if !ok {
				if asset := p.pastAsset(n); asset != 0 {
					p.changes.report(asset, claimRef{o, i})
					continue
				}
				waiting = append(waiting, i)
				continue
			}
			p.changes.report(at.asset, claimRef{o, i})
			if o.Coverage != Joined && !o.Late {
				p.restoreJoined(n, at.asset)
			}
		}
		if err := p.keepWaiting(ctx, o, waiting); err != nil {
			return err
		}
	}
	return nil
}

// restoreJoined restores what was joined to a node when the node is back: a
// table that returns has the columns that a catalog last listed.
func (p *identification) restoreJoined(n Node, asset catalog.AssetID) {
	for _, f := range p.nodes.facets[n] {
		if !asserts(f.Source) && f.Source != catalog.FromUser && f.Withdrawn && f.Asset == asset {
			p.changes.restore(f)
		}
	}
}

// pastAsset is the asset of a node that was withdrawn; 0 if there is none.
func (p *identification) pastAsset(n Node) catalog.AssetID {
	if asset := p.past[n]; asset != 0 {
		return asset
	}
	for _, f := range p.nodes.facets[n] {
		if asserts(f.Source) {
			return f.Asset
		}
	}
	return 0
}

// waitingFacets are the stored facets of an observation's project that have no
// asset.
func (p *identification) waitingFacets(ctx context.Context, o *Observation) ([]catalog.Facet, error) {
	facets, err := p.Store.PendingFacets(ctx, p.ws, p.schema.ID, p.schema.Version, o.Project)
	if err != nil {
		return nil, fmt.Errorf("pending tables of %s: %w", o.Origin, err)
	}
	return facets, p.restamp(ctx, facets)
}

// keepWaiting keeps joined facets whose node nothing claims, until something
// claims it.
func (p *identification) keepWaiting(ctx context.Context, o *Observation, waiting []int) error {
	if len(waiting) == 0 {
		return nil
	}
	stored, err := p.waitingFacets(ctx, o)
	if err != nil {
		return err
	}
	before := make(map[store.FacetKey]catalog.Facet, len(stored))
	for _, f := range stored {
		before[keyOf(f)] = f
	}
	for some := range batches(waiting, batch, func(claim int) int64 { return o.Facets.FacetSize(claim) }) {
		facets, texts, err := o.Facets.ReadFacets(ctx, some)
		if err != nil {
			return err
		}
		if err := p.Store.PutTexts(ctx, p.ws, texts); err != nil {
			return err
		}
		for i, f := range facets {
			f = o.facet(o.Claims[some[i]].ID, 0, f.Body)
			f.Body = catalog.NormalizeBody(f.Body)
			f.Hash = catalog.HashBody(f.Body)
			if old, ok := before[keyOf(f)]; ok {
				if f = join(old, f); f.Hash == old.Hash {
					continue
				}
			}
			p.pending = append(p.pending, f)
			issue := o.Unclaimed
			issue.Place, issue.UniqueID = string(o.Source), f.UniqueID
			p.opts.Report.Issue(issue)
		}
	}
	return nil
}

// facet completes a facet that a reader decoded.
func (o *Observation) facet(id string, asset catalog.AssetID, b catalog.Body) catalog.Facet {
	return catalog.Facet{
		Asset: asset, Origin: o.Origin, Source: o.Source, UniqueID: id, Project: o.Project,
		Cause: o.Cause, At: o.At, Tie: o.Tie, Body: b,
	}
}

// moveFacets takes the facets of nodes that changed their asset from the old
// asset to the new one, unless the node itself reports something newer.
func (p *identification) moveFacets(ctx context.Context) error {
	if len(p.moved) == 0 {
		return nil
	}
	from := slices.Sorted(maps.Keys(p.moved))
	facets, err := p.Store.FacetsOf(ctx, p.ws, p.schema.ID, p.schema.Version, from)
	if err != nil {
		return fmt.Errorf("facets that move: %w", err)
	}
	if err := p.restamp(ctx, facets); err != nil {
		return err
	}
	for _, f := range facets {
		for _, m := range p.moved[f.Asset] {
			if m.node == (Node{f.Origin, f.UniqueID}) && f.Origin != catalog.OriginUser {
				p.changes.move(f, m.to)
			}
		}
	}
	return nil
}

// adoptPending moves facets that waited for their node to its asset.
func (p *identification) adoptPending(ctx context.Context) error {
	adopted := map[catalog.ProjectID]bool{0: true}
	for _, o := range p.observations {
		if o.Coverage == Joined || adopted[o.Project] {
			continue
		}
		adopted[o.Project] = true
		waiting, err := p.waitingFacets(ctx, o)
		if err != nil {
			return err
		}
		for _, f := range waiting {
			n := Node{f.Origin, f.UniqueID}
			if at, ok := p.at[n]; ok {
				f.Asset = at.asset
				p.changes.add(f)
			} else if asset := p.past[n]; asset != 0 {
				f.Asset = asset
				p.changes.add(f)
			}
		}
	}
	return nil
}
