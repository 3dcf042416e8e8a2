// Package near finds names that are similar to a word, for "did you mean".
package near

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"
)

// Names returns those names that look like what somebody may have meant by a word, the nearest first, at most most of
// them: the same in another case or with a few other letters, or a name that contains it.
func Names(word string, names iter.Seq[string], most int) []string {
	return Shown(word, func(yield func(string, string) bool) {
		for name := range names {
			if !yield(name, name) {
				return
			}
		}
	}, most)
}

// Choice is the remedy for a word that is none of the values: it names those that are similar, or else all of them.
func Choice(word string, values []string) string {
	if similar := Names(word, slices.Values(values), 3); len(similar) > 0 {
		return "did you mean " + strings.Join(similar, " or ") + "?"
	}
	return "want one of " + strings.Join(values, ", ")
}

// longestWord is the length up to which words are compared, and mostCompared with how many names one is.
const (
	longestWord  = 64
	mostCompared = 200_000
)

// Shown is Names for names that are returned in another form than they are compared in: pairs of both.
func Shown(word string, names iter.Seq2[string, string], most int) []string {
	word = strings.ToLower(word)
	if word == "" || len(word) > longestWord {
		return nil
	}
	type found struct {
		shown    string
		distance int
	}
	best := map[string]int{}
	left := mostCompared
	for name, shown := range names {
		if left--; left < 0 {
			break
		}
		if name == "" {
			continue
		}
		d, ok := distance(word, strings.ToLower(name))
		if old, seen := best[shown]; ok && (!seen || d < old) {
			best[shown] = d
		}
	}
	all := make([]found, 0, len(best))
	for shown, d := range best {
		all = append(all, found{shown, d})
	}
	slices.SortFunc(all, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.shown, b.shown))
	})
	var out []string
	for _, f := range all[:min(most, len(all))] {
		out = append(out, f.shown)
	}
	return out
}

// distance counts the letters to insert, delete, replace or swap between two words; false if they are not near. A word
// that is a part of the other, or its beginning, is farther than any other near word.
func distance(a, b string) (int, bool) {
	allowed := max(1, utf8.RuneCountInString(a)/3)
	if len(b) <= 2*longestWord && len(b)-len(a) <= 4*allowed && len(a)-len(b) <= 4*allowed {
		if d := edits([]rune(a), []rune(b), allowed); d <= allowed {
			return d, true
		}
	}
	if len(a) >= 3 && strings.Contains(b, a) {
		return longestWord + len(b) - len(a), true
	}
	if len(b) >= 3 && 2*len(b) >= len(a) && strings.HasPrefix(a, b) {
		return longestWord + len(a) - len(b), true
	}
	return 0, false
}

// Edits counts the letters to insert, delete, replace or swap between two words: their optimal string alignment
// distance.
func Edits(a, b string) int { return edits([]rune(a), []rune(b), len(a)+len(b)) }

// edits is Edits, or any number above most if it is above that.
func edits(a, b []rune, most int) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	least, leastBefore := 0, 0 // of the last two rows
	for i := range a {
		if least > most && leastBefore > most {
			return most + 1
		}
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
		least, leastBefore = slices.Min(last), least
	}
	return last[len(b)]
}
