package revision

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// A report that arrives after a newer one of its origin is late. What it describes
// is joined with what is stored by the times of both; which of its nodes are there
// is decided by all reports together, see history.

// expired is a node that an older report had and a newer one does not.
type expired struct {
	node  Node
	since catalog.Withdrawal
}

// remember adds a complete report of a project to its history.
func (p *identification) remember(ctx context.Context, o *Observation, seen map[string]bool, missing []string) error {
	if o.Project == 0 || o.Coverage != Complete && !o.Confirmed {
		return nil
	}
	r, err := p.reports(ctx, o.Project)
	if err != nil {
		return err
	}
	h, err := p.readHistory(ctx, p.ws, p.schema.ID, o.Project)
	if err != nil {
		return err
	}
	newest := r.project.Newest(o.Source)
	if o.Confirmed {
		h.confirm(newest)
		return p.keepHistory(o.Project, h)
	}
	if o.Forced && o.stamp().Compare(newest) < 0 {
		h.Periods, newest = nil, catalog.Stamp{} // the history begins again with it
	}
	var gone, come []string
	for _, id := range missing {
		if !r.held[id] {
			gone = append(gone, id)
		}
	}
	for id := range seen {
		if _, ok := p.nodes.asserted(Node{o.Origin, id}); !ok || r.held[id] {
			come = append(come, id)
		}
	}
	slices.Sort(come)
	h.append(newest, o, gone, come)
	return p.keepHistory(o.Project, h)
}

func (p *identification) keepHistory(project catalog.ProjectID, h *history) error {
	memo, changed, err := h.memo(project)
	if err == nil && changed {
		p.memos = append(p.memos, memo)
	}
	return err
}

// gatherLate collects the claims of a late report, and decides by the history of
// the project what becomes of the nodes that its newest report does not have.
func (p *identification) gatherLate(ctx context.Context, o *Observation) error {
	r, err := p.reports(ctx, o.Project)
	if err != nil {
		return err
	}
	if err := p.readHeld(ctx, o.Project); err != nil {
		return err
	}
	h, err := p.readHistory(ctx, p.ws, p.schema.ID, o.Project)
	if err != nil {
		return err
	}
	newest := map[string]bool{}
	for n := range p.nodes.facets {
		if _, ok := p.nodes.asserted(n); ok && n.Origin == o.Origin && !r.held[n.ID] {
			newest[n.ID] = true
		}
	}
	claims := make(map[string]*Claim, len(o.Claims))
	nodes := make(map[string]bool, len(o.Claims))
	for i := range o.Claims {
		c := &o.Claims[i]
		if c.Same && !newest[c.ID] {
			continue // a node that was never applied
		}
		claims[c.ID], nodes[c.ID] = c, true
	}
	h.insert(o, nodes, newest, r.project.Newest(o.Source))
	if err := p.keepHistory(o.Project, h); err != nil {
		return err
	}
	relation := func(id string) string {
		n := Node{o.Origin, id}
		if len(p.nodes.facets[n]) > 0 {
			return p.nodes.claim(n).RelationKey
		}
		if c := claims[id]; c != nil {
			return c.RelationKey
		}
		return ""
	}
	l := lateReport{identification: p, o: o, claims: claims, newest: newest}
	if err := l.findLast(ctx); err != nil {
		return err
	}
	l.verdict = h.verdict(newest, l.kept(), relation)
	last := h.Periods[len(h.Periods)-1]
	l.apply(last.Cause)
	return nil
}

// lateReport is a report that is applied after a newer one.
type lateReport struct {
	*identification
	o       *Observation
	claims  map[string]*Claim
	newest  map[string]bool // nodes of the newest report
	last    map[string]bool // nodes that are stored, but that no later report has: this one decides where they are
	verdict verdict
}

// kept are the nodes that stay although the newest report does not have them.
func (l *lateReport) kept() map[string]bool {
	memo := &l.held[l.o.Project].memo
	kept := setOf(slices.Concat(memo.KeptNodes, memo.Stale))
	if !memo.Keeps {
		return kept
	}
	for id := range l.claims {
		if n := (Node{l.o.Origin, id}); !l.newest[id] && len(l.nodes.facets[n]) == 0 {
			kept[id] = true
			memo.Stale = append(memo.Stale, id)
		}
	}
	slices.Sort(memo.Stale)
	return kept
}

// findLast finds the nodes that no report after this one has.
func (l *lateReport) findLast(ctx context.Context) error {
	assets := map[catalog.AssetID]bool{}
	for id := range l.claims {
		if l.newest[id] {
			continue
		}
		for _, f := range l.nodes.facets[Node{l.o.Origin, id}] {
			assets[f.Asset] = true
		}
	}
	if len(assets) == 0 {
		return nil
	}
	facets, err := l.Store.FacetsOf(ctx, l.ws, l.schema.ID, l.schema.Version, slices.Sorted(maps.Keys(assets)))
	if err != nil {
		return fmt.Errorf("nodes of %s that are no longer reported: %w", l.o.Origin, err)
	}
	l.last = map[string]bool{}
	for i := range facets {
		f := &facets[i]
		if f.Origin == l.o.Origin && f.Source == l.o.Source && !l.newest[f.UniqueID] && f.Stamp().Compare(l.o.stamp()) < 0 {
			l.last[f.UniqueID] = true
		}
	}
	return nil
}

