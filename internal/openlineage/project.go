package openlineage

import (
	"cmp"
	"time"

	"github.com/thalweg-data/thalweg/internal/dbt"
	"github.com/thalweg-data/thalweg/internal/lineage"
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
	Name string `json:"name"`
	Type string `json:"type,omitempty"`
}

// ProjectEvents gives one event for each model of a project, in the order of
// unique ids. namespace is that of the warehouse, such as
// "postgres://host:5432"; at is used where the manifest does not tell its time.
func ProjectEvents(l *lineage.ProjectLineage, namespace string, at time.Time) []JobEvent {
	if !l.Head.GeneratedAt.IsZero() {
		at = l.Head.GeneratedAt
	}
	p := project{ProjectLineage: l, namespace: namespace, at: at.UTC().Format(time.RFC3339Nano)}
	var events []JobEvent
	for i, b := range l.Blocks {
		if b != nil {
			events = append(events, p.event(l.Nodes[i], b))
		}
	}
	return events
}

type project struct {
	*lineage.ProjectLineage
	namespace, at string
}

func (p project) event(n *dbt.Node, b *lineage.Block) JobEvent {
	e := JobEvent{
		EventTime: p.at, Producer: Producer, SchemaURL: jobEventURL,
		Job:    Job{Namespace: "dbt://" + cmp.Or(p.Head.ProjectName, "unnamed"), Name: n.UniqueID},
		Inputs: []Dataset{},
	}
	for _, r := range b.Refs {
		e.Inputs = append(e.Inputs, Dataset{Namespace: p.namespace, Name: p.name(r)})
	}
	out := Dataset{Namespace: p.namespace, Name: p.DatasetName(n), Facets: &Facets{}}
	if len(b.Outputs) > 0 {
		out.Facets.Schema = p.schema(n, b)
		out.Facets.ColumnLineage = p.columnLineage(b)
	}
	e.Outputs = []Dataset{out}
	return e
}

func (p project) schema(n *dbt.Node, b *lineage.Block) *Schema {
	s := &Schema{Facet: Facet{Producer, schemaURL}, Fields: []SchemaField{}}
	if t := p.Catalog[n.UniqueID]; t != nil && len(t.Columns) > 0 {
		for _, c := range t.Columns {
			s.Fields = append(s.Fields, SchemaField{Name: c.Name, Type: c.Type})
		}
		return s
	}
	for i := range b.Outputs {
		if !b.Outputs[i].Star {
			s.Fields = append(s.Fields, SchemaField{Name: b.Outputs[i].Name})
		}
	}
	return s
}

func (p project) columnLineage(b *lineage.Block) *ColumnLineage {
	c := &ColumnLineage{Facet: Facet{Producer, columnLineageURL}, Fields: map[string]Field{}}
	for i := range b.Outputs {
		o := &b.Outputs[i]
		if o.Star {
			continue
		}
		f := Field{InputFields: []InputField{}}
		for _, e := range o.Edges {
			f.InputFields = append(f.InputFields, InputField{
				Namespace: p.namespace, Name: p.name(b.Refs[e.Ref]), Field: e.Column, Transformations: Transformations(e.Kinds, e.Masked),
			})
		}
		c.Fields[o.Name] = f
	}
	for _, u := range b.Rows {
		c.Dataset = append(c.Dataset, InputField{
			Namespace: p.namespace, Name: p.name(b.Refs[u.Ref]), Field: u.Column, Transformations: Transformations(u.Kinds, false),
		})
	}
	return c
}

func (p project) name(r lineage.Ref) string {
	if r.Table == 0 {
		return r.Name
	}
	return p.DatasetName(p.Nodes[r.Table-1])
}
