package lineage

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/graph"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// Stars are expanded with what the parents' own SQL tells, handed down however
// the models are numbered.
func TestColumnsAreHandedDown(t *testing.T) {
	w := newWorld("postgres")
	w.model("last", "select * from db.s.middle")
	w.model("middle", "with m as (select * from db.s.first) select m.*, b + 1 as c from m")
	w.model("first", "select * from db.s.raw")
	w.source("raw", "a", "b")
	w.edges = []graph.Edge{edgeBetween(w, "middle", "last"), edgeBetween(w, "first", "middle"), edgeBetween(w, "raw", "first")}
	blocks := w.trace(t)
	w.check(t, blocks["last"], `a < middle.a identity
		b < middle.b identity
		c < middle.c identity`)
	for name, b := range blocks {
		if b.Status != Read || len(b.Issues) > 0 {
			t.Errorf("%s: %s, %v", name, b.Status, b.Issues)
		}
	}
}

// The warehouse's columns come first, then those that the SQL tells beyond them
// (the catalog may be older), then the YAML's, which may leave some out; else the
// relation stays open.
func TestOrderOfSchemas(t *testing.T) {
	tests := []struct {
		name   string
		stated Columns
		sql    string // of the parent
		want   string // of select *, id
	}{
		{"catalog before SQL", full("id", "from_catalog"), "select id, from_sql from elsewhere", "id < p.id identity\nfrom_catalog < p.from_catalog identity\nfrom_sql < p.from_sql identity"},
		{"catalog before SQL, in other case", full("ID", "From_SQL"), "select id, from_sql from elsewhere", "ID < p.ID identity\nFrom_SQL < p.From_SQL identity"},
		{"catalog before SQL that leaves a star", full("id"), "select id, x, * from elsewhere", "id < p.id identity\nx < p.x identity"},
		{"SQL before YAML", part("id", "from_yaml"), "select id, from_sql from elsewhere", "id < p.id identity\nfrom_sql < p.from_sql identity"},
		{"SQL that leaves a star, YAML beside it", part("from_yaml"), "select id, * from elsewhere", "* < p.* identity?inferred"},
		{"no SQL, YAML", part("from_yaml"), "", "* < p.* identity?inferred"},
		{"nothing", Columns{}, "", "* < p.* identity?inferred"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld("postgres")
			w.model("p", tt.sql).Stated = tt.stated
			w.model("m", "select * from db.s.p", "p")
			w.check(t, w.trace(t)["m"], tt.want)
		})
	}
}

// What YAML or an unfinished list names is surer than a guess between parents.
func TestPartialColumnsDecide(t *testing.T) {
	w := newWorld("postgres")
	w.source("a", "id", "x")
	w.model("b", "").Stated = part("y")
	w.model("m", "select y from db.s.a join db.s.b on a.id = b.id", "a", "b")
	b := w.trace(t)["m"]
	if got := w.text(b); !strings.HasPrefix(got, "y < b.y identity") {
		t.Errorf("y comes from %s", got)
	}
}

func TestStatuses(t *testing.T) {
	tests := []struct {
		name, sql string
		want      Status
		codes     []string
		outputs   []string
	}{
		{"read", "select id, name from db.s.raw", Read, []string{}, []string{"id", "name"}},
		{"a constant", "select 1 as one", Read, []string{}, []string{"one"}},
		{"a column that is not there", "select r.id, x.nope from db.s.raw r", Partial, []string{"unknown_table_alias"}, []string{"id", "nope"}},
		{"a star over an unknown table", "select * from elsewhere", Partial, []string{"unexpanded_star"}, []string{"*"}},
		{"no query", "create index i on db.s.raw (id)", Failed, []string{IssueNoQuery}, []string{}},
		{"a comment", "-- nothing here", Failed, []string{IssueNoQuery}, []string{}},
		{"blank", " \n\t", Failed, []string{IssueNoQuery}, []string{}},
		{"not compiled", "", NotCompiled, []string{IssueNotCompiled}, []string{}},
	}
	for _, tt := range tests {
		w := newWorld("postgres")
		w.source("raw", "id", "name")
		w.model("m", tt.sql, "raw")
		b := w.trace(t)["m"]
		if b.Status != tt.want || !slices.Equal(names(b), tt.outputs) || !slices.Equal(codes(b), tt.codes) {
			t.Errorf("%s: %s, outputs %v, issues %v; want %s, %v, %v", tt.name, b.Status, names(b), b.Issues, tt.want, tt.outputs, tt.codes)
		}
		if b.Dialect != "postgres" {
			t.Errorf("%s: dialect %q", tt.name, b.Dialect)
		}
	}
}

