package importing

import (
	"context"
	"fmt"
	"io"
	"math"

	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Names of the parts of an import.
const (
	partManifest    = "manifest"
	partCatalog     = "catalog"
	partRunResults  = "run_results"
	partSources     = "sources"
	partSemantic    = "semantic_manifest"
	partNodeColumns = "node_columns"
)

// opened is what of an import has to be read.
type opened struct {
	parts   []catalog.Part
	project catalog.ProjectID     // known by the manifest's bytes alone; 0 if not
	same    map[catalog.Part]bool // the very bytes that the project applied last
}

// open finds out whether the manifest's bytes are the last applied ones of a
// project of the schema: then it need not even be opened.
func (j *job) open(ctx context.Context) (opened, error) {
	o := opened{parts: j.claim.Import.Parts, same: map[catalog.Part]bool{}}
	for _, p := range o.named(partManifest) {
		project, err := j.appliedBy(ctx, 0, p)
		if err != nil {
			return o, err
		}
		if project != 0 {
			o.project, o.same[p] = project, true
		}
	}
	for _, p := range o.named(partNodeColumns) {
		if o.project == 0 {
			break
		}
		// They are read together with their manifest.
		project, err := j.appliedBy(ctx, o.project, p)
		if err != nil {
			return o, err
		}
		if project == 0 {
			o.project, o.same = 0, map[catalog.Part]bool{}
		}
	}
	return o, nil
}

// openOthers finds out the same of the other parts, once the project is known:
// projects may send equal bytes, such as the catalog of a package, and each of
// them has to apply them.
func (j *job) openOthers(ctx context.Context, o opened) error {
	for _, p := range o.parts {
		if p.Name == partManifest {
			continue
		}
		project, err := j.appliedBy(ctx, j.project.ID, p)
		if err != nil {
			return err
		}
		o.same[p] = project != 0
	}
	return nil
}

// appliedBy returns the project whose last applied part of this kind had these
// bytes: the given one, or any if it is 0. It returns 0 if there is none, or the
// import is forced.
func (j *job) appliedBy(ctx context.Context, project catalog.ProjectID, p catalog.Part) (catalog.ProjectID, error) {
	if j.claim.Import.Force {
		return 0, nil
	}
	part := store.AppliedPart{Part: p.Name, SHA256: p.SHA256, Reader: readerVersion}
	project, _, err := j.Store.Applied(ctx, j.claim.WS, j.schema.ID, project, part)
	if err != nil {
		return 0, fmt.Errorf("%s of %s: %w", p.Name, j.claim.Import.ID, err)
	}
	return project, nil
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

// applied lists the bytes that an import has applied, without those of late parts:
// a project's last applied bytes are those of its newest artifact.
func (o opened) applied(late map[string]bool) []store.AppliedPart {
	var out []store.AppliedPart
	for _, name := range []string{partManifest, partCatalog, partRunResults, partSources, partSemantic, partNodeColumns} {
		named := o.named(name)
		if len(named) == 1 && !late[name] { // of several run results none is "the last"
			out = append(out, store.AppliedPart{Part: name, SHA256: named[0].SHA256, Reader: readerVersion})
		}
	}
	return out
}

// blob opens the stored bytes of a part. Reading them ends in blob.ErrDamaged
// if they are not those that came.
func (j *job) blob(ctx context.Context, p catalog.Part) (io.ReadCloser, error) {
	hash, err := blob.ParseHash(p.SHA256)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.Name, err)
	}
	r, err := openChecked(ctx, j.Blobs(j.claim.WS), blob.Sum{Hash: hash, Size: p.Size, Checksum: p.Checksum})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.Name, err)
	}
	return r, nil
}

// intact reads a part once and returns blob.ErrDamaged if its bytes are not those
// that came: nothing of a damaged artifact is parsed, or taken for what dbt wrote.
func (j *job) intact(ctx context.Context, p catalog.Part) error {
	r, err := j.blob(ctx, p)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // only read
	// io.Discard would read small pieces.
	_, err = io.CopyBuffer(struct{ io.Writer }{io.Discard}, contextReader{ctx, r}, make([]byte, aheadBytes))
	if err != nil {
		return fmt.Errorf("%s: %w", p.Name, err)
	}
	return nil
}

// whyUnread returns why a part could not be read: damage, or else what the reader found.
func (j *job) whyUnread(ctx context.Context, p catalog.Part, err error) error {
	if damage := j.intact(ctx, p); damage != nil {
		return damage
	}
	return inPart(p.Name, err)
}

// openChecked opens a blob that is checked by its checksum, if that is known and
// the bytes come from a file, else by its hash.
func openChecked(ctx context.Context, blobs blob.Store, sum blob.Sum) (io.ReadCloser, error) {
	ranged, ok := blobs.(blob.Ranged)
	if !ok || sum.Checksum == 0 {
		return blobs.Open(ctx, sum.Hash)
	}
	file, err := ranged.OpenAt(ctx, sum.Hash)
	if err != nil {
		return nil, err
	}
	return blob.VerifyChecksum(wholeFile{io.NewSectionReader(file, 0, math.MaxInt64), file}, sum), nil
}

// wholeFile reads a file from its start to wherever it ends.
type wholeFile struct {
	io.Reader
	io.Closer
}
