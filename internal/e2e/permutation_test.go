package e2e

import (
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/apitest"
)

// reports generates artifacts of two projects: a project, and another one that
// declares the first one's tables as its sources. They have gaps (no catalog, no
// compiled code, blank texts, entries without columns), equal times, and tables that
// come and go, few or many at once.
type reports struct {
	*rand.Rand
	t      *testing.T
	tables int       // of a project
	spoil  func(doc) // what FuzzImport does to an artifact; nil: nothing
}

type doc = map[string]any

func (g *reports) pick(of ...string) string { return of[g.IntN(len(of))] }

// piece generates one upload of a project at an hour.
func (g *reports) piece(project string, hour, number int) artifacts {
	at := time.Date(2026, time.November, 2, hour, 0, 0, 0, time.UTC).Format(time.RFC3339)
	invocation := fmt.Sprintf("%s-%d", project, number/2) // two of each are alike
	head := func(kind string) doc {
		return doc{
			"dbt_schema_version": "https://schemas.getdbt.com/dbt/" + kind + ".json", "dbt_version": "1.10.0", "generated_at": at,
			"project_name": project, "project_id": "id-" + project, "adapter_type": "duckdb", "invocation_id": invocation,
		}
	}
	nodes, sources, parents, listed := doc{}, doc{}, doc{}, doc{}
	compiled := g.IntN(3) > 0
	share := g.IntN(3) // of the tables that are there: few, most, nearly all
	before := ""
	for i := range g.tables {
		if g.IntN(10) < 3-share && i > 1 {
			continue
		}
		id, node := g.table(project, i, compiled, before)
		listed[id] = g.listed(node, id)
		parents[id] = node["depends_on"].(doc)["nodes"]
		if project == "shop" {
			nodes[id] = node
			g.addTest(nodes, parents, node, id)
			before = id
		} else {
			sources[id] = node
		}
	}
	a := artifacts{manifest: g.artifact(head("manifest/v12"), doc{
		"nodes": nodes, "sources": sources, "parent_map": parents, "child_map": doc{},
	})}
	if g.IntN(3) > 0 {
		key := map[string]string{"shop": "nodes", "reader": "sources"}[project]
		entries := doc{}
		for id, entry := range listed {
			if g.IntN(5) > 0 {
				entries[id] = entry
			}
		}
		list := doc{"nodes": doc{}, "sources": doc{}, "errors": nil}
		list[key] = entries
		a.catalog = g.artifact(head("catalog/v1"), list)
	}
	for range g.IntN(3) {
		if a.results == nil {
			run := head("run-results/v6")
			run["invocation_id"] = fmt.Sprintf("%s-run-%d", project, number)
			a.results = g.run(run, listed)
		}
	}
	return a
}

// run generates a run of the tables of an upload.
func (g *reports) run(head, listed doc) []byte {
	var results []doc
	for _, id := range slices.Sorted(maps.Keys(listed)) {
		if g.IntN(3) > 0 {
			results = append(results, doc{"unique_id": id, "status": g.pick("success", "error"), "execution_time": 1.5, "timing": []doc{}, "message": g.pick("", "m"), "thread_id": "1", "adapter_response": doc{}, "failures": nil})
		}
	}
	return g.artifact(head, doc{"results": results, "elapsed_time": 2.5, "args": doc{"which": g.pick("run", "build")}})
}

// artifact writes an artifact; its metadata are never odd.
func (g *reports) artifact(metadata, content doc) []byte {
	if g.spoil != nil {
		g.spoil(content)
	}
	content["metadata"] = metadata
	return g.encode(content)
}

func (g *reports) table(project string, i int, compiled bool, before string) (string, doc) {
	name := fmt.Sprintf("t%02d", i)
	node := doc{
		"name": name, "database": "db", "schema": "core", "package_name": project, "path": name + ".sql", "original_file_path": "models/" + name + ".sql",
		"fqn": []string{project, name}, "config": doc{"materialized": "table"}, "description": g.pick("", "", "One.", "Two."), "tags": []string{g.pick("a", "b")},
		"relation_name": `"db"."core"."` + name + `"`, "depends_on": doc{"nodes": []string{}},
		"columns": doc{
			"id":                            doc{"name": "id", "description": g.pick("", "", "Key.", "Number.")},
			g.pick("extra", "more", "none"): doc{"name": "extra", "description": g.pick("", "Extra.")},
		},
	}
	if project == "reader" {
		node["unique_id"], node["resource_type"], node["source_name"], node["identifier"] = "source.reader.shop."+name, "source", "shop", name
		return "source.reader.shop." + name, node
	}
	raw := g.pick("1", "2", "3")
	node["config"] = doc{"materialized": g.pick("table", "view")}
	node["unique_id"], node["resource_type"], node["alias"] = "model.shop."+name, "model", name
	node["raw_code"], node["checksum"] = "-- "+raw, doc{"name": "sha256", "checksum": "sum-" + name + raw}
	from := "select " + raw + " as id"
	if before != "" {
		node["depends_on"] = doc{"nodes": []string{before}}
		parent := "db.core." + before[len("model.shop."):]
		from = g.pick("select id from "+parent, "select * from "+parent, "select id as ID, a.extra from "+parent+" a",
			"with p as (select * from "+parent+") select Id, more from p", "select ID, other from "+parent)
	}
	if compiled && g.IntN(6) > 0 {
		node["compiled_code"] = from + " -- " + g.pick("x", "y")
	}
	return "model.shop." + name, node
}