// The columns as a whole are checked against themselves and against the catalog; the status is about reading alone.
func TestColumnsAreCompared(t *testing.T) {
	tests := []struct {
		name, sql string
		stated    Columns
		issues    []string
	}{
		{"the same", "select id, name from db.s.raw", full("ID", "name"), nil},
		{"a name twice", "select id, name, id from db.s.raw", Columns{}, []string{`duplicate_column: the code makes 1 column (id) more than once 1:18`}},
		{"names of other case", `select id, name as "ID" from db.s.raw`, full("id", "ID"), nil},
		{"a star", "select id, id, x.* from db.s.raw, elsewhere x, elsewhere y", Columns{}, nil},
		{"fewer than the catalog", "select id from db.s.raw", full("id", "a", "b"), []string{"catalog_differs: the catalog lists 2 columns (a, b) that the code does not make; it may be of another run 0:0"}},
		{"more than the catalog", "select id, name from db.s.raw", full("id"), []string{"catalog_differs: the code makes 1 column (name) that the catalog does not list; it may be of another run 0:0"}},
		{"other than in YAML", "select id from db.s.raw", part("id", "a"), nil},
		{"many", "select id from db.s.raw", full("id", "a", "b", "c", "d", "e", "f"), []string{"catalog_differs: the catalog lists 6 columns (a, b, c, d, e …) that the code does not make; it may be of another run 0:0"}},
	}
	for _, tt := range tests {
		w := newWorld("postgres")
		w.source("raw", "id", "name")
		w.model("m", tt.sql, "raw").Stated = tt.stated
		b := w.trace(t)["m"]
		var issues []string
		for _, i := range b.Issues {
			issues = append(issues, fmt.Sprintf("%s: %s %d:%d", i.Code, i.Message, i.Line, i.Column))
		}
		if tt.name == "a star" {
			issues = slices.DeleteFunc(issues, func(i string) bool { return !strings.HasPrefix(i, IssueDuplicate) })
		} else if b.Status != Read {
			t.Errorf("%s: %s", tt.name, b.Status)
		}
		if !slices.Equal(issues, tt.issues) {
			t.Errorf("%s: %s, issues %q, want %q", tt.name, b.Status, issues, tt.issues)
		}
	}
}

// Whatever stands where SQL should be, the model has a status and its issue a
// place, and the others are read as if nothing were.
func TestBadCode(t *testing.T) {
	tests := []struct {
		name, sql string
		statuses  []Status
		line      int // of the first issue, 0: none has to have one
	}{
		{"prose", "the quick brown fox\njumps", []Status{Failed}, 1},
		{"Jinja left in", "select {{ dbt_utils.star(ref('raw')) }} from db.s.raw", []Status{Partial, Failed}, 1},
		{"conflict markers", "select id\n<<<<<<< HEAD\n, name\n=======\n, other\n>>>>>>> branch\nfrom db.s.raw", []Status{Partial, Failed}, 2},
		{"cut off", "with a as (\nselect id, name from db.s.raw", []Status{Partial, Failed, Read}, 0},
		{"brackets", "select " + strings.Repeat("(", 10_000), []Status{Partial, Failed}, 1},
		{"the wrong dialect", "SELECT TOP 5 [id] FROM [db].[s].[raw] WITH (NOLOCK)", []Status{Read, Partial, Failed}, 0},
		{"NUL bytes", "select id\x00 from\x00 db.s.raw", []Status{Read, Partial, Failed}, 0},
		{"a hostile name", `select id as "<script>alert(1)</script>" from db.s.raw`, []Status{Read}, 0},
	}
	for _, tt := range tests {
		w := newWorld("postgres")
		w.source("raw", "id", "name")
		w.model("m", tt.sql, "raw")
		w.model("child", "select id from db.s.m", "m")
		w.model("beside", "select id from db.s.raw", "raw")
		blocks := w.trace(t)
		b := blocks["m"]
		if !slices.Contains(tt.statuses, b.Status) {
			t.Errorf("%s: %s, want one of %v; %v", tt.name, b.Status, tt.statuses, b.Issues)
		}
		if b.Status != Read && (len(b.Issues) == 0 || tt.line > 0 && b.Issues[0].Line != tt.line) {
			t.Errorf("%s: %s with issues %v, want one at line %d", tt.name, b.Status, b.Issues, tt.line)
		}
		if blocks["beside"].Status != Read || blocks["child"] == nil || len(blocks["child"].Outputs) != 1 {
			t.Errorf("%s: the models around it are not read", tt.name)
		}
	}
}

