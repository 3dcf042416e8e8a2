package httpapi

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/graph"
	"github.com/thalweg-data/thalweg/internal/graph/layout/svg"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/readmodel"
)

// LineageNode is an asset in a graph.
type LineageNode struct {
	Name         string                        `json:"name"`
	Kind         string                        `json:"kind"`
	Relation     httpserver.Nullable[Relation] `json:"relation"`
	Materialized *string                       `json:"materialized"`
	Tags         []string                      `json:"tags" nullable:"false"`
	UniqueID     *string                       `json:"unique_id"`
	Project      *string                       `json:"project" doc:"Name of the dbt project that owns it; null if projects only refer to it, or none knows it"`
	Depth        int                           `json:"depth" doc:"Steps from the nearest selected asset"`
	Upstream     int                           `json:"upstream" doc:"Direct parents, in the whole graph, hooks left out"`
	Downstream   int                           `json:"downstream" doc:"Direct children, in the whole graph, hooks left out"`
	Status       *string                       `json:"status" doc:"error, fail, stale, warn or pass: the worst of the latest results of its run, its data tests and its freshness; null if there is none"`
	Placed
	UpstreamDrawn   *int `json:"upstream_drawn,omitempty" doc:"With layout: direct parents that are drawn as boxes of their own"`
	DownstreamDrawn *int `json:"downstream_drawn,omitempty" doc:"With layout: direct children that are drawn as boxes of their own"`
}

// LineageEdge is a table edge.
type LineageEdge struct {
	From       string `json:"from"`
	To         string `json:"to"`
	Type       string `json:"type" doc:"derived between tables; read between tables where code reads one that its project does not declare as a parent; exposure, metric, unit_test or other by what uses it"`
	Confidence string `json:"confidence"`
	Source     string `json:"source" doc:"dbt_import: a project declares it; sql: found in code"`
	Drawn
}

// Lineage is a part of a schema's graph.
type Lineage struct {
	Data LineageData `json:"data"`
	Meta LineageMeta `json:"meta"`

	picture svg.Picture
}

// LineageData has nodes, nearest first, and the edges between them.
type LineageData struct {
	Nodes []httpserver.Resource[LineageNode] `json:"nodes" nullable:"false"`
	Edges []LineageEdge                      `json:"edges" nullable:"false"`

	Folds     []LineageFold `json:"folds,omitempty" nullable:"false" doc:"With layout: boxes for several assets each, because a box has too many neighbours in a lane"`
	FoldEdges []FoldEdge    `json:"fold_edges,omitempty" nullable:"false" doc:"With layout: lines from and to folds"`
}

// LineageMeta has the totals of the graph.
type LineageMeta struct {
	Nodes      int   `json:"nodes"`
	TotalNodes int   `json:"total_nodes"`
	Edges      int   `json:"edges"`
	Truncated  bool  `json:"truncated"`
	Version    int64 `json:"version"`
	Extent
	Folded *int `json:"folded,omitempty" doc:"With layout: nodes in folds; meta.nodes are those with boxes of their own"`
	// Warnings are about the selector.
	Warnings []httpserver.Warning `json:"warnings,omitempty" nullable:"false" doc:"Parts of the selector that match nothing, with similar names"`
}

type lineageInput struct {
	AtParam
	SchemaID string `query:"schema_id" required:"true" maxLength:"64" example:"SCH-101"`
	Select   string `query:"select" maxLength:"4096" doc:"dbt selector, such as 1+orders+1 or tag:nightly+, of at most 64 terms; default: everything" example:"1+fct_orders+1"`
	Depth    int    `query:"depth" minimum:"0" maximum:"1000000" default:"1000000" doc:"Maximum number of steps from the selected assets; unlimited by default"`
	Limit    int    `query:"limit" minimum:"1" maximum:"2000" default:"200" doc:"Maximum number of nodes, nearest first; with layout of boxes, at most 200"`
	Kind     string `query:"kind" maxLength:"512" doc:"Only nodes of these kinds, separated by commas" example:"source,seed,model"`
	Hooks    string `query:"hooks" enum:"true,false" default:"false" doc:"With operations (hooks), which are left out unless a selector selects nothing else"`
	Layout   string `query:"layout" enum:"true,false" default:"false" doc:"With a place for each node and points for each edge"`
	Fold     int    `query:"fold" minimum:"1" maximum:"200" default:"12" doc:"With layout: neighbours of a box in one lane beyond which further ones are folded into one box"`
}

func (a *API) registerLineage(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/lineage", Scope: access.ReadCatalog, ID: "get-lineage", Sample: []string{"select"}, Tag: "lineage", Drawn: true,
		Summary: "Read the part of the graph that a dbt selector selects", Description: "Nodes and edges between tables, exposures and the like, nearest first, up to a limit; meta has the totals. With layout=true each node has a place in a picture of lanes from left to right, and each edge the points of its line. With `Accept: image/svg+xml` the reply is that picture.",
	}, a.getLineage)
}

