package httpapi

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/readmodel"
)

// Impact is what a change reaches.
type Impact struct {
	Data ImpactData `json:"data"`
	Meta ImpactMeta `json:"meta"`
}

// ImpactData lists what a change reaches, nearest first.
type ImpactData struct {
	Columns   []httpserver.Resource[ColumnNode]    `json:"columns" nullable:"false"`
	Tables    []httpserver.Resource[ImpactedAsset] `json:"tables" nullable:"false"`
	Exposures []httpserver.Resource[ImpactedAsset] `json:"exposures" nullable:"false"`
	Metrics   []httpserver.Resource[ImpactedAsset] `json:"metrics" nullable:"false" doc:"Metrics, semantic models and saved queries"`
	Others    []httpserver.Resource[ImpactedAsset] `json:"others" nullable:"false" doc:"Unit tests and other kinds"`
	Owners    []ImpactedOwner                      `json:"owners" nullable:"false" doc:"Owners of everything reached, those with the most assets first"`
}

// ImpactedAsset is an asset that a change reaches.
type ImpactedAsset struct {
	Name    string   `json:"name"`
	Kind    string   `json:"kind"`
	Project *string  `json:"project" doc:"Name of the dbt project that owns it; null if projects only refer to it, or none knows it"`
	Depth   int      `json:"depth" doc:"Steps in the graph of tables"`
	Reason  string   `json:"reason" enum:"column,rows,unread,downstream,uses" doc:"column: values of its columns derive from the changed ones; rows: they decide which rows it has; unread: its code could not be read completely, so nothing can be ruled out; downstream: it derives from a table that is reached as a whole; uses: it is not a table and uses one that is reached"`
	Owners  []string `json:"owners" nullable:"false"`
}

// ImpactedOwner owns assets that a change reaches.
type ImpactedOwner struct {
	Name   string   `json:"name"`
	Emails []string `json:"emails" nullable:"false" doc:"As dbt's groups and exposures state them"`
	Assets int      `json:"assets"`
}

// ImpactMeta has the totals of the lists, which are cut at the limit.
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
	AssetLookup
	Asset  string `query:"asset" required:"true" maxLength:"4096" doc:"The asset that changes: an id, or with schema_id a dbt unique_id or a relation" example:"TBL-31"`
	Column string `query:"column" maxLength:"4096" doc:"The column that changes; default: the whole table" example:"order_id"`
	Rows   bool   `query:"rows" default:"true" doc:"Also follow columns that decide rows (joins, filters, grouping)"`
	Limit  int    `query:"limit" minimum:"1" maximum:"2000" default:"200" doc:"Maximum number of rows per list"`
}

func (a *API) registerImpact(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/impact", Scope: access.ReadCatalog, ID: "get-impact", Sample: []string{"column"}, Tag: "lineage",
		Summary: "What a change to a table or column reaches", Description: "Columns, tables, exposures, metrics and owners that a change of a table or column reaches, nearest first, each with the reason.",
	}, a.getImpact)
}

func (a *API) getImpact(ctx context.Context, p access.Principal, in *impactInput) (*httpserver.Body[Impact], error) {
	walk, err := in.walkOf()
	if err != nil {
		return nil, err
	}
	f, err := a.asset(ctx, p, assetRef{param: "asset", name: in.Asset, AssetLookup: in.AssetLookup}, in.At)
	if err != nil {
		return nil, err
	}
	reached, err := f.view.Impact(ctx, &f.asset, readmodel.ImpactQuery{Walk: walk, Column: in.Column, Rows: in.Rows})
	if err != nil {
		return nil, missingColumn(ctx, f, err, "column", in.Column)
	}
	projects, err := f.view.ProjectNames(ctx)
	if err != nil {
		return nil, err
	}
	out := impactOf(reached, in.Limit, projects)
	emails, err := f.view.ContactsOf(ctx, contactAssets(reached.Assets, in.Limit))
	if err != nil {
		return nil, err
	}
	for i := range out.Data.Owners {
		owner := &out.Data.Owners[i]
		owner.Emails = orEmpty(emails[owner.Name])
	}
	out.Meta.Asset, out.Meta.Column, out.Meta.Version = f.asset.ID.Label(f.asset.Kind), optional(in.Column), f.version
	return httpserver.Reply(out), nil
}

