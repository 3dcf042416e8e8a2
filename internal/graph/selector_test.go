package graph

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// shop is a small project:
//
//	raw.orders ─► stg_orders ─► orders ─► revenue ─► (exposure) board
//	raw.customers ─► stg_customers ─┘        └─► not_null_orders (test)
//	region (seed) ────────────────────► dim.v2
type shop struct {
	names   []string
	nodes   []Attributes
	configs []map[string][]string
	states  map[string]string // name → state
	stopped bool
}

func (s *shop) Len() int { return len(s.nodes) }

// Node: the last name is a further one of region.
func (s *shop) Node(name int32) int32 {
	if s.names[name] == "region" && s.nodes[name].ResourceType == "source" {
		return int32(slices.Index(s.names, "region"))
	}
	return name
}

func (s *shop) RootPackage(name int32) string {
	if s.nodes[name].Package == "geo" {
		return "geo"
	}
	return "shop"
}

func (s *shop) Attributes(id int32) Attributes { return s.nodes[id] }

func (s *shop) Config(id int32, path string) []string { return s.configs[id][path] }

var errNothingToCompare = errors.New("there is no earlier version")

func (s *shop) Stopped(int) bool { return s.stopped }

func (s *shop) State(id int32, state string) (bool, error) {
	if s.states == nil {
		return false, errNothingToCompare
	}
	return s.states[s.names[id]] == state, nil
}

func (s *shop) add(name string, config map[string][]string, a Attributes) {
	s.names, s.nodes, s.configs = append(s.names, name), append(s.nodes, a), append(s.configs, config)
}

func newShop(t *testing.T) (*Graph, *shop) {
	s := &shop{states: map[string]string{"orders": "modified", "revenue": "new"}}
	model := func(folder, name, file string, tags ...string) Attributes {
		fqn := []string{"shop", name}
		if folder != "" {
			fqn = []string{"shop", folder, name}
		}
		return Attributes{ResourceType: "model", Package: "shop", FQN: fqn, Name: name, Path: file, Tags: tags}
	}
	source := func(name string) Attributes {
		return Attributes{ResourceType: "source", Package: "shop", FQN: []string{"shop", "staging", "raw", name}, Source: "raw", Name: name, Path: "models/staging/raw.yml"}
	}
	s.add("raw.orders", nil, source("orders"))
	s.add("raw.customers", nil, source("customers"))
	s.add("stg_orders", map[string][]string{"materialized": {"view"}}, model("staging", "stg_orders", "models/staging/stg_orders.sql", "nightly"))
	s.add("stg_customers", map[string][]string{"materialized": {"view"}, "meta.owner": {"ana"}}, model("staging", "stg_customers", "models/staging/stg_customers.sql"))
	orders := model("marts", "orders", "models/marts/orders.sql", "nightly", "core")
	orders.Group, orders.Access = "finance", "public"
	s.add("orders", map[string][]string{"materialized": {"table"}, "enabled": {"true"}}, orders)
	s.add("revenue", map[string][]string{"materialized": {"table"}, "tags": {"Core", "hourly"}}, model("marts", "revenue", "models/marts/deep/revenue.py"))
	s.add("board", nil, Attributes{ResourceType: "exposure", Package: "shop", FQN: []string{"shop", "board"}, Name: "board", Path: "models/exposures.yml"})
	s.add("not_null_orders", map[string][]string{"severity": {"WARN"}}, Attributes{ResourceType: "test", Package: "shop", FQN: []string{"shop", "marts", "not_null_orders"}, Name: "not_null_orders", Path: "models/marts/schema.yml", Test: "not_null"})
	s.add("region", nil, Attributes{ResourceType: "seed", Package: "geo", FQN: []string{"geo", "region"}, Name: "region", Path: "seeds/region.csv"})
	s.add("dim.v2", nil, Attributes{ResourceType: "model", Package: "shop", FQN: []string{"shop", "marts", "dim", "v2"}, Version: "2", LatestVersion: "2", Name: "dim.v2", Path: "models/marts/dim_v2.sql"})
	s.add("dotted", nil, model("", "int.orders", "models/int.orders.sql"))
	nodes := len(s.names)
	s.add("region", nil, Attributes{ResourceType: "source", Package: "shop", FQN: []string{"shop", "lake", "regions"}, Source: "lake", Name: "regions", Path: "models/lake.yml"})
	id := func(name string) int32 { return int32(slices.Index(s.names, name)) }
	var edges []Edge
	for _, way := range []string{
		"raw.orders stg_orders orders revenue board", "raw.customers stg_customers orders not_null_orders", "region dim.v2",
	} {
		names := strings.Fields(way)
		for i := range names[1:] {
			edges = append(edges, Edge{id(names[i]), id(names[i+1])})
		}
	}
	return build(t, nodes, edges...), s
}

