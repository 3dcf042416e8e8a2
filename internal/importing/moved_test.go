package importing

import (
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// inTarget are six models of the shop, built in a schema of the target and, for two of them, in a custom one.
func inTarget(t *testing.T, at time.Time, schema string) part {
	t.Helper()
	var nodes []doc
	for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
		n := model(name)
		n["schema"] = schema
		if name > "d" {
			n["schema"] = schema + "_marts"
			n["config"] = doc{"materialized": "table", "schema": "marts", "database": "shop"}
		}
		n["relation_name"] = `"shop"."` + n["schema"].(string) + `"."` + name + `"`
		nodes = append(nodes, n)
	}
	return manifest(t, "shop", at, nodes...)
}

// production is a rig whose schema is fed by the target analytics.
func production(t *testing.T) *rig {
	t.Helper()
	r := newRig(t)
	r.completed(r.send(inTarget(t, monday, "analytics")))
	r.completed(r.send(inTarget(t, monday.Add(time.Hour), "analytics")))
	return r
}

func (r *rig) project() catalog.Project {
	r.t.Helper()
	p, err := r.store.Project(r.t.Context(), ws, 1)
	if err != nil {
		r.t.Fatal(err)
	}
	return p
}

// waiting counts the nodes of manifests of another target.
func (r *rig) waiting() int {
	r.t.Helper()
	page, err := r.store.Removals(r.t.Context(), ws, r.schema, store.Page{Limit: 100})
	if err != nil {
		r.t.Fatal(err)
	}
	return len(page.Rows)
}

// servedFrom is the schema in which a model is served.
func (r *rig) servedFrom(name string) string {
	r.t.Helper()
	a, _ := r.asset("model.shop." + name)
	return a.Relation.Schema
}

// TestTargetThatMoves: a manifest of another target waits. Confirmed, it is applied and feeds the schema; the former
// target waits from then on.
func TestTargetThatMoves(t *testing.T) {
	r := production(t)
	moved := r.completed(r.send(inTarget(t, monday.Add(2*time.Hour), "dev")))
	if !hasIssue(moved, "target-moved") || r.servedFrom("a") != "analytics" || r.waiting() != 6 {
		t.Fatalf("issues %v, a in %s, %d waiting", moved.Report.Issues, r.servedFrom("a"), r.waiting())
	}
	older := r.completed(r.send(inTarget(t, monday.Add(90*time.Minute), "dev2")))
	if !hasIssue(older, "target-moved") || r.waiting() != 6 {
		t.Errorf("an older one of a third target: %v, %d waiting", older.Report.Issues, r.waiting())
	}
	queued, err := r.worker.ConfirmTarget(t.Context(), ws, r.schema, store.By{Actor: ana})
	if err != nil || len(queued) != 1 {
		t.Fatalf("%v, %v", queued, err)
	}
	r.work()
	if want := (catalog.Target{Database: "shop", Schema: "dev"}); r.servedFrom("a") != "dev" || r.servedFrom("e") != "dev_marts" || r.waiting() != 0 || r.project().Target.Schema != want.Schema {
		t.Errorf("a in %s, e in %s, %d waiting, target %+v", r.servedFrom("a"), r.servedFrom("e"), r.waiting(), r.project().Target)
	}
	if back := r.completed(r.send(inTarget(t, monday.Add(3*time.Hour), "analytics"))); !hasIssue(back, "target-moved") || r.servedFrom("a") != "dev" {
		t.Errorf("the former target: %v, a in %s", back.Report.Issues, r.servedFrom("a"))
	}
}

