package catalog

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// genReports draws reports of one thing: with texts that are blank, entries
// without columns, code without its compiled form, and equal times.
func genReports(t *rapid.T) []Facet {
	kind := rapid.SampledFrom([]Facet{manifestFacet(""), catalogFacet(), crawlFacet()}).Draw(t, "kind")
	texts := rapid.SampledFrom([]string{"", "", "one", "two"})
	report := rapid.Custom(func(t *rapid.T) Facet {
		f := next(kind, ImportID(rapid.IntRange(1, 6).Draw(t, "at")))
		f.Tie[0] = rapid.Byte().Draw(t, "tie") % 2
		f.Body.Columns = nil
		f.Body.Description = texts.Draw(t, "description")
		for i, n := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c", "d"}), 0, 4, rapid.ID[string]).Draw(t, "names") {
			c := withText(column(n, rapid.SampledFrom([]string{"int", "text"}).Draw(t, "type")), texts.Draw(t, "text"))
			c.Ordinal = i + 1
			f.Body.Columns = append(f.Body.Columns, c)
		}
		if f.Source == FromManifest && rapid.IntRange(0, 4).Draw(t, "code") > 0 {
			f.Body.Code = &Code{Checksum: rapid.SampledFrom([]string{"", "x", "y", "z"}).Draw(t, "checksum")}
			if rapid.Bool().Draw(t, "compiled") {
				f.Body.Code.Compiled = HashOfText(rapid.SampledFrom([]string{"select 1", "select 2"}).Draw(t, "sql"))
			}
		}
		f.Hash = HashBody(f.Body)
		return f
	})
	return rapid.SliceOfNDistinct(report, 2, 6, func(f Facet) string { return fmt.Sprint(f.At, f.Tie) }).Draw(t, "reports")
}

// content is a body without what names reports: which import brought a value, and
// since when another is gone.
func content(b Body) Body {
	kept := func(k *Kept) *Kept {
		if k == nil {
			return nil
		}
		return &Kept{Value: k.Value, Last: k.Last}
	}
	b.Kept = kept(b.Kept)
	b.Columns = slices.Clone(b.Columns)
	for i := range b.Columns {
		c := &b.Columns[i]
		c.Kept = kept(c.Kept)
		if !c.Absent.IsZero() {
			c.Absent = withdrawnBy(1)
		}
	}
	return b
}

// join returns what two reports of the same (origin, source, unique id) have together: the newer one, completed by
// the older one. The order of its arguments does not matter.
func join(a, b Facet) Facet {
	if compareReports(&a, &b) > 0 {
		return Carry(b, a)
	}
	return Carry(a, b)
}

func TestJoinInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		reports := genReports(t)
		inOrder := slices.SortedFunc(slices.Values(reports), func(a, b Facet) int { return compareReports(&a, &b) })
		want := inOrder[0]
		for _, f := range inOrder[1:] {
			want = join(want, f)
		}
		shuffled := rapid.Permutation(reports).Draw(t, "order")
		got := shuffled[0]
		for _, f := range shuffled[1:] {
			got = join(f, got)
		}
		if diff := cmp.Diff(content(want.Body), content(got.Body)); diff != "" || want.Stamp() != got.Stamp() {
			t.Fatalf("in the order of time, and %v (-want +got):\n%s", shuffled, diff)
		}
		if again := join(got, shuffled[0]); content(again.Body).Kept != nil && cmp.Diff(content(got.Body), content(again.Body)) != "" {
			t.Fatalf("joined again it differs: %s", cmp.Diff(got.Body, again.Body))
		}
	})
}

// An older report fills what the newer one does not have.
func TestJoinFills(t *testing.T) {
	older := catalogFacet(column("id", "int"), column("gone", "int"))
	older.Body.Description = "comment"
	newer := next(catalogFacet(), 2)
	got := join(newer, older)
	if got.At != reported(2) || len(got.Body.Columns) != 2 || got.Body.Listed.At != reported(1) || got.Body.Kept == nil || got.Body.Kept.Value != "comment" {
		t.Errorf("%+v", got)
	}
	middle := next(catalogFacet(column("id", "bigint")), 2)
	newer = next(catalogFacet(), 3)
	if got := join(join(newer, older), middle); got.Body.Listed.At != reported(2) || got.Body.Columns[0].NativeType != "bigint" || got.Body.Columns[1].Absent.IsZero() {
		t.Errorf("%+v", got.Body)
	}
}
