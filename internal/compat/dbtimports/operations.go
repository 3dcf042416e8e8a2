package dbtimports

import (
	"github.com/danielgtaylor/huma/v2"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
)

// The wire format is fixed by hand, and so is its description.

func jsonReply(description string, schema *huma.Schema) *huma.Response {
	return &huma.Response{Description: description, Content: map[string]*huma.MediaType{"application/json": {Schema: schema}}}
}

func createOperation(registry huma.Registry) *huma.Operation {
	// Generators of clients make a file of the format binary and of nothing else.
	file := func(description string) *huma.Schema {
		return &huma.Schema{Type: "string", Format: "binary", Description: description}
	}
	upload := &huma.Schema{
		Type: "object", Required: []string{fieldSchema, partManifest},
		Properties: map[string]*huma.Schema{
			fieldSchema:  {Type: "string", Description: "Schema ID, such as SCH-101", Examples: []any{"SCH-101"}},
			partManifest: file("manifest.json, plain or gzip"),
			partCatalog:  file("catalog.json"),
			partRunResults: {
				Type: "array", Items: file("run_results.json"), Description: "One part per run_results.json; there may be several",
			},
			partSources:          file("sources.json"),
			partSemanticManifest: file("semantic_manifest.json"),
			partNodeColumns:      file("dbt.node_columns.parquet of dbt 2's index (--write-index), as dbt wrote it"),
			fieldForce:           {Type: "string", Enum: []any{"true", "false"}, Description: "Apply even if older than what is served"},
		},
	}
	taken := jsonReply("Accepted; follow Location", httpserver.SchemaOf[importDocument](registry))
	return &huma.Operation{
		OperationID: "create-import", Tags: []string{"dbt_imports"}, Summary: "Upload dbt artifacts and start an import", Description: "Multipart form with manifest.json and, if there are such files, catalog.json, run_results.json, sources.json and semantic_manifest.json, plain or gzip. The reply comes once everything is stored durably; a worker applies it then.",
		Parameters: []*huma.Param{
			{Name: "wait", In: "query", Description: "Seconds to wait for the import to finish, at most 60", Schema: &huma.Schema{Type: "integer"}},
			{Name: "Idempotency-Key", In: "header", Description: "The same key and content within 24 hours return the first import", Schema: &huma.Schema{Type: "string"}},
		},
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {Schema: upload}}},
		Responses:   map[string]*huma.Response{"202": taken, "201": taken},
	}
}

func listOperation(registry huma.Registry) *huma.Operation {
	statuses := []any{string(catalog.Pending), string(catalog.Processing), string(catalog.Completed), string(catalog.Failed)}
	query := func(name string, schema *huma.Schema) *huma.Param {
		return &huma.Param{Name: name, In: "query", Schema: schema}
	}
	return &huma.Operation{
		OperationID: "list-imports", Tags: []string{"dbt_imports"}, Summary: "List imports, newest first", Description: "Filters by schema, project and status. Unknown parameters are ignored.",
		Parameters: []*huma.Param{
			query("limit", &huma.Schema{Type: "integer"}), query("cursor", &huma.Schema{Type: "string"}),
			query(fieldSchema, &huma.Schema{Type: "string", Examples: []any{"SCH-101"}}), query("project", &huma.Schema{Type: "string"}),
			query("status", &huma.Schema{Type: "string", Enum: statuses}),
		},
		Responses: map[string]*huma.Response{"200": jsonReply("A page of imports", httpserver.SchemaOf[importList](registry))},
	}
}

func getOperation(registry huma.Registry) *huma.Operation {
	return &huma.Operation{
		OperationID: "get-import", Tags: []string{"dbt_imports"}, Summary: "State of an import", Description: "Status, counters and times. `GET …/report` has stages and issues.",
		Parameters: []*huma.Param{{Name: "id", In: "path", Required: true, Schema: &huma.Schema{Type: "string", Examples: []any{"IMP-1"}}}},
		Responses:  map[string]*huma.Response{"200": jsonReply("The import", httpserver.SchemaOf[importDocument](registry))},
	}
}
