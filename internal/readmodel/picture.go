package readmodel

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/graph"
	"github.com/thalweg-data/thalweg/internal/graph/layout"
	"github.com/thalweg-data/thalweg/internal/graph/layout/svg"
)

// Picture is a part of the graph of tables, placed on a plane. Its boxes are the nodes, then the folds; its lines are
// the edges, then those of folds.
type Picture struct {
	Nodes     []PictureNode // nearest first
	Folds     []PictureFold
	Edges     []TableEdge // between nodes
	FoldEdges []FoldEdge
	Drawing   layout.Drawing
	Cards     []svg.Card // of the boxes
	Total     int        // nodes that there are; more than are drawn and folded if there was no room
	Folded    int        // nodes in folds
	Warnings  []catalog.Warning
}

// PictureNode is a node, and how many of its neighbours are drawn as boxes of their own.
type PictureNode struct {
	Node
	UpstreamDrawn, DownstreamDrawn int
}

// PictureFold is a box for several assets: a hub has too many neighbours.
type PictureFold struct {
	Hub      *Asset
	Children bool // they are made from the hub
	Folder   string
	Assets   []*Asset
}

// FoldEdge is a line of a fold: edges of its assets. Ends are indexes of boxes.
type FoldEdge struct {
	From, To int
	Edges    int
}

// PictureOptions bound a picture.
type PictureOptions struct {
	LineageOptions
	Fold int // neighbours of a box in one lane beyond which further ones are folded
}

// Bounds of pictures.
const (
	MaxBoxes   = 200
	maxPlanned = 2_000  // nodes that are looked at before some are folded
	maxPairs   = 20_000 // edges between them
)

// pictureGaps are the distances in pictures of assets.
var pictureGaps = layout.Gaps{Lane: 46, Row: 14, Margin: 24}

// Picture places the part of the graph that a dbt selector means: at most opts.Limit boxes.
func (v *View) Picture(ctx context.Context, selector string, opts PictureOptions) (Picture, error) {
	tables, err := v.m.tableGraph(ctx, v.schemaKey(), v.Version)
	if err != nil {
		return Picture{}, err
	}
	reach, warnings, err := v.choose(ctx, tables, selector)
	if err != nil {
		return Picture{}, err
	}
	reach = tables.chosen(reach, opts.LineageOptions)
	var out Picture
	err = compute(ctx, 20*len(reach.IDs), func(ctx context.Context) error {
		p := planner{tables: tables, fold: opts.Fold, all: strings.TrimSpace(selector) == ""}
		var total int
		p.ids, p.depths, total = within(reach, opts.Depth, maxPlanned)
		if err := p.plan(ctx, min(opts.Limit, MaxBoxes)); err != nil {
			return err
		}
		out, err = p.draw()
		out.Total, out.Warnings = total, warnings
		return err
	})
	return out, err
}

// planner chooses what is drawn.
type planner struct {
	tables      *TableGraph
	ids, depths []int32 // candidates, nearest first; then those that are drawn or folded
	fold        int
	all         bool // no node was named

	pairs []graph.Edge  // between them
	folds []layout.Fold // by position in ids
}