func TestCodeThatIsTooLong(t *testing.T) {
	w := newWorld("postgres")
	w.model("m", "select 1 as one --"+strings.Repeat(" ", maxCode))
	b := w.trace(t)["m"]
	if b.Status != Failed || !slices.Equal(codes(b), []string{IssueTooLong}) || !strings.Contains(b.Issues[0].Message, "1048594 bytes") {
		t.Errorf("%s, %v", b.Status, b.Issues)
	}
}

func TestIssuesAreBounded(t *testing.T) {
	w := newWorld("postgres")
	w.source("raw", "id")
	var sql strings.Builder
	sql.WriteString("select id")
	for i := range 500 {
		fmt.Fprintf(&sql, ", q%d.x", i)
	}
	w.model("m", sql.String()+" from db.s.raw", "raw")
	b := w.trace(t)["m"]
	if len(b.Issues) != maxIssues || len(b.Outputs) != 501 || b.Resolved() != 1 || b.Status != Partial {
		t.Errorf("%d issues, %d outputs, %d resolved, %s", len(b.Issues), len(b.Outputs), b.Resolved(), b.Status)
	}
}

// A crash of the engine costs the model that it happened in.
func TestEngineFault(t *testing.T) {
	w := newWorld("postgres")
	w.source("raw", "id")
	w.model("m", "select id from db.s.raw", "raw")
	w.model("fine", "select id from db.s.raw", "raw")
	m := newMemory(w)
	tracer := w.tracer(t, m, Options{})
	tracer.relations = nil // the first name that is no parent breaks it
	w.table("m").Code = w.code("select id from nowhere.else.x")
	m.texts = w.texts
	if err := tracer.Run(t.Context(), w.everything()); err != nil {
		t.Fatal(err)
	}
	blocks := w.blocks(m)
	if b := blocks["m"]; b.Status != Failed || !slices.Equal(codes(b), []string{IssueCrash}) {
		t.Errorf("m: %s, %v", b.Status, b.Issues)
	}
	if blocks["fine"].Status != Read {
		t.Errorf("fine: %s", blocks["fine"].Status)
	}
}

// Compiled code may be wrapped into what the materialization runs.
func TestWrappers(t *testing.T) {
	tests := []struct{ name, platform, sql, want string }{
		{"create table as", "postgres", "create table db.s.m as (select id, amount * 2 as twice from db.s.raw)", "id < raw.id identity\ntwice < raw.amount transform"},
		{"create view", "snowflake", "create or replace view db.s.m (id, twice) as select id, amount * 2 from db.s.raw", "ID < raw.id identity\nTWICE < raw.amount transform"},
		{"insert", "postgres", "insert into db.s.m (id, twice) select id, amount * 2 from db.s.raw", "id < raw.id identity\ntwice < raw.amount transform"},
		{
			"insert of a temporary table", "postgres",
			"create temporary table tmp as select id, amount * 2 as twice from db.s.raw; delete from db.s.m where id in (select id from tmp); insert into db.s.m (id, twice) (select id, twice from tmp)",
			"id < raw.id identity\ntwice < raw.amount transform",
		},
		{
			"merge", "snowflake",
			"merge into db.s.m as t using (select id, amount from db.s.raw) as s on t.id = s.id when matched then update set amount = s.amount when not matched then insert (id, amount) values (s.id, s.amount)",
			"AMOUNT < raw.amount identity\nID < raw.id identity",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(tt.platform)
			w.source("raw", "id", "amount")
			w.model("m", tt.sql, "raw")
			w.platform = tt.platform
			b := w.trace(t)["m"]
			var lines []string
			for line := range strings.SplitSeq(strings.ToLower(strings.TrimSpace(w.text(b))), "\n") {
				lines = append(lines, line)
			}
			slices.Sort(lines)
			want := strings.Split(strings.ToLower(tt.want), "\n")
			slices.Sort(want)
			if diff := cmp.Diff(want, lines); diff != "" {
				t.Errorf("edges (-want +got):\n%s\nissues %v", diff, b.Issues)
			}
			if b.Status != Read {
				t.Errorf("status %s: %v", b.Status, b.Issues)
			}
		})
	}
}

