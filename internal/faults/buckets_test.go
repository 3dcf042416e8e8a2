//go:build linux

package faults

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/bucket/buckettest"
)

// allowLocal lets the server read buckets of this machine.
var allowLocal = []string{"--outbound-allow", "127.0.0.0/8"}

// integration makes an integration with a bucket that feeds a schema.
func (c *client) integration(schema string, b *buckettest.S3, more string) (id string) {
	c.tb.Helper()
	body := fmt.Sprintf(`{"kind":"dbt_core","name":"bucket","schema_id":%q,"credentials":{"region":%q,"bucket":%q,"endpoint":%q,"search_path":"dbt"%s}}`,
		schema, buckettest.Region, buckettest.Name, b.URL, more)
	return c.must(http.StatusCreated, http.MethodPost, "/api/v1/integrations", body).text("data", "id")
}

var withKey = fmt.Sprintf(`,"access_key_id":%q,"secret_access_key":%q`, buckettest.AccessKeyID, buckettest.SecretAccessKey)

// sync runs a sync and waits for its end.
func (c *client) sync(integration string) reply {
	c.tb.Helper()
	path := "/api/v1/integrations/" + integration + "/syncs"
	return c.awaitSync(path + "/" + c.must(http.StatusAccepted, http.MethodPost, path, "").text("data", "id"))
}

func (c *client) awaitSync(path string) reply {
	c.tb.Helper()
	var r reply
	ended := eventually(2*time.Minute, func() bool {
		var err error
		r, err = c.do(http.MethodGet, path, nil)
		return err == nil && r.status == http.StatusOK && r.text("data", "attributes", "ended_at") != ""
	})
	if !ended {
		c.tb.Fatalf("the sync does not end: %s", r.body)
	}
	return r
}

func status(r reply) string { return r.text("data", "attributes", "status") }
func code(r reply) string   { return r.text("data", "attributes", "error", "code") }

// fill puts the artifacts of a state into a bucket.
func fillBucket(b *buckettest.S3, folder string, a artifacts) {
	for _, p := range a.parts() {
		b.Put(folder+p.name+".json", p.content)
	}
}

// once fails the first request of each path by f.
func once(f func(w http.ResponseWriter, r *http.Request, n int, next http.Handler) bool) buckettest.Fault {
	var mu sync.Mutex
	seen := map[string]bool{}
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) bool {
		mu.Lock()
		n, first := len(seen), !seen[r.URL.Path]
		seen[r.URL.Path] = true
		mu.Unlock()
		return first && f(w, r, n, next)
	}
}

func refusing(status int, code string) buckettest.Fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) bool {
		buckettest.Refuse(w, status, code)
		return true
	}
}

func isObject(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, ".json") }