// plan takes as many candidates as fit into a number of boxes.
func (p *planner) plan(ctx context.Context, boxes int) error {
	n := len(p.ids)
	for n > boxes && len(p.tables.graph.Within(p.ids[:n])) > maxPairs {
		n = max(boxes, n/2)
	}
	if fit, err := p.fits(n, boxes); err != nil || fit {
		return err
	}
	low, high := boxes, n // low fits, high does not
	for high-low > 1 && ctx.Err() == nil {
		middle := (low + high) / 2
		fit, err := p.fits(middle, boxes)
		if err != nil {
			return err
		}
		if fit {
			low = middle
		} else {
			high = middle
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	_, err := p.fits(low, boxes)
	p.ids, p.depths = p.ids[:low], p.depths[:low]
	return err
}

// fits folds the first n candidates and reports whether the boxes that are left are few enough.
func (p *planner) fits(n, boxes int) (bool, error) {
	at := make(map[int32]int32, n)
	for i, id := range p.ids[:n] {
		at[id] = int32(i)
	}
	p.pairs = p.tables.graph.Within(p.ids[:n])
	edges := make([]layout.Edge, len(p.pairs))
	for i, pair := range p.pairs {
		edges[i] = layout.Edge{From: at[pair.From], To: at[pair.To]}
	}
	folds, err := layout.Folds(n, edges, p.fold, p.fixed(n))
	if err != nil {
		return false, fmt.Errorf("fold: %w", err)
	}
	p.folds = folds
	left := n + len(folds)
	for _, fold := range folds {
		left -= len(fold.Members)
	}
	return left <= boxes, nil
}

// fixed reports which candidates are not folded: those that were asked for, if they are few.
func (p *planner) fixed(n int) func(int32) bool {
	named := 0
	for named < n && p.depths[named] == 0 {
		named++
	}
	if p.all || named > p.fold {
		named = 0
	}
	return func(i int32) bool { return int(i) < named }
}

// draw places what was chosen.
func (p *planner) draw() (Picture, error) {
	out := Picture{}
	at := map[int32]int{} // box of each asset
	folded := map[int32]bool{}
	for _, fold := range p.folds {
		for _, i := range fold.Members {
			folded[i] = true
		}
	}
	for i, id := range p.ids {
		if !folded[int32(i)] {
			at[id] = len(out.Nodes)
			out.Nodes = append(out.Nodes, PictureNode{Node: p.tables.node(id, int(p.depths[i]))})
		}
	}
	for n, fold := range p.folds {
		out.Folds = append(out.Folds, p.foldOf(fold))
		for _, i := range fold.Members {
			at[p.ids[i]] = len(out.Nodes) + n
			out.Folded++
		}
	}
	lines := p.connect(&out, at)
	out.Cards = out.cards(p.all)
	return out, out.place(p.numbers(at, len(out.Cards)), lines)
}

func (p *planner) foldOf(fold layout.Fold) PictureFold {
	out := PictureFold{Hub: p.tables.assets.present[p.ids[fold.Hub]], Children: fold.Children}
	for _, i := range fold.Members {
		out.Assets = append(out.Assets, p.tables.assets.present[p.ids[i]])
	}
	slices.SortFunc(out.Assets, func(a, b *Asset) int { return int(a.ID - b.ID) })
	out.Folder = commonFolder(out.Assets)
	return out
}

// commonFolder returns the folder that the files of all assets are in; "" if there is none.
func commonFolder(assets []*Asset) string {
	folder := path.Dir(assets[0].Path)
	for _, a := range assets[1:] {
		for folder != "." && folder != "/" && !strings.HasPrefix(path.Dir(a.Path)+"/", folder+"/") {
			folder = path.Dir(folder)
		}
	}
	if folder == "." || folder == "/" {
		return ""
	}
	return folder
}

// connect adds the edges and returns them by boxes: those between nodes, then those of folds.
func (p *planner) connect(out *Picture, at map[int32]int) []layout.Edge {
	var lines, ofFolds []layout.Edge
	joined := map[[2]int]int{} // fold edges by ends
	for _, pair := range p.pairs {
		from, to := at[pair.From], at[pair.To]
		if max(from, to) < len(out.Nodes) {
			e := p.tables.edge(pair)
			out.Edges = append(out.Edges, TableEdge{
				From: p.tables.assets.present[pair.From], To: p.tables.assets.present[pair.To], Type: e.Type, Confidence: e.Confidence, Source: e.Source,
			})
			lines = append(lines, layout.Edge{From: int32(from), To: int32(to)})
			out.Nodes[from].DownstreamDrawn++
			out.Nodes[to].UpstreamDrawn++
			continue
		}
		n, ok := joined[[2]int{from, to}]
		if !ok {
			n = len(out.FoldEdges)
			joined[[2]int{from, to}] = n
			out.FoldEdges = append(out.FoldEdges, FoldEdge{From: from, To: to})
			ofFolds = append(ofFolds, layout.Edge{From: int32(from), To: int32(to)})
		}
		out.FoldEdges[n].Edges++
	}
	return append(lines, ofFolds...)
}

// numbers orders the boxes by what does not depend on the request: the first asset in each.
func (p *planner) numbers(at map[int32]int, boxes int) []int32 {
	order := make([]int32, 0, boxes)
	seen := make([]bool, boxes)
	for _, id := range slices.Sorted(slices.Values(p.ids)) {
		if box := at[id]; !seen[box] {
			seen[box] = true
			order = append(order, int32(box))
		}
	}
	return order
}

// place lays out the boxes, numbered so that the drawing does not depend on their order in the reply.
func (out *Picture) place(order []int32, lines []layout.Edge) (err error) {
	number := make([]int32, len(order))
	boxes := make([]layout.Box, len(order))
	for n, box := range order {
		number[box], boxes[n] = int32(n), out.Cards[box].Box()
	}
	edges := make([]layout.Edge, len(lines))
	for i, e := range lines {
		edges[i] = layout.Edge{From: number[e.From], To: number[e.To]}
	}
	if out.Drawing, err = layout.Layered(boxes, edges, pictureGaps); err != nil {
		return fmt.Errorf("picture: %w", err)
	}
	places := make([]layout.Place, len(order))
	for n, box := range order {
		places[box] = out.Drawing.Boxes[n]
	}
	out.Drawing.Boxes = places
	return nil
}

// cards returns what the boxes show.
func (out *Picture) cards(all bool) []svg.Card {
	var cards []svg.Card
	shared := out.sharedPrefixes()
	for _, n := range out.Nodes {
		focus := !all && n.Depth == 0
		title := n.Name
		if prefix, rest, ok := strings.Cut(title, prefixEnd); ok && rest != "" && !focus && shared[prefix] {
			title = "…" + rest
		}
		cards = append(cards, svg.Card{
			Kind: string(n.Kind), Title: title, Name: n.Name, Focus: focus,
			Left: drawnOf(n.UpstreamDrawn, n.Upstream, "up", focus), Right: drawnOf(n.DownstreamDrawn, n.Downstream, "down", focus),
		})
	}
	for _, f := range out.Folds {
		title := fmt.Sprintf("+%d more", len(f.Assets))
		if f.Folder != "" {
			title += " in " + lastFolder(f.Folder)
		}
		cards = append(cards, svg.Card{Title: title, Stack: true, Dashed: true})
	}
	return cards
}

// A prefix of names ends with two underscores, by dbt's custom. It is left out of titles if several have it and one of
// them is too long to be shown in full.
const (
	prefixEnd   = "__"
	longTitle   = 30
	manyAlike   = 3
	aboveFolder = "…/"
)

func (out *Picture) sharedPrefixes() map[string]bool {
	counts, shared := map[string]int{}, map[string]bool{}
	for _, n := range out.Nodes {
		if prefix, _, ok := strings.Cut(n.Name, prefixEnd); ok {
			counts[prefix]++
			shared[prefix] = shared[prefix] || len(n.Name) > longTitle
		}
	}
	maps.DeleteFunc(shared, func(prefix string, long bool) bool { return !long || counts[prefix] < manyAlike })
	return shared
}

// lastFolder returns the last part of a path, marked if there are others.
func lastFolder(folder string) string {
	if name := path.Base(folder); name != folder {
		return aboveFolder + name
	}
	return folder
}

// drawnOf returns how many neighbours are drawn, if that is not all of them.
func drawnOf(drawn, of int, side string, always bool) string {
	switch {
	case drawn >= of && always && of > 0:
		return fmt.Sprintf("%d %s", of, side)
	case drawn >= of:
		return ""
	case drawn == 0:
		return fmt.Sprintf("+%d %s", of, side)
	}
	return fmt.Sprintf("%d of %d %s", drawn, of, side)
}
