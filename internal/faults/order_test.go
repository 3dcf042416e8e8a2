//go:build linux

package faults

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// F44: the same bytes twice in turn, and fifty times at once.
func TestSameBytes(t *testing.T) {
	onBoth(t, func(t *testing.T, kind string) {
		k, p := calmOf(t, kind), prepared(t, kind)
		s := serve(t, p, options{})
		c := s.client(p.key)
		f := newForm(t, p.schema, after(t))
		goroutines := c.goroutines()
		ids := make([]string, 50)
		var wg sync.WaitGroup
		for i := range ids {
			wg.Go(func() {
				if r, err := c.upload(f, ""); err == nil && r.status == http.StatusAccepted {
					ids[i] = r.text("data", "id")
				} else {
					t.Errorf("upload %d: %v, %d %s", i, err, r.status, r.body)
				}
			})
		}
		wg.Wait()
		ids = append(ids, c.send(p.schema, after(t)))
		effects := 0
		distinct := map[string]bool{}
		for _, id := range ids {
			if status := c.await(id, 60*time.Second); status != "completed" {
				t.Fatalf("import %s is %s", id, status)
			}
			distinct[id] = true
			switch c.counters(id) {
			case k.counters:
				effects++
			case counters{}:
			default:
				t.Errorf("I4: counters of %s: %v", id, c.counters(id))
			}
		}
		if effects != 1 || len(distinct) != 51 {
			t.Errorf("%d effects of %d imports, want 1 of 51", effects, len(distinct))
		}
		if v, _ := c.get("/api/v1/schemas/"+p.schema).at("data", "attributes", "version").(float64); v != 2 {
			t.Errorf("version %v, want 2: the repetitions made versions", v)
		}
		if n := len(c.pages("/api/v1/runs?schema_id=" + p.schema)); n != 4 {
			t.Errorf("%d runs, want 4", n)
		}
		c.mustCalmDown(goroutines)
		p.mustBeClean(t)
	})
}

// F45: an older artifact after a newer one adds what no newer one has: two models
// that are gone since, as removed ones, and its run results. Nothing that is served
// changes, and the same artifact again adds nothing.
func TestOlderAfterNewer(t *testing.T) {
	onBoth(t, func(t *testing.T, kind string) {
		p := empty(t, kind)
		s := serve(t, p, options{})
		p.key = s.key
		c := s.client(p.key)
		p.schema = c.schema("Shop")
		newest := c.apply(p.schema, after(t))
		served, removed := c.sight(t, p.schema), c.removed(p.schema)
		if len(removed) > 0 {
			t.Fatalf("removed by the first artifact: %v", removed)
		}
		id := c.apply(p.schema, before(t))
		if n := c.counters(id); n != (counters{}) {
			t.Errorf("counters of the older artifact: %v", n)
		}
		if got := c.sight(t, p.schema); got != served {
			t.Errorf("the served state changed:\n%s\nwas\n%s", short(got), short(served))
		}
		removed = []string{"model.shop.rpt_stock_cover by " + newest, "model.shop.session_funnel by " + newest}
		if got := c.removed(p.schema); !slices.Equal(got, removed) {
			t.Errorf("removed: %v, want %v", got, removed)
		}
		history := []string{"created rpt_stock_cover", "created session_funnel", "removed rpt_stock_cover", "removed session_funnel"}
		if got := c.changesBy(id); !slices.Equal(got, history) {
			t.Errorf("changes by the older artifact: %v, want %v", got, history)
		}
		if waiting := c.pages("/api/v1/schemas/" + p.schema + "/removals?limit=200"); len(waiting) > 0 {
			t.Errorf("removals are pending: %v", waiting)
		}
		c.mustReportOlder(t, id, "applied")
		c.mustReportOlder(t, c.apply(p.schema, manifestAlone(before(t))), "superseded")
		if v, _ := c.get("/api/v1/schemas/"+p.schema).at("data", "attributes", "version").(float64); v != 2 {
			t.Errorf("version %v, want 2", v)
		}
		if n := len(c.pages("/api/v1/runs?schema_id=" + p.schema)); n != 4 {
			t.Errorf("%d runs in the history, want those of both states: 4", n)
		}
		p.mustBeClean(t)
	})
}

