package dbtimports

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"strings"

	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/store"
)

// form is an upload whose artifacts are spooled, but not committed.
type form struct {
	texts    map[string]string
	parts    []part
	unknown  []string
	limits   httpserver.Limits
	onSchema func(label string) error // called as soon as the schema is known
}

// part is an artifact that is being spooled.
type part struct {
	catalog.Part
	writer blob.Writer
}

// boundary returns the boundary of a multipart body.
func boundary(contentType string) (string, error) {
	kind, params, err := mime.ParseMediaType(contentType)
	if kind != "multipart/form-data" {
		return "", httpserver.NewProblem(httpserver.CodeUnsupportedMediaType,
			"Send the artifacts as multipart/form-data, as in: curl -F schema_id=SCH-101 -F manifest=@target/manifest.json")
	}
	if err != nil || params["boundary"] == "" || len(params["boundary"]) > 200 {
		return "", httpserver.NewProblem(httpserver.CodeMalformedMultipart, "The Content-Type has no boundary.")
	}
	return params["boundary"], nil
}

// read reads the form while it arrives. source is body, decompressed if needed. Errors are Problems, or errors of the
// blob store.
func (f *form) read(ctx context.Context, blobs blob.Store, b *body, in io.Reader, boundary string) error {
	reader := newMultipartReader(in, boundary)
	for n := 0; ; n++ {
		p, err := reader.next()
		if err == io.EOF { // a wrapped EOF means the end before the closing boundary
			return nil
		}
		if err != nil {
			return malformed(b, in, err)
		}
		if n == f.limits.Parts {
			return httpserver.NewProblem(httpserver.CodeTooManyParts, "At most %d parts are allowed.", f.limits.Parts).Limited("parts")
		}
		if err := f.take(ctx, blobs, p); err != nil {
			return malformed(b, in, err)
		}
	}
}

// malformed returns the reason why reading the form failed: the body ended badly, the disk is full, or the form is
// malformed.
func malformed(b *body, in io.Reader, err error) error {
	var problem *httpserver.Problem
	if errors.As(err, &problem) {
		return problem
	}
	var kept *storeError
	if errors.As(err, &kept) {
		return kept.err
	}
	if u, ok := in.(*unpacked); ok && u.err != nil && !errors.Is(u.err, io.EOF) {
		return u.err
	}
	return b.why(httpserver.NewProblem(httpserver.CodeMalformedMultipart, "The multipart body is malformed: a part header is invalid, or the closing boundary is missing."))
}

// storeError distinguishes errors of the store and the blobs from those of the body.
type storeError struct{ err error }

func (e *storeError) Error() string { return e.err.Error() }
func (e *storeError) Unwrap() error { return e.err }

func (f *form) take(ctx context.Context, blobs blob.Store, p *formPart) error {
	name := p.name
	if artifact, ok := artifactFields[name]; ok {
		return f.takeArtifact(ctx, blobs, artifact, p)
	}
	if name == fieldSchema || name == fieldForce {
		return f.takeText(name, p)
	}
	// Its content is discarded; its name is reported, shortened.
	f.unknown = append(f.unknown, shortened(name))
	_, err := io.Copy(io.Discard, p)
	return err
}

func shortened(name string) string {
	clean := strings.ToValidUTF8(name, "\uFFFD")
	if len(clean) > 64 {
		clean = strings.ToValidUTF8(clean[:64], "")
	}
	return clean
}

func (f *form) takeText(name string, p io.Reader) error {
	text, err := io.ReadAll(io.LimitReader(p, int64(f.limits.Field)+1))
	if err != nil {
		return err
	}
	if len(text) > f.limits.Field {
		return httpserver.NewProblem(httpserver.CodeInvalidField, "The part '%s' is longer than %d bytes.", name, f.limits.Field).About(name, "too long").Limited("field")
	}
	if _, ok := f.texts[name]; ok {
		return twice(name)
	}
	f.texts[name] = strings.TrimSpace(string(text))
	if name != fieldSchema {
		return nil
	}
	if f.texts[name] == "" {
		return empty(name)
	}
	if err := f.onSchema(f.texts[name]); err != nil {
		return &storeError{err}
	}
	return nil
}

