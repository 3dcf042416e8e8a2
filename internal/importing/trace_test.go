package importing

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/lineage"
	"github.com/thalweg-data/thalweg/internal/store"
)

// sql gives a model other code and parents.
func sql(code string, name string, parents ...string) doc {
	m := model(name, parents...)
	m["compiled_code"], m["raw_code"] = code, code
	m["checksum"] = doc{"name": "sha256", "checksum": catalog.HashOfText(code).String()}
	m["columns"] = doc{}
	return m
}

// blocks gives what is served of each model, with the tables that it reads by
// name, so that two schemas can be compared.
func (r *rig) blocks(at int64) map[string]string {
	r.t.Helper()
	rows, err := r.store.ColumnEdgesOf(r.t.Context(), ws, r.schema, at, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	name := func(id catalog.AssetID) string {
		a, _, err := r.store.Asset(r.t.Context(), ws, id, at)
		if err != nil {
			r.t.Fatal(err)
		}
		if a.RelationKey != "" {
			return a.RelationKey
		}
		return a.Name
	}
	out := map[string]string{}
	for _, row := range rows {
		b, err := lineage.Decode(row.Block)
		if err != nil {
			r.t.Fatalf("asset %d: %v", row.Asset, err)
		}
		out[name(row.Asset)] = blockText(b, func(ref lineage.Ref) string {
			if ref.Table != 0 {
				return name(catalog.AssetID(ref.Table))
			}
			return "?" + ref.Name
		})
	}
	return out
}

// blockText writes a block for comparison.
func blockText(b *lineage.Block, ref func(lineage.Ref) string) string {
	var s strings.Builder
	fmt.Fprintln(&s, b.Status, b.Dialect)
	for _, o := range b.Outputs {
		var from []string
		for _, e := range o.Edges {
			from = append(from, fmt.Sprintf("%s.%s%s %s %s", ref(b.Refs[e.Ref]), e.Column, e.Path, e.Kinds, e.Confidence))
		}
		slices.Sort(from)
		fmt.Fprintln(&s, o.Name, o.Star, o.Masked, o.Gap, o.Span, from)
	}
	var rows []string
	for _, u := range b.Rows {
		rows = append(rows, fmt.Sprintf("%s.%s %s", ref(b.Refs[u.Ref]), u.Column, u.Kinds))
	}
	slices.Sort(rows)
	fmt.Fprintln(&s, rows)
	for _, i := range b.Issues {
		fmt.Fprintln(&s, i.Code, i.Line, i.Column)
	}
	return s.String()
}

func wantTraced(t *testing.T, imp catalog.Import, want int64) {
	t.Helper()
	if got := imp.Report.Counts["models_traced"]; got != want {
		t.Errorf("%s traced %d models, want %d", imp.ID, got, want)
	}
}

func wantEdges(t *testing.T, blocks map[string]string, table, line string) {
	t.Helper()
	if !strings.Contains(blocks[table], line) {
		t.Errorf("%s: no %q in\n%s", table, line, blocks[table])
	}
}

func TestTraceReadsWhatChanged(t *testing.T) {
	r := newRig(t)
	at := time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC)
	next := func() time.Time { at = at.Add(time.Hour); return at }
	source := sourceTable("people")
	a := sql(`select id, name as label from "shop"."raw"."people"`, "a", "source.shop.raw.people")
	b := sql(`select id, label, label || '!' as loud from "shop"."analytics"."a"`, "b", "model.shop.a")
	c := sql(`select * from "shop"."analytics"."b"`, "c", "model.shop.b")
	imp := r.completed(r.send(manifest(t, "shop", next(), source, a, b, c)))
	wantTraced(t, imp, 3)
	first := r.blocks(0)
	wantEdges(t, first, "shop.analytics.a", "label false false false {11 15} [shop.raw.people.name rename")
	wantEdges(t, first, "shop.analytics.c", "[shop.analytics.b.loud identity")

	again := r.completed(r.send(manifest(t, "shop", next(), source, a, b, c)))
	if again.Version != 0 || again.Report.Counts["models_traced"] != 0 {
		t.Errorf("nothing changed, but version %d, %d models traced", again.Version, again.Report.Counts["models_traced"])
	}

	b = sql(`select id, label, upper(label) as loud from "shop"."analytics"."a"`, "b", "model.shop.a")
	imp = r.completed(r.send(manifest(t, "shop", next(), source, a, b, c)))
	wantTraced(t, imp, 1) // the columns of b are the same, so c is left alone

	a = sql(`select id, name as label, id > 0 as ok from "shop"."raw"."people"`, "a", "source.shop.raw.people")
	imp = r.completed(r.send(manifest(t, "shop", next(), source, a, b, c)))
	wantTraced(t, imp, 2) // b is read with the new columns of a, and stays as it is
	if got := r.states("model.shop.b"); got != 2 {
		t.Errorf("b has %d states, want 2: its lineage came out the same", got)
	}

	b = sql(`select * from "shop"."analytics"."a"`, "b", "model.shop.a")
	imp = r.completed(r.send(manifest(t, "shop", next(), source, a, b, c)))
	wantTraced(t, imp, 2)
	wantEdges(t, r.blocks(0), "shop.analytics.c", "ok false false false")

	imp = r.completed(r.send(manifest(t, "shop", next(), source, a, b)))
	if _, ok := r.blocks(0)["shop.analytics.c"]; ok || imp.Version == 0 {
		t.Errorf("c is gone from the manifest, its column edges are not")
	}
	if got := r.blocks(1); !equalBlocks(got, first) {
		t.Errorf("version 1 changed afterwards: %v", got)
	}

	imp = r.completed(r.send(manifest(t, "shop", next(), source, a, b, c)))
	wantTraced(t, imp, 1)
	wantEdges(t, r.blocks(0), "shop.analytics.c", "ok false false false")
}

