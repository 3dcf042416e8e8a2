package upload

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/httpserver"
)

// maxText is the longest text of a JSON body, in bytes: an artifact that is sent as one is held in memory.
const maxText = 64 << 20

func isJSON(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	return err == nil && kind == "application/json"
}

// readJSON reads a JSON object while it arrives: artifacts are objects, or texts that hold one.
func (f *Form) readJSON(ctx context.Context, blobs blob.Store, b *body, in io.Reader) error {
	window := &window{in: in}
	dec := jsontext.NewDecoder(window, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	err := f.members(ctx, blobs, &jsonBody{dec: dec, window: window})
	if err == nil {
		return nil
	}
	var problem *httpserver.Problem
	var kept *storeError
	switch {
	case errors.As(err, &problem):
		return problem
	case errors.As(err, &kept):
		return kept.err
	}
	return b.why(httpserver.NewProblem(httpserver.CodeMalformedJSON, "The body must be a JSON object with an artifact in each field: %s.", err))
}

func (f *Form) members(ctx context.Context, blobs blob.Store, body *jsonBody) error {
	if body.peek() != '{' {
		return errors.New("it does not begin with a brace")
	}
	if _, err := body.next(); err != nil {
		return err
	}
	for body.peek() == '"' {
		name, err := body.next()
		if err != nil {
			return err
		}
		if err := f.member(ctx, blobs, body, name.String()); err != nil {
			return err
		}
	}
	if _, err := body.next(); err != nil {
		return err
	}
	if _, err := body.next(); !errors.Is(err, io.EOF) {
		return errors.New("something follows it")
	}
	return nil
}

// member takes one field.
func (f *Form) member(ctx context.Context, blobs blob.Store, body *jsonBody, name string) error {
	artifact, ok := artifactFields[name]
	kind := body.peek()
	switch {
	case kind == 'n':
		_, err := body.next()
		return err
	case ok && kind == '{':
		return f.takeArtifact(ctx, blobs, artifact, body)
	case ok && kind == '"':
		text, err := body.next()
		if err != nil {
			return err
		}
		return f.takeContent(ctx, blobs, name, artifact, text.String())
	case ok:
		return notAnArtifact(name, "a value that is not an object")
	case slices.Contains(f.Fields, name) && kind == '"':
		text, err := body.next()
		if err != nil {
			return err
		}
		return f.takeText(name, strings.NewReader(text.String()))
	}
	f.Unknown = append(f.Unknown, shortened(name))
	_, err := body.WriteTo(io.Discard)
	return err
}

// takeContent takes an artifact that is sent as a text. The path of a file is the usual mistake.
func (f *Form) takeContent(ctx context.Context, blobs blob.Store, name, artifact, text string) error {
	if strings.TrimSpace(text) == "" {
		return empty(name)
	}
	if !strings.HasPrefix(strings.TrimSpace(text), "{") {
		return notAnArtifact(name, fmt.Sprintf("%.60q", text))
	}
	return f.takeArtifact(ctx, blobs, artifact, strings.NewReader(text))
}

func notAnArtifact(name, what string) *httpserver.Problem {
	return httpserver.NewProblem(httpserver.CodeMalformedJSON,
		"The field '%s' has %s and not the content of the artifact. Send the file itself, as multipart/form-data: curl -F %s=@target/FILE.json", name, what, name).About(name, "not an artifact")
}

// jsonBody is a JSON body at a value.
type jsonBody struct {
	dec    *jsontext.Decoder
	window *window
}

func (j *jsonBody) peek() jsontext.Kind {
	j.window.left = maxText
	return j.dec.PeekKind()
}

func (j *jsonBody) next() (jsontext.Token, error) {
	j.window.left = maxText
	t, err := j.dec.ReadToken()
	switch {
	case errors.Is(err, io.EOF):
		return t, io.EOF
	case err != nil:
		return t, fmt.Errorf("json: %w", err)
	}
	return t, nil
}

// WriteTo writes the value without holding it.
func (j *jsonBody) WriteTo(w io.Writer) (int64, error) {
	out := &counted{w: w}
	enc := jsontext.NewEncoder(out, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	for depth := j.dec.StackDepth(); ; {
		t, err := j.next()
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return out.n, err
		}
		if err := enc.WriteToken(t); err != nil {
			return out.n, fmt.Errorf("json: %w", err)
		}
		if j.dec.StackDepth() == depth {
			return out.n, nil
		}
	}
}

type counted struct {
	w io.Writer
	n int64
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

// window bounds what is read for one token.
type window struct {
	in   io.Reader
	left int64
}

func (w *window) Read(p []byte) (int, error) {
	if w.left <= 0 {
		return 0, httpserver.NewProblem(httpserver.CodeArtifactLimit, "A text of the body is longer than %d bytes. Send the artifacts as multipart/form-data.", maxText)
	}
	n, err := w.in.Read(p[:min(int64(len(p)), w.left)])
	w.left -= int64(n)
	return n, err
}
