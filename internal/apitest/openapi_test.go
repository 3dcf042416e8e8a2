package apitest

import (
	"bytes"
	"flag"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/access"
)

//go:generate go test . -run TestOpenAPIDocumentIsCurrent -count=1 -update

var update = flag.Bool("update", false, "write the golden files again")

const documentPath = "../../docs/openapi.json"

// The document in docs is the one that is served, version aside.
func TestOpenAPIDocumentIsCurrent(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{NoWorker: true})
	r := s.Get(t, "/api/v1/openapi.json", "")
	if r.Status != 200 {
		t.Fatalf("status %d", r.Status)
	}
	served := bytes.Replace(r.Body, []byte(`"version": "test"`), []byte(`"version": "v1"`), 1)
	if *update {
		if err := os.WriteFile(documentPath, served, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(documentPath)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(kept, served) {
		t.Errorf("docs/openapi.json is not what is served: run go test ./internal/apitest -run OpenAPI -update")
	}
}

// Every operation has a description and an example; so have the parameters that a call needs, and JSON bodies.
func TestOpenAPIDocumentExplains(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{NoWorker: true})
	for path, at := range s.Get(t, "/api/v1/openapi.json", "").JSON(t)["paths"].(map[string]any) {
		for method, operation := range at.(map[string]any) {
			name := strings.ToUpper(method) + " " + path
			if text, _ := At(operation, "description").(string); len(text) < 20 {
				t.Errorf("%s has no description", name)
			}
			sample, _ := At(operation, "x-codeSamples.0.source").(string)
			if !strings.HasPrefix(sample, "curl ") || strings.Contains(sample, "{id}") || strings.Contains(sample, "=&") {
				t.Errorf("%s has no example: %q", name, sample)
			}
			parameters, _ := At(operation, "parameters").([]any)
			for _, p := range parameters {
				if At(p, "required") == true && At(p, "example") == nil {
					t.Errorf("%s: parameter %v has no example", name, At(p, "name"))
				}
			}
			if !hasExample(At(operation, "responses").(map[string]any)) {
				t.Errorf("%s: no reply of success has an example", name)
			}
			content, _ := At(operation, "requestBody.content").(map[string]any)
			if body, ok := content["application/json"]; ok && At(body, "example") == nil {
				t.Errorf("%s: the body has no example", name)
			}
		}
	}
}

// hasExample reports whether one of the replies of success has an example, or none is JSON.
func hasExample(responses map[string]any) bool {
	asJSON := false
	for status, response := range responses {
		media := At(response, "content.application/json")
		if media == nil || status[0] != '2' {
			continue
		}
		if At(media, "example") != nil {
			return true
		}
		asJSON = true
	}
	return !asJSON
}

// operations lists every described operation as "METHOD /path", with ids filled
// in by fill.
func operations(t *testing.T, s *Server, fill func(path string) string) []string {
	t.Helper()
	return slices.Sorted(maps.Keys(scopes(t, s, fill)))
}

// scopes returns the scope of every described operation.
func scopes(t *testing.T, s *Server, fill func(path string) string) map[string]access.Scope {
	t.Helper()
	out := map[string]access.Scope{}
	for path, at := range s.Get(t, "/api/v1/openapi.json", "").JSON(t)["paths"].(map[string]any) {
		for method, operation := range at.(map[string]any) {
			scope, _ := At(operation, "security.0.bearer.0").(string)
			if scope == "" {
				scope = string(access.Public)
			}
			out[strings.ToUpper(method)+" "+fill(path)] = access.Scope(scope)
		}
	}
	return out
}
