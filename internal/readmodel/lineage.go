package readmodel

import (
	"context"
	"errors"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/graph"
)

// Node is an asset in a graph.
type Node struct {
	*Asset
	Depth                int // steps from the nearest asset that was asked about
	Upstream, Downstream int // direct neighbours in the whole graph
}

// TableLineage is a part of the graph of tables: nodes, the nearest first, and the
// edges between them.
type TableLineage struct {
	Nodes []Node
	Edges []TableLink
	Total int // nodes that there are; more than len(Nodes) if the limit cut
}

// TableLink is an edge between two assets.
type TableLink struct {
	From, To           *Asset
	Type               catalog.EdgeType
	Confidence, Source string
}

// SelectorError means that a selector cannot be read, or asks for what a view of
// one version does not have.
type SelectorError struct{ Err error }

func (e *SelectorError) Error() string { return "selector: " + e.Err.Error() }

// Unwrap makes it a catalog.ErrInvalid too.
func (e *SelectorError) Unwrap() []error { return []error{catalog.ErrInvalid, e.Err} }

// Lineage returns the part of the graph that a dbt selector means, "" = all of it;
// at most depth steps from the assets that it names and at most limit nodes.
func (v *View) Lineage(ctx context.Context, selector string, depth, limit int) (TableLineage, error) {
	links, err := v.m.links(ctx, v.scope(), v.Version)
	if err != nil {
		return TableLineage{}, err
	}
	reach, err := v.choose(ctx, links, selector)
	if err != nil {
		return TableLineage{}, err
	}
	ids, depths, total := within(reach, depth, limit)
	out := TableLineage{Total: total}
	for i, n := range ids {
		out.Nodes = append(out.Nodes, links.node(n, int(depths[i])))
	}
	for _, pair := range links.graph.Within(ids) {
		e := links.edge(pair)
		out.Edges = append(out.Edges, TableLink{
			From: links.assets.present[pair.From], To: links.assets.present[pair.To], Type: e.Type, Confidence: e.Confidence, Source: e.Source,
		})
	}
	return out, nil
}

func (l *Links) node(n int32, depth int) Node {
	return Node{Asset: l.assets.present[n], Depth: depth, Upstream: len(l.graph.Parents(n)), Downstream: len(l.graph.Children(n))}
}

func (v *View) choose(ctx context.Context, links *Links, text string) (graph.Reach, error) {
	if strings.TrimSpace(text) == "" {
		all := make([]int32, links.graph.Len())
		for i := range all {
			all[i] = int32(i)
		}
		return graph.Reach{IDs: all, Depths: make([]int32, len(all)), Total: len(all)}, nil
	}
	selector, err := graph.ParseSelector(text)
	if err != nil {
		return graph.Reach{}, &SelectorError{err}
	}
	u := &universe{ctx: ctx, v: v, assets: links.assets}
	reach, err := selector.Eval(links.graph, u, graph.NoLimit)
	if u.fault != nil {
		return graph.Reach{}, u.fault
	}
	if errors.Is(err, errNoState) {
		err = &SelectorError{err}
	}
	return reach, err
}

// within drops the nodes beyond the depth, then those beyond the limit.
func within(reach graph.Reach, depth, limit int) (ids, depths []int32, total int) {
	total = reach.Total
	for i, d := range reach.Depths { // ascending
		if int(d) > depth {
			total = i
			break
		}
	}
	n := min(total, limit)
	return reach.IDs[:n], reach.Depths[:n], total
}

var errNoState = errors.New("state: compares two versions, which this method cannot")

// universe answers selectors about the assets of one evaluation.
type universe struct {
	ctx     context.Context //nolint:containedctx // one evaluation's, whose interface has none
	v       *View
	assets  *Assets
	configs *Configs // once a selector asks for configuration
	fault   error    // of reading configs
}

func (u *universe) Attributes(n int32) graph.Attributes {
	a := u.assets.present[n]
	out := graph.Attributes{
		ResourceType: string(a.Kind), Name: a.Name, Tags: a.Tags, FQN: a.FQN, Package: a.Package, Source: a.SourceName, Path: a.Path,
		Group: a.Group, Access: a.Access, Versioned: a.Versioned,
	}
	if len(out.FQN) == 0 {
		out.FQN = []string{a.Name}
	}
	return out
}

// Config reads a dotted path of dbt's configuration.
func (u *universe) Config(n int32, path string) []string {
	a := u.assets.present[n]
	if path == "materialized" && a.Materialized != "" {
		return []string{a.Materialized}
	}
	if u.configs == nil && u.fault == nil {
		var part sized
		if part, u.fault = u.v.m.part(u.ctx, u.v.scope(), configsPart, u.v.Version); u.fault == nil {
			u.configs = part.(*Configs)
		}
	}
	if u.fault != nil {
		return nil
	}
	return u.configs.values(a.ID, path)
}

func (u *universe) State(int32, string) (bool, error) { return false, errNoState }
