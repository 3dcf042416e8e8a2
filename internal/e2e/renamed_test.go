package e2e

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/apitest"
)

// unpacked is a set without its compression.
func unpacked(t *testing.T, a artifacts) artifacts {
	t.Helper()
	for _, part := range []*[]byte{&a.manifest, &a.catalog, &a.results, &a.sources} {
		r, err := gzip.NewReader(bytes.NewReader(*part))
		if err == nil {
			*part, err = io.ReadAll(r)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return a
}

// asStore is a state of the shop after its project was renamed to store.
func asStore(a artifacts) artifacts {
	kinds := []string{"model", "seed", "snapshot", "source", "test", "unit_test", "exposure", "metric", "semantic_model", "saved_query", "macro", "operation", "analysis", "doc", "group"}
	pairs := []string{`"project_name":"shop"`, `"project_name":"store"`, `"package_name":"shop"`, `"package_name":"store"`}
	for _, kind := range kinds {
		pairs = append(pairs, `"`+kind+`.shop.`, `"`+kind+`.store.`)
	}
	replace := func(b []byte) []byte { return []byte(strings.NewReplacer(pairs...).Replace(string(b))) }
	a.manifest, a.catalog, a.results, a.sources = replace(a.manifest), replace(a.catalog), replace(a.results), replace(a.sources)
	return a
}

// The runs of a project, the results of its nodes and tests and the freshness of its sources follow its new name,
// whichever came first; an older version shows what was known then.
func TestRunsOfARenamedProject(t *testing.T) {
	before, after := shopAt(0), asStore(unpacked(t, shopAt(1)))
	after.manifest = []byte(strings.Replace(string(after.manifest), `"project_id"`, `"project_id": "another", "former_id"`, 1))
	later := after
	later.results, later.sources = nil, nil
	plain := before
	plain.results, plain.sources = nil, nil
	same := newRig(t, nil)
	same.send(t, before)
	same.send(t, shopAt(1))
	want := same.history(t, "shop")
	orders := map[string][]artifacts{
		"before, after":                   {before, after},
		"after, before":                   {after, before},
		"results of the former name last": {plain, after, before},
	}
	for name, order := range orders {
		for store, open := range map[string]apitest.OpenStore{"SQLite": nil, "PostgreSQL": apitest.OnPostgres} {
			t.Run(name+" on "+store, func(t *testing.T) {
				r := newRig(t, open)
				for _, a := range order {
					r.send(t, a)
				}
				if diff := cmp.Diff(want, r.history(t, "store")); diff != "" {
					t.Errorf("other results than those of a project that kept its name (-want +got):\n%s", diff)
				}
			})
		}
	}
	t.Run("without new results", func(t *testing.T) {
		r := newRig(t, nil)
		r.send(t, before)
		status := r.list(t, "/api/v1/tests?limit=200&sort=unique_id&schema_id="+r.schema, "attributes.latest.status")
		version := fmt.Sprint(r.Get(t, "/api/v1/schemas/"+r.schema, r.key).At(t, "data.attributes.version"))
		r.send(t, later)
		kept := newRig(t, nil)
		kept.send(t, before)
		unnamed := shopAt(1)
		unnamed.results, unnamed.sources = nil, nil
		kept.send(t, unnamed)
		if diff := cmp.Diff(kept.history(t, "shop"), r.history(t, "store")); diff != "" {
			t.Errorf("other results than those of a project that kept its name (-want +got):\n%s", diff)
		}
		then := r.list(t, "/api/v1/tests?limit=200&sort=unique_id&schema_id="+r.schema+"&at="+version, "attributes.latest.status")
		if !slices.Equal(then, status) {
			t.Errorf("at version %s tests have the results %q, had %q", version, then, status)
		}
		renamed := r.list(t, "/api/v1/projects?schema_id="+r.schema, "attributes.renamed_to")
		if ids := r.list(t, "/api/v1/projects?schema_id="+r.schema, "id"); renamed[0] != ids[1] || renamed[1] != "<nil>" {
			t.Errorf("projects %q are renamed to %q", ids, renamed)
		}
	})
}

// history is what the reads of runs and results return of a project, in its old name.
func (r *rig) history(t *testing.T, project string) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	of := "schema_id=" + r.schema
	read := func(name, address string, attributes ...string) {
		address += "&limit=200"
		for _, attribute := range attributes {
			values := r.list(t, address, "attributes."+attribute)
			for i := range values {
				values[i] = strings.ReplaceAll(values[i], ".store.", ".shop.")
			}
			out[name+" "+attribute] = values
		}
	}
	read("runs", "/api/v1/runs?project="+project+"&"+of, "invocation_id", "outcome", "usual")
	read("tests", "/api/v1/tests?sort=unique_id&"+of, "unique_id", "latest.status", "latest.failures", "latest.completed_at")
	read("slowest tests", "/api/v1/tests?sort=-execution_time&"+of, "unique_id")
	read("models", "/api/v1/assets?kind=model&sort=name&"+of, "name", "last_run.status", "last_run.invocation_id", "tests.pass", "tests.fail")
	read("failed", "/api/v1/assets?status=error&"+of, "name")
	read("freshness", "/api/v1/freshness?"+of, "unique_id", "status", "snapshotted_at")
	read("slow-downs", "/api/v1/slowdowns?factor=1&seconds=0&"+of, "unique_id")
	for _, asset := range r.list(t, "/api/v1/assets?sort=name&limit=200&"+of, "id") {
		page := r.Get(t, "/api/v1/assets/"+asset, r.key)
		name := fmt.Sprint(page.At(t, "data.attributes.kind"), " ", page.At(t, "data.attributes.name"))
		read(name, "/api/v1/assets/"+asset+"/runs?at=", "unique_id", "invocation_id", "status", "usual")
		if strings.HasPrefix(name, "source") {
			read(name, "/api/v1/assets/"+asset+"/freshness?at=", "snapshotted_at", "status")
		}
	}
	for _, test := range r.list(t, "/api/v1/tests?sort=unique_id&limit=200&"+of, "id") {
		id := fmt.Sprint(r.Get(t, "/api/v1/tests/"+url.PathEscape(test)+"/history", r.key).At(t, "data.attributes.unique_id"))
		read(strings.ReplaceAll(id, ".store.", ".shop."), "/api/v1/tests/"+url.PathEscape(test)+"/history?class=", "status", "invocation_id")
	}
	return out
}
