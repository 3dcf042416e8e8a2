package httpapi

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/impact"
)

// Impact is what a change reaches.
type Impact struct {
	Data ImpactData `json:"data"`
	Meta ImpactMeta `json:"meta"`
}

// ImpactData lists what a change reaches, the nearest first.
type ImpactData struct {
	Columns   []httpserver.Resource[ColumnNode]    `json:"columns" nullable:"false"`
	Tables    []httpserver.Resource[ImpactedAsset] `json:"tables" nullable:"false"`
	Exposures []httpserver.Resource[ImpactedAsset] `json:"exposures" nullable:"false"`
	Metrics   []httpserver.Resource[ImpactedAsset] `json:"metrics" nullable:"false" doc:"Metrics, semantic models and saved queries"`
	Others    []httpserver.Resource[ImpactedAsset] `json:"others" nullable:"false" doc:"Unit tests and other kinds"`
	Owners    []ImpactedOwner                      `json:"owners" nullable:"false" doc:"Owners of everything reached, those with most first"`
}

// ImpactedAsset is an asset that a change reaches.
type ImpactedAsset struct {
	Name   string   `json:"name"`
	Kind   string   `json:"kind"`
	Depth  int      `json:"depth" doc:"Steps in the graph of tables"`
	Reason string   `json:"reason" enum:"column,rows,unread,downstream,uses" doc:"column: values of its columns derive from the changed ones; rows: they decide which rows it has; unread: its code could not be read completely, so nothing can be ruled out; downstream: it derives from a table that is reached as a whole; uses: it is not a table and uses one that is reached"`
	Owners []string `json:"owners" nullable:"false"`
}

// ImpactedOwner owns assets that a change reaches.
type ImpactedOwner struct {
	Name   string `json:"name"`
	Assets int    `json:"assets"`
}

// ImpactMeta tells how much there is; lists are cut at the limit.
type ImpactMeta struct {
	Asset            string  `json:"asset"`
	Column           *string `json:"column"`
	TotalColumns     int     `json:"total_columns"`
	TotalTables      int     `json:"total_tables" doc:"Tables that are reached"`
	TotalExposures   int     `json:"total_exposures"`
	TotalMetrics     int     `json:"total_metrics"`
	TotalOthers      int     `json:"total_others"`
	DownstreamTables int     `json:"downstream_tables" doc:"Tables downstream of the changed table, reached or not"`
	Nodes            int     `json:"nodes" doc:"Rows of all lists"`
	TotalNodes       int     `json:"total_nodes"`
	Truncated        bool    `json:"truncated"`
	Version          int64   `json:"version"`
}

type impactInput struct {
	AtParam
	EdgeParams
	Asset  string `query:"asset" required:"true" maxLength:"64" doc:"Id of the asset that changes"`
	Column string `query:"column" maxLength:"4096" doc:"The column that changes; default: the whole table"`
	Rows   bool   `query:"rows" default:"true" doc:"Also follow columns that decide rows (joins, filters, grouping)"`
	Limit  int    `query:"limit" minimum:"1" maximum:"2000" default:"200" doc:"Maximum number of rows per list"`
}

func (a *API) registerImpact(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/impact", Scope: access.ReadCatalog, ID: "get-impact", Tag: "lineage",
		Summary: "What a change of a table or column reaches",
	}, a.getImpact)
}

