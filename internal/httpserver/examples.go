package httpserver

import (
	"cmp"
	_ "embed" // of the replies
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

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
			if media := response.Content[jsonMedia]; media != nil {
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

// addExample adds the call of an operation as a command, and gives its parameters the values of their examples. An
// operation names the optional parameters that the command has.
func addExample(method, path string, op *huma.Operation) error {
	sample, _ := op.Metadata[sampleKey].([]string)
	url, query := path, []string{}
	for _, p := range op.Parameters {
		value := exampleOf(p.Schema)
		if value == "" {
			continue
		}
		if p.Example == nil {
			p.Example = value
		}
		switch {
		case p.In == "path":
			url = strings.Replace(url, "{"+p.Name+"}", value, 1)
		case p.In == "query" && (p.Required || slices.Contains(sample, p.Name)):
			query = append(query, p.Name+"="+strings.NewReplacer(" ", "%20", "+", "%2B").Replace(value))
		}
	}
	if len(query) > 0 {
		slices.Sort(query)
		url += "?" + strings.Join(query, "&")
	}
	body, err := bodyExample(op)
	if err != nil {
		return err
	}
	if op.Extensions == nil {
		op.Extensions = map[string]any{}
	}
	source := commandOf(method, url, len(op.Security) > 0) + body
	op.Extensions["x-codeSamples"] = []map[string]string{{"lang": "Shell", "label": "curl", "source": source}}
	return nil
}

// commandOf returns the command that sends a request without a body.
func commandOf(method, url string, withKey bool) string {
	command := "curl"
	if method != "GET" {
		command += " -X " + method
	}
	command += " 'http://127.0.0.1:8080" + url + "'"
	if withKey {
		command += " -H 'Authorization: Bearer YOUR_API_KEY'"
	}
	return command
}

// exampleOf returns the first example of a schema; "" if it has none.
func exampleOf(schema *huma.Schema) string {
	if schema == nil || len(schema.Examples) == 0 {
		return ""
	}
	return fmt.Sprint(schema.Examples[0])
}

// bodyExample adds the example of an operation's body and returns the flags of curl that send it.
func bodyExample(op *huma.Operation) (string, error) {
	if op.RequestBody == nil {
		return "", nil
	}
	if form := op.RequestBody.Content["multipart/form-data"]; form != nil {
		var flags strings.Builder
		for _, name := range sentFields(form.Schema) {
			value := exampleOf(form.Schema.Properties[name])
			if form.Schema.Properties[name].Format == "binary" {
				value = "@target/" + cmp.Or(value, name) + ".json"
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

// sentFields are the fields of a form that its example sends: the required ones, else those that have an example.
func sentFields(form *huma.Schema) []string {
	if len(form.Required) > 0 {
		return form.Required
	}
	var out []string
	for _, name := range slices.Sorted(maps.Keys(form.Properties)) {
		if exampleOf(form.Properties[name]) != "" {
			out = append(out, name)
		}
	}
	return out
}
