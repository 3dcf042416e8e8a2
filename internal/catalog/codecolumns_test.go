package catalog

import (
	"fmt"
	"strings"
	"testing"
)

// codeFacet is what the SQL engine found in the code of a table. Columns of code that was read as a whole have positions.
func codeFacet(full bool, names ...string) Facet {
	f := Facet{Asset: 1, Origin: OriginSQL, Source: FromSQL, UniqueID: "TBL-1"}
	for i, name := range names {
		c := BodyColumn{Name: name}
		if full {
			c.Ordinal = i + 1
		}
		f.Body.Columns = append(f.Body.Columns, c)
	}
	f.Hash = HashBody(f.Body)
	return f
}

func TestColumnsFoundInCode(t *testing.T) {
	documented := func(names ...string) Facet {
		f := manifestFacet("About the table.")
		f.Body.Relation.Platform, f.Body.Columns = "snowflake", nil
		for _, name := range names {
			f.Body.Columns = append(f.Body.Columns, BodyColumn{Name: name, Description: "about " + name})
		}
		return f
	}
	listed := catalogFacet()
	listed.Body.Relation.Platform = "snowflake"
	listed.Body.Columns = []BodyColumn{{Name: "ID", Ordinal: 1, NativeType: "NUMBER"}, {Name: "AT", Ordinal: 2, NativeType: "DATE"}}
	contract := documented("b", "a")
	contract.Body.DBT = &DBT{Contract: true}
	gone := documented("old")
	gone.Body.Columns[0].Absent = withdrawnBy(2)
	edit := userFacet(Edit{Field: "description", Column: "TOTAL", Text: "of the order", By: ana}, Edit{Field: "description", Column: "NEVER", By: ana})
	tests := []struct {
		name   string
		facets []Facet
		want   string
	}{
		{"code alone", []Facet{documented(), codeFacet(true, "ID", "TOTAL")}, "ID sql, TOTAL sql"},
		{"the code's order and spelling", []Facet{documented("total", "id"), codeFacet(true, "ID", "X", "TOTAL")}, "ID about id, X sql, TOTAL about total"},
		{"documented, not in the code", []Facet{documented("elsewhere", "id"), codeFacet(true, "ID")}, "ID about id, elsewhere about elsewhere"},
		{"code with an open star", []Facet{documented("id", "x"), codeFacet(false, "TOTAL", "ID")}, "id about id, x about x, TOTAL sql"},
		{"a contract has the order", []Facet{contract, codeFacet(true, "A", "B", "C")}, "b about b, a about a, C sql"},
		{"no longer documented", []Facet{gone, codeFacet(false, "OLD")}, "old sql about old"},
		{"a catalog", []Facet{documented("id"), listed, codeFacet(true, "ID", "TOTAL")}, "ID NUMBER about id, AT DATE"},
		{"a catalog, and an edit of what it lacks", []Facet{documented("id"), listed, codeFacet(true, "ID", "TOTAL"), edit}, "ID NUMBER about id, AT DATE, TOTAL user absent of the order"},
		{"an edit of what the code has", []Facet{documented(), codeFacet(true, "TOTAL"), edit}, "TOTAL sql of the order"},
		{"an edit of what nothing has any more", []Facet{documented("x"), edit}, "x about x, TOTAL user absent of the order"},
		{"nothing asserts the table", []Facet{codeFacet(true, "ID")}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			asset, columns := Merge(1, tt.facets, Policy{})
			var got []string
			present := 0
			for i, c := range columns {
				text := c.Name
				for _, part := range []string{c.Type.Native, string(c.Origin), absentText(c), c.Description.Value} {
					if part != "" {
						text += " " + part
					}
				}
				got = append(got, text)
				if c.Ordinal != i+1 {
					t.Errorf("%s has position %d of %d", c.Name, c.Ordinal, i+1)
				}
				if c.Present {
					present++
				}
			}
			if s := strings.Join(got, ", "); s != tt.want {
				t.Errorf("columns %s\nwant %s", s, tt.want)
			}
			if asset.ColumnCount != present {
				t.Errorf("counts %d columns, %d are present", asset.ColumnCount, present)
			}
			if asset.Present != (tt.want != "") {
				t.Error(fmt.Sprint("present: ", asset.Present))
			}
		})
	}
}

func absentText(c Column) string {
	if c.Present {
		return ""
	}
	return "absent"
}
