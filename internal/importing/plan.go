package importing

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// plan is what an import does to the catalog, worked out before the flip.
type plan struct {
	index    *store.Index
	at       map[string]place // of every node of the project, and of other projects' nodes
	own      map[string]bool  // unique ids of the project's nodes that stand
	words    *words
	settler  *settler
	tables   map[catalog.AssetID]*settledTable
	stand    []catalog.Edge // of all projects, before this import; nil: not read
	edges    edgeChange
	traced   int64 // models whose column edges were written
	tests    testChange
	withheld []store.PendingRemoval // nil: the removals are left as they are
	gone     []string               // unique ids whose words are withdrawn
	pending  []catalog.Facet        // of tables that no manifest names
}

// merge finds the asset of everything that was said, merges what changed and
// writes it as rows of the next version.
func (j *job) merge(ctx context.Context, s *said) (*plan, error) {
	st := j.readStanding(ctx)
	if err := st.reading.Wait(); err != nil {
		return nil, err
	}
	if _, err := j.writer(ctx); err != nil {
		return nil, err
	}
	st = j.readStanding(ctx) // again, if an edit came between
	if err := st.reading.Wait(); err != nil {
		return nil, err
	}
	index, tests := st.index, st.tests
	p := &plan{index: index, at: map[string]place{}, own: map[string]bool{}, words: newWords()}
	p.settler = &settler{
		store: j.Store, write: j.write, ws: j.claim.WS, schema: j.schema.ID, at: index.Version,
		policy: j.schema.Policy, now: j.Now(),
	}
	if s.manifest != nil {
		made := j.reportOf(s.manifest.head)
		p.settler.withdrawal = catalog.Withdrawal{Cause: made.cause, At: made.at}
	}
	tracks := &tracks{tables: map[catalog.AssetID]*settledTable{}, anew: s.anew()}
	p.tables, p.settler.settled = tracks.tables, tracks.settled
	known := newKnown(index, j.project)
	if s.manifest != nil {
		if err := j.planManifest(ctx, s.manifest, known, tests, p); err != nil {
			return nil, err
		}
	} else {
		p.standing(known)
	}
	if s.catalog != nil {
		j.planCatalog(s.catalog, p)
	}
	if err := p.settler.settle(ctx, p.words, j.rep.progress); err != nil {
		return nil, err
	}
	return p, nil
}

// standing is what the store holds of the schema, and of the project's tests. It
// is read beside other work.
type standing struct {
	reading *errgroup.Group
	version int64 // of the schema before anything was read
	index   *store.Index
	tests   []catalog.Test
}

// readStanding begins to read what stands: with the first node that is not as it
// was, while the manifest is read on. It is read again, by hold, if an edit made
// a version meanwhile.
func (j *job) readStanding(ctx context.Context) *standing {
	if j.stands != nil {
		return j.stands
	}
	st := &standing{}
	st.reading, ctx = errgroup.WithContext(ctx)
	schema, err := j.Store.Schema(ctx, j.claim.WS, j.schema.ID)
	if err != nil {
		st.reading.Go(func() error { return err })
	}
	st.version = schema.Version
	st.reading.Go(func() (err error) {
		if st.index, err = j.Store.Index(ctx, j.claim.WS, j.schema.ID); err != nil {
			err = fmt.Errorf("index of %s: %w", j.schema.ID, err)
		}
		return err
	})
	if project := j.project; project.ID != 0 {
		st.reading.Go(func() (err error) {
			if st.tests, err = j.Store.TestsOf(ctx, j.claim.WS, j.schema.ID, 0, project.ID, false); err != nil {
				err = fmt.Errorf("tests of %s: %w", project.Name, err)
			}
			return err
		})
	}
	j.stands = st
	return st
}

// known is the index by the names that a project uses.
type known struct {
	assets map[catalog.AssetID]store.AssetRef
	facets map[string][]store.FacetRef // of this project, by unique id
	index  *store.Index
}

func newKnown(index *store.Index, project catalog.Project) *known {
	k := &known{assets: make(map[catalog.AssetID]store.AssetRef, len(index.Assets)), facets: map[string][]store.FacetRef{}, index: index}
	for _, a := range index.Assets {
		k.assets[a.ID] = a
	}
	for _, f := range index.Facets {
		if f.Origin == project.Origin() {
			k.facets[f.UniqueID] = append(k.facets[f.UniqueID], f)
		}
	}
	return k
}

// identities is the index as identity takes it.
func (k *known) identities() *catalog.Identities {
	assets := make([]catalog.KnownAsset, 0, len(k.index.Assets))
	for _, a := range k.index.Assets {
		assets = append(assets, catalog.KnownAsset{ID: a.ID, Kind: a.Kind, Name: a.Name, RelationKey: a.RelationKey, Present: a.Present})
	}
	var nodes []catalog.KnownNode
	for _, f := range k.index.Facets {
		if f.Asset != 0 && (f.Source == catalog.FromManifest || f.Source == catalog.FromCrawl) {
			nodes = append(nodes, catalog.KnownNode{Asset: f.Asset, Origin: f.Origin, UniqueID: f.UniqueID, Withdrawn: f.Withdrawn})
		}
	}
	return catalog.NewIdentities(assets, nodes)
}

