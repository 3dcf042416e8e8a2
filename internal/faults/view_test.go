//go:build linux

package faults

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// view is the whole of a schema as a client can read it, as sorted lines of
// JSON with what differs between two equal histories taken out: numbers of
// assets and runs, and the server's own times.
type view []string

func (c *client) view(schema string) view {
	c.tb.Helper()
	var v view
	assets := c.pages("/api/v1/assets?removed=true&limit=200&schema_id=" + schema)
	assets = append(assets, c.pages("/api/v1/assets?limit=200&schema_id="+schema)...)
	for _, a := range assets {
		id, _ := at(a, "id").(string)
		v = append(v, line("asset", a))
		for _, of := range []string{"columns", "facets", "tests"} {
			v = append(v, line(of, c.get("/api/v1/assets/"+id+"/"+of).at("data")))
		}
	}
	v = append(v, edges(c.get("/api/v1/lineage?limit=2000&schema_id="+schema).at("data"))...)
	for _, of := range []string{"tests", "runs", "changes"} {
		for _, row := range c.pages("/api/v1/" + of + "?limit=200&schema_id=" + schema) {
			v = append(v, line(of, row))
		}
	}
	slices.Sort(v)
	return slices.Compact(v)
}

// edges gives a graph's edges by the unique ids of their ends.
func edges(graph any) view {
	names := map[string]string{}
	nodes, _ := at(graph, "nodes").([]any)
	for _, n := range nodes {
		id, _ := at(n, "id").(string)
		unique, _ := at(n, "attributes", "unique_id").(string)
		name, _ := at(n, "attributes", "name").(string)
		names[id] = name + " " + unique
	}
	var v view
	list, _ := at(graph, "edges").([]any)
	for _, e := range list {
		from, _ := at(e, "from").(string)
		to, _ := at(e, "to").(string)
		v = append(v, "edge "+names[from]+" -> "+names[to])
	}
	return v
}

// pages reads a list to its end.
func (c *client) pages(path string) []any {
	c.tb.Helper()
	var all []any
	for path != "" {
		r := c.get(path)
		rows, _ := r.at("data").([]any)
		all = append(all, rows...)
		path = r.text("links", "next")
	}
	return all
}

// Values that two equal histories do not share.
var (
	numbered = regexp.MustCompile(`"(ANA|COL|EXP|FUN|GRP|MAC|MET|OPR|QRY|RUN|SEM|TBL|TST|UNT|SQL|AST|EDG)-\d+`)
	counted  = regexp.MustCompile(`"id":"\d+-\d+-\d+"`)
	stamped  = regexp.MustCompile(`"(created_at|updated_at|removed_at|at|gone_since|received_at)":"[^"]*"`)
)

func line(noun string, v any) string {
	text, _ := json.Marshal(v) // it came as JSON
	masked := counted.ReplaceAll(numbered.ReplaceAll(text, []byte(`"$1`)), []byte(`"id":""`))
	masked = stamped.ReplaceAll(masked, []byte(`"$1":""`))
	return noun + " " + string(masked)
}

// difference describes in some lines where two views differ; "" if nowhere.
func (v view) difference(want view) string {
	var out []string
	for _, l := range v {
		if _, ok := slices.BinarySearch(want, l); !ok {
			out = append(out, "+ "+short(l))
		}
	}
	for _, l := range want {
		if _, ok := slices.BinarySearch(v, l); !ok {
			out = append(out, "- "+short(l))
		}
	}
	if len(out) > 8 {
		out = append(out[:8], fmt.Sprintf("… and %d more", len(out)-8))
	}
	return strings.Join(out, "\n")
}

func short(s string) string {
	if len(s) > 900 {
		return s[:900] + "…"
	}
	return s
}

// glimpse is what one reply shows of a schema. What runs add is left out: it is
// append-only and belongs to no version.
type glimpse struct {
	version float64
	text    string
}

