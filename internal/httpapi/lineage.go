package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/graph"
	"github.com/thalweg-data/thalweg/internal/httpserver"
)

// LineageNode is an asset in a graph.
type LineageNode struct {
	Name         string                        `json:"name"`
	Kind         string                        `json:"kind"`
	Relation     httpserver.Nullable[Relation] `json:"relation"`
	Materialized *string                       `json:"materialized"`
	Tags         []string                      `json:"tags" nullable:"false"`
	UniqueID     *string                       `json:"unique_id"`
	Depth        int                           `json:"depth" doc:"Steps from the nearest selected asset"`
	Upstream     int                           `json:"upstream" doc:"Direct parents, in the whole graph"`
	Downstream   int                           `json:"downstream" doc:"Direct children, in the whole graph"`
}

// LineageEdge is a table edge.
type LineageEdge struct {
	From       string `json:"from"`
	To         string `json:"to"`
	Type       string `json:"type" doc:"derived between tables"`
	Confidence string `json:"confidence"`
	Source     string `json:"source"`
}

// Lineage is a part of a schema's graph.
type Lineage struct {
	Data LineageData `json:"data"`
	Meta LineageMeta `json:"meta"`
}

// LineageData holds nodes, the nearest first, and the edges between them.
type LineageData struct {
	Nodes []httpserver.Resource[LineageNode] `json:"nodes" nullable:"false"`
	Edges []LineageEdge                      `json:"edges" nullable:"false"`
}

// LineageMeta tells how much there is.
type LineageMeta struct {
	Nodes      int   `json:"nodes"`
	TotalNodes int   `json:"total_nodes"`
	Edges      int   `json:"edges"`
	Truncated  bool  `json:"truncated"`
	Version    int64 `json:"version"`
}

type lineageInput struct {
	AtParam
	SchemaID string `query:"schema_id" required:"true" maxLength:"64"`
	Select   string `query:"select" maxLength:"4096" doc:"dbt selector, such as 1+orders+1 or tag:nightly+; default: everything"`
	Depth    int    `query:"depth" minimum:"0" maximum:"1000000" default:"1000000" doc:"Maximum number of steps from the selected assets; unlimited by default"`
	Limit    int    `query:"limit" minimum:"1" maximum:"2000" default:"200" doc:"Maximum number of nodes, nearest first"`
}

func (a *API) registerLineage(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/lineage", Scope: access.ReadCatalog, ID: "get-lineage", Tag: "lineage",
		Summary: "Read the part of the graph that a dbt selector selects",
	}, a.getLineage)
}

func (a *API) getLineage(ctx context.Context, p access.Principal, in *lineageInput) (*httpserver.Body[Lineage], error) {
	schema, err := a.schema(ctx, p, in.SchemaID)
	if err != nil {
		return nil, err
	}
	version, err := a.version(ctx, p, schema, in.At)
	if err != nil {
		return nil, err
	}
	state, err := a.states.of(ctx, p.WS, schema.ID, version)
	if err != nil {
		return nil, err
	}
	reach, err := state.choose(selectorText(httpserver.URL(ctx), in.Select))
	if err != nil {
		return nil, err
	}
	ids, depths, total := within(reach, in.Depth, in.Limit)
	return httpserver.Reply(state.lineage(ids, depths, total)), nil
}

func (st *schemaState) choose(text string) (graph.Reach, error) {
	if strings.TrimSpace(text) == "" {
		all := make([]int32, st.graph.Len())
		for i := range all {
			all[i] = int32(i)
		}
		return graph.Reach{IDs: all, Depths: make([]int32, len(all)), Total: len(all)}, nil
	}
	selector, err := graph.ParseSelector(text)
	if err != nil {
		return graph.Reach{}, httpserver.InvalidParameter("select", "%v", err)
	}
	reach, err := selector.Eval(st.graph, universe{st}, graph.NoLimit)
	if errors.Is(err, errNoState) {
		return reach, httpserver.InvalidParameter("select", "%v", err)
	}
	return reach, err
}

// within cuts what is too far, and then what is too much.
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

