package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Bench measures what the goals are about: the first save of a project of
// 10,000 models, the index of it, a small save on top, one page.
func Bench(b *testing.B, open Open) {
	project := newProject(10_000)
	b.Run("first save", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			s, schema := benchStore(b, open)
			b.StartTimer()
			must(b, project.save(b.Context(), s, schema))
		}
	})
	s, schema := benchStore(b, open)
	must(b, project.save(b.Context(), s, schema))
	b.Run("index", func(b *testing.B) {
		for b.Loop() {
			get(s.Index(b.Context(), ws, schema))(b)
		}
	})
	b.Run("facets of 100 assets", func(b *testing.B) {
		for b.Loop() {
			get(s.FacetsOf(b.Context(), ws, schema, 0, project.ids(100)))(b)
		}
	})
	b.Run("facets of one asset", func(b *testing.B) {
		for b.Loop() {
			get(s.FacetsOf(b.Context(), ws, schema, 0, project.ids(1)))(b)
		}
	})
	b.Run("asset by relation", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.AssetByRelationKey(b.Context(), ws, schema, "no.such.table", 0); !errors.Is(err, catalog.ErrNotFound) {
				b.Fatal(err)
			}
		}
	})
	b.Run("tests", func(b *testing.B) {
		for b.Loop() {
			get(s.TestsOf(b.Context(), ws, schema, 0, 0, false))(b)
		}
	})
	b.Run("edges", func(b *testing.B) {
		for b.Loop() {
			get(s.EdgesOf(b.Context(), ws, schema, 0, 0))(b)
		}
	})
	b.Run("page by name", func(b *testing.B) {
		for b.Loop() {
			get(s.AssetPage(b.Context(), ws, store.AssetFilter{Schema: schema}, store.Page{}))(b)
		}
	})
	b.Run("asset", func(b *testing.B) {
		for b.Loop() {
			_, _, err := s.Asset(b.Context(), ws, 5000, 0)
			must(b, err)
		}
	})
	b.Run("save of 100 changed assets", func(b *testing.B) {
		for b.Loop() {
			must(b, saveUnder(b.Context(), s, schema, func(w *store.Write) error { return w.PutAssets(b.Context(), project.assets[:100]) }))
		}
	})
	b.Run("another writer during a first save", func(b *testing.B) {
		for b.Loop() {
			b.ReportMetric(float64(longestWait(b, open, project).Milliseconds()), "ms-longest-wait")
		}
	})
}

func benchStore(b *testing.B, open Open) (*store.Store, catalog.SchemaID) {
	b.Helper()
	s := open(b, time.Now)
	schema := get(s.CreateSchema(b.Context(), ws, "bench", "", store.By{}))(b)
	return s, schema.ID
}

// longestWait saves a project while imports are created, and returns the
// longest time that one took.
func longestWait(b *testing.B, open Open, p *project) (longest time.Duration) {
	b.Helper()
	s, schema := benchStore(b, open)
	saved := make(chan error, 1)
	go func() { saved <- p.save(b.Context(), s, schema) }()
	for {
		select {
		case err := <-saved:
			must(b, err)
			return longest
		case <-time.After(5 * time.Millisecond):
		}
		began := time.Now()
		_, _, err := s.CreateImport(b.Context(), ws, store.NewImport{SchemaID: schema, Parts: parts, Touch: touch(b, s, parts...)})
		must(b, err)
		longest = max(longest, time.Since(began))
	}
}

// saveUnder makes a version under a lease of its own.
func saveUnder(ctx context.Context, s *store.Store, schema catalog.SchemaID, write func(*store.Write) error) error {
	l, err := s.LeaseSchema(ctx, ws, schema, "bench", time.Minute)
	if err != nil {
		return err
	}
	w, err := s.Begin(ctx, l)
	if err != nil {
		return err
	}
	if err := write(w); err != nil {
		return err
	}
	if err := w.Flip(ctx, store.Flip{Actor: named("bench")}); err != nil {
		return err
	}
	return s.ReleaseLease(ctx, l)
}

// project is what a dbt project with that many models adds to the store.
type project struct {
	assets []store.AssetRow
	facets []catalog.Facet
	tests  []catalog.Test
	edges  []catalog.Edge
	texts  map[catalog.Hash]string
}

func (p *project) save(ctx context.Context, s *store.Store, schema catalog.SchemaID) error {
	return saveUnder(ctx, s, schema, func(w *store.Write) error {
		for _, put := range []func() error{
			func() error { return s.PutTexts(ctx, ws, p.texts) },
			func() error { return w.PutAssets(ctx, p.assets) },
			func() error { return w.PutFacets(ctx, p.facets) },
			func() error { return w.PutTests(ctx, p.tests) },
			func() error { return w.PutEdges(ctx, p.edges) },
		} {
			if err := put(); err != nil {
				return err
			}
		}
		return nil
	})
}

func (p *project) ids(n int) []catalog.AssetID {
	ids := make([]catalog.AssetID, n)
	for i := range ids {
		ids[i] = p.assets[i*len(p.assets)/n].ID
	}
	return ids
}

