package httpserver

import (
	_ "embed" // of the replies
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// exampleIDs are ids by the resource in front of {id} in a path.
var exampleIDs = map[string]string{
	"schemas": "SCH-101", "dbt_imports": "IMP-1", "assets": "TBL-31", "runs": "RUN-1", "projects": "PRJ-1", "keys": "KEY-2", "users": "USR-1",
}

// exampleValues are values of other parameters by name.
var exampleValues = map[string]string{
	"name": "order_id", "sha": exampleArtifact, "schema_id": "SCH-101", "asset": "TBL-31", "unique_id": "model.shop.fct_orders",
	"relation": "marts.fct_orders", "column": "order_id", "select": "1+fct_orders+1", "confirm": "Analytics Warehouse",
}

// exampleArtifact is the hash of the demo's first manifest.
const exampleArtifact = "99c92331d14a8520815fb5fdfa1874fd2e643a0ba4b5849d7bcab8d2c54e632c"

// exampleReplies are the replies to the examples, by operation and status, in shortened form. A test of the whole API
// writes them.
//
//go:embed replies.json
var exampleReplies []byte

// addExamples gives every operation an example: a value for its parameters, a body, the call as a command, and the
// reply to it.
func addExamples(doc *huma.OpenAPI) error {
	var replies map[string]map[string]json.RawMessage
	if err := json.Unmarshal(exampleReplies, &replies); err != nil {
		return fmt.Errorf("examples of replies: %w", err)
	}
	for path, item := range doc.Paths {
		for method, op := range operationsOf(item) {
			if err := addExample(method, path, op); err != nil {
				return fmt.Errorf("example of %s: %w", op.OperationID, err)
			}
			addReplies(op, replies[op.OperationID])
		}
	}
	return nil
}

// addReplies adds the examples of an operation's replies.
func addReplies(op *huma.Operation, replies map[string]json.RawMessage) {
	for status, reply := range replies {
		if response := op.Responses[status]; response != nil {
			for _, media := range response.Content {
				media.Example = reply
			}
		}
	}
}

// operationsOf returns the operations of a path by method.
func operationsOf(item *huma.PathItem) map[string]*huma.Operation {
	if item == nil {
		return nil
	}
	operations := map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PATCH": item.Patch, "PUT": item.Put, "DELETE": item.Delete}
	maps.DeleteFunc(operations, func(_ string, op *huma.Operation) bool { return op == nil })
	return operations
}

func addExample(method, path string, op *huma.Operation) error {
	url, query := path, []string{}
	for _, p := range op.Parameters {
		value := exampleOf(path, p)
		if value == "" {
			continue
		}
		if p.Example == nil {
			p.Example = value
		}
		switch {
		case p.In == "path":
			url = strings.Replace(url, "{"+p.Name+"}", value, 1)
		case p.In == "query" && (p.Required || p.Name == "confirm" || p.Name == "select" || p.Name == "column" || p.Name == "schema_id" && !strings.Contains(path, "{") && !strings.HasSuffix(path, "/impact")):
			query = append(query, p.Name+"="+strings.NewReplacer(" ", "%20", "+", "%2B").Replace(value))
		}
	}
	if len(query) > 0 {
		slices.Sort(query)
		url += "?" + strings.Join(query, "&")
	}
	command := "curl"
	if method != "GET" {
		command += " -X " + method
	}
	command += " 'http://127.0.0.1:8080" + url + "'"
	if len(op.Security) > 0 {
		command += " -H 'Authorization: Bearer YOUR_API_KEY'"
	}
	body, err := bodyExample(op)
	if err != nil {
		return err
	}
	if op.Extensions == nil {
		op.Extensions = map[string]any{}
	}
	op.Extensions["x-codeSamples"] = []map[string]string{{"lang": "Shell", "label": "curl", "source": command + body}}
	return nil
}

// exampleOf returns a value of a parameter; "" if it needs none.
func exampleOf(path string, p *huma.Param) string {
	if p.Schema != nil && len(p.Schema.Examples) > 0 {
		return fmt.Sprint(p.Schema.Examples[0])
	}
	if p.In == "path" && p.Name == "id" {
		before, _, _ := strings.Cut(path, "/{id}")
		return exampleIDs[before[strings.LastIndex(before, "/")+1:]]
	}
	return exampleValues[p.Name]
}

// bodyExample adds the example of an operation's body and returns the flags of curl that send it.
func bodyExample(op *huma.Operation) (string, error) {
	if op.RequestBody == nil {
		return "", nil
	}
	if form := op.RequestBody.Content["multipart/form-data"]; form != nil {
		var flags strings.Builder
		for _, name := range form.Schema.Required {
			value := "@target/" + name + ".json"
			if form.Schema.Properties[name].Format != "binary" {
				value = exampleValues[name]
			}
			fmt.Fprintf(&flags, " -F '%s=%s'", name, value)
		}
		return flags.String(), nil
	}
	media := op.RequestBody.Content["application/json"]
	text, _ := op.Metadata[exampleKey].(string)
	if media == nil || text == "" {
		return "", nil
	}
	var example any
	if err := json.Unmarshal([]byte(text), &example); err != nil {
		return "", err
	}
	media.Example = example
	return " -H 'Content-Type: application/json' -d '" + text + "'", nil
}
