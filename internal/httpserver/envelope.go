package httpserver

// Resource is a resource in a reply.
type Resource[A any] struct {
	ID            string         `json:"id"`
	Type          string         `json:"type"`
	Attributes    A              `json:"attributes"`
	Relationships *Relationships `json:"relationships,omitempty"`
}

// Relationships are the resources that a resource belongs to.
type Relationships struct {
	Schema  *Named `json:"schema,omitempty"`
	Project *Named `json:"project,omitempty"`
}

// Named is a reference to another resource.
type Named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Document is a reply with one resource.
type Document[A any] struct {
	Data Resource[A] `json:"data"`
}

// DocumentOf returns the reply with a resource.
func DocumentOf[A any](r Resource[A]) Document[A] { return Document[A]{Data: r} }

// List is a reply with one page of resources.
type List[A any] struct {
	Data  []Resource[A] `json:"data" nullable:"false"`
	Links Links         `json:"links"`
	Meta  ListMeta      `json:"meta"`
}

// Links has the address of the next page.
type Links struct {
	Next *string `json:"next" doc:"Address of the next page; null on the last"`
}

// ListMeta describes a page and its list.
type ListMeta struct {
	Limit     int                         `json:"limit" doc:"Maximum number of rows per page"`
	Total     *int64                      `json:"total" doc:"Rows of the whole list; null if they are not counted"`
	AtLeast   int64                       `json:"at_least,omitempty" doc:"If total is null: as many rows were counted, and there are more"`
	From      *Window                     `json:"from,omitempty" doc:"The newest runs, from which the rows are computed"`
	Breakdown map[string]map[string]int64 `json:"breakdown,omitempty" doc:"Rows of the whole list by the requested properties"`
	Version   int64                       `json:"version,omitempty" doc:"Version of the schema that was read"`
	Warnings  []Warning                   `json:"warnings,omitempty" nullable:"false" doc:"Filter values that match nothing, with similar names; what the list leaves out"`
}

// Window is what statistics of runs are made of.
type Window struct {
	Runs    int `json:"runs"`
	Results int `json:"results"`
}

// Body is a reply without headers of its own.
type Body[T any] struct{ Body T }

// Reply returns the reply with a body.
func Reply[T any](body T) *Body[T] { return &Body[T]{Body: body} }

// Located is the reply to a creation.
type Located[T any] struct {
	Location string `header:"Location"`
	Body     T
}

// JSON is a JSON object that is passed on unchanged.
type JSON map[string]any
