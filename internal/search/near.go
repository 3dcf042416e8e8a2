package search

import "math/bits"

// Typos returns how many letters of a word may be mistyped: none of a short one.
func Typos(word string) int {
	switch n := len(word); {
	case n < 4:
		return 0
	case n < 8:
		return 1
	}
	return 2
}

// FindNear calls f for the documents with a token in a field whose beginning differs from a word by some letters at
// most: inserted, left out, replaced or two of them swapped.
func (s *Segment) FindNear(field Field, word string, f func(doc int32)) {
	n := newNearWord(word)
	d := &s.fields[field]
	for i := range d.ends {
		if n.near(d.word(i)) {
			d.docs(i, f)
		}
	}
}

// nearWord compares tokens with a word that may be mistyped.
type nearWord struct {
	word              string
	typos             int
	letters           uint32
	before, last, row []int
}

func newNearWord(word string) *nearWord {
	width := len(word) + Typos(word) + 1
	return &nearWord{
		word: word, typos: Typos(word), letters: letters([]byte(word)),
		before: make([]int, width), last: make([]int, width), row: make([]int, width),
	}
}

// letters is the set of the letters of a word, as far as it has a bit for each.
func letters(word []byte) (set uint32) {
	for _, c := range word {
		set |= 1 << (c & 31)
	}
	return set
}

// near reports whether a token begins with something near the word.
func (n *nearWord) near(token []byte) bool {
	if n.typos == 0 || len(token) < len(n.word)-n.typos {
		return false
	}
	token = token[:min(len(token), len(n.word)+n.typos)]
	if bits.OnesCount32(n.letters&^letters(token)) > n.typos {
		return false
	}
	return n.distance(token) <= n.typos
}

// distance is the least number of typos between the word and a beginning of the token: the optimal string alignment
// distance, in bytes.
func (n *nearWord) distance(token []byte) int {
	width := len(token) + 1
	before, last, row := n.before[:width], n.last[:width], n.row[:width]
	for j := range last {
		last[j] = j
	}
	for i := range len(n.word) {
		row[0] = i + 1
		least := row[0]
		for j, c := range token {
			cost := 1
			if n.word[i] == c {
				cost = 0
			}
			best := min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && n.word[i] == token[j-1] && n.word[i-1] == c {
				best = min(best, before[j-1]+1)
			}
			row[j+1] = best
			least = min(least, best)
		}
		if least > n.typos+1 {
			return least
		}
		before, last, row = last, row, before
	}
	best := last[0]
	for _, d := range last {
		best = min(best, d)
	}
	return best
}