func (g *reports) addTest(nodes, parents doc, of doc, id string) {
	if g.IntN(2) == 0 {
		return
	}
	test := "test.shop.not_null_" + of["name"].(string) + "_id.0123456789"
	nodes[test] = doc{
		"unique_id": test, "resource_type": "test", "name": "not_null", "package_name": "shop", "path": "t.sql", "original_file_path": "models/t.yml",
		"fqn": []string{"shop", "t"}, "config": doc{"severity": "error"}, "column_name": "id", "attached_node": id, "depends_on": doc{"nodes": []string{id}},
		"test_metadata": doc{"name": "not_null", "kwargs": doc{"column_name": "id"}},
	}
	parents[test] = []string{id}
}

func (g *reports) listed(node doc, id string) doc {
	columns := doc{}
	for i, name := range []string{"id", "extra", "more", "last"} {
		if g.IntN(3) > 0 {
			columns[name] = doc{"name": name, "index": i + 1, "type": g.pick("INTEGER", "BIGINT"), "comment": nil}
		}
	}
	if g.IntN(5) == 0 {
		columns = doc{} // it could not be read
	}
	return doc{
		"unique_id": id, "columns": columns, "stats": doc{},
		"metadata": doc{"type": "BASE TABLE", "schema": "core", "name": node["name"], "database": "db", "comment": nil, "owner": nil},
	}
}

func (g *reports) encode(v doc) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		g.t.Fatal(err)
	}
	return b
}

// piecesOf generates six uploads of two projects within four hours.
func piecesOf(t *testing.T, seed uint64) map[string]artifacts {
	g := &reports{Rand: rand.New(rand.NewPCG(seed, 7)), t: t, tables: 12}
	pieces := map[string]artifacts{}
	for i := range 6 {
		project, hour := "shop", 1+g.IntN(4)
		if i >= 4 {
			project = "reader"
		}
		pieces[fmt.Sprintf("%d %s at %d", i, project, hour)] = g.piece(project, hour, i)
	}
	return pieces
}

// seeds are the seeds of the generated reports: a few, or those from the first to before
// the last of THALWEG_SEEDS, such as 100-200.
func seeds(t *testing.T) iter.Seq[uint64] {
	first, last := uint64(0), uint64(6)
	if text := os.Getenv("THALWEG_SEEDS"); text != "" {
		if _, err := fmt.Sscanf(text, "%d-%d", &first, &last); err != nil {
			t.Fatalf("THALWEG_SEEDS=%s: %v", text, err)
		}
	}
	return func(yield func(uint64) bool) {
		for seed := first; seed < last && yield(seed); seed++ {
		}
	}
}

// Artifacts of two projects, in any order, end in one state.
func TestAnyOrderOfReportsEndsInOneState(t *testing.T) {
	for seed := range seeds(t) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			pieces := piecesOf(t, seed)
			orders := permutations(pieces, 4)
			want := final(t, nil, pieces, orders[0])
			for i, order := range orders[1:] {
				open := apitest.OpenStore(nil)
				if i == 0 && seed%3 == 0 {
					open = apitest.OnPostgres
				}
				t.Run(fmt.Sprint(order), func(t *testing.T) { sameState(t, want, final(t, open, pieces, order)) })
			}
		})
	}
}

// Artifacts that arrive again, in whatever order, change nothing and make no version.
func TestReportsThatArriveAgainMakeNoVersion(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			pieces := piecesOf(t, seed)
			orders := permutations(pieces, 3)
			r := newRig(t, nil)
			for _, name := range orders[1] {
				r.send(t, pieces[name])
			}
			version := r.version(t)
			for _, name := range orders[2] {
				r.send(t, pieces[name])
				if now := r.version(t); now != version {
					t.Errorf("%s made version %d", name, now)
					version = now
				}
			}
		})
	}
}

// A model is ephemeral, then a table that another project declares as a source, then gone: in any order nothing is left
// of the asset that it had on its own.
func TestEphemeralModelThatBecomesATable(t *testing.T) {
	g := &reports{Rand: rand.New(rand.NewPCG(1, 7)), t: t}
	upload := func(project string, hour int, names ...string) artifacts {
		nodes, sources, parents := doc{}, doc{}, doc{}
		for i, materialized := range names {
			id, node := g.table(project, i, true, "")
			node["tags"], node["description"], node["columns"] = []string{}, "", doc{}
			node["config"] = doc{"materialized": materialized}
			if materialized == "ephemeral" {
				node["relation_name"] = nil
			}
			if parents[id] = []string{}; project == "shop" {
				nodes[id] = node
			} else {
				sources[id] = node
			}
		}
		at := time.Date(2026, time.November, 2, hour, 0, 0, 0, time.UTC).Format(time.RFC3339)
		return artifacts{manifest: g.encode(doc{"metadata": doc{
			"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json", "dbt_version": "1.10.0", "generated_at": at,
			"project_name": project, "project_id": "id-" + project, "adapter_type": "duckdb", "invocation_id": fmt.Sprint(project, hour),
		}, "nodes": nodes, "sources": sources, "parent_map": parents, "child_map": doc{}})}
	}
	pieces := map[string]artifacts{
		"ephemeral": upload("shop", 1, "table", "ephemeral"), "table": upload("shop", 2, "table", "table"), "gone": upload("shop", 3, "table"),
		"source": upload("reader", 1, "table", "table"),
	}
	orders := permutations(pieces, 6)
	want := final(t, nil, pieces, orders[0])
	if removed := removedOf(want); len(removed) != 0 {
		t.Errorf("removed: %s", text(removed))
	}
	for _, order := range orders[1:] {
		t.Run(fmt.Sprint(order), func(t *testing.T) { sameState(t, want, final(t, nil, pieces, order)) })
	}
}

// removedOf are the replies about removed assets.
func removedOf(state map[string]any) (out []string) {
	for address := range state {
		if strings.Contains(address, "/assets/removed asset") {
			out = append(out, address)
		}
	}
	return out
}
