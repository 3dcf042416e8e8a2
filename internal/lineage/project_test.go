package lineage

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

const shopArtifacts = "../../examples/shop/artifacts/"

// readShop reads one state of the example shop, as one dbt version left it.
func readShop(t testing.TB, version, name string) *Project {
	t.Helper()
	open := func(file string) io.Reader {
		data, err := os.ReadFile(filepath.Join(shopArtifacts, version, name, file))
		if err != nil {
			t.Fatal(err)
		}
		return bytes.NewReader(data)
	}
	p, err := NewReader().Read(t.Context(), open("manifest.json.gz"), open("catalog.json.gz"))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func traceShop(t testing.TB, version, name string) *ProjectLineage {
	t.Helper()
	l, err := readShop(t, version, name).Trace(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// block gives the block of a node.
func (l *ProjectLineage) block(t testing.TB, uniqueID string) *Block {
	t.Helper()
	n, ok := l.number[uniqueID]
	if !ok || l.Block(int(n)) == nil {
		t.Fatalf("no block of %s", uniqueID)
	}
	return l.Block(int(n))
}

// edgeLines writes the edges of a block as world.text does.
func (l *ProjectLineage) edgeLines(b *Block) []string {
	w := newWorld("")
	for i, n := range l.Nodes {
		w.add(Table{Name: n.UniqueID}, nil)
		w.tables[i].ID = int64(i) + 1
	}
	return strings.Split(strings.TrimSpace(w.text(b)), "\n")
}

// All of the shop is read, every model has just the columns that the warehouse
// lists, and no edge is a guess but those of the Python model.
func TestShop(t *testing.T) {
	for _, version := range []string{"1.8.10", "1.12.6"} {
		for _, name := range []string{"before", "after"} {
			l := traceShop(t, version, name)
			read, listed := 0, 0
			for i, n := range l.Nodes {
				b := l.Block(i)
				if b == nil {
					if n.ResourceType == "model" || n.ResourceType == "snapshot" {
						t.Errorf("%s %s: %s has no block", version, name, n.UniqueID)
					}
					continue
				}
				if n.Name == "customer_segments" {
					if b.Status != NotSQL || len(b.Outputs) == 0 {
						t.Errorf("%s %s: the Python model is %s with %d columns", version, name, b.Status, len(b.Outputs))
					}
					continue
				}
				if read++; b.Status != Read || len(b.Issues) > 0 {
					t.Errorf("%s %s: %s is %s: %v", version, name, n.UniqueID, b.Status, b.Issues)
				}
				for _, o := range b.Outputs {
					for _, e := range o.Edges {
						if e.Confidence != resolve.FromSchema || b.Refs[e.Ref].Table == 0 {
							t.Errorf("%s %s: %s.%s comes from %s.%s with confidence %s", version, name, n.UniqueID, o.Name, l.RefName(b.Refs[e.Ref]), e.Column, e.Confidence)
						}
					}
				}
				if stated := l.table(i, n).Stated; stated.Full {
					listed++
					var want []string
					for c := range stated.All() {
						want = append(want, c.Name)
					}
					got := names(b)
					if n.Name == "fct_orders" && name == "after" {
						// An incremental table gets its new column at the end.
						slices.Sort(want)
						slices.Sort(got)
					}
					if diff := cmp.Diff(want, got); diff != "" {
						t.Errorf("%s %s: columns of %s (-catalog +code):\n%s", version, name, n.UniqueID, diff)
					}
				}
			}
			if read != 25 || listed != 24 { // 24 SQL models and the snapshot; the catalog leaves out the ephemeral one
				t.Errorf("%s %s: %d models were read, %d listed", version, name, read, listed)
			}
		}
	}
}

func TestShopEdges(t *testing.T) {
	l := traceShop(t, "1.12.6", "after")
	for uniqueID, want := range map[string][]string{
		"model.shop.dim_cafés": {
			"café_id < model.shop.stg_stores.store_id rename",
			"café < model.shop.stg_stores.store_name rename",
			"ville < model.shop.stg_stores.city rename",
			"opened_on < model.shop.stg_stores.opened_on identity",
		},
	} {
		got := l.edgeLines(l.block(t, uniqueID))
		for _, line := range want {
			if !slices.Contains(got, line) {
				t.Errorf("%s lacks %q; it has\n%s", uniqueID, line, strings.Join(got, "\n"))
			}
		}
	}
	through := l.block(t, "model.shop.fct_order_lines")
	if !slices.ContainsFunc(through.Refs, func(r Ref) bool { return l.RefName(r) == "model.shop.int_order_lines_priced" }) {
		t.Error("fct_order_lines does not name the ephemeral model that it is made of")
	}
	if nodeOf(l, "model.shop.nope") != nil || nodeOf(l, "model.shop.dim_cafés") == nil {
		t.Error("nodes are not found by their ids")
	}
}

// world makes the tracer's view of a project, with ids that its next state has
// as well.
func (p *Project) world(ids map[string]int64) *world {
	w := newWorld(p.Head.AdapterType)
	w.tables, w.edges = p.Tables()
	for i, n := range p.Nodes {
		w.texts[n.Compiled], _ = p.Code(n.Compiled)
		if ids[n.UniqueID] == 0 {
			ids[n.UniqueID] = int64(len(ids)) + 1
		}
		w.tables[i].ID = ids[n.UniqueID]
		w.at[n.UniqueID] = int32(i)
	}
	return w
}

// One state after the other gives what the second gives alone, both ways, and
// reads only what changed.
func TestShopIncremental(t *testing.T) {
	for _, version := range []string{"1.8.10", "1.12.6"} {
		for _, order := range [][2]string{{"before", "after"}, {"after", "before"}} {
			ids := map[string]int64{}
			before, after := readShop(t, version, order[0]).world(ids), readShop(t, version, order[1]).world(ids)
			m := fresh(t, before).with(after)
			due := dueAfter(before, after)
			follow(t, after, m, due)
			want := fresh(t, after)
			for i := range after.tables {
				if diff := cmp.Diff(want.block(int32(i)), m.block(int32(i))); diff != "" {
					t.Errorf("%s, %s then %s: %s (-full +incremental):\n%s", version, order[0], order[1], after.tables[i].Name, diff)
				}
			}
			if len(m.read) == 0 || len(m.read) > 6 {
				t.Errorf("%s, %s then %s: %d of %d models were read: %v", version, order[0], order[1], len(m.read), len(after.everything()), m.read)
			}
		}
	}
}

// manifest makes a small manifest; nodes are fields without braces.
func manifest(adapter, project string, sections map[string][]string) string {
	var s strings.Builder
	fmt.Fprintf(&s, `{"metadata":{"dbt_schema_version":"https://schemas.getdbt.com/dbt/manifest/v12.json","adapter_type":%q,"project_name":%q}`, adapter, project)
	for _, section := range []string{"nodes", "sources", "exposures", "parent_map"} {
		fmt.Fprintf(&s, `,%q:{%s}`, section, strings.Join(sections[section], ","))
	}
	return s.String() + "}"
}

func node(uniqueID, fields string) string {
	kind, rest, _ := strings.Cut(uniqueID, ".")
	_, name, _ := strings.Cut(rest, ".")
	return fmt.Sprintf(`%q:{"unique_id":%q,"resource_type":%q,"name":%q,"database":"db","schema":"s",%s}`, uniqueID, uniqueID, kind, name, fields)
}

func compiled(sql, materialized string, parents ...string) string {
	quoted := make([]string, len(parents))
	for i, p := range parents {
		quoted[i] = fmt.Sprintf("%q", p)
	}
	return fmt.Sprintf(`"language":"sql","config":{"materialized":%q},"compiled_code":%q,"depends_on":{"nodes":[%s]}`, materialized, sql, strings.Join(quoted, ","))
}

func traceManifest(t *testing.T, text string) *ProjectLineage {
	t.Helper()
	p, err := NewReader().Read(t.Context(), strings.NewReader(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	l, err := p.Trace(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// Packages may have models of one name, models versions, and a project may read
// tables that are another project's.
func TestProjectNames(t *testing.T) {
	l := traceManifest(t, manifest("postgres", "shop", map[string][]string{
		"sources": {node("source.shop.raw.orders", `"identifier":"orders_2024","source_name":"raw"`)},
		"nodes": {
			node("model.shop.orders", `"alias":"orders",`+compiled(`select id, amount from "db"."s"."orders_2024"`, "table", "source.shop.raw.orders")),
			node("model.pkg.orders", `"alias":"pkg_orders",`+compiled(`select id as pkg_id from "db"."s"."orders_2024"`, "table", "source.shop.raw.orders")),
			node("model.shop.dim.v1", `"version":1,"alias":"dim_v1",`+compiled(`select id from "db"."s"."orders"`, "table", "model.shop.orders")),
			node("model.shop.dim.v2", `"version":2,"alias":"dim",`+compiled(`select id, amount from "db"."s"."orders"`, "table", "model.shop.orders")),
			node("model.shop.report", compiled(`select a.id, b.amount, c.pkg_id, d.total from "db"."s"."dim_v1" a, "db"."s"."dim" b, "db"."s"."pkg_orders" c, "finance"."mart"."totals" d`,
				"table", "model.shop.dim.v1", "model.shop.dim.v2", "model.pkg.orders", "model.finance.totals")),
			node("model.shop.off", `"config":{"enabled":false},"language":"sql"`),
		},
	}))
	if diff := cmp.Diff([]string{
		"id < model.shop.dim.v1.id identity", "amount < model.shop.dim.v2.amount identity", "pkg_id < model.pkg.orders.pkg_id identity",
		"total < (finance.mart.totals).total identity?single_source",
	}, l.edgeLines(l.block(t, "model.shop.report"))); diff != "" {
		t.Errorf("edges (-want +got):\n%s", diff)
	}
	report := l.block(t, "model.shop.report")
	if last := report.Refs[3]; last.Key != "finance.mart.totals" || l.RefName(last) != "finance.mart.totals" || l.RefName(report.Refs[0]) != "model.shop.dim.v1" {
		t.Errorf("refs %v", report.Refs)
	}
	if got := l.DatasetName(nodeOf(l, "source.shop.raw.orders")); got != "db.s.orders_2024" {
		t.Errorf("the source is called %s", got)
	}
	if got := l.DatasetName(nodeOf(l, "model.shop.dim.v2")); got != "db.s.dim" {
		t.Errorf("the model is called %s", got)
	}
}

// The parents of a node are those of parent_map, if the manifest has one. What its code reads besides them is found all
// the same, in whatever order the two are read, with an issue.
func TestProjectParents(t *testing.T) {
	nodes := []string{
		node("model.p.a", compiled(`select * from "db"."s"."z"`, "view")),
		node("model.p.b", compiled(`select * from "db"."s"."a"`, "view")),
		node("model.p.z", compiled("select 1 as x", "view")),
	}
	for name, tt := range map[string]struct {
		parentMap []string
		issues    []string
	}{
		"none":         {nil, []string{IssueUndeclared}},
		"with an edge": {[]string{`"model.p.b":["model.p.a"]`}, nil},
	} {
		l := traceManifest(t, manifest("postgres", "p", map[string][]string{"nodes": nodes, "parent_map": tt.parentMap}))
		b := l.block(t, "model.p.b")
		var issues []string
		for _, i := range b.Issues {
			issues = append(issues, i.Code)
		}
		if diff := cmp.Diff([]string{"x < model.p.a.x identity"}, l.edgeLines(b)); diff != "" || !slices.Equal(issues, tt.issues) {
			t.Errorf("%s: issues %v (-want +got):\n%s", name, b.Issues, diff)
		}
	}
}

// A contract orders the columns of a table, not those of a view.
func TestProjectContract(t *testing.T) {
	contract := `"contract":{"enforced":true},"columns":{"a":{"name":"a"},"b":{"name":"b"}},`
	var nodes []string
	for _, m := range []string{"table", "incremental", "view"} {
		nodes = append(nodes, node("model.p."+m, contract+compiled("select 1 as b, 2 as a", m)))
	}
	l := traceManifest(t, manifest("postgres", "p", map[string][]string{"nodes": nodes}))
	for m, want := range map[string][]string{"table": {"a", "b"}, "incremental": {"a", "b"}, "view": {"b", "a"}} {
		if diff := cmp.Diff(want, names(l.block(t, "model.p."+m))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", m, diff)
		}
	}
}

func TestProjectWithoutCode(t *testing.T) {
	l := traceManifest(t, manifest("postgres", "p", map[string][]string{
		"nodes":     {node("model.p.a", `"language":"sql"`), node("seed.p.s", `"columns":{"x":{"name":"x"}}`), node("model.p.b", compiled(`select s.x, a.y from "db"."s"."s" s, "db"."s"."a" a`, "view", "seed.p.s", "model.p.a"))},
		"exposures": {node("exposure.p.e", `"depends_on":{"nodes":["model.p.b"]}`)},
	}))
	if b := l.block(t, "model.p.a"); b.Status != NotCompiled {
		t.Errorf("a is %s", b.Status)
	}
	if diff := cmp.Diff([]string{"x < seed.p.s.x identity?single_source", "y < model.p.a.y identity?single_source"}, l.edgeLines(l.block(t, "model.p.b"))); diff != "" {
		t.Errorf("b (-want +got):\n%s", diff)
	}
	for i, n := range l.Nodes {
		if b := l.Block(i); b != nil && !strings.HasPrefix(n.UniqueID, "model.") {
			t.Errorf("%s has a block", n.UniqueID)
		}
	}
	if got := l.DatasetName(nodeOf(l, "exposure.p.e")); got != "exposure.p.e" {
		t.Errorf("an exposure is called %s", got)
	}
}

func TestReadProjectOfBadFiles(t *testing.T) {
	good := manifest("postgres", "p", nil)
	for name, tt := range map[string]struct{ manifest, tables, part string }{
		"no JSON":            {"{", "", "manifest: "},
		"no manifest":        {`{"metadata":{"dbt_schema_version":"https://schemas.getdbt.com/dbt/run-results/v6.json"},"results":[]}`, "", "manifest: "},
		"a bad catalog":      {good, "[", "catalog: "},
		"a manifest as both": {good, good, "catalog: "},
	} {
		var tables io.Reader
		if tt.tables != "" {
			tables = strings.NewReader(tt.tables)
		}
		if _, err := NewReader().Read(t.Context(), strings.NewReader(tt.manifest), tables); err == nil || !strings.HasPrefix(err.Error(), tt.part) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	p, err := NewReader().Read(t.Context(), strings.NewReader(good), nil)
	if err != nil || len(p.Nodes) != 0 {
		t.Errorf("an empty manifest: %v, %v", p, err)
	}
}

func nodeOf(p *ProjectLineage, uniqueID string) *Node {
	for _, n := range p.Nodes {
		if n.UniqueID == uniqueID {
			return n
		}
	}
	return nil
}