func TestSelect(t *testing.T) {
	g, s := newShop(t)
	tests := []struct{ selector, want string }{
		// names
		{"orders", "orders not_null_orders"},
		{"stg_*", "stg_orders stg_customers"},
		{"marts", "orders revenue not_null_orders dim.v2"},
		{"shop.marts", "orders revenue not_null_orders dim.v2"},
		{"shop.marts.orders", "orders not_null_orders"},
		{"marts.*venue", "revenue"},
		{"shop.*.orders", "orders not_null_orders dotted"},
		{"*.v?", "dim.v2"},
		{"dim", "dim.v2"},
		{"dim.v2", "dim.v2"},
		{"dim_v2", "dim.v2"},
		{"int.orders", "dotted"},
		{"int", "dotted"},
		{"fqn:board", "board"},
		{"nothing", ""},
		{"[or]egion", "region"},
		// operators
		{"+orders", "raw.orders raw.customers stg_orders stg_customers orders not_null_orders"},
		{"1+orders", "stg_orders stg_customers orders not_null_orders"},
		{"0+orders", "orders not_null_orders"},
		{"orders+", "orders revenue board not_null_orders"},
		{"orders+1", "orders revenue not_null_orders"},
		{"1+orders+1", "stg_orders stg_customers orders revenue not_null_orders"},
		{"+orders+", "raw.orders raw.customers stg_orders stg_customers orders revenue board not_null_orders"},
		{"@stg_orders", "raw.orders raw.customers stg_orders stg_customers orders revenue board not_null_orders"},
		{"@dim", "region dim.v2"},
		{"1+tag:core", "stg_orders stg_customers orders not_null_orders"},
		// sets
		{"region dim", "region dim.v2"},
		{"  region \t dim ", "region dim.v2"},
		{"tag:nightly,marts", "orders not_null_orders"},
		{"+orders,resource_type:source", "raw.orders raw.customers"},
		{"stg_orders+,stg_customers+", "orders revenue board not_null_orders"},
		{"region tag:core,tag:nightly", "orders not_null_orders region"},
		{"tag:core,region", ""},
		// methods
		{"tag:n*", "stg_orders orders not_null_orders"},
		{"tag:Nightly", ""},
		{"source:raw", "raw.orders raw.customers"},
		{"source:*", "raw.orders raw.customers region"},
		{"source:raw.orders", "raw.orders"},
		{"source:shop.raw.c*", "raw.customers"},
		{"source:geo.raw.orders", ""},
		{"path:models/staging", "raw.orders raw.customers stg_orders stg_customers"},
		{"./models/staging/", "raw.orders raw.customers stg_orders stg_customers"},
		{"models/staging/stg_orders.sql", "stg_orders"},
		{"path:models/*.yml", "board region"},
		{"path:models/**/*.py", "revenue"},
		{"path:**/d*/revenue.py", "revenue"},
		{"path:mod", ""},
		{`models\marts\deep`, "revenue"},
		{"orders.sql", "orders not_null_orders"},
		{"file:revenue", "revenue"},
		{"file:*.csv", "region"},
		{"package:geo", "region"},
		{"package:g*,resource_type:model", ""},
		{"config.materialized:table", "orders revenue not_null_orders"},
		{"config.meta.owner:ana", "stg_customers"},
		{"config.tags:hourly", "revenue"},
		{"config.tags:core", ""},
		{"config.enabled:True", "orders not_null_orders"},
		{"config.severity:warn", "not_null_orders"},
		{"resource_type:seed", "region"},
		{"exposure:board", "board"},
		{"+exposure:shop.b*,resource_type:model", "stg_orders stg_customers orders revenue not_null_orders"},
		{"metric:*", ""},
		{"group:fin*", "orders not_null_orders"},
		{"access:public", "orders not_null_orders"},
		{"version:latest", "dim.v2"},
		{"version:old", ""},
		{"test_name:not_*", "not_null_orders"},
		{"1+test_type:generic", "orders not_null_orders"},
		{"test_type:singular", ""},
		{"source:lake", "region"},
		{"source:lake.regions+1", "region dim.v2"},
		{"path:models/lake.yml", "region"},
		{"package:this,resource_type:seed", "region"},
		{"state:modified", "orders not_null_orders"},
		{"state:modified+ state:new", "orders revenue board not_null_orders"},
	}
	for _, tt := range tests {
		t.Run(tt.selector, func(t *testing.T) {
			selector, err := ParseSelector(tt.selector)
			if err != nil {
				t.Fatal(err)
			}
			reach, err := selector.Eval(g, s, NoLimit)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, id := range slices.Sorted(slices.Values(reach.IDs)) {
				got = append(got, s.names[id])
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestSelectLimitCutsTheFarEnds(t *testing.T) {
	g, s := newShop(t)
	selector, err := ParseSelector("+orders+")
	if err != nil {
		t.Fatal(err)
	}
	reach, err := selector.Eval(g, s, 5)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i, id := range reach.IDs {
		got = append(got, fmt.Sprint(s.names[id], reach.Depths[i]))
	}
	want := []string{"orders0", "stg_orders1", "stg_customers1", "revenue1", "not_null_orders1"}
	if diff := cmp.Diff(want, got); diff != "" || reach.Total != 8 {
		t.Errorf("total %d, want 8; (-want +got):\n%s", reach.Total, diff)
	}
}

func TestStateWithoutComparison(t *testing.T) {
	g, s := newShop(t)
	s.states = nil
	selector, err := ParseSelector("state:new+")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := selector.Eval(g, s, NoLimit); !errors.Is(err, errNothingToCompare) {
		t.Errorf("Eval: %v, want %v", err, errNothingToCompare)
	}
}

func TestParseSelectorRefuses(t *testing.T) {
	tests := []struct{ selector, want string }{
		{"", "empty"},
		{" \n", "empty"},
		{"+", "names nothing"},
		{"1++2", "names nothing"},
		{"a,", "names nothing"},
		{",a", "names nothing"},
		{"tag:", "names nothing"},
		{"@a+", "cannot be combined"},
		{"colour:red", `method "colour" is unknown; want one of access, config`},
		{"config:table", "name a setting"},
		{"tag.x:y", "takes no argument"},
		{"resource_type:tables", `"tables" is unknown`},
		{"state:odd", `"odd" is unknown`},
		{"source:a.b.c.d", "source:SOURCE.TABLE"},
		{"path:/etc", "relative"},
		{"version:newest", "want one of latest"},
		{"test_type:odd", "want one of data"},
		{"exposure:a.b.c", "want exposure:NAME"},
		{"result:error", "is not available"},
		{"99999999999999999999+a", "too many"},
		{"ok a+99999999999999999999", "too many"},
	}
	for _, tt := range tests {
		_, err := ParseSelector(tt.selector)
		if !errors.Is(err, ErrSelector) || !strings.Contains(fmt.Sprint(err), tt.want) {
			t.Errorf("ParseSelector(%q): %v, want one that says %q", tt.selector, err, tt.want)
		}
	}
}

// numbered names node 3 "n3" and tags it by its remainder of 3.
type numbered int

func (numbered) Attributes(id int32) Attributes {
	name := "n" + strconv.Itoa(int(id))
	return Attributes{ResourceType: "model", FQN: []string{"p", name}, Tags: []string{"r" + strconv.Itoa(int(id%3))}}
}

func (numbered) RootPackage(int32) string { return "p" }

func (numbered) Node(name int32) int32 { return name }

func (n numbered) Len() int { return int(n) }

func (numbered) Config(int32, string) []string { return nil }

func (numbered) State(int32, string) (bool, error) { return false, nil }

func (numbered) Stopped(int) bool { return false }

// TestSelectAgreesWithSets compares random selectors with plain set arithmetic over all pairs' distances.
func TestSelectAgreesWithSets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, edges := drawGraph(t)
		d := distances(n, edges)
		var fields []string
		want := make([]bool, n)
		for range rapid.IntRange(1, 3).Draw(t, "union") {
			var parts []string
			common := slices.Repeat([]bool{true}, n)
			for range rapid.IntRange(1, 3).Draw(t, "intersection") {
				text, chosen := drawTerm(t, n, d)
				parts = append(parts, text)
				for id := range common {
					common[id] = common[id] && chosen[id]
				}
			}
			fields = append(fields, strings.Join(parts, ","))
			for id := range want {
				want[id] = want[id] || common[id]
			}
		}
		text := strings.Join(fields, " ")
		selector, err := ParseSelector(text)
		if err != nil {
			t.Fatal(err)
		}
		reach, err := selector.Eval(build(t, n, edges...), numbered(n), NoLimit)
		if err != nil {
			t.Fatal(err)
		}
		got := make([]bool, n)
		for _, id := range reach.IDs {
			got[id] = true
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%s (-sets +got):\n%s", text, diff)
		}
	})
}

// drawTerm gives a term and the nodes it means.
func drawTerm(t *rapid.T, n int, d [][]int32) (string, []bool) {
	named := make([]bool, n)
	which := rapid.IntRange(0, n-1).Draw(t, "node")
	text := "n" + strconv.Itoa(which)
	if rapid.Bool().Draw(t, "by tag") {
		text = "tag:r" + strconv.Itoa(which%3)
		for id := range named {
			named[id] = id%3 == which%3
		}
	}
	named[which] = true
	if rapid.IntRange(0, 3).Draw(t, "family") == 0 {
		below := reached(named, NoLimit, func(from, to int) int32 { return d[from][to] })
		return "@" + text, reached(below, NoLimit, func(from, to int) int32 { return d[to][from] })
	}
	up, parents := drawOperator(t, "parents")
	down, children := drawOperator(t, "children")
	above := reached(named, parents, func(from, to int) int32 { return d[to][from] })
	below := reached(named, children, func(from, to int) int32 { return d[from][to] })
	for id := range above {
		above[id] = above[id] || below[id]
	}
	if up != "" {
		text = strings.TrimPrefix(up, "+") + "+" + text
	}
	return text + down, above
}

// drawOperator gives "", "+" or "+2" and its depth.
func drawOperator(t *rapid.T, label string) (string, int) {
	switch depth := rapid.IntRange(-2, 3).Draw(t, label); depth {
	case -2:
		return "", 0
	case NoLimit:
		return "+", NoLimit
	default:
		return "+" + strconv.Itoa(depth), depth
	}
}

func reached(from []bool, depth int, distance func(from, to int) int32) []bool {
	to := make([]bool, len(from))
	for a := range from {
		for b := range to {
			steps := distance(a, b)
			to[b] = to[b] || from[a] && steps >= 0 && (depth < 0 || int(steps) <= depth)
		}
	}
	return to
}

func FuzzParseSelector(f *testing.F) {
	for _, seed := range []string{"+a+", "1+tag:x+2", "@source:a.b", "a,b c", "config.meta.x:[a", "path:**/x", "++", "@"} {
		f.Add(seed)
	}
	g, err := New(3, []Edge{{0, 1}, {1, 2}})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		selector, err := ParseSelector(text)
		if err != nil {
			if !errors.Is(err, ErrSelector) {
				t.Fatalf("%q: %v is no %v", text, err, ErrSelector)
			}
			return
		}
		if reach, err := selector.Eval(g, numbered(3), 2); err != nil || len(reach.IDs) > 2 {
			t.Fatalf("%q: %+v, %v", text, reach, err)
		}
	})
}