// TestTargetThatIsDismissed: the manifest is forgotten, and the next of the target that feeds the schema is applied.
func TestTargetThatIsDismissed(t *testing.T) {
	r := production(t)
	r.completed(r.send(inTarget(t, monday.Add(2*time.Hour), "dev")))
	if err := r.worker.DismissTarget(t.Context(), ws, r.schema, store.By{Actor: ana}); err != nil || r.waiting() != 0 {
		t.Fatalf("%v, %d waiting", err, r.waiting())
	}
	if queued, err := r.worker.ConfirmTarget(t.Context(), ws, r.schema, store.By{Actor: ana}); err != nil || len(queued) != 0 {
		t.Errorf("nothing waits: %v, %v", queued, err)
	}
	if next := r.completed(r.send(inTarget(t, monday.Add(3*time.Hour), "analytics"))); hasIssue(next, "target-moved") || r.servedFrom("a") != "analytics" {
		t.Errorf("%v, a in %s", next.Report.Issues, r.servedFrom("a"))
	}
}

// TestTargetThatIsSet: a person names the target. What waits and is of it is applied, and it feeds the schema.
func TestTargetThatIsSet(t *testing.T) {
	r := production(t)
	feeding := r.project().Target
	if err := r.worker.SetTarget(t.Context(), ws, r.project().ID, feeding, store.By{Actor: ana}); err != nil || r.version() != 1 {
		t.Errorf("the same target: %v, version %d", err, r.version())
	}
	r.completed(r.send(inTarget(t, monday.Add(2*time.Hour), "dev")))
	other := feeding
	other.Schema = "elsewhere"
	if err := r.worker.SetTarget(t.Context(), ws, r.project().ID, other, store.By{Actor: ana}); err != nil || r.project().Target != other || r.servedFrom("a") != "analytics" {
		t.Errorf("%v, target %+v, a in %s", err, r.project().Target, r.servedFrom("a"))
	}
	dev := feeding
	dev.Schema = "dev"
	if err := r.worker.SetTarget(t.Context(), ws, r.project().ID, dev, store.By{Actor: ana}); err != nil {
		t.Fatal(err)
	}
	r.work()
	if r.project().Target != dev || r.servedFrom("a") != "dev" || r.waiting() != 0 {
		t.Errorf("target %+v, a in %s, %d waiting", r.project().Target, r.servedFrom("a"), r.waiting())
	}
}

// TestResultsOfNoRun: results of a command that builds nothing are listed and reported.
func TestResultsOfNoRun(t *testing.T) {
	r := newRig(t)
	result := doc{"unique_id": "model.shop.orders", "status": "success", "execution_time": 0.1, "timing": []doc{}}
	imp := r.completed(r.send(manifest(t, "shop", monday, shopNodes()...), runResults(t, "i-docs", monday, "generate", result)))
	for _, issue := range imp.Report.Issues {
		if issue.Code == "run-results-of-no-run" && strings.Contains(issue.Message, "docs generate") {
			return
		}
	}
	t.Errorf("issues %+v", imp.Report.Issues)
}

// Most models of a project get a custom schema, or another one: what dbt makes of the target and the config is not
// another target, and a developer's is, whatever the config has.
func TestCustomSchemasAreNotAnotherTarget(t *testing.T) {
	all := func(at time.Time, target, custom string) part {
		var nodes []doc
		for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
			n := model(name)
			n["schema"], n["config"] = target, doc{"materialized": "table"}
			if custom != "" {
				n["schema"], n["config"] = target+"_"+custom, doc{"materialized": "table", "schema": custom}
			}
			n["relation_name"] = `"shop"."` + n["schema"].(string) + `"."` + name + `"`
			nodes = append(nodes, n)
		}
		return manifest(t, "shop", at, nodes...)
	}
	for _, tt := range []struct{ before, after string }{{"", "marts"}, {"marts", ""}, {"marts", "staging"}} {
		r := newRig(t)
		r.completed(r.send(all(monday, "analytics", tt.before)))
		imp := r.completed(r.send(all(monday.Add(time.Hour), "analytics", tt.after)))
		if hasIssue(imp, "target-moved") {
			t.Errorf("%q to %q: %+v", tt.before, tt.after, imp.Report.Issues)
		}
		imp = r.completed(r.send(all(monday.Add(2*time.Hour), "dev_bob", tt.after)))
		if !hasIssue(imp, "target-moved") {
			t.Errorf("%q to %q: a developer's target was applied", tt.before, tt.after)
		}
	}
}
