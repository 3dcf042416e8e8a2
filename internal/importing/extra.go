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
		Window      json.RawMessage `json:"window,omitempty"`
		Metrics     []string        `json:"metrics,omitempty"`
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

		Meta          json.RawMessage `json:"meta,omitempty"`
		Role          string          `json:"role,omitempty"`
		Granularity   string          `json:"time_granularity,omitempty"`
		Validity      json.RawMessage `json:"validity_params,omitempty"`
		Partition     bool            `json:"is_partition,omitempty"`
		TimeDimension string          `json:"agg_time_dimension,omitempty"`
		CreateMetric  bool            `json:"create_metric,omitempty"`
		Params        json.RawMessage `json:"agg_params,omitempty"`
		NonAdditive   json.RawMessage `json:"non_additive_dimension,omitempty"`
	}
	semanticModel struct {
		Label         string         `json:"label,omitempty"`
		Model         string         `json:"model,omitempty"`
		PrimaryEntity string         `json:"primary_entity,omitempty"`
		TimeDimension string         `json:"agg_time_dimension,omitempty"`
		Entities      []semanticPart `json:"entities,omitempty"`
		Dimensions    []semanticPart `json:"dimensions,omitempty"`
		Measures      []semanticPart `json:"measures,omitempty"`
	}
	savedQuery struct {
		Label   string          `json:"label,omitempty"`
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

		Overrides json.RawMessage `json:"overrides,omitempty"`
		Versions  *versions       `json:"versions,omitempty"`
	}
	versions struct {
		Include []string `json:"include,omitempty"`
		Exclude []string `json:"exclude,omitempty"`
	}
	function struct {
		Returns   json.RawMessage `json:"returns,omitempty"`
		Arguments json.RawMessage `json:"arguments,omitempty"`
		Overloads json.RawMessage `json:"overloads,omitempty"`
	}
	macro struct {
		Arguments          json.RawMessage `json:"arguments,omitempty"`
		Signature          string          `json:"signature,omitempty"`
		SupportedLanguages []string        `json:"supported_languages,omitempty"`
	}
	group struct {
		Owner *owner `json:"owner,omitempty"`
	}
	source struct {
		Description string          `json:"source_description,omitempty"`
		External    json.RawMessage `json:"external,omitempty"`
		LoadedAt    string          `json:"loaded_at_query,omitempty"`
	}
	builtModel struct {
		PrimaryKey []string        `json:"primary_key,omitempty"`
		TimeSpine  json.RawMessage `json:"time_spine,omitempty"`
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
		v = metric{n.Label, m.Type, m.Expression, m.Model, m.Timestamp, m.TimeGrains, m.Dimensions, json.RawMessage(m.Window), m.Metrics, json.RawMessage(m.Filter), json.RawMessage(m.TypeParams), m.Granularity}
	case n.SemanticModel != nil:
		m := n.SemanticModel
		v = semanticModel{n.Label, m.Model, m.PrimaryEntity, m.TimeDimension, parts(m.Entities), parts(m.Dimensions), parts(m.Measures)}
	case n.SavedQuery != nil:
		q := n.SavedQuery
		v = savedQuery{n.Label, q.Metrics, q.GroupBy, json.RawMessage(q.Params), json.RawMessage(q.Exports)}
	case n.UnitTest != nil:
		t := n.UnitTest
		v = unitTest{t.Model, t.Tested, json.RawMessage(t.Given), json.RawMessage(t.Expect), json.RawMessage(t.Overrides), versionsOf(t)}
	case n.Function != nil:
		v = function{json.RawMessage(n.Function.Returns), json.RawMessage(n.Function.Arguments), json.RawMessage(n.Function.Overloads)}
	case n.Macro != nil:
		v = macro{json.RawMessage(n.Macro.Arguments), n.Macro.Signature, n.Macro.SupportedLanguages}
	case n.Source != nil:
		v = source{n.Source.SourceDescription, json.RawMessage(n.Source.External), n.Source.LoadedAtQuery}
	case len(n.PrimaryKey) > 0 || len(timeSpineOf(n)) > 0:
		v = builtModel{n.PrimaryKey, timeSpineOf(n)}
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

func versionsOf(t *dbt.UnitTest) *versions {
	if len(t.Included)+len(t.Excluded) == 0 {
		return nil
	}
	return &versions{t.Included, t.Excluded}
}

func parts(list []dbt.SemanticPart) []semanticPart {
	var out []semanticPart
	for _, p := range list {
		out = append(out, semanticPart{
			Name: p.Name, Type: p.Type, Expression: p.Expression, Label: p.Label, Description: p.Description,
			Meta: json.RawMessage(p.Meta), Role: p.Role, Granularity: p.Granularity, Validity: json.RawMessage(p.Validity),
			Partition: p.Partition, TimeDimension: p.TimeDimension, CreateMetric: p.CreateMetric,
			Params: json.RawMessage(p.Params), NonAdditive: json.RawMessage(p.NonAdditive),
		})
	}
	return out
}
