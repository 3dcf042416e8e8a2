package apitest

import (
	"cmp"
	"math"
	"net/url"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/access"
)

func TestOwners(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(t *testing.T, s *Server) {
		key := s.Key(t, access.AdminWorkspace)
		schema := s.Schema(t, "shop")
		importShop(t, s, key, schema, false)
		before := ownersAre(t, s, key, "schema_id="+schema)
		if _, ok := before["a/b %2F?"]; ok || len(before) < 4 {
			t.Fatalf("owners %v", before)
		}
		table := tableID(t, s, key, schema, "model.shop.dim_products")
		if r := s.Send(t, "PATCH", "/api/v1/assets/"+table, key, `{"owners":["a/b %2F?"]}`); r.Status != 200 {
			t.Fatalf("%d %s", r.Status, r.Body)
		}
		if after := ownersAre(t, s, key, "schema_id="+schema); after["a/b %2F?"] != 1 {
			t.Errorf("owners after an edit: %v", after)
		}
		importShop(t, s, key, schema, true)
		ownersAre(t, s, key, "schema_id="+schema)
		if diff := gocmp.Diff(before, ownersAre(t, s, key, "at=1&schema_id="+schema)); diff != "" {
			t.Errorf("owners of version 1 (-want +got)\n%s", diff)
		}
		zoe := s.Get(t, "/api/v1/owners/"+url.PathEscape("Zoë Brontë")+"?schema_id="+schema, key)
		if diff := gocmp.Diff([]any{"zoe@fennel-and-rye.example"}, zoe.At(t, "data.attributes.emails")); diff != "" {
			t.Errorf("addresses (-want +got)\n%s", diff)
		}
		if diff := gocmp.Diff([]any{"growth"}, zoe.At(t, "data.attributes.groups")); diff != "" {
			t.Errorf("groups (-want +got)\n%s", diff)
		}
		for path, status := range map[string]int{
			"/api/v1/owners/nobody?schema_id=" + schema:      404,
			"/api/v1/owners/@finanse?schema_id=" + schema:    404,
			"/api/v1/owners?schema_id=SCH-987654":            404,
			"/api/v1/owners":                                 400,
			"/api/v1/owners?sort=assets&schema_id=" + schema: 400,
		} {
			r := s.Get(t, path, key)
			if r.Status != status || strings.Contains(path, "@finanse") && !strings.Contains(string(r.Body), "did you mean @finance") {
				t.Errorf("%s: %d %s", path, r.Status, r.Body)
			}
		}
	})
}

// ownersAre compares what is replied of owners with what the lists of their assets add up to, and returns how many assets each has.
func ownersAre(t *testing.T, s *Server, key, of string) map[string]float64 {
	t.Helper()
	want := s.Get(t, "/api/v1/assets?breakdown=owner&limit=1&"+of, key).At(t, "meta.breakdown.owner").(map[string]any)
	names := texts(s.all(t, key, "/api/v1/owners?limit=2&"+of, "attributes.name"))
	if !slices.IsSortedFunc(names, func(a, b string) int { return cmp.Compare(strings.ToLower(a), strings.ToLower(b)) }) || len(names) != len(want) {
		t.Errorf("owners %q, want the names of %v in order", names, want)
	}
	most := s.all(t, key, "/api/v1/owners?limit=3&sort=-assets&"+of, "attributes.assets")
	if !slices.IsSortedFunc(most, func(a, b any) int { return cmp.Compare(b.(float64), a.(float64)) }) || len(most) != len(want) {
		t.Errorf("numbers of assets %v", most)
	}
	scores := map[string]float64{}
	for next := "/api/v1/health/tables?limit=200&" + of; next != ""; {
		page := s.Get(t, next, key)
		for _, row := range page.At(t, "data").([]any) {
			scores[At(row, "id").(string)] = At(row, "attributes.score").(float64)
		}
		next, _ = page.At(t, "links.next").(string)
	}
	out := map[string]float64{}
	for _, name := range names {
		owner := s.Get(t, "/api/v1/owners/"+url.PathEscape(name)+"?"+of, key)
		if owner.Status != 200 {
			t.Errorf("%s: %d %s", name, owner.Status, owner.Body)
			continue
		}
		out[name] = ownerIs(t, s, key, of, name, owner, scores)
	}
	return out
}

// ownerIs compares an owner with the list of its assets.
func ownerIs(t *testing.T, s *Server, key, of, name string, owner Reply, scores map[string]float64) float64 {
	t.Helper()
	kinds, tests := map[string]float64{}, map[string]float64{}
	assets, sum, scored := 0.0, 0.0, 0.0
	for next := "/api/v1/assets?limit=50&owner=" + url.QueryEscape(name) + "&" + of; next != ""; {
		page := s.Get(t, next, key)
		for _, asset := range page.At(t, "data").([]any) {
			assets++
			kinds[At(asset, "attributes.kind").(string)]++
			if counts, ok := At(asset, "attributes").(map[string]any)["tests"].(map[string]any); ok {
				for class, n := range counts {
					tests[class] += n.(float64)
				}
			}
			if score, ok := scores[At(asset, "id").(string)]; ok {
				sum, scored = sum+score, scored+1
			}
		}
		next, _ = page.At(t, "links.next").(string)
	}
	if got := owner.At(t, "data.attributes.assets"); got != assets {
		t.Errorf("%s: %v assets, want %v", name, got, assets)
	}
	if diff := gocmp.Diff(kinds, numbers(owner.At(t, "data.attributes.kinds"))); diff != "" {
		t.Errorf("%s: kinds (-want +got)\n%s", name, diff)
	}
	for class, n := range numbers(owner.At(t, "data.attributes.tests")) {
		if n != tests[class] {
			t.Errorf("%s: %v tests with %s, want %v", name, n, class, tests[class])
		}
	}
	if got := owner.At(t, "data.attributes.health.tables"); got != scored {
		t.Errorf("%s: %v tables, want %v", name, got, scored)
	}
	if score, ok := owner.At(t, "data.attributes.health.score").(float64); ok != (scored > 0) || ok && math.Abs(score-sum/scored) > 0.1 {
		t.Errorf("%s: score %v, want %v", name, score, sum/scored)
	}
	return assets
}
