package importing

import (
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// renamed is a manifest after its project was renamed to store: nothing but the name differs. The id is a hash of the
// name, as dbt makes it, or the same.
func renamed(p part, id string) part {
	s := strings.NewReplacer("model.shop.", "model.store.", "source.shop.", "source.store.", "test.shop.", "test.store.",
		`"project_name":"shop"`, `"project_name":"store"`, `"package_name":"shop"`, `"package_name":"store"`,
		`"project_id":"id-shop"`, `"project_id":"`+id+`"`).Replace(string(p.content))
	return part{p.name, []byte(s)}
}

// withID gives a manifest a project id.
func withID(p part) part {
	return part{p.name, []byte(strings.Replace(string(p.content), `"project_name":"shop"`, `"project_id":"id-shop","project_name":"shop"`, 1))}
}

// A renamed project is a new name of the one that builds the same tables, whichever arrives first: the tables, what
// their catalog listed and what people wrote stay, and nothing is owned by the former name.
func TestRenamedProject(t *testing.T) {
	for _, id := range []string{"id-shop", "id-store"} {
		before := withID(inTarget(t, monday, "analytics"))
		after := renamed(withID(inTarget(t, monday.Add(time.Hour), "analytics")), id)
		tables := catalogOf(t, monday, map[string][]string{"model.shop.a": {"id:integer", "amount:numeric(10,2)"}})
		t.Run(id, func(t *testing.T) {
			r := newRig(t)
			r.completed(r.send(before, tables))
			old, _ := r.asset("model.shop.a")
			imp := r.completed(r.send(after))
			if got := hasIssue(imp, "project-renamed"); got != (id == "id-store") {
				t.Errorf("project-renamed: %v; %+v", got, imp.Report.Issues)
			}
			a, columns := r.asset("model.store.a")
			if a.ID != old.ID || len(a.Nodes) != 1 || len(columns) != 2 || r.waiting() != 0 {
				t.Errorf("asset %v, was %v, nodes %+v, columns %d, waiting %d", a.ID, old.ID, a.Nodes, len(columns), r.waiting())
			}
			version := r.version()
			r.completed(r.send(before, tables))
			r.completed(r.send(after))
			if r.version() != version {
				t.Errorf("sent again they make version %d after %d", r.version(), version)
			}
		})
		t.Run("reversed "+id, func(t *testing.T) {
			r := newRig(t)
			r.completed(r.send(after))
			imp := r.completed(r.send(before))
			if got := hasIssue(imp, "project-renamed"); got != (id == "id-store") {
				t.Errorf("project-renamed: %v; %+v", got, imp.Report.Issues)
			}
			if a, _ := r.asset("model.store.a"); len(a.Nodes) != 1 {
				t.Errorf("nodes %+v", a.Nodes)
			}
		})
	}
}

// Two projects that have a single model in common, of one relation, are two projects; two models make one.
func TestTwinProjects(t *testing.T) {
	for _, models := range []int{1, 2} {
		var nodes []doc
		for _, name := range []string{"a", "b"}[:models] {
			nodes = append(nodes, sql("select 1 as id", name))
		}
		first := withID(manifest(t, "shop", monday, nodes...))
		r := newRig(t)
		r.completed(r.send(first))
		imp := r.completed(r.send(renamed(withID(manifest(t, "shop", monday.Add(time.Hour), nodes...)), "id-store")))
		if got := hasIssue(imp, "project-renamed"); got != (models > 1) {
			t.Errorf("%d models: project-renamed %v; %+v", models, got, imp.Report.Issues)
		}
		if a, _ := r.asset("model.store.a"); len(a.Nodes) != 3-models {
			t.Errorf("%d models: nodes %+v", models, a.Nodes)
		}
	}
}

// What has no relation keeps its id and what people wrote, too.
func TestRenamedProjectWithoutRelations(t *testing.T) {
	before := func(at time.Time) part {
		eph := model("eph", "model.shop.a")
		eph["config"] = doc{"materialized": "ephemeral"}
		delete(eph, "relation_name")
		board := doc{
			"unique_id": "exposure.shop.board", "resource_type": "exposure", "name": "board", "package_name": "shop", "type": "dashboard",
			"owner": doc{"name": "ana"}, "depends_on": doc{"nodes": []string{"model.shop.eph"}},
		}
		return withID(manifest(t, "shop", at, model("a"), model("b"), model("c"), eph, board))
	}
	r := newRig(t)
	r.completed(r.send(before(monday)))
	ids := map[string]string{"model.shop.eph": "model.store.eph", "exposure.shop.board": "exposure.store.board"}
	old := map[string]catalog.AssetID{}
	for id := range ids {
		a, _ := r.asset(id)
		old[id] = a.ID
	}
	after := renamed(before(monday.Add(time.Hour)), "id-store")
	after.content = []byte(strings.ReplaceAll(string(after.content), "exposure.shop.", "exposure.store."))
	r.completed(r.send(after))
	for id, now := range ids {
		if a, _ := r.asset(now); a.ID != old[id] || len(a.Nodes) != 1 {
			t.Errorf("%s is asset %v with nodes %+v, was %v", now, a.ID, a.Nodes, old[id])
		}
	}
}
