package apitest

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// checker validates every reply against the OpenAPI document that the server
// itself serves, and fails the test if one does not match.
type checker struct {
	ctx      context.Context //nolint:containedctx // the test's, which a fuzz target may not ask for
	t        testing.TB
	next     http.Handler
	document map[string]any
	mux      *http.ServeMux // path → its template in the document
	mu       sync.Mutex
	compiler *jsonschema.Compiler
	compiled map[string]*jsonschema.Schema
}

const documentURL = "mem:///openapi.json"

func newChecker(t testing.TB, next http.Handler) *checker {
	t.Helper()
	rec := httptest.NewRecorder()
	next.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://localhost/api/v1/openapi.json", nil))
	parsed, err := jsonschema.UnmarshalJSON(rec.Body)
	if err != nil {
		t.Fatalf("openapi document, status %d: %v", rec.Code, err)
	}
	c := &checker{
		ctx: t.Context(),
		t:   t, next: next, document: parsed.(map[string]any), mux: http.NewServeMux(),
		compiler: jsonschema.NewCompiler(), compiled: map[string]*jsonschema.Schema{},
	}
	c.compiler.DefaultDraft(jsonschema.Draft2020)
	c.compiler.AssertFormat()
	if err := c.compiler.AddResource(documentURL, parsed); err != nil {
		t.Fatalf("openapi document: %v", err)
	}
	for template := range c.document["paths"].(map[string]any) {
		c.mux.HandleFunc(template, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Template", template) })
	}
	return c
}

func (c *checker) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	tee := &teeWriter{ResponseWriter: w}
	method, path := r.Method, strings.TrimSuffix(r.URL.EscapedPath(), "/")
	c.next.ServeHTTP(tee, r)
	if strings.HasPrefix(path, "/dbt_imports") {
		path = "/api/v1" + path
	}
	if err := c.check(method, path, tee); err != nil {
		c.t.Errorf("%s %s: reply %d does not fit the OpenAPI document: %v\n%.500s", method, path, tee.status, err, tee.body.String())
	}
}

// templateOf finds the path of the document that a request is for.
func (c *checker) templateOf(path string) string {
	rec := httptest.NewRecorder()
	req, err := http.NewRequestWithContext(c.ctx, http.MethodGet, "http://localhost"+path, nil)
	if err != nil {
		return ""
	}
	c.mux.ServeHTTP(rec, req)
	return rec.Header().Get("Template")
}

func (c *checker) check(method, path string, reply *teeWriter) error {
	kind, _, _ := strings.Cut(reply.Header().Get("Content-Type"), ";")
	if method == http.MethodHead || reply.status == http.StatusNoContent || reply.status == http.StatusNotModified {
		if reply.body.Len() > 0 && method != http.MethodHead {
			return fmt.Errorf("a body of %d bytes", reply.body.Len())
		}
		return nil
	}
	pointer, err := c.schemaOf(method, c.templateOf(path), reply.status, kind)
	if err != nil || pointer == "" {
		return err
	}
	schema, err := c.compile(pointer)
	if err != nil {
		return err
	}
	var body io.Reader = bytes.NewReader(reply.body.Bytes())
	if reply.Header().Get("Content-Encoding") == "gzip" {
		if body, err = gzip.NewReader(body); err != nil {
			return err
		}
	}
	value, err := jsonschema.UnmarshalJSON(body)
	if err != nil {
		return err
	}
	if kind == "application/problem+json" && At(value, "status") != json.Number(strconv.Itoa(reply.status)) {
		return fmt.Errorf("status %v in the body", At(value, "status"))
	}
	return schema.Validate(value)
}

// schemaOf points to the schema of a reply; "" where it is not JSON.
func (c *checker) schemaOf(method, template string, status int, kind string) (string, error) {
	if template == "/metrics" || (template == "" && status < 400) {
		return "", nil
	}
	operations, _ := c.document["paths"].(map[string]any)[template].(map[string]any)
	operation, _ := operations[strings.ToLower(method)].(map[string]any)
	if template == "" || operation == nil {
		if kind != "application/problem+json" {
			return "", fmt.Errorf("not in the document, and %s", kind)
		}
		return "/components/schemas/Problem", nil
	}
	code := strconv.Itoa(status)
	responses := operation["responses"].(map[string]any)
	if responses[code] == nil {
		code = "default"
	}
	content, _ := At(responses[code], "content").(map[string]any)
	if content[kind] == nil {
		if kind == "application/octet-stream" {
			return "", nil
		}
		return "", fmt.Errorf("media type %q, documented for %s: %v", kind, code, slices.Sorted(maps.Keys(content)))
	}
	if kind != "application/json" && kind != "application/problem+json" {
		return "", nil
	}
	escape := strings.NewReplacer("~", "~0", "/", "~1")
	return "/paths/" + escape.Replace(template) + "/" + strings.ToLower(method) + "/responses/" + code + "/content/" + escape.Replace(kind) + "/schema", nil
}

func (c *checker) compile(pointer string) (*jsonschema.Schema, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s := c.compiled[pointer]; s != nil {
		return s, nil
	}
	escaped := strings.NewReplacer("{", "%7B", "}", "%7D").Replace(pointer)
	s, err := c.compiler.Compile(documentURL + "#" + escaped)
	if err == nil {
		c.compiled[pointer] = s
	}
	return s, err
}

// teeWriter keeps a copy of a reply.
type teeWriter struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (w *teeWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *teeWriter) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	w.body.Write(p)
	return w.ResponseWriter.Write(p)
}

// Unwrap serves http.ResponseController.
func (w *teeWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
