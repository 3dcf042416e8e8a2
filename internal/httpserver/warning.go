package httpserver

import "github.com/thalweg-data/thalweg/internal/catalog"

// Warning is something that the caller may not have expected of a request that was answered.
type Warning struct {
	Code    string `json:"code" enum:"no-match,unknown-key,unknown-field,not-effective,limited"`
	Field   string `json:"field" doc:"The parameter, field of the body or part of the upload that it is about"`
	Message string `json:"message"`
}

// WarningsOf returns warnings as replies have them; nil if there are none.
func WarningsOf(warnings []catalog.Warning) []Warning {
	if len(warnings) == 0 {
		return nil
	}
	out := make([]Warning, len(warnings))
	for i, w := range warnings {
		out[i] = Warning(w)
	}
	return out
}
