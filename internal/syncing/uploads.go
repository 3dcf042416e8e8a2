package syncing

import (
	"context"
	"fmt"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/dbt"
	"github.com/thalweg-data/thalweg/internal/store"
)

// maxFiles is how many files besides the manifest one import gets.
const maxFiles = 50

// uploads returns what was uploaded and not imported, as sets for imports: each manifest with what came with it. What
// came without a manifest goes with the newest one; results of other projects find theirs in the import.
func (r *run) uploads(ctx context.Context) ([]set, error) {
	r.report.Stage("collect")
	parts, err := r.Store.IntegrationParts(ctx, r.sync.WS, r.integration.ID)
	if err != nil {
		return nil, err
	}
	sets := setsOf(parts)
	for n := range sets {
		sets[n].ended = r.endUploads
	}
	return sets, nil
}

// endUploads keeps the newest manifest of an import that succeeded, for run results that come without one, and drops
// the others. What failed is dropped: the manifest before stays the one for what comes.
func (r *run) endUploads(ctx context.Context, imp catalog.Import) error {
	parts, err := r.Store.IntegrationParts(ctx, r.sync.WS, r.integration.ID)
	if err != nil {
		return err
	}
	for _, p := range parts {
		if p.Name != manifest || !slices.ContainsFunc(imp.Parts, func(of catalog.Part) bool { return of.SHA256 == p.SHA256 }) {
			continue
		}
		if imp.Status == catalog.Completed {
			err = r.Store.KeepManifest(ctx, r.sync, p.ID)
		} else {
			err = r.Store.DropManifest(ctx, r.sync, p.ID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

const (
	manifest   = string(dbt.Manifest)
	runResults = string(dbt.RunResults)
)

// setsOf arranges uploaded parts, which are in the order in which they came.
func setsOf(parts []store.UploadedPart) []set {
	newest := newestManifest(parts)
	if newest == nil {
		return nil // run results wait for their manifest
	}
	with := companions(parts, newest.ID)
	var sets []set
	for _, p := range parts {
		if p.Name == manifest && (!p.Taken || len(with[p.ID]) > 0) {
			sets = append(sets, uploadSets(p, with[p.ID])...)
		}
	}
	return sets
}

// newestManifest returns the manifest that came last; nil if there is none.
func newestManifest(parts []store.UploadedPart) *store.UploadedPart {
	for _, p := range slices.Backward(parts) {
		if p.Name == manifest {
			return &p
		}
	}
	return nil
}

// companions returns the parts that go with each manifest, by its id: those that came with it, and with the newest one
// those that came without any.
func companions(parts []store.UploadedPart, newest int64) map[int64][]store.UploadedPart {
	batches := map[int64]int64{} // batch → manifest
	for _, p := range parts {
		if p.Name == manifest {
			batches[p.Batch] = p.ID
		}
	}
	with := map[int64][]store.UploadedPart{}
	for _, p := range parts {
		if p.Name == manifest {
			continue
		}
		to, ok := batches[p.Batch]
		if !ok {
			to = newest
		}
		with[to] = append(with[to], p)
	}
	return with
}

// uploadSets returns the imports of a manifest: more than one if many files came with it.
func uploadSets(of store.UploadedPart, with []store.UploadedPart) []set {
	first := numbered(of, 0)
	if len(with) == 0 {
		return []set{{name: "the manifest that was uploaded", parts: []catalog.Part{first}}}
	}
	var sets []set
	for chunk := range slices.Chunk(with, maxFiles) {
		one := set{parts: append([]catalog.Part{first}, latestOfEach(chunk)...)}
		for _, p := range chunk {
			one.drop = append(one.drop, p.ID)
		}
		one.name = fmt.Sprintf("what was uploaded, %d files", len(one.parts))
		sets = append(sets, one)
	}
	return sets
}

// latestOfEach returns parts for an import: all run results, oldest first, and of the other kinds the last one.
func latestOfEach(parts []store.UploadedPart) []catalog.Part {
	var out []catalog.Part
	results := 0
	for n, p := range parts {
		if p.Name == runResults {
			out = append(out, numbered(p, results))
			results++
			continue
		}
		if !slices.ContainsFunc(parts[n+1:], func(later store.UploadedPart) bool { return later.Name == p.Name }) {
			out = append(out, numbered(p, 0))
		}
	}
	return out
}

func numbered(p store.UploadedPart, number int) catalog.Part {
	p.Number = number
	return p.Part
}