// mustReportOlder checks the outcome of the import of an artifact that is not the newest.
func (c *client) mustReportOlder(t *testing.T, id, outcome string) {
	t.Helper()
	if got := c.report(id, "outcome"); got != outcome || !c.hasIssue(id, "older-artifact") {
		t.Errorf("outcome %v, want %s; issues %v", got, outcome, c.report(id, "issues"))
	}
}

// removed lists the removed assets of a schema by unique id, and what removed them.
func (c *client) removed(schema string) []string {
	c.tb.Helper()
	var all []string
	for _, a := range c.pages("/api/v1/assets?limit=200&removed=true&schema_id=" + schema) {
		all = append(all, fmt.Sprintf("%v by %v", at(a, "attributes", "dbt", "unique_id"), at(a, "attributes", "removed_by")))
	}
	return sorted(all)
}

// changesBy lists what an import changed.
func (c *client) changesBy(id string) []string {
	c.tb.Helper()
	var all []string
	for _, row := range c.pages("/api/v1/dbt_imports/" + id + "/changes?limit=200") {
		all = append(all, fmt.Sprintf("%v %v", at(row, "attributes", "kind"), at(row, "attributes", "name")))
	}
	return sorted(all)
}

// sight gives what a reader sees of a schema, without its version and runs.
func (c *client) sight(t *testing.T, schema string) string {
	t.Helper()
	var all []string
	for _, path := range glimpsed {
		g, ok, err := c.look(path + schema)
		if !ok {
			t.Fatalf("no sight of %s: %v", schema, err)
		}
		all = append(all, g.text)
	}
	return strings.Join(all, "\n")
}

// hasIssue reports whether an import's report has an issue of a code.
func (c *client) hasIssue(id, code string) bool {
	c.tb.Helper()
	issues, _ := c.report(id, "issues").([]any)
	for _, i := range issues {
		if at(i, "code") == code {
			return true
		}
	}
	return false
}

// F46: two manifests into one schema at once are applied one after the other,
// and the newer one wins, whichever is first.
func TestTwoAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, kind string) {
		p := prepared(t, kind)
		s := serve(t, p, options{})
		c := s.client(p.key)
		want := ""
		for round := range 4 {
			schema := c.schema(fmt.Sprintf("Round %d", round))
			forms := []form{newForm(t, schema, manifestAlone(after(t))), newForm(t, schema, manifestAlone(before(t)))}
			ids := make([]string, 2)
			var wg sync.WaitGroup
			for i := range forms {
				wg.Go(func() {
					time.Sleep(time.Duration((i+round)%2*3) * time.Millisecond) // either may come first
					if r, err := c.upload(forms[i], ""); err == nil {
						ids[i] = r.text("data", "id")
					}
				})
			}
			wg.Wait()
			for _, id := range ids {
				if status := c.await(id, 30*time.Second); status != "completed" {
					t.Fatalf("import %s is %s", id, status)
				}
			}
			got := c.tablesNow(schema)
			if want == "" {
				want = c.tablesOf(t, after(t))
			}
			if got != want {
				t.Errorf("round %d: the schema has %s, want %s", round, got, want)
			}
		}
		p.mustBeClean(t)
	})
}

func manifestAlone(a artifacts) artifacts { return artifacts{manifest: a.manifest} }

// tablesNow lists the models that a schema has, by unique id.
func (c *client) tablesNow(schema string) string {
	c.tb.Helper()
	var ids []string
	for _, a := range c.pages("/api/v1/assets?limit=200&kind=model&schema_id=" + schema) {
		id, _ := at(a, "attributes", "dbt", "unique_id").(string)
		ids = append(ids, id)
	}
	return strings.Join(sorted(ids), " ")
}

