package importing

import (
	"context"
	"fmt"
	"io"

	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Names of the parts of an import.
const (
	partManifest   = "manifest"
	partCatalog    = "catalog"
	partRunResults = "run_results"
	partSources    = "sources"
)

// opened is what of an import has to be read.
type opened struct {
	parts   []catalog.Part
	project catalog.ProjectID     // found by the bytes alone; 0 if not
	same    map[catalog.Part]bool // the same bytes as those that were applied last
}

// open finds the parts whose bytes are the last applied ones of their schema,
// project and kind. They need not even be opened.
func (j *job) open(ctx context.Context) (opened, error) {
	o := opened{parts: j.claim.Import.Parts, same: map[catalog.Part]bool{}}
	for _, p := range o.parts {
		project, same, err := j.Store.Applied(ctx, j.claim.WS, j.schema.ID, p.Name, p.SHA256, readerVersion)
		if err != nil {
			return o, fmt.Errorf("%s of %s: %w", p.Name, j.claim.Import.ID, err)
		}
		if !same || j.claim.Import.Force {
			continue
		}
		o.same[p] = true
		if p.Name == partManifest {
			o.project = project
		}
	}
	return o, nil
}

// named returns the parts with a name.
func (o opened) named(name string) []catalog.Part {
	var out []catalog.Part
	for _, p := range o.parts {
		if p.Name == name {
			out = append(out, p)
		}
	}
	return out
}

// unread returns the first part with a name if it has to be read.
func (o opened) unread(name string) (catalog.Part, bool) {
	for _, p := range o.named(name) {
		return p, !o.same[p]
	}
	return catalog.Part{}, false
}

// applied lists the bytes that an import has applied.
func (o opened) applied() []store.AppliedPart {
	var out []store.AppliedPart
	for _, name := range []string{partManifest, partCatalog, partRunResults, partSources} {
		named := o.named(name)
		if len(named) == 1 { // of several run results none is "the last"
			out = append(out, store.AppliedPart{Part: name, SHA256: named[0].SHA256, Reader: readerVersion})
		}
	}
	return out
}

// blob opens the stored bytes of a part.
func (j *job) blob(ctx context.Context, p catalog.Part) (io.ReadCloser, error) {
	hash, err := blob.ParseHash(p.SHA256)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.Name, err)
	}
	r, err := j.Blobs(j.claim.WS).Open(ctx, hash)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.Name, err)
	}
	return r, nil
}
