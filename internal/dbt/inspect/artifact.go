package inspect

import (
	"bytes"
	"context"
	"io"
	"maps"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/thalweg-data/thalweg/internal/dbt"
)

// Artifact counts what is in an artifact of any kind: how many models, edges, columns or results there are, by the
// names under which they are published. Its memory grows with the number of nodes, not with their texts.
func Artifact(ctx context.Context, r io.Reader) (Stats, error) {
	n, err := inspect(ctx, r)
	if err != nil {
		return Stats{}, err
	}
	return n.stats(), nil
}

// inspector tallies one artifact. Until the kind is found, the tallies of all kinds are kept.
type inspector struct {
	*dbt.Walker
	kind      dbt.Kind // by schema URL
	metadata  dbt.Value
	generated dbt.Value // generated_at of the top level
	shape     shape
	oddities  Counts

	manifest manifestTally
	catalog  catalogTally
	run      runTally
	fresh    sourcesTally
	semantic semanticTally
	args     dbt.Value
	elapsed  dbt.Value
}

// shape is what distinguishes the kinds where the schema URL is missing.
type shape struct {
	nodes, stats            int  // entries of nodes seen; those among the first five that have stats
	results, timing, loaded int  // results seen; those at the start that have timing, max_loaded_at
	list                    bool // results is a list
}

func inspect(ctx context.Context, r io.Reader) (*inspector, error) {
	w, err := dbt.NewWalker(r, dbt.DefaultLimits(dbt.Manifest))
	if err != nil {
		return nil, err
	}
	n := &inspector{Walker: w}
	if err := n.Walk(ctx, func(section string, kind jsontext.Kind) error { return n.tally(ctx, section, kind) }); err != nil {
		return nil, err
	}
	if n.kind == "" {
		n.kind = n.kindByShape()
	}
	if n.kind == "" {
		return nil, n.Located(&dbt.Error{
			Code: dbt.CodeKindUnknown, Offset: -1, Detail: "this is not a dbt artifact",
			Remedy: "give a manifest, catalog, run results, sources or semantic manifest",
		})
	}
	n.countOddities()
	return n, nil
}

// tally counts one top-level member. A member that is repeated replaces what came before.
func (n *inspector) tally(ctx context.Context, section string, kind jsontext.Kind) error {
	n.begin(section, kind)
	switch kind {
	case jsontext.KindBeginObject:
		if section == "metadata" || section == "args" {
			break
		}
		seen := map[string]bool{}
		return n.Members(ctx, func(id string, raw dbt.Value) error {
			if seen[id] {
				n.oddities.add("duplicate_key", 1)
			}
			seen[id] = true
			n.entry(section, id, n.whole(raw))
			return nil
		})
	case jsontext.KindBeginArray:
		i := 0
		return n.Elements(ctx, func(raw dbt.Value) error {
			n.element(section, i, n.whole(raw))
			i++
			return nil
		})
	}
	v, err := n.Value()
	if err != nil {
		return err
	}
	n.scalar(section, n.whole(v))
	return nil
}

// whole notes what is odd about a raw value and drops repeated names.
func (n *inspector) whole(raw dbt.Value) dbt.Value {
	if bytes.Contains(raw, []byte(`\u0000`)) {
		n.oddities.set("nul_escape", 1)
	}
	if !utf8.Valid(raw) {
		n.oddities.set("not_utf8", 1)
	}
	fixed, repeats := n.WithoutRepeats(raw)
	if repeats > 0 {
		n.oddities.add("duplicate_key", repeats)
	}
	return fixed
}

// scalar takes the members of the top level that are read whole.
func (n *inspector) scalar(section string, v dbt.Value) {
	v = bytes.Clone(v)
	switch section {
	case "metadata":
		n.metadata = v
		if kind, version := dbt.ParseSchemaURL(v.Get("dbt_schema_version").Text()); version >= 0 {
			n.kind = kind
		}
	case "generated_at":
		n.generated = v
	case "args":
		n.args = v
	case "elapsed_time":
		n.elapsed = v
	}
}