// takeArtifact spools an artifact. Only run results may be sent several times.
func (f *form) takeArtifact(ctx context.Context, blobs blob.Store, name string, p io.Reader) error {
	number := 0
	for _, other := range f.parts {
		if other.Name == name {
			number++
		}
	}
	if number > 0 && name != partRunResults {
		return twice(name)
	}
	w, err := blobs.Create(ctx)
	if err != nil {
		return &storeError{fmt.Errorf("part %s: %w", name, err)}
	}
	kept := part{Part: catalog.Part{Name: name, Number: number}, writer: w}
	f.parts = append(f.parts, kept)
	limit := f.limits.Artifacts.Other
	if name == partManifest {
		limit = f.limits.Artifacts.Manifest
	}
	size, err := io.Copy(&spool{ctx: ctx, blobs: blobs, w: w, name: name, limit: limit}, p)
	if err != nil {
		return err
	}
	if size == 0 {
		return empty(name)
	}
	return nil
}

// spaceStep is how much of an artifact is written between two looks at the free space.
const spaceStep = 8 << 20

// spool writes an artifact within its limit while there is space for it: what a body unpacks to, and how long it is if
// it comes in chunks, is known only then. It keeps errors of the writer apart from those of the body.
type spool struct {
	ctx     context.Context //nolint:containedctx // it lives as long as one copy
	blobs   blob.Store
	w       io.Writer
	name    string
	limit   int64
	written int64
	checked int64 // free space was checked for what is written up to here
}

func (s *spool) Write(p []byte) (int, error) {
	s.written += int64(len(p))
	if s.written > s.limit {
		return 0, httpserver.NewProblem(httpserver.CodeArtifactLimit, "The part '%s' is larger than %d bytes.", s.name, s.limit).
			About(s.name, "too large").Limited(limitOf(s.name))
	}
	if s.written > s.checked {
		s.checked = s.written + spaceStep // less than the reserve
		if err := enoughSpace(s.ctx, s.blobs, int64(len(p))); err != nil {
			return 0, &storeError{err}
		}
	}
	n, err := s.w.Write(p)
	if err != nil {
		return n, &storeError{err}
	}
	return n, nil
}

// limitOf returns the name of the limit of an artifact's size, as in the list of limits.
func limitOf(part string) string {
	if part == partManifest {
		return "manifest"
	}
	return "other"
}

// keep commits the artifacts, in the order in which they were sent, and makes them the parts of an import.
func (f *form) keep(ctx context.Context, n *store.NewImport, touch func(ctx context.Context, parts []catalog.Part) (store.Touch, error)) (err error) {
	n.Parts = make([]catalog.Part, len(f.parts))
	for i, p := range f.parts {
		sum := p.writer.Sum()
		p.SHA256, p.Size, p.Checksum = sum.Hash.String(), sum.Size, sum.Checksum
		n.Parts[i] = p.Part
	}
	// Before the bytes are stored: retention leaves them alone from here on.
	if n.Touch, err = touch(ctx, n.Parts); err != nil {
		return err
	}
	for _, p := range f.parts {
		if _, _, err := p.writer.Commit(ctx); err != nil {
			return fmt.Errorf("part %s: %w", p.Name, err)
		}
	}
	return nil
}

// drop discards artifacts that were spooled and not committed.
func (f *form) drop() error {
	var errs []error
	for _, p := range f.parts {
		errs = append(errs, p.writer.Abort())
	}
	return errors.Join(errs...)
}

func (f *form) warnings() []importWarning {
	var out []importWarning
	for _, name := range f.unknown {
		out = append(out, importWarning{Code: "unknown-field", Field: name, Detail: "The part is unknown and was ignored."})
	}
	return out
}

// enoughSpace returns an error if the disk has no space for so many bytes more.
func enoughSpace(ctx context.Context, blobs blob.Store, size int64) error {
	free, err := blobs.Free(ctx)
	if err != nil {
		return fmt.Errorf("free space: %w", err)
	}
	if free >= 0 && size > free-reserve {
		return fmt.Errorf("upload of %d bytes with %d free: %w", size, free, blob.ErrNoSpace)
	}
	return nil
}

// reserve is the space that an upload must leave for the catalog's own writes.
const reserve = 32 << 20
