package apitest

import (
	"net/url"
	"regexp"
	"slices"
	"testing"
)

// hitNames searches and returns the names of the hits, sorted.
func (r *rig) hitNames(t *testing.T, query string) []string {
	t.Helper()
	names := texts(r.all(t, r.key, "/api/v1/search?limit=200&schema_id="+r.schema+"&q="+url.QueryEscape(query), "asset.attributes.name"))
	slices.Sort(names)
	return names
}

func TestPhrases(t *testing.T) { phrases(t, Options{}) }

func TestPhrasesOnPostgres(t *testing.T) { phrases(t, Options{Store: OnPostgres}) }

// A phrase finds those whose texts have its words one after the other, as a pattern over all texts of the project does,
// and the place of the match has them.
func phrases(t *testing.T, o Options) {
	t.Helper()
	t.Parallel()
	r := newRig(t, o)
	of := "schema_id=" + r.schema
	described, code := map[string][]string{}, map[string][]string{}
	for _, id := range texts(r.all(t, r.key, "/api/v1/assets?limit=200&kind=model,seed,snapshot,source&"+of, "id")) {
		asset := r.Get(t, "/api/v1/assets/"+id, r.key)
		name := asset.At(t, "data.attributes.name").(string)
		add := func(into map[string][]string, v any) {
			if text, ok := v.(string); ok {
				into[name] = append(into[name], text)
			}
		}
		add(described, asset.At(t, "data.attributes.description.value"))
		for _, c := range r.Get(t, "/api/v1/assets/"+id+"/columns?limit=200", r.key).At(t, "data").([]any) {
			add(described, At(c, "attributes.description.value"))
		}
		sql := r.Get(t, "/api/v1/assets/"+id+"/code", r.key)
		if sql.Status == 200 {
			add(code, sql.At(t, "data.attributes.raw"))
			add(code, sql.At(t, "data.attributes.compiled"))
		}
	}
	found := 0
	for _, c := range []struct {
		key, words, pattern string
		in                  map[string][]string
	}{
		{"description", "one row", `(?i)\bone[^a-z0-9]+row`, described},
		{"description", "row one", `(?i)\brow[^a-z0-9]+one`, described},
		{"description", "row per", `(?i)\brow[^a-z0-9]+per`, described},
		{"description", "per order", `(?i)\bper[^a-z0-9]+order`, described},
		{"code", "left join", `(?i)\bleft[^a-z0-9]+join`, code},
		{"code", "group by 1", `(?i)\bgroup[^a-z0-9]+by[^a-z0-9]+1\b`, code},
		{"code", "by group", `(?i)\bby[^a-z0-9]+group`, code},
	} {
		pattern := regexp.MustCompile(c.pattern)
		var want []string
		for name, all := range c.in {
			if slices.ContainsFunc(all, pattern.MatchString) {
				want = append(want, name)
			}
		}
		query := c.key + `:"` + c.words + `" kind:model,seed,snapshot,source`
		got := r.hitNames(t, query)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
		found += len(want)
		if again := r.hitNames(t, query); !slices.Equal(again, want) {
			t.Errorf("%s once more: %q, want %q", query, again, want)
		}
		if one := r.hitNames(t, query+" kind:seed"); len(one) > len(want) {
			t.Errorf("%s of a kind: %q", query, one)
		}
		all, without := r.hitNames(t, "kind:model,seed,snapshot,source"), r.hitNames(t, "-"+query)
		if len(without) != len(all)-len(want) {
			t.Errorf("-%s: %d of %d, %d have it", query, len(without), len(all), len(want))
		}
		if listed := r.all(t, r.key, "/api/v1/assets?limit=200&"+of+"&q="+url.QueryEscape(query), "attributes.name"); len(listed) != len(want) {
			t.Errorf("list of %s: %v", query, listed)
		}
	}
	if found < 10 {
		t.Errorf("%d hits of all phrases", found)
	}
	if got := r.hits(t, `"fct orders" kind:model`); len(got) == 0 || got[0] != "fct_orders exact name" {
		t.Errorf("%q", got)
	}
	if got := r.hits(t, `"marts fct_orders"`); len(got) == 0 || got[0] != "fct_orders word name" && got[0] != "fct_orders word relation" {
		t.Errorf("%q", got)
	}
}
