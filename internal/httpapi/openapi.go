package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

// openAPI describes what is served and serves the description.
func (a *api) openAPI(rt *router) error {
	doc := a.huma.OpenAPI()
	// huma lists its own error model too; no reply has it.
	delete(doc.Components.Schemas.Map(), huma.DefaultSchemaNamer(reflect.TypeFor[huma.ErrorModel](), ""))
	delete(doc.Components.Schemas.Map(), huma.DefaultSchemaNamer(reflect.TypeFor[huma.ErrorDetail](), ""))
	doc.AddOperation(&huma.Operation{
		Method: http.MethodGet, Path: "/api/v1/openapi.json", OperationID: "get-openapi", Tags: []string{"server"},
		Summary: "This description", Security: []map[string][]string{},
		Responses: map[string]*huma.Response{"200": {
			Description: "OpenAPI 3.1",
			Content:     map[string]*huma.MediaType{"application/openapi+json": {Schema: &huma.Schema{Type: "object"}}},
		}},
	})
	body, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return fmt.Errorf("openapi document: %w", err)
	}
	body = append(body, '\n')
	rt.handle(http.MethodGet, "/api/v1/openapi.json", Tagged(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/openapi+json")
		_, _ = w.Write(body) // a client that went away is nobody's error
	}))
	return nil
}
