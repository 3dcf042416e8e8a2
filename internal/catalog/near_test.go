package catalog

import (
	"slices"
	"testing"
)

func TestNear(t *testing.T) {
	t.Parallel()
	candidates := []string{"schema_id", "kind", "tag", "owner", "limit", "column_tag"}
	for name, want := range map[string][]string{
		"schemaid": {"schema_id"}, "SCHEMA_ID": {"schema_id"}, "kinds": {"kind"}, "tags": {"tag"}, "schema": {"schema_id"},
		"zzzzzz": nil, "": nil, "column": {"column_tag"},
	} {
		if got := Near(name, candidates); !slices.Equal(got, want) {
			t.Errorf("Near(%q) = %v, want %v", name, got, want)
		}
	}
}
