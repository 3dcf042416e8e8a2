package importing

import (
	"encoding/json"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/dbt"
)

// The shapes of Body.Extra: what only one kind of asset has.
type (
	owner struct {
		Name   string          `json:"name,omitempty"`
		Emails []string        `json:"emails,omitempty"`
		Extra  json.RawMessage `json:"extra,omitempty"`
	}
	exposure struct {
		Label    string `json:"label,omitempty"`
		Type     string `json:"type,omitempty"`
		URL      string `json:"url,omitempty"`
		Maturity string `json:"maturity,omitempty"`
		Owner    *owner `json:"owner,omitempty"`
	}
	metric struct {
		Label       string          `json:"label,omitempty"`
		Type        string          `json:"type,omitempty"`
		Expression  string          `json:"expression,omitempty"`
		Model       string          `json:"model,omitempty"`
		Timestamp   string          `json:"timestamp,omitempty"`
		TimeGrains  []string        `json:"time_grains,omitempty"`
		Dimensions  []string        `json:"dimensions,omitempty"`
		Filter      json.RawMessage `json:"filter,omitempty"`
		TypeParams  json.RawMessage `json:"type_params,omitempty"`
		Granularity string          `json:"granularity,omitempty"`
	}
	semanticPart struct {
		Name        string `json:"name"`
		Type        string `json:"type,omitempty"`
		Expression  string `json:"expr,omitempty"`
		Label       string `json:"label,omitempty"`
		Description string `json:"description,omitempty"`
	}
	semanticModel struct {
		Model         string         `json:"model,omitempty"`
		PrimaryEntity string         `json:"primary_entity,omitempty"`
		Entities      []semanticPart `json:"entities,omitempty"`
		Dimensions    []semanticPart `json:"dimensions,omitempty"`
		Measures      []semanticPart `json:"measures,omitempty"`
	}
	savedQuery struct {
		Metrics []string        `json:"metrics,omitempty"`
		GroupBy []string        `json:"group_by,omitempty"`
		Params  json.RawMessage `json:"query_params,omitempty"`
		Exports json.RawMessage `json:"exports,omitempty"`
	}
	unitTest struct {
		Model  string          `json:"model,omitempty"`
		Tested string          `json:"tested,omitempty"`
		Given  json.RawMessage `json:"given,omitempty"`
		Expect json.RawMessage `json:"expect,omitempty"`
	}
	function struct {
		Returns   json.RawMessage `json:"returns,omitempty"`
		Arguments json.RawMessage `json:"arguments,omitempty"`
	}
	macro struct {
		Arguments          json.RawMessage `json:"arguments,omitempty"`
		SupportedLanguages []string        `json:"supported_languages,omitempty"`
	}
	group struct {
		Owner *owner `json:"owner,omitempty"`
	}
	source struct {
		Description string          `json:"source_description,omitempty"`
		External    json.RawMessage `json:"external,omitempty"`
	}
)

// extraOf keeps what only one kind of node has, as compact JSON; nil if there
// is nothing.
func extraOf(n *dbt.Node) (json.RawMessage, error) {
	var v any
	switch {
	case n.Exposure != nil:
		e := n.Exposure
		v = exposure{n.Label, e.Type, e.URL, e.Maturity, ownerOf(n.Owner)}
	case n.Metric != nil:
		m := n.Metric
		v = metric{n.Label, m.Type, m.Expression, m.Model, m.Timestamp, m.TimeGrains, m.Dimensions, json.RawMessage(m.Filter), json.RawMessage(m.TypeParams), m.Granularity}
	case n.SemanticModel != nil:
		m := n.SemanticModel
		v = semanticModel{m.Model, m.PrimaryEntity, parts(m.Entities), parts(m.Dimensions), parts(m.Measures)}
	case n.SavedQuery != nil:
		q := n.SavedQuery
		v = savedQuery{q.Metrics, q.GroupBy, json.RawMessage(q.Params), json.RawMessage(q.Exports)}
	case n.UnitTest != nil:
		t := n.UnitTest
		v = unitTest{t.Model, t.Tested, json.RawMessage(t.Given), json.RawMessage(t.Expect)}
	case n.Function != nil:
		v = function{json.RawMessage(n.Function.Returns), json.RawMessage(n.Function.Arguments)}
	case n.Macro != nil:
		v = macro{json.RawMessage(n.Macro.Arguments), n.Macro.SupportedLanguages}
	case n.Source != nil:
		v = source{n.Source.SourceDescription, json.RawMessage(n.Source.External)}
	case n.ResourceType == "group":
		v = group{ownerOf(n.Owner)}
	default:
		return nil, nil
	}
	b, err := catalog.EncodeJSON(v)
	if err != nil || string(b) == "{}" {
		return nil, err
	}
	return b, nil
}

func ownerOf(o *dbt.Owner) *owner {
	if o == nil {
		return nil
	}
	return &owner{o.Name, o.Emails, json.RawMessage(o.Extra)}
}

func parts(list []dbt.SemanticPart) []semanticPart {
	var out []semanticPart
	for _, p := range list {
		out = append(out, semanticPart(p))
	}
	return out
}