// states counts the states of an asset's history.
func (r *rig) states(uniqueID string) int64 {
	r.t.Helper()
	a, _ := r.asset(uniqueID)
	history, err := r.store.AssetHistory(r.t.Context(), ws, r.schema, a.ID, store.Page{})
	if err != nil {
		r.t.Fatal(err)
	}
	return history.Total
}

func equalBlocks(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if b[k] != v {
			return false
		}
	}
	return true
}

// What a catalog says of a table's columns is news for those who read it.
func TestTraceHearsTheCatalog(t *testing.T) {
	r := newRig(t)
	at := time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC)
	source := sourceTable("people")
	a := sql(`select * from "shop"."raw"."people"`, "a", "source.shop.raw.people")
	b := sql(`select * from "shop"."analytics"."a"`, "b", "model.shop.a")
	r.completed(r.send(manifest(t, "shop", at, source, a, b)))
	wantEdges(t, r.blocks(0), "shop.analytics.b", "* true")
	tables := catalogOf(t, at, map[string][]string{"model.shop.a": {"id:integer", "name:text"}})
	imp := r.completed(r.send(manifest(t, "shop", at, source, a, b), tables))
	wantTraced(t, imp, 2) // a could read itself
	wantEdges(t, r.blocks(0), "shop.analytics.b", "name false false false {0 0} [shop.analytics.a.name identity")
	// Another type, or a comment, is none.
	imp = r.completed(r.send(manifest(t, "shop", at, source, a, b), catalogOf(t, at.Add(time.Hour), map[string][]string{"model.shop.a": {"id:bigint", "name:text"}})))
	if imp.Version == 0 || imp.Report.Counts["models_traced"] != 0 {
		t.Errorf("version %d, %d models traced, want a version and none", imp.Version, imp.Report.Counts["models_traced"])
	}
}

