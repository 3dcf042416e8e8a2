package syncing

import (
	"path"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/bucket"
	"github.com/thalweg-data/thalweg/internal/dbt"
)

// candidate is an object that may be an artifact, by its name.
type candidate struct {
	bucket.Object
	kind   dbt.Kind
	folder string
}

// classify returns what an object is by its name. Below a search path it may be in any folder, and a manifest is a
// file whose name has "manifest" in it; without one only names at the root count, and a manifest's begins so.
func classify(o bucket.Object, prefix string, recursive bool) (candidate, bool) {
	below := strings.TrimPrefix(o.Key, prefix)
	name := path.Base(below)
	if !recursive && name != below {
		return candidate{}, false
	}
	stem, ok := strings.CutSuffix(strings.TrimSuffix(strings.ToLower(name), ".gz"), ".json")
	if !ok {
		return candidate{}, false
	}
	kind, ok := kindOf(stem, recursive)
	return candidate{Object: o, kind: kind, folder: path.Dir(below)}, ok
}

func kindOf(stem string, recursive bool) (dbt.Kind, bool) {
	for _, k := range []dbt.Kind{dbt.RunResults, dbt.SemanticManifest, dbt.Catalog, dbt.Sources} {
		if strings.HasPrefix(stem, string(k)) {
			return k, true
		}
	}
	if recursive && strings.Contains(stem, manifest) || strings.HasPrefix(stem, manifest) {
		return dbt.Manifest, true
	}
	return "", false
}

// listing is what a bucket has.
type listing struct {
	objects    int // listed, whatever they are
	candidates []candidate
}

// manifests returns the manifests, the one that was written last first.
func (l listing) manifests() []candidate {
	var out []candidate
	for _, c := range l.candidates {
		if c.kind == dbt.Manifest {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b candidate) int { return b.Modified.Compare(a.Modified) })
	return out
}

// inFolder returns the newest object of a kind in a folder.
func (l listing) inFolder(folder string, kind dbt.Kind) (newest candidate, ok bool) {
	for _, c := range l.candidates {
		if c.folder == folder && c.kind == kind && (!ok || c.Modified.After(newest.Modified)) {
			newest, ok = c, true
		}
	}
	return newest, ok
}

// results returns the run results, the one that was written first first.
func (l listing) results() []candidate {
	var out []candidate
	for _, c := range l.candidates {
		if c.kind == dbt.RunResults {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b candidate) int { return a.Modified.Compare(b.Modified) })
	return out
}

// owner returns the folder of the manifest that run results in a folder belong to: that folder, else the nearest one
// above it that has a manifest, else the only one that has one.
func owner(folder string, projects map[string]string) (project string, ok bool) {
	for at := folder; ; at = path.Dir(at) {
		if project, ok := projects[at]; ok {
			return project, true
		}
		if at == "." || at == "/" {
			break
		}
	}
	names := map[string]bool{}
	for _, p := range projects {
		names[p], project = true, p
	}
	return project, len(names) == 1
}

// newestFirst returns the candidates by time, at most as many as a trial shows.
func newestFirst(all []candidate) []candidate {
	sorted := slices.SortedStableFunc(slices.Values(all), func(a, b candidate) int { return b.Modified.Compare(a.Modified) })
	return sorted[:min(len(sorted), shown)]
}
