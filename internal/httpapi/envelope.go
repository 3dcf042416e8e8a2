package httpapi

import (
	"encoding/json"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Resource is one thing with an id.
type Resource[A any] struct {
	ID            string         `json:"id"`
	Type          string         `json:"type"`
	Attributes    A              `json:"attributes"`
	Relationships *Relationships `json:"relationships,omitempty"`
}

// Relationships names what a resource belongs to.
type Relationships struct {
	Schema  *Named `json:"schema,omitempty"`
	Project *Named `json:"project,omitempty"`
}

// Named is another resource by its id and name.
type Named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Document is a reply with one resource.
type Document[A any] struct {
	Data Resource[A] `json:"data"`
}

// List is a reply with one page of resources.
type List[A any] struct {
	Data  []Resource[A] `json:"data" nullable:"false"`
	Links Links         `json:"links"`
	Meta  ListMeta      `json:"meta"`
}

// Links leads on.
type Links struct {
	Next *string `json:"next" doc:"Address of the next page; null on the last"`
}

// ListMeta tells about a list.
type ListMeta struct {
	Limit     int                         `json:"limit" doc:"Rows of a page at most"`
	Total     *int64                      `json:"total" doc:"Rows of the whole list; null where they are not counted"`
	Breakdown map[string]map[string]int64 `json:"breakdown,omitempty" doc:"Rows of the whole list by what was asked for"`
	Version   int64                       `json:"version,omitempty" doc:"Version of the schema that was read"`
}

// Body is a reply that is nothing but its body.
type Body[T any] struct{ Body T }

// Located is the reply to a creation.
type Located[T any] struct {
	Location string `header:"Location"`
	Body     T
}

// timeText is a time on the wire: RFC 3339, UTC, whole seconds; null where
// there is none.
func timeText(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := t.UTC().Format(time.RFC3339)
	return &s
}

func timeOrEmpty(t time.Time) string {
	if s := timeText(t); s != nil {
		return *s
	}
	return ""
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func importLabel(id catalog.ImportID) *string {
	if id == 0 {
		return nil
	}
	s := id.String()
	return &s
}

// JSON is any JSON that we pass on as it is.
type JSON map[string]any

func jsonMap(raw json.RawMessage) JSON {
	out := JSON{}
	if len(raw) > 0 {
		_ = json.Unmarshal(raw, &out) // what is no object reads as an empty one
	}
	if out == nil {
		out = JSON{}
	}
	return out
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