// standing places every node as the store knows it: where no manifest was read.
func (p *plan) standing(k *known) {
	for _, f := range k.index.Facets {
		if f.Source == catalog.FromManifest && !f.Withdrawn && f.Asset != 0 {
			p.at[f.UniqueID] = place{f.Asset, k.assets[f.Asset].Kind}
		}
	}
	for id := range k.facets {
		p.own[id] = true
	}
}

// planManifest places the project's nodes, new, unchanged and gone.
func (j *job) planManifest(ctx context.Context, m *manifestSaid, k *known, tests []catalog.Test, p *plan) error {
	isTest := make(map[string]bool, len(tests))
	for _, t := range tests {
		isTest[t.UniqueID] = true
	}
	claims := make([]catalog.Claim, 0, len(m.facets)+len(m.unchanged))
	seen := make(map[string]bool, len(m.facets)+len(m.unchanged))
	for _, f := range m.facets {
		claims = append(claims, catalog.ClaimOf(f))
		seen[f.UniqueID] = true
	}
	for _, id := range m.unchanged {
		if !isTest[id] && !seen[id] {
			claims = append(claims, k.claim(j.project.Origin(), id))
			seen[id] = true
		}
	}
	claims = append(claims, j.planRemovals(m, k, seen, p)...)
	if err := j.placeNodes(ctx, m, k, claims, p); err != nil {
		return err
	}
	return j.planTests(ctx, m, tests, p)
}

// claim is the claim of a node that is as it was.
func (k *known) claim(origin catalog.Origin, uniqueID string) catalog.Claim {
	c := catalog.Claim{Origin: origin, UniqueID: uniqueID}
	for _, f := range k.facets[uniqueID] {
		if f.Source == catalog.FromManifest {
			a := k.assets[f.Asset]
			c.Kind, c.Name, c.RelationKey = catalog.KindOfNode(uniqueID, a.Kind), a.Name, a.RelationKey
		}
	}
	return c
}

// planRemovals withdraws the words of nodes that the manifest no longer has,
// or withholds it where so many are gone that it may be a mistake. Those that
// are withheld still claim their place.
func (j *job) planRemovals(m *manifestSaid, k *known, seen map[string]bool, p *plan) []catalog.Claim {
	var kept, missing []catalog.NodeRef
	for _, id := range slices.Sorted(maps.Keys(k.facets)) {
		for _, f := range k.facets[id] {
			if f.Source != catalog.FromManifest || f.Withdrawn || !k.assets[f.Asset].Kind.IsTable() {
				continue
			}
			ref := catalog.NodeRef{Project: j.project.ID, UniqueID: id}
			if seen[id] {
				kept = append(kept, ref)
			} else {
				missing = append(missing, ref)
			}
		}
	}
	_, withheld := catalog.GuardRemovals(kept, missing, len(seen))
	made := j.reportOf(m.head)
	held := map[string]bool{}
	p.withheld = []store.PendingRemoval{}
	var claims []catalog.Claim
	for _, ref := range withheld {
		held[ref.UniqueID] = true
		c := k.claim(j.project.Origin(), ref.UniqueID)
		claims = append(claims, c)
		p.withheld = append(p.withheld, store.PendingRemoval{
			Asset: k.facets[ref.UniqueID][0].Asset, Name: c.Name, Kind: c.Kind, UniqueID: ref.UniqueID,
			Project: j.project.ID, Cause: made.cause, At: made.at, Since: j.Now(),
		})
	}
	j.rep.count("removals_pending", int64(len(withheld)))
	if len(withheld) > 0 {
		j.rep.issue(catalog.Issue{
			Code: "removals-pending", Severity: "warning", Place: partManifest,
			Message: fmt.Sprintf("%d of %d tables are missing from the manifest; everything else was applied, their removal waits for a confirmation", len(withheld), len(kept)+len(missing)),
			Remedy:  fmt.Sprintf("look at GET /api/v1/schemas/%s/removals, then POST …/removals/confirm or …/removals/dismiss", j.schema.ID),
		})
	}
	p.withdraw(k, seen, held, len(withheld) > 0)
	return claims
}

// withdraw notes the words of this project about nodes that are gone. While
// removals are withheld, those of other kinds than tables wait as well.
func (p *plan) withdraw(k *known, seen, held map[string]bool, waiting bool) {
	for id, facets := range k.facets {
		if seen[id] || held[id] {
			p.own[id] = true
			continue
		}
		if waiting && !k.assets[facets[0].Asset].Kind.IsTable() {
			p.own[id] = true
			continue
		}
		for _, f := range facets {
			if !f.Withdrawn && f.Asset != 0 && f.Source != catalog.FromUser {
				p.words.withdraw(f)
				p.gone = append(p.gone, id)
			}
		}
	}
	slices.Sort(p.gone)
	p.gone = slices.Compact(p.gone)
}

