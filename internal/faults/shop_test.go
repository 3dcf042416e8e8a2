//go:build linux

package faults

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/examples/shop"
)

// artifacts of one upload, plain JSON; an empty one is not sent.
type artifacts struct{ manifest, catalog, results, sources []byte }

type part struct {
	name    string
	content []byte
}

func (a artifacts) parts() []part {
	all := []part{{"manifest", a.manifest}, {"catalog", a.catalog}, {"run_results", a.results}, {"sources", a.sources}}
	return slices.DeleteFunc(all, func(p part) bool { return len(p.content) == 0 })
}

// before and after are the two states of the example shop, a week apart.
func before(tb testing.TB) artifacts { return stateOf(tb, 0) }
func after(tb testing.TB) artifacts  { return stateOf(tb, 1) }

func stateOf(tb testing.TB, n int) artifacts {
	tb.Helper()
	s := shop.States()[n]
	return artifacts{plain(tb, s.Manifest), plain(tb, s.Catalog), plain(tb, s.RunResults), plain(tb, s.Sources)}
}

func plain(tb testing.TB, packed []byte) []byte {
	tb.Helper()
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		tb.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// document is an artifact taken apart, to be changed.
type document map[string]any

func parse(tb testing.TB, artifact []byte) document {
	tb.Helper()
	var d document
	if err := json.Unmarshal(artifact, &d); err != nil {
		tb.Fatal(err)
	}
	return d
}

func (d document) bytes(tb testing.TB) []byte {
	tb.Helper()
	b, err := json.Marshal(d)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func (d document) section(name string) map[string]any {
	m, _ := d[name].(map[string]any)
	return m
}

// node gives a node of a manifest.
func (d document) node(id string) map[string]any {
	m, _ := d.section("nodes")[id].(map[string]any)
	return m
}

// generated sets when the artifact says that it was made.
func (d document) generated(at time.Time) document {
	d.section("metadata")["generated_at"] = at.UTC().Format("2006-01-02T15:04:05.000000Z")
	return d
}

// drop takes nodes out of a manifest, and out of its maps.
func (d document) drop(ids ...string) document {
	gone := func(v any) bool { s, _ := v.(string); return slices.Contains(ids, s) }
	for _, name := range []string{"nodes", "sources", "parent_map", "child_map", "unit_tests", "exposures", "metrics", "semantic_models"} {
		section := d.section(name)
		maps.DeleteFunc(section, func(id string, _ any) bool { return gone(id) })
		if !strings.HasSuffix(name, "_map") {
			continue
		}
		for id, list := range section {
			if links, ok := list.([]any); ok {
				section[id] = slices.DeleteFunc(links, gone)
			}
		}
	}
	return d
}

// tablesOf lists the models, seeds and snapshots of a manifest, in order.
func (d document) tables() []string {
	var ids []string
	for _, id := range slices.Sorted(maps.Keys(d.section("nodes"))) {
		kind, _, _ := strings.Cut(id, ".")
		if kind == "model" || kind == "seed" || kind == "snapshot" {
			ids = append(ids, id)
		}
	}
	return ids
}

// manifestOnly changes the manifest of a state and leaves the rest out.
func manifestOnly(tb testing.TB, a artifacts, change func(document)) artifacts {
	tb.Helper()
	d := parse(tb, a.manifest)
	change(d)
	return artifacts{manifest: d.bytes(tb)}
}

func sorted(s []string) []string { return slices.Sorted(slices.Values(s)) }
