package catalog

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// genFacets draws facets of one asset: dbt nodes of two projects with their
// catalogs, crawls, people; some withdrawn, some reported several times, at one
// time too.
func genFacets(t *rapid.T) []Facet {
	names := rapid.SampledFrom([]string{"id", "ID", "Id", "amount", "a.b", "ünit"})
	texts := rapid.SampledFrom([]string{"", " ", "one", "two"})
	imports := rapid.Custom(func(t *rapid.T) ImportID { return ImportID(rapid.IntRange(1, 4).Draw(t, "import")) })
	columns := rapid.Custom(func(t *rapid.T) BodyColumn {
		c := BodyColumn{
			Name: names.Draw(t, "name"), Ordinal: rapid.IntRange(0, 5).Draw(t, "ordinal"),
			NativeType:  rapid.SampledFrom([]string{"", "int", "numeric(3,1)", "text"}).Draw(t, "type"),
			Description: texts.Draw(t, "text"), Quote: rapid.Bool().Draw(t, "quote"),
			Tags: rapid.SliceOfN(rapid.SampledFrom([]string{"x", "y"}), 0, 2).Draw(t, "tags"),
		}
		if rapid.IntRange(0, 3).Draw(t, "absent") == 0 {
			c.Absent = withdrawnBy(imports.Draw(t, "since"))
		}
		if rapid.Bool().Draw(t, "kept") {
			c.Kept = &Kept{Value: "kept", Cause: ImportCause(1), Since: ImportCause(2)}
		}
		return c
	})
	facet := rapid.Custom(func(t *rapid.T) Facet {
		f := rapid.SampledFrom([]Facet{manifestFacet(""), catalogFacet(), crawlFacet()}).Draw(t, "facet")
		if f.Source != FromCrawl {
			f.Origin = rapid.SampledFrom([]Origin{"dbt:a", "dbt:b"}).Draw(t, "origin")
			f.UniqueID = rapid.SampledFrom([]string{"model.p.x", "source.p.x"}).Draw(t, "node")
			f.Body.Kind = kindOf(f.UniqueID)
		}
		f = next(f, imports.Draw(t, "import"))
		f.At = reported(imports.Draw(t, "at")) // reports do not arrive in the order of their times
		f.Tie[0] = rapid.Byte().Draw(t, "tie") % 3
		if rapid.IntRange(0, 2).Draw(t, "withdrawn") == 0 {
			f.Withdrawn = withdrawnBy(imports.Draw(t, "by"))
		}
		f.Body.Description = texts.Draw(t, "description")
		f.Body.Tags = rapid.SliceOfN(rapid.SampledFrom([]string{"x", "y", "z"}), 0, 3).Draw(t, "tags")
		f.Body.Columns = rapid.SliceOfN(columns, 0, 5).Draw(t, "columns")
		return f
	})
	facets := rapid.SliceOfNDistinct(facet, 0, 7, func(f Facet) string {
		return fmt.Sprint(f.Origin, f.Source, f.UniqueID, f.Cause)
	}).Draw(t, "facets")
	if rapid.Bool().Draw(t, "read") {
		facets = append(facets, codeFacet(rapid.Bool().Draw(t, "full"), rapid.SliceOfNDistinct(names, 1, 4, rapid.ID).Draw(t, "made")...))
	}
	if rapid.Bool().Draw(t, "edited") {
		facets = append(facets, userFacet(
			describe(texts.Draw(t, "own")),
			Edit{Field: "tags", Add: []string{"mine"}, Remove: []string{"x"}, By: ana},
			Edit{Field: "description", Column: names.Draw(t, "edited column"), Text: "mine", By: ana},
		))
	}
	for i := range facets {
		facets[i].Hash = HashBody(facets[i].Body)
	}
	return facets
}

func genPolicy(t *rapid.T) Policy {
	rule := rapid.SampledFrom([]Rule{"", Always, Smart, Never})
	return Policy{
		Description: rule.Draw(t, "description"), Owners: rule.Draw(t, "owners"), Tags: rule.Draw(t, "tags"),
		ColumnDescription: rule.Draw(t, "column description"), ColumnTags: rule.Draw(t, "column tags"),
	}
}

