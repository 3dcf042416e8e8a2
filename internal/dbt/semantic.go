package dbt

import "github.com/go-json-experiment/json/jsontext"

// SemanticModel is what only a semantic model has.
type SemanticModel struct {
	Model         string // text of the ref; the node is in DependsOn
	RelationName  string
	PrimaryEntity string
	TimeDimension string // of measures that name none (defaults.agg_time_dimension)
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
	Meta        jsontext.Value // config.meta; nil if empty

	Role        string         // of an entity
	Granularity string         // of a time dimension
	Validity    jsontext.Value // of a time dimension of a slowly changing table, as written; nil if none
	Partition   bool           // of a dimension

	TimeDimension string         // of a measure (agg_time_dimension)
	CreateMetric  bool           // of a measure
	Params        jsontext.Value // of a measure's aggregation, as written; nil if none
	NonAdditive   jsontext.Value // of a measure: the dimension over which it does not add up, as written; nil if none
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
		case "defaults":
			s.TimeDimension = d.name("defaults/agg_time_dimension", m.val.get("agg_time_dimension"))
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
			case "config":
				p.Meta = d.rawFilled(field+"/config/meta", m.get("meta"))
			default:
				d.semanticDetail(&p, field, string(name), m)
			}
		}
		list = append(list, p)
	}
	return list
}

// semanticDetail reads what only entities, dimensions or measures have.
func (d *decoder) semanticDetail(p *SemanticPart, field, name string, v value) {
	switch name {
	case "role":
		p.Role = d.name(field+"/role", v)
	case "type_params":
		p.Granularity = d.name(field+"/type_params/time_granularity", v.get("time_granularity"))
		p.Validity = d.rawFilled(field+"/type_params/validity_params", v.get("validity_params"))
	case "is_partition":
		p.Partition = v.kind() == 't'
	case "agg_time_dimension":
		p.TimeDimension = d.name(field+"/agg_time_dimension", v)
	case "create_metric":
		p.CreateMetric = v.kind() == 't'
	case "agg_params":
		p.Params = d.rawFilled(field+"/agg_params", v)
	case "non_additive_dimension":
		p.NonAdditive = d.rawFilled(field+"/non_additive_dimension", v)
	}
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
