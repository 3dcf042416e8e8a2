package bench

import (
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// BenchmarkServerReads asks a real server for every kind of page, 50 times a second each,
// over three schemas of the project; then again while new versions come. The health
// check is the baseline of each figure: what any request costs.
func BenchmarkServerReads(b *testing.B) {
	dir := projectDir(b)
	s := start(b, serverBinary(b), b.TempDir())
	seconds := time.Duration(setting(b, "SECONDS", 4)) * time.Second
	full := files(filepath.Join(dir, "first"), "manifest", "catalog", "run_results", "sources")
	var schemas []string
	var imports []string
	for n := range 3 {
		schema := s.newSchema(fmt.Sprintf("Reads %d", n))
		id, _, _ := s.upload(schema, full)
		s.await(id)
		schemas, imports = append(schemas, schema), append(imports, id)
	}
	fmt.Printf("three schemas: anonymous %.0f MB\n", s.anonymous())
	p := s.pages(schemas[0])

	first := time.Now()
	s.call(http.MethodGet, p.columnLineage[0], "", nil, nil)
	fmt.Printf("first column lineage of a version: %.0f ms\n", ms(time.Since(first)))
	for _, kind := range p.kinds(schemas, imports[0]) {
		s.load(seconds, nil, s.get(kind.paths...)).print(kind.name)
	}
	fmt.Printf("after all reads: anonymous %.0f MB\n", s.anonymous())
	s.readsUnderImport(full[:2], p)
	s.readsUnderVersions(schemas[0], p)
}

// pageKind is one kind of page and addresses of it.
type pageKind struct {
	name  string
	paths []string
}

// pages are addresses of one schema, all over the project.
type pages struct {
	schema                                                  string
	asset, columns, changes, lineage, columnLineage, impact []string
	runs                                                    []string
}

type named struct {
	Data []struct {
		ID         string `json:"id"`
		Attributes struct {
			Name string `json:"name"`
		} `json:"attributes"`
	} `json:"data"`
	Links struct {
		Next *string `json:"next"`
	} `json:"links"`
}

// pages picks some models of each layer, a column of each, and a run.
func (s *server) pages(schema string) pages {
	p := pages{schema: schema}
	for _, tag := range []string{"staging", "intermediate", "marts"} {
		var list named
		s.call(http.MethodGet, "/api/v1/assets?limit=200&kind=model&tag="+tag+"&schema_id="+schema, "", nil, &list)
		for n := 5; n < len(list.Data); n += 12 {
			one := list.Data[n]
			asset := "/api/v1/assets/" + one.ID
			var columns named
			s.call(http.MethodGet, asset+"/columns", "", nil, &columns)
			column := columns.Data[n%len(columns.Data)].Attributes.Name
			p.asset = append(p.asset, asset)
			p.columns = append(p.columns, asset+"/columns")
			p.changes = append(p.changes, asset+"/changes")
			p.lineage = append(p.lineage, "/api/v1/lineage?schema_id="+schema+"&select="+url.QueryEscape("3+"+one.Attributes.Name+"+3"))
			p.columnLineage = append(p.columnLineage, asset+"/columns/"+column+"/lineage")
			p.impact = append(p.impact, "/api/v1/impact?asset="+one.ID+"&column="+column)
		}
	}
	var runs named
	s.call(http.MethodGet, "/api/v1/runs?limit=1&schema_id="+schema, "", nil, &runs)
	if len(p.asset) == 0 || len(runs.Data) == 0 {
		s.b.Fatal("no model or no run to look at")
	}
	p.runs = []string{"/api/v1/runs/" + runs.Data[0].ID}
	return p
}

func each(schemas []string, format string) []string {
	paths := make([]string, len(schemas))
	for n, schema := range schemas {
		paths[n] = strings.ReplaceAll(format, "SCHEMA", schema)
	}
	return paths
}

// kinds are all pages of the read benchmark.
func (p pages) kinds(schemas []string, imp string) []pageKind {
	one := schemas[:1]
	return []pageKind{
		{"baseline: health check", []string{"/healthcheck"}},
		{"import status", []string{"/api/v1/dbt_imports/" + imp}},
		{"schemas", []string{"/api/v1/schemas"}},
		{"one-row list, one schema", each(one, "/api/v1/assets?limit=1&schema_id=SCHEMA")},
		{"one-row list, three schemas in turn", each(schemas, "/api/v1/assets?limit=1&schema_id=SCHEMA")},
		{"list with filter and sort", each(one, "/api/v1/assets?kind=model&tag=marts&sort=-updated_at&limit=50&schema_id=SCHEMA")},
		{"list with breakdown", each(one, "/api/v1/assets?limit=1&breakdown=kind,tag,owner&schema_id=SCHEMA")},
		{"list with q=", []string{
			"/api/v1/assets?limit=20&q=customer&schema_id=" + p.schema, "/api/v1/assets?limit=20&q=04711&schema_id=" + p.schema,
			"/api/v1/assets?limit=20&q=ranked&schema_id=" + p.schema,
		}},
		{"tests?status=fail", each(one, "/api/v1/tests?status=fail&limit=50&schema_id=SCHEMA")},
		{"asset page", p.asset},
		{"columns of an asset", p.columns},
		{"changes of an asset", p.changes},
		{"changes feed", each(one, "/api/v1/changes?limit=50&schema_id=SCHEMA")},
		{"3-hop lineage", p.lineage},
		{"column lineage, both ways, all depths", p.columnLineage},
		{"impact of a column", p.impact},
		{"one run", p.runs},
		{"runs", each(one, "/api/v1/runs?limit=50&schema_id=SCHEMA")},
	}
}

// readsUnderVersions reads while one model changes again and again: an import after the
// other, and pauses so that a new version comes every 2 to 3 seconds.
func (s *server) readsUnderVersions(schema string, p pages) {
	manifests := days(s.b, 6)
	s.mixedReads("while new versions come", p, func() error {
		for _, path := range manifests {
			began := time.Now()
			id, err := s.tryUpload(schema, []artifact{{name: "manifest", path: path}})
			if err == nil {
				_, err = s.tryAwait(id)
			}
			if err != nil {
				return err
			}
			time.Sleep(time.Until(began.Add(2500 * time.Millisecond)))
		}
		return nil
	})
}

// readsUnderImport reads while another schema gets its first import.
func (s *server) readsUnderImport(artifacts []artifact, p pages) {
	other := s.newSchema("Another")
	s.mixedReads("while another schema's first import runs", p, func() error {
		id, err := s.tryUpload(other, artifacts)
		if err == nil {
			_, err = s.tryAwait(id)
		}
		return err
	})
}

// mixedReads sends four kinds of requests in turn, 50 per second together, until the
// work that goes on at the same time has ended.
func (s *server) mixedReads(label string, p pages, work func() error) {
	kinds := []pageKind{
		{"one-row list", each([]string{p.schema}, "/api/v1/assets?limit=1&schema_id=SCHEMA")},
		{"asset page", p.asset},
		{"3-hop lineage", p.lineage},
		{"column lineage", p.columnLineage},
	}
	done := make(chan struct{})
	var failure error
	go func() {
		defer close(done)
		failure = work()
	}()
	loads := make([]load, len(kinds))
	var mu sync.Mutex
	began := time.Now()
	all := s.load(2*time.Minute, done, func(n int) (int, error) {
		k := n % len(kinds)
		due := time.Now()
		status, err := s.get(kinds[k].paths...)(n / len(kinds))
		mu.Lock()
		defer mu.Unlock()
		loads[k].sent++
		loads[k].took = append(loads[k].took, time.Since(due))
		return status, err
	})
	<-done
	if failure != nil {
		s.b.Fatal(failure)
	}
	fmt.Printf("reads %s, %.1f s: %s\n", label, time.Since(began).Seconds(), all)
	for k, kind := range kinds {
		slices.Sort(loads[k].took)
		fmt.Printf("  %-42s p50 %8.1f ms  p99 %8.1f ms of %d\n", kind.name, ms(loads[k].percentile(50)), ms(loads[k].percentile(99)), loads[k].sent)
	}
}
