package httpserver

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/thalweg-data/thalweg/internal/near"
)

// knownQuery refuses requests with query parameters that the operation does not describe: a misspelled filter must
// not be answered as if it was not there.
func knownQuery(op *huma.Operation, next http.Handler) http.Handler {
	var known []string
	for _, p := range op.Parameters {
		if p.In == "query" {
			known = append(known, p.Name)
		}
	}
	slices.Sort(known)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery != "" {
			if err := unknownParameters(r.URL.Query(), known); err != nil {
				WriteProblem(w, r, err)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// unknownParameters returns the reply for the parameters that are not known, nil if all are.
func unknownParameters(given url.Values, known []string) error {
	var p *Problem
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if _, ok := slices.BinarySearch(known, name); ok {
			continue
		}
		if p == nil {
			p = NewProblem(CodeUnknownParameter, "%q is not a parameter of this route%s", shortened(name), remedy(name, known))
			p.Field = shortened(name)
		}
		p.Errors = append(p.Errors, FieldError{Field: shortened(name), Detail: "unknown" + remedy(name, known)})
	}
	if p == nil {
		return nil
	}
	return p
}

// remedy names the similar parameters, or else all.
func remedy(name string, known []string) string {
	if len(known) == 0 {
		return "; it takes none."
	}
	if similar := near.Names(name, slices.Values(known), 3); len(similar) > 0 {
		return "; did you mean " + strings.Join(similar, " or ") + "?"
	}
	return "; it takes " + strings.Join(known, ", ") + "."
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
