package readmodel

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/graph/layout"
	"github.com/thalweg-data/thalweg/internal/graph/layout/svg"
	"github.com/thalweg-data/thalweg/internal/turn"
)

// Map is a whole schema as groups of its assets, placed on a plane.
type Map struct {
	Groups  []Group // the largest first
	Edges   []GroupEdge
	Drawing layout.Drawing
	Cards   []svg.Card
	Depth   int // folders of a name; 0 if it does not group by folder

	Total         int // groups that there are
	Assets, Drawn int // assets that there are, and those in groups that are drawn
}

// Group is a set of assets.
type Group struct {
	Name   string // "": assets without such a property
	Title  string // the end of a folder's name by which it differs from others; else the name
	Assets int
	Kinds  map[catalog.Kind]int
	Inside int    // edges between its assets
	Asset  *Asset // of an expanded group: the one that is drawn by itself
}

// GroupEdge are the edges from the assets of one group to those of another, by their indexes.
type GroupEdge struct{ From, To, Edges int }

// Grouping is what a map groups by.
type Grouping string

// The groupings.
const (
	ByFolder  Grouping = "folder"
	BySchema  Grouping = "schema"
	ByPackage Grouping = "package"
	ByTag     Grouping = "tag"
	ByOwner   Grouping = "owner"
)

// MapOptions choose what a map shows.
type MapOptions struct {
	By     Grouping
	Depth  int    // folders of a name; 0: as many as make at most readable groups
	Limit  int    // groups
	Expand string // the group whose assets are drawn one by one
}

// readable is how many groups a map by folder has at most if no depth is given.
const readable = 40

// mapGaps are the distances in maps.
var mapGaps = layout.Gaps{Lane: 86, Row: 20, Margin: 24}

// Map groups the assets of the version.
func (v *View) Map(ctx context.Context, opts MapOptions) (Map, error) {
	tables, err := v.m.tableGraph(ctx, v.schemaKey(), v.Version)
	if err != nil {
		return Map{}, err
	}
	var out Map
	err = compute(ctx, 4*tables.graph.Len()+tables.graph.Edges(), func(ctx context.Context) error {
		g := grouper{tables: tables, opts: opts}
		g.group()
		if err := g.count(ctx); err != nil {
			return err
		}
		out = g.out
		return out.place()
	})
	return out, err
}

// onMap reports whether an asset is part of maps: what has data, and what is made from that.
func onMap(a *Asset) bool {
	switch a.Kind {
	case catalog.KindExposure, catalog.KindMetric, catalog.KindSemanticModel, catalog.KindSavedQuery:
		return true
	}
	return a.Kind.IsTable()
}

// grouper makes the groups of a map.
type grouper struct {
	tables *TableGraph
	opts   MapOptions
	out    Map
	groups [][]int32 // of each asset, by number: indexes of its groups that are drawn
}

// group finds the groups and those of them that are drawn.
func (g *grouper) group() {
	present := g.tables.assets.present
	names := make([][]string, len(present))
	packages := map[string]bool{}
	for _, a := range present {
		packages[a.Package] = true
	}
	for i, a := range present {
		if onMap(a) {
			names[i] = g.opts.By.namesOf(a, len(packages) > 1)
			g.out.Assets++
		}
	}
	if g.opts.By == ByFolder {
		g.out.Depth = g.opts.Depth
		if g.out.Depth == 0 {
			g.out.Depth = depthOf(names, min(readable, g.opts.Limit))
		}
		for _, folder := range names {
			for i := range folder {
				folder[i] = upTo(folder[i], g.out.Depth)
			}
		}
	}
	single := g.expand(names)
	sizes := map[string]int{}
	for _, of := range names {
		for _, name := range of {
			sizes[name]++
		}
	}
	order := slices.SortedFunc(maps.Keys(sizes), func(a, b string) int { return cmp.Or(cmp.Compare(sizes[b], sizes[a]), cmp.Compare(a, b)) })
	g.out.Total = len(order)
	drawn := map[string]int32{}
	for i, name := range order[:min(len(order), g.opts.Limit)] {
		drawn[name] = int32(i)
		g.out.Groups = append(g.out.Groups, Group{Name: name, Kinds: map[catalog.Kind]int{}, Asset: single[name]})
	}
	g.assign(names, drawn)
}