// placeNodes resolves the claims and hands every changed word to its asset.
func (j *job) placeNodes(ctx context.Context, m *manifestSaid, k *known, claims []catalog.Claim, p *plan) error {
	resolutions := k.identities().Resolve(claims)
	fresh, err := j.newAssets(ctx, resolutions)
	if err != nil {
		return err
	}
	p.standing(&known{index: k.index, assets: k.assets})
	kind := make(map[string]catalog.Kind, len(claims))
	for _, c := range claims {
		kind[c.UniqueID] = c.Kind
	}
	moved := map[catalog.AssetID][]moves{}
	for _, r := range resolutions {
		to := r.Asset
		if r.New > 0 {
			to = fresh[r.New]
			p.words.fresh[to] = true
		}
		if r.Origin == j.project.Origin() {
			p.at[r.UniqueID] = place{to, kind[r.UniqueID]}
			p.own[r.UniqueID] = true
		} else {
			p.at[r.UniqueID] = place{to, p.at[r.UniqueID].kind}
		}
		if r.From != 0 {
			moved[r.From] = append(moved[r.From], moves{r.Origin, r.UniqueID, to})
		}
	}
	for _, id := range p.gone {
		delete(p.at, id)
	}
	for _, f := range m.facets {
		f.Asset = p.at[f.UniqueID].asset
		p.words.say(f)
		// A node that is back has its columns back: what the catalog last said.
		for _, ref := range k.facets[f.UniqueID] {
			if ref.Source == catalog.FromCatalog && ref.Withdrawn && ref.Asset == f.Asset {
				p.words.restore(ref)
			}
		}
	}
	m.facets = nil // the words hold them now, and drop them when they are settled
	if err := j.moveFacets(ctx, moved, p); err != nil {
		return err
	}
	return j.adoptPending(ctx, p)
}

// newAssets allots ids to the assets that a resolution makes, by number.
func (j *job) newAssets(ctx context.Context, rs []catalog.Resolution) (map[int]catalog.AssetID, error) {
	most := 0
	for _, r := range rs {
		most = max(most, r.New)
	}
	ids := make(map[int]catalog.AssetID, most)
	if most == 0 {
		return ids, nil
	}
	first, err := j.write.NewIDs(ctx, catalog.PrefixTable, int64(most))
	if err != nil {
		return nil, fmt.Errorf("ids of %d assets: %w", most, err)
	}
	for n := 1; n <= most; n++ {
		ids[n] = catalog.AssetID(first + int64(n) - 1)
	}
	return ids, nil
}

// moves tells that the words about one node go to another asset.
type moves struct {
	origin   catalog.Origin
	uniqueID string
	to       catalog.AssetID
}

// moveFacets takes the words about nodes that changed their asset from the old
// asset to the new one, unless the node itself has said something new.
func (j *job) moveFacets(ctx context.Context, moved map[catalog.AssetID][]moves, p *plan) error {
	if len(moved) == 0 {
		return nil
	}
	from := slices.Sorted(maps.Keys(moved))
	facets, err := j.Store.FacetsOf(ctx, j.claim.WS, j.schema.ID, p.index.Version, from)
	if err != nil {
		return fmt.Errorf("facets that move: %w", err)
	}
	for _, f := range facets {
		for _, m := range moved[f.Asset] {
			if f.Origin != m.origin || f.UniqueID != m.uniqueID || f.Origin == catalog.OriginUser {
				continue
			}
			old := f
			f.Asset = m.to
			p.words.move(old, f)
		}
	}
	return nil
}

// adoptPending gives catalog tables that waited for a manifest to their asset.
func (j *job) adoptPending(ctx context.Context, p *plan) error {
	pending, err := j.Store.PendingFacets(ctx, j.claim.WS, j.schema.ID, p.index.Version, j.project.ID)
	if err != nil {
		return fmt.Errorf("pending tables of %s: %w", j.project.Name, err)
	}
	for _, f := range pending {
		if at, ok := p.at[f.UniqueID]; ok && p.own[f.UniqueID] {
			f.Asset = at.asset
			p.words.say(f)
		}
	}
	return nil
}

// planCatalog joins the tables of a catalog to the manifest's nodes, by
// unique_id only. A table that no manifest names is kept until one does.
func (j *job) planCatalog(c *catalogSaid, p *plan) {
	for _, f := range c.facets {
		if at, ok := p.at[f.UniqueID]; ok && p.own[f.UniqueID] {
			f.Asset = at.asset
			p.words.say(f)
			continue
		}
		p.pending = append(p.pending, f)
		j.rep.issue(catalog.Issue{
			Code: "catalog-only-table", Severity: "info", Place: partCatalog, UniqueID: f.UniqueID,
			Message: "the catalog has a table that the manifest does not name (another selection or target); it is kept until a manifest names it",
		})
	}
	c.facets = nil
}
