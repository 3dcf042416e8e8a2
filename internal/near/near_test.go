package near

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNames(t *testing.T) {
	t.Parallel()
	candidates := []string{"schema_id", "kind", "tag", "owner", "limit", "column_tag"}
	for name, want := range map[string][]string{
		"schemaid": {"schema_id"}, "SCHEMA_ID": {"schema_id"}, "kinds": {"kind"}, "tags": {"tag"}, "schema": {"schema_id"},
		"zzzzzz": nil, "": nil, "column": {"column_tag"}, "limitation": {"limit"}, "tagging": nil,
	} {
		if got := Names(name, slices.Values(candidates), 3); !slices.Equal(got, want) {
			t.Errorf("Names(%q) = %v, want %v", name, got, want)
		}
	}
}

func TestChoice(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{"warning": "did you mean warn?", "pas": "did you mean pass?", "zzz": "want one of pass, warn"} {
		if got := Choice(word, []string{"pass", "warn"}); got != want {
			t.Errorf("Choice(%q) = %q, want %q", word, got, want)
		}
	}
}

func TestNamesOfNodes(t *testing.T) {
	names := []string{"orders", "stg_orders", "order_items", "customers", "Überweisungen", "x", ""}
	tests := []struct {
		word string
		want []string
	}{
		{"ordrs", []string{"orders"}},
		{"ORDERS", []string{"orders", "stg_orders"}},
		{"odrers", []string{"orders"}},
		{"order", []string{"orders", "stg_orders", "order_items"}},
		{"überweisung", []string{"Überweisungen"}},
		{"zzz", nil},
		{"y", []string{"x"}},
		{"", nil},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, Names(tt.word, slices.Values(names), 3)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.word, diff)
		}
	}
}