// BenchmarkSelect is a three-hop lineage in a graph of 15,000 nodes.
func BenchmarkSelect(b *testing.B) {
	const n = 15_000
	var edges []Edge
	for id := range int32(n - 1) {
		edges = append(edges, Edge{id / 3, id + 1})
	}
	g := build(b, n, edges...)
	selector, err := ParseSelector("3+n700+3")
	if err != nil {
		b.Fatal(err)
	}
	universe := known{}
	for id := range int32(n) {
		universe = append(universe, numbered(n).Attributes(id))
	}
	for b.Loop() {
		if reach, err := selector.Eval(g, universe, 200); err != nil || len(reach.IDs) != 16 {
			b.Fatal(len(reach.IDs), err)
		}
	}
}

// known has its attributes at hand, as a server's cache does.
type known []Attributes

func (k known) Attributes(id int32) Attributes { return k[id] }

func (known) RootPackage(int32) string { return "p" }

func (known) Node(name int32) int32 { return name }

func (k known) Len() int { return len(k) }

func (known) Config(int32, string) []string { return nil }

func (known) State(int32, string) (bool, error) { return false, nil }

func (known) Stopped(int) bool { return false }

func TestStartsWithComparesWholeParts(t *testing.T) {
	text := rapid.StringOfN(rapid.RuneFrom([]rune("ab.")), 1, 6, -1)
	rapid.Check(t, func(t *rapid.T) {
		fqn := rapid.SliceOfN(rapid.StringOfN(rapid.RuneFrom([]rune("ab.")), 1, 4, -1), 1, 3).Draw(t, "fqn")
		value := text.Draw(t, "value")
		nodes, parts := strings.Split(strings.Join(fqn, "."), "."), strings.Split(value, ".")
		want := len(parts) <= len(nodes) && slices.Equal(parts, nodes[:len(parts)])
		if got := startsWith(fqn, value); got != want {
			t.Fatalf("startsWith(%q, %q) = %v, want %v", fqn, value, got, want)
		}
	})
}