// F34 to F41 and F43: a store that is busy, cuts replies, replaces objects, has half of them, none, refuses the key,
// lets sessions end, does not end its listing or finds the clock wrong.
func TestBucketFaults(t *testing.T) {
	sts := buckettest.NewSTS(t)
	p := prepared(t, onSQLite)
	s := serve(t, p, options{args: allowLocal, env: []string{
		"AWS_ENDPOINT_URL_STS=" + sts.URL, "AWS_ACCESS_KEY_ID=AKIDSERVER", "AWS_SECRET_ACCESS_KEY=canary-server", "AWS_REGION=us-east-1",
	}})
	c := s.client(p.key)
	in := func(name string, run func(t *testing.T, c *client, b *buckettest.S3, schema, id string)) {
		t.Run(name, func(t *testing.T) {
			c := s.client(p.key)
			c.tb = t
			b, schema := buckettest.NewS3(t), c.schema(name)
			fillBucket(b, "dbt/", before(t))
			run(t, c, b, schema, c.integration(schema, b, withKey))
		})
	}
	completes := func(t *testing.T, c *client, id string) reply {
		t.Helper()
		r := c.sync(id)
		if status(r) != "completed" {
			t.Fatalf("%s", r.body)
		}
		return r
	}
	fails := func(t *testing.T, c *client, id, want string) {
		t.Helper()
		if r := c.sync(id); status(r) != "failed" || code(r) != want {
			t.Errorf("%s, want %s", r.body, want)
		}
	}
	in("F34 busy", func(t *testing.T, c *client, b *buckettest.S3, schema, id string) {
		b.Inject("busy", once(func(w http.ResponseWriter, _ *http.Request, n int, _ http.Handler) bool {
			buckettest.Refuse(w, []int{http.StatusInternalServerError, http.StatusServiceUnavailable}[n%2], []string{"InternalError", "SlowDown"}[n%2])
			return true
		}))
		if r := completes(t, c, id); r.at("data", "attributes", "counts", "downloads") != float64(4) || len(c.pages("/api/v1/runs?schema_id="+schema)) == 0 {
			t.Errorf("something was skipped: %s", r.body)
		}
	})
	in("F35 cut", func(t *testing.T, c *client, b *buckettest.S3, schema, id string) {
		b.Inject("cut", once(func(w http.ResponseWriter, r *http.Request, _ int, next http.Handler) bool {
			return isObject(r) && cut(w, r, next)
		}))
		completes(t, c, id)
		if c.tables(schema) == 0 {
			t.Error("no tables")
		}
	})
	in("F36 replaced", func(t *testing.T, c *client, b *buckettest.S3, schema, id string) {
		looks := 0
		b.Inject("replaced", func(w http.ResponseWriter, r *http.Request, next http.Handler) bool {
			if !strings.HasSuffix(r.URL.Path, "manifest.json") {
				return false
			}
			if looks++; looks != 2 { // the first is the look at its head
				return false
			}
			fillBucket(b, "dbt/", after(t))
			next.ServeHTTP(w, r)
			return true
		})
		r := completes(t, c, id)
		if n := len(r.at("data", "attributes", "import_ids").([]any)); n != 1 {
			t.Errorf("%d imports", n)
		}
		other := c.schema("F36 calm")
		c.apply(other, after(t))
		if got, want := c.tables(schema), c.tables(other); got != want {
			t.Errorf("%d tables, those of the state that replaced the other are %d", got, want)
		}
	})
	in("F37 half-written", func(t *testing.T, c *client, b *buckettest.S3, schema, id string) {
		completes(t, c, id)
		tables := c.tables(schema)
		half := after(t).manifest
		b.Put("dbt/manifest.json", half[:len(half)/2])
		fails(t, c, id, "import-failed")
		if now := c.tables(schema); now != tables {
			t.Errorf("%d tables, %d before", now, tables)
		}
		b.Put("dbt/manifest.json", half)
		completes(t, c, id)
	})
	in("F38 emptied and mistyped", func(t *testing.T, c *client, b *buckettest.S3, schema, id string) {
		completes(t, c, id)
		tables := c.tables(schema)
		c.must(http.StatusOK, http.MethodPatch, "/api/v1/integrations/"+id, `{"credentials":{"search_path":"dtb"}}`)
		fails(t, c, id, "no-manifest")
		c.must(http.StatusOK, http.MethodPatch, "/api/v1/integrations/"+id, `{"credentials":{"search_path":"dbt"}}`)
		for _, part := range before(t).parts() {
			b.Delete("dbt/" + part.name + ".json")
		}
		fails(t, c, id, "no-manifest")
		if now := c.tables(schema); now != tables || tables == 0 {
			t.Errorf("%d tables, %d before", now, tables)
		}
	})
	in("F39 revoked", func(t *testing.T, c *client, b *buckettest.S3, schema, id string) {
		completes(t, c, id)
		tables := c.tables(schema)
		b.Inject("revoked", refusing(http.StatusForbidden, "InvalidAccessKeyId"))
		for range 3 {
			fails(t, c, id, "wrong-access-key")
		}
		// Its time comes: from now on it is tried hourly, whatever the schedule says.
		c.must(http.StatusOK, http.MethodPatch, "/api/v1/integrations/"+id, `{"schedule":{"cron":"* * * * *"}}`)
		p.exec(t, `UPDATE integrations SET next_at = 1 WHERE uuid = '`+id+`'`)
		hourly := eventually(30*time.Second, func() bool {
			at, err := time.Parse(time.RFC3339, c.get("/api/v1/integrations/"+id).text("data", "attributes", "next_sync_at"))
			return err == nil && time.Until(at) > 55*time.Minute
		})
		if !hourly {
			t.Errorf("%s", c.get("/api/v1/integrations/"+id).body)
		}
		c.must(http.StatusOK, http.MethodPatch, "/api/v1/integrations/"+id, `{"enabled":false}`)
		if now := c.tables(schema); now != tables {
			t.Errorf("%d tables, %d before", now, tables)
		}
	})
	in("F40 sessions end", func(t *testing.T, c *client, b *buckettest.S3, schema, _ string) {
		const arn = "arn:aws:iam::123456789012:role/reader"
		id := c.integration(schema, b, `,"role_arn":"`+arn+`"`)
		sts.Trust(arn, c.get("/api/v1/integrations/"+id).text("data", "attributes", "credentials", "external_id"))
		sts.Calls()
		var ended sync.Once
		b.Inject("expired once", func(w http.ResponseWriter, r *http.Request, _ http.Handler) (fired bool) {
			if strings.HasSuffix(r.URL.Path, "manifest.json") {
				ended.Do(func() { fired = true; buckettest.Refuse(w, http.StatusBadRequest, "ExpiredToken") })
			}
			return fired
		})
		completes(t, c, id)
		// Without the External ID, with it, and the one that was renewed.
		if n := len(sts.Calls()); n != 3 {
			t.Errorf("%d calls of the token service, want 3", n)
		}
		fillBucket(b, "dbt/", after(t))
		b.Inject("expired always", refusing(http.StatusBadRequest, "ExpiredToken"))
		fails(t, c, id, "credentials-expired")
		if n := len(sts.Calls()); n != 3 {
			t.Errorf("%d calls of the token service, want 3", n)
		}
	})
	in("F41 listing loops", func(t *testing.T, c *client, b *buckettest.S3, _, id string) {
		b.Inject("the same token", func(w http.ResponseWriter, r *http.Request, _ http.Handler) bool {
			return page(w, r, "again", "dbt/a.json")
		})
		fails(t, c, id, "listing-does-not-end")
		pages := 0
		b.Inject("endless", func(w http.ResponseWriter, r *http.Request, _ http.Handler) bool {
			pages++
			names := make([]string, 1000)
			for n := range names {
				names[n] = fmt.Sprintf("dbt/%06d/%04d.json", pages, n)
			}
			return page(w, r, fmt.Sprint(pages), names...)
		})
		fails(t, c, id, "too-many-objects")
		if pages > 101 {
			t.Errorf("%d pages were asked for", pages)
		}
	})
	in("F43 the clock", func(t *testing.T, c *client, b *buckettest.S3, _, id string) {
		b.Requests()
		b.Inject("skewed", refusing(http.StatusForbidden, "RequestTimeTooSkewed"))
		fails(t, c, id, "clock-skew")
		if n := len(b.Requests()); n != 1 {
			t.Errorf("%d requests, want 1", n)
		}
	})
	if text := s.log.String(); strings.Contains(text, "canary") || strings.Contains(text, buckettest.SecretAccessKey) {
		t.Error("a secret is in the log")
	}
	c.get("/readyz")
}

