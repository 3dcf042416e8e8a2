//go:build linux

package faults

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/apitest"
)

// write is a change of a catalog other than an import, that a killed server must finish or leave out.
type write struct {
	name string
	// prepare makes what all servers of the test share.
	prepare func(t *testing.T) beginning
}

// beginning makes what the change needs, in peace, and returns how it is sent: again after a kill it changes nothing more.
type beginning func(t *testing.T, c *client, p place) change

// change is a write ready to be sent.
type change struct {
	schema string
	send   func(c *client) (reply, error)
	// ended waits for the end of what was accepted, before the kill or after the next start.
	ended func(c *client)
}

// Points of the long and of the short form for each write and store.
const (
	writePoints      = 60
	shortWritePoints = 2
)

var writes = []write{
	{"edit", alone(beginEdit)},
	{"edit of a column", alone(beginColumnEdit)},
	{"lineage event", alone(beginEvent)},
	{"crawl", warehouse},
}

// F04 of other writes: a server that is killed at any point of an edit, a lineage event or a crawl has done it wholly or
// not at all after its next start, and the same request again leads to the state of a calm run.
func TestKilledDuringWrites(t *testing.T) {
	onBoth(t, func(t *testing.T, kind string) {
		for _, w := range writes {
			t.Run(w.name, func(t *testing.T) { killWrites(t, kind, w) })
		}
	})
}

// alone is for writes whose servers share nothing.
func alone(b beginning) func(*testing.T) beginning { return func(*testing.T) beginning { return b } }

func killWrites(t *testing.T, kind string, w write) {
	b := w.prepare(t)
	total, want := killWrite(t, kind, b, 0, nil)
	if total < 5 {
		t.Fatalf("%d calls only: the kills would miss it", total)
	}
	points := min(total, shortWritePoints)
	if full() {
		points = min(total, writePoints)
	}
	for i := range points {
		n := 1 + i*(total-1)/max(1, points-1)
		killWrite(t, kind, b, n, want)
		if t.Failed() {
			t.Fatalf("kill point %d of %d", n, total)
		}
	}
	t.Logf("%d calls, %d kill points", total, points)
}

// killWrite kills the server at the n-th call of a write, starts it again and sends the write again. With 0 it counts
// the calls of a calm run and returns the state that it leads to.
func killWrite(t *testing.T, kind string, b beginning, n int, want view) (calls int, state view) {
	t.Helper()
	p := prepared(t, kind)
	trap := newTrap(p.matching())
	s := serve(t, p, options{trap: trap, args: allowLocal})
	c := s.client(p.key)
	do := b(t, c, p)
	trap.arm(n)
	first, err := do.send(c)
	if n == 0 {
		if err != nil || first.status >= http.StatusBadRequest {
			t.Fatalf("%v, %d %s", err, first.status, first.body)
		}
		do.ended(c)
		calls = trap.count()
	} else {
		s.mustBeKilled(killedWithin)
		p.expire(t)
		s = serve(t, p, options{args: allowLocal})
		c = s.client(p.key)
	}
	again, failed := do.send(c)
	if failed != nil || again.status >= http.StatusBadRequest {
		t.Fatalf("again: %v, %d %s", failed, again.status, again.body)
	}
	do.ended(c)
	state = append(c.view(do.schema).masked(), fmt.Sprint("~version ", c.get("/api/v1/schemas/"+do.schema).at("data", "attributes", "version")))
	if d := state.difference(want); want != nil && d != "" {
		t.Errorf("the first reply was %d (%v); the state is not that of a calm run:\n%s", first.status, err, d)
	}
	s.stop()
	p.mustBeClean(t)
	return calls, state
}

// killedWithin is how long a write may take to reach the call at which it is killed, on a busy machine.
const killedWithin = 60 * 1e9

// unlike are ids, numbers of jobs and edits, and times that two runs of a write do not share.
var unlike = regexp.MustCompile(`"(id|origin|reported_at|import)":"([0-9a-f]{32}|crawl:[0-9a-f-]{36}|2026-[^"]*|)"|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|"(SYN|EDT|JOB)-\d+"`)

func (v view) masked() view {
	for i := range v {
		v[i] = unlike.ReplaceAllString(v[i], "")
	}
	slices.Sort(v)
	return v
}