func TestSelectorBounds(t *testing.T) {
	var many, repeated []string
	for i := range MaxTerms + 1 {
		many = append(many, fmt.Sprint("tag:t", i))
		repeated = append(repeated, "1+orders", "path:models,tag:nightly,path:models")
	}
	s, err := ParseSelector(strings.Join(repeated, " "))
	if err != nil || s.Terms() != 3 {
		t.Errorf("repeated terms: %d, %v", s.Terms(), err)
	}
	for _, text := range []string{strings.Join(many, " "), strings.Join(many, ","), "tag:" + strings.Repeat("x", MaxValue+1)} {
		_, err := ParseSelector(text)
		if limit, ok := errors.AsType[*LimitError](err); !ok || !errors.Is(err, ErrSelector) {
			t.Errorf("%.40s…: %v, %v", text, limit, err)
		}
	}
}

// Whatever a selector does when it is stopped, it says so.
func TestEvaluationStops(t *testing.T) {
	g, s := newShop(t)
	s.stopped = true
	for _, text := range []string{"orders", "path:**/x", "+tag:nightly", "@orders", "config.materialized:view"} {
		selector, err := ParseSelector(text)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := selector.Eval(g, s, NoLimit); !errors.Is(err, ErrStopped) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// Steps follows the work: a long pattern of a path counts more than its term.
func TestSteps(t *testing.T) {
	steps := func(text string) int {
		s, err := ParseSelector(text)
		if err != nil {
			t.Fatal(err)
		}
		return s.Steps()
	}
	one, two, path, deep := steps("a"), steps("a b"), steps("path:a"), steps("path:"+strings.Repeat("**/*a/", 60)+"b")
	if two != 2*one || path <= one || deep < 20*path {
		t.Errorf("%d for a name, %d for two, %d for a path, %d for a deep one", one, two, path, deep)
	}
}

// impatient are files in deep folders. It stops after a number of steps and counts what is asked of it later.
type impatient struct {
	numbered
	left  *int
	after *int
}

func (u impatient) Attributes(name int32) Attributes {
	if *u.left < 0 {
		*u.after++
	}
	return Attributes{ResourceType: "model", Package: "p", Path: strings.Repeat("a/", 60) + strconv.Itoa(int(name)), FQN: []string{"p", "a"}}
}

func (u impatient) Stopped(steps int) bool {
	*u.left -= steps
	return *u.left < 0
}

// An evaluation counts what it does: one that must stop ends within stopEvery steps and those of one name, wherever it
// is.
func TestEvaluationStopsSoon(t *testing.T) {
	const names = 50_000
	edges := make([]Edge, 0, names)
	for n := range int32(names - 1) {
		edges = append(edges, Edge{n, n + 1})
	}
	g, err := New(names, edges)
	if err != nil {
		t.Fatal(err)
	}
	oneName := globSteps(make([]string, 61), make([]string, 61)) // of the longest pattern and path below
	for text, steps := range map[string]int{"path:" + strings.Repeat("**/?*/", 30) + "x": 100_000, "tag:*x*": 10_000, "@a": 150_000} {
		selector, err := ParseSelector(text)
		if err != nil {
			t.Fatal(err)
		}
		left, after := steps, 0
		if _, err := selector.Eval(g, impatient{numbered(names), &left, &after}, NoLimit); !errors.Is(err, ErrStopped) {
			t.Errorf("%s: %v with %d steps left", text, err, left)
		}
		if after > stopEvery || left < -stopEvery-oneName {
			t.Errorf("%s: %d names, %d steps after the stop", text, after, -left)
		}
	}
}
