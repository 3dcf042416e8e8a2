package graph

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"
)

// Near returns those names that look like what somebody may have meant by a word, the nearest first, at most most of
// them: the same in another case or with a few other letters, or a name that contains it.
func Near(word string, names iter.Seq[string], most int) []string {
	same := func(name string) (string, string) { return name, name }
	return nearest(word, func(yield func(string, string) bool) {
		for name := range names {
			if !yield(same(name)) {
				return
			}
		}
	}, most)
}

// longestWord is the length up to which words are compared, and mostCompared with how many names one is.
const (
	longestWord  = 64
	mostCompared = 200_000
)

// nearest is Near for names that are shown in another form than they are compared in.
func nearest(word string, names iter.Seq2[string, string], most int) []string {
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
// that is a part of the other is farther than any other near word.
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
	return 0, false
}

// edits is the optimal string alignment distance, or any number above most if it is above that.
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

// Near returns values near the one of a term that means no node, at most most of them, as they are written in a
// selector.
func (t Term) Near(u Universe, most int) []string {
	word := strings.NewReplacer("*", "", "?", "").Replace(t.Value)
	return nearest(word, func(yield func(string, string) bool) {
		for name := range int32(u.Len()) {
			if stops(u, name) {
				return
			}
			a := u.Attributes(name)
			if !isMember(a.ResourceType) {
				continue
			}
			for compared, shown := range t.candidates(a) {
				if !yield(compared, shown) {
					return
				}
			}
		}
	}, most)
}

// candidates are the values by which a term's method could have meant a node, or the nodes of another method if the
// method is the default one.
func (t Term) candidates(a Attributes) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		one := func(value string) bool { return value == "" || yield(value, value) }
		switch t.Method {
		case "fqn":
			a.names(t.Value, yield)
		case "tag":
			for _, tag := range a.Tags {
				if !one(tag) {
					return
				}
			}
		case "source":
			if a.ResourceType == "source" {
				_ = one(a.Source) && one(a.Source+"."+a.Name) && one(a.Package+"."+a.Source+"."+a.Name) && yield(a.Name, a.Source+"."+a.Name)
			}
		case "package":
			one(a.Package)
		case "group":
			one(a.Group)
		case "access":
			one(a.Access)
		case "test_name":
			one(a.Test)
		case "path":
			one(a.Path)
		case "file":
			one(a.Path[strings.LastIndexByte(a.Path, '/')+1:])
		case "exposure", "metric", "semantic_model", "saved_query", "unit_test":
			if a.ResourceType == t.Method {
				one(a.Name)
			}
		}
	}
}

// names are the ways to mean a node by its name: by its leaf, by a folder, or, where its name means nothing, by its
// source or a tag.
func (a Attributes) names(value string, yield func(string, string) bool) {
	if a.ResourceType == "test" || len(a.FQN) == 0 {
		return
	}
	if a.ResourceType == "source" {
		if !yield(a.Name, "source:"+a.Source+"."+a.Name) || !yield(a.Source, "source:"+a.Source) {
			return
		}
	} else {
		for _, part := range a.FQN {
			if !yield(part, part) {
				return
			}
		}
		if whole := strings.Join(a.FQN, "."); strings.Contains(value, ".") && !yield(whole, whole) {
			return
		}
	}
	for _, tag := range a.Tags {
		if !yield(tag, "tag:"+tag) {
			return
		}
	}
}
