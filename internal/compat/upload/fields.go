package upload

import (
	"fmt"
	"slices"

	"github.com/thalweg-data/thalweg/internal/dbt"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/near"
)

// artifactFields maps fields of the form to artifacts. Only the name of a field counts: clients send any content type
// and file name, or none.
var artifactFields = map[string]string{
	"manifest": string(dbt.Manifest), "manifest_file": string(dbt.Manifest),
	"catalog": string(dbt.Catalog), "catalog_file": string(dbt.Catalog),
	"run_results": string(dbt.RunResults), "run_results_file": string(dbt.RunResults),
	"run_result": string(dbt.RunResults), "run_result_file": string(dbt.RunResults),
	"sources": string(dbt.Sources), "sources_file": string(dbt.Sources),
	"semantic_manifest": string(dbt.SemanticManifest), "semantic_manifest_file": string(dbt.SemanticManifest),
	"node_columns": string(dbt.NodeColumns), "node_columns_file": string(dbt.NodeColumns),
}

// Missing returns the reply for a part that was not sent. It names the unknown parts that may have been meant.
func (f *Form) Missing(field string) *httpserver.Problem {
	text := fmt.Sprintf("The part '%s' is missing", field)
	if similar := near.Names(field, slices.Values(f.Unknown), 1); len(similar) > 0 {
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