func (a *API) getLineage(ctx context.Context, p access.Principal, in *lineageInput) (*httpserver.Drawn[Lineage], error) {
	view, err := a.view(ctx, p, in.SchemaID, in.At)
	if err != nil {
		return nil, err
	}
	selector := selectorText(httpserver.URL(ctx), in.Select)
	kinds, err := kindsOf(in.Kind)
	if err != nil {
		return nil, err
	}
	opts := readmodel.LineageOptions{Depth: in.Depth, Limit: in.Limit, Hooks: in.Hooks == "true", Kinds: kinds}
	projects, err := view.ProjectNames(ctx)
	if err != nil {
		return nil, err
	}
	var out Lineage
	var assets []*readmodel.Asset // of its nodes
	if in.Layout == "true" || httpserver.WantsDrawing(ctx) {
		var picture readmodel.Picture
		picture, err = view.Picture(ctx, selector, readmodel.PictureOptions{LineageOptions: opts, Fold: in.Fold})
		out = pictureOf(picture, view.Version, projects)
		for _, n := range picture.Nodes {
			assets = append(assets, n.Asset)
		}
	} else {
		var part readmodel.TableLineage
		part, err = view.Lineage(ctx, selector, opts)
		out = lineageOf(part, view.Version, projects)
		for _, n := range part.Nodes {
			assets = append(assets, n.Asset)
		}
	}
	if invalid, ok := errors.AsType[*readmodel.SelectorError](err); ok {
		return nil, selectorProblem(invalid.Err)
	}
	if err != nil {
		return nil, err
	}
	outcomes, err := view.Outcomes(ctx, assets)
	if err != nil {
		return nil, err
	}
	for i, a := range assets {
		out.Data.Nodes[i].Attributes.Status = optional(string(outcomes[a.ID]))
	}
	return httpserver.ReplyDrawn(ctx, out), nil
}

// selectorProblem is the reply for a selector that cannot be read or is too long.
func selectorProblem(err error) error {
	if limit, ok := errors.AsType[*graph.LimitError](err); ok {
		return httpserver.NewProblem(httpserver.CodeQueryTooComplex, "select: %v.", limit).About("select", limit.Error()).Limited("select")
	}
	return httpserver.InvalidParameter("select", "%v", err)
}

func lineageOf(part readmodel.TableLineage, version int64, projects map[catalog.ProjectID]string) Lineage {
	out := Lineage{Data: LineageData{Nodes: []httpserver.Resource[LineageNode]{}, Edges: []LineageEdge{}}}
	for _, n := range part.Nodes {
		out.Data.Nodes = append(out.Data.Nodes, lineageNode(n, projects))
	}
	for _, e := range part.Edges {
		out.Data.Edges = append(out.Data.Edges, lineageEdge(e))
	}
	out.Meta = LineageMeta{
		Nodes: len(part.Nodes), TotalNodes: part.Total, Edges: len(part.Edges), Truncated: part.Total > len(part.Nodes), Version: version,
		Warnings: httpserver.WarningsOf(part.Warnings),
	}
	return out
}

func lineageEdge(e readmodel.TableEdge) LineageEdge {
	return LineageEdge{From: e.From.Label(), To: e.To.Label(), Type: string(e.Type), Confidence: e.Confidence, Source: e.Source}
}

func lineageNode(n readmodel.Node, projects map[catalog.ProjectID]string) httpserver.Resource[LineageNode] {
	return httpserver.Resource[LineageNode]{ID: n.Label(), Type: assetType(n.Kind), Attributes: LineageNode{
		Name: n.Name, Kind: string(n.Kind), Relation: httpserver.NullableOf(relationOf(n.Relation, n.RelationKey)), Materialized: optional(n.Kind.Materialization(n.Materialized)),
		Tags: orEmpty(n.Tags), UniqueID: optional(n.UniqueID), Project: optional(projects[n.Project]), Depth: n.Depth, Upstream: n.Upstream, Downstream: n.Downstream,
	}}
}

// selectorText reads `select` as people write it. In a form a plus means a space, in a selector it means lineage: a
// plus at the start or end of a term, with or without a number, belongs to the selector. If any plus is escaped, the
// decoded text is used unchanged.
func selectorText(u *url.URL, decoded string) string {
	for pair := range strings.SplitSeq(u.RawQuery, "&") {
		raw, ok := strings.CutPrefix(pair, "select=")
		if !ok || !strings.Contains(raw, "+") || strings.Contains(strings.ToUpper(raw), "%2B") {
			continue
		}
		terms := strings.Split(raw, "%20")
		for i, term := range terms {
			text, err := url.PathUnescape(spaced(term))
			if err != nil {
				return decoded
			}
			terms[i] = text
		}
		return strings.Join(terms, " ")
	}
	return decoded
}

// spaced replaces each plus that means a space.
func spaced(raw string) string {
	pieces := strings.Split(raw, "+")
	var out strings.Builder
	for i, piece := range pieces {
		switch {
		case i == 0:
		case isDepth(pieces[i-1], i == 1) || isDepth(piece, i == len(pieces)-1):
			out.WriteByte('+')
		default:
			out.WriteByte(' ')
		}
		out.WriteString(piece)
	}
	return out.String()
}

// isDepth reports whether a piece is a number of steps, which may be left out at either end. Between others an empty
// piece is a second space.
func isDepth(piece string, end bool) bool {
	return strings.Trim(piece, "0123456789") == "" && (piece != "" || end)
}