// expand makes each asset of the expanded group a group of its own, and returns those by name.
func (g *grouper) expand(names [][]string) map[string]*Asset {
	single := map[string]*Asset{}
	if g.opts.Expand == "" {
		return single
	}
	for i, of := range names {
		if n := slices.Index(of, g.opts.Expand); n >= 0 {
			asset := g.tables.assets.present[i]
			// No group has such a name, and in the order of names they are side by side.
			of[n] = g.opts.Expand + "\x00" + asset.Name + "\x00" + asset.Label()
			single[of[n]] = asset
		}
	}
	return single
}

// assign puts the assets into the groups that are drawn.
func (g *grouper) assign(names [][]string, drawn map[string]int32) {
	g.groups = make([][]int32, len(names))
	for i, of := range names {
		for _, name := range of {
			n, ok := drawn[name]
			if !ok {
				continue
			}
			g.groups[i] = append(g.groups[i], n)
			g.out.Groups[n].Assets++
			g.out.Groups[n].Kinds[g.tables.assets.present[i].Kind]++
		}
		if len(g.groups[i]) > 0 {
			g.out.Drawn++
		}
	}
}

// count counts the edges between groups. An asset of several groups counts in each of them.
func (g *grouper) count(ctx context.Context) error {
	n := len(g.out.Groups)
	weights := make([]int, n*n)
	for from := range int32(len(g.groups)) {
		if from%1024 == 0 {
			if err := turn.Take(ctx, 4*1024); err != nil {
				return err
			}
		}
		for _, to := range g.tables.graph.Children(from) {
			for _, a := range g.groups[from] {
				for _, b := range g.groups[to] {
					weights[int(a)*n+int(b)]++
				}
			}
		}
	}
	for i, weight := range weights {
		switch from, to := i/n, i%n; {
		case weight == 0:
		case from == to:
			g.out.Groups[from].Inside = weight
		default:
			g.out.Edges = append(g.out.Edges, GroupEdge{from, to, weight})
		}
	}
	return nil
}

// namesOf returns the names of an asset's groups.
func (by Grouping) namesOf(a *Asset, packages bool) []string {
	var names []string
	switch by {
	case ByFolder:
		return []string{folderOf(a, packages)}
	case BySchema:
		if name := strings.Trim(a.Relation.Database+"."+a.Relation.Schema, "."); name != "" {
			return []string{name}
		}
	case ByPackage:
		return []string{a.Package}
	case ByTag:
		eachOnce(a.Tags, func(name string) { names = append(names, name) })
	case ByOwner:
		eachOnce(a.Owners, func(name string) { names = append(names, name) })
	}
	if len(names) == 0 {
		return []string{""}
	}
	return names
}

