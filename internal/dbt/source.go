package dbt

import (
	"github.com/go-json-experiment/json/jsontext"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Source is what only a table of a source has.
type Source struct {
	SourceName        string
	SourceDescription string
	Loader            string
	LoadedAtField     string
	LoadedAtQuery     string
	Freshness         *catalog.Criteria // nil where none is demanded
	External          jsontext.Value    // object as written; nil if none
}

func (d *decoder) source(f []member, config value) *Source {
	s := &Source{}
	for _, m := range f {
		switch string(m.name) {
		case "source_name":
			s.SourceName = d.name("source_name", m.val)
		case "source_description":
			s.SourceDescription = d.text("source_description", m.val)
		case "loader":
			s.Loader = d.name("loader", m.val)
		case "loaded_at_field":
			s.LoadedAtField = d.text("loaded_at_field", m.val)
		case "loaded_at_query":
			s.LoadedAtQuery = d.text("loaded_at_query", m.val)
		case "freshness":
			s.Freshness = d.criteria("freshness", m.val)
		case "external":
			s.External = d.raw("external", m.val)
		}
	}
	for name, v := range config.members {
		switch string(name) {
		case "freshness":
			if s.Freshness == nil {
				s.Freshness = d.criteria("config/freshness", v)
			}
		case "loaded_at_field":
			s.LoadedAtField = orText(s.LoadedAtField, d.text("config/loaded_at_field", v))
		case "loaded_at_query":
			s.LoadedAtQuery = orText(s.LoadedAtQuery, d.text("config/loaded_at_query", v))
		}
	}
	return s
}

// criteria returns nil where neither threshold has a count.
func (d *decoder) criteria(field string, v value) *catalog.Criteria {
	f := &catalog.Criteria{
		WarnAfter: d.age(field+"/warn_after", v.get("warn_after")), ErrorAfter: d.age(field+"/error_after", v.get("error_after")),
		Filter: d.text(field+"/filter", v.get("filter")),
	}
	if f.WarnAfter == nil && f.ErrorAfter == nil {
		return nil
	}
	return f
}

func (d *decoder) age(field string, v value) *catalog.Age {
	count := v.get("count")
	if count.absent() {
		return nil
	}
	n, ok := count.integer()
	if !ok {
		d.odd(field, "a whole number of periods")
		return nil
	}
	return &catalog.Age{Count: n, Period: d.name(field+"/period", v.get("period"))}
}
