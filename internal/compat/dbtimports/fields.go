package dbtimports

import (
	"slices"

	"github.com/thalweg-data/thalweg/internal/httpserver"
)

// Names of the artifacts of an import.
const (
	partManifest         = "manifest"
	partCatalog          = "catalog"
	partRunResults       = "run_results"
	partSources          = "sources"
	partSemanticManifest = "semantic_manifest"
)

// artifactFields maps fields of the form to artifacts. Only the name of a field counts: clients send any content type
// and file name, or none.
var artifactFields = map[string]string{
	"manifest": partManifest, "manifest_file": partManifest,
	"catalog": partCatalog, "catalog_file": partCatalog,
	"run_results": partRunResults, "run_results_file": partRunResults,
	"run_result": partRunResults, "run_result_file": partRunResults,
	"sources": partSources, "sources_file": partSources,
	"semantic_manifest": partSemanticManifest, "semantic_manifest_file": partSemanticManifest,
}

// Text fields of the form.
const (
	fieldSchema = "schema_id"
	fieldForce  = "force"
)

// forceValues are the accepted values of force.
var forceValues = map[string]bool{"true": true, "1": true, "yes": true, "false": false, "0": false, "no": false, "": false}

// check validates the form as a whole.
func (f *form) check() error {
	if _, ok := f.texts[fieldSchema]; !ok {
		return missing(fieldSchema)
	}
	if !slices.ContainsFunc(f.parts, func(p part) bool { return p.Name == partManifest }) {
		return missing(partManifest)
	}
	if _, ok := forceValues[f.texts[fieldForce]]; !ok {
		return httpserver.NewProblem(httpserver.CodeInvalidField, "The part 'force' must be 'true' or 'false'.").About(fieldForce, "true or false")
	}
	return nil
}

func missing(field string) *httpserver.Problem {
	return httpserver.NewProblem(httpserver.CodeMissingField, "The part '%s' is missing.", field).About(field, "required")
}

func empty(field string) *httpserver.Problem {
	return httpserver.NewProblem(httpserver.CodeEmptyField, "The part '%s' is empty.", field).About(field, "empty")
}

func twice(field string) *httpserver.Problem {
	return httpserver.NewProblem(httpserver.CodeDuplicateField, "The part '%s' was sent twice.", field).About(field, "twice")
}
