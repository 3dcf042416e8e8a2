package apitest

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/dbt/dbttest"
)

// importPair imports one of two dbt projects, of which the other reads tables: one by a reference to its package, one as
// a source.
func (r rig) importPair(t *testing.T, project string) {
	t.Helper()
	files := dbttest.Project(t, "pair/"+project)
	r.Import(t, r.key, r.schema, File("manifest", "manifest.json", files["manifest.json"]), File("catalog", "catalog.json", files["catalog.json"]),
		File("run_results", "run_results.json", files["run_results.json"]))
}

// Two projects in one schema are one graph, whichever comes first: a table that one makes and the other reads is one
// asset of the first, and what a column reaches is found across both.
func TestProjectsTogether(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(t *testing.T, s *Server) {
		var graphs []map[string]any
		for i, order := range [][]string{{"upstream", "downstream"}, {"downstream", "upstream"}, {"downstream", "upstream", "downstream", "upstream"}} {
			r := rig{Server: s, key: s.Key(t, access.AdminWorkspace), schema: s.Schema(t, fmt.Sprint("order ", i))}
			for n, project := range order {
				r.importPair(t, project)
				if n == 0 && project == "downstream" {
					r.checkForeign(t)
				}
			}
			r.checkShared(t)
			r.checkImpactAcross(t)
			graphs = append(graphs, r.graphByName(t))
		}
		for i := range graphs {
			if diff := cmp.Diff(graphs[0], graphs[i]); diff != "" {
				t.Errorf("graph of order %d (-first +this)\n%s", i, diff)
			}
		}
	})
}

// nodesOf are the dbt nodes of a table, with their roles.
func (r rig) nodesOf(t *testing.T, uniqueID string) (project any, nodes map[string]string) {
	t.Helper()
	asset := r.Get(t, "/api/v1/assets/"+uniqueID+"?schema_id="+r.schema, r.key)
	nodes = map[string]string{}
	for _, n := range asset.At(t, "data.attributes.nodes").([]any) {
		of := r.Get(t, "/api/v1/projects/"+At(n, "project").(string), r.key).At(t, "data.attributes.name")
		nodes[fmt.Sprint(of, " ", At(n, "unique_id"))] = text(At(n, "role"))
	}
	return asset.At(t, "data.relationships.project.name"), nodes
}

// checkForeign: without the project that owns a table, a node of it is a mere reference and the table has no project.
func (r rig) checkForeign(t *testing.T) {
	t.Helper()
	project, nodes := r.nodesOf(t, "model.platform.dim_customers")
	if diff := cmp.Diff(map[string]string{"insight model.platform.dim_customers": "reference"}, nodes); diff != "" || project != nil {
		t.Errorf("a table of an unknown project is of %v, with nodes (-want +got)\n%s", project, diff)
	}
}

func (r rig) checkShared(t *testing.T) {
	t.Helper()
	for id, want := range map[string]map[string]string{
		"model.platform.dim_customers": {"platform model.platform.dim_customers": "owner", "insight model.platform.dim_customers": "reference"},
		"model.platform.fct_orders":    {"platform model.platform.fct_orders": "owner", "insight source.insight.platform.orders": "source", "insight model.platform.fct_orders": "reference"},
		"model.insight.customer_value": {"insight model.insight.customer_value": "owner"},
	} {
		project, nodes := r.nodesOf(t, id)
		if diff := cmp.Diff(want, nodes); diff != "" {
			t.Errorf("nodes of %s (-want +got)\n%s", id, diff)
		}
		if owner := want[fmt.Sprint(project, " ", id)]; owner != "owner" {
			t.Errorf("%s is of project %v", id, project)
		}
	}
	var roles []string // in an order that does not depend on which project came first
	for _, n := range r.Get(t, "/api/v1/assets/model.platform.fct_orders?schema_id="+r.schema, r.key).At(t, "data.attributes.nodes").([]any) {
		roles = append(roles, text(At(n, "role")))
	}
	if diff := cmp.Diff([]string{"owner", "source", "reference"}, roles); diff != "" {
		t.Errorf("roles of the nodes (-want +got)\n%s", diff)
	}
}

// graphByName is the graph downstream of the first project's sources: of each node its project and its parents.
func (r rig) graphByName(t *testing.T) map[string]any {
	t.Helper()
	graph := r.Get(t, "/api/v1/lineage?limit=500&schema_id="+r.schema+"&select=stg_orders%2B+stg_customers%2B", r.key)
	names, out := map[any]string{}, map[string]any{}
	parents := map[string][]string{}
	for _, n := range graph.At(t, "data.nodes").([]any) {
		names[At(n, "id")] = At(n, "attributes.name").(string)
	}
	for _, e := range graph.At(t, "data.edges").([]any) {
		to := names[At(e, "to")]
		parents[to] = append(parents[to], names[At(e, "from")])
		slices.Sort(parents[to])
	}
	for _, n := range graph.At(t, "data.nodes").([]any) {
		name := names[At(n, "id")]
		out[name] = []any{At(n, "attributes.project"), slices.Compact(parents[name])}
	}
	for name, project := range map[string]string{"fct_orders": "platform", "dim_customers": "platform", "customer_value": "insight", "revenue_by_country": "insight"} {
		if out[name] == nil || out[name].([]any)[0] != project {
			t.Errorf("%s: %v, want it to be of %s", name, out[name], project)
		}
	}
	return out
}

// checkImpactAcross: a change of a column of one project reaches columns, exposures and owners of the other.
func (r rig) checkImpactAcross(t *testing.T) {
	t.Helper()
	for from, columns := range map[string][]string{
		"model.platform.fct_orders&column=amount":   {"country_revenue.revenue", "customer_value.lifetime_value", "newsletter.is_valued"},
		"model.platform.stg_orders&column=amount":   {"country_revenue.revenue", "customer_value.lifetime_value", "fct_orders.amount", "newsletter.is_valued"},
		"model.platform.dim_customers&column=email": {"customer_value.email", "newsletter.email"},
	} {
		reply := r.Get(t, "/api/v1/impact?rows=false&schema_id="+r.schema+"&asset="+from, r.key)
		if reply.Status != 200 {
			t.Fatalf("%s: %d %s", from, reply.Status, reply.Body)
		}
		got := map[string]bool{}
		for _, c := range reply.At(t, "data.columns").([]any) {
			got[fmt.Sprint(At(c, "attributes.asset_name"), ".", At(c, "attributes.column"))] = true
		}
		if diff := cmp.Diff(columns, slices.Sorted(maps.Keys(got))); diff != "" {
			t.Errorf("columns that %s reaches (-want +got)\n%s\n%s", from, diff, reply.Body)
		}
		projects := map[string]any{}
		for _, e := range reply.At(t, "data.exposures").([]any) {
			projects[At(e, "attributes.name").(string)] = At(e, "attributes.project")
		}
		if projects["newsletter_list"] != "insight" {
			t.Errorf("exposures that %s reaches: %v", from, projects)
		}
	}
}
