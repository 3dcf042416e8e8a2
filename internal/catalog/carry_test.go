package catalog

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// next is the same word as brought by a later import.
func next(f Facet, by ImportID) Facet { f.Cause, f.At = ImportCause(by), reported(by); return f }

func TestCarryText(t *testing.T) {
	first := manifestFacet("text", withText(column("id", ""), "key"))
	blank := Carry(first, next(manifestFacet("", column("id", "")), 2))
	if diff := cmp.Diff(&Kept{"text", ImportCause(1), ImportCause(2), Stamp{At: reported(1)}}, blank.Body.Kept); diff != "" {
		t.Errorf("description (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(&Kept{"key", ImportCause(1), ImportCause(2), Stamp{At: reported(1)}}, blank.Body.Columns[0].Kept); diff != "" {
		t.Errorf("column (-want +got):\n%s", diff)
	}
	again := Carry(blank, next(manifestFacet("", column("id", "")), 3))
	if again.Hash != blank.Hash {
		t.Errorf("a blank that comes again is another word: %+v, then %+v", blank.Body, again.Body)
	}
	spoken := Carry(again, next(manifestFacet("new", column("id", "")), 4))
	if spoken.Body.Kept != nil || spoken.Body.Description != "new" {
		t.Errorf("a new text keeps the old: %+v", spoken.Body)
	}
}

func TestCarryColumns(t *testing.T) {
	texts := func(columns []BodyColumn) (out []string) {
		for _, c := range columns {
			s := c.Name
			if !c.Absent.IsZero() {
				s += fmt.Sprintf(" absent since %d", c.Absent.Cause.ID)
			}
			if c.Kept != nil {
				s += fmt.Sprintf(" was %q", c.Kept.Value)
			}
			out = append(out, s)
		}
		return out
	}
	tests := []struct {
		name     string
		old, new Facet
		want     []string
	}{
		{
			"a column gone from the catalog stays, absent",
			catalogFacet(column("id", "int"), withText(column("old", "text"), "comment")), catalogFacet(column("id", "int")),
			[]string{"id", `old absent since 9 was "comment"`},
		},
		{
			"one that is absent already keeps its date",
			catalogFacet(column("id", "int"), BodyColumn{Name: "old", Absent: withdrawnBy(3)}), catalogFacet(column("id", "int")),
			[]string{"id", "old absent since 3"},
		},
		{
			"one that comes back is there again",
			catalogFacet(column("id", "int"), BodyColumn{Name: "old", Absent: withdrawnBy(3)}), catalogFacet(column("old", "int"), column("id", "int")),
			[]string{"old", "id"},
		},
		{
			"an entry without columns could not be read",
			catalogFacet(column("id", "int")), catalogFacet(),
			[]string{"id"},
		},
		{
			"a manifest without columns documents none",
			manifestFacet("", withText(column("id", ""), "key")), manifestFacet(""),
			[]string{`id absent since 9 was "key"`},
		},
		{
			"another spelling of the same column is no other column",
			manifestFacet("", withText(column("id", ""), "key")), manifestFacet("", column("ID", "")),
			[]string{`ID was "key"`},
		},
		{
			"unless both are there",
			catalogFacet(column("id", ""), column("ID", "")), catalogFacet(column("Id", "")),
			[]string{"Id", "ID absent since 9", "id absent since 9"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Carry(tt.old, next(tt.new, 9))
			if diff := cmp.Diff(tt.want, texts(got.Body.Columns)); diff != "" {
				t.Errorf("columns (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCarryBoundsAbsentColumns(t *testing.T) {
	days := maxAbsent + 50
	f := catalogFacet(column("id", "int"))
	for day := range days {
		f = Carry(f, next(catalogFacet(column("id", "int"), column(fmt.Sprintf("day_%d", day), "int")), ImportID(day+2)))
	}
	if got := len(f.Body.Columns); got != maxAbsent+2 {
		t.Fatalf("%d columns, want %d", got, maxAbsent+2)
	}
	has := func(day int) bool {
		return slices.ContainsFunc(f.Body.Columns, func(c BodyColumn) bool { return c.Name == fmt.Sprintf("day_%d", day) })
	}
	if !has(days-2) || !has(days-1-maxAbsent) || has(days-2-maxAbsent) {
		t.Error("the newest absent columns are not those that are kept")
	}
}

func TestCarryCode(t *testing.T) {
	compiled := HashOfText("select 1")
	word := func(c *Code) Facet {
		f := manifestFacet("")
		f.Body.Code = c
		return f
	}
	tests := []struct {
		name           string
		old, new, want *Code
	}{
		{
			"the same raw code keeps its compiled one",
			&Code{Checksum: "a", Compiled: compiled},
			&Code{Checksum: "a"},
			&Code{Checksum: "a", Compiled: compiled, CompiledBy: ImportCause(1), CompiledAt: Stamp{At: reported(1)}},
		},
		{
			"and the import that brought it",
			&Code{Checksum: "a", Compiled: compiled, CompiledBy: ImportCause(7)},
			&Code{Checksum: "a"},
			&Code{Checksum: "a", Compiled: compiled, CompiledBy: ImportCause(7)},
		},
		{"other raw code does not", &Code{Checksum: "a", Compiled: compiled}, &Code{Checksum: "b"}, &Code{Checksum: "b"}},
		{"nor code without checksum", &Code{Compiled: compiled}, &Code{}, &Code{}},
		{
			"compiled anew",
			&Code{Checksum: "a", Compiled: compiled, CompiledBy: ImportCause(7)},
			&Code{Checksum: "a", Compiled: HashOfText("select 2")},
			&Code{Checksum: "a", Compiled: HashOfText("select 2")},
		},
		{"no code any more", &Code{Checksum: "a", Compiled: compiled}, nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Carry(word(tt.old), next(word(tt.new), 9))
			if diff := cmp.Diff(tt.want, got.Body.Code); diff != "" {
				t.Errorf("code (-want +got):\n%s", diff)
			}
		})
	}
}

// TestCarryIsStable: a facet that is reported again, by any import, is the same
// facet; and no text that was there is lost.
func TestCarryIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		facets := rapid.Custom(func(t *rapid.T) Facet {
			f := rapid.SampledFrom([]Facet{manifestFacet(""), catalogFacet(), crawlFacet()}).Draw(t, "facet")
			f.Body.Description = rapid.SampledFrom([]string{"", "one", "two"}).Draw(t, "description")
			names := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "A", "b", "c"}), 0, 4, rapid.ID[string]).Draw(t, "names")
			for _, n := range names {
				f.Body.Columns = append(f.Body.Columns, withText(column(n, "int"), rapid.SampledFrom([]string{"", "x"}).Draw(t, "text")))
			}
			return f
		})
		f := facets.Draw(t, "first")
		for i := range rapid.IntRange(1, 4).Draw(t, "imports") {
			word := facets.Draw(t, "word")
			word.Source, word.Origin = f.Source, f.Origin
			got := Carry(f, next(word, ImportID(10*i+10)))
			again := Carry(got, next(word, ImportID(10*i+11)))
			if diff := cmp.Diff(got.Body, again.Body); diff != "" || got.Hash != again.Hash {
				t.Fatalf("reported again it is another facet:\n%s", diff)
			}
			if hasText(f) && !hasText(got) {
				t.Fatalf("the description is lost: %+v, then %+v", f.Body, got.Body)
			}
			f = got
		}
	})
}

func hasText(f Facet) bool {
	_, ok := textSource{facet: &f, text: f.Body.Description, kept: f.Body.Kept}.candidate()
	return ok
}