func (a *API) getImpact(ctx context.Context, p access.Principal, in *impactInput) (*httpserver.Body[Impact], error) {
	walk, err := in.walkOf()
	if err != nil {
		return nil, err
	}
	f, err := a.asset(ctx, p, in.Asset, in.At)
	if err != nil {
		return nil, err
	}
	st, err := a.columns.of(ctx, p.WS, f.schema.ID, f.version)
	if err != nil {
		return nil, err
	}
	n, ok := st.number[f.asset.ID]
	if !ok { // removed: nothing hangs on it any more
		return nil, catalog.ErrNotFound
	}
	change := impact.Change{Asset: n, Walk: walk, Rows: in.Rows}
	out := &impactPicture{columnState: st, limit: in.Limit, owners: map[string]int{}}
	out.out.Meta = ImpactMeta{Asset: f.asset.ID.Label(f.asset.Kind), Column: optional(in.Column), Version: f.version}
	if in.Column != "" {
		column, traced := st.find(f.asset.ID, in.Column)
		if !traced {
			if _, err := a.columnOf(ctx, p, f, in.Column); err != nil {
				return nil, err
			}
		}
		if change.Columns = []int32{column}; !traced {
			change.Columns[0] = -1 // a column that nothing reads: what hides its code is all that is left
		}
	}
	out.draw(st.impact().Of(change))
	return httpserver.Reply(out.out), nil
}

// impactPicture lists what a change reaches.
type impactPicture struct {
	*columnState
	limit  int
	owners map[string]int
	out    Impact
}

func (d *impactPicture) draw(reached impact.Impact) {
	out, meta := &d.out.Data, &d.out.Meta
	out.Columns, out.Owners = []httpserver.Resource[ColumnNode]{}, []ImpactedOwner{}
	lists := map[string][]impact.Reached{}
	for _, r := range reached.Assets {
		name := listOf(d.nodes[r.Asset].Kind)
		lists[name] = append(lists[name], r)
		for _, owner := range d.nodes[r.Asset].Owners {
			d.owners[owner]++
		}
	}
	for i, n := range reached.Columns.Columns {
		if reached.Columns.Depths[i] == 0 {
			continue
		}
		if meta.TotalColumns++; len(out.Columns) < d.limit {
			out.Columns = append(out.Columns, d.node(n, "downstream", int(reached.Columns.Depths[i])))
		}
	}
	out.Tables, meta.TotalTables = d.list(lists["tables"])
	out.Exposures, meta.TotalExposures = d.list(lists["exposures"])
	out.Metrics, meta.TotalMetrics = d.list(lists["metrics"])
	out.Others, meta.TotalOthers = d.list(lists["others"])
	for name, n := range d.owners {
		out.Owners = append(out.Owners, ImpactedOwner{name, n})
	}
	slices.SortFunc(out.Owners, func(a, b ImpactedOwner) int {
		return cmp.Or(cmp.Compare(b.Assets, a.Assets), cmp.Compare(a.Name, b.Name))
	})
	meta.DownstreamTables = reached.Tables
	meta.Nodes = len(out.Columns) + len(out.Tables) + len(out.Exposures) + len(out.Metrics) + len(out.Others)
	meta.TotalNodes = meta.TotalColumns + meta.TotalTables + meta.TotalExposures + meta.TotalMetrics + meta.TotalOthers
	if len(out.Owners) > d.limit {
		out.Owners = out.Owners[:d.limit]
	}
	meta.Truncated = meta.Nodes < meta.TotalNodes || len(d.owners) > d.limit
}

func listOf(k catalog.Kind) string {
	switch {
	case k.IsTable():
		return "tables"
	case k == catalog.KindExposure:
		return "exposures"
	case k == catalog.KindMetric, k == catalog.KindSemanticModel, k == catalog.KindSavedQuery:
		return "metrics"
	}
	return "others"
}

func (d *impactPicture) list(reached []impact.Reached) (rows []httpserver.Resource[ImpactedAsset], total int) {
	rows = []httpserver.Resource[ImpactedAsset]{}
	for _, r := range reached[:min(len(reached), d.limit)] {
		asset := &d.nodes[r.Asset]
		rows = append(rows, httpserver.Resource[ImpactedAsset]{ID: d.label(r.Asset), Type: assetType(asset.Kind), Attributes: ImpactedAsset{
			Name: asset.Name, Kind: string(asset.Kind), Depth: int(r.Depth), Reason: r.Reason.String(), Owners: orEmpty(asset.Owners),
		}})
	}
	return rows, len(reached)
}