func nothing(*client) {}

// patch sends an edit that does not depend on the tag of what it edits.
func patch(path, body string) func(c *client) (reply, error) {
	return func(c *client) (reply, error) {
		return c.do(http.MethodPatch, path, strings.NewReader(body), "Content-Type", "application/json", "If-Match", "*")
	}
}

func beginEdit(t *testing.T, c *client, p place) change {
	t.Helper()
	id := c.get("/api/v1/assets?kind=model&limit=1&schema_id="+p.schema).text("data", 0, "id")
	return change{p.schema, patch("/api/v1/assets/"+id, `{"tags":["one","two"],"owners":["ada@example.com"]}`), nothing}
}

func beginColumnEdit(t *testing.T, c *client, p place) change {
	t.Helper()
	id := c.get("/api/v1/assets?kind=model&limit=1&schema_id="+p.schema).text("data", 0, "id")
	column := c.get("/api/v1/assets/"+id+"/columns").text("data", 0, "attributes", "name")
	return change{p.schema, patch("/api/v1/assets/"+id+"/columns/"+url.PathEscape(column), `{"tags":["pii"]}`), nothing}
}

// outside is an event of a job that copies a table of the shop to one that dbt does not have.
const outside = `{"eventType":"COMPLETE","eventTime":"2026-11-10T06:02:00Z","producer":"https://airflow.apache.org",
	"run":{"runId":"0198a6a0-0000-7000-8000-000000000001"},"job":{"namespace":"airflow","name":"copy"},
	"inputs":[{"namespace":"duckdb://shop","name":%q}],"outputs":[{"namespace":"duckdb://shop","name":"shop.outside.copied","facets":
	{"schema":{"fields":[{"name":"id","type":"integer"}]}}}]}`

func beginEvent(t *testing.T, c *client, p place) change {
	t.Helper()
	relation := c.get("/api/v1/assets?kind=model&limit=1&schema_id="+p.schema).at("data", 0, "attributes", "relation")
	name := fmt.Sprintf("%v.%v.%v", at(relation, "database"), at(relation, "schema"), at(relation, "identifier"))
	send := func(c *client) (reply, error) {
		return c.do(http.MethodPost, "/api/v1/lineage?schema_id="+p.schema, strings.NewReader(fmt.Sprintf(outside, name)), "Content-Type", "application/json")
	}
	ended := func(c *client) {
		c.tb.Helper()
		if !eventually(killedWithin, func() bool {
			return c.get("/api/v1/schemas/"+p.schema).at("data", "attributes", "version") == float64(2)
		}) {
			c.tb.Error("the event does not reach the catalog")
		}
	}
	return change{p.schema, send, ended}
}

// warehouse makes a database that each server crawls.
func warehouse(t *testing.T) beginning {
	t.Helper()
	d := apitest.NewWarehouse(t, `CREATE SCHEMA raw`, `GRANT USAGE ON SCHEMA raw TO {reader}`,
		`CREATE TABLE raw.people (id integer PRIMARY KEY, name text NOT NULL)`,
		`CREATE VIEW raw.names AS SELECT name FROM raw.people`)
	return func(t *testing.T, c *client, _ place) change {
		t.Helper()
		return beginCrawl(c, d)
	}
}

func beginCrawl(c *client, d *apitest.Warehouse) change {
	r := c.must(http.StatusCreated, http.MethodPost, "/api/v1/integrations", `{"kind":"postgres","name":"warehouse","credentials":`+d.Credentials()+`}`)
	path := "/api/v1/integrations/" + r.text("data", "id") + "/syncs"
	send := func(c *client) (reply, error) {
		r, err := c.do(http.MethodPost, path, nil)
		if err == nil && r.status == http.StatusConflict {
			r.status = http.StatusAccepted // the sync that was killed is still to come
		}
		return r, err
	}
	ended := func(c *client) {
		c.tb.Helper()
		for _, sync := range c.pages(path) {
			id, _ := at(sync, "id").(string)
			if r := c.awaitSync(path + "/" + id); status(r) != "completed" {
				c.tb.Errorf("%s", r.body)
			}
		}
	}
	return change{r.text("data", "attributes", "schema_id"), send, ended}
}