// contactAssets returns assets that show the e-mail addresses of all owners, up to the limit: the exposures, and one
// member of each group.
func contactAssets(reached []readmodel.Reached, limit int) []catalog.AssetID {
	var ids []catalog.AssetID
	groups := map[[2]string]bool{}
	for _, r := range reached {
		group := [2]string{r.Package, r.Group}
		if len(ids) == limit || r.Kind != catalog.KindExposure && (r.Group == "" || groups[group]) {
			continue
		}
		groups[group] = true
		ids = append(ids, r.ID)
	}
	return catalog.SortedIDs(ids)
}

// impactOf returns what a change reaches, each list up to the limit.
func impactOf(reached readmodel.Impact, limit int, projects map[catalog.ProjectID]string) Impact {
	data := ImpactData{Columns: []httpserver.Resource[ColumnNode]{}}
	meta := ImpactMeta{DownstreamTables: reached.Tables, TotalColumns: len(reached.Columns)}
	for i := range reached.Columns[:min(len(reached.Columns), limit)] {
		data.Columns = append(data.Columns, columnNode(&reached.Columns[i]))
	}
	lists := map[string][]readmodel.Reached{}
	for _, r := range reached.Assets {
		name := listOf(r.Kind)
		lists[name] = append(lists[name], r)
	}
	data.Tables, meta.TotalTables = impactedAssets(lists["tables"], limit, projects)
	data.Exposures, meta.TotalExposures = impactedAssets(lists["exposures"], limit, projects)
	data.Metrics, meta.TotalMetrics = impactedAssets(lists["metrics"], limit, projects)
	data.Others, meta.TotalOthers = impactedAssets(lists["others"], limit, projects)
	data.Owners = impactedOwners(reached.Assets)
	owners := len(data.Owners)
	data.Owners = data.Owners[:min(owners, limit)]
	meta.Nodes = len(data.Columns) + len(data.Tables) + len(data.Exposures) + len(data.Metrics) + len(data.Others)
	meta.TotalNodes = meta.TotalColumns + meta.TotalTables + meta.TotalExposures + meta.TotalMetrics + meta.TotalOthers
	meta.Truncated = meta.Nodes < meta.TotalNodes || owners > limit
	return Impact{Data: data, Meta: meta}
}

// impactedOwners counts the assets of each owner, most first.
func impactedOwners(reached []readmodel.Reached) []ImpactedOwner {
	count := map[string]int{}
	for _, r := range reached {
		for _, owner := range r.Owners {
			count[owner]++
		}
	}
	out := []ImpactedOwner{}
	for name, n := range count {
		out = append(out, ImpactedOwner{Name: name, Emails: []string{}, Assets: n})
	}
	slices.SortFunc(out, func(a, b ImpactedOwner) int {
		return cmp.Or(cmp.Compare(b.Assets, a.Assets), cmp.Compare(a.Name, b.Name))
	})
	return out
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

func impactedAssets(reached []readmodel.Reached, limit int, projects map[catalog.ProjectID]string) (rows []httpserver.Resource[ImpactedAsset], total int) {
	rows = []httpserver.Resource[ImpactedAsset]{}
	for _, r := range reached[:min(len(reached), limit)] {
		rows = append(rows, httpserver.Resource[ImpactedAsset]{ID: r.Label(), Type: assetType(r.Kind), Attributes: ImpactedAsset{
			Name: r.Name, Kind: string(r.Kind), Project: optional(projects[r.Project]), Depth: r.Depth, Reason: r.Reason.String(), Owners: orEmpty(r.Owners),
		}})
	}
	return rows, len(reached)
}
