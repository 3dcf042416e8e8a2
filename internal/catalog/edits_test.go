package catalog

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestJoinEdits(t *testing.T) {
	t.Parallel()
	text := func(field, column, text string) Edit { return Edit{Field: field, Column: column, Text: text} }
	tags := func(add, remove []string) Edit { return Edit{Field: "tags", Add: add, Remove: remove} }
	for _, c := range []struct {
		name               string
		edits, newer       []Edit
		wantAll, wantFresh []Edit
	}{
		{"nothing", nil, nil, nil, nil},
		{"the first", nil, []Edit{text("description", "", "a")}, []Edit{text("description", "", "a")}, []Edit{text("description", "", "a")}},
		{"the same text", []Edit{text("description", "", "a")}, []Edit{text("description", "", "a")}, []Edit{text("description", "", "a")}, nil},
		{
			"another column",
			[]Edit{text("description", "id", "a")},
			[]Edit{text("description", "ID", "a")},
			[]Edit{text("description", "id", "a"), text("description", "ID", "a")},
			[]Edit{text("description", "ID", "a")},
		},
		{
			"another text",
			[]Edit{text("description", "", "a"), tags([]string{"x"}, nil)},
			[]Edit{text("description", "", "b")},
			[]Edit{tags([]string{"x"}, nil), text("description", "", "b")},
			[]Edit{text("description", "", "b")},
		},
		{"withdrawal of nothing", nil, []Edit{text("description", "", "")}, nil, nil},
		{"a blank text", nil, []Edit{text("description", "", " \n")}, nil, nil},
		{"withdrawal", []Edit{text("description", "", "a")}, []Edit{text("description", "", "")}, []Edit{text("description", "", "")}, []Edit{text("description", "", "")}},
		{"withdrawal twice", []Edit{text("description", "", "")}, []Edit{text("description", "", " ")}, []Edit{text("description", "", "")}, nil},
		{"the same set", []Edit{tags([]string{"b", "a"}, []string{"c"})}, []Edit{tags([]string{"a", "b", "a"}, []string{"c"})}, []Edit{tags([]string{"b", "a"}, []string{"c"})}, nil},
		{"added instead of removed", []Edit{tags([]string{"a"}, nil)}, []Edit{tags(nil, []string{"a"})}, []Edit{tags(nil, []string{"a"})}, []Edit{tags(nil, []string{"a"})}},
		{"several at once", nil, []Edit{text("description", "", "a"), text("description", "", "b")}, []Edit{text("description", "", "b")}, []Edit{text("description", "", "b")}},
	} {
		all, fresh := JoinEdits(c.edits, c.newer)
		if diff := cmp.Diff(c.wantAll, all); diff != "" {
			t.Errorf("%s: all (-want +got)\n%s", c.name, diff)
		}
		if diff := cmp.Diff(c.wantFresh, fresh); diff != "" {
			t.Errorf("%s: fresh (-want +got)\n%s", c.name, diff)
		}
	}
}
