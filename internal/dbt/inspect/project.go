package inspect

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/thalweg-data/thalweg/internal/dbt"
)

// File is one file of a project: its base name and how to open it.
type File struct {
	Name string
	Open func() (io.ReadCloser, error)
}

// ProjectStats are the counts of the artifacts of one project, each nil where there is no such artifact, and
// the counts that join them. Of several manifests, catalogs or run results the first is taken.
type ProjectStats struct {
	Unreadable       map[string]string `json:"unreadable,omitempty"` // by file: why
	Manifest         *ManifestStats    `json:"manifest,omitempty"`
	Catalog          *CatalogStats     `json:"catalog,omitempty"`
	RunResults       *RunStats         `json:"run_results,omitempty"`
	Sources          *SourcesStats     `json:"sources,omitempty"`
	SemanticManifest *SemanticStats    `json:"semantic_manifest,omitempty"`
	Oddities         map[string]Counts `json:"oddities,omitempty"` // by file
	Joined           JoinedStats       `json:"joined"`
}

// JoinedStats are counts over several artifacts, nil where one of them is missing.
type JoinedStats struct {
	CatalogTablesInManifest         *int `json:"catalog_tables_in_manifest,omitempty"`
	CatalogTablesNotInManifest      *int `json:"catalog_tables_not_in_manifest,omitempty"`
	ManifestDataNodesWithoutCatalog *int `json:"manifest_data_nodes_without_catalog,omitempty"`
	ColumnsInBothExact              *int `json:"columns_in_both_exact,omitempty"`
	ColumnsInBothFolded             *int `json:"columns_in_both_folded,omitempty"`
	ColumnsUnionFolded              *int `json:"columns_union_folded,omitempty"`
	ResultsInManifest               *int `json:"results_in_manifest,omitempty"`
	ResultsNotInManifest            *int `json:"results_not_in_manifest,omitempty"`
}

// Project counts what is in the artifacts of one project. A file that cannot be read as JSON is listed as unreadable,
// JSON that is not an artifact is skipped; an error is returned only if a file cannot be opened or read at all.
func Project(ctx context.Context, files []File) (ProjectStats, error) {
	var st ProjectStats
	var manifest, catalog, run *inspector
	for _, f := range files {
		n, err := inspectFile(ctx, f)
		var bad *dbt.Error
		switch {
		case errors.As(err, &bad) && bad.Code == dbt.CodeKindUnknown:
			continue
		case errors.As(err, &bad):
			if st.Unreadable == nil {
				st.Unreadable = map[string]string{}
			}
			st.Unreadable[f.Name] = bad.Error()
			continue
		case err != nil:
			return st, fmt.Errorf("artifact %s: %w", f.Name, err)
		}
		switch {
		case n.kind == dbt.Manifest && manifest == nil:
			manifest = n
		case n.kind == dbt.Catalog && catalog == nil:
			catalog = n
		case n.kind == dbt.RunResults && run == nil:
			run = n
		}
		st.add(f.Name, n)
	}
	st.Joined.join(manifest, catalog, run)
	return st, nil
}

func inspectFile(ctx context.Context, f File) (*inspector, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }() // only read from: nothing can be lost
	return inspect(ctx, r)
}

// add puts the counts of one file into the report.
func (st *ProjectStats) add(name string, n *inspector) {
	one := n.stats()
	one.setOddities(nil)
	switch {
	case one.Manifest != nil && st.Manifest == nil:
		st.Manifest = one.Manifest
	case one.Catalog != nil && st.Catalog == nil:
		st.Catalog = one.Catalog
	case one.RunResults != nil && st.RunResults == nil:
		st.RunResults = one.RunResults
	case one.Sources != nil:
		st.Sources = one.Sources
	case one.SemanticManifest != nil:
		st.SemanticManifest = one.SemanticManifest
	}
	if len(n.oddities) > 0 {
		if st.Oddities == nil {
			st.Oddities = map[string]Counts{}
		}
		st.Oddities[name] = n.oddities
	}
}

// join fills the counts of those artifacts that are there.
func (j *JoinedStats) join(manifest, catalog, run *inspector) {
	if manifest != nil && catalog != nil {
		j.joinCatalog(&manifest.manifest, &catalog.catalog)
	}
	if manifest != nil && run != nil {
		ids := manifest.manifest.ids()
		in := 0
		for _, id := range run.run.ids {
			in += b2i(ids[id])
		}
		out := len(run.run.ids) - in
		j.ResultsInManifest, j.ResultsNotInManifest = &in, &out
	}
}

func (j *JoinedStats) joinCatalog(m *manifestTally, c *catalogTally) {
	_, data := m.tables()
	var in, out, without, exact, folded, union int
	listed := map[string]*tableTally{}
	ids := map[string]bool{}
	for id := range data {
		ids[id] = true
	}
	for _, section := range []string{"nodes", "sources"} {
		for _, t := range c.sections[section] {
			if listed[t.id] == nil {
				listed[t.id] = t
			}
			ids[t.id] = true
			n := data[t.id]
			if n == nil {
				out++
				continue
			}
			in++
			exact += common(set(n.names), set(t.names))
			folded += common(foldedSet(n.names), foldedSet(t.names))
		}
	}
	for id := range ids {
		n, t := data[id], listed[id]
		all := map[string]bool{}
		if n != nil {
			without += b2i(t == nil && !n.ephemeral())
			all = foldedSet(n.names)
		}
		if t != nil {
			for name := range foldedSet(t.names) {
				all[name] = true
			}
		}
		union += len(all)
	}
	j.CatalogTablesInManifest, j.CatalogTablesNotInManifest = &in, &out
	j.ManifestDataNodesWithoutCatalog = &without
	j.ColumnsInBothExact, j.ColumnsInBothFolded, j.ColumnsUnionFolded = &exact, &folded, &union
}

func set(names []string) map[string]bool {
	s := make(map[string]bool, len(names))
	for _, n := range names {
		s[n] = true
	}
	return s
}

func foldedSet(names []string) map[string]bool {
	s := make(map[string]bool, len(names))
	for _, n := range names {
		s[strings.ToLower(n)] = true
	}
	return s
}

func common(a, b map[string]bool) int {
	n := 0
	for name := range a {
		n += b2i(b[name])
	}
	return n
}
