package httpapi

import (
	"fmt"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/graph/layout"
	"github.com/thalweg-data/thalweg/internal/graph/layout/svg"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/readmodel"
)

// Placed is where a box is, in pixels.
type Placed struct {
	X      *int `json:"x,omitempty" doc:"With layout: pixels from the left of the picture"`
	Y      *int `json:"y,omitempty" doc:"With layout: pixels from the top of the picture"`
	Width  *int `json:"width,omitempty" doc:"With layout: pixels"`
	Height *int `json:"height,omitempty" doc:"With layout: pixels"`
	Lane   *int `json:"lane,omitempty" doc:"With layout: number of the lane, from 0 at the left"`
}

// Drawn is the line of an edge.
type Drawn struct {
	Points []Point `json:"points,omitempty" nullable:"false" doc:"With layout: points of the line; between two of them it is level, or a curve that is level at both ends"`
	Back   bool    `json:"back,omitempty" doc:"With layout: the edge is part of a cycle and is drawn to the left"`
}

// Point is a point of a line.
type Point struct {
	X int `json:"x" doc:"Pixels from the left"`
	Y int `json:"y" doc:"Pixels from the top"`
}

// Extent is the size of a picture.
type Extent struct {
	Boxes  *int `json:"boxes,omitempty" doc:"With layout: boxes of the picture"`
	Lanes  *int `json:"lanes,omitempty" doc:"With layout: lanes of the picture"`
	Width  *int `json:"width,omitempty" doc:"With layout: pixels"`
	Height *int `json:"height,omitempty" doc:"With layout: pixels"`
}

// LineageFold is a box for several assets.
type LineageFold struct {
	ID     string        `json:"id" doc:"For fold_edges; of this reply only" example:"FOLD-1"`
	Of     string        `json:"of" doc:"The asset that has too many neighbours" example:"TBL-12"`
	Side   string        `json:"side" enum:"upstream,downstream" doc:"Where of it they are"`
	Count  int           `json:"count" doc:"Assets in the fold"`
	Folder *string       `json:"folder" doc:"Common folder of their files; null if none"`
	Assets []FoldedAsset `json:"assets" nullable:"false"`
	Placed
}

// FoldedAsset is an asset without a box of its own.
type FoldedAsset struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Kind string `json:"kind"`
}

// FoldEdge is the line for all edges between two boxes of which one is a fold.
type FoldEdge struct {
	From  string `json:"from"`
	To    string `json:"to"`
	Edges int    `json:"edges" doc:"Edges that the line is for"`
	Drawn
}

// SVG draws the graph.
func (l Lineage) SVG() []byte { return l.picture.SVG() }

func pictureOf(p readmodel.Picture, version int64, projects map[catalog.ProjectID]string) Lineage {
	out := Lineage{Data: LineageData{Nodes: []httpserver.Resource[LineageNode]{}, Edges: []LineageEdge{}}}
	out.picture = svg.Picture{Cards: p.Cards, Drawing: p.Drawing}
	for i, n := range p.Nodes {
		node := lineageNode(n.Node, projects)
		node.Attributes.Placed = placedAt(p.Drawing.Boxes[i])
		node.Attributes.UpstreamDrawn, node.Attributes.DownstreamDrawn = &p.Nodes[i].UpstreamDrawn, &p.Nodes[i].DownstreamDrawn
		out.Data.Nodes = append(out.Data.Nodes, node)
	}
	for i, f := range p.Folds {
		out.Data.Folds = append(out.Data.Folds, foldOf(i, f, p.Drawing.Boxes[len(p.Nodes)+i]))
	}
	for i, e := range p.Edges {
		edge := lineageEdge(e)
		edge.Drawn = drawn(p.Drawing.Lines[i])
		out.Data.Edges = append(out.Data.Edges, edge)
		out.picture.Strokes = append(out.picture.Strokes, svg.Stroke{Dashed: e.Confidence == "low"})
	}
	for i, e := range p.FoldEdges {
		out.Data.FoldEdges = append(out.Data.FoldEdges, FoldEdge{
			From: boxID(p, e.From), To: boxID(p, e.To), Edges: e.Edges, Drawn: drawn(p.Drawing.Lines[len(p.Edges)+i]),
		})
		out.picture.Strokes = append(out.picture.Strokes, svg.Stroke{Dashed: true})
	}
	boxes := len(p.Nodes) + len(p.Folds)
	out.Meta = LineageMeta{
		Nodes: len(p.Nodes), TotalNodes: p.Total, Edges: len(p.Edges), Truncated: p.Total > len(p.Nodes)+p.Folded, Version: version,
		Warnings: httpserver.WarningsOf(p.Warnings), Folded: &p.Folded, Extent: extentOf(boxes, p.Drawing),
	}
	out.picture.Title = fmt.Sprintf("Lineage, %d of %d nodes drawn, %d folded", len(p.Nodes), p.Total, p.Folded)
	return out
}

func extentOf(boxes int, d layout.Drawing) Extent {
	return Extent{Boxes: &boxes, Lanes: &d.Lanes, Width: &d.Width, Height: &d.Height}
}

func placedAt(b layout.Place) Placed {
	return Placed{X: &b.X, Y: &b.Y, Width: &b.Width, Height: &b.Height, Lane: &b.Lane}
}

func drawn(line layout.Line) Drawn {
	out := Drawn{Back: line.Back}
	for _, p := range line.Points {
		out.Points = append(out.Points, Point{p.X, p.Y})
	}
	return out
}

func foldOf(n int, f readmodel.PictureFold, at layout.Place) LineageFold {
	out := LineageFold{
		ID: foldID(n), Of: f.Hub.Label(), Side: "upstream", Count: len(f.Assets), Folder: optional(f.Folder), Placed: placedAt(at),
	}
	if f.Children {
		out.Side = "downstream"
	}
	for _, a := range f.Assets {
		out.Assets = append(out.Assets, FoldedAsset{ID: a.Label(), Name: a.Name, Kind: string(a.Kind)})
	}
	return out
}

func foldID(n int) string { return fmt.Sprintf("FOLD-%d", n+1) }

// boxID returns the id of a node or of a fold.
func boxID(p readmodel.Picture, box int) string {
	if box < len(p.Nodes) {
		return p.Nodes[box].Label()
	}
	return foldID(box - len(p.Nodes))
}