func (st *schemaState) lineage(ids, depths []int32, total int) Lineage {
	out := Lineage{Data: LineageData{Nodes: []httpserver.Resource[LineageNode]{}, Edges: []LineageEdge{}}}
	for i, id := range ids {
		out.Data.Nodes = append(out.Data.Nodes, st.node(id, int(depths[i])))
	}
	for _, pair := range st.graph.Within(ids) {
		e := st.edges[pair]
		out.Data.Edges = append(out.Data.Edges, LineageEdge{
			From: st.label(pair.From), To: st.label(pair.To), Type: string(e.Type), Confidence: e.Confidence, Source: e.Source,
		})
	}
	out.Meta = LineageMeta{
		Nodes: len(ids), TotalNodes: total, Edges: len(out.Data.Edges), Truncated: total > len(ids), Version: st.version,
	}
	return out
}

func (st *schemaState) label(n int32) string { return st.nodes[n].ID.Label(st.nodes[n].Kind) }

func (st *schemaState) node(n int32, depth int) httpserver.Resource[LineageNode] {
	asset := st.nodes[n]
	out := LineageNode{
		Name: asset.Name, Kind: string(asset.Kind), Relation: httpserver.NullableOf(relationOf(asset)), Materialized: optional(asset.Materialized),
		Tags: orEmpty(asset.Tags), Depth: depth,
	}
	if asset.DBT != nil {
		out.UniqueID = optional(asset.DBT.UniqueID)
	}
	out.Upstream, out.Downstream = st.neighbours(asset.ID)
	return httpserver.Resource[LineageNode]{ID: st.label(n), Type: assetType(asset.Kind), Attributes: out}
}

// selectorText reads `select` as people write it. In a form a plus means a
// space, in a selector it means lineage: one that begins or ends a term, with or
// without a number, is the selector's. Whoever escapes the plus is taken at
// their word.
func selectorText(u *url.URL, decoded string) string {
	for pair := range strings.SplitSeq(u.RawQuery, "&") {
		raw, ok := strings.CutPrefix(pair, "select=")
		if !ok || !strings.Contains(raw, "+") || strings.Contains(strings.ToUpper(raw), "%2B") {
			continue
		}
		pieces := strings.Split(raw, "+")
		var out strings.Builder
		for i, piece := range pieces {
			if i > 0 {
				if isDepth(pieces[i-1]) || isDepth(piece) {
					out.WriteByte('+')
				} else {
					out.WriteByte(' ')
				}
			}
			text, err := url.PathUnescape(piece)
			if err != nil {
				return decoded
			}
			out.WriteString(text)
		}
		return out.String()
	}
	return decoded
}

func isDepth(piece string) bool { return strings.Trim(piece, "0123456789") == "" }

var errNoState = errors.New("state: compares two versions, which this method cannot")

// universe tells selectors about the assets of a state.
type universe struct{ *schemaState }

func (u universe) Attributes(n int32) graph.Attributes {
	asset := u.nodes[n]
	out := graph.Attributes{ResourceType: string(asset.Kind), Name: asset.Name, Tags: asset.Tags, FQN: []string{asset.Name}}
	if d := asset.DBT; d != nil {
		out.Package, out.Source, out.Path = d.PackageName, d.SourceName, d.OriginalFilePath
		out.Group, out.Access = d.Group, d.Access
		out.Versioned = d.Version != ""
		if len(d.FQN) > 0 {
			out.FQN = d.FQN
		}
	}
	return out
}

// Config reads a dotted path of dbt's configuration.
func (u universe) Config(n int32, path string) []string {
	asset := u.nodes[n]
	if path == "materialized" && asset.Materialized != "" {
		return []string{asset.Materialized}
	}
	var value any
	if len(asset.Config) == 0 || json.Unmarshal(asset.Config, &value) != nil {
		return nil
	}
	for step := range strings.SplitSeq(path, ".") {
		fields, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = fields[step]
	}
	return configValues(value)
}

func configValues(value any) []string {
	switch v := value.(type) {
	case nil:
		return nil
	case []any:
		var out []string
		for _, each := range v {
			out = append(out, configValues(each)...)
		}
		return out
	case map[string]any:
		var out []string
		for key := range v {
			out = append(out, key)
		}
		return out
	}
	return []string{fmt.Sprint(value)}
}

func (u universe) State(int32, string) (bool, error) { return false, errNoState }

var _ graph.Universe = universe{}
