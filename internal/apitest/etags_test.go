package apitest

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// untagged are the reads that have no ETag: what is only now, and streams, which are continued by what they sent last.
var untagged = []string{"api-healthcheck", "healthcheck", "livez", "readyz", "export-schema", "get-import-events", "get-sync-events"}

// unconditional are the changes without If-Match: sessions end whatever else has changed.
var unconditional = []string{"delete-sessions"}

// Every read has an ETag and is 304 for a client that has the document. Every change of a document that can be read
// takes the ETag of that read as If-Match and is 412 with another one. A new route must do so too, or be named above.
func TestETags(t *testing.T) {
	t.Parallel()
	document := Start(t, Options{NoWorker: true}).Get(t, "/api/v1/openapi.json", "").JSON(t)
	servers := map[string]*exampleServer{}
	on := func(op sampled) *exampleServer {
		state := stateOf[op.id]
		if servers[state] == nil {
			servers[state] = newExampleServer(t, state)
		}
		return servers[state]
	}
	for _, op := range samples(t) {
		method, path, operation := operationNamed(document, op.id)
		get, _ := At(document, "paths").(map[string]any)[path].(map[string]any)["get"].(map[string]any)
		switch {
		case method == "get" && !slices.Contains(untagged, op.id):
			if !takesHeader(operation, "If-None-Match") || operation["responses"].(map[string]any)["304"] == nil || At(operation, "responses.200.headers.ETag") == nil {
				t.Errorf("GET %s: the document lacks If-None-Match, 304 or ETag", path)
			}
			checkRead(t, on(op), op)
		case slices.Contains([]string{"patch", "put", "delete"}, method) && get != nil && !slices.Contains(unconditional, op.id):
			if !takesHeader(operation, "If-Match") {
				t.Errorf("%s %s does not take If-Match", method, path)
			}
			checkGuard(t, on(op), op)
		}
	}
}

func operationNamed(document map[string]any, id string) (method, path string, operation map[string]any) {
	for path, item := range document["paths"].(map[string]any) {
		for method, operation := range item.(map[string]any) {
			if At(operation, "operationId") == id {
				return method, path, operation.(map[string]any)
			}
		}
	}
	return "", "", nil
}

func takesHeader(operation map[string]any, name string) bool {
	parameters, _ := operation["parameters"].([]any)
	return slices.ContainsFunc(parameters, func(p any) bool { return At(p, "in") == "header" && At(p, "name") == name })
}

// checkRead reads a document twice, the second time with its tag.
func checkRead(t *testing.T, s *exampleServer, op sampled) {
	t.Helper()
	first := s.call(t, op.call)
	tag := first.Header.Get("ETag")
	if first.Status != http.StatusOK || tag == "" {
		t.Errorf("%s: %d, ETag %q", op.id, first.Status, tag)
		return
	}
	for _, header := range []string{tag, `"other", ` + tag, "W/" + strings.TrimPrefix(tag, "W/"), "*"} {
		again := s.call(t, op.call, "If-None-Match", header)
		if again.Status != http.StatusNotModified || len(again.Body) > 0 || again.Header.Get("ETag") != tag {
			t.Errorf("%s with If-None-Match %s: %d of %d bytes, ETag %q, want 304 and %s", op.id, header, again.Status, len(again.Body), again.Header.Get("ETag"), tag)
		}
	}
	if other := s.call(t, op.call, "If-None-Match", `"other"`); other.Status != http.StatusOK || !bytes.Equal(other.Body, first.Body) {
		t.Errorf("%s with another tag: %d", op.id, other.Status)
	}
}

// checkGuard changes a document with a tag that it does not have.
func checkGuard(t *testing.T, s *exampleServer, op sampled) {
	t.Helper()
	r := s.call(t, op.call, "If-Match", `"stale"`)
	if r.Status != http.StatusPreconditionFailed || !strings.Contains(string(r.Body), "precondition-failed") {
		t.Errorf("%s with a stale If-Match: %d %s", op.id, r.Status, r.Body)
	}
}

// A key is revoked by the tag of its document.
func TestRevokeByTag(t *testing.T) {
	t.Parallel()
	s := newExampleServer(t, "no schema")
	const path = "/api/v1/keys/KEY-2"
	tag := s.Get(t, path, s.key).Header.Get("ETag")
	if r := s.Do(t, http.MethodDelete, path, s.key, nil, "If-Match", tag); r.Status != http.StatusNoContent {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	if r := s.Do(t, http.MethodDelete, path, s.key, nil, "If-Match", tag); r.Status != http.StatusPreconditionFailed {
		t.Errorf("once more: %d %s", r.Status, r.Body)
	}
}
