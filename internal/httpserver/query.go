package httpserver

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/thalweg-data/thalweg/internal/near"
)

// checkedQuery refuses requests with query parameters that the operation does not describe, and with values other than
// those that it lists: a misspelled filter must not be answered as if it was not there.
func checkedQuery(op *huma.Operation, next http.Handler) http.Handler {
	var described []string
	choices := map[string][]string{}
	for _, p := range op.Parameters {
		if p.In != "query" {
			continue
		}
		described = append(described, p.Name)
		if values := listedValues(p.Schema); values != nil {
			choices[p.Name] = values
		}
	}
	slices.Sort(described)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery != "" {
			given := r.URL.Query()
			err := unknownParameters(given, described)
			if err == nil {
				err = unlistedValues(given, choices)
			}
			if err != nil {
				WriteProblem(w, r, err)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// listedValues returns the values that a schema lists, nil if it does not.
func listedValues(schema *huma.Schema) []string {
	if schema == nil {
		return nil
	}
	if schema.Type == huma.TypeBoolean {
		return []string{"true", "false"}
	}
	var values []string
	for _, v := range schema.Enum {
		values = append(values, fmt.Sprint(v))
	}
	return values
}

// unlistedValues returns the reply for the first parameter with a value that is not one of its choices. An empty value
// is that of a parameter that is not given.
func unlistedValues(given url.Values, choices map[string][]string) error {
	for _, name := range slices.Sorted(maps.Keys(given)) {
		value := given.Get(name)
		if values := choices[name]; values != nil && value != "" {
			if err := OneOf(name, value, values); err != nil {
				return err
			}
		}
	}
	return nil
}

// OneOf checks that the value of a parameter is one of several. The reply names the similar ones, or else all.
func OneOf(name, value string, values []string) error {
	if slices.Contains(values, value) {
		return nil
	}
	return InvalidParameter(name, "%q is not a value of it; %s", shortened(value), near.Choice(value, values))
}

// unknownParameters returns the reply for the parameters that are not known, nil if all are.
func unknownParameters(given url.Values, described []string) error {
	var p *Problem
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if _, ok := slices.BinarySearch(described, name); ok {
			continue
		}
		if p == nil {
			p = NewProblem(CodeUnknownParameter, "%q is not a parameter of this route%s", shortened(name), remedy(name, described))
			p.Field = shortened(name)
		}
		p.Errors = append(p.Errors, FieldError{Field: shortened(name), Detail: "unknown" + remedy(name, described)})
	}
	if p == nil {
		return nil
	}
	return p
}

// remedy names the similar parameters, or else all.
func remedy(name string, described []string) string {
	if len(described) == 0 {
		return "; it takes none."
	}
	if similar := near.Names(name, slices.Values(described), 3); len(similar) > 0 {
		return "; did you mean " + strings.Join(similar, " or ") + "?"
	}
	return "; it takes " + strings.Join(described, ", ") + "."
}

// shortened cuts a text of the client that a reply repeats.
func shortened(text string) string {
	const most = 200
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most]) + "…"
}
