package lineagecase

import "strings"

// Score counts columns, edges and output lists.
type Score struct {
	Cases, ExactCases     int
	Columns, ExactColumns int
	// TruePositive, FalsePositive and FalseNegative are edges.
	TruePositive, FalsePositive, FalseNegative int
	Surplus                                    int
	// Lists are the cases with a catalog to compare with, SameLists those whose
	// output list is the same.
	Lists, SameLists int
}

// Add sums up scores.
func (s *Score) Add(o Score) {
	s.Cases += o.Cases
	s.ExactCases += o.ExactCases
	s.Columns += o.Columns
	s.ExactColumns += o.ExactColumns
	s.TruePositive += o.TruePositive
	s.FalsePositive += o.FalsePositive
	s.FalseNegative += o.FalseNegative
	s.Surplus += o.Surplus
	s.Lists += o.Lists
	s.SameLists += o.SameLists
}

// Exact is the share of exact columns, in percent; 100 of nothing.
func (s Score) Exact() float64 { return percent(s.ExactColumns, s.Columns) }

// Precision is the share of found edges that are right, in percent.
func (s Score) Precision() float64 {
	return percent(s.TruePositive, s.TruePositive+s.FalsePositive)
}

// Recall is the share of expected edges that were found, in percent.
func (s Score) Recall() float64 { return percent(s.TruePositive, s.TruePositive+s.FalseNegative) }

// SameList is the share of equal output lists, in percent.
func (s Score) SameList() float64 { return percent(s.SameLists, s.Lists) }

func percent(n, of int) float64 {
	if of == 0 {
		return 100
	}
	return 100 * float64(n) / float64(of)
}

// Difference is a column that is not as expected.
type Difference struct {
	Output    string
	Want, Got []string
	// Missing reports whether the output is absent.
	Missing bool
}

// Compare scores one result. Waived columns do not count, and nothing of a
// waived case does.
func Compare(c *Case, line Line) (Score, []Difference) {
	if c.Waive != "" {
		return Score{}, nil
	}
	m := newMatcher(c, line)
	score := Score{Cases: 1}
	var differences []Difference
	for i := range c.Expect {
		want := &c.Expect[i]
		got, found := m.take(want)
		if want.Waive != "" {
			continue
		}
		expected := m.tables.edges(want.From)
		score.Columns++
		right := found && m.same(want, expected, got)
		if right {
			score.ExactColumns++
		} else {
			differences = append(differences, Difference{
				Output: want.Output, Want: expected.sorted(), Got: got.sorted(), Missing: !found,
			})
			score.FalsePositive += got.less(expected)
			score.FalseNegative += expected.less(got)
		}
		score.TruePositive += expected.common(got)
	}
	if !c.PartialOutputs {
		score.Surplus = m.left()
	}
	if len(differences) == 0 && score.Surplus == 0 {
		score.ExactCases = 1
	}
	if len(c.CatalogColumns) > 0 && c.CatalogDiffers == "" {
		score.Lists = 1
		if sameList(c.CatalogColumns, line.Columns) {
			score.SameLists = 1
		}
	}
	return score, differences
}

func sameList(want []string, got []Output) bool {
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if !strings.EqualFold(unquoted.Replace(want[i]), unquoted.Replace(got[i].Output)) {
			return false
		}
	}
	return true
}
