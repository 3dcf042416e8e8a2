package integrations

import (
	"github.com/danielgtaylor/huma/v2"
)

// operation describes a route; the wire format is fixed by hand.
type operation struct {
	id, summary, description string
	parameters               []*huma.Param
	body                     *huma.RequestBody
	status                   string
	reply                    *huma.Schema
}

func (o operation) describe() *huma.Operation {
	reply := &huma.Response{Description: "Done"}
	if o.reply != nil {
		reply.Content = map[string]*huma.MediaType{"application/json": {Schema: o.reply}}
	}
	return &huma.Operation{
		OperationID: o.id, Tags: []string{"integration"}, Summary: o.summary, Description: o.description, Parameters: o.parameters,
		RequestBody: o.body, Responses: map[string]*huma.Response{o.status: reply},
	}
}

func text(description string) *huma.Schema {
	return &huma.Schema{Type: "string", Description: description}
}

// file is a field with an artifact of that name.
func file(name string) *huma.Schema {
	return &huma.Schema{Type: "string", Format: "binary", Description: name + ".json, plain or gzip", Examples: []any{name}}
}

func integrationID() *huma.Schema {
	return &huma.Schema{Type: "string", Description: "Id of the integration", Examples: []any{exampleID}}
}

const exampleID = "f7d68db5-9dbc-4880-b6cd-ec363c1f7d6b"

func form(required []string, properties map[string]*huma.Schema) *huma.RequestBody {
	return &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		"multipart/form-data": {Schema: &huma.Schema{Type: "object", Required: required, Properties: properties}},
	}}
}

// changed are the parameters of a change of an integration.
func changed() []*huma.Param {
	return append(pathID(), &huma.Param{
		Name: "If-Match", In: "header", Schema: text("ETag of the integration; if it has changed since, nothing is changed and the reply is 412"),
	})
}

func pathID() []*huma.Param {
	return []*huma.Param{{Name: "id", In: "path", Required: true, Schema: &huma.Schema{Type: "string", Examples: []any{exampleID}}}}
}

func extractionSchema() *huma.Schema {
	return &huma.Schema{Type: "object", Required: []string{"message"}, Properties: map[string]*huma.Schema{
		"message": text("A sentence"), "id": text("Of the sync"), "status": text("Of the sync"), "sync": text("Page of the syncs"),
		"integration": text("Id of the integration"),
	}}
}

func integrationSchema() *huma.Schema {
	return &huma.Schema{Type: "object", Required: []string{"id", "name", "type", "credentials"}, AdditionalProperties: true, Properties: map[string]*huma.Schema{
		"id": text("UUID"), "name": text(""), "type": text("dbt_core"),
		"credentials": {Type: "object", Description: "Always empty in replies"},
	}}
}

func uploadOperation(id, field, artifact, summary string) operation {
	return operation{
		id: id, summary: summary, description: "Multipart form with the file and the id of the integration. Uploads within a few seconds are imported by one sync.",
		body: form([]string{"integration", field}, map[string]*huma.Schema{
			"integration": integrationID(), field: file(artifact),
		}),
		status: "200", reply: extractionSchema(),
	}
}

func artifactsOperation() operation {
	return operation{
		id: "upload-integration-artifacts", summary: "Upload artifacts without a sync", description: "Multipart form with manifest, run_results or both, and what else dbt wrote. `POST …/trigger` imports them.",
		parameters: pathID(),
		body: form(nil, map[string]*huma.Schema{
			"manifest": file("manifest"), "run_results": file("run_results"), "catalog": {Type: "string", Format: "binary"},
			"sources": {Type: "string", Format: "binary"}, "semantic_manifest": {Type: "string", Format: "binary"},
		}),
		status: "200", reply: extractionSchema(),
	}
}

func triggerOperation() operation {
	return operation{
		id: "trigger-integration", summary: "Start a sync", description: "Without a body. A sync that has not begun is joined.", parameters: pathID(),
		status: "200", reply: extractionSchema(),
	}
}

func failingOperation() operation {
	return operation{
		id: "list-integration-failing-tests", summary: "Tables with failing tests", description: "Of the schema that the integration feeds: tables of which a test failed, or could not run, when it ran last.",
		parameters: pathID(), status: "200", reply: &huma.Schema{Type: "object", Required: []string{"count", "results"}, Properties: map[string]*huma.Schema{
			"count": {Type: "integer"}, "results": {Type: "array", Items: &huma.Schema{Type: "object", AdditionalProperties: true}},
		}},
	}
}

func listOperation() operation {
	query := func(name string, schema *huma.Schema) *huma.Param {
		return &huma.Param{Name: name, In: "query", Schema: schema}
	}
	return operation{
		id: "list-integration-integrations", summary: "List integrations by pages", description: "Numbered pages with the links to the next and the previous one. Unknown parameters are ignored.",
		parameters: []*huma.Param{query("page", &huma.Schema{Type: "integer"}), query("type", text("dbt_core"))},
		status:     "200", reply: &huma.Schema{Type: "object", Required: []string{"links", "meta", "count", "total_pages", "results"}, AdditionalProperties: true, Properties: map[string]*huma.Schema{
			"results": {Type: "array", Items: integrationSchema()}, "count": {Type: "integer"}, "total_pages": {Type: "integer"},
		}},
	}
}

func integrationBody() *huma.RequestBody {
	example := map[string]any{"name": "dbt Core", "type": "dbt_core", "credentials": map[string]any{}}
	return &huma.RequestBody{Content: map[string]*huma.MediaType{"application/json": {Example: example, Schema: &huma.Schema{
		Type: "object", AdditionalProperties: true, Properties: map[string]*huma.Schema{
			"name": text(""), "type": text("dbt_core"), "credentials": {Type: "object", AdditionalProperties: text(""), Description: "Empty: the integration waits for uploads"},
		},
	}}}}
}

func createOperation() operation {
	return operation{
		id: "create-integration-integration", summary: "Create an integration", description: "With empty credentials it has no source and waits for uploads.",
		body: integrationBody(), status: "201", reply: integrationSchema(),
	}
}

func getOperation() operation {
	return operation{id: "get-integration-integration", summary: "Read an integration", description: "Credentials are never shown.", parameters: pathID(), status: "200", reply: integrationSchema()}
}

func updateOperation() operation {
	return operation{
		id: "update-integration-integration", summary: "Update an integration", description: "Sets the name, and replaces the credentials if they are not empty.",
		parameters: changed(), body: integrationBody(), status: "200", reply: integrationSchema(),
	}
}

func removeOperation() operation {
	return operation{id: "delete-integration-integration", summary: "Delete an integration", description: "What it imported is kept.", parameters: changed(), status: "204"}
}
