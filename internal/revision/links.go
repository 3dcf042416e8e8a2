package revision

import (
	"context"
	"fmt"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/graph"
)

// edgeChange is what an apply does to the edges.
type edgeChange struct {
	add, drop []catalog.Edge
	created   int64 // distinct new (table, table) pairs
}

// link computes the edges that the observations state, compares them with the
// current ones, and writes the difference.
func (a *apply) link(ctx context.Context) error {
	stated := slices.ContainsFunc(a.observations, func(o *Observation) bool { return o.Links != nil && !o.Late })
	if !stated && !a.restate && len(a.arrived) == 0 {
		return nil
	}
	if err := a.readEdges(ctx); err != nil {
		return err
	}
	d := newEdgeDiff(a.current)
	restated := map[catalog.ProjectID]bool{}
	for _, o := range a.observations {
		if o.Links == nil {
			continue
		}
		if o.Late {
			a.lateLinks(d, o)
			continue
		}
		restated[o.Project] = true
		if err := a.linkObserved(ctx, d, o); err != nil {
			return err
		}
	}
	if a.restate {
		if err := a.linkOthers(ctx, d, restated); err != nil {
			return err
		}
	}
	a.dropGone(d, restated)
	a.resolveWaiting(d, restated)
	a.edges = d.edgeChange
	a.report().Count("lineages_removed", int64(len(a.edges.drop)))
	a.writeEdges(a.edges)
	return nil
}