// folderOf returns the folder of an asset's file, below that of its package if there are several. Sources are apart
// from the models whose folder describes them: they are where data comes in.
func folderOf(a *Asset, packages bool) string {
	folder := path.Dir(strings.ReplaceAll(a.Path, `\`, "/"))
	if a.Kind == catalog.KindSource && a.SourceName != "" {
		folder = "source: " + strings.ReplaceAll(a.SourceName, "/", "_")
	}
	if folder == "." || folder == "/" {
		folder = ""
	}
	if packages {
		folder = path.Join(a.Package, folder)
	}
	return folder
}

// depthOf returns the greatest depth with at most so many groups, but at least 1.
func depthOf(names [][]string, most int) int {
	folders := map[string]bool{}
	deepest := 1
	for _, of := range names {
		for _, name := range of {
			folders[name] = true
			deepest = max(deepest, strings.Count(name, "/")+1)
		}
	}
	for depth := deepest; depth > 1; depth-- {
		groups := map[string]bool{}
		for name := range folders {
			groups[upTo(name, depth)] = true
		}
		if len(groups) <= most {
			return depth
		}
	}
	return 1
}

// upTo returns the first folders of a path.
func upTo(folder string, depth int) string {
	parts := strings.SplitN(folder, "/", depth+1)
	return strings.Join(parts[:min(len(parts), depth)], "/")
}

// place lays out the groups, in the order of their names so that a change of sizes does not move them.
func (out *Map) place() error {
	order := make([]int, len(out.Groups))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(out.Groups[a].Name, out.Groups[b].Name) })
	out.name()
	number := make([]int32, len(order))
	boxes := make([]layout.Box, len(order))
	out.Cards = make([]svg.Card, len(order))
	for n, i := range order {
		out.Cards[i] = out.Groups[i].card()
		number[i], boxes[n] = int32(n), out.Cards[i].Box()
	}
	edges := make([]layout.Edge, len(out.Edges))
	for i, e := range out.Edges {
		edges[i] = layout.Edge{From: number[e.From], To: number[e.To], Weight: e.Edges}
	}
	drawing, err := layout.Layered(boxes, edges, mapGaps)
	if err != nil {
		return fmt.Errorf("map: %w", err)
	}
	places := make([]layout.Place, len(order))
	for n, i := range order {
		places[i] = drawing.Boxes[n]
	}
	drawing.Boxes = places
	out.Drawing = drawing
	return nil
}

// name gives the groups their titles: of folders as many of the last parts as no other group ends with.
func (out *Map) name() {
	ends := map[string]int{}
	if out.Depth > 0 {
		for _, g := range out.Groups {
			if g.Asset != nil {
				continue
			}
			for _, end := range endsOf(g.Name) {
				ends[end]++
			}
		}
	}
	for i := range out.Groups {
		g := &out.Groups[i]
		if g.Asset != nil {
			g.Name, g.Title = g.Asset.Name, g.Asset.Name
			continue
		}
		g.Title = g.Name
		for _, end := range endsOf(g.Name) {
			if ends[end] == 1 {
				g.Title = end
				break
			}
		}
	}
}

// endsOf returns the ends of a path, the shortest first.
func endsOf(folder string) []string {
	var ends []string
	for i := len(folder) - 1; i > 0; i-- {
		if folder[i] == '/' {
			ends = append(ends, folder[i+1:])
		}
	}
	return append(ends, folder)
}

// card is what a group shows: its most frequent kind, and the edges inside.
func (g Group) card() svg.Card {
	if g.Asset != nil {
		return svg.Card{Title: g.Title, Kind: string(g.Asset.Kind)}
	}
	kinds := slices.SortedFunc(maps.Keys(g.Kinds), func(a, b catalog.Kind) int {
		return cmp.Or(cmp.Compare(g.Kinds[b], g.Kinds[a]), cmp.Compare(a, b))
	})
	c := svg.Card{Title: cmp.Or(g.Title, "(none)"), Name: g.Name, Kind: string(kinds[0]), Stack: true, Left: fmt.Sprintf("%d %s", g.Assets, plural(kinds, g.Assets))}
	if g.Inside > 0 {
		c.Right = fmt.Sprintf("%d inside", g.Inside)
	}
	return c
}

func plural(kinds []catalog.Kind, n int) string {
	name := "asset"
	if len(kinds) == 1 {
		name = strings.ReplaceAll(string(kinds[0]), "_", " ")
	}
	if n == 1 {
		return name
	}
	if strings.HasSuffix(name, "y") {
		return strings.TrimSuffix(name, "y") + "ies"
	}
	return name + "s"
}
