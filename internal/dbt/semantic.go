package dbt

import "github.com/go-json-experiment/json/jsontext"

// SemanticModel is what only a semantic model has.
type SemanticModel struct {
	Model         string // text of the ref; the node is in DependsOn
	RelationName  string
	PrimaryEntity string
	Entities      []SemanticPart
	Dimensions    []SemanticPart
	Measures      []SemanticPart
}

// SemanticPart is an entity ("primary", "foreign" …), a dimension ("time", "categorical") or a measure
// (whose Type is its aggregation) of a semantic model.
type SemanticPart struct {
	Name        string
	Type        string
	Expression  string // "" where it is the column called Name
	Label       string
	Description string
}

// SavedQuery is what only a saved query has.
type SavedQuery struct {
	Metrics []string
	GroupBy []string
	Params  jsontext.Value // query_params as written; nil if none
	Exports jsontext.Value // list as written; nil if none
}

func (d *decoder) semanticModel(f []member) *SemanticModel {
	s := &SemanticModel{}
	for _, m := range f {
		switch string(m.name) {
		case "model":
			s.Model = d.text("model", m.val)
		case "node_relation":
			s.RelationName = d.name("node_relation/relation_name", m.val.get("relation_name"))
		case "primary_entity":
			s.PrimaryEntity = d.name("primary_entity", m.val)
		case "entities":
			s.Entities = d.semanticParts("entities", m.val)
		case "dimensions":
			s.Dimensions = d.semanticParts("dimensions", m.val)
		case "measures":
			s.Measures = d.semanticParts("measures", m.val)
		}
	}
	return s
}

func (d *decoder) semanticParts(field string, v value) []SemanticPart {
	var list []SemanticPart
	for e := range d.elements(field, v) {
		var p SemanticPart
		for name, m := range e.members {
			switch string(name) {
			case "name":
				p.Name = d.name(field+"/name", m)
			case "type", "agg":
				p.Type = orText(p.Type, d.name(field+"/type", m))
			case "expr":
				p.Expression = d.text(field+"/expr", m)
			case "label":
				p.Label = d.text(field+"/label", m)
			case "description":
				p.Description = d.text(field+"/description", m)
			}
		}
		list = append(list, p)
	}
	return list
}

func (d *decoder) savedQuery(f []member) *SavedQuery {
	q := &SavedQuery{}
	for _, m := range f {
		switch string(m.name) {
		case "query_params":
			q.Params = d.raw("query_params", m.val)
			q.Metrics = d.names("query_params/metrics", m.val.get("metrics"))
			q.GroupBy = d.names("query_params/group_by", m.val.get("group_by"))
		case "exports":
			q.Exports = d.raw("exports", m.val)
		}
	}
	return q
}
