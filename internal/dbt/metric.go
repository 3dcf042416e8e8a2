package dbt

import "github.com/go-json-experiment/json/jsontext"

// Metric is what only a metric has. Up to manifest v9 a metric is an expression over a model; from v10 on
// it is defined by its type and parameters over measures.
type Metric struct {
	Type        string // "simple", "ratio" …; before v10 the calculation method
	Expression  string // before v10
	Model       string // before v10: text of the ref
	Timestamp   string // before v10
	TimeGrains  []string
	Dimensions  []string       // before v10
	Window      jsontext.Value // before v10: count and period, as written; nil if none
	Metrics     []string       // before v10: names of the metrics that it is derived from
	Filter      jsontext.Value // as written, in either shape; nil if none
	TypeParams  jsontext.Value // from v10 on; nil if none
	Granularity string         // time_granularity
}

func (d *decoder) metric(f []member) *Metric {
	x := &Metric{}
	for _, m := range f {
		switch string(m.name) {
		case "type", "calculation_method":
			x.Type = orText(x.Type, d.name("type", m.val))
		case "sql", "expression":
			x.Expression = orText(x.Expression, d.text("expression", m.val))
		case "model":
			x.Model = d.text("model", m.val)
		case "timestamp":
			x.Timestamp = d.name("timestamp", m.val)
		case "time_grains":
			x.TimeGrains = d.names("time_grains", m.val)
		case "dimensions":
			x.Dimensions = d.names("dimensions", m.val)
		case "window":
			x.Window = d.rawFilled("window", m.val)
		case "metrics":
			for e := range d.elements("metrics", m.val) {
				x.Metrics = append(x.Metrics, d.ref(e).Name)
			}
		case "filter", "filters":
			if x.Filter == nil {
				x.Filter = d.raw("filter", m.val)
			}
		case "type_params":
			x.TypeParams = d.raw("type_params", m.val)
		case "time_granularity":
			x.Granularity = d.name("time_granularity", m.val)
		}
	}
	return x
}