// tablesOf applies artifacts to a schema of their own and lists its models.
func (c *client) tablesOf(t *testing.T, a artifacts) string {
	t.Helper()
	schema := c.schema("Alone")
	c.apply(schema, manifestAlone(a))
	return c.tablesNow(schema)
}

// F46, second half: an import that cannot go on keeps no other schema waiting.
func TestSchemasRunInParallel(t *testing.T) {
	long(t)
	onBoth(t, func(t *testing.T, kind string) {
		p := prepared(t, kind)
		s := serve(t, p, options{})
		c := s.client(p.key)
		other := c.schema("Other")
		// Somebody holds the first schema for a while.
		p.exec(t, fmt.Sprintf(`UPDATE schemas SET lease_expires = %d WHERE version > 0`, time.Now().Add(3*time.Second).UnixMicro()))
		held := c.send(p.schema, after(t))
		free := c.send(other, before(t))
		if status := c.await(free, 2500*time.Millisecond); status != "completed" {
			t.Errorf("the import into the free schema is %s", status)
		}
		if status := c.get("/api/v1/dbt_imports/"+held).text("data", "attributes", "status"); status != "processing" {
			t.Errorf("the import into the held schema is %s", status)
		}
		if status := c.await(held, 20*time.Second); status != "completed" {
			t.Errorf("after its schema was free the import is %s", status)
		}
		p.mustBeClean(t)
	})
}

// F47: an artifact from the future counts as made when it came, so that the
// next normal one still wins.
func TestGeneratedInTheFuture(t *testing.T) {
	onBoth(t, func(t *testing.T, kind string) {
		p := prepared(t, kind)
		s := serve(t, p, options{})
		c := s.client(p.key)
		ahead := artifacts{manifest: parse(t, before(t).manifest).generated(time.Now().Add(48 * time.Hour)).bytes(t)}
		id := c.apply(p.schema, ahead)
		if !c.hasIssue(id, "generated-at-ahead") {
			t.Errorf("no issue about the clock: %v", c.report(id, "issues"))
		}
		next := artifacts{manifest: parse(t, after(t).manifest).generated(time.Now().Add(time.Second)).bytes(t)}
		id = c.apply(p.schema, next)
		if n := c.counters(id); n == (counters{}) {
			t.Errorf("the next artifact changed nothing: outcome %v", c.report(id, "outcome"))
		}
		if got, want := c.tablesNow(p.schema), c.tablesOf(t, after(t)); got != want {
			t.Errorf("the schema has %s, want %s", got, want)
		}
		p.mustBeClean(t)
	})
}

// F48: bad content fails at once and keeps nobody waiting.
func TestBadContentFailsAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, kind string) {
		k, p := calmOf(t, kind), prepared(t, kind)
		s := serve(t, p, options{})
		c := s.client(p.key)
		other := c.schema("Other")
		shown := c.sight(t, p.schema)
		torn := after(t).manifest
		bad := c.send(p.schema, artifacts{manifest: torn[:len(torn)*9/10]})
		good := c.send(other, before(t))
		if status := c.await(bad, 10*time.Second); status != "failed" {
			t.Errorf("the torn manifest is %s", status)
		}
		if n, _ := c.report(bad, "attempts").(float64); n != 1 {
			t.Errorf("bad content was tried %v times", n)
		}
		if n := c.counters(bad); n != (counters{}) {
			t.Errorf("I4: counters of a failed import: %v", n)
		}
		if got := c.sight(t, p.schema); got != shown {
			t.Error("the failed import changed what is shown")
		}
		if status := c.await(good, 30*time.Second); status != "completed" {
			t.Errorf("the import into the other schema is %s", status)
		}
		if n := c.counters(c.apply(p.schema, after(t))); n != k.counters {
			t.Errorf("after the failure the good artifact counts %v, want %v", n, k.counters)
		}
		p.mustBeClean(t)
	})
}