func (n *inspector) begin(section string, kind jsontext.Kind) {
	if n.kind == "" || n.kind == dbt.Manifest {
		n.manifest.begin(section, kind)
	}
	if n.kind == "" || n.kind == dbt.Catalog {
		n.catalog.begin(section, kind)
	}
	if section == "results" {
		n.shape.results, n.shape.timing, n.shape.loaded = 0, 0, 0
		n.shape.list = kind == jsontext.KindBeginArray
		n.run, n.fresh.results = runTally{}, nil
	}
	if section == "sources" {
		n.fresh.sources = nil
	}
	if section == "nodes" {
		n.shape.nodes, n.shape.stats = 0, 0
	}
	n.semantic.begin(section)
}

func (n *inspector) entry(section, id string, v dbt.Value) {
	if section == "nodes" {
		if n.shape.nodes++; n.shape.nodes <= 5 && v.Get("stats") != nil {
			n.shape.stats++
		}
	}
	if n.kind == "" || n.kind == dbt.Manifest {
		n.manifest.entry(section, id, v)
	}
	if n.kind == "" || n.kind == dbt.Catalog {
		n.catalog.entry(section, id, v)
	}
	if section == "sources" && (n.kind == "" || n.kind == dbt.Sources) {
		n.fresh.sources = append(n.fresh.sources, freshTallyOf(v))
	}
}

func (n *inspector) element(section string, i int, v dbt.Value) {
	switch section {
	case "results":
		n.shape.results++
		if i < 3 && v.Get("timing") != nil {
			n.shape.timing++
		}
		if i < 50 && v.Get("max_loaded_at") != nil {
			n.shape.loaded++
		}
		if n.kind == "" || n.kind == dbt.RunResults {
			n.run.result(v)
		}
		if n.kind == "" || n.kind == dbt.Sources {
			n.fresh.results = append(n.fresh.results, freshTallyOf(v))
		}
	case "semantic_models", "metrics", "saved_queries":
		n.semantic.element(section, v)
	}
	if n.kind == "" || n.kind == dbt.Manifest {
		n.manifest.element(section, v)
	}
	n.catalog.element(section)
}

// kindByShape finds the kind by the sections that are there.
func (n *inspector) kindByShape() dbt.Kind {
	switch {
	case n.Sections()["macros"] && n.Sections()["nodes"]:
		return dbt.Manifest
	case n.shape.stats > 0:
		return dbt.Catalog
	case n.shape.list && (n.Sections()["args"] || n.shape.timing > 0):
		if n.shape.loaded > 0 {
			return dbt.Sources
		}
		return dbt.RunResults
	case n.Sections()["semantic_models"] && !n.Sections()["nodes"]:
		return dbt.SemanticManifest
	}
	return ""
}

func (n *inspector) countOddities() {
	for word, c := range n.NonFinite() {
		if c > 0 {
			n.oddities.set("const_"+word, c)
		}
	}
	if n.ByteOrderMark() {
		n.oddities.set("bom", 1)
	}
	if c := n.RepeatedSections(); c > 0 {
		n.oddities.add("duplicate_key", c)
	}
}

// stats closes the tally of the kind that the file turned out to be.
func (n *inspector) stats() Stats {
	st := Stats{Kind: n.kind}
	switch n.kind {
	case dbt.Manifest:
		st.Manifest = n.manifest.stats(n.origin(), n.metadata, slices.Sorted(maps.Keys(n.Sections())))
	case dbt.Catalog:
		st.Catalog = n.catalog.stats(n.origin())
	case dbt.RunResults:
		st.RunResults = n.run.stats(n.origin(), n.elapsed, n.args)
	case dbt.Sources:
		st.Sources = n.fresh.stats(n.origin(), n.shape.list)
	case dbt.SemanticManifest:
		st.SemanticManifest = n.semantic.stats(n.Unpacked())
	}
	st.setOddities(n.oddities)
	return st
}

// origin is what the reports of all kinds start with.
func (n *inspector) origin() Origin {
	o := Origin{Kind: n.kind, Bytes: n.Unpacked(), DBTVersion: written(n.metadata.Get("dbt_version"))}
	if _, version := dbt.ParseSchemaURL(n.metadata.Get("dbt_schema_version").Text()); version >= 0 {
		s := "v" + strconv.Itoa(version)
		o.SchemaVersion = &s
	}
	o.GeneratedAt = written(n.metadata.Get("generated_at"))
	if !truthy(n.metadata.Get("generated_at")) {
		o.GeneratedAt = written(n.generated)
	}
	return o
}
