package httpapi

import (
	"encoding/json"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
)

// timeText formats a time: RFC 3339, UTC, whole seconds; nil for the zero time.
func timeText(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := t.UTC().Format(time.RFC3339)
	return &s
}

func timeOrEmpty(t time.Time) string {
	if s := timeText(t); s != nil {
		return *s
	}
	return ""
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func importLabel(id catalog.ImportID) *string {
	if id == 0 {
		return nil
	}
	s := id.String()
	return &s
}

func jsonMap(raw json.RawMessage) httpserver.JSON {
	out := httpserver.JSON{}
	if len(raw) > 0 {
		_ = json.Unmarshal(raw, &out) // anything but an object is read as an empty one
	}
	if out == nil {
		out = httpserver.JSON{}
	}
	return out
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