// An incremental model that looks at itself does not control its own rows; a value
// that it takes from itself is an edge like any other.
func TestIncremental(t *testing.T) {
	w := newWorld("postgres")
	w.source("raw", "id", "at")
	w.model("m", "select id, at from db.s.raw where at > (select max(at) from db.s.m)", "raw")
	w.model("sum", "select r.id, coalesce(s.seen, 0) + 1 as seen from db.s.raw r left join db.s.sum s on s.id = r.id", "raw").Stated = full("id", "seen")
	blocks := w.trace(t)
	b := blocks["m"]
	w.check(t, b, "id < raw.id identity\nat < raw.at identity")
	var rows []string
	for _, u := range b.Rows {
		rows = append(rows, w.refName(b.Refs[u.Ref])+"."+u.Column+" "+u.Kinds.String())
	}
	if diff := cmp.Diff([]string{"raw.at filter"}, rows); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	w.check(t, blocks["sum"], "id < raw.id identity\nseen < sum.seen transform")
	for _, u := range blocks["sum"].Rows {
		if name := w.refName(blocks["sum"].Refs[u.Ref]); name == "sum" {
			t.Errorf("sum controls its own rows: %v", u)
		}
	}
}

// The columns that the code itself told last time must not decide this time.
func TestOwnColumnsOfLastTime(t *testing.T) {
	w := newWorld("postgres")
	w.source("raw", "id")
	w.model("m", "select raw.id, own.* from db.s.raw left join db.s.m own on own.id = raw.id", "raw")
	m := newMemory(w)
	w.run(t, m, w.everything()...)
	first := m.block(w.at["m"])
	m.kept[w.table("m").ID] = Traced{Encoded: block(nil, from("old"), from("id")).Encode()}
	w.run(t, m, w.everything()...)
	if diff := cmp.Diff(first, m.block(w.at["m"])); diff != "" {
		t.Errorf("read again (-first +second):\n%s", diff)
	}
}

func TestPythonModels(t *testing.T) {
	w := newWorld("snowflake")
	w.source("orders", "ID", "AMOUNT")
	w.source("customers", "ID", "NAME")
	m := w.model("m", "def model(dbt, session): ...", "orders", "customers")
	m.Code.Language, m.Stated = "python", full("id", "name", "score")
	w.model("child", "select * from db.s.m", "m")
	w.model("bare", "def model(dbt, session): ...", "orders").Code.Language = "python"
	w.table("bare").Code.Compiled = catalog.Hash{} // never compiled
	blocks := w.trace(t)
	b := blocks["m"]
	w.check(t, b, `id < customers.ID transform?inferred, orders.ID transform?inferred
		name < customers.NAME transform?inferred
		score`)
	if b.Status != NotSQL || b.Dialect != "python" || !slices.Equal(codes(b), []string{IssueNotSQL}) {
		t.Errorf("%s in %s, %v", b.Status, b.Dialect, b.Issues)
	}
	w.check(t, blocks["child"], `id < m.id identity
		name < m.name identity
		score < m.score identity`)
	if b := blocks["bare"]; b.Status != NotSQL || len(b.Outputs) != 0 {
		t.Errorf("bare: %s with %v", b.Status, names(b))
	}
}

