package importing

import (
	"context"
	"fmt"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/graph"
	"github.com/thalweg-data/thalweg/internal/store"
)

// save writes what is left of the next version and makes it visible: the flip
// and the end of the import are one transaction.
func (j *job) save(ctx context.Context, o opened, s *said, p *plan) (catalog.Import, error) {
	if err := j.saveLinks(ctx, p); err != nil {
		return j.claim.Import, err
	}
	if err := j.saveTests(ctx, p); err != nil {
		return j.claim.Import, err
	}
	if err := j.write.PutFacets(ctx, p.pending); err != nil {
		return j.claim.Import, fmt.Errorf("%d pending tables: %w", len(p.pending), err)
	}
	flip, err := j.flip(o, s, p)
	if err != nil {
		return j.claim.Import, err
	}
	imp := flip.End.Import
	written := p.settler.written + int64(len(p.edges.add)+len(p.edges.drop)+len(p.tests.put)+len(p.tests.drop)+len(p.pending)) + p.traced
	if written == 0 {
		// Only what makes no difference has changed, such as the order of keys.
		return imp, j.write.Note(ctx, flip)
	}
	if err := j.write.Flip(ctx, flip); err != nil {
		return imp, fmt.Errorf("version %d of %s: %w", j.write.Number(), j.schema.ID, err)
	}
	imp.Version = j.write.Number()
	return imp, nil
}

// planLinks works out the edges that the parent map states now and how they
// differ from those that stand.
func (j *job) planLinks(ctx context.Context, s *said, p *plan) error {
	if s.manifest == nil {
		return nil
	}
	stand, err := j.Store.EdgesOf(ctx, j.claim.WS, j.schema.ID, p.index.Version, 0)
	if err != nil {
		return fmt.Errorf("edges of %s: %w", j.schema.ID, err)
	}
	lines := s.manifest.links
	if len(lines) == 0 {
		lines = s.manifest.depends
	} else {
		j.compareLinks(s.manifest)
	}
	now := lines.edges(j.project.ID, p.at)
	held := map[catalog.AssetID]bool{}
	for _, r := range p.withheld {
		held[r.Asset] = true
	}
	p.stand = stand
	p.edges = diffEdges(j.project.ID, stand, now, func(e catalog.Edge) bool { return held[e.To] })
	p.edges.resolve(j.project.ID, stand, p.at)
	j.rep.count("lineages", p.edges.total)
	j.rep.count("lineages_removed", int64(len(p.edges.drop)))
	j.rep.count("parents_unresolved", p.edges.dangling)
	if p.edges.dangling > 0 {
		j.rep.issue(catalog.Issue{
			Code: "parent-unresolved", Severity: "warning", Place: partManifest, Count: int(p.edges.dangling),
			Message: "parents that no node of this schema is; the edges are kept and drawn once they are known",
		})
	}
	return j.checkCycle(now)
}

func (j *job) saveLinks(ctx context.Context, p *plan) error {
	if err := j.write.CloseEdges(ctx, p.edges.drop); err != nil {
		return fmt.Errorf("%d edges that are gone: %w", len(p.edges.drop), err)
	}
	if err := j.write.PutEdges(ctx, p.edges.add); err != nil {
		return fmt.Errorf("%d edges: %w", len(p.edges.add), err)
	}
	return nil
}

// compareLinks tells nodes whose depends_on is not what the parent map says.
func (j *job) compareLinks(m *manifestSaid) {
	for id, depends := range m.depends {
		parents, ok := m.links[id]
		if !ok || sameSet(parents, depends) {
			continue
		}
		j.rep.issue(catalog.Issue{
			Code: "parent-map-differs", Severity: "warning", Place: partManifest, UniqueID: id,
			Message: "parent_map and depends_on name different parents; parent_map was taken",
		})
	}
}

func sameSet(a, b []string) bool {
	in := make(map[string]bool, len(a))
	for _, s := range a {
		in[s] = true
	}
	seen := make(map[string]bool, len(b))
	for _, s := range b {
		if !in[s] {
			return false
		}
		seen[s] = true
	}
	return len(seen) == len(in)
}

// checkCycle tells of tables that derive from themselves.
func (j *job) checkCycle(edges []catalog.Edge) error {
	index := map[catalog.AssetID]int32{}
	id := func(a catalog.AssetID) int32 {
		n, ok := index[a]
		if !ok {
			n = int32(len(index))
			index[a] = n
		}
		return n
	}
	var list []graph.Edge
	for _, e := range edges {
		if e.From != 0 && e.Type == catalog.EdgeDerived {
			list = append(list, graph.Edge{From: id(e.From), To: id(e.To)})
		}
	}
	g, err := graph.New(len(index), list)
	if err != nil {
		return fmt.Errorf("graph of %s: %w", j.project.Name, err)
	}
	if _, cycles := g.Order(); len(cycles) > 0 {
		j.rep.issue(catalog.Issue{
			Code: "lineage-cycle", Severity: "warning", Place: partManifest, Count: len(cycles),
			Message: fmt.Sprintf("%d groups of tables derive from themselves; every walk over the lineage visits each table once", len(cycles)),
		})
	}
	return nil
}

func (j *job) saveTests(ctx context.Context, p *plan) error {
	if err := j.write.PutTests(ctx, p.tests.put); err != nil {
		return fmt.Errorf("%d tests: %w", len(p.tests.put), err)
	}
	if err := j.write.CloseTests(ctx, p.tests.drop); err != nil {
		return fmt.Errorf("%d tests that are gone: %w", len(p.tests.drop), err)
	}
	return nil
}

// flip gathers what goes with the step to the next version.
func (j *job) flip(o opened, s *said, p *plan) (store.Flip, error) {
	c := p.settler.counters
	c.LineagesCreated = p.edges.created
	j.rep.count("tables_removed", p.settler.removed)
	j.rep.count("restored", p.settler.restored)
	prints := map[string][]byte{}
	add := func(source catalog.Source, f *fingerprint) error {
		b, err := f.encode()
		prints[fingerprintName(source)] = b
		return err
	}
	if s.manifest != nil {
		if err := add(catalog.FromManifest, s.manifest.print); err != nil {
			return store.Flip{}, err
		}
	}
	if s.catalog != nil {
		if err := add(catalog.FromCatalog, s.catalog.print); err != nil {
			return store.Flip{}, err
		}
	}
	imp := j.ended(outcomeApplied)
	imp.Counters = c
	return store.Flip{
		Cause: catalog.ImportCause(imp.ID), Actor: imp.Actor, Project: j.projectNow(s), Fingerprints: prints,
		Applied: o.applied(), Pending: p.withheld, End: j.end(imp),
	}, nil
}
