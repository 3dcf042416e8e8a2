package dbtimports

import (
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/compat/upload"
	"github.com/thalweg-data/thalweg/internal/httpserver"
)

// Names of the artifacts of an import.
const (
	partManifest         = "manifest"
	partCatalog          = "catalog"
	partRunResults       = "run_results"
	partSources          = "sources"
	partSemanticManifest = "semantic_manifest"
	partNodeColumns      = "node_columns"
)

// Text fields of the form.
const (
	fieldSchema = "schema_id"
	fieldForce  = "force"
)

// forceValues are the accepted values of force.
var forceValues = map[string]bool{"true": true, "1": true, "yes": true, "false": false, "0": false, "no": false, "": false}

// check validates the form as a whole.
func check(f *upload.Form) error {
	if _, ok := f.Texts[fieldSchema]; !ok {
		return f.Missing(fieldSchema)
	}
	if !slices.ContainsFunc(f.Parts, func(p upload.Part) bool { return p.Name == partManifest }) {
		return f.Missing(partManifest)
	}
	if _, ok := forceValues[f.Texts[fieldForce]]; !ok {
		return httpserver.NewProblem(httpserver.CodeInvalidField, "The part 'force' must be 'true' or 'false'.").About(fieldForce, "true or false")
	}
	return nil
}

// warnings returns a warning for each part that was ignored.
func warnings(f *upload.Form) []httpserver.Warning {
	var out []httpserver.Warning
	for _, name := range f.Unknown {
		out = append(out, httpserver.Warning{Code: catalog.WarningUnknownField, Field: name, Message: "The part is unknown and was ignored."})
	}
	return out
}