// A manifest of dbt parse brings no compiled code: what was traced stays while
// the code is the same, and is given up when it is not.
func TestTraceWithoutCompiledCode(t *testing.T) {
	r := newRig(t)
	at := time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC)
	source := sourceTable("people")
	a := sql(`select id from "shop"."raw"."people"`, "a", "source.shop.raw.people")
	r.completed(r.send(manifest(t, "shop", at, source, a)))
	traced := r.blocks(0)
	parsed := sql(`select id from "shop"."raw"."people"`, "a", "source.shop.raw.people")
	delete(parsed, "compiled_code")
	parsed["description"] = "Parsed only."
	imp := r.completed(r.send(manifest(t, "shop", at.Add(time.Hour), source, parsed)))
	if wantTraced(t, imp, 0); !equalBlocks(r.blocks(0), traced) {
		t.Errorf("the lineage of unchanged code is gone: %v", r.blocks(0))
	}
	other := sql(`select id, name from "shop"."raw"."people"`, "a", "source.shop.raw.people")
	delete(other, "compiled_code")
	imp = r.completed(r.send(manifest(t, "shop", at.Add(2*time.Hour), source, other)))
	wantTraced(t, imp, 1)
	wantEdges(t, r.blocks(0), "shop.analytics.a", "not_compiled")
}

// Bad code fails no import; the model says so, with the place.
func TestTraceOfBadCode(t *testing.T) {
	r := newRig(t)
	at := time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC)
	var nodes []doc
	for i, code := range []string{
		"{% if x %} select 1", "<<<<<<< HEAD\nselect 1\n=======\nselect 2\n>>>>>>> b", "not sql at all", strings.Repeat("(", 10000),
		"select a from", "select 1 as \"'; drop table assets; --\"", strings.Repeat("select 1 union all ", 15000) + "select 1",
	} {
		nodes = append(nodes, sql(code, fmt.Sprint("m", i)))
	}
	imp := r.completed(r.send(manifest(t, "shop", at, nodes...)))
	wantTraced(t, imp, int64(len(nodes)))
	blocks := r.blocks(0)
	if len(blocks) != len(nodes) {
		t.Fatalf("%d statuses of %d models", len(blocks), len(nodes))
	}
	wantEdges(t, blocks, "shop.analytics.m2", "failed")
	wantEdges(t, blocks, "shop.analytics.m5", "drop table assets")
	wantEdges(t, blocks, "shop.analytics.m6", "read")
	told := slices.ContainsFunc(imp.Report.Issues, func(i catalog.Issue) bool {
		return i.Code == "lineage-failed" && i.UniqueID == "model.shop.m2" && strings.Contains(i.Place, "line 1")
	})
	if !told {
		t.Errorf("no issue of m2 with its place in %v", imp.Report.Issues)
	}
}

// Whatever is changed in whatever steps, what is served is what one import of
// the last state would give.
func TestTraceInStepsIsTraceAtOnce(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 11))
	r := newRig(t)
	at := time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC)
	const models = 12
	state := make([]doc, models)
	rewrite := func(i int) {
		name, from, parents := fmt.Sprint("m", i), `"shop"."raw"."people"`, []string{"source.shop.raw.people"}
		if i > 0 && random.IntN(4) > 0 {
			p := random.IntN(i)
			from, parents = fmt.Sprintf(`"shop"."analytics"."m%d"`, p), []string{fmt.Sprint("model.shop.m", p)}
		}
		codes := []string{
			"select * from %s", "select id, c%[2]d from (select *, id + 1 as c%[2]d from %[1]s) x", "select id, count(*) as n from %s group by id",
			"with s as (select * from %s) select s.*, id as copy from s where id > 0", "select distinct id from %s",
		}
		state[i] = sql(strings.Split(fmt.Sprintf(codes[random.IntN(len(codes))], from, i), "%!")[0], name, parents...)
	}
	for i := range models {
		rewrite(i)
	}
	for step := range 12 {
		at = at.Add(time.Hour)
		nodes := append([]doc{sourceTable("people")}, state...)
		if step%4 == 3 { // one goes, and comes back in the next step
			nodes = slices.Delete(nodes, 1+step%models, 2+step%models)
		}
		parts := []part{manifest(t, "shop", at, nodes...)}
		if step == 5 {
			parts = append(parts, catalogOf(t, at, map[string][]string{"model.shop.m3": {"id:integer", "extra:text"}}))
		}
		r.completed(r.send(parts...))
		whole := newRig(t)
		if step >= 5 {
			whole.completed(whole.send(parts[0], catalogOf(t, at, map[string][]string{"model.shop.m3": {"id:integer", "extra:text"}})))
		} else {
			whole.completed(whole.send(parts...))
		}
		got, want := r.blocks(0), whole.blocks(0)
		for name := range want {
			if got[name] != want[name] {
				t.Errorf("step %d: %s is\n%s\nat once it is\n%s", step, name, got[name], want[name])
			}
		}
		if len(got) != len(want) {
			t.Errorf("step %d: %d models, at once %d", step, len(got), len(want))
		}
		for range 1 + random.IntN(3) {
			rewrite(random.IntN(models))
		}
	}
}

