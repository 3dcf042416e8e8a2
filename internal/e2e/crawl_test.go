//go:build unix

package e2e

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/apitest"
)

// crawledRig is a rig with an integration that crawls a database.
type crawledRig struct {
	*rig
	warehouse   *apitest.Warehouse
	integration string
	hour        time.Time // at which it crawls
}

func newCrawledRig(t *testing.T, open apitest.OpenStore, w *apitest.Warehouse) *crawledRig {
	t.Helper()
	r := &crawledRig{rig: &rig{clock: newClock()}, warehouse: w}
	r.Server = apitest.Start(t, apitest.Options{
		Store: open, Now: r.clock.now, Random: rand.NewChaCha8([32]byte{1}), CrawlNow: func() time.Time { return r.hour },
		OutboundAllow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
	})
	r.key = r.Key(t, access.AdminWorkspace)
	r.schema = r.Schema(t, "Analytics Warehouse")
	reply := r.Send(t, "POST", "/api/v1/integrations", r.key, `{"kind":"postgres","name":"warehouse","schedule":{"cron":""},"credentials":`+w.Credentials()+`}`)
	if reply.Status != 201 {
		t.Fatalf("%d %s", reply.Status, reply.Body)
	}
	r.integration = reply.At(t, "data.id").(string)
	return r
}

// crawl crawls the database as it is now, at an hour of the day of the generated reports.
func (r *crawledRig) crawl(t *testing.T, hour float64) {
	t.Helper()
	r.clock.step()
	r.hour = time.Date(2026, time.November, 2, 0, 0, 0, 0, time.UTC).Add(time.Duration(hour * float64(time.Hour)))
	path := "/api/v1/integrations/" + r.integration + "/syncs"
	started := r.Send(t, "POST", path, r.key, "")
	if started.Status != 202 {
		t.Fatalf("%d %s", started.Status, started.Body)
	}
	for end := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		sync := r.Get(t, path+"/"+started.At(t, "data.id").(string), r.key)
		if sync.At(t, "data.attributes.ended_at") != nil {
			if sync.At(t, "data.attributes.status") != "completed" {
				t.Fatalf("%s", sync.Body)
			}
			return
		}
		if time.Now().After(end) {
			t.Fatalf("it did not end: %s", sync.Body)
		}
	}
}

// crawlStates are two states of a warehouse, 30 minutes after 2 and 3: tables that dbt has too, in other columns, a view
// that reads them, a table that comes and one that goes.
var crawlStates = map[string][]string{
	"crawl at 2.5": {
		`DROP SCHEMA IF EXISTS core CASCADE`, `CREATE SCHEMA core`, `GRANT USAGE ON SCHEMA core TO {reader}`,
		`CREATE TABLE core.t00 (id integer PRIMARY KEY, extra text DEFAULT 'x')`, `COMMENT ON TABLE core.t00 IS 'Of the warehouse.'`,
		`CREATE TABLE core.t01 (more bigint, id bigint)`, `CREATE TABLE core.t05 (id text)`, `CREATE TABLE core.t11 (id integer)`,
		`CREATE TABLE core."T02" (id integer)`, `COMMENT ON COLUMN core.t01.more IS 'Much more.'`,
		`CREATE VIEW core.seen AS SELECT t00.id, t01.more FROM core.t00 JOIN core.t01 ON t00.id = t01.id`, `CREATE VIEW core.t03 AS SELECT id FROM core.t05`,
		`CREATE TABLE core.old (id integer)`,
	},
	"crawl at 3.5": {
		`ALTER TABLE core.t00 ADD last integer`, `COMMENT ON TABLE core.t00 IS NULL`, `DROP VIEW core.t03`, `CREATE TABLE core.t03 (id integer, other integer)`,
		`DROP TABLE core.old`, `DROP TABLE core.t11`, `CREATE TABLE core.t08 (id integer, extra text)`,
	},
}

// Artifacts of two projects and the crawls of their warehouse end in one state, in whatever order the artifacts arrive
// around the crawls.
func TestCrawlsAndReportsInAnyOrderEndInOneState(t *testing.T) {
	for seed := range seeds(t) {
		if seed >= 3 && testing.Short() {
			break
		}
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			w := apitest.NewWarehouse(t)
			pieces := crawledPieces(t, seed, w.Name)
			orders := permutations(pieces, 4)
			for _, order := range orders {
				keepOrder(order, "crawl at 2.5", "crawl at 3.5")
			}
			want := finalOf(t, nil, w, pieces, orders[0])
			for i, order := range orders[1:] {
				open := apitest.OpenStore(nil)
				if i == 0 && seed%3 == 0 {
					open = apitest.OnPostgres
				}
				t.Run(fmt.Sprint(order), func(t *testing.T) { sameState(t, want, finalOf(t, open, w, pieces, order)) })
			}
		})
	}
}

// crawledPieces are generated artifacts of projects that build their tables in a database, and the crawls of it.
func crawledPieces(t *testing.T, seed uint64, database string) map[string]artifacts {
	pieces := map[string]artifacts{"crawl at 2.5": {}, "crawl at 3.5": {}}
	for name, a := range piecesOf(t, seed) {
		for _, part := range []*[]byte{&a.manifest, &a.catalog, &a.results} {
			if *part != nil {
				*part = []byte(strings.NewReplacer(`"db"`, `"`+database+`"`, `\"db\"`, `\"`+database+`\"`, "db.core.", database+".core.", `"duckdb"`, `"postgres"`).Replace(string(*part)))
			}
		}
		pieces[name] = a
	}
	return pieces
}

// keepOrder swaps two names if the second comes first.
func keepOrder(order []string, first, second string) {
	if a, b := slices.Index(order, first), slices.Index(order, second); a > b {
		order[a], order[b] = order[b], order[a]
	}
}

func finalOf(t *testing.T, open apitest.OpenStore, w *apitest.Warehouse, pieces map[string]artifacts, order []string) map[string]any {
	t.Helper()
	r := newCrawledRig(t, open, w)
	imports := map[string]string{}
	for _, name := range order {
		if statements, ok := crawlStates[name]; ok {
			w.Execute(t, statements...)
			var hour float64
			if _, err := fmt.Sscanf(name, "crawl at %f", &hour); err != nil {
				t.Fatal(err)
			}
			r.crawl(t, hour)
			continue
		}
		imports[r.send(t, pieces[name])] = "import of " + name
	}
	// What came once more changes nothing.
	version := r.version(t)
	r.crawl(t, 3.75)
	if now := r.version(t); now != version {
		t.Errorf("a crawl without a change made version %d", now)
	}
	return r.state(t, imports)
}
