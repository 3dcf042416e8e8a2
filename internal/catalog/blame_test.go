package catalog_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

func TestBlameNext(t *testing.T) {
	columns := func(names ...string) (out []catalog.Column) {
		for _, name := range names {
			out = append(out, catalog.Column{Name: name, Present: true})
		}
		return out
	}
	blame := catalog.Blame{Created: 2}
	steps := []struct {
		version int64
		changes []catalog.Change
		columns []catalog.Column
	}{
		{3, []catalog.Change{{Kind: catalog.Updated, Field: "tags"}, {Kind: catalog.Updated, Column: "id", Field: "type"}}, columns("id", "gone")},
		{4, []catalog.Change{{Kind: catalog.Created, Column: "email"}, {Kind: catalog.Removed, Column: "gone"}}, columns("id", "email")},
		{5, []catalog.Change{
			{Kind: catalog.Updated, Column: "ID", Field: "name", Old: "id", New: "ID"},
			{Kind: catalog.Updated, Column: "email", Field: "description"},
		}, columns("ID", "email")},
		{6, []catalog.Change{{Kind: catalog.Removed}}, columns("ID", "email")},
		{7, []catalog.Change{{Kind: catalog.Restored}, {Kind: catalog.Created, Column: "gone"}}, columns("ID", "email", "gone")},
	}
	for _, step := range steps {
		before := blame
		blame = before.Next(step.version, step.changes, step.columns)
	}
	want := catalog.Blame{Created: 2, Fields: map[string]int64{"": 7, "tags": 3}, Columns: map[string]catalog.ColumnBlame{
		"ID":    {Fields: map[string]int64{"type": 3, "name": 5}},
		"email": {Created: 4, Fields: map[string]int64{"description": 5}},
		"gone":  {Created: 7},
	}}
	if diff := cmp.Diff(want, blame); diff != "" {
		t.Error(diff)
	}
	for _, test := range []struct {
		column, field string
		want          int64
	}{{"", "", 7}, {"", "tags", 3}, {"", "name", 2}, {"ID", "", 2}, {"ID", "type", 3}, {"email", "", 4}, {"email", "description", 5}, {"email", "type", 4}} {
		if got := blame.Of(test.column, test.field); got != test.want {
			t.Errorf("%q.%q is of version %d, want %d", test.column, test.field, got, test.want)
		}
	}
}

// Blames of older versions are read while newer ones are made.
func TestBlameDoesNotChangeWhatItIsMadeOf(t *testing.T) {
	before := catalog.Blame{Created: 1, Fields: map[string]int64{"tags": 2}, Columns: map[string]catalog.ColumnBlame{"id": {Fields: map[string]int64{"type": 2}}}}
	columns := []catalog.Column{{Name: "id"}}
	before.Next(3, []catalog.Change{{Kind: catalog.Updated, Field: "tags"}, {Kind: catalog.Updated, Column: "id", Field: "type"}}, columns)
	if before.Of("", "tags") != 2 || before.Of("id", "type") != 2 {
		t.Errorf("it was changed: %+v", before)
	}
}
