package config

import "strings"

// nearest returns the setting whose name is most similar, "" if none is similar enough.
func nearest(name string) string {
	best, least := "", len(name)/3+1
	for _, s := range settings {
		d := distance(name, s.Name)
		if _, rest, ok := strings.Cut(s.Name, "."); ok {
			d = min(d, distance(name, rest)+1) // the section was left out
		}
		if d <= least && (best == "" || d < least) {
			best, least = s.Name, d
		}
	}
	return best
}

// distance returns the edit distance of two texts: insertions, deletions and replacements.
func distance(a, b string) int {
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
