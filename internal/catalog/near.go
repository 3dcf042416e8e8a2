package catalog

import (
	"cmp"
	"slices"
	"strings"
)

// Near returns the candidates that a name was probably meant to be, at most three, the most similar first. A
// candidate is similar if few letters differ, or if it contains the name.
func Near(name string, candidates []string) []string {
	type scored struct {
		text string
		cost int
	}
	var found []scored
	lower := strings.ToLower(name)
	if lower == "" {
		return nil
	}
	for _, c := range candidates {
		other := strings.ToLower(c)
		cost := editDistance(lower, other)
		switch {
		case cost <= len(lower)/3+1:
		case len(lower) > 2 && strings.Contains(other, lower):
			cost = len(lower)
		default:
			continue
		}
		found = append(found, scored{c, cost})
	}
	slices.SortFunc(found, func(a, b scored) int { return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(a.text, b.text)) })
	var out []string
	for _, s := range found[:min(len(found), 3)] {
		out = append(out, s.text)
	}
	return out
}

// editDistance counts the insertions, deletions and replacements that lead from one text to the other.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
