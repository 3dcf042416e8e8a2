package httpapi

import (
	"context"
	"fmt"
	"net/http"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/graph/layout/svg"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/readmodel"
)

// Map is a whole schema as groups.
type Map struct {
	Data MapData `json:"data"`
	Meta MapMeta `json:"meta"`

	picture svg.Picture
}

// MapData has groups, the largest first, and the edges between them.
type MapData struct {
	Groups []MapGroup `json:"groups" nullable:"false"`
	Edges  []MapEdge  `json:"edges" nullable:"false"`
}

// MapGroup is a group of assets.
type MapGroup struct {
	ID     string         `json:"id" doc:"For the edges; of this reply only" example:"GROUP-1"`
	Name   *string        `json:"name" doc:"Folder, schema, package, tag or owner; null for assets without"`
	Title  string         `json:"title" doc:"The end of a folder's name by which it differs from the others; else the name"`
	Assets int            `json:"assets"`
	Kinds  map[string]int `json:"kinds" doc:"Assets by kind"`
	Inside int            `json:"inside" doc:"Edges between its assets"`
	Asset  *string        `json:"asset" doc:"Id of the asset that the box is for, if its group is expanded; null for a group" example:"TBL-12"`
	Placed
}

// MapEdge is all edges from the assets of one group to those of another.
type MapEdge struct {
	From   string `json:"from"`
	To     string `json:"to"`
	Weight int    `json:"weight" doc:"Number of edges"`
	Drawn
}

// MapMeta has the totals.
type MapMeta struct {
	By          string `json:"by"`
	Depth       *int   `json:"depth" doc:"Folders of a group's name; null unless by=folder"`
	Groups      int    `json:"groups"`
	TotalGroups int    `json:"total_groups"`
	Assets      int    `json:"assets" doc:"Assets in the groups"`
	TotalAssets int    `json:"total_assets"`
	Edges       int    `json:"edges" doc:"Edges between groups"`
	Truncated   bool   `json:"truncated" doc:"There are more groups, smaller ones"`
	Version     int64  `json:"version"`
	Extent
}

type mapInput struct {
	AtParam
	SchemaID string `query:"schema_id" required:"true" maxLength:"64" example:"SCH-101"`
	By       string `query:"by" enum:"folder,schema,package,tag,owner" default:"folder" doc:"What assets are grouped by; one with several tags or owners is in several groups" example:"folder"`
	Depth    int    `query:"depth" minimum:"1" maximum:"50" doc:"With by=folder: folders of a group's name; default: as many as make at most 40 groups"`
	Limit    int    `query:"limit" minimum:"1" maximum:"200" default:"200" doc:"Maximum number of groups, largest first"`
	Expand   string `query:"expand" maxLength:"4096" doc:"Name of a group: its assets are boxes of their own, and count as groups" example:"models/marts"`
}

func (a *API) registerMap(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/map", Scope: access.ReadCatalog, ID: "get-map", Sample: []string{"by"}, Tag: "lineage", Drawn: true,
		Summary: "Read a whole schema as a map of groups", Description: "Groups of tables, exposures, metrics and the like, how many edges lead from one to another, and their places in a picture from left to right. Sources are groups of their own, as source: and their name. With `Accept: image/svg+xml` the reply is that picture.",
	}, a.getMap)
}

func (a *API) getMap(ctx context.Context, p access.Principal, in *mapInput) (*httpserver.Drawn[Map], error) {
	view, err := a.view(ctx, p, in.SchemaID, in.At)
	if err != nil {
		return nil, err
	}
	groups, err := view.Map(ctx, readmodel.MapOptions{By: readmodel.Grouping(in.By), Depth: in.Depth, Limit: in.Limit, Expand: in.Expand})
	if err != nil {
		return nil, err
	}
	return httpserver.ReplyDrawn(ctx, mapOf(groups, in.By, view.Version)), nil
}

// SVG draws the map.
func (m Map) SVG() []byte { return m.picture.SVG() }

func mapOf(m readmodel.Map, by string, version int64) Map {
	out := Map{Data: MapData{Groups: []MapGroup{}, Edges: []MapEdge{}}, picture: svg.Picture{Cards: m.Cards, Drawing: m.Drawing}}
	for i, g := range m.Groups {
		group := MapGroup{ID: groupID(i), Name: optional(g.Name), Title: g.Title, Assets: g.Assets, Kinds: map[string]int{}, Inside: g.Inside, Placed: placedAt(m.Drawing.Boxes[i])}
		if g.Asset != nil {
			label := g.Asset.Label()
			group.Asset = &label
		}
		for kind, n := range g.Kinds {
			group.Kinds[string(kind)] = n
		}
		out.Data.Groups = append(out.Data.Groups, group)
	}
	for i, e := range m.Edges {
		out.Data.Edges = append(out.Data.Edges, MapEdge{From: groupID(e.From), To: groupID(e.To), Weight: e.Edges, Drawn: drawn(m.Drawing.Lines[i])})
		out.picture.Strokes = append(out.picture.Strokes, svg.Stroke{Width: min(1+float64(e.Edges)/5, widestLine)})
	}
	out.Meta = MapMeta{
		By: by, Groups: len(m.Groups), TotalGroups: m.Total, Assets: m.Drawn, TotalAssets: m.Assets, Edges: len(m.Edges),
		Truncated: m.Total > len(m.Groups), Version: version, Extent: extentOf(len(m.Groups), m.Drawing),
	}
	if m.Depth > 0 {
		out.Meta.Depth = &m.Depth
	}
	out.picture.Title = fmt.Sprintf("Map by %s, %d of %d groups drawn", by, len(m.Groups), m.Total)
	return out
}

// widestLine is the width of the line for the most edges, in pixels.
const widestLine = 4.6

func groupID(n int) string { return fmt.Sprintf("GROUP-%d", n+1) }
