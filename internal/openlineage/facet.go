package openlineage

import (
	"slices"

	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// Producer identifies Thalweg in everything that is written.
const Producer = "https://github.com/thalweg-data/thalweg"

const (
	columnLineageURL = "https://openlineage.io/spec/facets/1-2-0/ColumnLineageDatasetFacet.json#/$defs/ColumnLineageDatasetFacet"
	schemaURL        = "https://openlineage.io/spec/facets/1-2-0/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet"
	jobEventURL      = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/JobEvent"
)

// Facet is what every facet begins with.
type Facet struct {
	Producer  string `json:"_producer"`
	SchemaURL string `json:"_schemaURL"`
}

// ColumnLineage is the facet of an output dataset.
type ColumnLineage struct {
	Facet
	Fields map[string]Field `json:"fields"`
	// Dataset are the columns that decide which rows there are.
	Dataset []InputField `json:"dataset,omitempty"`
}

// Field is one column of the output dataset.
type Field struct {
	InputFields []InputField `json:"inputFields"`
}

// InputField is a column that another one, or the whole dataset, depends on.
type InputField struct {
	Namespace       string           `json:"namespace"`
	Name            string           `json:"name"`
	Field           string           `json:"field"`
	Transformations []Transformation `json:"transformations,omitempty"`
}

// Transformation describes how.
type Transformation struct {
	Type        string `json:"type"`
	Subtype     string `json:"subtype"`
	Description string `json:"description"`
	Masking     bool   `json:"masking"`
}

// kinds maps our kinds to the standard's types; the description keeps ours.
var kinds = []struct {
	kind         resolve.KindSet
	typ, subtype string
}{
	{resolve.Identity, "DIRECT", "IDENTITY"},
	{resolve.Rename, "DIRECT", "IDENTITY"},
	{resolve.Cast, "DIRECT", "TRANSFORMATION"},
	{resolve.Transform, "DIRECT", "TRANSFORMATION"},
	{resolve.Field, "DIRECT", "TRANSFORMATION"},
	{resolve.Window, "DIRECT", "TRANSFORMATION"},
	{resolve.Aggregate, "DIRECT", "AGGREGATION"},
	{resolve.Conditional, "INDIRECT", "CONDITIONAL"},
	{resolve.WindowKey, "INDIRECT", "WINDOW"},
	{resolve.Join, "INDIRECT", "JOIN"},
	{resolve.Filter, "INDIRECT", "FILTER"},
	{resolve.Having, "INDIRECT", "FILTER"},
	{resolve.Qualify, "INDIRECT", "FILTER"},
	{resolve.SetOperation, "INDIRECT", "FILTER"},
	{resolve.Group, "INDIRECT", "GROUP_BY"},
	{resolve.Distinct, "INDIRECT", "GROUP_BY"},
	{resolve.Sort, "INDIRECT", "SORT"},
}

// Transformations returns the standard's transformations for a set of kinds:
// one per type and subtype, with our kinds as the description.
func Transformations(set resolve.KindSet, masked bool) []Transformation {
	var out []Transformation
	for _, k := range kinds {
		if !set.Has(k.kind) {
			continue
		}
		at := slices.IndexFunc(out, func(t Transformation) bool { return t.Type == k.typ && t.Subtype == k.subtype })
		if at >= 0 {
			out[at].Description += ", " + k.kind.String()
			continue
		}
		out = append(out, Transformation{Type: k.typ, Subtype: k.subtype, Description: k.kind.String(), Masking: masked && k.typ == "DIRECT"})
	}
	return out
}
