package apitest

import (
	"maps"
	"math"
	"path"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/access"
)

func TestTableHealth(t *testing.T) { tableHealth(t, Options{}) }

func TestTableHealthOnPostgres(t *testing.T) { tableHealth(t, Options{Store: OnPostgres}) }

// The health of every table, folder and schema is what the other routes reply of the tables adds up to, by the weights
// of the schema, also after an edit and of an older version.
func tableHealth(t *testing.T, o Options) {
	t.Helper()
	s := Start(t, o)
	key := s.Key(t, access.AdminWorkspace)
	schema := s.Schema(t, "shop")
	importShop(t, s, key, schema, false)
	weights := map[string]float64{"documentation": 20, "ownership": 10, "tests": 20, "test_results": 30, "run": 10, "freshness": 10}
	healthIs(t, s, key, schema, "&at=1", weights)
	if r := s.Send(t, "PATCH", "/api/v1/assets/"+tableID(t, s, key, schema, "model.shop.dim_products"), key, `{"description":"","owners":["ana"]}`); r.Status != 200 {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	healthIs(t, s, key, schema, "", weights)
	importShop(t, s, key, schema, true)
	healthIs(t, s, key, schema, "", weights)
	healthIs(t, s, key, schema, "&at=1", weights)

	of := "/api/v1/schemas/" + schema
	for _, c := range []struct {
		body   string
		status int
	}{
		{`{"health":{"freshness":101}}`, 422},
		{`{"health":{"age":1}}`, 422},
		{`{"health":{"documentation":0,"ownership":0,"tests":0,"test_results":0,"run":0,"freshness":0}}`, 422},
		{`{"health":{"documentation":1,"ownership":0,"tests":3,"test_results":0,"run":0}}`, 200},
	} {
		if r := s.Send(t, "PATCH", of, key, c.body); r.Status != c.status {
			t.Errorf("%s: %d %s", c.body, r.Status, r.Body)
		}
	}
	weights = map[string]float64{"documentation": 1, "ownership": 0, "tests": 3, "test_results": 0, "run": 0, "freshness": 10}
	if diff := cmp.Diff(weights, numbers(s.Get(t, of, key).At(t, "data.attributes.health"))); diff != "" {
		t.Errorf("weights (-want +got)\n%s", diff)
	}
	healthIs(t, s, key, schema, "", weights)
}

func numbers(of any) map[string]float64 {
	out := map[string]float64{}
	for name, n := range of.(map[string]any) {
		if n, ok := n.(float64); ok {
			out[name] = n
		}
	}
	return out
}

// healthIs compares what is replied of health with what is worked out.
func healthIs(t *testing.T, s *Server, key, schema, at string, weights map[string]float64) {
	t.Helper()
	of := "schema_id=" + schema + at
	want := workedOut(t, s, key, of)
	scores, folders := map[string]float64{}, map[string][]float64{}
	got := map[string]map[string]float64{}
	last := -1.0
	for next := "/api/v1/health/tables?limit=6&" + of; next != ""; {
		page := s.Get(t, next, key)
		if page.Status != 200 {
			t.Fatalf("%s: %d %s", next, page.Status, page.Body)
		}
		for _, row := range page.At(t, "data").([]any) {
			id, score := At(row, "attributes.unique_id").(string), At(row, "attributes.score").(float64)
			if score < last {
				t.Errorf("%s: %v after %v", id, score, last)
			}
			last, scores[id], got[id] = score, score, numbers(At(row, "attributes.aspects"))
		}
		next, _ = page.At(t, "links.next").(string)
	}
	sum := 0.0
	for id, table := range want {
		if diff := cmp.Diff(table.aspects, got[id]); diff != "" {
			t.Errorf("%s%s: (-want +got)\n%s", id, at, diff)
		}
		score := scoreOf(table.aspects, weights)
		if math.Abs(score-scores[id]) > 0.06 {
			t.Errorf("%s: score %v, want %v", id, scores[id], score)
		}
		sum += score
		folders[table.folder] = append(folders[table.folder], score)
	}
	if len(got) != len(want) {
		t.Errorf("%d tables, want %d", len(got), len(want))
	}
	whole := s.Get(t, "/api/v1/health?"+of, key)
	if score := whole.At(t, "data.attributes.score").(float64); math.Abs(score-sum/float64(len(want))) > 0.06 {
		t.Errorf("score of the schema %v, want %v", score, sum/float64(len(want)))
	}
	names := s.all(t, key, "/api/v1/health/folders?limit=2&"+of, "attributes.folder")
	if diff := cmp.Diff(slices.Sorted(maps.Keys(folders)), texts(names)); diff != "" {
		t.Errorf("folders (-want +got)\n%s", diff)
	}
	for _, row := range s.Get(t, "/api/v1/health/folders?limit=200&"+of, key).At(t, "data").([]any) {
		sum, in := 0.0, folders[At(row, "attributes.folder").(string)]
		for _, score := range in {
			sum += score
		}
		if score := At(row, "attributes.score").(float64); math.Abs(score-sum/float64(len(in))) > 0.06 || At(row, "attributes.tables") != float64(len(in)) {
			t.Errorf("folder %v: %v, want %v of %d", At(row, "attributes.folder"), score, sum/float64(len(in)), len(in))
		}
	}
}

func texts(values []any) (out []string) {
	for _, v := range values {
		out = append(out, v.(string))
	}
	return out
}

func scoreOf(aspects, weights map[string]float64) float64 {
	sum, of := 0.0, 0.0
	for name, value := range aspects {
		sum, of = sum+value*weights[name], of+weights[name]
	}
	return 100 * sum / of
}

type workedOutTable struct {
	aspects map[string]float64
	folder  string
}

// workedOut reads all that health is made of, table by table.
func workedOut(t *testing.T, s *Server, key, of string) map[string]workedOutTable {
	t.Helper()
	out := map[string]workedOutTable{}
	one := func(yes bool) float64 {
		if yes {
			return 1
		}
		return 0
	}
	value := map[any]float64{"success": 1, "pass": 1, "warn": 0.5, "error": 0, "fail": 0, "runtime error": 0}
	for next := "/api/v1/assets?limit=200&kind=model,seed,snapshot,source&" + of; next != ""; {
		page := s.Get(t, next, key)
		for _, asset := range page.At(t, "data").([]any) {
			a, id := At(asset, "attributes"), At(asset, "id").(string)
			aspects := map[string]float64{"documentation": one(At(a, "description.value") != nil), "ownership": one(len(At(a, "owners").([]any)) > 0)}
			n, described := 0.0, 0.0
			for _, c := range s.Get(t, "/api/v1/assets/"+id+"/columns?"+of, key).At(t, "data").([]any) {
				if At(c, "attributes.present") == true || At(c, "attributes.documented_only") == true {
					n, described = n+1, described+one(At(c, "attributes.description.value") != nil)
				}
			}
			if n > 0 {
				aspects["documentation"] = (aspects["documentation"] + described/n) / 2
			}
			aspects["documentation"] = math.Round(aspects["documentation"]*1e4) / 1e4
			tests := s.Get(t, "/api/v1/assets/"+id+"/tests?"+of, key).At(t, "data").([]any)
			aspects["tests"] = one(len(tests) > 0)
			executed, sum := 0.0, 0.0
			for _, test := range tests {
				latest, _ := At(test, "attributes.latest").(map[string]any)
				if v, ok := value[latest["class"]]; ok {
					executed, sum = executed+1, sum+v
				}
			}
			if executed > 0 {
				aspects["test_results"] = math.Round(sum/executed*1e4) / 1e4
			}
			if run, ok := At(a, "last_run").(map[string]any); ok {
				if v, ok := value[run["status"]]; ok {
					aspects["run"] = v
				}
			}
			if fresh, ok := a.(map[string]any)["freshness"].(map[string]any); ok {
				if v, ok := value[fresh["status"]]; ok {
					aspects["freshness"] = v
				}
			}
			folder := path.Join(At(a, "dbt.package_name").(string), path.Dir(At(a, "dbt.original_file_path").(string)))
			out[At(a, "dbt.unique_id").(string)] = workedOutTable{aspects, folder}
		}
		next, _ = page.At(t, "links.next").(string)
	}
	return out
}
