package apitest

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/go-json-experiment/json"
)

// read sends a GET with a query to the reader and checks the reply.
func (r *requestTarget) read(t *testing.T, path string, query url.Values) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	r.serve(t, r.reader.Server, w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path+"?"+query.Encode(), nil))
	return w
}

// FuzzSelector sends selectors to the whole API: the server has no fault of its own, and the same selector has the same
// reply twice.
func FuzzSelector(f *testing.F) {
	target := newRequestTarget(f)
	for _, seed := range []string{
		"orders", "1+fct_orders+1", "@stg_orders", "tag:nightly,path:models/marts", "path:**/*.sql+", "config.materialized:view",
		"source:shop.*+", "test_type:generic", "[a-c]*?", "fqn:shop.marts.*", "state:new", "package:this", "resource_type:test",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, selector string) {
		query := url.Values{"schema_id": {"SCH-101"}, "select": {selector}}
		first := target.read(t, "/api/v1/lineage", query)
		if again := target.read(t, "/api/v1/lineage", query); again.Code != first.Code || first.Code == http.StatusOK && again.Body.String() != first.Body.String() {
			t.Errorf("%q: %d, then %d", selector, first.Code, again.Code)
		}
	})
}

// FuzzSearch sends search queries to the whole API. All pages of the hits together are as many as the first one says.
func FuzzSearch(f *testing.F) {
	target := newRequestTarget(f)
	for _, seed := range []string{"orders", "kind:model tag:nightly", "column:email", `"exact words"`, "-draft custmer", "owner:finance a:b:c", "meta:x code:select"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		query := url.Values{"schema_id": {"SCH-101"}, "q": {text}, "limit": {"20"}}
		target.walk(t, "/api/v1/search", query)
	})
}

// FuzzFilters sends filters, an order and a cursor to the whole API, then follows the pages if there are any.
func FuzzFilters(f *testing.F) {
	target := newRequestTarget(f)
	f.Add("model", "nightly", "-updated_at", "ord", "kind,tag", "")
	f.Add("seed,source", "", "name", "", "", "AAAA.BBBB")
	f.Add("", "x", "id", "column:email", "owner", "%00")
	f.Fuzz(func(t *testing.T, kind, tag, sort, text, breakdown, cursor string) {
		query := url.Values{"schema_id": {"SCH-101"}, "limit": {"7"}}
		for name, value := range map[string]string{"kind": kind, "tag": tag, "sort": sort, "q": text, "breakdown": breakdown, "cursor": cursor} {
			if value != "" {
				query.Set(name, value)
			}
		}
		target.walk(t, "/api/v1/assets", query)
	})
}

// walk follows the pages of a list. Its rows are all different and as many as its total.
func (r *requestTarget) walk(t *testing.T, path string, query url.Values) {
	t.Helper()
	seen := map[string]bool{}
	for page := 0; page < 50; page++ {
		w := r.read(t, path, query)
		if w.Code != http.StatusOK {
			if page > 0 {
				t.Errorf("%s?%s: page %d: %d", path, query.Encode(), page, w.Code)
			}
			return
		}
		var list struct {
			Data []struct {
				ID    string
				Asset struct{ ID string } // of a hit
			}
			Links struct{ Next *string }
			Meta  struct{ Total *int }
		}
		if err := json.Unmarshal(w.Body.Bytes(), &list, json.MatchCaseInsensitiveNames(true)); err != nil {
			t.Fatal(err)
		}
		for _, row := range list.Data {
			id := row.ID + row.Asset.ID
			if seen[id] {
				t.Errorf("%s?%s: %s is there twice", path, query.Encode(), id)
			}
			seen[id] = true
		}
		if list.Links.Next == nil {
			if total := list.Meta.Total; total != nil && *total != len(seen) && query.Get("cursor") == "" {
				t.Errorf("%s?%s: %d rows of %d", path, query.Encode(), len(seen), *total)
			}
			return
		}
		next, err := url.Parse(*list.Links.Next)
		if err != nil {
			t.Fatal(err)
		}
		for name, values := range next.Query() {
			query[name] = values
		}
	}
}
