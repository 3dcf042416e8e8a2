package httpserver

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/thalweg-data/thalweg/internal/access"
)

// Describe serves the OpenAPI document of every route that was registered before. It fails if a route of the API is not
// described.
func (s *Server) Describe() error {
	doc := s.huma.OpenAPI()
	for _, r := range s.router.routes {
		if strings.HasPrefix(r.Path, "/api/") && operationsOf(doc.Paths[r.Path])[r.Method] == nil {
			return fmt.Errorf("route %s %s is not described", r.Method, r.Path)
		}
	}
	// huma adds its own error model, which no reply uses.
	delete(doc.Components.Schemas.Map(), huma.DefaultSchemaNamer(reflect.TypeFor[huma.ErrorModel](), ""))
	delete(doc.Components.Schemas.Map(), huma.DefaultSchemaNamer(reflect.TypeFor[huma.ErrorDetail](), ""))
	const path = "/api/v1/openapi.json"
	doc.AddOperation(&huma.Operation{
		Method: http.MethodGet, Path: path, OperationID: "get-openapi", Tags: []string{"server"},
		Metadata: map[string]any{taggedKey: true}, Summary: "This description", Description: "Every route with its parameters, replies and an example, as OpenAPI 3.1.", Security: securityOf(access.Public),
		Responses: map[string]*huma.Response{"200": {
			Description: "OpenAPI 3.1",
			Content:     map[string]*huma.MediaType{"application/openapi+json": {Schema: &huma.Schema{Type: "object"}}},
		}},
	})
	for _, item := range doc.Paths {
		for _, op := range operationsOf(item) {
			describeTags(op)
		}
	}
	if err := addExamples(doc); err != nil {
		return err
	}
	body, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return fmt.Errorf("openapi document: %w", err)
	}
	body = append(body, '\n')
	s.Handle(Route{
		Method: http.MethodGet, Path: path, Scope: access.Public,
		Tagged: true, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/openapi+json")
			_, _ = w.Write(body) // a client that has gone away is not an error
		}),
	})
	return nil
}
