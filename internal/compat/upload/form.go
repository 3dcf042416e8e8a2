// Package upload takes artifacts that are sent as a form: it streams them into blobs, within the limits, while they
// arrive.
package upload

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/dbt"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Form is an upload whose artifacts are spooled, but not committed.
type Form struct {
	Texts   map[string]string // the text parts that came, by name
	Parts   []Part
	Unknown []string // names of parts that are not known, shortened

	Limits httpserver.Limits
	// Fields are the names of text parts. OnText is called with each that is not optional as soon as it is known, so
	// that an upload for nothing is refused before it has arrived; its errors are those of Receive.
	Fields []string
	OnText map[string]func(value string) error
	// JSON: the body may be a JSON object, too; see readJSON.
	JSON bool
}

// Part is an artifact that is being spooled.
type Part struct {
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

// Receive reads the form of a request while it arrives and returns how many bytes that were. Errors are Problems, those
// of OnText, or of the blob store. Drop must follow, whatever it returns.
func (f *Form) Receive(r *http.Request, blobs blob.Store) (bytes int64, err error) {
	contentType, separator := r.Header.Get("Content-Type"), ""
	asJSON := f.JSON && isJSON(contentType)
	if !asJSON {
		if separator, err = boundary(contentType); err != nil {
			return 0, err
		}
	}
	if r.ContentLength > f.Limits.Request {
		return 0, tooLarge(f.Limits.Request)
	}
	if err := enoughSpace(r.Context(), blobs, r.ContentLength); err != nil {
		return 0, err
	}
	b := newBody(r.Body, f.Limits.Request)
	in, err := decoded(b, r.Header.Get("Content-Encoding"), f.Limits.Artifacts.UnpackRatio)
	if err != nil {
		return 0, err
	}
	if asJSON {
		err = f.readJSON(r.Context(), blobs, b, in)
	} else {
		err = f.read(r.Context(), blobs, b, in, separator)
	}
	return b.read, err
}

// read reads the form while it arrives. source is body, decompressed if needed. Errors are Problems, or errors of the
// blob store.
func (f *Form) read(ctx context.Context, blobs blob.Store, b *body, in io.Reader, boundary string) error {
	reader := newMultipartReader(in, boundary)
	for n := 0; ; n++ {
		p, err := reader.next()
		if err == io.EOF { // a wrapped EOF means the end before the closing boundary
			return nil
		}
		if err != nil {
			return malformed(b, in, err)
		}
		if n == f.Limits.Parts {
			return httpserver.NewProblem(httpserver.CodeTooManyParts, "At most %d parts are allowed.", f.Limits.Parts).Limited("parts")
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

func (f *Form) take(ctx context.Context, blobs blob.Store, p *formPart) error {
	name := p.name
	if artifact, ok := artifactFields[name]; ok {
		return f.takeArtifact(ctx, blobs, artifact, p)
	}
	if slices.Contains(f.Fields, name) {
		return f.takeText(name, p)
	}
	// Its content is discarded; its name is reported, shortened.
	f.Unknown = append(f.Unknown, shortened(name))
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

func (f *Form) takeText(name string, p io.Reader) error {
	text, err := io.ReadAll(io.LimitReader(p, int64(f.Limits.Field)+1))
	if err != nil {
		return err
	}
	if len(text) > f.Limits.Field {
		return httpserver.NewProblem(httpserver.CodeInvalidField, "The part '%s' is longer than %d bytes.", name, f.Limits.Field).About(name, "too long").Limited("field")
	}
	if _, ok := f.Texts[name]; ok {
		return twice(name)
	}
	if f.Texts == nil {
		f.Texts = map[string]string{}
	}
	f.Texts[name] = strings.TrimSpace(string(text))
	check := f.OnText[name]
	if check == nil {
		return nil
	}
	if f.Texts[name] == "" {
		return empty(name)
	}
	if err := check(f.Texts[name]); err != nil {
		return &storeError{err}
	}
	return nil
}

// takeArtifact spools an artifact. Only run results may be sent several times.
func (f *Form) takeArtifact(ctx context.Context, blobs blob.Store, name string, p io.WriterTo) error {
	number := 0
	for _, other := range f.Parts {
		if other.Name == name {
			number++
		}
	}
	if number > 0 && name != string(dbt.RunResults) {
		return twice(name)
	}
	w, err := blobs.Create(ctx)
	if err != nil {
		return &storeError{fmt.Errorf("part %s: %w", name, err)}
	}
	kept := Part{Part: catalog.Part{Name: name, Number: number}, writer: w}
	f.Parts = append(f.Parts, kept)
	limit := f.Limits.Artifacts.Other
	if name == string(dbt.Manifest) {
		limit = f.Limits.Artifacts.Manifest
	}
	size, err := p.WriteTo(&spool{ctx: ctx, blobs: blobs, w: w, name: name, limit: limit})
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
	if part == string(dbt.Manifest) {
		return "manifest"
	}
	return "other"
}

// Keep commits the artifacts, in the order in which they were sent, and returns them with what an import of them needs.
func (f *Form) Keep(ctx context.Context, touch func(ctx context.Context, parts []catalog.Part) (store.Touch, error)) (parts []catalog.Part, at store.Touch, err error) {
	parts = make([]catalog.Part, len(f.Parts))
	for i, p := range f.Parts {
		sum := p.writer.Sum()
		p.SHA256, p.Size, p.Checksum = sum.Hash.String(), sum.Size, sum.Checksum
		parts[i] = p.Part
	}
	// Before the bytes are stored: retention leaves them alone from here on.
	if at, err = touch(ctx, parts); err != nil {
		return nil, at, err
	}
	for _, p := range f.Parts {
		if _, _, err := p.writer.Commit(ctx); err != nil {
			return nil, at, fmt.Errorf("part %s: %w", p.Name, err)
		}
	}
	return parts, at, nil
}

// Drop discards artifacts that were spooled and not committed.
func (f *Form) Drop() error {
	var errs []error
	for _, p := range f.Parts {
		errs = append(errs, p.writer.Abort())
	}
	return errors.Join(errs...)
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
