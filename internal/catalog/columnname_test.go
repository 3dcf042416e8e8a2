package catalog

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestUnquoteColumn(t *testing.T) {
	for _, tt := range []struct {
		platform, name, want string
		quoted               bool
	}{
		{"snowflake", `"ColumnName"`, "ColumnName", true},
		{"bigquery", "`select`", "select", true},
		{"sqlserver", "[order id]", "order id", true},
		{"postgres", "[order id]", "[order id]", false},
		{"postgres", `"say ""hi"""`, `say "hi"`, true},
		{"postgres", `"a" || "b"`, `"a" || "b"`, false},
		{"postgres", `"a"."b"`, `"a"."b"`, false},
		{"postgres", `""`, `""`, false},
		{"postgres", "id", "id", false},
		{"postgres", `"open`, `"open`, false},
	} {
		got, quoted := UnquoteColumn(tt.platform, tt.name)
		if got != tt.want || quoted != tt.quoted {
			t.Errorf("%s %s: %s %v, want %s %v", tt.platform, tt.name, got, quoted, tt.want, tt.quoted)
		}
	}
}

func TestFindColumn(t *testing.T) {
	for _, tt := range []struct {
		platform, name string
		columns        []string
		want           int
	}{
		{"snowflake", `"ColumnName"`, []string{"ID", "ColumnName"}, 1},
		{"snowflake", "id", []string{"ID", "ColumnName"}, 0},
		{"snowflake", `"id"`, []string{"ID", "id"}, 1},
		{"postgres", "data_E", []string{"data_e", "data_E"}, 1},
		{"postgres", "DATA_E", []string{"data_e", "data_E"}, -1}, // either may be meant
		{"clickhouse", "ID", []string{"id"}, -1},
		{"bigquery", "ID", []string{"id"}, 0},
		{"postgres", "a || b", []string{"a", "b"}, -1},
		{"sqlserver", "[order id]", []string{"Order ID"}, 0},
		{"postgres", `"odd"`, []string{`odd`, `"odd"`}, 1},
	} {
		got := FindColumn(tt.platform, tt.name, len(tt.columns), func(i int) string { return tt.columns[i] })
		if got != tt.want {
			t.Errorf("%s %s in %q: %d, want %d", tt.platform, tt.name, tt.columns, got, tt.want)
		}
	}
}

func TestColumnNamesOfATest(t *testing.T) {
	for _, tt := range []struct {
		body TestBody
		want []string
	}{
		{TestBody{Column: "id", Args: map[string]string{"columns": `["a"]`}}, []string{"id"}},
		{TestBody{Args: map[string]string{"combination_of_columns": `["a","b"]`}}, []string{"a", "b"}},
		{TestBody{Args: map[string]string{"column_A": `"a"`, "column_B": `"b"`, "or_equal": "true"}}, []string{"a", "b"}},
		{TestBody{Args: map[string]string{"column_list": `{"a":1}`}}, nil},
		{TestBody{Args: map[string]string{"expression": `"a > 1"`}}, nil},
	} {
		if diff := cmp.Diff(tt.want, tt.body.ColumnNames()); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", tt.body, diff)
		}
	}
}
