package httpserver

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

// DocumentOf makes the reply with a resource.
func DocumentOf[A any](r Resource[A]) Document[A] { return Document[A]{Data: r} }

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
	Limit     int                         `json:"limit" doc:"Maximum number of rows per page"`
	Total     *int64                      `json:"total" doc:"Rows of the whole list; null if they are not counted"`
	Breakdown map[string]map[string]int64 `json:"breakdown,omitempty" doc:"Rows of the whole list by the requested properties"`
	Version   int64                       `json:"version,omitempty" doc:"Version of the schema that was read"`
}

// Body is a reply that is nothing but its body.
type Body[T any] struct{ Body T }

// Reply makes the reply that is nothing but body.
func Reply[T any](body T) *Body[T] { return &Body[T]{Body: body} }

// Located is the reply to a creation.
type Located[T any] struct {
	Location string `header:"Location"`
	Body     T
}

// JSON is any JSON that we pass on as it is.
type JSON map[string]any
