package openlineage

import (
	"cmp"
	"slices"
	"time"

	"github.com/thalweg-data/thalweg/internal/lineage"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// JobEvent is the static description of one job: here of one dbt model.
type JobEvent struct {
	EventTime string    `json:"eventTime"`
	Producer  string    `json:"producer"`
	SchemaURL string    `json:"schemaURL"`
	Job       Job       `json:"job"`
	Inputs    []Dataset `json:"inputs"`
	Outputs   []Dataset `json:"outputs"`
}

// Job names a job.
type Job struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
}

// Dataset names a dataset; only outputs have facets.
type Dataset struct {
	Namespace string  `json:"namespace"`
	Name      string  `json:"name"`
	Facets    *Facets `json:"facets,omitempty"`
}

// Facets of an output dataset.
type Facets struct {
	Schema        *Schema        `json:"schema,omitempty"`
	ColumnLineage *ColumnLineage `json:"columnLineage,omitempty"`
}

// Schema lists the columns of a dataset.
type Schema struct {
	Facet
	Fields []SchemaField `json:"fields"`
}

// SchemaField is a column.
type SchemaField struct {
	Name    string `json:"name"`
	Type    string `json:"type,omitempty"`
	Ordinal int    `json:"ordinal_position"` // from 1
}

// ProjectEvents returns one event for each model of a project, in the order of
// unique ids. namespace is that of the warehouse, such as
// "postgres://host:5432"; at is used where the manifest has no time.
func ProjectEvents(l *lineage.ProjectLineage, namespace string, at time.Time) []JobEvent {
	if !l.Head.GeneratedAt.IsZero() {
		at = l.Head.GeneratedAt
	}
	p := project{ProjectLineage: l, namespace: namespace, at: at.UTC().Format(time.RFC3339Nano)}
	var events []JobEvent
	for i, n := range l.Nodes {
		if l.HasBlock(i) {
			events = append(events, p.event(n, l.Block(i)))
		}
	}
	return events
}

type project struct {
	*lineage.ProjectLineage
	namespace, at string
}

func (p project) event(n *lineage.Node, b *lineage.Block) JobEvent {
	e := JobEvent{
		EventTime: p.at, Producer: Producer, SchemaURL: jobEventURL,
		Job:    Job{Namespace: "dbt://" + cmp.Or(p.Head.ProjectName, "unnamed"), Name: n.UniqueID},
		Inputs: []Dataset{},
	}
	for _, r := range b.Refs { // a seed and a source of it are one dataset
		if in := (Dataset{Namespace: p.namespace, Name: p.name(r)}); !slices.Contains(e.Inputs, in) {
			e.Inputs = append(e.Inputs, in)
		}
	}
	out := Dataset{Namespace: p.namespace, Name: p.DatasetName(n), Facets: &Facets{}}
	if len(b.Outputs) > 0 {
		out.Facets.Schema = p.schema(n, b)
		out.Facets.ColumnLineage = p.columnLineage(b)
	}
	e.Outputs = []Dataset{out}
	return e
}

func (p project) schema(n *lineage.Node, b *lineage.Block) *Schema {
	s := &Schema{Facet: Facet{Producer, schemaURL}, Fields: []SchemaField{}}
	seen := map[string]bool{}
	add := func(name, typ string) {
		if !seen[name] {
			seen[name] = true
			s.Fields = append(s.Fields, SchemaField{Name: name, Type: typ, Ordinal: len(s.Fields) + 1})
		}
	}
	if t := p.Catalog[n.UniqueID]; t != nil && !t.Columns.IsEmpty() {
		for c := range t.Columns.All() {
			add(c.Name, c.Type)
		}
		return s
	}
	for i := range b.Outputs {
		if !b.Outputs[i].Star {
			add(b.Outputs[i].Name, "")
		}
	}
	return s
}

func (p project) columnLineage(b *lineage.Block) *ColumnLineage {
	c := &ColumnLineage{Facet: Facet{Producer, columnLineageURL}, Fields: map[string]Field{}}
	inputs := map[string]*inputList{}
	for i := range b.Outputs {
		o := &b.Outputs[i]
		if o.Star {
			continue
		}
		list := inputs[o.Name]
		if list == nil { // a table has one column of a name, whatever the query gives
			list = &inputList{}
			inputs[o.Name] = list
		}
		for _, e := range o.Edges {
			list.add(p.name(b.Refs[e.Ref]), e.Column, e.Kinds, e.Masked)
		}
	}
	for name, list := range inputs {
		c.Fields[name] = Field{InputFields: list.fields(p.namespace)}
	}
	var rows inputList
	for _, u := range b.Rows {
		rows.add(p.name(b.Refs[u.Ref]), u.Column, u.Kinds, false)
	}
	c.Dataset = rows.fields(p.namespace)
	return c
}

// inputList gathers edges: those from one column are one input field.
type inputList struct{ inputs []input }

type input struct {
	name, field string
	kinds       resolve.KindSet
	masked      bool
}

func (l *inputList) add(name, field string, kinds resolve.KindSet, masked bool) {
	at := slices.IndexFunc(l.inputs, func(in input) bool { return in.name == name && in.field == field })
	if at < 0 {
		l.inputs = append(l.inputs, input{name, field, kinds, masked})
		return
	}
	l.inputs[at].kinds |= kinds
	l.inputs[at].masked = l.inputs[at].masked && masked
}

func (l *inputList) fields(namespace string) []InputField {
	out := make([]InputField, len(l.inputs))
	for i, in := range l.inputs {
		out[i] = InputField{Namespace: namespace, Name: in.name, Field: in.field, Transformations: Transformations(in.kinds, in.masked)}
	}
	return out
}

func (p project) name(r lineage.Ref) string {
	if n, ok := p.Place(r.Table); ok {
		return p.DatasetName(p.Nodes[n])
	}
	return r.Name
}