func mergedJSON(t *rapid.T, facets []Facet, p Policy) string {
	a, columns := Merge(1, facets, p)
	out, err := json.Marshal([]any{a, columns})
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestMergeDoesNotDependOnOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		facets, policy := genFacets(t), genPolicy(t)
		want := mergedJSON(t, facets, policy)
		shuffled := rapid.Permutation(facets).Draw(t, "order")
		if got := mergedJSON(t, shuffled, policy); got != want {
			t.Errorf("another order gives another asset:\n%s\n%s", want, got)
		}
		if got := mergedJSON(t, append(slices.Clone(shuffled), facets...), policy); got != want {
			t.Errorf("facets given twice give another asset:\n%s\n%s", want, got)
		}
	})
}

// TestMergeDoesNotDependOnArrival: reports are numbered as they arrive; with other
// numbers the same reports make the same asset, but for what names the numbers.
func TestMergeDoesNotDependOnArrival(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		facets, policy := genFacets(t), genPolicy(t)
		number := rapid.Permutation([]int64{1, 2, 3, 4}).Draw(t, "numbers")
		renumber := func(c *Cause) {
			if c.Kind == CauseImport {
				c.ID = number[c.ID-1]
			}
		}
		other := slices.Clone(facets)
		for i := range other {
			renumber(&other[i].Cause)
			renumber(&other[i].Withdrawn.Cause)
		}
		if a, b := withoutCauses(t, facets, policy), withoutCauses(t, other, policy); a != b {
			t.Errorf("other numbers of imports give another asset:\n%s\n%s", a, b)
		}
	})
}

// withoutCauses is an asset with its columns as JSON, but for causes.
func withoutCauses(t *rapid.T, facets []Facet, p Policy) string {
	a, columns := Merge(1, facets, p)
	a.RemovedBy, a.Description.Cause, a.Description.Since = Cause{}, Cause{}, Cause{}
	for i := range columns {
		columns[i].Description.Cause, columns[i].Description.Since = Cause{}, Cause{}
	}
	out, err := json.Marshal([]any{a, columns})
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestMergeOfOneReportTwice(t *testing.T) {
	first, second := next(manifestFacet("text"), 1), next(manifestFacet("text"), 2)
	second.At = first.At
	a, _ := Merge(1, []Facet{first, second}, Policy{})
	b, _ := Merge(1, []Facet{second, first}, Policy{})
	if a.Description.Cause != b.Description.Cause {
		t.Errorf("brought by %s or by %s", a.Description.Cause, b.Description.Cause)
	}
}

func TestMergeInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		facets, policy := genFacets(t), genPolicy(t)
		before, _ := json.Marshal(facets)
		a, columns := Merge(1, facets, policy)
		if after, _ := json.Marshal(facets); string(after) != string(before) {
			t.Fatal("Merge changed its input")
		}
		seen := map[string]bool{}
		for i, c := range columns {
			if c.Ordinal != i+1 {
				t.Errorf("column %q has ordinal %d at %d", c.Name, c.Ordinal, i)
			}
			if seen[c.Name] {
				t.Errorf("column %q twice", c.Name)
			}
			seen[c.Name] = true
			checkText(t, c.Description)
		}
		checkText(t, a.Description)
		if a.Present != a.RemovedBy.IsZero() && len(facets) > 0 && a.Kind != "" {
			t.Errorf("present %v, removed by %s", a.Present, a.RemovedBy)
		}
	})
}

// checkText checks that a text shows if any source has one, unless the policy forbids it.
func checkText(t *rapid.T, text Text) {
	if text.Value == "" && (text.Origin != "" || !text.Cause.IsZero() || !text.Since.IsZero()) {
		t.Errorf("an empty text with a source: %+v", text)
	}
	for _, s := range text.Hidden {
		if s.Value == text.Value {
			t.Errorf("hidden value shows: %+v", text)
		}
		if text.Value == "" && !isDBT(s.Origin) {
			t.Errorf("hidden for nothing: %+v", text)
		}
	}
}