// cut sends half of the bytes that it announces.
func cut(w http.ResponseWriter, r *http.Request, next http.Handler) bool {
	whole := httptest.NewRecorder()
	next.ServeHTTP(whole, r)
	body := whole.Body.Bytes()
	if whole.Code != http.StatusOK || len(body) < 2 {
		return false
	}
	for name, values := range whole.Header() {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	_, _ = io.Copy(w, bytes.NewReader(body[:len(body)/2])) // the client finds out
	return true
}

// page answers a listing.
func page(w http.ResponseWriter, r *http.Request, token string, names ...string) bool {
	if isObject(r) {
		return false
	}
	fmt.Fprintf(w, `<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>%s</NextContinuationToken>`, token)
	for _, n := range names {
		fmt.Fprintf(w, `<Contents><Key>%s</Key><ETag>"x"</ETag><Size>2</Size><LastModified>2026-11-01T00:00:00Z</LastModified></Contents>`, n)
	}
	fmt.Fprint(w, `</ListBucketResult>`)
	return true
}

// tables counts the tables of a schema.
func (c *client) tables(schema string) int {
	c.tb.Helper()
	n, _ := c.get("/api/v1/schemas/"+schema).at("data", "attributes", "tables").(float64)
	return int(n)
}

// shortSyncPoints is how many kills the short form spreads over a sync.
const shortSyncPoints = 6

// A server that is killed at any point of a sync goes on with it after its next start: nothing is lost and nothing is
// applied twice.
func TestKilledDuringASync(t *testing.T) {
	onBoth(t, func(t *testing.T, kind string) {
		k := calmOf(t, kind)
		total := killSync(t, kind, k, 0)
		if total < 50 {
			t.Fatalf("a sync makes %d calls only: the kills would miss it", total)
		}
		points := shortSyncPoints
		if full() {
			points = 60
		}
		for n := range points {
			killSync(t, kind, k, 1+n*(total-1)/points)
			if t.Failed() {
				t.Fatalf("kill point %d of %d", 1+n*(total-1)/points, total)
			}
		}
		t.Logf("%d calls in one sync, %d kill points", total, points)
	})
}

// killSync kills the server at the n-th call of a sync that brings the second state, starts it again, and demands the
// state of a calm run. With 0 it only counts the calls.
func killSync(t *testing.T, kind string, k *calm, n int) (calls int) {
	t.Helper()
	p, b := prepared(t, kind), buckettest.NewS3(t)
	fillBucket(b, "dbt/", after(t))
	trap := newTrap(p.matching())
	s := serve(t, p, options{trap: trap, args: allowLocal})
	c := s.client(p.key)
	id := c.integration(p.schema, b, withKey)
	path := "/api/v1/integrations/" + id + "/syncs"
	trap.arm(n)
	r, err := c.do(http.MethodPost, path, nil)
	if n == 0 {
		if err != nil || status(c.awaitSync(path+"/"+r.text("data", "id"))) != "completed" {
			t.Fatalf("%v %s", err, r.body)
		}
		calls = trap.count()
	} else {
		s.mustBeKilled(30 * time.Second)
		p.expire(t)
		s = serve(t, p, options{args: allowLocal})
		c = s.client(p.key)
		if all := c.pages(path); len(all) == 1 {
			newest, _ := at(all[0], "id").(string)
			if r := c.awaitSync(path + "/" + newest); status(r) != "completed" {
				t.Errorf("after the kill: %s", r.body)
			}
		} else if len(all) > 1 || err == nil && r.status == http.StatusAccepted {
			t.Errorf("%d syncs, the reply was %d", len(all), r.status)
		}
	}
	if r := c.sync(id); status(r) != "completed" {
		t.Errorf("the next sync: %s", r.body)
	}
	if d := c.view(p.schema).difference(k.after); d != "" {
		t.Errorf("the state is not that of a calm run:\n%s", d)
	}
	versions := c.get("/api/v1/schemas/"+p.schema).at("data", "attributes", "version")
	if versions != float64(2) {
		t.Errorf("version %v, want 2: something was applied twice", versions)
	}
	b.Requests()
	if r := c.sync(id); status(r) != "completed" || !slices.Equal(b.Requests(), []string{"GET /" + buckettest.Name}) {
		t.Errorf("a sync without news reads more than one listing: %s", r.body)
	}
	s.stop()
	p.mustBeClean(t)
	return calls
}
