package readmodel

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/graph"
	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/turn"
)

// choose evaluates a dbt selector, "" = everything. Warnings are about those of its parts that select no asset.
func (v *View) choose(ctx context.Context, tables *TableGraph, text string) (reach graph.Reach, warnings []catalog.Warning, err error) {
	if strings.TrimSpace(text) == "" {
		all := allOf(tables.graph)
		return graph.Reach{IDs: all, Depths: make([]int32, len(all)), Total: len(all)}, nil, nil
	}
	selector, err := graph.ParseSelector(text)
	if err != nil {
		return reach, nil, &SelectorError{err}
	}
	u := newUniverse(ctx, v, tables)
	if err := u.load(ctx, selector); err != nil {
		return reach, nil, err
	}
	err = compute(ctx, selector.Steps()*u.Len(), func(ctx context.Context) error {
		u.ctx = ctx
		reach, warnings, err = u.evaluate(selector)
		return err
	})
	if err != nil {
		return graph.Reach{}, nil, err
	}
	return reach, warnings, nil
}

// load loads what the evaluation of a selector needs besides the graph, in no time of
// its own.
func (u *universe) load(ctx context.Context, selector graph.Selector) error {
	needsTests := false
	err := compute(ctx, selector.Steps()*u.Len(), func(ctx context.Context) error {
		u.ctx = ctx
		needsTests = selector.NeedsTests(u)
		return u.stopped
	})
	u.ctx = ctx
	if err == nil && needsTests {
		err = u.addTests()
	}
	if err == nil && selector.NeedsConfig() {
		err = u.addConfigs()
	}
	return err
}

// evaluate evaluates a selector.
func (u *universe) evaluate(selector graph.Selector) (reach graph.Reach, warnings []catalog.Warning, err error) {
	selected, err := selector.Eval(u.graph, u, graph.NoLimit)
	switch {
	case u.fault != nil:
		return reach, nil, u.fault
	case errors.Is(err, graph.ErrStopped):
		return reach, nil, u.stopped
	case errors.Is(err, errNoState):
		err = &SelectorError{err}
	}
	if err != nil {
		return reach, nil, err
	}
	reach = withoutTests(selected.Reach, len(u.assets.present))
	warnings = u.warnings(selected, len(reach.IDs))
	return reach, warnings, cmp.Or(u.fault, u.stopped)
}

// withoutTests leaves out the data tests, whose numbers follow those of the assets.
func withoutTests(reach graph.Reach, assets int) graph.Reach {
	var out graph.Reach
	for i, id := range reach.IDs {
		if int(id) < assets {
			out.IDs, out.Depths = append(out.IDs, id), append(out.Depths, reach.Depths[i])
		}
	}
	out.Total = len(out.IDs)
	return out
}

// Bounds of the warnings about one selector, and of the near names in each.
const (
	maxWarnings  = 5
	maxNearNames = 5
)

func (u *universe) warnings(selected graph.Selected, assets int) []catalog.Warning {
	var out []string
	compared := 0 // terms
	for i, part := range selected.Unmatched {
		if i == maxWarnings {
			out = append(out, fmt.Sprintf("%d more parts of the selector select nothing", len(selected.Unmatched)-i))
			break
		}
		out = append(out, u.warning(part, &compared))
	}
	if len(selected.IDs) > 0 && assets == 0 {
		out = append(out, "the selector selects data tests only, which are not nodes of the lineage; with 1+ in front of it, it selects what they test")
	}
	warnings := make([]catalog.Warning, len(out))
	for i, message := range out {
		warnings[i] = catalog.Warning{Code: catalog.WarningNoMatch, Field: "select", Message: message}
	}
	return warnings
}

func (u *universe) warning(part graph.Unmatched, compared *int) string {
	if len(part.Terms) == 0 {
		return fmt.Sprintf("%q selects nothing: no node meets all of its terms", part.Part)
	}
	text := fmt.Sprintf("%q selects nothing", part.Part)
	var near []string
	for _, term := range part.Terms {
		if *compared++; *compared > maxWarnings {
			break
		}
		near = append(near, term.Near(u, maxNearNames)...)
	}
	if len(near) > 0 {
		text += "; near names: " + strings.Join(near, ", ")
	}
	return text
}

var errNoState = errors.New("state: compares two versions, which this method cannot")

// universe answers selectors about the assets of one evaluation. Nodes of its graph are the assets, then the data tests
// if the selector needs them; further names are those of dbt nodes that are not the leading ones of their assets.
type universe struct {
	ctx      context.Context //nolint:containedctx // one evaluation's, whose interface has none
	v        *View
	tables   *TableGraph
	assets   *Assets
	graph    *graph.Graph
	tests    []testNode
	others   []otherName
	configs  *Configs                     // once a selector asks for configuration
	packages map[catalog.ProjectID]string // once a selector asks for the project itself
	fault    error                        // of reading one of them
	stopped  error                        // why the evaluation was stopped
}