func newProject(models int) *project {
	p := &project{texts: map[catalog.Hash]string{}}
	for i := range models {
		raw, compiled := sqlText(i, "ref"), sqlText(i, "main")
		p.texts[catalog.HashOfText(raw)], p.texts[catalog.HashOfText(compiled)] = raw, compiled
	}
	for i := range models + models/5 {
		p.add(i)
	}
	for i := range 3 * models {
		asset := catalog.AssetID(1 + i%len(p.assets))
		id := fmt.Sprintf("test.shop.not_null_model_%d_column_%d.%x", asset, i%17, catalog.HashOfText(fmt.Sprint(i)))
		p.tests = append(p.tests, catalog.Test{
			ID: catalog.TestID(i + 1), Project: 1, UniqueID: id, Asset: asset, Hash: catalog.HashOfText(id),
			Body: catalog.TestBody{
				Name: id[10:40], Kind: "generic", Test: "not_null", Column: fmt.Sprintf("column_%d", i%17), Severity: "error", Package: "shop",
				Path: fmt.Sprintf("models/marts/area_%d/schema.yml", i%40), Args: map[string]string{"column_name": `"column"`, "model": `"ref"`}, Enabled: true,
			},
		})
	}
	for i := range 2 * models {
		to := catalog.AssetID(1 + i/2)
		p.edges = append(p.edges, catalog.Edge{
			Project: 1, From: 1 + (to*7+catalog.AssetID(i%2)*131)%catalog.AssetID(len(p.assets)), To: to,
			Type: catalog.EdgeDerived, Confidence: catalog.ConfidenceMedium, Source: catalog.SourceDBTImport,
		})
	}
	return p
}

// add appends a model or source with its facets of manifest and catalog.
func (p *project) add(i int) {
	id, name := catalog.AssetID(i+1), fmt.Sprintf("fct_area_%d_model_%d", i%40, i)
	unique := "model.shop." + name
	dbt := &catalog.DBT{
		UniqueID: unique, ResourceType: "model", PackageName: "shop", Path: "marts/" + name + ".sql", OriginalFilePath: "models/marts/" + name + ".sql",
		FQN: []string{"shop", "marts", name}, Alias: name,
	}
	code := &catalog.Code{Checksum: catalog.HashOfText(name).String(), Raw: catalog.HashOfText(name + "r"), Compiled: catalog.HashOfText(name + "c")}
	relation := catalog.Relation{Platform: "snowflake", Database: "ANALYTICS", Schema: "MARTS", Identifier: strings.ToUpper(name), Text: "ANALYTICS.MARTS." + name}
	said := fmt.Sprintf("The table %s holds one row for each event of area %d, cleaned and deduplicated.", name, i%40)
	row := store.AssetRow{Hash: catalog.HashOfText(name), Asset: catalog.Asset{
		ID: id, Kind: catalog.KindModel, Name: name, Project: 1, Relation: relation,
		RelationKey: "analytics.marts." + name, Description: catalog.Text{Value: said, Origin: "dbt:shop", Cause: catalog.ImportCause(1)}, Owners: []string{fmt.Sprintf("team-%d", i%9)},
		Tags: []string{"daily", fmt.Sprintf("area_%d", i%40)}, Materialized: "table", DBT: dbt, Code: code, Present: true, ColumnCount: 17,
		Nodes: []catalog.NodeRef{{Project: 1, UniqueID: unique}},
	}}
	manifest := catalog.Facet{
		Asset: id, Origin: "dbt:shop", Source: catalog.FromManifest, UniqueID: unique, Project: 1, Hash: catalog.HashOfText(unique), Cause: catalog.ImportCause(1),
		Body: catalog.Body{
			Kind: catalog.KindModel, Name: name, Relation: relation, Materialized: "table", Description: said, Tags: row.Tags, DBT: dbt, Code: code,
			Config: []byte(`{"enabled":true,"materialized":"table","on_schema_change":"ignore","persist_docs":{},"tags":["daily"]}`),
		},
	}
	docs := catalog.Facet{Asset: id, Origin: "dbt:shop", Source: catalog.FromCatalog, UniqueID: unique, Project: 1, Hash: catalog.HashOfText(unique + "c"), Cause: catalog.ImportCause(1)}
	for k := range 17 {
		column, kind := fmt.Sprintf("column_%d", k), []string{"NUMBER(38,0)", "TEXT", "TIMESTAMP_NTZ(9)"}[k%3]
		about := fmt.Sprintf("Column %d of %s, as the source tells it.", k, name)
		row.Columns = append(row.Columns, catalog.Column{
			Name: column, Ordinal: k + 1, Type: catalog.Type{Native: kind, Canonical: "string"},
			Description: catalog.Text{Value: about, Origin: "dbt:shop", Cause: catalog.ImportCause(1)}, Present: true,
		})
		manifest.Body.Columns = append(manifest.Body.Columns, catalog.BodyColumn{Name: column, Ordinal: k + 1, Description: about})
		docs.Body.Columns = append(docs.Body.Columns, catalog.BodyColumn{Name: strings.ToUpper(column), Ordinal: k + 1, NativeType: kind})
	}
	p.assets = append(p.assets, row)
	p.facets = append(p.facets, manifest, docs)
}

// sqlText is SQL of about 2.5 kB.
func sqlText(i int, from string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "with source as (select * from %s_%d)\nselect\n", from, i)
	for k := 0; b.Len() < 2500; k++ {
		fmt.Fprintf(&b, "    coalesce(source.column_%d_%x, 0) as column_%d,\n", k, (i*7919+k*104729)%65536, k)
	}
	return b.String() + "from source"
}