func (l *lateReport) apply(last catalog.Cause) {
	h := l.held[l.o.Project]
	ids := make(map[string]bool, len(l.claims))
	for id := range l.claims {
		ids[id] = true
	}
	for n := range l.nodes.facets {
		if n.Origin == l.o.Origin {
			ids[n.ID] = true
		}
	}
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		l.node(id)
	}
	pending := slices.Sorted(maps.Keys(l.verdict.pending))
	for _, id := range h.memo.Nodes {
		if _, decided := l.verdict.gone[id]; !decided && !l.verdict.pending[id] && !l.newest[id] {
			pending = append(pending, id) // from before histories were kept
		}
	}
	slices.Sort(pending)
	h.memo.Nodes = pending
	a := absence{observation: l.o, missing: pending, cause: last, at: l.projects[l.o.Project].project.Newest(l.o.Source).At}
	a.present = slices.Collect(maps.Keys(l.newest))
	l.absences = append(l.absences, a)
}

// node claims or withdraws one node.
func (l *lateReport) node(id string) {
	n := Node{l.o.Origin, id}
	_, asserted := l.nodes.asserted(n)
	stored := len(l.nodes.facets[n]) > 0 && l.nodes.claim(n).Kind != ""
	since, gone := l.verdict.gone[id]
	c := l.claims[id]
	switch {
	case c != nil && l.last[id] && (gone || l.verdict.pending[id]):
		l.claim(n, c, since, gone)
	case asserted && !gone:
		l.identification.claims = append(l.identification.claims, l.nodes.claim(n))
	case asserted:
		l.past[n] = l.nodes.facets[n][0].Asset
		l.withdraw(n, since)
	case stored && l.verdict.pending[id]:
		l.identification.claims = append(l.identification.claims, l.nodes.claim(n))
		for _, f := range l.nodes.facets[n] {
			if f.Withdrawn {
				l.changes.restore(f)
			}
		}
	case stored:
		l.past[n] = l.nodes.facets[n][0].Asset
		if gone {
			l.expired = append(l.expired, expired{n, since})
		}
	case c != nil:
		if l.claim(n, c, since, gone); !gone {
			l.fresh[n] = true
		}
	}
}

// claim claims a node where this report has it, if only to withdraw it there.
func (l *lateReport) claim(n Node, c *Claim, since catalog.Withdrawal, gone bool) {
	l.identification.claims = append(l.identification.claims,
		catalog.Claim{Origin: n.Origin, UniqueID: n.ID, Kind: c.Kind, Name: c.Name, RelationKey: c.RelationKey, Past: gone})
	if gone {
		l.expired = append(l.expired, expired{n, since})
	}
}

// expire withdraws the nodes that only late reports have, once their assets are
// found.
func (p *identification) expire() {
	for _, e := range p.expired {
		if at, ok := p.at[e.node]; ok {
			p.past[e.node] = at.asset
			delete(p.at, e.node)
		}
		asset := p.past[e.node]
		sources := []catalog.Source{catalog.FromManifest}
		for _, f := range p.nodes.facets[e.node] {
			if f.Source != catalog.FromManifest && f.Source != catalog.FromUser {
				sources = append(sources, f.Source)
			}
		}
		for _, s := range sources {
			p.changes.withdrawKey(asset, e.node, s, e.since)
		}
	}
}

// lateLinks adds the edges into what only a late report claims and that is pending or stays.
func (a *apply) lateLinks(d *edgeDiff, o *Observation) {
	h := a.held[o.Project]
	if h == nil || len(h.memo.Nodes)+len(h.memo.Stale) == 0 || o.Links == nil {
		return
	}
	arrived := map[string]bool{}
	for _, n := range a.arrived {
		if n.Origin == o.Origin {
			arrived[n.ID] = true
		}
	}
	links := Links{}
	for _, id := range slices.Concat(h.memo.Nodes, h.memo.Stale) {
		if arrived[id] {
			links[id] = o.Links[id]
		}
	}
	for _, e := range a.edgesOf(o.Origin, o.Project, links) {
		if _, found := slices.BinarySearchFunc(d.byProject[o.Project], e, catalog.CompareEdges); !found {
			d.put(e)
		}
	}
}

// lateTests adds the tests that only a late report has while some of its nodes are
// pending or stay, and ends those that waited with nodes that are no longer pending.
func (a *apply) lateTests(ctx context.Context, o *Observation) error {
	h := a.held[o.Project]
	if h == nil || o.Coverage != Complete {
		return nil
	}
	current, err := a.Store.TestsOf(ctx, a.ws, a.schema.ID, a.schema.Version, o.Project, false)
	if err != nil {
		return fmt.Errorf("tests of %s: %w", o.Origin, err)
	}
	byID := make(map[string]*catalog.Test, len(current))
	for i := range current {
		byID[current[i].UniqueID] = &current[i]
	}
	if len(h.memo.Nodes) == 0 {
		var drop []catalog.TestID
		for _, id := range h.memo.Tests {
			if t := byID[id]; t != nil {
				drop = append(drop, t.ID)
			}
		}
		h.memo.Tests = nil
		a.closeTests(drop)
		if len(h.memo.Stale) == 0 {
			return nil
		}
	}
	var missing []int
	for i, t := range o.Tests {
		if !t.Same && byID[t.ID] == nil {
			missing = append(missing, i)
		}
	}
	for some := range slices.Chunk(missing, testBatch) {
		if err := a.readTests(ctx, o, some, byID, h.keepsTest); err != nil {
			return err
		}
	}
	slices.Sort(h.memo.Tests)
	return nil
}

// keepsTest reports whether a test that only a late report has is there: while nodes are pending, or with a table
// that stays.
func (h *held) keepsTest(t *catalog.Test) bool {
	switch {
	case h.stale[t.Asset]:
		return true
	case len(h.memo.Nodes) > 0:
		h.memo.Tests = append(h.memo.Tests, t.UniqueID)
		return true
	}
	return false
}