// readEdgesAhead begins to read the current edges while the assets of the claims
// are found, if the observations state links.
func (a *apply) readEdgesAhead(ctx context.Context) (end func()) {
	if a.schema.Version == 0 || !slices.ContainsFunc(a.observations, func(o *Observation) bool { return o.Links != nil }) {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	a.ahead = &edgesAhead{done: make(chan struct{})}
	go func() {
		defer close(a.ahead.done)
		a.ahead.edges, a.ahead.err = a.Store.EdgesOf(ctx, a.ws, a.schema.ID, a.schema.Version, 0)
	}()
	return func() {
		cancel()
		<-a.ahead.done
	}
}

// edgesAhead are edges that are read in the background.
type edgesAhead struct {
	edges []catalog.Edge
	err   error
	done  chan struct{}
}

// readEdges reads the current edges of all projects, once.
func (a *apply) readEdges(ctx context.Context) (err error) {
	if a.current != nil {
		return nil
	}
	if a.ahead != nil {
		<-a.ahead.done
		a.current, err = a.ahead.edges, a.ahead.err
	} else {
		a.current, err = a.Store.EdgesOf(ctx, a.ws, a.schema.ID, a.schema.Version, 0)
	}
	if err != nil {
		return fmt.Errorf("edges of %s: %w", a.schema.ID, err)
	}
	if a.current == nil {
		a.current = []catalog.Edge{}
	}
	return nil
}

// linkObserved compares the links of an observation with the edges that its
// project has, keeps the links, and reports issues of them.
func (a *apply) linkObserved(ctx context.Context, d *edgeDiff, o *Observation) error {
	now := d.byProject[o.Project]
	if !a.sameEdges(o) {
		now = a.edgesOf(o.Origin, o.Project, o.Links)
	}
	total, dangling := d.project(o.Project, now, a.keptEdge(o.Project))
	if err := a.rememberLinks(ctx, o); err != nil {
		return err
	}
	a.report().Count("lineages", total)
	a.report().Count("parents_unresolved", dangling)
	if dangling > 0 {
		a.report().Issue(catalog.Issue{
			Code: "parent-unresolved", Severity: "warning", Place: string(o.Source), Count: int(dangling),
			Message: "parents that are not a node of this schema; the edges are kept and drawn once the parents are known",
		})
	}
	return a.checkCycle(o, now)
}

// sameEdges reports whether the edges of an observation are those that its project
// has: its links are the same, and so are the assets at their ends.
func (a *apply) sameEdges(o *Observation) bool {
	return o.LinksSame && !a.restate && a.nothingMoved() && a.held[o.Project].isEmpty()
}

// dropGone ends the edges into what an origin withdrew, where its links are not
// known.
func (a *apply) dropGone(d *edgeDiff, restated map[catalog.ProjectID]bool) {
	for _, o := range a.observations {
		if restated[o.Project] || len(a.goneOf[o.Origin]) == 0 {
			continue
		}
		for _, e := range d.byProject[o.Project] {
			if a.goneOf[o.Origin][e.To] {
				d.drop = append(d.drop, e)
			}
		}
		slices.SortFunc(d.drop, catalog.CompareEdges)
	}
}

// linkOthers restates the edges of the other projects from the links that they
// reported last.
func (a *apply) linkOthers(ctx context.Context, d *edgeDiff, restated map[catalog.ProjectID]bool) error {
	others := map[catalog.ProjectID]bool{}
	for _, e := range a.current {
		if !restated[e.Project] {
			others[e.Project] = true
		}
	}
	delete(others, 0)
	for id := range others {
		links, err := a.readLinks(ctx, id)
		if err != nil {
			return err
		}
		if links == nil {
			continue // of a project that was last imported before links were remembered
		}
		project, err := a.Store.Project(ctx, a.ws, id)
		if err != nil {
			return fmt.Errorf("project %s: %w", id, err)
		}
		if err := a.readHeld(ctx, id); err != nil {
			return err
		}
		d.project(id, a.edgesOf(project.Origin(), id, links), a.keptEdge(id))
		restated[id] = true
	}
	return nil
}

// keptEdge reports which edges stay although their project does not state them:
// those into things whose removal is pending or was refused.
func (a *apply) keptEdge(project catalog.ProjectID) func(catalog.Edge) bool {
	h := a.held[project]
	if h == nil || len(h.assets) == 0 {
		return nil
	}
	return func(e catalog.Edge) bool { return h.assets[e.To] }
}

// lookup finds a node by the id that a node of an origin uses for it: its own
// origin's before another's. An id that several other origins have, on
// different assets, means none of them.
func (a *apply) lookup(origin catalog.Origin, id string) (location, bool) {
	if p, ok := a.at[Node{origin, id}]; ok {
		return p, true
	}
	if a.byID == nil {
		a.byID = make(map[string][]Node, len(a.at))
		for n := range a.at {
			a.byID[n.ID] = append(a.byID[n.ID], n)
		}
	}
	var found location
	for _, n := range a.byID[id] {
		p := a.at[n]
		if found.asset != 0 && found.asset != p.asset {
			return location{}, false
		}
		found = p
	}
	return found, found.asset != 0
}

// edgesOf turns the links of a project into edges between assets. Children that
// are not assets (data tests) are left out; an unknown parent becomes an
// unresolved edge. Several nodes of one table make one edge, and none to the
// table itself. The result is sorted.
func (a *apply) edgesOf(origin catalog.Origin, project catalog.ProjectID, links Links) []catalog.Edge {
	most := 0
	for child, parents := range links {
		if _, ok := a.at[Node{origin, child}]; ok {
			most += len(parents)
		}
	}
	out := make([]catalog.Edge, 0, most)
	for child, parents := range links {
		to, ok := a.at[Node{origin, child}]
		if !ok {
			continue
		}
		for _, parent := range parents {
			from, known := a.lookup(origin, parent)
			if known && from.asset == to.asset {
				continue
			}
			e := catalog.Edge{
				Project: project, To: to.asset, Type: edgeType(from.kind, to.kind, known),
				Confidence: catalog.ConfidenceMedium, Source: catalog.SourceDBTImport,
			}
			if known {
				e.From = from.asset
			} else {
				e.FromNode = parent
			}
			out = append(out, e)
		}
	}
	slices.SortFunc(out, catalog.CompareEdges)
	return slices.Compact(out)
}

// edgeType follows from the kinds at the ends of an edge. An unresolved parent
// of a table counts as a table.
func edgeType(from, to catalog.Kind, known bool) catalog.EdgeType {
	switch to {
	case catalog.KindExposure:
		return catalog.EdgeExposure
	case catalog.KindMetric, catalog.KindSemanticModel, catalog.KindSavedQuery:
		return catalog.EdgeMetric
	case catalog.KindUnitTest:
		return catalog.EdgeUnitTest
	}
	if to.IsTable() && (!known || from.IsTable()) {
		return catalog.EdgeDerived
	}
	return catalog.EdgeOther
}

// edgeDiff compares the current edges with those that projects state now.
type edgeDiff struct {
	edgeChange
	current   []catalog.Edge
	pairs     map[pair]bool // of derived edges, current and new; nil until an edge is new
	byProject map[catalog.ProjectID][]catalog.Edge
}

type pair struct{ from, to catalog.AssetID }

func newEdgeDiff(current []catalog.Edge) *edgeDiff {
	d := &edgeDiff{current: current, byProject: map[catalog.ProjectID][]catalog.Edge{}}
	for _, e := range current {
		if !e.Traced() { // those are the trace stage's
			d.byProject[e.Project] = append(d.byProject[e.Project], e)
		}
	}
	return d
}

// project compares the edges of one project; both lists are sorted. It returns
// how many distinct pairs of tables and how many unresolved parents now has.
func (d *edgeDiff) project(id catalog.ProjectID, now []catalog.Edge, keep func(catalog.Edge) bool) (total, dangling int64) {
	var last pair
	for _, e := range now {
		p := pair{e.From, e.To}
		if e.From == 0 {
			dangling++
		} else if e.Type == catalog.EdgeDerived && p != last {
			total++
			last = p
		}
	}
	current := d.byProject[id]
	drop := func(e catalog.Edge) {
		if keep == nil || !keep(e) {
			d.drop = append(d.drop, e)
		}
	}
	for len(current) > 0 || len(now) > 0 {
		order := 0
		switch {
		case len(current) == 0:
			order = 1
		case len(now) == 0:
			order = -1
		default:
			order = catalog.CompareEdges(current[0], now[0])
		}
		if order == 0 && current[0] != now[0] { // of another confidence or source
			d.drop = append(d.drop, current[0])
			d.put(now[0])
		}
		switch {
		case order < 0:
			drop(current[0])
		case order > 0:
			d.put(now[0])
		}
		if order <= 0 {
			current = current[1:]
		}
		if order >= 0 {
			now = now[1:]
		}
	}
	slices.SortFunc(d.drop, catalog.CompareEdges)
	return total, dangling
}

func (d *edgeDiff) put(e catalog.Edge) {
	d.add = append(d.add, e)
	if e.From == 0 || e.Type != catalog.EdgeDerived {
		return
	}
	if d.pairs == nil {
		d.pairs = make(map[pair]bool, len(d.current))
		for _, old := range d.current {
			if old.From != 0 && old.Type == catalog.EdgeDerived {
				d.pairs[pair{old.From, old.To}] = true
			}
		}
	}
	if p := (pair{e.From, e.To}); !d.pairs[p] {
		d.pairs[p] = true
		d.created++
	}
}

// resolveWaiting resolves edges, of projects that were not restated, whose
// parent was unknown until now.
func (a *apply) resolveWaiting(d *edgeDiff, restated map[catalog.ProjectID]bool) {
	for _, e := range a.current {
		if restated[e.Project] || e.From != 0 {
			continue
		}
		from, known := a.lookup("", e.FromNode)
		if !known {
			continue
		}
		d.drop = append(d.drop, e)
		if from.asset != e.To {
			e.From, e.FromNode = from.asset, ""
			d.put(e)
		}
	}
}

func (a *apply) writeEdges(c edgeChange) {
	a.later(func(ctx context.Context) error {
		if err := a.write.CloseEdges(ctx, c.drop); err != nil {
			return fmt.Errorf("%d edges that are gone: %w", len(c.drop), err)
		}
		if err := a.write.PutEdges(ctx, c.add); err != nil {
			return fmt.Errorf("%d edges: %w", len(c.add), err)
		}
		return nil
	})
}

// checkCycle reports tables that derive from themselves.
func (a *apply) checkCycle(o *Observation, edges []catalog.Edge) error {
	index := map[catalog.AssetID]int32{}
	number := func(id catalog.AssetID) int32 {
		n, ok := index[id]
		if !ok {
			n = int32(len(index))
			index[id] = n
		}
		return n
	}
	var list []graph.Edge
	for _, e := range edges {
		if e.From != 0 && e.Type == catalog.EdgeDerived {
			list = append(list, graph.Edge{From: number(e.From), To: number(e.To)})
		}
	}
	g, err := graph.New(len(index), list)
	if err != nil {
		return fmt.Errorf("graph of %s: %w", o.Origin, err)
	}
	if _, cycles := g.Order(); len(cycles) > 0 {
		a.report().Issue(catalog.Issue{
			Code: "lineage-cycle", Severity: "warning", Place: string(o.Source), Count: len(cycles),
			Message: fmt.Sprintf("%d groups of tables depend on themselves; lineage visits each table once", len(cycles)),
		})
	}
	return nil
}