func newUniverse(ctx context.Context, v *View, tables *TableGraph) *universe {
	return &universe{ctx: ctx, v: v, tables: tables, assets: tables.assets, graph: tables.graph, others: tables.assets.named().others}
}

// Names returns the index of the names of assets; nil once tests are among them.
func (u *universe) Names() *graph.Names {
	if len(u.tests) > 0 {
		return nil
	}
	return u.assets.named().index
}

func (u *universe) addTests() error {
	part, err := u.v.m.part(u.ctx, u.v.schemaKey(), testNodesPart, u.v.Version)
	if err != nil {
		return err
	}
	tests := part.(*TestNodes)
	u.graph, u.tests = tests.graph, tests.nodes
	return nil
}

func (u *universe) Len() int { return u.graph.Len() + len(u.others) }

func (u *universe) Node(name int32) int32 {
	if other := u.other(name); other != nil {
		return other.asset
	}
	return name
}

// other returns the further name of a number; nil for a node's own.
func (u *universe) other(name int32) *otherName {
	if n := int(name) - u.graph.Len(); n >= 0 {
		return &u.others[n]
	}
	return nil
}

// test returns the test of a number; nil for anything else.
func (u *universe) test(name int32) *testNode {
	if n := int(name) - len(u.assets.present); n >= 0 && n < len(u.tests) {
		return &u.tests[n]
	}
	return nil
}

func (u *universe) Attributes(name int32) graph.Attributes {
	if t := u.test(name); t != nil {
		return t.Attributes
	}
	if other := u.other(name); other != nil {
		return other.attributes(u.assets.present)
	}
	return u.assets.present[name].attributes()
}

// attributes are those of the node, with the tags of its asset.
func (o *otherName) attributes(present []*Asset) graph.Attributes {
	n := o.node
	return graph.Attributes{
		ResourceType: string(n.Kind), Name: n.Name, Tags: present[o.asset].Tags, FQN: n.FQN, Package: n.Package,
		Source: n.SourceName, Path: n.Path, PatchPath: n.PatchPath, Group: n.Group, Access: n.Access, Version: n.Version,
		LatestVersion: n.LatestVersion,
	}
}

// attributes are those of the leading node.
func (a *Asset) attributes() graph.Attributes {
	out := graph.Attributes{
		ResourceType: string(a.Kind), Name: a.Name, Tags: a.Tags, FQN: a.FQN, Package: a.Package, Source: a.SourceName, Path: a.Path,
		PatchPath: a.PatchPath, Group: a.Group, Access: a.Access, LatestVersion: a.LatestVersion,
	}
	switch {
	case a.Version == "":
	case a.Kind == catalog.KindModel:
		out.Version = a.Version
	default: // a unit test of that version, whose name is shown with it
		out.Name = strings.TrimSuffix(a.Name, ".v"+a.Version)
	}
	if len(out.FQN) == 0 {
		out.FQN = []string{a.Name} // of a table that a crawl found
	}
	return out
}

// Config reads a dotted path of dbt's configuration.
func (u *universe) Config(name int32, path string) []string {
	if t := u.test(name); t != nil {
		return t.config(path)
	}
	if u.other(name) != nil {
		return nil
	}
	a := u.assets.present[name]
	if path == "materialized" && a.Materialized != "" {
		return []string{a.Materialized}
	}
	if u.configs == nil && u.fault == nil {
		u.fault = u.addConfigs()
	}
	if u.fault != nil {
		return nil
	}
	return u.configs.values(a.ID, path)
}

func (u *universe) addConfigs() error {
	part, err := u.v.m.part(u.ctx, u.v.schemaKey(), configsPart, u.v.Version)
	if err == nil {
		u.configs = part.(*Configs)
	}
	return err
}

func (u *universe) RootPackage(name int32) string {
	if u.packages == nil && u.fault == nil {
		u.packages, u.fault = u.v.ProjectNames(u.ctx)
	}
	if t := u.test(name); t != nil {
		return u.packages[t.project]
	}
	if other := u.other(name); other != nil {
		return u.packages[other.node.Project]
	}
	return u.packages[u.assets.present[name].Project]
}

// ProjectNames returns the names of the projects of the schema.
func (v *View) ProjectNames(ctx context.Context) (map[catalog.ProjectID]string, error) {
	names := map[catalog.ProjectID]string{}
	for page := (store.Page{Limit: store.MaxLimit}); ; {
		projects, err := v.m.store.Projects(ctx, v.ws(), v.Schema.ID, page)
		if err != nil {
			return nil, err
		}
		for _, project := range projects.Rows {
			names[project.ID] = project.Name
		}
		if page.After = projects.Next; page.After == "" {
			return names, nil
		}
	}
}

func (u *universe) Stopped(steps int) bool {
	if u.stopped == nil {
		u.stopped = turn.Take(u.ctx, steps)
	}
	return u.stopped != nil
}

func (u *universe) State(int32, string) (bool, error) { return false, errNoState }
