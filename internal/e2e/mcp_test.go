package e2e

import (
	"encoding/json"
	"maps"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/apitest"
)

// project is what the artifacts of a dbt project state, read without the code under test.
type project struct {
	Nodes     map[string]projectNode `json:"nodes"`
	Sources   map[string]projectNode `json:"sources"`
	ParentMap map[string][]string    `json:"parent_map"`
	ChildMap  map[string][]string    `json:"child_map"`
}

type projectNode struct {
	Name         string   `json:"name"`
	ResourceType string   `json:"resource_type"`
	Description  string   `json:"description"`
	RelationName string   `json:"relation_name"`
	Path         string   `json:"original_file_path"`
	Package      string   `json:"package_name"`
	Tags         []string `json:"tags"`
	RawCode      string   `json:"raw_code"`
	CompiledCode string   `json:"compiled_code"`
	Attached     string   `json:"attached_node"`
	Config       struct {
		Materialized string `json:"materialized"`
	} `json:"config"`
}

func read[T any](t *testing.T, content []byte) (out T) {
	t.Helper()
	if err := json.Unmarshal(unzipped(t, content), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// of lists the nodes of a type.
func (p project) of(resource string) (out []string) {
	for id, n := range p.Nodes {
		if n.ResourceType == resource {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// isTest reports whether a unique_id is that of a data test, which is no asset.
func isTest(id string) bool { return strings.HasPrefix(id, "test.") }

// next lists the neighbours of a node in a map, without tests.
func next(of map[string][]string, id string) []string {
	out := slices.DeleteFunc(slices.Clone(of[id]), isTest)
	slices.Sort(out)
	return slices.Compact(out)
}

// reach lists all that is reached from a node, without the node itself.
func reach(of map[string][]string, id string) []string {
	seen := map[string]bool{}
	for todo := []string{id}; len(todo) > 0; todo = todo[1:] {
		for _, n := range next(of, todo[0]) {
			if !seen[n] {
				seen[n] = true
				todo = append(todo, n)
			}
		}
	}
	delete(seen, id)
	return slices.Sorted(maps.Keys(seen))
}

// most returns the node of a type with most neighbours.
func (p project) most(of map[string][]string, resource string) string {
	best := ""
	for _, id := range p.of(resource) {
		if best == "" || len(next(of, id)) > len(next(of, best)) {
			best = id
		}
	}
	return best
}

// deepest returns the model with most ancestors of which none is a model without parents: the edges of such a model are
// found in its SQL alone, not in the manifest.
func (p project) deepest() string {
	best, most := "", -1
	for _, id := range p.of("model") {
		above := reach(p.ParentMap, id)
		unstated := slices.ContainsFunc(append(above, id), func(a string) bool {
			return strings.HasPrefix(a, "model.") && len(next(p.ParentMap, a)) == 0
		})
		if !unstated && len(above) > most {
			best, most = id, len(above)
		}
	}
	return best
}

// question is what an agent asks, and what the artifacts answer.
type question struct {
	text      string
	tool      string
	arguments map[string]any
	answer    func(reply map[string]any) any // the part of the reply that answers it
	want      any
}

// all reads every page of a list and returns a field of its rows.
func all(t *testing.T, a apitest.Agent, tool string, arguments map[string]any, list, field string) []string {
	t.Helper()
	arguments = maps.Clone(arguments)
	out := []string{}
	for range 200 {
		reply := a.Ask(t, tool, arguments)
		out = append(out, apitest.Every(reply, list, field)...)
		if reply["next_cursor"] == nil {
			break
		}
		arguments["cursor"] = reply["next_cursor"]
	}
	slices.Sort(out)
	return out
}

// total is M of the "N of M" of a list.
func total(list string) func(map[string]any) any {
	return func(reply map[string]any) any {
		shown, _ := reply["shown"].(map[string]any)[list].(string)
		_, m, _ := strings.Cut(shown, " of ")
		return m
	}
}

func value(path string) func(map[string]any) any {
	return func(reply map[string]any) any { return apitest.At(reply, path) }
}

// An agent asks about real projects what people ask, by names, and gets what the artifacts state.
func TestQuestionsOfAgents(t *testing.T) {
	before, after := realAt(t, "coderxio__sagerx/2024-11-21-v12"), realAt(t, "coderxio__sagerx/2025-head")
	for name, open := range map[string]apitest.OpenStore{"sqlite": nil, "postgres": apitest.OnPostgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, open)
			r.send(t, before)
			r.send(t, after)
			sagerx := r.schema
			r.schema = r.Schema(t, "Shop")
			r.send(t, shopAt(0))
			shopBuild := shopAt(1)
			r.send(t, shopBuild)
			a := r.Agent(t)
			questions := aboutProject(t, a, sagerx, read[project](t, before.manifest), read[project](t, after.manifest), after.catalog)
			questions = append(questions, aboutRuns(t, a, r.schema, shopBuild.results, shopBuild.sources)...)
			if len(questions) < 20 {
				t.Errorf("only %d questions", len(questions))
			}
			for _, q := range questions {
				if diff := cmp.Diff(q.want, q.answer(a.Ask(t, q.tool, q.arguments))); diff != "" {
					t.Errorf("%s\n%s %v (-artifacts +answer):\n%s", q.text, q.tool, q.arguments, diff)
				}
			}
		})
	}
}

// aboutProject are questions about tables, columns, lineage and history.
func aboutProject(t *testing.T, a apitest.Agent, schema string, before, now project, catalog []byte) []question {
	t.Helper()
	type table struct {
		Columns map[string]struct {
			Index int    `json:"index"`
			Name  string `json:"name"`
			Type  string `json:"type"`
		} `json:"columns"`
	}
	tables := read[struct {
		Nodes map[string]table `json:"nodes"`
	}](t, catalog).Nodes
	parents, children := now.most(now.ParentMap, "model"), now.most(now.ChildMap, "model")
	deep := now.deepest()
	described, tested, seed := "", map[string]int{}, now.of("seed")[0]
	for _, id := range now.of("model") {
		if n := now.Nodes[id]; n.Description != "" && tables[id].Columns != nil && (described == "" || len(n.Description) > len(now.Nodes[described].Description)) {
			described = id
		}
	}
	for _, id := range now.of("test") {
		tested[now.Nodes[id].Attached]++
	}
	mostTested := slices.MaxFunc(slices.Sorted(maps.Keys(tested)), func(x, y string) int { return tested[x] - tested[y] })
	node := now.Nodes[described]
	in := func(more map[string]any) map[string]any { more["schema"] = schema; return more }
	every := func(tool, list, field string, arguments map[string]any) func(map[string]any) any {
		return func(map[string]any) any { return all(t, a, tool, arguments, list, field) }
	}
	models, created := now.of("model"), []string{}
	for _, id := range slices.Concat(models, slices.Sorted(maps.Keys(now.Sources))) {
		if _, old := before.Nodes[id]; !old && before.Sources[id].Name == "" {
			created = append(created, id)
		}
	}
	slices.Sort(created)
	columns := make([]string, 0)
	for _, c := range tables[described].Columns {
		columns = append(columns, c.Name)
	}
	slices.Sort(columns)
	first := slices.MinFunc(slices.Collect(maps.Values(tables[described].Columns)), func(x, y struct {
		Index int    `json:"index"`
		Name  string `json:"name"`
		Type  string `json:"type"`
	},
	) int {
		return x.Index - y.Index
	})
	kind := func(k string) map[string]any { return in(map[string]any{"query": "kind:" + k}) }
	about := func(id string) map[string]any { return in(map[string]any{"asset": id}) }
	byName := in(map[string]any{"asset": node.Name})
	up, down := in(map[string]any{"asset": deep, "direction": "upstream"}), in(map[string]any{"asset": children, "direction": "downstream"})
	changed := in(map[string]any{"since": "1", "max_tokens": 25_000})
	path := strings.ReplaceAll(node.Path, "\\", "/")
	folder := path[:strings.LastIndexByte(path, '/')]
	inFolder := []string{}
	for id, n := range now.Nodes {
		if !isTest(id) && strings.HasPrefix(n.Path, folder+"/") {
			inFolder = append(inFolder, id)
		}
	}
	slices.Sort(inFolder)
	return []question{
		{"How many models are there?", "search", kind("model"), total("hits"), strconv.Itoa(len(models))},
		{"Which models are there?", "search", kind("model"), every("search", "hits", "asset", kind("model")), models},
		{"How many sources are there?", "search", kind("source"), total("hits"), strconv.Itoa(len(now.Sources))},
		{"Which seeds are there?", "search", kind("seed"), every("search", "hits", "asset", kind("seed")), now.of("seed")},
		{"What is this table about?", "get_asset", byName, value("description.text"), node.Description},
		{"Who wrote that?", "get_asset", byName, value("description.source"), "dbt:sagerx"},
		{"Where is its file?", "get_asset", byName, value("path"), node.Path},
		{"How is it materialized?", "get_asset", byName, value("materialized"), node.Config.Materialized},
		{"Which columns does it have?", "get_asset", byName, every("get_asset", "columns", "name", byName), columns},
		{"What is the type of its first column?", "get_asset", byName, value("columns.0.type"), first.Type},
		{"What does it read directly?", "get_asset", about(parents), every("get_asset", "parents", "", about(parents)), next(now.ParentMap, parents)},
		{"What is built on it directly?", "get_asset", about(children), every("get_asset", "children", "", about(children)), next(now.ChildMap, children)},
		{"What does it come from, all the way up?", "get_lineage", up, every("get_lineage", "upstream", "asset", up), reach(now.ParentMap, deep)},
		{"What comes from it, all the way down?", "get_lineage", down, every("get_lineage", "downstream", "asset", down), reach(now.ChildMap, children)},
		{"What is in this folder?", "get_lineage", in(map[string]any{"select": "path:" + folder}), every("get_lineage", "nodes", "asset", in(map[string]any{"select": "path:" + folder})), inFolder},
		{"What breaks if I drop this table?", "get_impact", about(children), every("get_impact", "tables", "asset", about(children)), onlyTables(reach(now.ChildMap, children))},
		{"What breaks if I drop this seed?", "get_impact", about(seed), every("get_impact", "tables", "asset", about(seed)), onlyTables(reach(now.ChildMap, seed))},
		{"What does its code look like?", "get_code", in(map[string]any{"asset": described, "form": "raw", "max_tokens": 25_000}), func(r map[string]any) any { return strings.Join(textsOf(r, "parts"), "") }, node.RawCode},
		{"What does the warehouse run?", "get_code", in(map[string]any{"asset": described, "max_tokens": 25_000}), func(r map[string]any) any { return strings.Join(textsOf(r, "parts"), "") }, node.CompiledCode},
		{"How many tests are there?", "list_tests", in(map[string]any{}), total("tests"), strconv.Itoa(len(now.of("test")))},
		{"How many tests does this table have?", "list_tests", about(mostTested), total("tests"), strconv.Itoa(tested[mostTested])},
		{"Which tables are new since the first import?", "list_changes", changed, func(map[string]any) any { return createdSince(t, a, changed) }, created},
	}
}

// onlyTables leaves out what is no table.
func onlyTables(ids []string) []string {
	return slices.DeleteFunc(ids, func(id string) bool { return !ofTable(id) })
}

// textsOf returns the texts of a list.
func textsOf(reply map[string]any, list string) (out []string) {
	rows, _ := reply[list].([]any)
	for _, row := range rows {
		out = append(out, row.(string))
	}
	return out
}

// createdSince lists the tables that changes created.
func createdSince(t *testing.T, a apitest.Agent, arguments map[string]any) []string {
	t.Helper()
	arguments = maps.Clone(arguments)
	out := []string{}
	for range 100 {
		reply := a.Ask(t, "list_changes", arguments)
		for _, row := range reply["changed"].([]any) {
			row := row.(map[string]any)
			if apitest.At(row, "changes.0.kind") == "created" && apitest.At(row, "changes.0.column") == nil {
				out = append(out, row["asset"].(string))
			}
		}
		if reply["next_cursor"] == nil {
			break
		}
		arguments["cursor"] = reply["next_cursor"]
	}
	out = slices.DeleteFunc(out, func(id string) bool { return len(onlyTables([]string{id})) == 0 || strings.HasPrefix(id, "seed.") })
	slices.Sort(out)
	return out
}

// aboutRuns are questions about runs, tests and freshness.
func aboutRuns(t *testing.T, a apitest.Agent, schema string, results, sources []byte) []question {
	t.Helper()
	type result struct {
		ID     string  `json:"unique_id"`
		Status string  `json:"status"`
		Time   float64 `json:"execution_time"`
	}
	run := read[struct {
		Metadata struct {
			Invocation string `json:"invocation_id"`
		} `json:"metadata"`
		Results []result `json:"results"`
	}](t, results)
	fresh := read[struct{ Results []result }](t, sources)
	with := func(rows []result, statuses ...string) []string {
		out := []string{}
		for _, r := range rows {
			if slices.Contains(statuses, r.Status) {
				out = append(out, r.ID)
			}
		}
		slices.Sort(out)
		return out
	}
	failed := with(run.Results, "fail")
	name := func(id string) string { return strings.Split(id, ".")[2] }
	arguments := func(pairs ...string) map[string]any {
		out := map[string]any{"schema": schema}
		for i := 0; i < len(pairs); i += 2 {
			out[pairs[i]] = pairs[i+1]
		}
		return out
	}
	list := func(tool, list, field string, of map[string]any) func(map[string]any) any {
		return func(map[string]any) any { return all(t, a, tool, of, list, field) }
	}
	latest, skipped := arguments("run", "latest", "command", "build"), arguments("run", "latest", "command", "build", "class", "skipped")
	return []question{
		{"Which dbt run was the last?", "list_runs", arguments("command", "build"), value("runs.0.invocation_id"), run.Metadata.Invocation},
		{"How many nodes did it have?", "list_runs", latest, value("run.results"), float64(len(run.Results))},
		{"What did it do with each node?", "list_runs", latest, list("list_runs", "results", "node", latest), with(run.Results, "success", "pass", "fail", "warn", "error", "skipped", "no-op")},
		{"Which nodes were skipped?", "list_runs", skipped, list("list_runs", "results", "node", skipped), with(run.Results, "skipped", "no-op")},
		{"Which tests fail?", "list_tests", arguments("status", "fail"), list("list_tests", "tests", "name", arguments("status", "fail")), []string{name(failed[0])}},
		{"Which sources are too old?", "list_freshness", arguments("status", "error"), list("list_freshness", "sources", "source", arguments("status", "error")), with(fresh.Results, "error")},
		{"Which sources have been checked?", "list_freshness", arguments(), list("list_freshness", "sources", "source", arguments()), with(fresh.Results, "pass", "warn", "error", "runtime error")},
	}
}

// The command passes the questions on, to a served folder and to one that nobody serves.
func TestMCPOnStandardInput(t *testing.T) {
	s, dir := serve(t), projectFolder(t)
	for _, args := range [][]string{
		{"schemas", "create", "--name", "Analytics Warehouse"},
		{"import", "--schema", "SCH-101", "--manifest", "target/manifest.json", "--catalog", "target/catalog.json", "--wait"},
	} {
		if r := command(t, dir, s.env(), args...); r.code != 0 {
			t.Fatalf("%v: %+v", args, r)
		}
	}
	key := command(t, dir, s.env(), "keys", "create", "--name", "agent", "--scope", string(access.ReadMCP), "--scope", string(access.ReadCatalog))
	for name, args := range map[string][]string{
		"server": {"--server", s.url, "--key", strings.TrimSpace(key.stdout)},
		"folder": {"--data", s.data},
	} {
		cmd := exec.CommandContext(t.Context(), thalweg(t), append([]string{"mcp"}, args...)...)
		cmd.Env = cleanEnvironment()
		client := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"}, nil)
		session, err := client.Connect(t.Context(), &sdk.CommandTransport{Command: cmd}, nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if text := session.InitializeResult().Instructions; !strings.Contains(text, "untrusted") {
			t.Errorf("%s: instructions %q", name, text)
		}
		got := (apitest.Agent{ClientSession: session}).Ask(t, "get_asset", map[string]any{"asset": "fct_orders"})
		if got["asset"] != "model.shop.fct_orders" {
			t.Errorf("%s: %v", name, got)
		}
		if err := session.Close(); err != nil {
			t.Errorf("%s: the command ended with %v", name, err)
		}
	}
	if r := command(t, dir, nil, "mcp", "--server", s.url, "--key", "nonsense"); r.code != 1 || !strings.Contains(r.stderr, "nauthorized") {
		t.Errorf("bad key: %+v", r)
	}
}
