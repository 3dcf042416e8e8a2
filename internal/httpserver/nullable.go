package httpserver

import (
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Nullable is a document within another one, or null. huma would describe a plain pointer as never null.
type Nullable[T any] struct{ Value *T }

// MarshalJSONTo writes the value or null.
func (n Nullable[T]) MarshalJSONTo(e *jsontext.Encoder) error { return json.MarshalEncode(e, n.Value) }

// Schema returns the schema of the value, or null.
func (Nullable[T]) Schema(registry huma.Registry) *huma.Schema {
	t := reflect.TypeFor[T]()
	return &huma.Schema{AnyOf: []*huma.Schema{registry.Schema(t, true, t.Name()), {Type: "null"}}}
}

// NullableOf wraps a document that may be nil.
func NullableOf[T any](v *T) Nullable[T] { return Nullable[T]{v} }
