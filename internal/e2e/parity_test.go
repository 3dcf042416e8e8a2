package e2e

import (
	"bytes"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/apitest"
)

// The same artifacts give the same replies on both stores, byte by byte, for
// every GET route. Nothing has to be masked: both servers have the same clock,
// the same source of randomness and are asked under the same request id.
func TestBothStoresReplyAlike(t *testing.T) {
	for _, c := range []struct {
		name  string
		whole bool // every version, and something of every route
		sets  func(t *testing.T) []artifacts
	}{
		{"shop", true, func(*testing.T) []artifacts { return []artifacts{shopAt(0), shopAt(1), shopAt(1)} }},
		{"versioned models, no run results", false, realSets("b-ned__dbt-colibri/postgres")},
		{"contracts, exposures, a semantic model", false, realSets("godatadriven__dbt-bouncer/dbt_112", "godatadriven__dbt-bouncer/dbt_20")},
	} {
		t.Run(c.name, func(t *testing.T) {
			sets := c.sets(t)
			replies := map[string]map[string]apitest.Reply{}
			for name, open := range map[string]apitest.OpenStore{"sqlite": nil, "postgres": apitest.OnPostgres} {
				r := newRig(t, open)
				for _, set := range sets {
					r.send(t, set)
				}
				r.edit(t)
				replies[name] = r.walk(t, c.whole)
			}
			compare(t, replies["sqlite"], replies["postgres"])
		})
	}
}

func realSets(folders ...string) func(t *testing.T) []artifacts {
	return func(t *testing.T) []artifacts {
		t.Helper()
		var sets []artifacts
		for _, f := range folders {
			sets = append(sets, realAt(t, f))
		}
		return sets
	}
}

// edit describes the first table, and adds a person.
func (r *rig) edit(t *testing.T) {
	t.Helper()
	r.clock.step()
	id := r.Get(t, "/api/v1/assets?kind=model&limit=1&schema_id="+r.schema, r.key).At(t, "data.0.id").(string)
	got := r.Send(t, "PATCH", "/api/v1/assets/"+id, r.key, `{"description":"Ours, déjà vu.","owners":["finance"],"tags":["own","Ärger"]}`)
	if got.Status != 200 {
		t.Fatalf("edit: %d %s", got.Status, got.Body)
	}
	got = r.Send(t, "POST", "/api/v1/users", r.key, `{"name":"Ana","email":"ana@example.com","role":"viewer"}`, "X-Request-Id", "person")
	if got.Status != 201 {
		t.Fatalf("person: %d %s", got.Status, got.Body)
	}
	r.addWebhook(t)
}

// addWebhook adds a webhook that has tried to send its test, and sends nothing any more.
func (r *rig) addWebhook(t *testing.T) {
	t.Helper()
	const all = "/api/v1/webhooks"
	if got := r.Send(t, "POST", all, r.key, `{"name":"alerts","url":"https://example.com/"}`, "X-Request-Id", "webhook"); got.Status != 201 {
		t.Fatalf("webhook: %d %s", got.Status, got.Body)
	}
	if got := r.Send(t, "POST", all+"/WHK-1/test", r.key, "", "X-Request-Id", "test"); got.Status != 202 {
		t.Fatalf("test: %d %s", got.Status, got.Body)
	}
	for end := time.Now().Add(20 * time.Second); r.Get(t, all+"/WHK-1/deliveries/DLV-1", r.key).At(t, "data.attributes.attempts") != 1.0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the webhook did not send its test")
		}
	}
	if got := r.Send(t, "PATCH", all+"/WHK-1", r.key, `{"enabled":false}`, "X-Request-Id", "disable"); got.Status != 200 {
		t.Fatalf("disable: %d %s", got.Status, got.Body)
	}
}

// compare tells the addresses whose replies differ; it shows the first few.
func compare(t *testing.T, a, b map[string]apitest.Reply) {
	t.Helper()
	const shown = 5
	differing := 0
	for _, address := range slices.Sorted(maps.Keys(union(a, b))) {
		left, inLeft := a[address]
		right, inRight := b[address]
		if inLeft && inRight && left.Status == right.Status && bytes.Equal(left.Body, right.Body) && left.Header.Get("ETag") == right.Header.Get("ETag") {
			continue
		}
		if differing++; differing <= shown {
			at := firstDifference(left.Body, right.Body)
			t.Errorf("%s: %d and %d, from byte %d:\n… %.300s\n… %.300s", address, left.Status, right.Status, at, left.Body[at:], right.Body[at:])
		}
	}
	if differing > shown {
		t.Errorf("%d more replies differ", differing-shown)
	}
	t.Logf("%d replies compared", len(a))
}

func union[V any](a, b map[string]V) map[string]bool {
	out := map[string]bool{}
	for address := range a {
		out[address] = true
	}
	for address := range b {
		out[address] = true
	}
	return out
}

// firstDifference is a little before the first byte that differs.
func firstDifference(a, b []byte) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return max(0, n-80)
}
