package apitest

import (
	"fmt"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/store"
)

// withShopOnBoth runs a test with the shop on a server of each engine.
func withShopOnBoth(t *testing.T, test func(*testing.T, rig)) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB, func() time.Time) *store.Store{"sqlite": nil, "postgres": OnPostgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, newRig(t, Options{Store: open}))
		})
	}
}

// guardedPaths are documents that are changed by PATCH, with the n-th change of each.
func (r rig) guardedPaths(t *testing.T) map[string]func(n int) string {
	t.Helper()
	asset := "/api/v1/assets/" + r.table
	column := r.Get(t, asset+"/columns", r.key).At(t, "data.0.attributes.name").(string)
	return map[string]func(int) string{
		asset: func(n int) string { return fmt.Sprintf(`{"tags":["writer %d"]}`, n) },
		asset + "/columns/" + url.PathEscape(column): func(n int) string { return fmt.Sprintf(`{"description":"By writer %d."}`, n) },
		"/api/v1/schemas/" + r.schema:                func(n int) string { return fmt.Sprintf(`{"environment":"of writer %d"}`, n) },
	}
}

// Of several writers with one tag exactly one changes the document; the others are refused.
func TestOneWriterPerTag(t *testing.T) {
	withShopOnBoth(t, func(t *testing.T, r rig) {
		const writers = 8
		for path, change := range r.guardedPaths(t) {
			tag := r.Get(t, path, r.key).Header.Get("ETag")
			statuses := make([]int, writers)
			var wg sync.WaitGroup
			for n := range writers {
				wg.Go(func() { statuses[n] = r.Send(t, "PATCH", path, r.key, change(n), "If-Match", tag).Status })
			}
			wg.Wait()
			count := map[int]int{}
			for _, status := range statuses {
				count[status]++
			}
			if count[200] != 1 || count[412] != writers-1 {
				t.Errorf("%s: replies by status %v", path, count)
			}
		}
	})
}

// A GET serves the tag that a change takes, and a change replies with the next one.
func TestTagsOfChanges(t *testing.T) {
	withShopOnBoth(t, func(t *testing.T, r rig) {
		for path, change := range r.guardedPaths(t) {
			tag := r.Get(t, path, r.key).Header.Get("ETag")
			for n := range 3 {
				got := r.Send(t, "PATCH", path, r.key, change(n), "If-Match", tag, "If-None-Match", tag)
				next := got.Header.Get("ETag")
				if got.Status != 200 || next == tag {
					t.Fatalf("%s: %d %s, tag %s after %s", path, got.Status, got.Body, next, tag)
				}
				if read := r.Get(t, path, r.key).Header.Get("ETag"); read != next {
					t.Errorf("%s: the change replied with the tag %s, a GET serves %s", path, next, read)
				}
				if stale := r.Send(t, "PATCH", path, r.key, change(n+1), "If-Match", tag); stale.Status != 412 {
					t.Errorf("%s: %d with the tag of before", path, stale.Status)
				}
				tag = next
			}
		}
	})
}

// The tag of an edit that readers do not see, whose reply has warnings, is the next one too.
func TestTagOfAHiddenEdit(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	path := "/api/v1/assets/" + r.table
	tag := r.Get(t, path, r.key).Header.Get("ETag")
	for n := range 2 {
		got := r.Send(t, "PATCH", path, r.key, fmt.Sprintf(`{"description":"Hidden %d."}`, n), "If-Match", tag)
		if got.Status != 200 || got.At(t, "meta.warnings.0.code") != "not-effective" {
			t.Fatalf("%d %s", got.Status, got.Body)
		}
		tag = got.Header.Get("ETag")
	}
}

// Rules of a policy that are changed at the same time do not overwrite each other.
func TestRulesAtTheSameTime(t *testing.T) {
	withShopOnBoth(t, func(t *testing.T, r rig) {
		path := "/api/v1/schemas/" + r.schema
		rules := []string{"description", "owners", "tags", "column_description", "column_tags"}
		var wg sync.WaitGroup
		for _, rule := range rules {
			wg.Go(func() {
				if got := r.Send(t, "PATCH", path, r.key, fmt.Sprintf(`{"policy":{%q:"never"}}`, rule)); got.Status != 200 {
					t.Errorf("%s: %d %s", rule, got.Status, got.Body)
				}
			})
		}
		wg.Wait()
		for _, rule := range rules {
			if got := r.Get(t, path, r.key).At(t, "data.attributes.policy."+rule); got != "never" {
				t.Errorf("%s is %v", rule, got)
			}
		}
	})
}

func TestDeleteOfAChangedSchema(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	path := "/api/v1/schemas/" + r.schema
	confirm := path + "?confirm=" + url.QueryEscape("Analytics Warehouse")
	tag := r.Get(t, path, r.key).Header.Get("ETag")
	next := r.Send(t, "PATCH", path, r.key, `{"environment":"test"}`).Header.Get("ETag")
	if got := r.Do(t, "DELETE", confirm, r.key, nil, "If-Match", tag); got.Status != 412 || got.At(t, "code") != "precondition-failed" {
		t.Errorf("with the tag of before: %d %s", got.Status, got.Body)
	}
	if got := r.Do(t, "DELETE", confirm, r.key, nil, "If-Match", next); got.Status != 204 {
		t.Errorf("with the present tag: %d %s", got.Status, got.Body)
	}
}

func TestReadOfAColumn(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	columns := "/api/v1/assets/" + r.table + "/columns"
	listed := r.Get(t, columns, r.key).At(t, "data.0").(map[string]any)
	name := listed["attributes"].(map[string]any)["name"].(string)
	if got := r.Get(t, columns+"/"+url.PathEscape(name), r.key); got.Status != 200 || got.At(t, "data.id") != listed["id"] {
		t.Errorf("%d %s", got.Status, got.Body)
	}
	if got := r.Get(t, columns+"/nothing", r.key); got.Status != 404 || got.At(t, "errors") == nil && got.At(t, "detail") == nil {
		t.Errorf("%d %s", got.Status, got.Body)
	}
}