func TestContractOrder(t *testing.T) {
	tests := []struct {
		name     string
		contract []string
		want     []string
	}{
		{"none", nil, []string{"b", "a", "c"}},
		{"another order", []string{"a", "b", "c"}, []string{"a", "b", "c"}},
		{"another case", []string{"C", "A", "B"}, []string{"c", "a", "b"}},
		{"a column less", []string{"a", "b"}, []string{"b", "a", "c"}},
		{"another column", []string{"a", "b", "d"}, []string{"b", "a", "c"}},
		{"a column twice", []string{"a", "a", "b"}, []string{"b", "a", "c"}},
	}
	for _, tt := range tests {
		w := newWorld("postgres")
		w.source("raw", "a", "b", "c")
		w.model("m", "select b, a, c from db.s.raw", "raw").Code.Contract = tt.contract
		w.model("child", "select * from db.s.m", "m")
		blocks := w.trace(t)
		if diff := cmp.Diff(tt.want, names(blocks["m"])); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		if diff := cmp.Diff(tt.want, names(blocks["child"])); diff != "" {
			t.Errorf("%s, of a child (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestLevels(t *testing.T) {
	w := newWorld("postgres")
	for _, name := range []string{"d", "b", "c", "a", "x", "y", "alone"} {
		w.model(name, "select 1 as one")
	}
	for _, e := range [][2]string{{"a", "b"}, {"a", "c"}, {"b", "d"}, {"c", "d"}, {"a", "d"}, {"x", "y"}, {"y", "x"}, {"d", "x"}} {
		w.edges = append(w.edges, edgeBetween(w, e[0], e[1]))
	}
	var got []string
	for _, level := range w.tracer(t, newMemory(w), Options{}).levels() {
		var group []string
		for _, n := range level {
			group = append(group, w.tables[n].Name)
		}
		slices.Sort(group)
		got = append(got, strings.Join(group, " "))
	}
	if len(got) < 4 || got[0] != "a alone" || got[1] != "b c" || got[2] != "d" {
		t.Errorf("levels %q", got)
	}
	seen := strings.Fields(strings.Join(got, " "))
	if len(seen) != 7 {
		t.Errorf("levels %q", got)
	}
}

// done never passes total, and is total in the end, also in cycles, when tables
// are named twice, and when children become due on the way.
func TestProgress(t *testing.T) {
	w := newWorld("postgres")
	w.source("raw", "a")
	w.model("p", "select a, 1 as b from db.s.raw", "raw")
	w.model("q", "select * from db.s.p", "p")
	w.model("r", "select * from db.s.q", "q")
	w.edges = append(w.edges, edgeBetween(w, "r", "p"), edgeBetween(w, "q", "q"))
	var done, total int64
	o := Options{Progress: func(d, all int64) {
		if d < done || d > all || all < total {
			t.Errorf("%d of %d after %d of %d", d, all, done, total)
		}
		done, total = d, all
	}}
	p := w.at["p"]
	if err := w.tracer(t, newMemory(w), o).Run(t.Context(), []int32{p, p}); err != nil {
		t.Fatal(err)
	}
	if done != total || total != 3 {
		t.Errorf("%d of %d in the end, want 3 of 3", done, total)
	}
}

// A second run over the same state reads nothing, also where models read one
// another.
func TestCurrentBlocks(t *testing.T) {
	w := shopWorld()
	w.model("a", "select n from db.s.b")
	w.model("b", "select n from db.s.a union all select id from db.s.raw_orders", "a", "raw_orders")
	w.model("selfish", "select n from db.s.b union all select n from db.s.selfish", "b")
	w.edges = append(w.edges, edgeBetween(w, "b", "a"), edgeBetween(w, "selfish", "selfish"))
	m := newMemory(w)
	for range 3 { // a cycle may need a second run until its columns are known
		w.run(t, m, w.everything()...)
	}
	m.read = nil
	w.run(t, m, w.everything()...)
	if len(m.read) > 0 {
		t.Errorf("read again: %v", m.read)
	}
}

// What comes after a cycle is read with the columns that the cycle has come to,
// in the first run as in the second.
func TestAfterACycle(t *testing.T) {
	w := newWorld("postgres")
	w.source("raw", "n")
	w.model("a", "select n from db.s.b")
	w.model("b", "select n, 1 as one from db.s.raw union all select n, 2 from db.s.a", "a", "raw")
	w.model("c", "select * from db.s.b", "b")
	w.model("d", "select * from db.s.a", "a")
	w.edges = append(w.edges, edgeBetween(w, "b", "a"))
	m := newMemory(w)
	for _, code := range []string{"", "select n, 1 as one, 3 as three from db.s.raw union all select n, 2, 4 from db.s.a"} {
		if code != "" {
			w.table("b").Code = w.code(code)
		}
		w.run(t, m, w.everything()...)
		m.read = nil
		w.run(t, m, w.everything()...)
		if slices.Contains(m.read, "c") || slices.Contains(m.read, "d") {
			t.Errorf("%q: read again: %v", code, m.read)
		}
	}
}

// Loops of a table with itself mean nothing for the order: its key is the same
// in the second run.
func TestSelfEdge(t *testing.T) {
	w := newWorld("postgres")
	w.source("raw", "n")
	w.model("m", "select n from db.s.raw union all select n from db.s.m", "raw")
	w.edges = append(w.edges, edgeBetween(w, "m", "m"))
	m := newMemory(w)
	w.run(t, m, w.everything()...)
	m.read = nil
	w.run(t, m, w.everything()...)
	if len(m.read) > 0 {
		t.Errorf("read again: %v", m.read)
	}
}

// What is kept, and in which order, does not depend on the number of workers.
func TestWorkers(t *testing.T) {
	var first *memory
	for _, workers := range []int{1, 2, 7} {
		w := newWorld("postgres")
		w.source("raw", "a", "b")
		for i := range 300 {
			parent := "raw"
			if i >= 20 {
				parent = fmt.Sprint("m", i-20)
			}
			w.model(fmt.Sprint("m", i), fmt.Sprintf("select *, a + %d as c%d from db.s.%s", i, i, parent), parent)
		}
		m := newMemory(w)
		if err := w.tracer(t, m, Options{Workers: workers}).Run(t.Context(), w.everything()); err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = m
			continue
		}
		if !slices.Equal(m.read, first.read) {
			t.Errorf("%d workers keep in another order", workers)
		}
		for id, kept := range m.kept {
			if string(kept.Encoded) != string(first.kept[id].Encoded) || kept.Key != first.kept[id].Key {
				t.Fatalf("%d workers read table %d differently", workers, id)
			}
		}
	}
}

func TestNewTracerOfBadEdges(t *testing.T) {
	if _, err := NewTracer(make([]Table, 2), []graph.Edge{{From: 0, To: 2}}, newMemory(newWorld("")), Options{}); err == nil {
		t.Error("an edge to a table that is not there is taken")
	}
}

// A table that is read without being declared is asked of the source, once.
func TestColumnsOfUndeclared(t *testing.T) {
	w := newWorld("postgres")
	w.source("far").Stated = Columns{}
	w.model("m", "select * from db.s.far")
	w.model("n", "select * from db.s.far")
	m := newMemory(w)
	m.columns = map[int32]Columns{w.at["far"]: full("x", "y")}
	w.run(t, m, w.everything()...)
	for _, name := range []string{"m", "n"} {
		w.check(t, m.block(w.at[name]), "x < far.x identity\ny < far.y identity")
	}
}

func TestMaskedEdges(t *testing.T) {
	w := newWorld("postgres")
	w.source("raw", "email", "id")
	w.model("m", "select md5(email) as hashed, email, id from db.s.raw", "raw")
	b := w.trace(t)["m"]
	var got []string
	for _, o := range b.Outputs {
		got = append(got, fmt.Sprint(o.Name, " ", o.Masked, " ", o.Edges[0].Masked))
	}
	if diff := cmp.Diff([]string{"hashed true true", "email false false", "id false false"}, got); diff != "" {
		t.Errorf("masked (-want +got):\n%s", diff)
	}
	if b.EdgeCount() != 3 || b.Resolved() != 3 {
		t.Errorf("%d edges, %d resolved", b.EdgeCount(), b.Resolved())
	}
}

// Fields of structures are seen through views as far as types are known.
func TestStructuredColumns(t *testing.T) {
	w := newWorld("bigquery")
	w.source("raw").Stated = statedColumns("bigquery", []resolve.Column{
		SchemaColumn("id", "INT64"), SchemaColumn("who", "STRUCT<name STRING, age INT64>"), SchemaColumn("who.name", "STRING"), SchemaColumn("who.age", "INT64"),
	}, true)
	w.model("m", "select id, who.name from `db`.`s`.`raw`", "raw")
	b := w.trace(t)["m"]
	w.check(t, b, "id < raw.id identity\nname < raw.who field")
	if b.Outputs[1].Edges[0].Path != "name" {
		t.Errorf("path %q", b.Outputs[1].Edges[0].Path)
	}
	if got := statedColumns("duckdb", list("a", "a.b"), true); len(got.List()) != 2 || !got.Full {
		t.Errorf("on duckdb a dot is a part of the name: %v", got)
	}
	if got := statedColumns("duckdb", nil, true); got.Full {
		t.Error("an empty list is full")
	}
}