var glimpsed = []string{"/api/v1/assets?limit=200&schema_id=", "/api/v1/lineage?limit=2000&schema_id="}

// look reads one page that a person may look at; ok is false where the server
// does not answer. Any answer but 200 and 503 is reported.
func (c *client) look(path string) (g glimpse, ok bool, err error) {
	r, failed := c.do(http.MethodGet, path, nil)
	if failed != nil {
		return g, false, nil //nolint:nilerr // a server that was killed answers nobody
	}
	if r.status != http.StatusOK {
		if r.status == http.StatusServiceUnavailable {
			return g, false, nil
		}
		return g, false, fmt.Errorf("GET %s: %d %s", path, r.status, r.body)
	}
	g.version, _ = r.at("meta", "version").(float64)
	g.text = path + "\n" + line("", timeless(r.at("data")))
	return g, true, nil
}

// timeless takes out what runs add.
func timeless(v any) any {
	switch v := v.(type) {
	case map[string]any:
		maps.DeleteFunc(v, func(k string, _ any) bool {
			return k == "last_run" || k == "tests" || k == "freshness" || k == "status"
		})
		for _, inner := range v {
			timeless(inner)
		}
	case []any:
		for _, inner := range v {
			timeless(inner)
		}
	}
	return v
}

// calm is what an undisturbed import shows.
type calm struct {
	after    view
	counters counters
	glimpses map[string]bool // all that a reader may see: wholly old or wholly new
}

// calmOf imports the second state in peace, once a store.
func calmOf(t *testing.T, kind string) *calm {
	t.Helper()
	g := groundOf(t, kind)
	work.Lock()
	done := g.calm
	work.Unlock()
	if done != nil {
		return done
	}
	p := prepared(t, kind)
	s := serve(t, p, options{})
	c := s.client(p.key)
	k := &calm{glimpses: map[string]bool{}}
	see := func() {
		for _, path := range glimpsed {
			if g, ok, err := c.look(path + p.schema); ok {
				k.glimpses[g.text] = true
			} else {
				t.Fatalf("no sight of the calm state: %v", err)
			}
		}
	}
	see()
	id := c.apply(p.schema, after(t))
	see()
	if len(k.glimpses) != 2*len(glimpsed) {
		t.Fatalf("the two states look alike: %d sights", len(k.glimpses))
	}
	k.after, k.counters = c.view(p.schema), c.counters(id)
	if k.counters == (counters{}) || len(k.after) < 100 {
		t.Fatalf("the calm import did nothing: %v, %d lines", k.counters, len(k.after))
	}
	s.stop()
	p.mustBeClean(t)
	work.Lock()
	defer work.Unlock()
	g.calm = k
	return k
}

// reader looks at a schema all the time and checks invariant I1: what it sees
// is wholly old or wholly new.
type reader struct {
	stop chan struct{}
	done sync.WaitGroup
	mu   sync.Mutex
	seen int
	odd  []string
}

func (k *calm) watch(c *client, schema string) *reader {
	r := &reader{stop: make(chan struct{})}
	r.done.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-r.stop:
				return
			case <-time.After(2 * time.Millisecond):
			}
			g, ok, err := c.look(glimpsed[i%len(glimpsed)] + schema)
			r.mu.Lock()
			if ok {
				r.seen++
			}
			switch {
			case err != nil:
				r.odd = append(r.odd, err.Error())
			case ok && !k.glimpses[g.text]:
				r.odd = append(r.odd, fmt.Sprintf("version %v shows neither state: %s", g.version, short(g.text)))
			}
			r.mu.Unlock()
		}
	})
	return r
}

// end stops the reader and demands that all it saw was right. It gives how
// often it saw something.
func (r *reader) end(tb testing.TB) int {
	tb.Helper()
	close(r.stop)
	r.done.Wait()
	for i, o := range r.odd {
		if i == 3 {
			tb.Errorf("… %d more", len(r.odd)-3)
			break
		}
		tb.Errorf("I1: %s", o)
	}
	return r.seen
}