// TestTraceOfRealProjects compares what an import serves with what the engine
// tells of the files alone.
func TestTraceOfRealProjects(t *testing.T) {
	manifests, _ := filepath.Glob(filepath.Join("..", "..", "examples", "shop", "artifacts", "*", "*", "manifest.json*"))
	if len(manifests) == 0 {
		t.Fatal("the shop's artifacts are gone")
	}
	for _, path := range manifests {
		t.Run(filepath.ToSlash(path), func(t *testing.T) { compareProject(t, path) })
	}
}

func TestTraceOfCollectedProjects(t *testing.T) {
	var manifests []string
	for _, depth := range []string{"*", "*/*"} {
		found, _ := filepath.Glob(filepath.Join(realArtifacts(t), filepath.FromSlash(depth), "manifest.json*"))
		manifests = append(manifests, found...)
	}
	sort.Strings(manifests)
	for i, path := range manifests {
		if i%9 == 0 {
			t.Run(filepath.Base(filepath.Dir(path)), func(t *testing.T) { compareProject(t, path) })
		}
	}
}

func compareProject(t *testing.T, path string) {
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	parts := []part{{partManifest, content}}
	var tables []byte
	if tables, err = os.ReadFile(strings.Replace(path, "manifest.json", "catalog.json", 1)); err == nil {
		parts = append(parts, part{partCatalog, tables})
	}
	r := newRig(t)
	r.completed(r.send(parts...))
	got := r.blocks(0)
	project := readProject(t, content, tables)
	traced, err := project.Trace(t.Context(), lineage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	places := map[string]string{}
	for _, n := range project.Nodes {
		if !lineage.IsTable(n) {
			continue
		}
		a, err := r.store.AssetByUniqueID(t.Context(), ws, r.schema, "", n.UniqueID, 0)
		if err != nil {
			t.Fatal(err)
		}
		if places[n.UniqueID] = a.RelationKey; a.RelationKey == "" {
			places[n.UniqueID] = a.Name
		}
	}
	for i := range traced.Nodes {
		block := traced.Block(i)
		if block == nil {
			continue
		}
		want := blockText(block, func(ref lineage.Ref) string {
			if ref.Table != 0 {
				return places[project.Nodes[ref.Table-1].UniqueID]
			}
			return "?" + ref.Name
		})
		if place := places[project.Nodes[i].UniqueID]; got[place] != want {
			t.Errorf("%s is served as\n%s\nthe files say\n%s", place, got[place], want)
		}
	}
}

func readProject(t *testing.T, manifest, tables []byte) *lineage.Project {
	t.Helper()
	var err error
	var p *lineage.Project
	if tables == nil {
		p, err = lineage.NewReader().Read(t.Context(), bytes.NewReader(manifest), nil)
	} else {
		p, err = lineage.NewReader().Read(t.Context(), bytes.NewReader(manifest), bytes.NewReader(tables))
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A catalog that is older than the code does not hide what the code adds.
func TestTraceWithAnOlderCatalog(t *testing.T) {
	r := newRig(t)
	at := time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC)
	source := sourceTable("people")
	a := sql(`select id from "shop"."raw"."people"`, "a", "source.shop.raw.people")
	b := sql(`select * from "shop"."analytics"."a"`, "b", "model.shop.a")
	r.completed(r.send(manifest(t, "shop", at, source, a, b), catalogOf(t, at, map[string][]string{"model.shop.a": {"id:integer"}, "model.shop.b": {"id:integer"}})))
	a = sql(`select id, name from "shop"."raw"."people"`, "a", "source.shop.raw.people")
	imp := r.completed(r.send(manifest(t, "shop", at.Add(time.Hour), source, a, b)))
	wantTraced(t, imp, 2)
	wantEdges(t, r.blocks(0), "shop.analytics.b", "name false false false {0 0} [shop.analytics.a.name identity")
}

// Code may read its own table, whose columns only the catalog knows.
func TestTraceOfCodeThatReadsItself(t *testing.T) {
	r := newRig(t)
	at := time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC)
	source := sourceTable("people")
	a := sql(`select p.id, old.* from "shop"."raw"."people" p left join "shop"."analytics"."a" old on old.id = p.id`, "a", "source.shop.raw.people")
	r.completed(r.send(manifest(t, "shop", at, source, a)))
	wantEdges(t, r.blocks(0), "shop.analytics.a", "* true")
	r.completed(r.send(manifest(t, "shop", at, source, a), catalogOf(t, at, map[string][]string{"model.shop.a": {"id:integer", "seen:integer"}})))
	wantEdges(t, r.blocks(0), "shop.analytics.a", "seen false false false {0 0} [shop.analytics.a.seen identity")
}

// A contract orders the columns of a table; a view keeps those of its query.
func TestTraceOfContracts(t *testing.T) {
	for materialized, want := range map[string]string{"view": "[b a]", "table": "[a b]"} {
		r := newRig(t)
		m := sql("select 1 as b, 2 as a", "m")
		m["columns"] = doc{"a": doc{"name": "a"}, "b": doc{"name": "b"}}
		m["contract"], m["config"] = doc{"enforced": true}, doc{"materialized": materialized}
		r.completed(r.send(manifest(t, "shop", time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC), m)))
		var names []string
		for line := range strings.Lines(r.blocks(0)["shop.analytics.m"]) {
			if name, _, ok := strings.Cut(line, " false "); ok {
				names = append(names, name)
			}
		}
		if fmt.Sprint(names) != want {
			t.Errorf("columns of the %s: %v, want %s", materialized, names, want)
		}
	}
}

// A column is counted once: one that the manifest documents and that the code makes too is new in the first import, and
// changed in none.
func TestColumnsOfCodeAreCountedOnce(t *testing.T) {
	r := newRig(t)
	state := func(at time.Time, code, text string) part {
		a := sql(code, "a")
		a["columns"] = doc{"id": doc{"name": "id", "description": text}}
		m := manifest(t, "shop", at, a)
		// Snowflake shows the names of the code in upper case.
		return part{m.name, bytes.Replace(m.content, []byte(`"postgres"`), []byte(`"snowflake"`), 1)}
	}
	imp := r.completed(r.send(state(monday, "select cast(1 as integer) as id, 2 as other", "Key.")))
	if c := imp.Counters; c.ColumnsCreated != 2 || c.ColumnsUpdated != 0 {
		t.Errorf("first: %+v", c)
	}
	imp = r.completed(r.send(state(tuesday, "select cast(1 as bigint) as id, 2 as other, 3 as third", "The key.")))
	if c := imp.Counters; c.ColumnsCreated != 1 || c.ColumnsUpdated != 1 {
		t.Errorf("second: %+v", c)
	}
}
