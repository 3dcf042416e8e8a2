package dbtimports

import (
	"fmt"
	"slices"

	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/near"
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
		return f.missing(fieldSchema)
	}
	if !slices.ContainsFunc(f.parts, func(p part) bool { return p.Name == partManifest }) {
		return f.missing(partManifest)
	}
	if _, ok := forceValues[f.texts[fieldForce]]; !ok {
		return httpserver.NewProblem(httpserver.CodeInvalidField, "The part 'force' must be 'true' or 'false'.").About(fieldForce, "true or false")
	}
	return nil
}

// missing returns the reply for a part that was not sent. It names the unknown parts that may have been meant.
func (f *form) missing(field string) *httpserver.Problem {
	text := fmt.Sprintf("The part '%s' is missing", field)
	if similar := near.Names(field, slices.Values(f.unknown), 1); len(similar) > 0 {
		text += fmt.Sprintf("; '%s', which was sent, is not a part of the form", similar[0])
	}
	return httpserver.NewProblem(httpserver.CodeMissingField, "%s.", text).About(field, "required")
}

func empty(field string) *httpserver.Problem {
	return httpserver.NewProblem(httpserver.CodeEmptyField, "The part '%s' is empty.", field).About(field, "empty")
}

func twice(field string) *httpserver.Problem {
	return httpserver.NewProblem(httpserver.CodeDuplicateField, "The part '%s' was sent twice.", field).About(field, "twice")
}
